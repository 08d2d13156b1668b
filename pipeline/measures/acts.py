"""Acts of a state upon a person: words that give the stage of a case, found more strictly than custody.

The lexicon's custody words only have to say that somebody is held; these say how far the case has
gone. What "could", "would" or "not" stand before is no act that has happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.measures.reading import Reading, read_text
from pipeline.measures.tokens import Phrases
from pipeline.measures.words import section, single_words

ANY_WORDS = 6  # how many words <w> may stand for
MODAL_REACH = 3  # words before an act in which a modal verb makes it no fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act at ``text[start:end]``."""

    start: int
    end: int
    stage: str  # one of vocabulary.Stage
    fact: bool  # False where it may only come to pass


@cache
def _acts(language: str) -> Phrases:
    stages: dict[str, tuple[str, ...]] = {}
    for stage, phrases in section(language, "acts").items():
        for phrase in phrases if stage != "maybe" else ():
            stages[phrase] = (*stages.get(phrase, ()), stage)
    return Phrases(stages)


def acts_in(reading: Reading) -> tuple[Act, ...]:
    """All acts of a text that was read; a phrase inside a longer one may be an act of its own."""
    tokens, language = reading.tokens, reading.language
    modal = single_words(language, "acts", "maybe")

    def gap(index: int) -> Iterable[tuple[int, Any]]:
        """Up to six words within the clause."""
        for after in range(index, index + ANY_WORDS + 1):
            yield after, None
            if tokens.word(after) in (".", ";", ":", "(", ")", ""):
                return

    found: list[Act] = []
    for hit in _acts(language).every(tokens, {"w": gap}):
        before = range(max(hit.first - MODAL_REACH, 0), hit.first)
        unsure = any(
            tokens.words[i] in modal and not any(j in tokens.breaks for j in range(i + 1, hit.first + 1))
            for i in before
        )
        found.extend(
            Act(start=tokens.starts[hit.first], end=tokens.ends[hit.last - 1], stage=stage, fact=not unsure)
            for stage in hit.tag
        )
    return tuple(found)


def find_acts(text: str, language: str) -> tuple[Act, ...]:
    """All acts of ``text`` in order.

    Raises:
        LexiconError: ``language`` is none of ``LANGUAGES``.
    """
    return acts_in(read_text(text, language))
