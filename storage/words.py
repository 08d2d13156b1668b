"""Full-text search on PostgreSQL: a search as it is asked there. Pure; migrations/search.py makes the index.

Beside each article stands one tsvector with

    its words as they are, in their places     without capitals and accents; title, text, source
    their stems, marked with the language      'en/arrest' for arrests, arrested, arresting

A plain word finds its forms by the rules of the article's language; a phrase in quotation marks and a
beginning (``traffick*``) find exactly that, as on SQLite. No word is left out for being frequent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    table,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, array

from storage import search

_MARKS: Final = {search.ANYWHERE: "", "title": "A", "text": "D", "source": "@"}
"""Columns of a search → the mark of the places at which its words stand. Words without one are looked for
in the index alone; with one, each entry that has them must be read. Those of sources begin with "@"."""
RANKS: Final = "{0.33, 0.0, 0.0, 1.0}"
"""What a match weighs at D, C, B, A: in the title three times, in the name of the outlet hardly."""
_INDEX: Final = table("articles_fts", column("id", BigInteger()), column("words", TSVECTOR()))
ID: Final = _INDEX.c.id
"""The number of the article of a row of the index."""


def matching(node: search.Node | search.Near) -> ColumnElement[bool]:
    """The condition that a row of articles_fts fits the tree."""
    return _INDEX.c.words.op("@@", is_comparison=True)(asked(node))


def rank(node: search.Node) -> ColumnElement[float]:
    """How well a row of articles_fts fits; the larger the better."""
    weights: ColumnElement[Any] = literal_column(f"'{RANKS}'::real[]")
    return func.ts_rank(weights, _INDEX.c.words, asked(node), 1)


def asked(node: search.Node | search.Near) -> ColumnElement[Any]:
    """The tree as a tsquery."""
    match node:
        case search.Term(words=words, column=column, prefix=prefix, phrase=phrase):
            # A form of a word has no place, so it cannot be looked for in one column alone.
            plain = not (prefix or phrase) and column == search.ANYWHERE
            name = "watch_beginning" if prefix else "watch_forms" if plain else "watch_phrase"
            told: ColumnElement[Any]
            if isinstance(words, search.Slot):
                told = bindparam(words, type_=Text())
            else:
                told = bindparam(None, words.replace("\x00", " "), unique=True)
            made: ColumnElement[Any] = getattr(func, name)(told, literal(_MARKS[column]))
            return made
        case search.Near(left=left, right=right, distance=distance, column=column):
            pairs = [(one, other) for one in left for other in right]
            pairs += [(other, one) for one, other in pairs]
            firsts, seconds = (
                array([asked(replace(pair[at], column=column)) for pair in pairs]) for at in (0, 1)
            )
            return func.watch_near(firsts, seconds, literal(distance))
        case search.Not(node=inner):
            return func.tsquery_not(asked(inner))
        case search.And(nodes=nodes):
            return _all("tsquery_and", nodes)
        case search.Or(nodes=nodes):
            return _all("tsquery_or", nodes)


def _all(how: str, nodes: tuple[search.Node, ...]) -> ColumnElement[Any]:
    whole = asked(nodes[0])
    for each in nodes[1:]:
        whole = getattr(func, how)(whole, asked(each))
    return whole
