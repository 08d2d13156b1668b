"""How well articles fit the words of a search.

To rank a word that stands in every fourth of a million articles is to read all of them: where somebody
waits, only the articles that were found last are ranked.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    bindparam,
    column,
    literal_column,
    select,
    table,
    text,
)

from storage import search, words
from storage import tables as t
from storage.engine import is_postgres

NEWEST = 10_000
"""Articles that are ranked, those that were found last."""
INDEX = table("articles_fts", column("rowid"))
"""SQLite's search index; each of its rows has the number of the article."""
NUMBER = INDEX.c.rowid
"""The number of the article of a row of SQLite's search index."""
_RANK = "bm25(articles_fts, 3.0, 1.0, 0.0)"
SCORE: ColumnElement[float] = literal_column(_RANK)
"""How well a row of SQLite's search index fits: the smaller the better; a word in the title weighs three
times."""


def matching(tree: search.Node) -> ColumnElement[bool] | None:
    """The condition on a row of SQLite's search index, None where the index cannot say it."""
    expression = search.fts(tree)
    if expression is None:
        return None
    return matched(bindparam("matched", expression, unique=True))


def matched(expression: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that a row of SQLite's search index fits an expression of its language."""
    return literal_column("articles_fts").op("MATCH", is_comparison=True)(expression)


def probe(number: Any, match: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that the article with this number is one of those of which SQLite's index says so."""
    return select(literal_column("1")).select_from(INDEX).where(INDEX.c.rowid == number, match).exists()


def through_index(tree: search.Node, *columns: Any, of: Any = t.Article) -> Select[Any] | None:
    """A query that begins with the rows of SQLite's search index that fit and goes on to their articles in
    the table ``of``, to which conditions can be added; None where the index cannot say it."""
    match = matching(tree)
    if match is None:
        return None
    # The plus keeps SQLite from beginning with the articles, and from asking the index for each of them.
    same = of.id == literal_column("+articles_fts.rowid")
    return select(*columns).join_from(INDEX, of, same).where(match)


def best(
    connection: Connection, tree: search.Node, conditions: list[ColumnElement[bool]], newest: int | None
) -> Subquery | None:
    """Numbers (``id``) and ranks (``rank``, the smaller the better) of the articles that fit the tree and
    the conditions, of so many that were found last; None where there is nothing to rank by, or no index
    that could."""
    terms = search.wanted_terms(tree)
    if not terms:
        return None
    if is_postgres(connection):
        # There the larger is the better.
        rank = -words.rank(search.Or(terms))
        index = select(words.ID.label("id"), rank.label("rank")).join(t.Article, t.Article.id == words.ID)
        found = index.where(words.matching(tree), *conditions).order_by(words.ID.desc())
    else:
        begun = through_index(tree, INDEX.c.rowid.label("id"), SCORE.label("rank"))
        if begun is None:
            return None
        found = begun.where(*conditions).order_by(INDEX.c.rowid.desc())
    # Without a limit SQLite would take the query apart, and rank each row for each comparison.
    return found.limit(2**62 if newest is None else newest).subquery("ranked")


def beside(base: Select[Any], tree: search.Node) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    """``base`` with the rank of each article and the order by it, where the search index of SQLite cannot
    say the whole tree: ranked are its words, and what has none of them comes last."""
    terms = search.wanted_terms(tree)
    if not terms:
        return base, []
    found = (
        text(f"SELECT rowid AS id, {_RANK} AS rank FROM articles_fts WHERE articles_fts MATCH :ranked")  # noqa: S608
        .bindparams(ranked=search.fts(search.Or(terms)))
        .columns(literal_column("id"), literal_column("rank"))
        .subquery("ranked")
    )
    query = base.join(found, literal_column("ranked.id") == t.Article.id, isouter=True)
    return query, [literal_column("ranked.rank").asc().nulls_last()]
