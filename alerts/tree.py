"""The parts of a query. Each knows where it stands in what the user wrote: ``query[start:end]``."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pipeline.errors import QueryError

SHOWN = 72
"""Characters of a query that a message shows around the place."""


@dataclass(frozen=True, slots=True)
class Words:
    """A word or phrase, folded; ``prefix``: its last word may go on."""

    start: int
    end: int
    words: tuple[str, ...]
    prefix: bool = False
    title: bool = False  # only in the title


@dataclass(frozen=True, slots=True)
class Near:
    """Any of ``left`` and any of ``right`` with at most ``distance`` words between, in any order."""

    start: int
    end: int
    left: tuple[Words, ...]
    right: tuple[Words, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression, on the text as it is written, without regard to capitals."""

    start: int
    end: int
    pattern: str
    title: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of a record, or of its article (``lang``, ``source``)."""

    start: int
    end: int
    name: str
    sign: str  # "=", or of numbers also ">=", "<=", ">", "<"
    values: tuple[str | float, ...]  # any of them; numbers: people, kilograms, years, days

    @property
    def of_article(self) -> bool:
        return self.name in ("lang", "source")


@dataclass(frozen=True, slots=True)
class Not:
    start: int
    end: int
    part: Node


@dataclass(frozen=True, slots=True)
class And:
    start: int
    end: int
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    start: int
    end: int
    parts: tuple[Node, ...]


Leaf = Words | Near | Pattern | Fact
Node = Leaf | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood."""

    text: str
    root: Node
    everything: bool  # scope:all stands in it


def leaves(node: Node, *, negated: bool = False) -> list[tuple[Leaf, bool]]:
    """All leaves in order, each with whether a negation stands before it."""
    match node:
        case Not(part=part):
            return leaves(part, negated=not negated)
        case And(parts=parts) | Or(parts=parts):
            return [leaf for part in parts for leaf in leaves(part, negated=negated)]
        case _:
            return [(node, negated)]


def wrong(query: str, start: int, end: int, why: str) -> QueryError:
    """The error that points at ``query[start:end]``; its key is the place, from 1."""
    first = max(0, min(start - SHOWN // 2, len(query) - SHOWN))
    last = min(len(query), first + SHOWN)
    before, after = ("…" if first else ""), ("…" if last < len(query) else "")
    # Whatever is white space becomes one space, as it does where messages are shown.
    before_it, it, after_it = (
        re.sub(r"\s+", " ", "".join(char if char.isprintable() else " " for char in part))
        for part in (query[first:start], query[start:end][: last - start], query[max(start, end) : last])
    )
    if before == "":
        before_it = before_it.lstrip()

    def width(text: str) -> int:
        return sum(
            0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
            for char in text
        )

    lead = len(before) + width(before_it)
    marks = max(1, width(it))
    return QueryError(
        f"The query is not understood at character {start + 1}: {why}\n"
        f"  {before}{before_it}{it}{after_it}{after}\n"
        f"  {' ' * lead}{'^' * marks}",
        key=str(start + 1),
    )
