"""Lists of articles and records, and single articles.

Reading only, but for the bookkeeping of what a named reader was shown. What is known of sources,
runs and coverage is in overview.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    text,
)

from pipeline.errors import QueryError
from pipeline.vocabulary import Kind
from storage import readers, rows, search, words
from storage import tables as t
from storage.dialects import ByDatabase
from storage.engine import is_postgres, reading, writing
from storage.reading import load_drugs
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
ARTICLE = [column for column in t.Article.__table__.c if column.name not in ("text", "reasons", "text_hash")]
JOINED = [
    getattr(t.Article, name).label(f"article_{name}")
    for name in ("url", "source", "title", "language", "published", "outlet_country", "first_seen")
]


def find_articles(engine: Engine, wanted: Filter) -> Found[ArticleRow]:
    """Relevant articles, each with all of its records. With a ``reader`` (and no ``peek``) those
    that are returned are marked as shown to it, in the same transaction.

    Raises QueryError for a query or a combination that makes no sense, else the StorageError tree.
    """
    tree = checked(wanted)
    with transaction(engine, wanted) as connection:
        conditions = conditions_of_articles(connection, wanted)
        if wanted.reader is not None:
            conditions.append(readers.unseen(connection, wanted.reader, ARTICLES, t.Article))
        base = select(*ARTICLE).where(*conditions)
        found, total = _page(connection, base, _article_order(wanted, tree), wanted, tree)
        mark(connection, wanted, ARTICLES, found, total)
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
        conditions = [*article_conditions(wanted, tree), *record_conditions(wanted)]
        if wanted.reader is not None:
            conditions.append(readers.unseen(connection, wanted.reader, RECORDS, t.Record))
        base = select(t.Record.__table__, *JOINED).join(t.Article).where(*conditions)
        found, total = _page(connection, base, _record_order(wanted, tree), wanted, tree)
        mark(connection, wanted, RECORDS, found, total)
        drugs = load_drugs(connection, [row.id for row in found])
    return Found(
        rows=tuple(rows.record_row_from(row, drugs.get(row.id, [])) for row in found),
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


FEW = 20_000
"""Records from which it is quicker to go to their articles or cases than to go through all of those."""


FIGURES = t.Record.kind != literal_column("'event'")
"""Written out, so that SQLite sees that its index of figures is for the question."""


def conditions_of_articles(connection: Connection, wanted: Filter) -> list[ColumnElement[bool]]:
    """All conditions on an article but that a reader has not seen it."""
    tree = search.parse(wanted.query)
    facts = record_conditions(wanted)
    if facts and are_few(connection, wanted):
        if wanted.kind and Kind.EVENT not in wanted.kind:
            facts.append(FIGURES)
        mine = select(t.Record.article_id).where(*facts)
        return [*article_conditions(wanted, tree, indexed=False), t.Article.id.in_(mine)]
    few = are_few_articles(connection, wanted)
    conditions = article_conditions(wanted, tree, indexed=not few)
    if facts:
        conditions.append(exists().where(t.Record.article_id == t.Article.id, *facts))
    return conditions


def are_few(connection: Connection, wanted: Filter) -> bool:
    """Whether an index leads to few records that fit, so that a list had better begin with them."""
    named = record_conditions(Filter(nationality=wanted.nationality, country=wanted.country))
    if named and _at_most_few(connection, select(t.Record.id).where(*named)):
        return True
    if wanted.kind and Kind.EVENT not in wanted.kind:
        return _at_most_few(connection, select(t.Record.id).where(FIGURES, t.Record.kind.in_(wanted.kind)))
    return False


def are_few_articles(connection: Connection, wanted: Filter) -> bool:
    """Whether an index leads to few articles that fit."""
    if wanted.source:
        return _at_most_few(connection, select(t.Article.id).where(t.Article.source.in_(wanted.source)))
    if wanted.found is not None:
        return _at_most_few(connection, select(t.Article.id).where(t.Article.first_seen >= wanted.found))
    tree = search.parse(wanted.query)
    # PostgreSQL knows by itself how frequent words are.
    if tree is None or (expression := search.fts(tree)) is None or is_postgres(connection):
        return False
    found = text("SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :words")
    return _at_most_few(
        connection, select(found.bindparams(words=expression).columns(literal_column("id")).subquery())
    )


def _at_most_few(connection: Connection, query: Select[Any]) -> bool:
    some = query.limit(FEW + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= FEW


def article_conditions(
    wanted: Filter, tree: search.Node | None, *, relevant: bool = True, indexed: bool = True
) -> list[ColumnElement[bool]]:
    """The conditions on an article; ``relevant`` False leaves the present verdict free, ``indexed``
    False says that another condition leads to few rows."""
    conditions: list[ColumnElement[bool]] = []
    if relevant:
        # The latest found are found by the index of their order.
        ordered = wanted.sort is Sort.FOUND and tree is None and not wanted.source
        conditions.append(t.is_relevant(indexed=indexed and wanted.reader is None and not ordered))
    if wanted.since is not None:
        conditions.append(t.Article.dated >= wanted.since)
    if wanted.until is not None:
        conditions.append(t.Article.dated < wanted.until)
    if wanted.found is not None:
        conditions.append(t.Article.first_seen >= wanted.found)
    if wanted.language:
        conditions.append(t.Article.language.in_(wanted.language))
    if wanted.source:
        conditions.append(t.Article.source.in_(wanted.source))
    if tree is not None:
        conditions.append(matches(tree))
    return conditions


def record_conditions(
    wanted: Filter, *, stages: bool = True, indexed: bool = True
) -> list[ColumnElement[bool]]:
    """The conditions on a record; ``stages`` False leaves its stage free, ``indexed`` False says that
    others lead to few rows, or to the first ones."""
    conditions: list[ColumnElement[bool]] = []
    for column, values in ((t.Record.nationality, wanted.nationality), (t.Record.country, wanted.country)):
        if values:
            conditions.append((column if indexed else func.coalesce(column, "")).in_(values))
    if wanted.stage and stages:
        conditions.append(t.Record.stage.in_([stage.value for stage in wanted.stage]))
    if wanted.kind:
        conditions.append(t.Record.kind.in_([kind.value for kind in wanted.kind]))
    if wanted.drug:
        drugs = [drug.value for drug in wanted.drug]
        conditions.append(exists().where(t.RecordDrug.record_id == t.Record.id, t.RecordDrug.drug.in_(drugs)))
    return conditions


def matches(node: search.Node) -> ColumnElement[bool]:
    """The condition that an article's words fit the tree."""
    found = select(words.ID).where(words.matching(node))
    return ByDatabase(sqlite=_matches(node), postgresql=t.Article.id.in_(found))


def _matches(node: search.Node) -> ColumnElement[bool]:
    expression = search.fts(node)
    if expression is not None:
        matching = text("SELECT rowid FROM articles_fts WHERE articles_fts MATCH :words").bindparams(
            bindparam("words", expression, unique=True)
        )
        return t.Article.id.in_(matching.columns(literal_column("rowid")))
    match node:
        case search.Not(node=inner):
            return not_(_matches(inner))
        case search.And(nodes=nodes):
            return and_(*(_matches(each) for each in nodes))
        case search.Or(nodes=nodes):
            return or_(*(_matches(each) for each in nodes))
        case search.Term():
            raise AssertionError("a term always has an expression")


def _article_order(wanted: Filter, tree: search.Node | None) -> list[ColumnElement[Any]]:
    match wanted.sort:
        case Sort.NEWEST | Sort.RANK:
            return [t.Article.dated.desc(), t.Article.id.desc()]
        case Sort.OLDEST:
            return [t.Article.dated.asc(), t.Article.id.asc()]
        case Sort.FOUND:
            return [t.Article.seq.desc(), t.Article.id.desc()]
        case Sort.COUNT:
            largest = (
                select(func.max(t.Record.count)).where(t.Record.article_id == t.Article.id).scalar_subquery()
            )
            return [largest.desc().nulls_last(), t.Article.dated.desc(), t.Article.id.desc()]


def _record_order(wanted: Filter, tree: search.Node | None) -> list[ColumnElement[Any]]:
    in_article = [t.Record.position.asc(), t.Record.id.asc()]
    match wanted.sort:
        case Sort.NEWEST | Sort.RANK:
            return [t.Article.dated.desc(), t.Article.id.desc(), *in_article]
        case Sort.OLDEST:
            return [t.Article.dated.asc(), t.Article.id.asc(), *in_article]
        case Sort.FOUND:
            return [t.Record.seq.desc(), *in_article]
        case Sort.COUNT:
            return [t.Record.count.desc().nulls_last(), t.Article.dated.desc(), t.Record.id.desc()]


def _page(
    connection: Connection,
    base: Select[Any],
    order: list[ColumnElement[Any]],
    wanted: Filter,
    tree: search.Node | None,
) -> tuple[Sequence[Any], int]:
    """The rows of the page, and how many there are on all."""
    query = base
    if wanted.sort is Sort.RANK and tree is not None:
        query, rank = ranked(connection, query, tree)
        order = [*rank, *order]
    query = query.order_by(*order)
    if wanted.limit is None:
        found = connection.execute(query).all()
        return found, len(found)
    total = count(connection, base, wanted)
    query = query.limit(wanted.limit).offset((wanted.page - 1) * wanted.limit)
    return connection.execute(query).all(), total


def count(connection: Connection, base: Select[Any], wanted: Filter) -> int:
    """How many rows there are, or one more than shall be counted."""
    counted = base if wanted.counted is None else base.limit(wanted.counted + 1)
    return connection.execute(select(func.count()).select_from(counted.subquery())).scalar_one()


def given_up(wanted: Filter, total: int) -> bool:
    """Whether counting ended before the rows did."""
    return wanted.counted is not None and total > wanted.counted


def ranked(
    connection: Connection, base: Select[Any], tree: search.Node
) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    """The query with how well each article fits, and the order by that."""
    terms = search.wanted_terms(tree)
    if not terms:
        return base, []
    if is_postgres(connection):
        rank = words.rank(search.Or(terms))
        index = select(words.ID.label("id"), rank.label("rank")).where(words.matching(search.Or(terms)))
        best = index.subquery("ranked")
        return base.join(best, best.c.id == t.Article.id, isouter=True), [best.c.rank.desc().nulls_last()]
    # bm25 is the smaller the better; a word in the title weighs three times.
    found = (
        text(
            "SELECT rowid AS id, bm25(articles_fts, 3.0, 1.0, 0.0) AS rank"
            " FROM articles_fts WHERE articles_fts MATCH :ranked"
        )
        .bindparams(ranked=search.fts(search.Or(terms)))
        .columns(literal_column("id"), literal_column("rank"))
        .subquery("ranked")
    )
    query = base.join(found, literal_column("ranked.id") == t.Article.id, isouter=True)
    return query, [literal_column("ranked.rank").asc().nulls_last()]


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
        query = (
            select(t.Record.__table__, *JOINED)
            .join(t.Article)
            .where(t.Record.article_id.in_(articles[start : start + 500]))
            .order_by(t.Record.article_id, t.Record.position)
        )
        batch = connection.execute(query).all()
        drugs = load_drugs(connection, [row.id for row in batch])
        for row in batch:
            found.setdefault(row.article_id, []).append(rows.record_row_from(row, drugs.get(row.id, [])))
    return found
