"""Words that say where people are at home, by language: ``data/home_words.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pipeline.fold import fold


@cache
def home_words(key: str, language: str) -> frozenset[str]:
    """The words of one table for a language, folded; empty where it has none."""
    table = tomllib.loads((files("pipeline") / "data" / "home_words.toml").read_text(encoding="utf-8"))
    return frozenset(fold(word) for word in table[key].get(language, "").split())
