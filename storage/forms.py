"""Questions by their form: what is asked for with names in the place of its values, so that the statement
for it is built once and asked again with other values. Pure.

To build a statement from expressions takes several times as long as a small answer takes the database.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam

from storage import search
from storage.columns import TEXT, UtcDateTime
from storage.values import Filter

MOST = 300
"""Forms whose statements are kept."""
_SOME_TIME = datetime.min.replace(tzinfo=UTC)
_TIMES = ("since", "until", "found")
_LISTS = ("nationality", "country", "language", "source")


@dataclass(frozen=True, slots=True)
class Form:
    """A question without its values. Words of the codebook, of which there are few, stay in it."""

    filter: Filter  # names instead of places, languages and sources; without words, reader and page
    tree: search.Node | None = None  # with names instead of words
    has_words: bool = False
    counted: bool = False  # whether counting ends somewhere

    def asked(self) -> Filter:
        """The question with a bindparam in the place of each value."""
        named: dict[str, Any] = {
            name: tuple(bindparam(each, type_=TEXT) for each in getattr(self.filter, name)) for name in _LISTS
        }
        for name in _TIMES:
            if getattr(self.filter, name) is not None:
                named[name] = bindparam(name, type_=UtcDateTime())
        return replace(self.filter, **named)


def form_of(wanted: Filter, tree: search.Node | None, on: str) -> tuple[Form, dict[str, Any]]:
    """The form of a question on a kind of database ("sqlite", "postgresql"), and its values by their names,
    with ``limit`` and ``offset`` where there are pages. On SQLite all words are one value, ``matched``."""
    values: dict[str, Any] = {}
    named: dict[str, Any] = {"reader": None, "query": "", "page": 1, "limit": None, "counted": None}
    for name in _LISTS:
        given = {f"{name}_{place}": value for place, value in enumerate(getattr(wanted, name))}
        values |= given
        named[name] = tuple(given)
    for name in _TIMES:
        if (moment := getattr(wanted, name)) is not None:
            values[name], named[name] = moment, _SOME_TIME
    if wanted.limit is not None:
        values |= {"limit": wanted.limit, "offset": (wanted.page - 1) * wanted.limit}
    if wanted.counted is not None:
        values["most"] = wanted.counted + 1
    shape: search.Node | None = None
    if tree is not None and on == "sqlite":
        values["matched"] = search.fts(tree)
    elif tree is not None:
        told: list[str] = []
        shape = search.named(tree, told)
        values |= {f"word_{place}": word.replace("\x00", " ") for place, word in enumerate(told)}
    form = Form(replace(wanted, **named), shape, tree is not None, wanted.counted is not None)
    return form, values
