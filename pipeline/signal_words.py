"""The names of signals → words for people. Read only where something is shown, never while reading.

describe("verdict", "title: custody")   "the title speaks of custody"
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pipeline.errors import LexiconError

WORDS = Path(__file__).parent / "data" / "signal_words.toml"
VERDICT_MODELS = ("verdict", "nationality", "away")
"""The models whose signals are the reasons of a verdict."""
PATTERNS_FIRST = (*VERDICT_MODELS, "member", "held", "kind")
"""Models in whose names a stage at the end is a word of the text, and not the value that is asked for."""


@dataclass(frozen=True, slots=True)
class _Wording:
    signals: dict[str, str]
    of: dict[str, dict[str, str]]
    patterns: tuple[tuple[re.Pattern[str], bool, str], ...]  # pattern, whether the piece is a name, words
    endings: dict[str, str]
    words: dict[str, str]
    sorts: tuple[re.Pattern[str], ...]  # what describe_fact leaves out


@cache
def _load() -> _Wording:
    try:
        raw: dict[str, Any] = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LexiconError(f"data/signal_words.toml cannot be read: {error}", key="signal_words") from error
    patterns = []
    for entry in raw["patterns"]:
        inner = "**" in entry["match"]
        written = re.escape(entry["match"]).replace(r"\*\*" if inner else r"\*", "(.+)")
        patterns.append((re.compile(written), inner, entry["say"]))
    ends = "|".join(map(re.escape, raw["endings"].values()))
    sorts = (
        re.compile(r"(?:(?<=^)|(?<=: ))(?:(?:for a case|for cases|for figures|their own country): )+"),
        re.compile(rf"(?: \((?:{ends})\))+$"),
    )
    return _Wording(raw["signals"], raw["of"], tuple(patterns), raw["endings"], raw["words"], sorts)


@lru_cache(maxsize=4096)
def describe(model: str, name: str) -> str:
    """What the signal ``name`` of ``model`` says. A name without words is given as it is, in quotes."""
    return _said(model, name) or f"“{name}”"


@lru_cache(maxsize=4096)
def describe_fact(model: str, name: str) -> str:
    """The same without the kinds and stages for which a signal counts: beside the value of a field they
    say nothing to a reader."""
    said = describe(model, name)
    for pattern in _load().sorts:
        said = pattern.sub("", said)
    return said


def is_described(model: str, name: str) -> bool:
    """Whether there are words for all of a name."""
    return _said(model, name) is not None


def _said(model: str, name: str) -> str | None:
    wording = _load()
    name = name.strip()
    known = wording.of.get(model, {}).get(name) or wording.signals.get(name)
    if known is not None:
        return known
    return (
        (None if model in PATTERNS_FIRST else _with_ending(model, name))
        or _by_pattern(model, name)
        or _with_ending(model, name)
        or wording.endings.get(name)
    )


def _by_pattern(model: str, name: str) -> str | None:
    wording = _load()
    for pattern, inner, say in wording.patterns:
        found = pattern.fullmatch(name)
        if found is None:
            continue
        if not found.groups():
            return say
        piece = _said(model, found[1]) if inner else wording.words.get(found[1])
        if piece is not None:
            return say.format(piece)
    return None


def _with_ending(model: str, name: str) -> str | None:
    """What is left of a name without its last word, and for which value that word counts it."""
    head, _, last = name.rpartition(" ")
    rest = _said(model, head) if head and (last in _load().endings or last.isdecimal()) else None
    if rest is None:
        return None
    others = "one other" if last == "1" else f"{last} others"
    return f"{rest} ({_load().endings.get(last, f'{others} between')})"
