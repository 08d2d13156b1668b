"""``reprocess --quarantine``: pages on which reading failed are read again, from the bytes that were kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from app import context
from app.console import plain, say, write, write_json

if TYPE_CHECKING:
    from app.settings import Settings
    from crawler.pool import WorkerPool
    from pipeline.types import Outcome, Page, Source

PAGE_SECONDS = 120.0
"""How long a page may take here: longer than in a crawl, where others wait."""


def replay(settings: Settings, *, as_json: bool, quiet: bool) -> int:
    """Read each page in quarantine; what can be read is stored and let go. Returns the exit code: 1 when
    some could not be read again. Raises the DetaineeWatchError tree."""
    return asyncio.run(_replay(settings, as_json=as_json, quiet=quiet))


async def _replay(settings: Settings, *, as_json: bool, quiet: bool) -> int:
    from app.sources import all_sources
    from crawler.pool import WorkerPool
    from pipeline.types import Rejected
    from pipeline.vocabulary import Rejection
    from storage.engine import open_database
    from storage.quarantine import quarantined, release
    from storage.repository import Repository

    sources = {source.slug: source for source in all_sources(settings)}
    repository = Repository(open_database(settings.database_url.get_secret_value()))
    run = repository.start_run(command="reprocess", now=context.now())
    ended = "interrupted"
    rows = []
    # The same limits of time and memory as in a crawl: one of these pages has killed its reader before.
    pool = WorkerPool(1, seconds=PAGE_SECONDS)
    try:
        for held in quarantined(repository.engine):
            outcome = await _read(pool, held.page, sources.get(held.page.entry.source))
            unread = isinstance(outcome, str) or (
                isinstance(outcome, Rejected) and outcome.reason is Rejection.UNREADABLE
            )
            if isinstance(outcome, str):
                word, detail = Rejection.UNREADABLE.value, outcome
            else:
                detail = outcome.detail if isinstance(outcome, Rejected) else ""
                word = Rejection.UNREADABLE.value
                if not unread:
                    now = context.now()
                    word = repository.save(outcome, now=now, run=run, entry=held.page.entry).outcome
                    release(repository.engine, held.page_id)
            rows.append({"url": held.page.entry.url, "kept": held.kept, "outcome": word, "detail": detail})
            if not as_json and not quiet:
                write(f"{plain(held.page.entry.url)}: {word}{f' ({plain(detail)})' if detail else ''}\n")
        ended = "ok"
    finally:
        pool.close()
        repository.end_run(run, outcome=ended, now=context.now())
        repository.engine.dispose()
    left = sum(row["outcome"] == Rejection.UNREADABLE.value for row in rows)
    if as_json:
        write_json({"run": run, "read": len(rows) - left, "left": left, "pages": rows})
    else:
        say(f"{len(rows)} pages in quarantine: {len(rows) - left} could be read now, {left} stay.")
    return context.FAILURE if left else context.OK


async def _read(pool: WorkerPool, page: Page, source: Source | None) -> Outcome | str:
    """The outcome of a page, or in words how it ended its reader."""
    from crawler.pool import WorkerDiedError
    from crawler.reading import read_page

    try:
        return await pool.run(read_page, page, source, context.now(), None)
    except WorkerDiedError as error:
        return str(error)
