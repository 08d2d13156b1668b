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
NO_STAGES = ("maybe", "hints")  # parts of the section that are no stage's own words
MODAL_REACH = 3  # words before an act in which a modal verb makes it no fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act at ``text[start:end]``."""

    start: int
    end: int
    stage: str  # one of vocabulary.Stage
    fact: bool  # False where it may only come to pass
    sure: bool = True  # False where the words only hint at the stage: "the trial", "a prisoner"


@cache
def _acts(language: str, sure: bool) -> Phrases:
    """The phrases that give a stage, or those that only hint at one; one does not hide the other."""
    stages: dict[str, tuple[str, ...]] = {}
    table = section(language, "acts")
    for stage, phrases in (table if sure else table["hints"]).items():
        for phrase in phrases if stage not in NO_STAGES else ():
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
    plain: set[tuple[int, str]] = set()
    for sure in (True, False):
        for hit in _acts(language, sure).every(tokens, {"w": gap}):
            before = range(max(hit.first - MODAL_REACH, 0), hit.first)
            unsure = any(
                tokens.words[i] in modal and not any(j in tokens.breaks for j in range(i + 1, hit.first + 1))
                for i in before
            )
            start, end = tokens.starts[hit.first], tokens.ends[hit.last - 1]
            found.extend(
                Act(start=start, end=end, stage=stage, fact=not unsure, sure=sure)
                for stage in hit.tag
                if sure or (start, stage) not in plain
            )
            plain.update((start, stage) for stage in hit.tag)
    return tuple(sorted(found, key=lambda act: (act.start, not act.sure)))


def find_acts(text: str, language: str) -> tuple[Act, ...]:
    """All acts of ``text`` in order.

    Raises:
        LexiconError: ``language`` is none of ``LANGUAGES``.
    """
    return acts_in(read_text(text, language))
