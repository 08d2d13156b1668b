"""The words of measures, one file a language: ``pipeline/lexicon/measures/<lang>.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.errors import LexiconError

SECTIONS = ("numbers", "units", "terms", "time", "shares")


@cache
def _tables(language: str) -> dict[str, Any]:
    name = f"{language}.toml"
    try:
        text = files("pipeline").joinpath("lexicon", "measures", name).read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise LexiconError(
            f"The words of measures for “{language}” cannot be read: {error}", key=name
        ) from error
    for section in SECTIONS:
        if not isinstance(tables.get(section), dict):
            raise LexiconError(f"{name}: the section [{section}] is missing.", key=name)
    return tables


def section(language: str, name: str) -> dict[str, Any]:
    """One section of a language's file.

    Raises:
        LexiconError: there is no such file or section.
    """
    table: dict[str, Any] = _tables(language)[name]
    return table


def tagged(table: dict[str, list[str]]) -> dict[str, str]:
    """``{tag: [phrases]}`` as ``{phrase: tag}``; the first tag keeps a phrase that two have."""
    result: dict[str, str] = {}
    for tag, phrases in table.items():
        for phrase in phrases:
            result.setdefault(phrase, tag)
    return result


@cache
def single_words(language: str, part: str, name: str) -> frozenset[str]:
    """The entries of a list of phrases that are one word, such as the modal verbs of ``terms``."""
    return frozenset(phrase for phrase in section(language, part)[name] if " " not in phrase)
