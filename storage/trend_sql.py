"""From a question about trends to SQL: which rows of case_counts count, on which day, and what of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Text,
    case,
    cast,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from pipeline.periods import Step
from pipeline.vocabulary import Bound, Stage
from storage import filters, search
from storage import tables as t
from storage.dialects import ByDatabase, one_of
from storage.trend_values import HANDED_IN, NONE_NAMED, DatedBy, Question, Split


def heard_late() -> ColumnElement[bool]:
    """Whether nothing tells of the arrest or the charge."""
    first = (Stage.ARRESTED, Stage.CHARGED)
    return not_(or_(*(t.CaseCount.stages.startswith(stage.value) for stage in first)))


def counted(*, distinct: bool = True) -> list[ColumnElement[Any]]:
    """Distinct cases, people, whether there may be more, whether it is about so many. ``distinct`` False:
    no case has two rows in a group."""
    people, at_least, about = meant()
    return [
        func.count(t.CaseCount.case_id.distinct()) if distinct else func.count(),
        cast(func.sum(people), BigInteger),
        func.max(at_least),
        func.max(about),
    ]


def meant() -> list[ColumnElement[Any]]:
    """People of one row, whether there may be more, whether it is about so many."""
    rows = t.CaseCount
    return [
        # Of a case without a count it is known that there is somebody.
        func.coalesce(rows.people, 1),
        case((rows.people.is_(None) | (rows.bound == Bound.AT_LEAST.value), 1), else_=0),
        case((one_of(rows.bound, [Bound.ABOUT.value, Bound.AT_MOST.value]), 1), else_=0),
    ]


def slot_of(day: ColumnElement[int | None], step: Step) -> ColumnElement[Any]:
    """What lines are grouped by: months where no piece is shorter, which are few, else days."""
    if step in (Step.DAY, Step.WEEK):
        return day
    epoch: ColumnElement[Any] = literal_column(str(date(1970, 1, 1).toordinal()))
    month: ColumnElement[Any] = literal_column("'%Y-%m-01'")
    seconds = (day - epoch) * literal_column("86400")
    begin = literal_column("'1970-01-01'::date", Date()) + cast(day - epoch, Integer)
    return ByDatabase(
        sqlite=func.strftime(month, seconds, literal_column("'unixepoch'")),
        postgresql=func.to_char(begin, literal_column("'YYYY-MM-01'")),
    )


def day_of(asked: Question) -> ColumnElement[int | None]:
    """The day that counts. By articles it is that of the first report in the outlets and languages
    that are asked for."""
    match asked.by:
        case DatedBy.EVENT:
            return t.CaseCount.day.expression
        case DatedBy.ACT:
            return t.CaseCount.act_day.expression
        case DatedBy.ARTICLE:
            if asked.source:
                return _least("sources", asked.source)
            if asked.language:
                return _least("languages", asked.language)
            return t.CaseCount.seen_day.expression


def _least(column: str, names: Sequence[str]) -> ColumnElement[int | None]:
    each, pair = _each(column)
    first = select(func.min(each.c.value)).where(one_of(each.c.key, names)).scalar_subquery()
    days = select(func.min(cast(pair.c.value, Integer))).where(one_of(pair.c.key, names)).scalar_subquery()
    return ByDatabase(sqlite=first, postgresql=days)


def _each(column: str) -> tuple[Any, Any]:
    """The names and days in one of the columns of JSON, as SQLite and as PostgreSQL takes them apart."""
    whole: ColumnElement[Any] = literal_column(f"case_counts.{column}")
    return (
        func.json_each(whole).table_valued("key", "value"),
        func.json_each_text(whole).table_valued("key", "value"),
    )


def as_text(column: str) -> ColumnElement[str]:
    """A column of JSON as it is written, so that rows can be grouped by it."""
    whole: ColumnElement[Any] = literal_column(f"case_counts.{column}")
    return ByDatabase(sqlite=whole, postgresql=cast(whole, Text))


def joined(column: ColumnElement[str]) -> ColumnElement[str]:
    """The texts of the rows of a group, one after another."""
    nothing: ColumnElement[str] = literal_column("''")
    return ByDatabase(sqlite=func.group_concat(column, nothing), postgresql=func.string_agg(column, nothing))


def event_conditions(asked: Question) -> list[ColumnElement[bool]]:
    """The conditions on rows of case_counts."""
    rows = t.CaseCount
    found: list[ColumnElement[bool]] = []
    if asked.nationality:
        found.append(one_of(rows.nationality, asked.nationality))
    if asked.country:
        found.append(one_of(rows.country, asked.country))
    if asked.stage:
        found.append(one_of(rows.stage, [stage.value for stage in asked.stage]))
    if asked.drug:
        held = "," + rows.drugs + ","
        found.append(or_(*(held.contains(f",{drug.value},") for drug in asked.drug)))
    for column, names in (("sources", asked.source), ("languages", asked.language)):
        if names:
            each, pair = (select(of.c.value).where(one_of(of.c.key, names)).exists() for of in _each(column))
            found.append(ByDatabase(sqlite=each, postgresql=pair))
    if (tree := search.parse(asked.query)) is not None:
        told = select(t.CaseReport.case_id).join(t.Article, t.Article.id == t.CaseReport.article_id)
        found.append(rows.case_id.in_(told.where(filters.matches(tree))))
    day = day_of(asked)
    if asked.first is not None:
        found.append(day >= asked.first)
    if asked.last is not None:
        found.append(day <= asked.last)
    return found


def key_of(
    split: Split | None,
) -> tuple[list[ColumnElement[Any]], Callable[[Sequence[Any]], Iterable[str]]] | None:
    """The columns by which a series is split, and their values → the lines on which they count."""
    rows = t.CaseCount
    nationality, country = rows.nationality.expression, rows.country.expression
    match split:
        case None | Split.KIND:
            return None
        case Split.NATIONALITY:
            return [nationality], lambda values: (values[0],)
        case Split.COUNTRY:
            return [country], lambda values: (values[0],)
        case Split.PAIR:
            return [nationality, country], lambda values: (f"{values[0]}-{values[1]}",)
        case Split.STAGE:
            return [rows.stage.expression], lambda values: (values[0],)
        case Split.DRUG:
            return [rows.drugs.expression], lambda values: (values[0] or NONE_NAMED).split(",")
        case Split.SOURCE:
            return [as_text("sources")], lambda values: (name or HANDED_IN for name in json.loads(values[0]))
        case Split.LANGUAGE:
            return [as_text("languages")], lambda values: json.loads(values[0])
