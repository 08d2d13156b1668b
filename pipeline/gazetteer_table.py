"""The gazetteer's compiled names, and a text as words to be looked up in them.

The names are in data/places.tsv.gz (made by data/build.py, which describes its columns). They stand in a
hash table rather than in an automaton: only capitalised words can begin most names, so that a text of
3,000 characters asks some hundred questions, and the table is there after a fraction of a second.
"""

from __future__ import annotations

import gzip
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from sys import intern
from typing import NamedTuple

from pipeline.errors import LexiconError
from pipeline.fold import fold

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_MARKS = re.compile(r"[\u0300-\u036f]")


class Entry(NamedTuple):
    """A name of the gazetteer."""

    kind: str
    flags: str  # U a l f g s, see data/build.py
    countries: tuple[str, ...]  # likeliest first
    weight: float  # 0…1
    common: tuple[str, ...]  # languages in which the name is a common word


class Table(NamedTuple):
    """All names, and the words beside a name that speak for a place or for a person."""

    names: dict[str, str]  # key, or language:key, or kind:key → the rest of its line
    longest: dict[str, int]  # first word → most words that a name beginning with it has
    pairs: frozenset[str]  # first two words of names
    lower: frozenset[str]  # first words of names that need no capital
    given: frozenset[str]  # given names
    rules: dict[str, frozenset[str]]  # inside, surely_inside, not_given, titles, articles

    def beginning(self, keys: Iterable[str], language: str) -> frozenset[str]:
        """Return those of the words that begin a name."""
        names, longest = self.names, self.longest
        return frozenset(
            key for key in set(keys) if key in names or key in longest or f"{language}:{key}" in names
        )

    def find(self, key: str, *prefixes: str) -> Entry | None:
        """Return the entry of ``key``, that of a prefix (a language, a kind) before the general one."""
        for prefix in prefixes:
            rest = self.names.get(f"{prefix}:{key}")
            if rest is not None:
                return _entry(rest)
        rest = self.names.get(key)
        return None if rest is None else _entry(rest)


@cache
def _entry(rest: str) -> Entry:
    kind, flags, countries, weight, common = rest.split("\t")
    return Entry(kind, flags, tuple(countries.split(",")), float(weight), tuple(common.split(",")))


@cache
def load_table() -> Table:
    """Read the compiled gazetteer, once in a process.

    Raises LexiconError when a file is not there or is not what data/build.py makes.
    """
    folder = resources.files("pipeline") / "data"
    names: dict[str, str] = {}
    longest: dict[str, int] = {}
    pairs, lower = set(), set()
    try:
        for line in gzip.decompress((folder / "places.tsv.gz").read_bytes()).decode().split("\n"):
            key, _, rest = line.partition("\t")
            names[key] = intern(rest)
            first, blank, others = key.rpartition(":")[2].partition(" ")
            if blank:
                pairs.add(f"{first} {others.partition(' ')[0]}")
                longest[first] = max(longest.get(first, 1), key.count(" ") + 1)
            if "a" in rest.split("\t", 2)[1]:
                lower.add(first)
        given = tomllib.loads((folder / "names.toml").read_text(encoding="utf-8"))["given"]
        rules = tomllib.loads((folder / "words.toml").read_text(encoding="utf-8"))["rules"]
    except (OSError, EOFError, ValueError, IndexError, KeyError) as error:
        message = "the gazetteer in pipeline/data cannot be read; make it with python -m pipeline.data.build"
        raise LexiconError(message) from error
    words = {name: frozenset(text.split()) for name, text in rules.items()}
    return Table(names, longest, frozenset(pairs), frozenset(lower), frozenset(given.split()), words)


@dataclass(slots=True)
class Words:
    """The words of a text with what the rules ask of them."""

    text: str
    folded: str  # as long as text
    spans: list[tuple[int, int]]
    keys: list[str]  # folded, without combining marks

    def capital(self, index: int) -> bool:
        """Whether the word begins with a capital letter."""
        char = self.text[self.spans[index][0]]
        return char.isupper() or char.istitle()

    def gap(self, index: int) -> str:
        """Return what stands between this word and the next."""
        return self.text[self.spans[index][1] : self.spans[index + 1][0]]

    def joined(self, index: int) -> bool:
        """Whether no more than a blank or a hyphen stands between this word and the next."""
        return self.gap(index) in (" ", "\xa0", "-", ". ")

    def close(self, first: int, last: int) -> bool:
        """Whether the words follow each other on one line with no more than a few signs between."""
        return all(len(gap := self.gap(i)) <= 3 and "\n" not in gap for i in range(first, last))

    def opens(self, index: int) -> bool:
        """Whether the word begins a sentence or a line, where a capital says nothing."""
        start = self.spans[index][0]
        before = self.text[max(0, start - 3) : start].rstrip(" \t\xa0\"'«“„‘(")
        return not before or before[-1] in ".!?:\n…»”"

    def in_capitals(self, start: int, end: int) -> bool:
        """Whether the text around is in capitals too, so that capitals mark no acronym."""
        around = [c for c in self.text[max(0, start - 25) : start] + self.text[end : end + 25] if c.isalpha()]
        return len(around) > 12 and sum(c.isupper() for c in around) > 0.8 * len(around)


def read_words(text: str) -> Words:
    """Return the words of ``text``: runs of letters and digits with their combining marks."""
    folded = fold(text)
    spans = [found.span() for found in _WORD.finditer(folded)]
    keys = [folded[start:end] for start, end in spans]
    if _MARKS.search(folded):
        keys = [_MARKS.sub("", key) for key in keys]
    return Words(text, folded, spans, keys)
