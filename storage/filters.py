"""From a Filter to SQL: the conditions on articles and records, and where a list had better begin.

Of a million articles some lists are found quickest in their order, until a page is full; others from
the few records or articles to which an index leads. SQLite is told which by how a condition is written.
"""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

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

from pipeline.vocabulary import Kind
from storage import ranking, search, words
from storage import tables as t
from storage.dialects import ByDatabase, one_of
from storage.engine import is_postgres
from storage.values import Filter, Sort

FEW = 20_000
"""Records from which it is quicker to go to their articles or cases than to go through all of those."""
MANY = 100_000
"""Texts with a word from which on SQLite had better ask for one article after another whether it has it:
to list them takes longer than to find the first of them."""
RARE = 2_000
"""Texts with a word up to which PostgreSQL had better begin with them: of more, the dates of articles
lead to a page soon, and to look into each text takes its time."""


FIGURES = t.Record.kind != literal_column("'event'")
"""Written out, so that SQLite sees that its index of figures is for the question."""


def conditions_of_articles(connection: Connection, wanted: Filter) -> list[ColumnElement[bool]]:
    """All conditions on an article but that a reader has not seen it."""
    tree = search.parse(wanted.query)
    facts = record_conditions(wanted)
    if facts and (leading := few_records(connection, wanted)) is not None:
        mine = select(t.Record.article_id).where(*leading)
        return [*article_conditions(wanted, tree, indexed=False), t.Article.id.in_(mine)]
    often = how_often(connection, tree)
    few = wanted.found is not None and at_most(
        connection, select(t.Article.id).where(t.Article.first_seen >= wanted.found)
    )
    begun = few or (often <= FEW and not wanted.source)
    conditions = article_conditions(
        wanted, tree, indexed=not begun, rare=begun and wanted.found is None, probed=often > MANY
    )
    if facts:
        conditions.append(exists().where(t.Record.article_id == t.Article.id, *facts))
    return conditions


def leading_records(wanted: Filter) -> list[ColumnElement[bool]] | None:
    """The conditions on a record, written so that SQLite begins with an index that leads to those of them;
    None where nothing is asked of records but their drug."""
    if wanted.kind and Kind.EVENT not in wanted.kind:
        return [FIGURES, *record_conditions(wanted)]
    if wanted.nationality or wanted.country:
        return record_conditions(wanted)
    if wanted.stage:
        stages = [stage.value for stage in wanted.stage]
        return [t.Record.stage.in_(stages), *record_conditions(wanted, stages=False)]
    return None


def few_records(connection: Connection, wanted: Filter) -> list[ColumnElement[bool]] | None:
    """The conditions on a record, written so that SQLite begins with the few that an index leads to, with
    which a list had better begin; None where all indexes lead to many."""
    known = _known(connection)
    asked = (wanted.kind, wanted.nationality, wanted.country, wanted.stage, wanted.drug)
    if asked not in known:
        known[asked] = _few_records(connection, wanted)
    found: list[ColumnElement[bool]] | None = known[asked]
    return found


def _few_records(connection: Connection, wanted: Filter) -> list[ColumnElement[bool]] | None:
    if wanted.kind and Kind.EVENT not in wanted.kind:
        plain = Filter(kind=wanted.kind, nationality=wanted.nationality, country=wanted.country)
        if at_most(connection, select(t.Record.id).where(FIGURES, *record_conditions(plain))):
            return [FIGURES, *record_conditions(wanted)]
    elif wanted.nationality or wanted.country:
        plain = Filter(nationality=wanted.nationality, country=wanted.country)
        if at_most(connection, select(t.Record.id).where(*record_conditions(plain))):
            return record_conditions(wanted)
    if wanted.stage:
        named = t.Record.stage.in_([stage.value for stage in wanted.stage])
        if at_most(connection, select(t.Record.id).where(named)):
            return [named, *record_conditions(wanted, stages=False, indexed=False)]
    if wanted.drug and are_few_drugs(connection, wanted):
        drugs = [drug.value for drug in wanted.drug]
        mine = t.Record.id.in_(select(t.RecordDrug.record_id).where(t.RecordDrug.drug.in_(drugs)))
        return [mine, *record_conditions(replace(wanted, drug=()), indexed=False)]
    return None


def are_few(connection: Connection, wanted: Filter) -> bool:
    """Whether an index leads to few records that fit, so that a list had better begin with them."""
    return few_records(connection, wanted) is not None


def how_often(connection: Connection, tree: search.Node | None) -> int:
    """In how many articles the words stand, counted a little beyond MANY at most. Of words that the index
    cannot look for by themselves, and where there are none, it is between FEW and MANY."""
    if tree is None:
        return MANY
    now = time.monotonic()
    with _counting:
        kept = _counted.setdefault(connection.engine, {})
        at, often = kept.get(tree, (float("-inf"), 0))
    if now - at > GOOD:
        often = _how_often(connection, tree)
        with _counting:
            while len(kept) >= KEPT:
                # The oldest stands first.
                del kept[next(iter(kept))]
            kept[tree] = (now, often)
    return often


_counting = Lock()
_counted: WeakKeyDictionary[Engine, dict[search.Node, tuple[float, int]]] = WeakKeyDictionary()
"""When each was counted, and what it was: the question is asked for each part of a list. It only leads to the
quicker of two ways, so that an old answer does no harm."""
GOOD, KEPT = 30.0, 500
"""For how many seconds, and of how many searches."""


def note_often(connection: Connection, tree: search.Node) -> None:
    """The words were found to be too frequent to begin with."""
    with _counting:
        _counted.setdefault(connection.engine, {})[tree] = (time.monotonic(), MANY)


_few: WeakKeyDictionary[Connection, dict[Any, Any]] = WeakKeyDictionary()


def _known(connection: Connection) -> dict[Any, Any]:
    """What was counted in this transaction: the question is asked for each part of a list."""
    with _counting:
        return _few.setdefault(connection, {})


def _how_often(connection: Connection, tree: search.Node) -> int:
    if is_postgres(connection):
        rare = at_most(connection, select(words.ID).where(words.matching(tree)), RARE)
        return RARE if rare else MANY
    if (match := ranking.matching(tree)) is None:
        return MANY
    some = select(ranking.NUMBER).where(match).limit(MANY + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def are_few_articles(connection: Connection, wanted: Filter) -> bool:
    """Whether an index leads to few articles that fit."""
    if wanted.source:
        return at_most(connection, select(t.Article.id).where(t.Article.source.in_(wanted.source)))
    if wanted.found is not None:
        return at_most(connection, select(t.Article.id).where(t.Article.first_seen >= wanted.found))
    return bool(wanted.query) and how_often(connection, search.parse(wanted.query)) <= FEW


def are_few_days(connection: Connection, wanted: Filter) -> bool:
    """Whether few articles are of the days that are asked for."""
    if wanted.since is None and wanted.until is None:
        return False
    days = article_conditions(Filter(since=wanted.since, until=wanted.until), None)
    return at_most(connection, select(t.Article.id).where(*days))


def are_few_drugs(connection: Connection, wanted: Filter) -> bool:
    """Whether few records are of the drugs that are asked for."""
    drugs = [drug.value for drug in wanted.drug]
    some = select(t.RecordDrug.record_id).where(t.RecordDrug.drug.in_(drugs))
    return bool(drugs) and at_most(connection, some)


def at_most(connection: Connection, query: Select[Any], most: int | None = None) -> bool:
    """Whether there are no more than so many rows, FEW where it is not said."""
    most = FEW if most is None else most
    some = query.limit(most + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= most


def article_conditions(
    wanted: Filter,
    tree: search.Node | None,
    *,
    of: Any = t.Article,
    relevant: bool = True,
    indexed: bool = True,
    by_itself: bool = True,
    rare: bool = False,
    probed: bool = False,
) -> list[ColumnElement[bool]]:
    """The conditions on an article, as a row of the table ``of``; ``relevant`` False leaves the present
    verdict free, ``indexed`` False says that another condition leads to few rows, ``by_itself`` False that
    the words of the search had better be asked of rows that are found in another way, ``rare`` that they
    lead to few, ``probed`` that they lead to so many that the index is asked of one article after another."""
    conditions: list[ColumnElement[bool]] = []
    if relevant and of is not t.Article:
        conditions.append(of.relevant.is_(True))
    elif relevant:
        # The latest found are found by the index of their order.
        ordered = wanted.sort is Sort.FOUND and tree is None and not wanted.source
        conditions.append(t.is_relevant(indexed=indexed and wanted.reader is None and not ordered))
    if wanted.since is not None:
        conditions.append(of.dated >= wanted.since)
    if wanted.until is not None:
        conditions.append(of.dated < wanted.until)
    if wanted.found is not None:
        conditions.append(of.first_seen >= wanted.found)
    if wanted.language:
        conditions.append(of.language.in_(wanted.language))
    if wanted.source:
        conditions.append(of.source.in_(wanted.source))
    if tree is not None:
        number = of.id if by_itself else literal_column("+articles.id")
        conditions.append(matches(tree, number, rare=rare, probed=probed))
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
        # There are few stages, and each of them leads to many records.
        conditions.append(one_of(func.coalesce(t.Record.stage, ""), [stage.value for stage in wanted.stage]))
    if wanted.kind:
        kinds = [kind.value for kind in wanted.kind]
        conditions.append(one_of(t.Record.kind if indexed else func.coalesce(t.Record.kind, ""), kinds))
    if wanted.drug:
        drugs = [drug.value for drug in wanted.drug]
        conditions.append(
            exists().where(t.RecordDrug.record_id == t.Record.id, one_of(t.RecordDrug.drug, drugs))
        )
    return conditions


def matches(
    node: search.Node, number: Any = t.Article.id, *, rare: bool = False, probed: bool = False
) -> ColumnElement[bool]:
    """The condition that an article's words fit the tree; ``number`` is the article's, ``rare``: few do,
    ``probed``: very many do."""
    found = select(words.ID).where(words.matching(node))
    if rare:
        # With an offset PostgreSQL finds them first; without, it may ask each article by its date.
        found = found.offset(0)
    match = ranking.matching(node) if probed else None
    asked = _matches(node, number) if match is None else ranking.probe(number, match)
    return ByDatabase(sqlite=asked, postgresql=number.in_(found))


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


def record_order(sort: Sort) -> list[ColumnElement[Any]]:
    """The order of a list of records."""
    in_article = [t.Record.position.asc(), t.Record.id.asc()]
    match sort:
        case Sort.NEWEST | Sort.RANK:
            return [t.Article.dated.desc(), t.Article.id.desc(), *in_article]
        case Sort.OLDEST:
            return [t.Article.dated.asc(), t.Article.id.asc(), *in_article]
        case Sort.FOUND:
            return [t.Record.seq.desc(), *in_article]
        case Sort.COUNT:
            return [t.Record.count.desc().nulls_last(), t.Record.article_id.desc(), t.Record.id.desc()]
