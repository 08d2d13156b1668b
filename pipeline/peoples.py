"""The words around a people's name, read from ``data/peoples.toml`` and compiled once a language."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.errors import LexiconError
from pipeline.fold import fold
from pipeline.lexicon import GAP, WORD

Phrase = tuple[str, ...]
SETS = ("lacking", "none", "having", "outside", "born", "papers", "alone", "before", "false", "teaching")


@dataclass(frozen=True, slots=True)
class PeopleWords:
    """The words of one language; what each set means stands in ``data/peoples.toml``."""

    lacking: frozenset[str]
    none: frozenset[str]
    having: frozenset[str]
    outside: frozenset[str]
    born: frozenset[str]
    papers: frozenset[str]
    alone: frozenset[str]
    before: frozenset[str]
    false: frozenset[str]
    teaching: frozenset[str]
    behind: dict[str, tuple[Phrase, ...]]  # last word → the phrases that end with it, GAP for some words


@cache
def people_words(language: str) -> PeopleWords:
    """The words of a language. Raises LexiconError when the file is unreadable or lacks them."""
    try:
        table = tomllib.loads((files("pipeline") / "data" / "peoples.toml").read_text(encoding="utf-8"))
        part = table[language]
        lacking, none, having, outside, born, papers, alone, before, false, teaching = (
            frozenset[str](WORD.findall(fold(part[key]))) for key in SETS
        )
        behind: dict[str, tuple[Phrase, ...]] = {}
        for phrase in map(_phrase, part["behind"]):
            behind[phrase[-1]] = (*behind.get(phrase[-1], ()), phrase)
    except (OSError, ValueError, KeyError) as error:
        message = f"data/peoples.toml cannot be read for {language}: {error}"
        raise LexiconError(message, key=language) from error
    return PeopleWords(lacking, none, having, outside, born, papers, alone, before, false, teaching, behind)


def _phrase(phrase: str) -> Phrase:
    return tuple(
        word for piece in phrase.split() for word in ((GAP,) if piece == GAP else WORD.findall(fold(piece)))
    )
