"""Archives that are read in: which files, cut into which pieces, and how far each piece is.

What a piece gave and how far it has come are stored in one transaction: a run that is stopped, or a
machine that dies, goes on after the last article that is stored, and no article is counted twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from pipeline.types import FeedEntry, Outcome, Rejected
from storage import rows
from storage import tables as t
from storage.alert_values import Matcher
from storage.backfill_tables import BackfillFile, BackfillPiece
from storage.engine import reading, writing
from storage.known import chunks
from storage.page_book import READ
from storage.saving import Batch

OPEN, DONE, FAILED = "open", "done", "failed"
KNOWN = "known"
"""Counts articles that had an outcome already, and were left as they are."""

Work = tuple[Outcome, FeedEntry | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a file and how far it is."""

    file_id: int
    start: int  # byte; of Parquet, row
    stop: int
    at: int  # all before this is stored
    tries: int = 0  # begun so often since it last came further
    done: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """A file and its pieces as they stand."""

    id: int
    name: str
    kind: str  # warc | jsonl | parquet
    size: int  # bytes; 0 where a server does not say
    stamp: str  # what changes with its content
    state: str  # open | done | failed
    detail: str
    pieces: tuple[Piece, ...]

    @property
    def part(self) -> float:
        """How much of it is stored, 0 to 1."""
        whole = sum(piece.stop - piece.start for piece in self.pieces)
        if self.state == DONE or not whole:
            return 1.0 if self.state == DONE else 0.0
        return sum((piece.stop if piece.done else piece.at) - piece.start for piece in self.pieces) / whole

    @property
    def counts(self) -> Counter[str]:
        """What came of its records."""
        total: Counter[str] = Counter()
        for piece in self.pieces:
            total.update(piece.counts)
        return total


def stored_plan(engine: Engine, name: str) -> FilePlan | None:
    """The plan of a file as an earlier run left it; None when it was never asked for."""
    with reading(engine) as connection:
        row = connection.execute(select(BackfillFile.__table__).where(BackfillFile.name == name)).first()
        return _plan(connection, row) if row is not None else None


def stored_plans(engine: Engine) -> tuple[FilePlan, ...]:
    """All files that were ever asked for, in their order."""
    with reading(engine) as connection:
        files = connection.execute(select(BackfillFile.__table__).order_by(BackfillFile.id)).all()
        return tuple(_plan(connection, row) for row in files)


def plan_file(
    engine: Engine,
    name: str,
    *,
    kind: str,
    size: int,
    stamp: str,
    cuts: Sequence[tuple[int, int]],
    now: datetime,
) -> FilePlan:
    """Begins a file with its pieces, (start, stop) each. One that another run has begun in the meantime
    is taken as it is; one whose content has changed is begun anew."""
    with writing(engine) as connection:
        query = select(BackfillFile.__table__).where(BackfillFile.name == name)
        row = connection.execute(query).first()
        if row is not None and (row.size, row.stamp) == (size, stamp):
            return _plan(connection, row)
        if row is not None:
            connection.execute(delete(BackfillFile).where(BackfillFile.id == row.id))
        number = connection.execute(
            insert(BackfillFile)
            .values(
                name=name, kind=kind, size=size, stamp=stamp, state=OPEN, detail="", added=now, ended=None
            )
            .returning(BackfillFile.id)
        ).scalar_one()
        if cuts:
            connection.execute(
                insert(BackfillPiece),
                [
                    {
                        "file_id": number,
                        "start": start,
                        "stop": stop,
                        "at": start,
                        "tries": 0,
                        "done": False,
                        "counts": {},
                    }
                    for start, stop in cuts
                ],
            )
        return _plan(connection, connection.execute(query).one())


def begin_piece(engine: Engine, file_id: int, start: int) -> Piece:
    """The piece as it stands now; one try more is counted. ``tries`` of the result are those before."""
    with writing(engine) as connection:
        piece = _piece(connection, file_id, start)
        if not piece.done:
            _set(connection, piece, tries=piece.tries + 1)
            connection.execute(
                update(BackfillFile)
                .where(BackfillFile.id == file_id, BackfillFile.state == FAILED)
                .values(state=OPEN, detail="", ended=None)
            )
        return piece


def save_piece(
    engine: Engine,
    piece: Piece,
    work: Sequence[Work],
    *,
    at: int,
    done: bool,
    counts: Mapping[str, int],
    now: datetime,
    run: int | None = None,
    matcher: Matcher | None = None,
) -> Piece:
    """Stores what was read up to ``at``, all or nothing, and returns the piece as it then is.

    Addresses that were read to a verdict before are left as they are: what an archive has does not
    replace what a crawl saw later. ``counts`` are of records that were not to be stored. A piece that
    another process has brought further in the meantime is left alone.
    """
    with writing(engine) as connection:
        stands = _piece(connection, piece.file_id, piece.start)
        if stands.done or stands.at > piece.at:
            return stands
        total = Counter(stands.counts)
        total.update(counts)
        fresh = _unknown(connection, work)
        if len(work) > len(fresh):
            total[KNOWN] += len(work) - len(fresh)
        if fresh:
            batch = Batch(connection, now=now, run=run, matcher=matcher)
            total.update(saved.outcome for saved in batch.save(fresh))
        _set(connection, piece, at=at, tries=0, done=done, counts=dict(total))
        if done and not _open_pieces(connection, piece.file_id):
            change = {"state": DONE, "detail": "", "ended": now}
            connection.execute(update(BackfillFile).where(BackfillFile.id == piece.file_id).values(change))
        return _piece(connection, piece.file_id, piece.start)


def fail_file(engine: Engine, file_id: int, detail: str, *, now: datetime) -> None:
    """Says why a file cannot be read; the next run tries it again where it was."""
    with writing(engine) as connection:
        connection.execute(
            update(BackfillFile)
            .where(BackfillFile.id == file_id)
            .values(state=FAILED, detail=rows.storable(detail)[:500], ended=now)
        )


def pieces_of(engine: Engine, files: set[int]) -> tuple[Piece, ...]:
    """The pieces of files as they stand."""
    query = select(BackfillPiece.__table__).where(BackfillPiece.file_id.in_(files))
    with reading(engine) as connection:
        return tuple(_piece_from(row) for row in connection.execute(query))


def _plan(connection: Connection, row: Any) -> FilePlan:
    query = (
        select(BackfillPiece.__table__).where(BackfillPiece.file_id == row.id).order_by(BackfillPiece.start)
    )
    pieces = tuple(_piece_from(found) for found in connection.execute(query))
    return FilePlan(
        id=row.id,
        name=row.name,
        kind=row.kind,
        size=row.size,
        stamp=row.stamp,
        state=row.state,
        detail=row.detail,
        pieces=pieces,
    )


def _piece(connection: Connection, file_id: int, start: int) -> Piece:
    query = select(BackfillPiece.__table__).where(
        BackfillPiece.file_id == file_id, BackfillPiece.start == start
    )
    return _piece_from(connection.execute(query).one())


def _piece_from(row: Any) -> Piece:
    return Piece(
        file_id=row.file_id,
        start=row.start,
        stop=row.stop,
        at=row.at,
        tries=row.tries,
        done=row.done,
        counts=row.counts,
    )


def _set(connection: Connection, piece: Piece, **values: Any) -> None:
    connection.execute(
        update(BackfillPiece)
        .where(BackfillPiece.file_id == piece.file_id, BackfillPiece.start == piece.start)
        .values(values)
    )


def _open_pieces(connection: Connection, file_id: int) -> bool:
    query = select(BackfillPiece.start).where(BackfillPiece.file_id == file_id, BackfillPiece.done.is_(False))
    return connection.execute(query.limit(1)).first() is not None


def _unknown(connection: Connection, work: Sequence[Work]) -> tuple[Work, ...]:
    """Those that have no outcome yet, or one that may pass; of one address only the first."""
    keyed = [(_key(outcome, entry), outcome, entry) for outcome, entry in work]
    outcomes = _outcomes(connection, {key for key, _, _ in keyed})
    found: dict[str, Work] = {}
    for key, outcome, entry in keyed:
        known = outcomes.get(key)
        same = isinstance(outcome, Rejected) and known == outcome.reason.value
        if key not in found and known not in READ and not same:
            found[key] = (outcome, entry)
    return tuple(found.values())


def _key(outcome: Outcome, entry: FeedEntry | None) -> str:
    if isinstance(outcome, Rejected):
        return rows.rejected_key(outcome.page)
    return rows.page_key(entry.url) if entry is not None and entry.url else rows.article_key(outcome.article)


def _outcomes(connection: Connection, keys: set[str]) -> dict[str, str]:
    """The outcome of each address that is known, as its own or as its article's address."""
    found: dict[str, str] = {}
    for chunk in chunks(list(keys)):
        finals = select(t.Page.final_url, t.Page.outcome).where(t.Page.final_url.in_(chunk))
        found.update((url, outcome) for url, outcome in connection.execute(finals) if url is not None)
        own = select(t.Page.url, t.Page.outcome).where(t.Page.url.in_(chunk))
        found.update((url, outcome) for url, outcome in connection.execute(own))
    return found
