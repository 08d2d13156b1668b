"""Small answers in one statement: a page of a list with its total, begun with the few rows to which an index
leads.

The rows of the index come first, a few at most; where there are more, nothing else is done, and the list is
found in another way. So the way is the same for all values, and PostgreSQL may keep its plan for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
    true,
)

from storage import filters, ranking, readers, search, words
from storage import tables as t
from storage.chosen import KNOWN
from storage.columns import NUMBER
from storage.engine import is_postgres
from storage.forms import MOST, Form, form_of
from storage.list_columns import ARTICLE, RECORD
from storage.postgres import keep_plans
from storage.prepared import Prepared, same
from storage.reading import DRUGS
from storage.values import Filter, Sort

NEW = 5_000
"""Changes up to which the articles among them are found by their order, and sorted."""
Page = tuple[Sequence[Any], int]
"""Rows, and how many there are on all pages."""
Order = Callable[[Any], list[ColumnElement[Any]]]


def new_articles(connection: Connection, wanted: Filter, of: str) -> Page | None:
    """All articles that the reader of the list ``of`` has not seen, the latest first: what somebody asks who
    looks every day. None where something else is asked for, and where single ones were shown before."""
    plain = Filter(reader=wanted.reader, peek=wanted.peek, limit=wanted.limit)
    if wanted.reader is None or wanted.limit is None or wanted != plain:
        return None
    values = {"reader": wanted.reader, "of": of, "bound": NEW, "more": NEW + 1}
    found = _answer(connection, _NEW, values | {"limit": wanted.limit, "offset": 0})
    if not isinstance(found, int):
        return found
    bookmark, some = readers.known(connection, wanted.reader, of)
    if some:
        return None
    latest = _LATEST.all(connection, {"bookmark": bookmark, "limit": wanted.limit, "offset": 0})
    if len(latest) < wanted.limit:
        return latest, len(latest)
    return latest, _HOW_MANY.scalar(connection, {"bookmark": bookmark})


def articles_of_words(connection: Connection, wanted: Filter, tree: search.Node | None) -> Page | None:
    """The page of the articles with some words, where these are few and nothing is asked of records."""
    if not _is_led(wanted, tree) or filters.record_conditions(wanted):
        return None
    return _of_words(connection, wanted, tree, _articles)


def records_of_words(connection: Connection, wanted: Filter, tree: search.Node | None) -> Page | None:
    """The page of the records, each with its ``drugs``, of articles with some words, where these are few."""
    if not _is_led(wanted, tree):
        return None
    return _of_words(connection, wanted, tree, _records)


def records_of_facts(connection: Connection, wanted: Filter) -> Page | None:
    """The page of the records, each with its ``drugs``, of which some facts are asked and no words; None
    where something else is."""
    timely = wanted.sort in (Sort.NEWEST, Sort.OLDEST, Sort.FOUND)
    if wanted.limit is None or wanted.reader is not None or wanted.query or not timely:
        return None
    form, values = form_of(wanted, None, connection.dialect.name)
    found = _plain_records(form).all(connection, values)
    if len(found) < wanted.limit and (found or wanted.page == 1):
        return found, values["offset"] + len(found)
    return found, _how_many_records(form).scalar(connection, values)


def _is_led(wanted: Filter, tree: search.Node | None) -> bool:
    """Whether a page is asked for that the index of words can lead to."""
    if tree is None or wanted.limit is None or wanted.reader is not None or wanted.sort is Sort.COUNT:
        return False
    # "All but that" leads to all.
    return search.fts(tree) is not None


def _of_words(
    connection: Connection,
    wanted: Filter,
    tree: search.Node | None,
    statement: Callable[[Form], Prepared],
) -> Page | None:
    form, values = form_of(wanted, tree, connection.dialect.name)
    bound = filters.RARE if is_postgres(connection) else filters.FEW
    if wanted.sort is Sort.RANK and wanted.counted is not None:
        bound = min(bound, ranking.NEWEST)  # of more the latest alone are ranked
    found = _answer(connection, statement(form), values | {"bound": bound, "more": bound + 1})
    if isinstance(found, int):
        if tree is not None and found > bound and is_postgres(connection):
            filters.note_often(connection, tree)
        return None
    if wanted.counted is not None:
        return found[0], min(found[1], wanted.counted + 1)
    return found


def _answer(connection: Connection, statement: Prepared, values: dict[str, Any]) -> Page | int:
    """The page; to how many rows the index leads, as far as they are counted, where these are too many or
    none fits."""
    keep_plans(connection)
    found = statement.all(connection, values)
    if found[0].total is None:
        keep_plans(connection, False)
        return int(found[0].many)
    return found, found[0].total


def _page(found: Any, inside: Select[Any], order: Order, columns: Select[Any], *tables: Any) -> Select[Any]:
    """The rows of ``columns`` whose numbers are those of ``inside``, begun with the rows of ``found``, at
    most so many; each with the ``total``. One row of nothing where there are too many or none. ``tables``:
    those of the columns, and how each follows from a row of the page."""
    many = select(func.count().label("many")).select_from(found)
    few = many.scalar_subquery() <= bindparam("bound", type_=NUMBER)
    whole = func.count().over().label("total")
    rows = inside.add_columns(whole).where(few).order_by(*order(inside.selected_columns))
    page = (
        rows.limit(bindparam("limit", type_=NUMBER))
        .offset(bindparam("offset", type_=NUMBER))
        .subquery("page")
    )
    counted = many.subquery("counted")
    query = columns.add_columns(page.c.total, counted.c.many).select_from(counted)
    query = query.join(page, true(), isouter=True)
    for table, of in tables:
        query = query.join(table, table.id == of(page.c), isouter=True)
    return query.order_by(*order(page.c))


def _cut(rows: Select[Any]) -> Select[Any]:
    return rows.limit(bindparam("limit", type_=NUMBER)).offset(bindparam("offset", type_=NUMBER))


# -- what a reader has not seen --------------------------------------------------------------------


def _unseen(on: str) -> Any:
    seen = select(t.Reader.seq).where(t.Reader.name == bindparam("reader"), t.Reader.list == bindparam("of"))
    some = exists().where(t.Shown.name == bindparam("reader"), t.Shown.list == bindparam("of"))
    end = select(t.Counter.value).where(t.Counter.name == "changes").scalar_subquery()
    bookmark = func.coalesce(seen.scalar_subquery(), 0)
    few = end - bookmark <= bindparam("bound", type_=NUMBER)
    new = (
        select(t.Article.id, t.Article.dated)
        .where(t.is_relevant(indexed=False), t.Article.seq > bookmark)
        # By the index of this order: how far it leads is not known when the plan is made.
        .order_by(t.Article.seq.desc())
        .limit(case((few & ~some, bindparam("more", type_=NUMBER)), else_=0))
        .cte("found")
    )
    inside = select(new.c.id, new.c.dated)
    return _page(new, inside, _newest, select(*ARTICLE), (t.Article, lambda page: page.id))


def _newest(of: Any) -> list[ColumnElement[Any]]:
    return [of.dated.desc(), of.id.desc()]


_NEW = Prepared(_unseen)
_UNSEEN = (KNOWN.relevant.is_(True), KNOWN.seq > bindparam("bookmark", type_=NUMBER))


def _latest(on: str) -> Any:
    if on == "postgresql":
        return _cut(
            select(*ARTICLE)
            .where(t.is_relevant(), t.Article.seq > bindparam("bookmark", type_=NUMBER))
            .order_by(*_newest(t.Article))
        )
    first = _cut(select(KNOWN.id).where(*_UNSEEN).order_by(*_newest(KNOWN))).subquery()
    return (
        select(*ARTICLE).join_from(first, t.Article, t.Article.id == first.c.id).order_by(*_newest(t.Article))
    )


_LATEST = Prepared(_latest)
_HOW_MANY = same(select(func.count(KNOWN.id)).where(*_UNSEEN))


# -- what has some words ---------------------------------------------------------------------------


def _index(form: Form, on: str) -> Any:
    """The numbers, and how well they fit, of the articles with the words."""
    limit = bindparam("more", type_=NUMBER)
    ranked = form.filter.sort is Sort.RANK
    if on == "postgresql":
        assert form.tree is not None
        columns = [words.ID.label("id")]
        if ranked:
            # There the larger is the better.
            columns.append((-words.rank(search.Or(search.wanted_terms(form.tree)))).label("rank"))
        return select(*columns).where(words.matching(form.tree)).limit(limit).cte("found")
    columns = [ranking.NUMBER.label("id"), *([ranking.SCORE.label("rank")] if ranked else [])]
    return select(*columns).where(ranking.matched(bindparam("matched"))).limit(limit).cte("found")


def _begun(form: Form, on: str) -> tuple[Any, Select[Any], Order]:
    """The articles of the index, as rows of KNOWN, to which conditions can be added, and their order."""
    found = _index(form, on)
    # The plus keeps SQLite from beginning with all articles.
    number = found.c.id if on == "postgresql" else literal_column("+found.id")
    rows = select(KNOWN.id, KNOWN.dated, KNOWN.seq).join_from(found, KNOWN, KNOWN.id == number)
    rows = rows.where(*filters.article_conditions(form.asked(), None, of=KNOWN))
    match form.filter.sort:
        case Sort.RANK:
            rows = rows.add_columns(found.c.rank)
            return found, rows, lambda of: [of.rank.asc(), *_newest(of)]
        case Sort.OLDEST:
            return found, rows, lambda of: [of.dated.asc(), of.id.asc()]
        case Sort.FOUND:
            return found, rows, lambda of: [of.seq.desc(), of.id.desc()]
        case _:
            return found, rows, _newest


@lru_cache(maxsize=MOST)
def _articles(form: Form) -> Prepared:
    def make(on: str) -> Any:
        found, rows, order = _begun(form, on)
        return _page(found, rows, order, select(*ARTICLE), (t.Article, lambda page: page.id))

    return Prepared(make)


@lru_cache(maxsize=MOST)
def _records(form: Form) -> Prepared:
    def make(on: str) -> Any:
        found, articles, _ = _begun(form, on)
        r = t.Record
        columns = [r.id, r.article_id, r.position, r.seq, KNOWN.dated]
        if form.filter.sort is Sort.RANK:
            columns.append(found.c.rank)
        rows = articles.with_only_columns(*columns, maintain_column_froms=True).join(
            r, r.article_id == KNOWN.id
        )
        rows = rows.where(*filters.record_conditions(form.asked(), indexed=False))
        tables = (r, lambda page: page.id), (t.Article, lambda page: page.article_id)
        return _page(found, rows, _order_of_records(form.filter.sort), select(*RECORD, DRUGS), *tables)

    return Prepared(make)


def _order_of_records(sort: Sort) -> Order:
    match sort:
        case Sort.OLDEST:
            return lambda of: [of.dated.asc(), of.article_id.asc(), of.position.asc(), of.id.asc()]
        case Sort.FOUND:
            return lambda of: [of.seq.desc(), of.position.asc(), of.id.asc()]
        case Sort.RANK:
            return lambda of: [of.rank.asc(), *_order_of_records(Sort.NEWEST)(of)]
        case _:
            return lambda of: [of.dated.desc(), of.article_id.desc(), of.position.asc(), of.id.asc()]


# -- records of some facts -------------------------------------------------------------------------


def _of_facts(form: Form, *columns: Any) -> Select[Any]:
    asked = form.asked()
    query = select(*columns).join_from(t.Record, t.Article)
    return query.where(*filters.record_conditions(asked), *filters.article_conditions(asked, None))


@lru_cache(maxsize=MOST)
def _plain_records(form: Form) -> Prepared:
    query = _of_facts(form, *RECORD, DRUGS)
    query = query.order_by(*filters.record_order(form.filter.sort))
    return same(_cut(query))


@lru_cache(maxsize=MOST)
def _how_many_records(form: Form) -> Prepared:
    found = _of_facts(form, t.Record.id)
    if form.counted:
        found = found.limit(bindparam("most", type_=NUMBER))
    return same(select(func.count()).select_from(found.subquery()))
