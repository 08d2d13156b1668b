"""``detainee-watch reprocess``: stored texts read again, after the rules have changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import context
from app.console import json_text, say, write, write_json
from app.shapes import change_shape, record_shape
from app.workers import WorkerDied, work_on

if TYPE_CHECKING:
    from pipeline.types import Outcome, Record
    from storage.values import ReadingChange, StoredArticle

EXAMPLES = """\b
Examples:
  detainee-watch reprocess
  detainee-watch reprocess --json > changes.json
  detainee-watch reprocess --quarantine         pages that could not be read, from their bytes"""


def reprocess(
    ctx: typer.Context,
    quarantine: Annotated[
        bool, typer.Option("--quarantine", help="Only the pages on which reading failed, from their bytes.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only the sum.")] = False,
) -> None:
    """Read every stored text again and say what is different, article by article and in sum.

    Needed after an upgrade whose reading is better. Nothing is fetched; what readers were shown and
    has not changed does not become new again.
    """
    from alerts.matching import RuleMatcher
    from storage.engine import open_database
    from storage.repository import Repository

    settings = context.settings_of(ctx)
    if quarantine:
        from app.quarantine import replay

        raise typer.Exit(replay(settings, as_json=as_json, quiet=quiet))
    url = settings.database_url.get_secret_value()
    repository = Repository(open_database(url), matcher=RuleMatcher())
    now = context.now()
    run = repository.start_run(command="reprocess", now=now)
    changes: list[ReadingChange] = []
    read = failed = 0
    ended = "failed"
    try:
        articles: Iterator[StoredArticle] = repository.articles_to_reprocess()
        for article, outcome in work_on(articles, partial(read_stored, now=now), workers=settings.workers):
            read += 1
            if isinstance(outcome, WorkerDied):
                failed += 1
                say(f"article {article.id}: {outcome}")
                continue
            change = repository.save_reading(article.id, outcome, now=context.now())
            if change.failed:
                failed += 1
                say(f"article {article.id}: {change.failed}; it keeps what it had")
            if change.any:
                changes.append(change)
                if not as_json and not quiet:
                    write("\n".join(_lines(change)) + "\n")
        ended = "ok"
    except KeyboardInterrupt:
        ended = "interrupted"
        raise
    finally:
        repository.end_run(run, outcome=ended, now=context.now())
        repository.engine.dispose()
    sums = {
        "read": read,
        "changed": len(changes),
        "relevant_now": sum(change.relevant and not change.was_relevant for change in changes),
        "irrelevant_now": sum(change.was_relevant and not change.relevant for change in changes),
        "records_added": sum(len(change.added) for change in changes),
        "records_removed": sum(len(change.removed) for change in changes),
        "records_changed": sum(len(change.changed) for change in changes),
        "failed": failed,
    }
    if as_json:
        write_json({"run": run, "summary": sums, "changes": [change_shape(change) for change in changes]})
    else:
        say(
            f"{read} article{'s' * (read != 1)} read again: {len(changes)} changed "
            f"({sums['relevant_now']} relevant now, {sums['irrelevant_now']} not any more); records: "
            f"{sums['records_added']} added, {sums['records_removed']} removed, "
            f"{sums['records_changed']} changed{f'; {failed} could not be read' if failed else ''}."
        )
    raise typer.Exit(context.FAILURE if failed else context.OK)


def read_stored(article: StoredArticle, *, now: datetime) -> Outcome:
    """The outcome of a stored text; where its date came from is kept. Runs in a worker; never raises."""
    from pipeline.process import process_text
    from pipeline.types import Rejected

    outcome = process_text(
        article.url,
        article.title,
        article.body,
        language=article.language,
        published=article.published,
        outlet_country=article.outlet_country,
        source_slug=article.source,
        now=now,
    )
    if isinstance(outcome, Rejected):
        return outcome
    known = replace(
        outcome.article, published=article.published, date_origin=article.date_origin, segments=()
    )
    return replace(outcome, article=known)


def _lines(change: ReadingChange) -> Iterator[str]:
    from app.console import plain
    from app.tables import facts, held

    verdict = ""
    if change.relevant != change.was_relevant:
        verdict = ": relevant now" if change.relevant else ": not relevant any more"
    yield f"{change.article_id}  {plain(change.title) or plain(change.url)}{verdict}"
    for record in change.added:
        yield f"    + {held(record)}: {facts(record)}"
    for record in change.removed:
        yield f"    - {held(record)}: {facts(record)}"
    for before, after in change.changed:
        yield f"    ~ {held(after)}: {_difference(before, after)}"


def _difference(before: Record, after: Record) -> str:
    """The fields that differ: "count 2 → 3, place null → Lima"."""
    old, new = record_shape(before), record_shape(after)
    names = [name for name in old if old[name] != new[name] and name not in ("start", "end", "confidence")]
    return ", ".join(f"{name} {_short(old[name])} → {_short(new[name])}" for name in names)


def _short(value: Any) -> str:
    text = json_text(value)
    return text if len(text) <= 60 else text[:57] + "…"
