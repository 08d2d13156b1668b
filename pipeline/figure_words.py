"""Small words around figures, all languages together: ``data/figures.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pipeline.fold import fold


@cache
def figure_words(key: str) -> frozenset[str]:
    """The words of one table of ``data/figures.toml``, folded."""
    table = tomllib.loads((files("pipeline") / "data" / "figures.toml").read_text(encoding="utf-8"))
    return frozenset(fold(word) for word in table[key])
