"""Lists of cases, and single ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, exists, or_, select

from pipeline.case_sums import Told, sum_up
from pipeline.errors import QueryError
from pipeline.vocabulary import UNKNOWN_COUNTRY, Kind
from storage import filters, queries, readers, rows, search
from storage import tables as t
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
            total = queries.count(connection, base, wanted)
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


def case_conditions(connection: Connection, wanted: Filter) -> list[ColumnElement[bool]]:
    """All conditions on a case but that a reader has not seen it. Raises QueryError for what makes no
    sense of cases."""
    if wanted.kind and Kind.EVENT not in wanted.kind:
        raise QueryError("Cases are events; there are none of another kind.", key="kind")
    if wanted.sort is Sort.RANK:
        raise QueryError("Cases cannot be ranked by a query.", key="sort")
    conditions: list[ColumnElement[bool]] = [t.Case.merged_into.is_(None), t.Case.reports > 0]
    if wanted.stage:
        conditions.append(t.Case.stage.in_([stage.value for stage in wanted.stage]))
    if wanted.since is not None:
        # Follows from the condition on its articles, and is found by an index.
        conditions.append(t.Case.last_seen >= wanted.since)
    if (wanted.nationality or wanted.country) and UNKNOWN_COUNTRY not in wanted.nationality:
        # Follows from the condition on its records, and is found in one narrow table; alone it says as much.
        conditions.append(t.Case.id.in_(_of_pairs(wanted)))
    if wanted.drug:
        conditions.append(t.Case.id.in_(_of_drugs(wanted)))
    if _is_said_by_counts(wanted):
        return conditions
    facts = filters.record_conditions(wanted, stages=False)
    articles = filters.article_conditions(wanted, search.parse(wanted.query), indexed=False)
    if not facts and len(articles) == 1:
        return conditions
    mine = t.Article.id == t.CaseReport.article_id
    told = t.CaseRecord.report_id == t.CaseReport.id
    of_it = t.Record.id == t.CaseRecord.record_id
    if filters.are_few(connection, wanted) or filters.are_few_articles(connection, wanted):
        reports = [mine, *articles, *((told, of_it, *facts) if facts else ())]
        return [*conditions, t.Case.id.in_(select(t.CaseReport.case_id).where(*reports))]
    # One inside the other, so that each is found by its number, from the case on.
    inside = [exists().where(mine, *articles).correlate(t.CaseReport)]
    if facts:
        record = exists().where(of_it, *facts).correlate(t.CaseRecord)
        inside.append(exists().where(told, record).correlate(t.CaseReport))
    return [*conditions, exists().where(t.CaseReport.case_id == t.Case.id, *inside).correlate(t.Case)]


def _of_pairs(wanted: Filter) -> Select[Any]:
    """The cases with people of these nationalities, held in these countries."""
    found = select(t.CaseCount.case_id)
    if wanted.nationality:
        found = found.where(t.CaseCount.nationality.in_(wanted.nationality))
    if wanted.country:
        found = found.where(t.CaseCount.country.in_(wanted.country))
    return found


def _of_drugs(wanted: Filter) -> Select[Any]:
    """The cases with these drugs."""
    held = "," + t.CaseCount.drugs + ","
    return select(t.CaseCount.case_id).where(or_(*(held.contains(f",{drug.value},") for drug in wanted.drug)))


def _is_said_by_counts(wanted: Filter) -> bool:
    """Whether the table of counts answers all of it: that one record is of a nationality and of a drug, it
    does not say."""
    of_articles = (wanted.since, wanted.until, wanted.found, wanted.query, wanted.language, wanted.source)
    people = wanted.nationality or wanted.country
    alone = UNKNOWN_COUNTRY not in wanted.nationality and bool(people) != bool(wanted.drug)
    return alone and not any(of_articles)


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
