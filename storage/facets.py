"""How many articles or cases of a list there are by nationality, country, stage and so on. Reading only.

Of a long list the first rows alone are counted: what is asked for while somebody waits must not read
a million articles.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select

from storage import queries
from storage import tables as t
from storage.cases import case_conditions
from storage.engine import reading
from storage.values import Filter

Counts = tuple[tuple[str, int], ...]
FIELDS = ("nationality", "country", "stage", "drug", "kind", "language", "source")
COUNTED = 5_000
"""The latest articles or cases that are counted."""
_OF_RECORD: dict[str, Any] = {
    "nationality": t.Record.nationality,
    "country": t.Record.country,
    "stage": t.Record.stage,
    "kind": t.Record.kind,
    "drug": t.RecordDrug.drug,
}


def article_facets(engine: Engine, wanted: Filter, *, most: int = 10) -> dict[str, Counts]:
    """For each field its ``most`` frequent values among the latest articles that fit, with how many
    articles have it. What is asked of the field itself does not count, so that it can be widened."""
    return _facets(engine, wanted, FIELDS, most=most, cases=False)


def case_facets(engine: Engine, wanted: Filter, *, most: int = 10) -> dict[str, Counts]:
    """The same of cases; the stage is that of the case."""
    fields = tuple(field for field in FIELDS if field != "kind")
    return _facets(engine, wanted, fields, most=most, cases=True)


def _facets(
    engine: Engine, wanted: Filter, fields: tuple[str, ...], *, most: int, cases: bool
) -> dict[str, Counts]:
    queries.checked(wanted)
    found: dict[str, Counts] = {}
    with reading(engine) as connection:
        for field in fields:
            nothing: dict[str, Any] = {field: ()}
            rest = replace(wanted, **nothing)
            query = _of_cases(connection, rest, field) if cases else _of_articles(connection, rest, field)
            found[field] = _counted(connection, query, most)
    return found


def _of_articles(connection: Connection, wanted: Filter, field: str) -> Select[Any]:
    latest = (
        select(t.Article.id, t.Article.language, t.Article.source)
        .where(*queries.conditions_of_articles(connection, wanted))
        .order_by(t.Article.dated.desc())
        .limit(COUNTED)
        .cte("latest")
    )
    if field in ("language", "source"):
        return select(latest.c[field], func.count()).group_by(latest.c[field])
    column = _OF_RECORD[field]
    query = (
        select(column, func.count(latest.c.id.distinct()))
        .select_from(latest)
        .join(t.Record, t.Record.article_id == latest.c.id)
    )
    if field == "drug":
        query = query.join(t.RecordDrug, t.RecordDrug.record_id == t.Record.id)
    return query.where(*queries.record_conditions(wanted)).group_by(column)


def _of_cases(connection: Connection, wanted: Filter, field: str) -> Select[Any]:
    latest = (
        select(t.Case.id, t.Case.stage)
        .where(*case_conditions(connection, wanted))
        .order_by(t.Case.last_seen.desc())
        .limit(COUNTED)
        .cte("latest")
    )
    if field == "stage":
        return select(latest.c.stage, func.count()).group_by(latest.c.stage)
    if field in ("nationality", "country"):
        column: Any = getattr(t.CaseCount, field)
        query: Select[Any] = select(column, func.count(latest.c.id.distinct())).join(
            latest, latest.c.id == t.CaseCount.case_id
        )
        return query.group_by(column)
    report = t.CaseReport
    column = t.RecordDrug.drug if field == "drug" else getattr(t.Article, field)
    query = select(column, func.count(latest.c.id.distinct())).select_from(latest)
    query = query.join(report, report.case_id == latest.c.id)
    if field == "drug":
        query = query.join(t.CaseRecord, t.CaseRecord.report_id == report.id)
        query = query.join(t.RecordDrug, t.RecordDrug.record_id == t.CaseRecord.record_id)
    else:
        query = query.join(t.Article, t.Article.id == report.article_id)
    return query.group_by(column)


def _counted(connection: Connection, query: Select[Any], most: int) -> Counts:
    value, number = list(query.selected_columns)
    ordered = query.order_by(number.desc(), value).limit(most)
    return tuple((row[0], row[1]) for row in connection.execute(ordered))
