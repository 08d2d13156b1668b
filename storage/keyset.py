"""Pages of lists by the place of their last row, right while rows come in.

A page begins after a place in the order, not after a number of rows: rows that are added or removed
before it move nothing. Counting ends at MOST, for who turns pages does not need to know more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, or_, select

from pipeline.errors import QueryError
from pipeline.vocabulary import Kind
from storage import by_count, cases, filters, queries, rows, search
from storage import tables as t
from storage.alert_values import Hit
from storage.alerts import hit_from
from storage.engine import reading
from storage.reading import load_drugs
from storage.values import ArticleRow, CaseRow, Filter, RecordRow, Sort

Row = TypeVar("Row")
Place = tuple[Any, ...]
"""What the rows are ordered by, of one row."""
Order = Sequence[tuple[Any, bool]]
"""Columns that are never null, with whether they descend; the last tells rows apart."""

MOST = 10_000
"""Up to which rows are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Generic[Row]):
    """One page of a list."""

    rows: tuple[Row, ...]
    next: Place | None  # where the next page begins; None: there is none
    total: int  # rows on all pages together, at most MOST
    more: bool  # whether there are more than that


def article_window(engine: Engine, wanted: Filter, after: Place | None) -> Window[ArticleRow]:
    """Relevant articles with their records."""
    tree = queries.checked(wanted)
    with reading(engine) as connection:
        base = select(*queries.ARTICLE).where(*filters.conditions_of_articles(connection, wanted))
        found = _window(
            connection,
            base,
            _article_order(wanted.sort),
            wanted,
            after,
            counted=queries.counted_articles(connection, wanted, tree),
            plain=select(*queries.ARTICLE),
            by_size=lambda: by_count.article_parts(connection, wanted, queries.ARTICLE),
        )
        records = queries.load_records(connection, [row.id for row in found.rows])
    return _made(found, lambda row: rows.article_from(row, records.get(row.id, ())))


def record_window(engine: Engine, wanted: Filter, after: Place | None) -> Window[RecordRow]:
    """Records of relevant articles."""
    tree = queries.checked(wanted)
    articles = filters.article_conditions(wanted, tree)
    figures = bool(wanted.kind) and Kind.EVENT not in wanted.kind
    with reading(engine) as connection:
        # Of many that fit, the first ones in order of time are found by their articles.
        by_time = wanted.sort in (Sort.NEWEST, Sort.OLDEST) and not filters.are_few(connection, wanted)
        plain = select(*queries.RECORD).join(t.Article)
        base, counted = (
            plain.where(*articles, *filters.record_conditions(wanted, indexed=indexed))
            for indexed in (not by_time, True)
        )
        if figures:
            # They have an index of their own.
            loose = filters.article_conditions(wanted, tree, indexed=False)
            counted = plain.where(filters.FIGURES, *loose, *filters.record_conditions(wanted, indexed=False))
        found = _window(
            connection,
            base,
            _record_order(wanted.sort),
            wanted,
            after,
            counted=counted,
            plain=plain.where(*filters.record_conditions(wanted)),
            by_size=lambda: by_count.record_parts(connection, wanted, queries.RECORD),
        )
        drugs = load_drugs(connection, [row.id for row in found.rows])
    return _made(found, lambda row: rows.record_row_from(row, drugs.get(row.id, [])))


def case_window(engine: Engine, wanted: Filter, after: Place | None) -> Window[CaseRow]:
    """Cases with their reports."""
    queries.checked(wanted)
    with reading(engine) as connection:
        base = select(t.Case.__table__).where(*cases.case_conditions(connection, wanted))
        by_size = partial(by_count.case_parts, base)
        found = _window(connection, base, _case_order(wanted.sort), wanted, after, by_size=by_size)
        made = {case.id: case for case in cases.with_reports(connection, found.rows)}
    return Window(
        rows=tuple(made[row.id] for row in found.rows if row.id in made),
        next=found.next,
        total=found.total,
        more=found.more,
    )


# -- orders ---------------------------------------------------------------------------------------


def _article_order(sort: Sort) -> Order:
    dated, number = t.Article.dated, t.Article.id
    match sort:
        case Sort.NEWEST | Sort.RANK:
            return [(dated, True), (number, True)]
        case Sort.OLDEST:
            return [(dated, False), (number, False)]
        case Sort.FOUND:
            return [(t.Article.seq, True), (number, True)]
        case Sort.COUNT:
            records = select(func.coalesce(func.max(t.Record.count), by_count.NO_COUNT))
            largest = records.where(t.Record.article_id == t.Article.id).scalar_subquery()
            return [(largest, True), (number, True)]


def _record_order(sort: Sort) -> Order:
    dated, article, number = t.Article.dated, t.Record.article_id, t.Record.id
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
) -> Window[Any]:
    """``counted``: the same rows as ``base``, as they are counted best. ``plain``: the same without the
    conditions on articles, where a query can rank them."""
    assert wanted.limit is not None
    some = (base if counted is None else counted).with_only_columns(order[-1][0], maintain_column_froms=True)
    query = select(func.count()).select_from(some.limit(MOST + 1).subquery())
    total = connection.execute(query).scalar_one()
    down = [column.desc() if descends else column.asc() for column, descends in order]
    if wanted.sort is Sort.RANK:
        # How well an article fits changes with every other that comes in: of that there is one page.
        assert plain is not None
        bounded = replace(wanted, counted=MOST)
        query, rank = queries.ranked(connection, base, plain, bounded, search.parse(wanted.query))
        found = connection.execute(query.order_by(*rank, *down).limit(wanted.limit)).all()
        return Window(rows=tuple(found), next=None, total=min(total, MOST), more=total > MOST)
    if wanted.sort is Sort.COUNT and (parts := by_size()) is not None:
        found = by_count.after(connection, parts, after, limit=wanted.limit + 1)
    else:
        query = base.add_columns(*(column.label(f"place_{n}") for n, (column, _) in enumerate(order)))
        if after is not None:
            query = query.where(after_place(order, after))
        found = connection.execute(query.order_by(*down).limit(wanted.limit + 1)).all()
    last = found[wanted.limit - 1] if len(found) > wanted.limit else None
    return Window(
        rows=tuple(found[: wanted.limit]),
        next=None if last is None else tuple(getattr(last, f"place_{n}") for n in range(len(order))),
        total=min(total, MOST),
        more=total > MOST,
    )


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
