"""Lists of cases, and single ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, select

from pipeline.case_sums import Told, sum_up
from pipeline.errors import QueryError
from storage import queries, readers, rows
from storage import tables as t
from storage.case_chosen import case_conditions, counted_cases
from storage.case_edit import standing_id
from storage.engine import reading
from storage.reading import load_drugs
from storage.values import CaseReportRow, CaseRow, Filter, Found, RecordRow, Sort

CASES = "cases"
_JOINED = [
    getattr(t.Article, name).label(f"article_{name}")
    for name in ("url", "source", "title", "language", "published", "outlet_country", "first_seen")
]


def find_cases(engine: Engine, wanted: Filter) -> Found[CaseRow]:
    """Cases of which at least one report fits the filter, each with all of its reports. ``stage`` is
    the stage of the case. With a ``reader`` (and no ``peek``) those that are returned are marked as
    shown to it; a case is new again when a report of it is added, changed or lost.

    Raises QueryError for a query or a combination that makes no sense, else the StorageError tree.
    """
    queries.checked(wanted)
    with queries.transaction(engine, wanted) as connection:
        conditions = case_conditions(connection, wanted)
        if wanted.reader is not None:
            conditions.append(readers.unseen(connection, wanted.reader, CASES, t.Case))
        base = select(t.Case.__table__).where(*conditions)
        query = base.order_by(*_order(wanted))
        if wanted.limit is None:
            found = connection.execute(query).all()
            total = len(found)
        else:
            counted = counted_cases(connection, wanted) if wanted.reader is None else None
            total = queries.count(connection, base if counted is None else counted, wanted)
            query = query.limit(wanted.limit).offset((wanted.page - 1) * wanted.limit)
            found = connection.execute(query).all()
        queries.mark(connection, wanted, CASES, found, total)
        cases = with_reports(connection, found)
    return Found(
        rows=cases,
        total=total,
        page=wanted.page,
        limit=wanted.limit,
        more=queries.given_up(wanted, total),
    )


def read_case(engine: Engine, number: int) -> CaseRow:
    """The case to which ``number`` leads; one that was merged leads to the one that remains. Raises
    QueryError where there is none, or where no article reports it any more."""
    with reading(engine) as connection:
        case = standing_id(connection, number)
        found = connection.execute(select(t.Case.__table__).where(t.Case.id == case)).all()
        cases = with_reports(connection, found)
    if not cases:
        raise QueryError(f"No article reports case {number} any more.", key=str(number))
    return cases[0]


def read_cases(engine: Engine, numbers: Sequence[int]) -> dict[int, CaseRow]:
    """The cases with these numbers, those that no article reports left out."""
    with reading(engine) as connection:
        found = connection.execute(select(t.Case.__table__).where(t.Case.id.in_(numbers))).all()
        return {case.id: case for case in with_reports(connection, found)}


def _order(wanted: Filter) -> list[ColumnElement[Any]]:
    match wanted.sort:
        case Sort.OLDEST:
            return [t.Case.first_seen.asc(), t.Case.id.asc()]
        case Sort.FOUND:
            return [t.Case.seq.desc(), t.Case.id.desc()]
        case Sort.COUNT:
            return [t.Case.count.desc().nulls_last(), t.Case.id.desc()]
        case _:
            return [t.Case.last_seen.desc(), t.Case.id.desc()]


def with_reports(connection: Connection, found: Sequence[Any]) -> tuple[CaseRow, ...]:
    """These rows of cases with their reports; those that nothing reports any more are left out."""
    reports: dict[int, dict[int, tuple[Any, list[RecordRow]]]] = {}
    merged: dict[int, list[int]] = {}
    numbers = [row.id for row in found]
    for start in range(0, len(numbers), 500):
        chunk = numbers[start : start + 500]
        query = (
            select(
                t.Record.__table__,
                *_JOINED,
                t.CaseReport.case_id,
                t.CaseReport.id.label("report_id"),
                t.CaseReport.day,
                t.CaseReport.pinned,
            )
            .join(t.CaseRecord, t.CaseRecord.record_id == t.Record.id)
            .join(t.CaseReport, t.CaseReport.id == t.CaseRecord.report_id)
            .join(t.Article, t.Article.id == t.Record.article_id)
            .where(t.CaseReport.case_id.in_(chunk))
            .order_by(t.Article.dated, t.Article.id, t.CaseReport.id, t.Record.position)
        )
        batch = connection.execute(query).all()
        drugs = load_drugs(connection, [row.id for row in batch])
        for row in batch:
            record = rows.record_row_from(row, drugs.get(row.id, []))
            of_case = reports.setdefault(row.case_id, {})
            of_case.setdefault(row.report_id, (row, []))[1].append(record)
        led = select(t.Case.id, t.Case.merged_into).where(t.Case.merged_into.in_(chunk)).order_by(t.Case.id)
        for number, into in connection.execute(led):
            merged.setdefault(int(into or 0), []).append(number)
    return tuple(
        _case_row(row, list(reports[row.id].values()), merged.get(row.id, []))
        for row in found
        if row.id in reports
    )


def _case_row(row: Any, found: Sequence[tuple[Any, list[RecordRow]]], merged: Sequence[int]) -> CaseRow:
    told = tuple(Told(day=first.day, record=each.record) for first, records in found for each in records)
    return CaseRow(
        id=row.id,
        country=row.country,
        sums=sum_up(told),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        added=row.added,
        changed=row.changed,
        reports=tuple(
            CaseReportRow(
                article_id=records[0].article_id,
                url=records[0].url,
                source=records[0].source,
                title=records[0].title,
                language=records[0].language,
                published=records[0].published,
                outlet_country=records[0].outlet_country,
                first_seen=records[0].first_seen,
                by_hand=first.pinned,
                records=tuple(records),
            )
            for first, records in found
        ),
        told=told,
        merged=tuple(merged),
    )
