"""What is new and what changed since a moment, for a page that is looked at every day. Reading only.

Everything here looks from the latest backwards and stops: it costs the same on a large database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, exists, func, select

from pipeline.types import Record
from pipeline.vocabulary import UNKNOWN_COUNTRY, Stage
from storage import chosen, rows
from storage import tables as t
from storage.cases import read_cases
from storage.engine import reading
from storage.values import CaseRow, Filter

MOST = 10_000
"""How far new articles and cases are counted."""
LOOKED_AT = 300
"""How many of the latest cases are looked at for what changed in them, or for new pairs."""
STORED = 20_000
"""How many of the cases that were stored last are looked at for those that were added since."""
NOTED = 3_000
"""How many of the latest notes of history are looked at for corrected records."""
QUIET = 365
"""Days without a report of a pair after which it is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many were stored since a moment; at most MOST + 1 of each."""

    since: datetime
    articles: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """A case whose stage or number of people became another."""

    case: CaseRow
    at: datetime
    stage: tuple[Stage, Stage]  # before, after
    count: tuple[int | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A record that says something else since its article was changed or read again."""

    article_id: int
    title: str
    source: str
    language: str
    at: datetime
    before: Record
    after: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPair:
    """A nationality and a country of custody of which no case was reported for a long time."""

    nationality: str
    country: str
    case_id: int
    last: int | None  # day of the report before it; None: there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPairs:
    """The latest new pairs, and from when on it can be told what is new."""

    pairs: tuple[NewPair, ...]
    from_day: int | None  # None: nothing is stored


def counts_since(engine: Engine, moments: Sequence[datetime]) -> tuple[Counts, ...]:
    """How many relevant articles and cases were stored since each moment."""
    with reading(engine) as connection:
        return tuple(
            Counts(since=since, articles=_articles(connection, since), cases=_cases(connection, since))
            for since in moments
        )


def _articles(connection: Connection, since: datetime) -> int:
    some = chosen.counted_articles(connection, Filter(found=since), None)
    assert some is not None
    return connection.execute(select(func.count()).select_from(some.limit(MOST + 1).subquery())).scalar_one()


def _cases(connection: Connection, since: datetime) -> int:
    some = select(t.Case.id).where(_added(connection, since)).limit(MOST + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def _added(connection: Connection, since: datetime) -> Any:
    """The condition that a case was added since, and is one of those that were stored last."""
    last = connection.execute(select(func.max(t.Case.id))).scalar() or 0
    stored = (t.Case.id > last - STORED) & (t.Case.added >= since)
    return stored & t.Case.merged_into.is_(None) & (t.Case.reports > 0)


def new_cases(engine: Engine, since: datetime, *, most: int) -> tuple[CaseRow, ...]:
    """The cases that were added since, the latest first."""
    with reading(engine) as connection:
        query = select(t.Case.id).where(_added(connection, since)).order_by(t.Case.id.desc()).limit(most)
        numbers = list(connection.execute(query).scalars())
    found = read_cases(engine, numbers)
    return tuple(found[number] for number in numbers if number in found)


def case_changes(engine: Engine, since: datetime, *, most: int) -> tuple[CaseChange, ...]:
    """Cases that came to another stage or number of people since, the latest change first. What a case
    was when it was added is no change."""
    latest = (
        select(t.Case.id)
        .where(t.Case.changed >= since, t.Case.added < t.Case.changed)
        .where(t.Case.merged_into.is_(None), t.Case.reports > 0)
        .order_by(t.Case.seq.desc())
        .limit(LOOKED_AT)
    )
    h = t.CaseHistory
    with reading(engine) as connection:
        numbers = list(connection.execute(latest).scalars())
        query = select(h.__table__).where(h.case_id.in_(numbers)).order_by(h.case_id, h.valid_from, h.id)
        notes = connection.execute(query).all()
    found = []
    for before, after in pairwise(notes):
        same = (before.stage, before.count) == (after.stage, after.count)
        if before.case_id == after.case_id and after.valid_from >= since and not same:
            found.append((before, after))
    found.sort(key=lambda pair: (pair[1].valid_from, pair[1].id), reverse=True)
    cases = read_cases(engine, [after.case_id for _, after in found[:most]])
    return tuple(
        CaseChange(
            case=cases[after.case_id],
            at=after.valid_from,
            stage=(Stage(before.stage), Stage(after.stage)),
            count=(before._mapping["count"], after._mapping["count"]),
        )
        for before, after in found[:most]
        if after.case_id in cases
    )


def corrections(engine: Engine, since: datetime, *, most: int) -> tuple[Correction, ...]:
    """Records with other people, places, numbers or kinds since, the latest first."""
    h = t.RecordHistory.__table__
    latest = select(h).order_by(h.c.id.desc()).limit(NOTED).subquery()
    before = h.alias("before")
    articles = [getattr(t.Article, name) for name in ("title", "source", "language")]
    query = (
        select(latest, *articles)
        .join(t.Article, t.Article.id == latest.c.article_id)
        .where(latest.c.valid_to.is_(None), latest.c.valid_from >= since, t.is_relevant(indexed=False))
        .where(
            exists().where(before.c.record_id == latest.c.record_id, before.c.valid_to == latest.c.valid_from)
        )
        .order_by(latest.c.id.desc())
    )
    with reading(engine) as connection:
        standing = connection.execute(query).all()
        replaced = select(h).where(h.c.record_id.in_([row.record_id for row in standing]))
        ended = {(row.record_id, row.valid_to): row for row in connection.execute(replaced) if row.valid_to}
    found = []
    for row in standing:
        old = ended.get((row.record_id, row.valid_from))
        if old is not None and any(old._mapping[name] != row._mapping[name] for name in _COMPARED):
            found.append(
                Correction(
                    article_id=row.article_id,
                    title=row.title,
                    source=row.source,
                    language=row.language,
                    at=row.valid_from,
                    before=_record(old),
                    after=_record(row),
                )
            )
    return tuple(found[:most])


_COMPARED = ("nationality", "country", "count", "bound", "kind")


def _record(row: Any) -> Record:
    values = dict(row._mapping) | {"evidence_start": 0, "evidence_end": len(row.evidence)}
    return rows.record_from(SimpleNamespace(**values), [each for each in row.drugs.split(",") if each])


def new_pairs(engine: Engine, since: datetime, *, most: int) -> NewPairs:
    """The pairs of the cases that were added since of which nothing was reported in the QUIET days
    before. That can only be told where the data reach back so far."""
    with reading(engine) as connection:
        begin = connection.execute(select(func.min(t.Article.dated)).where(t.Article.relevant)).scalar()
        if begin is None:
            return NewPairs(pairs=(), from_day=None)
        sure = (begin + timedelta(days=QUIET)).toordinal()
        latest = (
            select(t.Case.id, t.Case.first_seen)
            .where(_added(connection, since))
            .order_by(t.Case.id.desc())
            .limit(LOOKED_AT)
            .subquery()
        )
        query = (
            select(t.CaseCount.nationality, t.CaseCount.country, latest.c.id, latest.c.first_seen)
            .join(latest, latest.c.id == t.CaseCount.case_id)
            .where(t.CaseCount.nationality != UNKNOWN_COUNTRY, t.CaseCount.country != UNKNOWN_COUNTRY)
            .order_by(latest.c.first_seen, latest.c.id)
        )
        met: dict[tuple[str, str], tuple[int, int]] = {}
        for nationality, country, case, first in connection.execute(query):
            day = first.toordinal()
            if day >= sure and (nationality, country) not in met:
                met[nationality, country] = (case, day)
        before = _last_reports(connection, met)
    found = [
        NewPair(nationality=pair[0], country=pair[1], case_id=case, last=before[pair])
        for pair, (case, day) in met.items()
        if (last := before[pair]) is None or day - last >= QUIET
    ]
    return NewPairs(pairs=tuple(reversed(found))[:most], from_day=sure)


def _last_reports(
    connection: Connection, pairs: Mapping[tuple[str, str], tuple[int, int]]
) -> dict[tuple[str, str], int | None]:
    """For each pair the day of its last report up to the day of a case that is of another case."""
    found: dict[tuple[str, str], int | None] = {}
    for (nationality, country), (case, day) in pairs.items():
        asked = {"nationality": nationality, "country": country, "case": case, "day": day}
        found[nationality, country] = connection.execute(_LAST_REPORT, asked).scalar()
    return found


_OF_PAIR = t.CasePeople.__table__.c
# Built once: there are hundreds of pairs, and to build it takes longer than to ask it.
_LAST_REPORT = (
    select(_OF_PAIR.day)
    .where(
        _OF_PAIR.nationality == bindparam("nationality"),
        _OF_PAIR.country == bindparam("country"),
        _OF_PAIR.day <= bindparam("day"),
        exists().where(t.CaseReport.id == _OF_PAIR.report_id, t.CaseReport.case_id != bindparam("case")),
    )
    .order_by(_OF_PAIR.day.desc())
    .limit(1)
)
