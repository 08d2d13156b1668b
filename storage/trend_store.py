"""Keeps case_counts in step with the cases, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from pipeline.case_dates import act_day, event_day
from pipeline.case_sums import CaseSum, Told, sum_up, timeline
from pipeline.types import Record, Span
from pipeline.vocabulary import Bound, Drug, Kind, Stage
from storage import tables as t
from storage.dialects import listed
from storage.prepared import Prepared, adding, same
from storage.reading import DRUGS
from storage.rows import drug_words

CHUNK = 500
"""Cases that are counted at once."""
_NOWHERE = Span(start=0, end=0, text="")
_COLUMNS = [
    t.Record.id,
    *(
        getattr(t.Record, name)
        for name in ("nationality", "country", "count", "bound", "stage", "when", "quantity_kg")
    ),
    t.Record.sentence_years,
    t.Record.sentence_word,
    t.CaseReport.case_id,
    t.CaseReport.day,
    t.Article.source,
    t.Article.language,
    t.Article.published,
    t.Article.dated,
    DRUGS,
]
"""Named one by one: the migration that fills the table for the first time must not come to ask for
columns that a later one adds."""


def _reported(on: str) -> Any:
    cases = listed("cases", t.CaseReport.__table__.c.case_id, on)
    return (
        select(*_COLUMNS)
        .join_from(cases, t.CaseReport, t.CaseReport.case_id == cases.c.value)
        .join(t.CaseRecord, t.CaseRecord.report_id == t.CaseReport.id)
        .join(t.Record, t.Record.id == t.CaseRecord.record_id)
        .join(t.Article, t.Article.id == t.Record.article_id)
        .order_by(t.CaseReport.day, t.Record.id)
    )


_REPORTED = Prepared(_reported)
_CLEAR = same(delete(t.CaseCount).where(t.CaseCount.case_id == bindparam("case")))
_ADD = adding(t.CaseCount)


class Reported(NamedTuple):
    """A record of a case as far as the sums of the case need it."""

    told: Told
    source: str
    language: str
    published: int | None  # day, None where the article has no date
    dated: datetime  # when it was published, else stored


def count_cases(connection: Connection, cases: Iterable[int]) -> None:
    """Writes the rows of these cases anew; a case that is merged or that nothing reports has none."""
    numbers = sorted(set(cases))
    for start in range(0, len(numbers), CHUNK):
        chunk = numbers[start : start + CHUNK]
        write_counts(connection, chunk, load_reported(connection, chunk))


def count_all_cases(connection: Connection) -> None:
    """Writes the rows of every case."""
    count_cases(connection, connection.execute(select(t.Case.id)).scalars().all())


def load_reported(connection: Connection, cases: Sequence[int]) -> dict[int, list[Reported]]:
    """The records of each of these cases, at most CHUNK, in the order of their days; a case that nothing
    reports is left out."""
    found: dict[int, list[Reported]] = {}
    for row in _REPORTED.all(connection, {"cases": cases}):
        published = row.published.toordinal() if row.published else None
        told = Told(day=row.day, record=_record(row))
        reported = Reported(told, row.source, row.language, published, row.dated)
        found.setdefault(row.case_id, []).append(reported)
    return found


def write_counts(connection: Connection, cases: Sequence[int], reported: dict[int, list[Reported]]) -> None:
    """Writes the rows of these cases anew from what is reported of them."""
    _CLEAR.run_all(connection, [{"case": case} for case in cases])
    _ADD.run_all(connection, [row for case, found in reported.items() for row in _rows(case, found)])


def _record(row: Any) -> Record:
    return Record(
        nationality=row.nationality,
        country=row.country,
        count=row.count,
        kind=Kind.EVENT,
        stage=Stage(row.stage),
        drugs=tuple(Drug(drug) for drug in drug_words(row.drugs)),
        quantity_kg=row.quantity_kg,
        sentence=row.sentence_word or row.sentence_years,
        drug_share=None,
        when=row.when,
        place=None,
        evidence=_NOWHERE,
        bound=Bound(row.bound),
    )


def _rows(case: int, found: Sequence[Reported]) -> list[dict[str, Any]]:
    told = [each.told for each in found]
    sums = sum_up(told)
    seen = _first(each.published for each in found)
    began = event_day(told, seen)
    last = _first(each.published for each in found if each.told.record.stage is sums.stage)
    known = {
        "case_id": case,
        "country": told[0].record.country,
        "stage": sums.stage.value,
        "day": began.day,
        "exactness": began.exactness.value,
        "act_day": act_day(told, last).day,
        "seen_day": seen,
        "quantity_kg": sums.quantity_kg,
        "sentence_years": sums.sentence if isinstance(sums.sentence, int | float) else None,
        "sentence_word": sums.sentence if isinstance(sums.sentence, str) else None,
        "drugs": ",".join(drug.value for drug in sums.drugs),
        "stages": ",".join(step.stage.value for step in timeline(told)),
        "sources": _first_days((each.source, each.published) for each in found),
        "languages": _first_days((each.language, each.published) for each in found),
    }
    return [
        known | {"nationality": nationality, "people": people, "bound": _bound(told, sums, nationality)}
        for nationality, people in sums.people.items()
    ]


def _bound(told: Sequence[Told], sums: CaseSum, nationality: str) -> str:
    """How the count is meant: exactly, where any report that has it says so, else as the latest says."""
    mine = [
        each.record.bound
        for each in told
        if each.record.nationality == nationality and each.record.count == sums.people[nationality]
    ]
    return (Bound.EXACT if Bound.EXACT in mine or not mine else mine[-1]).value


def _first(days: Iterable[int | None]) -> int | None:
    return min((day for day in days if day is not None), default=None)


def _first_days(pairs: Iterable[tuple[str, int | None]]) -> dict[str, int | None]:
    first: dict[str, int | None] = {}
    for name, day in pairs:
        first[name] = _first((day, first.get(name)))
    return first
