"""What the words around a term say of it: that it was imposed, that it may be, or that it is no term."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pipeline.measures.reading import Reading
from pipeline.measures.tokens import Phrases
from pipeline.measures.words import section

YEARS = {"year": 1.0, "month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25}
_BEFORE, _AFTER = 22, 10  # tokens that are looked at on either side


class TermKind(StrEnum):
    """What is said of a term."""

    IMPOSED = "imposed"  # somebody was sentenced to it or serves it
    POSSIBLE = "possible"  # a law, a prosecutor or a reporter holds it out
    DURATION = "duration"  # a span of time that is no prison term


@dataclass(frozen=True, slots=True)
class TermRules:
    """What a language says around terms."""

    units: Phrases
    compounds: dict[str, str]
    links: Phrases
    half: Phrases
    prison: Phrases
    cues: Phrases
    modal: Phrases
    not_after: Phrases
    not_before: Phrases
    suspended: Phrases
    bare: Phrases
    forever: Phrases


@cache
def term_rules(language: str) -> TermRules:
    """The words for terms of a language."""
    table = section(language, "terms")

    def phrases(name: str, *, backward: bool = False) -> Phrases:
        return Phrases(dict.fromkeys(table[name], name), backward=backward)

    units = {name: unit for unit in YEARS for name in table[unit]}
    cues = {**dict.fromkeys(table["possible"], "possible"), **dict.fromkeys(table["imposed"], "imposed")}
    forever = {
        **dict.fromkeys(table["life"], ("life", False)),
        **dict.fromkeys(table["death"], ("death", False)),
        **dict.fromkeys(table["life_imposed"], ("life", True)),
        **dict.fromkeys(table["death_imposed"], ("death", True)),
    }
    return TermRules(
        units=Phrases(units),
        compounds=dict(table["compound"]),
        links=phrases("and"),
        half=phrases("half"),
        prison=phrases("prison"),
        cues=Phrases(cues),
        modal=phrases("modal", backward=True),
        not_after=phrases("not_after"),
        not_before=phrases("not_before", backward=True),
        suspended=phrases("suspended"),
        bare=phrases("bare", backward=True),
        forever=Phrases(forever),
    )


class Surroundings:
    """The tokens around the terms of one text."""

    def __init__(self, reading: Reading) -> None:
        self.tokens = reading.tokens
        self.rules = term_rules(reading.language)

    def _ends_sentence(self, index: int) -> bool:
        """Whether token ``index`` closes a sentence."""
        tokens, word = self.tokens, self.tokens.words[index]
        if word not in (".", "!", "?", ";", ":") and index + 1 not in tokens.breaks:
            return False
        if word == ".":
            after = index + 1
            return after >= len(tokens) or tokens.gap(after) != "" or after in tokens.breaks
        return True

    def same_sentence(self, first: int, last: int, index: int) -> bool:
        """Whether token ``index`` is of the sentence of the tokens from ``first`` to ``last``."""
        span = range(index, first) if index < first else range(last, index)
        return not any(self._ends_sentence(position) for position in span)

    def _cues(self, first: int, last: int) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
        """Cues before and after with their distance, nearest first, in the same sentence."""
        tokens, cues = self.tokens, self.rules.cues
        before: list[tuple[int, str]] = []
        index = first - 1
        while index >= max(first - _BEFORE, 0) and not self._ends_sentence(index):
            hit = cues.at(tokens, index)
            if hit is not None and hit.last <= first:
                tag = hit.tag
                if tag == "imposed" and self._modal(index):
                    tag = "possible"
                before.append((first - hit.last, tag))
            index -= 1
        after: list[tuple[int, str]] = []
        index = last
        while index < min(last + _AFTER, len(tokens)) and index not in tokens.breaks:
            hit = cues.at(tokens, index)
            if hit is not None:
                after.append((index - last, hit.tag))
            if self._ends_sentence(index):
                break
            index += 1
        return before, after

    def _is_short(self, first: int, last: int) -> bool:
        """Whether the span is told in days or weeks alone."""
        hits = (self.rules.units.at(self.tokens, index) for index in range(first, last))
        tags = {hit.tag for hit in hits if hit is not None}
        return bool(tags) and tags <= {"day", "week"}

    def _modal(self, index: int) -> bool:
        """Whether "could be" or the like stands right before a cue."""
        return any(
            self.rules.modal.at(self.tokens, index - back) is not None
            for back in range(3)
            if not any(
                self._ends_sentence(between) or self.tokens.word(between) == ","
                for between in range(max(index - back, 0), index)
            )
        )

    def kind(self, first: int, last: int, *, span: bool = True) -> TermKind:
        """What is said of the tokens from ``first`` to ``last``; ``span``: they are a span of time."""
        tokens, rules = self.tokens, self.rules
        if span and rules.not_after.after(tokens, last) is not None:
            return TermKind.DURATION
        before, after = self._cues(first, last)
        prison_after = any(
            rules.prison.at(tokens, index) is not None and self.same_sentence(first, last, index)
            for index in range(last, min(last + 4, len(tokens)))
            if index not in tokens.breaks
        )
        prison_before = any(
            rules.prison.at(tokens, index) is not None and self.same_sentence(first, last, index)
            for index in range(max(first - 5, 0), first)
        )
        not_before = span and rules.not_before.at(tokens, first) is not None
        if not_before and not prison_after:
            return TermKind.DURATION
        nearest = before[0] if before else None
        if nearest is not None and nearest[0] > 8 and not (prison_after or prison_before):
            nearest = None
        if span and not (prison_after or prison_before) and self._is_short(first, last):
            return TermKind.DURATION  # "spent one week in the country"
        if nearest is None:
            late = next((tag for _, tag in after if prison_after or prison_before), None)
            if late is not None:
                return TermKind(late)
            return TermKind.IMPOSED if prison_after or prison_before else TermKind.DURATION
        return TermKind(nearest[1])
