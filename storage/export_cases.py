"""The rows of an export's tables of cases; see export_rows.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, select

from pipeline.case_sums import Told, sum_up
from pipeline.types import Record, Span
from pipeline.vocabulary import Bound, Drug, Kind, Per, Stage
from storage import rows
from storage import tables as t
from storage.export_rows import ARTICLE, Row, conditions, days, ended, split_drugs, stood, stream
from storage.values import Filter

_H = t.RecordHistory


def cases(connection: Connection, wanted: Filter, moment: datetime | None) -> Iterator[Row]:
    """Cases as they stood, by number; those of which at least one record fits."""
    head = t.CaseHistory
    query = (
        select(
            _H.__table__,
            *ARTICLE,
            *(
                getattr(head, name).label(f"case_{name}")
                for name in ("country", "count", "stage", "valid_from")
            ),
        )
        .join(t.Article, t.Article.id == _H.article_id)
        .join(head, head.case_id == _H.case_id)
        .where(stood(_H, moment), stood(head, moment), _H.case_id.is_not(None))
        .order_by(_H.case_id, t.Article.dated, _H.record_id)
    )
    if asked := conditions(wanted):
        fitting = select(_H.case_id).join(t.Article).where(stood(_H, moment), *asked)
        query = query.where(_H.case_id.in_(fitting))
    for number, told in groupby(stream(connection, query), key=attrgetter("case_id")):
        yield _case_row(number, list(told))


def revised_cases(connection: Connection, wanted: Filter, moment: datetime | None) -> Iterator[Row]:
    """Counts and stages of cases that had been replaced by then; those of cases that ever had a record
    that fits."""
    head = t.CaseHistory
    later = head.__table__.alias("later")
    follows = select(later.c.id).where(later.c.case_id == head.case_id, later.c.valid_from == head.valid_to)
    query = select(head.__table__, follows.exists().label("follows")).where(ended(head, moment))
    if asked := conditions(wanted):
        query = query.where(head.case_id.in_(select(_H.case_id).join(t.Article).where(*asked)))
    for row in stream(connection, query.order_by(head.case_id, head.valid_from)):
        ending = "revised" if row.follows else "merged" if row.merged_into is not None else "withdrawn"
        values = {name: getattr(row, name) for name in ("country", "count", "stage", "merged_into")}
        yield {"id": row.case_id, **values, "valid_from": row.valid_from, "valid_to": row.valid_to} | {
            "ending": ending
        }


def _case_row(number: int, found: Sequence[Any]) -> Row:
    told = [
        Told(day=(row.article_published or row.article_first_seen).toordinal(), record=_record(row))
        for row in found
    ]
    sums = sum_up(told)
    head = found[0]
    stage = Stage(head.case_stage)
    of_stage = _behind(told, partial(_has, "stage", stage))
    years, word = sums.sentence, None
    if isinstance(years, str):
        years, word = None, years
    start, end = days(sums.when)
    counts = [
        _behind([each for each in told if each.record.nationality == who], partial(_has, "count", count))
        for who, count in sums.people.items()
        if count is not None
    ]
    dates = [row.article_dated for row in found]
    return {
        "id": number,
        "url": next(
            (
                rows.shown_url(r.article_url) or None
                for r, each in zip(found, told, strict=True)
                if each is of_stage
            ),
            None,
        ),
        "country": head.case_country,
        "nationalities": list(sums.nationalities),
        "people": [f"{who} {'?' if count is None else count}" for who, count in sums.people.items()],
        "count": head.case_count,
        "stage": stage.value,
        "drugs": [drug.value for drug in sums.drugs],
        "quantity_kg": sums.quantity_kg,
        "sentence_years": years,
        "sentence_word": word,
        "place": sums.place,
        "when": sums.when,
        "when_start": start,
        "when_end": end,
        "reports": len({row.article_id for row in found}),
        "outlets": list(dict.fromkeys(row.article_source for row in found if row.article_source)),
        "languages": list(dict.fromkeys(row.article_language for row in found)),
        "first_seen": min(dates),
        "last_seen": max(dates),
        "record_ids": [str(row.record_id) for row in found],
        "evidence": _sentence(of_stage or told[-1]),
        "count_evidence": " ".join(dict.fromkeys(filter(None, map(_sentence, counts)))) or None,
        "quantity_evidence": _stating(told, "quantity_kg", sums.quantity_kg),
        "sentence_evidence": _stating(told, "sentence", sums.sentence),
        "place_evidence": _stating(told, "place", sums.place),
        "when_evidence": _stating(told, "when", sums.when),
        "valid_from": head.case_valid_from,
        "valid_to": None,
    }


def _behind(told: Sequence[Told], fits: Callable[[Record], bool]) -> Told | None:
    """The latest report that says so."""
    return max((each for each in told if fits(each.record)), key=lambda each: each.day, default=None)


def _stating(told: Sequence[Told], field: str, value: object) -> str | None:
    if value is None:
        return None
    return _sentence(_behind(told, partial(_has, field, value)))


def _has(field: str, value: object, record: Record) -> bool:
    return bool(getattr(record, field) == value)


def _sentence(told: Told | None) -> str | None:
    return told.record.evidence.text if told is not None else None


def _record(row: Any) -> Record:
    return Record(
        nationality=row.nationality,
        country=row.country,
        count=row.count,
        kind=Kind(row.kind),
        stage=Stage(row.stage),
        drugs=tuple(map(Drug, split_drugs(row.drugs))),
        quantity_kg=row.quantity_kg,
        sentence=row.sentence_word or row.sentence_years,
        drug_share=row.drug_share,
        when=row.when,
        place=row.place,
        evidence=Span(start=0, end=len(row.evidence), text=row.evidence),
        bound=Bound(row.bound),
        per=Per(row.per) if row.per else None,
        confidence=row.confidence,
    )
