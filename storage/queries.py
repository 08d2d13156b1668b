"""Lists of articles and records, and single articles.

Reading only, but for the bookkeeping of what a named reader was shown. What is known of sources,
runs and coverage is in overview.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    func,
    select,
)

from pipeline.errors import QueryError
from storage import by_count, filters, quick, ranking, readers, rows, search
from storage import tables as t
from storage.chosen import KNOWN, counted_articles, counted_best, few_articles
from storage.dialects import listed
from storage.engine import reading, writing
from storage.list_columns import ARTICLE, RECORD
from storage.postgres import keep_plans
from storage.prepared import Prepared
from storage.reading import DRUGS, load_drugs
from storage.values import (
    ArticleRow,
    Filter,
    Found,
    RecordRow,
    RevisionRow,
    Sort,
    StoredArticle,
)

ARTICLES = "articles"
RECORDS = "records"


def _of_articles(on: str) -> Any:
    articles = listed("articles", t.Record.__table__.c.article_id, on)
    return (
        select(*RECORD, DRUGS)
        .join_from(articles, t.Record, t.Record.article_id == articles.c.value)
        .join(t.Article, t.Article.id == t.Record.article_id)
        .order_by(t.Record.article_id, t.Record.position)
    )


_OF_ARTICLES = Prepared(_of_articles)


def find_articles(engine: Engine, wanted: Filter, *, rows_known: int | None = None) -> Found[ArticleRow]:
    """Relevant articles, each with all of its records. With a ``reader`` (and no ``peek``) those
    that are returned are marked as shown to it, in the same transaction. ``rows_known``: how many there are,
    where that was counted as far as ``wanted`` says.

    Raises QueryError for a query or a combination that makes no sense, else the StorageError tree.
    """
    tree = checked(wanted)
    with transaction(engine, wanted) as connection:
        page = quick.new_articles(connection, wanted, ARTICLES)
        if page is None:
            page = quick.articles_of_words(connection, wanted, tree)
        if page is not None:
            return _shown(connection, wanted, *page)
        new = _new(connection, wanted, ARTICLES, t.Article)
        chosen: Select[Any] | None = None
        if wanted.limit is not None and not new and wanted.sort is not Sort.RANK:
            chosen = few_articles(connection, wanted, tree)
        base = select(*ARTICLE)
        if chosen is None:
            base = base.where(*filters.conditions_of_articles(connection, wanted), *new)
        found, total = _page(
            connection,
            base,
            _article_order(wanted),
            wanted,
            counted=None if new else counted_best(connection, wanted, counted_articles, chosen),
            chosen=chosen,
            ranked=lambda: ranked(connection, base, select(*ARTICLE), wanted, tree, new),
            by_size=lambda: by_count.article_parts(connection, wanted, ARTICLE),
            known=rows_known,
        )
        return _shown(connection, wanted, found, total)


def _shown(connection: Connection, wanted: Filter, found: Sequence[Any], total: int) -> Found[ArticleRow]:
    """The articles with their records; they are marked as shown where that is wanted."""
    mark(connection, wanted, ARTICLES, found, total)
    keep_plans(connection)
    records = load_records(connection, [row.id for row in found])
    return Found(
        rows=tuple(rows.article_from(row, records.get(row.id, ())) for row in found),
        total=total,
        page=wanted.page,
        limit=wanted.limit,
        more=given_up(wanted, total),
    )


def find_records(engine: Engine, wanted: Filter) -> Found[RecordRow]:
    """Records of relevant articles; as find_articles, with a bookkeeping of its own."""
    tree = checked(wanted)
    with transaction(engine, wanted) as connection:
        page = quick.records_of_facts(connection, wanted)
        if page is None:
            page = quick.records_of_words(connection, wanted, tree)
        if page is not None:
            return _told(wanted, *page, [rows.drug_words(row.drugs) for row in page[0]])
        facts = filters.record_conditions(wanted)
        facts += _new(connection, wanted, RECORDS, t.Record)
        plain = select(*RECORD).join(t.Article).where(*facts)
        base = plain.where(*filters.article_conditions(wanted, tree))
        found, total = _page(
            connection,
            base,
            filters.record_order(wanted.sort),
            wanted,
            ranked=lambda: ranked(connection, base, plain, wanted, tree),
            by_size=lambda: by_count.record_parts(connection, wanted, RECORD),
        )
        mark(connection, wanted, RECORDS, found, total)
        drugs = load_drugs(connection, [row.id for row in found])
    return _told(wanted, found, total, [drugs.get(row.id, []) for row in found])


def _told(
    wanted: Filter, found: Sequence[Any], total: int, drugs: Sequence[Sequence[str]]
) -> Found[RecordRow]:
    return Found(
        rows=tuple(map(rows.record_row_from, found, drugs)),
        total=total,
        page=wanted.page,
        limit=wanted.limit,
        more=given_up(wanted, total),
    )


def read_article(engine: Engine, which: int | str) -> StoredArticle | None:
    """The stored article with this number or address, with its text; None when there is none."""
    key = t.Article.id == which if isinstance(which, int) else t.Article.url == rows.page_key(which)
    with reading(engine) as connection:
        row = connection.execute(select(t.Article.__table__).where(key)).first()
        if row is None and isinstance(which, str):
            # The address that a feed gave leads to the article as well.
            page = select(t.Page.article_id).where(t.Page.url == rows.page_key(which)).scalar_subquery()
            row = connection.execute(select(t.Article.__table__).where(t.Article.id == page)).first()
    return rows.stored_from(row) if row is not None else None


def records_of(engine: Engine, article_id: int) -> tuple[RecordRow, ...]:
    """The records of one article, in its order."""
    with reading(engine) as connection:
        return tuple(load_records(connection, [article_id]).get(article_id, ()))


def article_of_record(engine: Engine, record_id: int) -> int | None:
    """The number of the article that has the record; None when there is no such record."""
    with reading(engine) as connection:
        return connection.execute(select(t.Record.article_id).where(t.Record.id == record_id)).scalar()


def revisions(engine: Engine, article_id: int) -> tuple[RevisionRow, ...]:
    """The texts of the article that its outlet has replaced, oldest first."""
    query = (
        select(t.Revision.__table__).where(t.Revision.article_id == article_id).order_by(t.Revision.number)
    )
    with reading(engine) as connection:
        return tuple(
            RevisionRow(
                number=row.number,
                title=row.title,
                text=row.text,
                first_seen=row.first_seen,
                replaced=row.replaced,
            )
            for row in connection.execute(query)
        )


# -- from a Filter to SQL -------------------------------------------------------------------------


def checked(wanted: Filter) -> search.Node | None:
    """The tree of the query; raises QueryError for a filter that makes no sense."""
    if wanted.page < 1 or (wanted.limit is not None and wanted.limit < 1):
        raise QueryError("Pages and limits are counted from 1.", key="page")
    if wanted.page > 1 and wanted.limit is None:
        raise QueryError("A page needs a limit: how many rows each has.", key="page")
    if wanted.page > 1 and wanted.reader is not None and not wanted.peek:
        raise QueryError("What is new has no pages: ask again for the rest.", key="page")
    if wanted.reader is not None and rows.storable(wanted.reader.strip()) != wanted.reader:
        raise QueryError("The reader's name has characters that a name cannot have.", key="as")
    if wanted.reader == "":
        raise QueryError("The reader's name is empty.", key="as")
    tree = search.parse(wanted.query)
    if wanted.sort is Sort.RANK and tree is None:
        raise QueryError("Only the matches of a query can be ranked.", key="sort")
    return tree


def transaction(engine: Engine, wanted: Filter) -> Any:
    return writing(engine) if wanted.reader is not None and not wanted.peek else reading(engine)


def _new(
    connection: Connection, wanted: Filter, of: str, item: type[t.Article] | type[t.Record]
) -> list[ColumnElement[bool]]:
    return [] if wanted.reader is None else [readers.unseen(connection, wanted.reader, of, item)]


def _article_order(wanted: Filter, of: Any = t.Article) -> list[ColumnElement[Any]]:
    match wanted.sort:
        case Sort.NEWEST | Sort.RANK:
            return [of.dated.desc(), of.id.desc()]
        case Sort.OLDEST:
            return [of.dated.asc(), of.id.asc()]
        case Sort.FOUND:
            return [of.seq.desc(), of.id.desc()]
        case Sort.COUNT:
            largest = select(func.max(t.Record.count)).where(t.Record.article_id == of.id).scalar_subquery()
            return [largest.desc().nulls_last(), of.id.desc()]


def _page(
    connection: Connection,
    base: Select[Any],
    order: list[ColumnElement[Any]],
    wanted: Filter,
    *,
    ranked: Callable[[], tuple[Select[Any], list[ColumnElement[Any]]]],
    by_size: Callable[[], by_count.Parts | None],
    counted: Select[Any] | None = None,
    chosen: Select[Any] | None = None,
    known: int | None = None,
) -> tuple[Sequence[Any], int]:
    """The rows of the page, and how many there are on all. ``counted``: the same rows as ``base``, as
    they are counted best, ``chosen``: their numbers as rows of KNOWN, where there are few, ``known``: how
    many there are, where that was counted before; the others give what ``base`` and its order are where
    these are asked for."""
    query = base

    def count_all(shown: int = 0) -> int:
        if known is None or wanted.counted is None:
            best = next(each for each in (counted, chosen, base) if each is not None)
            return count(connection, best, wanted)
        # Meanwhile there may be more.
        return max(known, min(shown, wanted.counted + 1))

    if chosen is not None and wanted.limit is not None:
        some = chosen.order_by(*_article_order(wanted, KNOWN))
        offset = (wanted.page - 1) * wanted.limit
        some = some.limit(wanted.limit).offset(offset)
        numbers = connection.execute(some).scalars().all()
        found = connection.execute(select(*ARTICLE).where(t.Article.id.in_(numbers))).all()
        by_number = {row.id: row for row in found}
        return [by_number[number] for number in numbers], count_all(offset + len(numbers) if numbers else 0)
    if wanted.sort is Sort.RANK:
        query, rank = ranked()
        order = [*rank, *order]
    query = query.order_by(*order)
    if wanted.limit is None:
        found = connection.execute(query).all()
        return found, len(found)
    offset = (wanted.page - 1) * wanted.limit
    if wanted.sort in (Sort.NEWEST, Sort.OLDEST, Sort.FOUND):
        found = connection.execute(query.limit(wanted.limit).offset(offset)).all()
        if len(found) < wanted.limit and (found or not offset):
            return found, offset + len(found)  # the last page: nothing is left to be counted
        return found, count_all(offset + len(found))
    total = count_all()
    if wanted.sort is Sort.COUNT and wanted.reader is None and (parts := by_size()) is not None:
        return by_count.turned(connection, parts, limit=wanted.limit, offset=offset), total
    return connection.execute(query.limit(wanted.limit).offset(offset)).all(), total


def count(connection: Connection, base: Select[Any], wanted: Filter) -> int:
    """How many rows there are, or one more than shall be counted."""
    # Without the other columns an index may do.
    numbers = base.with_only_columns(base.selected_columns[0], maintain_column_froms=True)
    counted = numbers if wanted.counted is None else numbers.limit(wanted.counted + 1)
    return connection.execute(select(func.count()).select_from(counted.subquery())).scalar_one()


def given_up(wanted: Filter, total: int) -> bool:
    """Whether counting ended before the rows did."""
    return wanted.counted is not None and total > wanted.counted


def ranked(
    connection: Connection,
    base: Select[Any],
    plain: Select[Any],
    wanted: Filter,
    tree: search.Node | None,
    more: Sequence[ColumnElement[bool]] = (),
) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    """``base`` with how well each article fits, and the order by that. ``plain``: the same without the
    conditions on articles, ``more`` are those on them that are not in the filter."""
    assert tree is not None
    others = filters.conditions_of_articles(connection, replace(wanted, query="", sort=Sort.NEWEST))
    # A command that wants all of them has no bound.
    newest = None if wanted.counted is None else ranking.NEWEST
    best = ranking.best(connection, tree, [*others, *more], newest)
    if best is None:
        return ranking.beside(base, tree)
    return plain.join(best, best.c.id == t.Article.id), [best.c.rank]


def mark(connection: Connection, wanted: Filter, of: str, found: Sequence[Any], total: int) -> None:
    """Keeps account of what the reader is shown now."""
    if wanted.reader is None or wanted.peek:
        return
    everything = Filter(reader=wanted.reader, sort=wanted.sort, limit=wanted.limit)
    if wanted == everything and len(found) == total:
        readers.mark_all(connection, wanted.reader, of)
    else:
        readers.mark(connection, wanted.reader, of, ((row.id, row.seq) for row in found))


def load_records(connection: Connection, articles: Sequence[int]) -> dict[int, list[RecordRow]]:
    """The records of each article, in its order."""
    found: dict[int, list[RecordRow]] = {}
    for start in range(0, len(articles), 500):
        for row in _OF_ARTICLES.all(connection, {"articles": articles[start : start + 500]}):
            record = rows.record_row_from(row, rows.drug_words(row.drugs))
            found.setdefault(row.article_id, []).append(record)
    return found
