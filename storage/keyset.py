"""Pages of lists by the place of their last row, right while rows come in.

A page begins after a place in the order, not after a number of rows: rows that are added or removed
before it move nothing. Counting ends at MOST, for who turns pages does not need to know more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, or_, select

from pipeline.errors import QueryError
from storage import by_count, cases, filters, queries, rows, search
from storage import tables as t
from storage.alert_values import Hit
from storage.alerts import hit_from
from storage.case_chosen import case_conditions, counted_cases
from storage.chosen import (
    KNOWN,
    counted_articles,
    counted_best,
    counted_records,
    few_articles,
    few_of_records,
    is_looked_at,
)
from storage.engine import reading
from storage.list_columns import ARTICLE, RECORD
from storage.reading import load_drugs
from storage.values import ArticleRow, CaseRow, Filter, RecordRow, Sort

Row = TypeVar("Row")
Place = tuple[Any, ...]
"""What the rows are ordered by, of one row."""
Order = Sequence[tuple[Any, bool]]
"""Columns that are never null, with whether they descend; the last tells rows apart."""

MOST = 10_000
"""Up to which rows are counted."""
MOST_LOOKED_AT = 1_000
"""The same where each row must be looked at for what is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Generic[Row]):
    """One page of a list."""

    rows: tuple[Row, ...]
    next: Place | None  # where the next page begins; None: there is none
    total: int  # rows on all pages together, as far as they are counted
    more: bool  # whether there are more than that


def article_window(engine: Engine, wanted: Filter, after: Place | None) -> Window[ArticleRow]:
    """Relevant articles with their records."""
    tree = queries.checked(wanted)
    with reading(engine) as connection:
        chosen = None if wanted.sort is Sort.RANK else few_articles(connection, wanted, tree)
        whole = base = select(*ARTICLE)
        if chosen is None:
            base = whole.where(*filters.conditions_of_articles(connection, wanted))
        found = _window(
            connection,
            base,
            _article_order(wanted.sort),
            wanted,
            after,
            counted=counted_best(connection, wanted, counted_articles, chosen),
            chosen=None if chosen is None else (chosen, _article_order(wanted.sort, KNOWN), whole),
            plain=whole,
            by_size=lambda: by_count.article_parts(connection, wanted, ARTICLE),
        )
        records = queries.load_records(connection, [row.id for row in found.rows])
    return _made(found, lambda row: rows.article_from(row, records.get(row.id, ())))


def record_window(engine: Engine, wanted: Filter, after: Place | None) -> Window[RecordRow]:
    """Records of relevant articles."""
    tree = queries.checked(wanted)
    articles = filters.article_conditions(wanted, tree)
    by_time = wanted.sort in (Sort.NEWEST, Sort.OLDEST)
    with reading(engine) as connection:
        # Of many that fit, the first ones in order of time are found by their articles.
        chosen = few_of_records(connection, wanted, tree) if by_time else None
        plain = select(*RECORD).join(t.Article)
        base = plain.where(*articles, *filters.record_conditions(wanted, indexed=not by_time))
        found = _window(
            connection,
            base,
            _record_order(wanted.sort),
            wanted,
            after,
            counted=counted_best(connection, wanted, counted_records, chosen),
            chosen=None if chosen is None else (chosen, _record_order(wanted.sort, KNOWN), plain),
            plain=plain.where(*filters.record_conditions(wanted)),
            by_size=lambda: by_count.record_parts(connection, wanted, RECORD),
        )
        drugs = load_drugs(connection, [row.id for row in found.rows])
    return _made(found, lambda row: rows.record_row_from(row, drugs.get(row.id, [])))


def case_window(engine: Engine, wanted: Filter, after: Place | None) -> Window[CaseRow]:
    """Cases with their reports."""
    queries.checked(wanted)
    with reading(engine) as connection:
        base = select(t.Case.__table__).where(*case_conditions(connection, wanted))
        by_size, counted = partial(by_count.case_parts, base), counted_cases(connection, wanted)
        order = _case_order(wanted.sort)
        found = _window(connection, base, order, wanted, after, by_size=by_size, counted=counted)
        made = {case.id: case for case in cases.with_reports(connection, found.rows)}
    return Window(
        rows=tuple(made[row.id] for row in found.rows if row.id in made),
        next=found.next,
        total=found.total,
        more=found.more,
    )


# -- orders ---------------------------------------------------------------------------------------


def _article_order(sort: Sort, of: Any = t.Article) -> Order:
    dated, number = of.dated, of.id
    match sort:
        case Sort.NEWEST | Sort.RANK:
            return [(dated, True), (number, True)]
        case Sort.OLDEST:
            return [(dated, False), (number, False)]
        case Sort.FOUND:
            return [(of.seq, True), (number, True)]
        case Sort.COUNT:
            records = select(func.coalesce(func.max(t.Record.count), by_count.NO_COUNT))
            largest = records.where(t.Record.article_id == number).scalar_subquery()
            return [(largest, True), (number, True)]


def _record_order(sort: Sort, of: Any = t.Article) -> Order:
    dated, article, number = of.dated, t.Record.article_id, t.Record.id
    match sort:
        case Sort.NEWEST | Sort.RANK:
            return [(dated, True), (article, True), (number, False)]
        case Sort.OLDEST:
            return [(dated, False), (article, False), (number, False)]
        case Sort.FOUND:
            return [(t.Record.seq, True), (number, True)]
        case Sort.COUNT:
            return [(func.coalesce(t.Record.count, by_count.NO_COUNT), True), (article, True), (number, True)]


def _case_order(sort: Sort) -> Order:
    number = t.Case.id
    match sort:
        case Sort.NEWEST:
            return [(t.Case.last_seen, True), (number, True)]
        case Sort.OLDEST:
            return [(t.Case.first_seen, False), (number, False)]
        case Sort.FOUND:
            return [(t.Case.seq, True), (number, True)]
        case Sort.COUNT:
            return [(func.coalesce(t.Case.count, by_count.NO_COUNT), True), (number, True)]
        case Sort.RANK:
            raise QueryError("Cases cannot be ranked by a query.", key="sort")


def place_types(of: str, sort: Sort) -> tuple[type, ...]:
    """The types of a place in a list: articles, records or cases."""
    orders: dict[str, Callable[[Sort], Order]] = {
        "articles": _article_order,
        "records": _record_order,
        "cases": _case_order,
    }
    return tuple(column.type.python_type for column, _ in orders[of](sort))


def after_place(order: Order, place: Place) -> ColumnElement[bool]:
    """The condition that a row stands after ``place``."""
    ways: list[ColumnElement[bool]] = []
    for depth, ((column, down), value) in enumerate(zip(order, place, strict=True)):
        same = [each == other for (each, _), other in zip(order[:depth], place, strict=False)]
        ways.append(and_(*same, column < value if down else column > value))
    first, down = order[0]
    # Says what the ways have in common, by which an index is found.
    return and_(first <= place[0] if down else first >= place[0], or_(*ways))


def _window(
    connection: Connection,
    base: Select[Any],
    order: Order,
    wanted: Filter,
    after: Place | None,
    *,
    by_size: Callable[[], by_count.Parts | None],
    counted: Select[Any] | None = None,
    plain: Select[Any] | None = None,
    chosen: tuple[Select[Any], Order, Select[Any]] | None = None,
) -> Window[Any]:
    """``counted``: the same rows as ``base``, as they are counted best. ``plain``: the same without the
    conditions on articles, where a query can rank them. ``chosen``: the numbers of those rows with
    their order, where few fit, and the rows of any numbers."""
    assert wanted.limit is not None
    most = MOST_LOOKED_AT if is_looked_at(wanted) else MOST
    bounded = replace(wanted, counted=most)
    total = queries.count(connection, base if counted is None else counted, bounded)
    down = [column.desc() if descends else column.asc() for column, descends in order]
    if wanted.sort is Sort.RANK:
        # How well an article fits changes with every other that comes in: of that there is one page.
        assert plain is not None
        query, rank = queries.ranked(connection, base, plain, bounded, search.parse(wanted.query))
        found = connection.execute(query.order_by(*rank, *down).limit(wanted.limit)).all()
        return Window(rows=tuple(found), next=None, total=min(total, most), more=total > most)
    if chosen is not None:
        found = _chosen(connection, *chosen, order[-1][0], after, limit=wanted.limit + 1)
    elif wanted.sort is Sort.COUNT and (parts := by_size()) is not None:
        found = by_count.after(connection, parts, after, limit=wanted.limit + 1)
    else:
        query = _placed(base, order, after)
        found = connection.execute(query.order_by(*down).limit(wanted.limit + 1)).all()
    last = found[wanted.limit - 1] if len(found) > wanted.limit else None
    return Window(
        rows=tuple(found[: wanted.limit]),
        next=None if last is None else tuple(getattr(last, f"place_{n}") for n in range(len(order))),
        total=min(total, most),
        more=total > most,
    )


def _placed(query: Select[Any], order: Order, after: Place | None) -> Select[Any]:
    """The rows after a place, each with its own as ``place_0``, ``place_1`` …"""
    query = query.add_columns(*(column.label(f"place_{n}") for n, (column, _) in enumerate(order)))
    return query if after is None else query.where(after_place(order, after))


def _chosen(
    connection: Connection,
    numbers: Select[Any],
    order: Order,
    whole: Select[Any],
    number: Any,
    after: Place | None,
    *,
    limit: int,
) -> list[Any]:
    """The rows whose numbers come first in the order, each with its place."""
    down = [column.desc() if descends else column.asc() for column, descends in order]
    first = connection.execute(_placed(numbers, order, after).order_by(*down).limit(limit)).all()
    found = connection.execute(whole.where(number.in_([row.id for row in first])))
    rows = {row.id: row._asdict() for row in found}
    return [SimpleNamespace(**rows[row.id] | row._asdict()) for row in first]


def _made(found: Window[Any], make: Callable[[Any], Row]) -> Window[Row]:
    made = tuple(make(row) for row in found.rows)
    return Window(rows=made, next=found.next, total=found.total, more=found.more)


def rules_hits(engine: Engine, rule: int, *, limit: int, after: Place | None) -> Window[Hit]:
    """What a rule found, the latest first."""
    base = select(t.AlertHit.__table__).where(t.AlertHit.rule_id == rule)
    some = base.with_only_columns(t.AlertHit.id).limit(MOST + 1).subquery()
    query = base if after is None else base.where(t.AlertHit.id < after[0])
    with reading(engine) as connection:
        total = connection.execute(select(func.count()).select_from(some)).scalar_one()
        found = connection.execute(query.order_by(t.AlertHit.id.desc()).limit(limit + 1)).all()
    return Window(
        rows=tuple(map(hit_from, found[:limit])),
        next=(found[limit - 1].id,) if len(found) > limit else None,
        total=min(total, MOST),
        more=total > MOST,
    )
