"""How many articles or cases of a list there are by nationality, country, stage and so on. Reading only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, exists, func, select

from storage import queries
from storage import tables as t
from storage.engine import reading
from storage.values import Filter

Counts = tuple[tuple[str, int], ...]
FIELDS = ("nationality", "country", "stage", "drug", "kind", "language", "source")
_OF_RECORD: dict[str, Any] = {
    "nationality": t.Record.nationality,
    "country": t.Record.country,
    "stage": t.Record.stage,
    "kind": t.Record.kind,
    "drug": t.RecordDrug.drug,
}
_OF_ARTICLE: dict[str, Any] = {"language": t.Article.language, "source": t.Article.source}


def article_facets(engine: Engine, wanted: Filter, *, most: int = 10) -> dict[str, Counts]:
    """For each field its ``most`` frequent values among the articles that fit, with how many articles
    have it. What is asked of the field itself does not count, so that it can be widened as well."""
    return _facets(engine, wanted, FIELDS, most=most, cases=False)


def case_facets(engine: Engine, wanted: Filter, *, most: int = 10) -> dict[str, Counts]:
    """The same of cases; the stage is that of the case."""
    fields = [field for field in FIELDS if field != "kind"]
    return _facets(engine, wanted, fields, most=most, cases=True)


def _facets(
    engine: Engine, wanted: Filter, fields: tuple[str, ...] | list[str], *, most: int, cases: bool
) -> dict[str, Counts]:
    tree = queries.checked(wanted)
    found: dict[str, Counts] = {}
    with reading(engine) as connection:
        for field in fields:
            nothing: dict[str, Any] = {field: ()}
            rest = replace(wanted, **nothing)
            conditions = queries.article_conditions(rest, tree)
            query = _of_cases(rest, field, conditions) if cases else _of_articles(rest, field, conditions)
            found[field] = _counted(connection, query, most)
    return found


def _of_articles(wanted: Filter, field: str, conditions: list[ColumnElement[bool]]) -> Select[Any]:
    facts = queries.record_conditions(wanted)
    if field in _OF_ARTICLE:
        if facts:
            conditions.append(exists().where(t.Record.article_id == t.Article.id, *facts))
        return select(_OF_ARTICLE[field], func.count()).where(*conditions).group_by(_OF_ARTICLE[field])
    column = _OF_RECORD[field]
    query = select(column, func.count(t.Record.article_id.distinct())).join_from(t.Record, t.Article)
    if field == "drug":
        query = query.join(t.RecordDrug, t.RecordDrug.record_id == t.Record.id)
    return query.where(*conditions, *facts).group_by(column)


def _of_cases(wanted: Filter, field: str, conditions: list[ColumnElement[bool]]) -> Select[Any]:
    column: Any = t.Case.stage if field == "stage" else _OF_ARTICLE.get(field, _OF_RECORD.get(field))
    query: Select[Any] = (
        select(column, func.count(t.Case.id.distinct()))
        .select_from(t.Case)
        .join(t.CaseReport, t.CaseReport.case_id == t.Case.id)
        .join(t.CaseRecord, t.CaseRecord.report_id == t.CaseReport.id)
        .join(t.Record, t.Record.id == t.CaseRecord.record_id)
        .join(t.Article, t.Article.id == t.CaseReport.article_id)
        .where(t.Case.merged_into.is_(None), *conditions)
        .where(*queries.record_conditions(wanted, stages=False))
    )
    if wanted.stage:
        query = query.where(t.Case.stage.in_([stage.value for stage in wanted.stage]))
    if field == "drug":
        query = query.join(t.RecordDrug, t.RecordDrug.record_id == t.Record.id)
    return query.group_by(column)


def _counted(connection: Connection, query: Select[Any], most: int) -> Counts:
    value, number = list(query.selected_columns)
    ordered = query.order_by(number.desc(), value).limit(most)
    return tuple((row[0], row[1]) for row in connection.execute(ordered))
