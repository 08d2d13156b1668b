"""From a Filter to SQL: the conditions on articles and records, and where a list had better begin.

Of a million articles some lists are found quickest in their order, until a page is full; others from
the few records or articles to which an index leads. SQLite is told which by how a condition is written.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
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

from pipeline.vocabulary import Kind
from storage import search, words
from storage import tables as t
from storage.dialects import ByDatabase
from storage.engine import is_postgres
from storage.values import Filter, Sort

FEW = 20_000
"""Records from which it is quicker to go to their articles or cases than to go through all of those."""
RARE = 2_000
"""Texts with a word up to which PostgreSQL had better begin with them: of more, the dates of articles
lead to a page soon, and to look into each text takes its time."""


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
    rare = few and not wanted.source and wanted.found is None
    conditions = article_conditions(wanted, tree, indexed=not few, rare=rare)
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
    if tree is None:
        return False
    if is_postgres(connection):
        return _at_most_few(connection, select(words.ID).where(words.matching(tree)), RARE)
    if (expression := search.fts(tree)) is None:
        return False
    found = text("SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :words")
    return _at_most_few(
        connection, select(found.bindparams(words=expression).columns(literal_column("id")).subquery())
    )


def are_few_days(connection: Connection, wanted: Filter) -> bool:
    """Whether few articles are of the days that are asked for."""
    if wanted.since is None and wanted.until is None:
        return False
    days = article_conditions(Filter(since=wanted.since, until=wanted.until), None)
    return _at_most_few(connection, select(t.Article.id).where(*days))


def are_few_drugs(connection: Connection, wanted: Filter) -> bool:
    """Whether few records are of the drugs that are asked for."""
    drugs = [drug.value for drug in wanted.drug]
    some = select(t.RecordDrug.record_id).where(t.RecordDrug.drug.in_(drugs))
    return bool(drugs) and _at_most_few(connection, some)


def _at_most_few(connection: Connection, query: Select[Any], most: int = FEW) -> bool:
    some = query.limit(most + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= most


def article_conditions(
    wanted: Filter,
    tree: search.Node | None,
    *,
    relevant: bool = True,
    indexed: bool = True,
    by_itself: bool = True,
    rare: bool = False,
) -> list[ColumnElement[bool]]:
    """The conditions on an article; ``relevant`` False leaves the present verdict free, ``indexed``
    False says that another condition leads to few rows, ``by_itself`` False that the words of the search
    had better be asked of rows that are found in another way, ``rare`` that they lead to few."""
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
        number = t.Article.id if by_itself else literal_column("+articles.id")
        conditions.append(matches(tree, number, rare=rare))
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


def matches(node: search.Node, number: Any = t.Article.id, *, rare: bool = False) -> ColumnElement[bool]:
    """The condition that an article's words fit the tree; ``number`` is the article's, ``rare``: few do."""
    found = select(words.ID).where(words.matching(node))
    if rare:
        # With an offset PostgreSQL finds them first; without, it may ask each article by its date.
        found = found.offset(0)
    return ByDatabase(sqlite=_matches(node, number), postgresql=t.Article.id.in_(found))


def _matches(node: search.Node, number: Any) -> ColumnElement[bool]:
    expression = search.fts(node)
    if expression is not None:
        matching = text("SELECT rowid FROM articles_fts WHERE articles_fts MATCH :words").bindparams(
            bindparam("words", expression, unique=True)
        )
        found: ColumnElement[bool] = number.in_(matching.columns(literal_column("rowid")))
        return found
    match node:
        case search.Not(node=inner):
            return not_(_matches(inner, number))
        case search.And(nodes=nodes):
            return and_(*(_matches(each, number) for each in nodes))
        case search.Or(nodes=nodes):
            return or_(*(_matches(each, number) for each in nodes))
        case search.Term():
            raise AssertionError("a term always has an expression")
