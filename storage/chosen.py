"""Which articles and records a list has, and how many there are, found in indexes alone.

A row of an article is as long as its text: to look at those of all that fit, to count or to sort them, takes
a hundred times longer than to read the rows of one page. So the rows of a page are chosen first, by their
numbers, and read afterwards. An article that is not relevant has no records, so that records are counted
without their articles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from sqlalchemy import Connection, Select, exists, func, literal_column, select
from sqlalchemy.orm import aliased

from pipeline.vocabulary import Kind
from storage import filters, ranking, search, words
from storage import tables as t
from storage.dialects import ByIndex, among
from storage.engine import is_postgres
from storage.values import Filter

KNOWN: Any = aliased(t.Article, ByIndex._construct(t.Article.__table__, name="ix_articles_known"))
"""The columns of articles that are in their index by number: id, relevant, dated, seq, language, source."""
OFTEN = 50_000
"""Records from which on one of the next articles with a frequent word has one of them."""
PARTS = 12
"""Combinations of what is asked for up to which the latest of each are put together."""
TWICE = 4
"""Records of a drug that are looked at for one article: most articles have one."""


def is_looked_at(wanted: Filter) -> bool:
    """Whether indexes alone cannot say how many rows fit, so that each that may must be looked at."""
    figures = bool(wanted.kind) and Kind.EVENT not in wanted.kind
    facts = wanted.nationality or wanted.country or wanted.stage or wanted.drug or wanted.kind
    of_articles = _is_dated(wanted) or wanted.found or wanted.language or wanted.source
    told = wanted.stage or wanted.drug or (wanted.kind and not figures)
    return bool(told or (facts and (wanted.query or of_articles)) or (wanted.query and of_articles))


def few_articles(connection: Connection, wanted: Filter, tree: search.Node | None) -> Select[Any] | None:
    """The numbers of the articles that fit, as rows of KNOWN, where records or words lead to few of them;
    None where they lead to many, so that a list had better begin with its own order."""
    leading = filters.few_records(connection, wanted)
    if leading is not None:
        mine = select(_article_of(wanted)).where(*leading).distinct().subquery()
        query = select(KNOWN.id).join_from(mine, KNOWN, KNOWN.id == mine.c.article_id)
        return query.where(*_conditions(connection, wanted, tree))
    if tree is None or filters.how_often(connection, tree) > filters.FEW:
        return None
    return _through_words(connection, wanted, tree)


def counted_articles(connection: Connection, wanted: Filter, tree: search.Node | None) -> Select[Any] | None:
    """The numbers of the articles that fit, each once, as many of them are counted best; None where that is
    how they are listed."""
    facts = filters.record_conditions(wanted)
    if wanted.found is not None and tree is None:
        since = select(t.Article.id).where(t.Article.first_seen >= wanted.found).subquery()
        query = select(KNOWN.id).join_from(since, KNOWN, KNOWN.id == since.c.id)
        query = query.where(*_conditions(connection, replace(wanted, found=None), None))
        return query.where(exists().where(t.Record.article_id == KNOWN.id, *facts)) if facts else query
    if wanted.source or _is_dated(wanted):
        return None
    if tree is not None and _begins_with_words(connection, wanted, tree):
        return _through_words(connection, wanted, tree)
    leading = filters.leading_records(wanted)
    if leading is not None:
        mine = select(_article_of(wanted)).where(*leading).distinct()
        if not _of_articles(wanted):
            return mine
        found = mine.subquery()
        query = select(KNOWN.id).join_from(found, KNOWN, KNOWN.id == found.c.article_id)
        return query.where(*_conditions(connection, wanted, tree))
    return None


def counted_best(
    connection: Connection,
    wanted: Filter,
    counted: Callable[[Connection, Filter, search.Node | None], Select[Any] | None],
    chosen: Select[Any] | None,
) -> Select[Any] | None:
    """What is to be counted: ``chosen``, where there are few and each must be looked at, or what ``counted``
    makes."""
    tree = search.parse(wanted.query)
    if chosen is not None and is_looked_at(wanted):
        return chosen
    best = counted(connection, wanted, tree)
    return chosen if best is None else best


def counted_records(connection: Connection, wanted: Filter, tree: search.Node | None) -> Select[Any] | None:
    """The numbers of the records that fit, as many of them are counted best; None where that is how they are
    listed."""
    leading = filters.leading_records(wanted)
    if leading is None or wanted.source or _is_dated(wanted):
        return None
    mine = select(t.Record.id).where(*leading)
    if not _of_articles(wanted):
        return mine
    query = mine.join(KNOWN, KNOWN.id == t.Record.article_id)
    return query.where(*_conditions(connection, wanted, tree))


def few_of_records(connection: Connection, wanted: Filter, tree: search.Node | None) -> Select[Any] | None:
    """The numbers of the records that fit, beside rows of KNOWN, where an index leads to few of them; else
    None."""
    leading = filters.few_records(connection, wanted)
    if leading is None:
        return None
    query = select(t.Record.id).join(KNOWN, KNOWN.id == t.Record.article_id)
    return query.where(*leading, *_conditions(connection, wanted, tree))


def latest(connection: Connection, wanted: Filter, most: int) -> Sequence[Any]:
    """``id``, ``language`` and ``source`` of the ``most`` articles that fit and were found last; of some days
    or some sources those that were published last."""
    tree = search.parse(wanted.query)
    dated = _is_dated(wanted)
    few = filters.few_records(connection, wanted) is not None
    if tree is not None and not few and _begins_with_words(connection, wanted, tree):
        query = _through_words(connection, wanted, tree)
        if query is not None:
            columns = (KNOWN.id, KNOWN.language, KNOWN.source)
            last = query.with_only_columns(*columns).order_by(ranking.NUMBER.desc())
            return connection.execute(last.limit(most)).all()
    if (few or not dated) and (numbers := _latest_numbers(connection, wanted, tree, most)) is not None:
        return _read_known(connection, numbers)
    begun = select(t.Article.id).where(*filters.conditions_of_articles(connection, wanted))
    newest = begun.order_by(t.Article.dated.desc()).limit(most)
    return _read_known(connection, connection.execute(newest).scalars().all())


def _read_known(connection: Connection, numbers: Sequence[int]) -> Sequence[Any]:
    """``id``, ``language`` and ``source`` of the articles with these numbers, in any order."""
    query = select(KNOWN.id, KNOWN.language, KNOWN.source)
    return connection.execute(query.where(among(connection, KNOWN.id, numbers))).all()


def _latest_numbers(
    connection: Connection, wanted: Filter, tree: search.Node | None, most: int
) -> list[int] | None:
    """The numbers of the articles that fit and whose records are the latest ones; None where that is not to
    be had by an index."""
    parts = [wanted]
    if wanted.nationality:
        parts = [replace(part, nationality=(each,)) for part, each in product(parts, wanted.nationality)]
    if wanted.country:
        parts = [replace(part, country=(each,)) for part, each in product(parts, wanted.country)]
    if wanted.stage and not (wanted.nationality or wanted.country):
        parts = [replace(part, stage=(each,)) for part, each in product(parts, wanted.stage)]
    of_drug = bool(wanted.drug) and not (wanted.nationality or wanted.country or wanted.stage)
    if len(parts) > PARTS or (filters.leading_records(wanted) is None and not of_drug):
        return None
    found: set[int] = set()
    for part in parts:
        leading = filters.leading_records(part)
        query = select(_article_of(part))
        if leading is None:
            drugs = [drug.value for drug in wanted.drug]
            named = t.RecordDrug.drug.in_(drugs) if len(drugs) > 1 else t.RecordDrug.drug == drugs[0]
            query = query.join_from(t.RecordDrug, t.Record, t.Record.id == t.RecordDrug.record_id)
            leading = [named, *filters.record_conditions(replace(part, drug=()), indexed=False)]
            order, bound = t.RecordDrug.record_id, TWICE * most
        else:
            order, bound = _article_of(part), most
            query = query.group_by(order)
        query = query.where(*leading)
        if _of_articles(wanted):
            query = query.join(KNOWN, KNOWN.id == t.Record.article_id)
            query = query.where(*_conditions(connection, wanted, tree))
        found.update(connection.execute(query.order_by(order.desc()).limit(bound)).scalars())
    return sorted(found, reverse=True)[:most]


def _article_of(wanted: Filter) -> Any:
    """The number of a record's article. Of figures it is such that SQLite does not go along another index
    than theirs, to have the numbers in order."""
    if not wanted.kind or Kind.EVENT in wanted.kind:
        return t.Record.article_id
    return func.coalesce(t.Record.article_id, literal_column("0")).label("article_id")


def _begins_with_words(connection: Connection, wanted: Filter, tree: search.Node | None) -> bool:
    """Whether the articles that fit had better be found from SQLite's index of words on: where nothing is
    asked of records, and where both are so frequent that one of the next articles with the words has such a
    record."""
    if tree is None or is_postgres(connection) or wanted.source or _is_dated(wanted):
        return False
    if not filters.record_conditions(wanted):
        return True
    leading = filters.leading_records(wanted)
    if leading is None or filters.how_often(connection, tree) <= filters.MANY:
        return False
    return not filters.at_most(connection, select(t.Record.id).where(*leading), OFTEN)


def _is_dated(wanted: Filter) -> bool:
    return wanted.since is not None or wanted.until is not None


def _of_articles(wanted: Filter) -> bool:
    """Whether something is asked that records do not say."""
    return any((wanted.query, wanted.since, wanted.until, wanted.found, wanted.language, wanted.source))


def _conditions(connection: Connection, wanted: Filter, tree: search.Node | None) -> list[Any]:
    """What is asked of articles, of rows of KNOWN."""
    often = tree is not None and filters.how_often(connection, tree) > filters.MANY
    return filters.article_conditions(wanted, tree, of=KNOWN, probed=often)


def _through_words(connection: Connection, wanted: Filter, tree: search.Node) -> Select[Any] | None:
    """The numbers of the articles that fit, from those on in which the words stand."""
    if is_postgres(connection):
        found = select(words.ID.label("id")).where(words.matching(tree)).offset(0).subquery()
        query = select(KNOWN.id).join_from(found, KNOWN, KNOWN.id == found.c.id)
    else:
        begun = ranking.through_index(tree, KNOWN.id, of=KNOWN)
        if begun is None:
            return None
        query = begun
    facts = filters.record_conditions(wanted)
    conditions = filters.article_conditions(wanted, None, of=KNOWN)
    if facts:
        conditions.append(exists().where(t.Record.article_id == KNOWN.id, *facts))
    return query.where(*conditions)
