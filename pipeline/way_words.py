"""The words for how a place stands to what happens: ``data/ways.toml``, compiled once for each language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pipeline.errors import LexiconError
from pipeline.fold import fold
from pipeline.lexicon import WORD


@dataclass(frozen=True, slots=True)
class Ways:
    """The words of one language; what each set means stands in ``data/ways.toml``."""

    inside: frozenset[str]
    to: frozenset[str]
    origin: frozenset[str]
    journey: frozenset[str]
    ground: frozenset[str]
    same: frozenset[str]
    wards: frozenset[str]
    near: frozenset[str]
    envoys: frozenset[str]
    counted: frozenset[str]
    lands: frozenset[str]
    definite: frozenset[str]
    partly: frozenset[str]
    told: frozenset[str]
    lives: frozenset[str]
    borders: frozenset[str]
    beside: frozenset[str]
    denied: frozenset[str]
    subjects: frozenset[str]
    courts: frozenset[str]
    seats: frozenset[str]
    seated: frozenset[str]
    streets: frozenset[str]
    elsewhere: dict[str, tuple[tuple[str, ...], ...]]  # first word → the phrases that begin with it
    regions: dict[str, tuple[tuple[str, ...], ...]]  # the same
    without: dict[str, tuple[tuple[str, ...], ...]]  # the same
    sought: dict[str, tuple[tuple[str, ...], ...]]  # the same
    seeks: frozenset[str]
    outside: frozenset[tuple[str, ...]]
    there: dict[str, tuple[tuple[str, ...], ...]]  # as written, small


_NAMES = {"in": "inside", "from": "origin", "with": "beside", "not": "denied"}
"""Keys of the file that are words of Python or say too little, with the names that they have here."""


@cache
def load_ways(language: str) -> Ways:
    """The words of a language. Raises LexiconError when the file is unreadable or lacks them."""
    try:
        raw = tomllib.loads((resources.files("pipeline") / "data" / "ways.toml").read_text(encoding="utf-8"))
        part = raw[language]
        found: dict[str, Any] = {
            _NAMES.get(key, key): frozenset(fold(words).split())
            for key, words in part.items()
            if isinstance(words, str)
        }
        for key in ("elsewhere", "regions", "without", "sought"):
            found[key] = _by_first(map(fold, part[key]))
        found["outside"] = frozenset(tuple(WORD.findall(fold(phrase))) for phrase in part["outside"])
        found["there"] = _by_first(map(str.lower, part["there"]))
        return Ways(**found)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LexiconError(f"data/ways.toml cannot be read for {language}: {error}", key=language) from error


def _by_first(phrases: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """First word → the phrases that begin with it, the longest first."""
    out: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in sorted((tuple(WORD.findall(phrase)) for phrase in phrases), key=len, reverse=True):
        out[phrase[0]] = (*out.get(phrase[0], ()), phrase)
    return out
