"""Lists in the order of how many people they tell of, the most first, without sorting all that fits.

An index leads from the largest count down. Rows of which no count is known come after it, so that such
a list has two parts. Rows of one count stand in the order in which they were found, the latest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, literal, not_, or_, select
from sqlalchemy.orm import aliased

from storage import filters, search
from storage import tables as t
from storage.values import Filter

Column = ColumnElement[Any]
NO_COUNT = -1
"""What stands for the count in the place of a row that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A list in two parts: the rows with a count, and those without."""

    known: Select[Any]
    unknown: Select[Any]
    count: Column  # of a row of the first part
    known_order: tuple[Column, ...]  # what tells rows of one count apart
    unknown_order: tuple[Column, ...]  # the same columns of the second part


def article_parts(connection: Connection, wanted: Filter, columns: Sequence[Any]) -> Parts | None:
    """Relevant articles by the largest count of their records; None where few fit, which are sorted."""
    if _are_few(connection, wanted):
        return None
    conditions = _article_conditions(wanted)
    if facts := filters.record_conditions(wanted, indexed=False):
        conditions.append(exists().where(t.Record.article_id == t.Article.id, *facts))
    largest, other = aliased(t.Record), aliased(t.Record)
    larger = or_(other.count > largest.count, and_(other.count == largest.count, other.id > largest.id))
    counted = exists().where(t.Record.article_id == t.Article.id, t.Record.count.is_not(None))
    return Parts(
        known=select(*columns)
        .select_from(largest)
        .join(t.Article, t.Article.id == largest.article_id)
        .where(
            largest.count.is_not(None),
            # Of the article's number, so that SQLite asks what is cheaper first.
            ~exists().where(other.article_id == t.Article.id, larger),
            *conditions,
        ),
        unknown=select(*columns).where(not_(counted), *conditions),
        count=largest.count.expression,
        known_order=(largest.article_id.expression,),
        unknown_order=(t.Article.id.expression,),
    )


def record_parts(connection: Connection, wanted: Filter, columns: Sequence[Any]) -> Parts | None:
    """Records of relevant articles; None where few fit, which are sorted."""
    if _are_few(connection, wanted):
        return None
    conditions = [*_article_conditions(wanted), *filters.record_conditions(wanted, indexed=False)]
    return _split(
        select(*columns).join_from(t.Record, t.Article).where(*conditions),
        t.Record.count.expression,
        (t.Record.article_id.expression, t.Record.id.expression),
    )


def case_parts(base: Select[Any]) -> Parts:
    """Cases."""
    return _split(base, t.Case.count.expression, (t.Case.id.expression,))


def _split(base: Select[Any], count: Column, order: tuple[Column, ...]) -> Parts:
    return Parts(
        known=base.where(count.is_not(None)),
        unknown=base.where(count.is_(None)),
        count=count,
        known_order=order,
        unknown_order=order,
    )


def _are_few(connection: Connection, wanted: Filter) -> bool:
    """Whether some index leads to few rows, so that sorting them is quicker than looking at all by count."""
    found = filters.are_few(connection, wanted) or filters.are_few_articles(connection, wanted)
    return found or filters.are_few_days(connection, wanted) or filters.are_few_drugs(connection, wanted)


def _article_conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    return filters.article_conditions(wanted, search.parse(wanted.query), indexed=False, by_itself=False)


def turned(connection: Connection, parts: Parts, *, limit: int, offset: int) -> list[Any]:
    """``limit`` rows after the first ``offset`` ones."""
    order = [parts.count.desc(), *(column.desc() for column in parts.known_order)]
    known = connection.execute(parts.known.order_by(*order).limit(limit).offset(offset)).all()
    found = list(known)
    if len(found) == limit:
        return found
    before = offset + len(found)
    if not found and offset:
        some = parts.known.limit(offset).subquery()
        before = connection.execute(select(func.count()).select_from(some)).scalar_one()
    order = [column.desc() for column in parts.unknown_order]
    query = parts.unknown.order_by(*order).limit(limit - len(found)).offset(max(0, offset - before))
    return [*found, *connection.execute(query)]


def after(connection: Connection, parts: Parts, place: Sequence[Any] | None, *, limit: int) -> list[Any]:
    """``limit`` rows after a place, each with its own as ``place_0``, ``place_1`` …"""
    found: list[Any] = []
    if place is None or place[0] != NO_COUNT:
        known = [parts.count, *parts.known_order]
        query = parts.known.add_columns(*_labelled(known))
        if place is not None:
            query = query.where(known[0] <= place[0], _behind(known, place))
        found += connection.execute(query.order_by(*(column.desc() for column in known)).limit(limit))
        place = None
    if len(found) == limit:
        return found
    rest = parts.unknown_order
    query = parts.unknown.add_columns(*_labelled([literal(NO_COUNT), *rest]))
    if place is not None:
        query = query.where(_behind(rest, place[1:]))
    query = query.order_by(*(column.desc() for column in rest)).limit(limit - len(found))
    return [*found, *connection.execute(query)]


def _labelled(columns: Sequence[Column]) -> list[Column]:
    return [column.label(f"place_{number}") for number, column in enumerate(columns)]


def _behind(columns: Sequence[Column], place: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a row stands after the place, all columns descending."""
    ways = []
    for depth, (column, value) in enumerate(zip(columns, place, strict=True)):
        same = [each == other for each, other in zip(columns[:depth], place, strict=False)]
        ways.append(and_(*same, column < value))
    return or_(*ways)
