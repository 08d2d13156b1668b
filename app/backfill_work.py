"""What a worker does with one piece of a file: read it record by record, and store what comes of it.

    record → page → outcome ┐
    what is none → its name ┴→ so many at a time, with the place reached, in one transaction

The same in a process of this machine and in one of a cluster. A record on which a worker died is found
by reading on from the last place that is stored: first one record at a time, then without the first.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.backfill_files import JSONL, PARQUET, UNKNOWN_END, Job, is_remote
from pipeline.errors import DataError
from pipeline.types import Page, Rejected
from pipeline.vocabulary import Rejection
from storage.backfill import FilePlan, Piece, begin_piece, save_piece

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from crawler.archives import Archived
    from pipeline.types import Outcome
    from storage.alert_values import Matcher

MOST_TRIES = 6
"""How often a piece is begun at one place; then its file is given up."""
SECONDS = 5.0
"""What was read is stored at the latest after so long."""
PAGES_BETWEEN_COLLECTIONS = 20_000

Tell = Callable[[Piece], None]


@dataclass(slots=True)
class _Batch:
    """What was read since the last saving."""

    work: list[tuple[Outcome, None]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    bad: list[tuple[Page, str]] = field(default_factory=list)  # pages that no reader could read
    begun: float = field(default_factory=time.monotonic)

    @property
    def size(self) -> int:
        return len(self.work) + self.counts.total()

    def keep(self, page: Page, outcome: Rejected) -> None:
        """Keep the bytes of a page on which reading failed."""
        if outcome.reason is Rejection.UNREADABLE:
            self.bad.append((page, outcome.detail))


@dataclass(frozen=True, slots=True)
class _Item:
    """One record: where it begins, and how to come to its outcome; or the name of what it is instead."""

    at: int
    read: Callable[[], Outcome] | None = None
    reason: str = ""
    page: Page | None = None


def read_piece(job: Job, file: FilePlan, start: int, tell: Tell) -> Piece:
    """Read a piece from where it is to its end. Raises DataError for a file that cannot be read on, and the
    StorageError tree."""
    engine, matcher = _database(job.database_url)
    piece = begin_piece(engine, file.id, start)
    if piece.done:
        return piece
    if piece.tries >= MOST_TRIES:
        raise DataError(f"{file.name}: reading it dies at {piece.at} again and again", key=file.name)
    # Twice at the same place: one record at a time, so that the culprit is the first of the next try.
    size = job.batch if piece.tries == 0 else 1
    skip = piece.tries >= 2
    batch = _Batch()

    def save(at: int, *, done: bool = False) -> Piece:
        now = datetime.now(UTC)
        saved = save_piece(
            engine,
            piece,
            batch.work,
            at=at,
            done=done,
            counts=batch.counts,
            now=now,
            run=job.run,
            matcher=matcher,
        )
        _keep_bad(engine, batch, now)
        tell(saved)
        return saved

    with ExitStack() as stack:
        for item in _items(job, file, piece, stack):
            if batch.size >= size or time.monotonic() - batch.begun > SECONDS:
                piece = save(item.at)
                batch = _Batch()
            if skip:
                batch.counts[Rejection.UNREADABLE] += 1
                skip = False
            elif item.read is None:
                batch.counts[item.reason] += 1
            else:
                outcome = item.read()
                batch.work.append((outcome, None))
                if item.page is not None and isinstance(outcome, Rejected):
                    batch.keep(item.page, outcome)
    return save(piece.stop, done=True)


def _keep_bad(engine: Engine, batch: _Batch, now: datetime) -> None:
    """Pages on which reading failed wait for a better program, as those of a crawl do."""
    if not batch.bad:
        return
    from storage.quarantine import keep_in_quarantine

    for page, detail in batch.bad:
        keep_in_quarantine(engine, page, detail=detail, now=now)


def _items(job: Job, file: FilePlan, piece: Piece, stack: ExitStack) -> Iterator[_Item]:
    """The records of a piece from where it is."""
    now = datetime.now(UTC)
    if file.kind == PARQUET:
        return _rows(job, file, piece, now)
    try:
        if file.kind == JSONL:
            return _lines(job, file, piece, stack, now)
        return _pages(job, file, piece, stack, now)
    except OSError as error:
        raise DataError(f"{file.name}: {error.strerror or error}", key=file.name) from error


def _pages(job: Job, file: FilePlan, piece: Piece, stack: ExitStack, now: datetime) -> Iterator[_Item]:
    from crawler.archives import is_record, read_records

    whole = piece.start == 0 and piece.stop in (file.size, UNKNOWN_END)
    stop = None if whole else piece.stop
    if is_remote(file.name):
        from crawler.remote import RemoteFile

        remote = RemoteFile(file.name, job.reach, at=piece.at, size=file.size, stamp=file.stamp)
        found = read_records(stack.enter_context(remote), stop=stop, max_body=job.max_body, now=now)
    else:
        local = stack.enter_context(Path(file.name).open("rb"))  # noqa: SIM115
        local.seek(piece.at)
        # A file that is compressed as a whole has one place to begin at; what is stored is known again.
        local.seek(piece.at if piece.at == piece.start or is_record(local.read(4_096)) else piece.start)
        found = read_records(local, stop=stop, max_body=job.max_body, now=now)
    return (_page(job, one) for one in found)


def _page(job: Job, one: Archived) -> _Item:
    from crawler.archives import as_rejected, read_archived

    page = one.page
    if page is None:
        return _Item(one.at, reason=one.reason)
    if isinstance(page, Rejected):
        rejected = page
        return _Item(one.at, read=lambda: as_rejected(rejected, job.outlets, source=job.source))
    whole = page

    def read() -> Outcome:
        return read_archived(whole, job.outlets, one.headers, honour=job.honour, source=job.source)

    return _Item(one.at, read=read, page=whole)


def _lines(job: Job, file: FilePlan, piece: Piece, stack: ExitStack, now: datetime) -> Iterator[_Item]:
    from app.backfill_rows import BAD_RECORD, article_of_line, lines_of, read_article

    local = stack.enter_context(Path(file.name).open("rb"))  # noqa: SIM115
    local.seek(piece.at)
    for at, line in lines_of(local, piece.stop):
        try:
            handed = article_of_line(line, job.fields)
        except DataError:
            yield _Item(at, reason=BAD_RECORD)
            continue
        yield _Item(at, read=lambda handed=handed: read_article(handed, job, now=now))  # type: ignore[misc]


def _rows(job: Job, file: FilePlan, piece: Piece, now: datetime) -> Iterator[_Item]:
    from app.backfill_rows import BAD_RECORD, article_of_row, read_article, rows_of

    for at, row in rows_of(file.name, piece.at, piece.stop):
        try:
            handed = article_of_row(row, job.fields)
        except DataError:
            yield _Item(at, reason=BAD_RECORD)
            continue
        yield _Item(at, read=lambda handed=handed: read_article(handed, job, now=now))  # type: ignore[misc]


@cache
def _database(url: str) -> tuple[Engine, Matcher]:
    """The database of this process, opened once."""
    from alerts.matching import RuleMatcher
    from storage.engine import open_database

    # What is loaded stays to the end, and each page makes hundreds of short-lived objects.
    gc.freeze()
    gc.set_threshold(PAGES_BETWEEN_COLLECTIONS, 20, 20)
    return open_database(url), RuleMatcher()


def prepare(job: Job) -> None:
    """Load all that reading needs."""
    from crawler.reading import prepare as prepare_reading

    prepare_reading()
    _database(job.database_url)
