"""What a field needs to know: the document, and the group and country whose record is being made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.fields.scenes import Scene, read_scenes
from pipeline.groups import Group
from pipeline.mentions import Document
from pipeline.signals import Profile
from pipeline.territory import Evidence
from pipeline.vocabulary import UNKNOWN_COUNTRY


@dataclass(frozen=True, slots=True)
class Reading:
    """A document with everything that was found in it before records are made."""

    doc: Document
    profiles: tuple[Profile, ...]
    groups: tuple[Group, ...]
    evidence: tuple[Evidence, ...]
    links: dict[int, dict[str, float]]  # index of a group → what its people are linked to
    scenes: tuple[Scene, ...] = ()  # whom and where each sentence is about

    def __post_init__(self) -> None:
        """Read the scenes where they are not given: they follow from the rest."""
        if not self.scenes:
            object.__setattr__(self, "scenes", read_scenes(self.doc, self.groups, self.evidence))


@dataclass(frozen=True, slots=True)
class Case:
    """A record in the making: later fields see what earlier ones decided."""

    reading: Reading
    group: Group
    country: str
    kind: str = ""
    stage: str = ""
    rivals: tuple[int, ...] = ()  # sentences of groups that belong to other records
    own: tuple[int, ...] = ()  # sentences of all phrases of this record
    siblings: tuple[int, ...] = ()  # sentences of the phrases of other records of the same nationality

    @property
    def doc(self) -> Document:
        return self.reading.doc

    def told(self, sentence: int) -> bool:
        """Whether a sentence is of the text proper: no title."""
        return sentence > 0 or not self.doc.article.title

    def whose(self, sentence: int) -> str:
        """Whose sentence it is: "mine", "shared", "foreign", "others'", each said or run on, or "nobody's".

        "Three foreigners were arrested" may be about this record's people too; it is no one else's.
        """
        scene = self.reading.scenes[sentence]
        nationality = self.group.nationality
        if self.siblings and self._is_of_a_sibling(sentence):
            return "others'" if sentence in self.siblings else "others', run on"
        if sentence == self.group.sentence or sentence in self.own:
            return "shared" if scene.said and scene.people - {nationality, UNKNOWN_COUNTRY} else "mine"
        if not scene.people:
            return "nobody's"
        if nationality in scene.people:
            sort = "shared" if scene.people - {nationality, UNKNOWN_COUNTRY} else "mine"
        else:
            sort = (
                "foreign" if UNKNOWN_COUNTRY in scene.people or nationality == UNKNOWN_COUNTRY else "others'"
            )
        if scene.total:
            return f"{sort}, in all"
        return sort if scene.said else f"{sort}, ahead" if scene.ahead else f"{sort}, run on"

    def _is_of_a_sibling(self, sentence: int) -> bool:
        """Whether a sentence is about another record's people of the same nationality.

        "A Briton was caught in Lima … Another was caught in Quito. She is on trial": what is said
        after a phrase is said of its people, until the next one.
        """
        if not self.told(sentence):
            return False
        mine = (self.group.sentence, *self.own)
        latest = max((i for i in (*mine, *self.siblings) if i <= sentence and self.told(i)), default=-1)
        return latest >= 0 and latest not in mine

    def ground(self, sentence: int) -> str:
        """Whether the country of custody rules a sentence: "own", "both", "other" or "none"."""
        scene = self.reading.scenes[sentence]
        if not scene.countries:
            return "none"
        if self.country not in scene.countries:
            return "other" if scene.placed else "other, run on"
        return "own" if len(scene.countries) == 1 else "both"

    def nearness(self, offset: int) -> dict[str, float]:
        """Where ``offset`` lies as seen from the group: shared by most fields."""
        doc, group = self.doc, self.group
        sentence = doc.sentence_at(offset)
        out: dict[str, float] = {}
        step = sentence - group.sentence
        if step == 0:
            word = doc.word_at(offset)
            out["here"] = 1.0
            out["near"] = 1.0 / (1.0 + abs(word - group.first) / 6.0)
            between = self.reading.scenes[sentence].between(group, word)
            out["here, next"] = float(between == 0)
            out["here, behind others"] = float(between > 0)
        elif step == -1:
            out["one before"] = 1.0
        elif step == 1:
            out["one after"] = 1.0
        else:
            out["before" if step < 0 else "after"] = 1.0
            out["far"] = min(abs(step), 12) / 12
        whose = self.whose(sentence)
        out[whose] = 1.0
        out[f"ground {self.ground(sentence)}"] = 1.0
        if sentence in self.own:
            out["own sentence"] = 1.0
        elif sentence in self.rivals:
            out["rival sentence"] = 1.0
        elif self.rivals:
            low, high = sorted((sentence, group.sentence))
            if any(low < r < high for r in self.rivals):
                out["behind a rival"] = 1.0
        if not self.told(sentence):
            out["title"] = 1.0
        elif sentence <= 2:
            out["lead"] = 1.0
        if doc.paragraph_of[sentence] == doc.paragraph_of[group.sentence]:
            out["same paragraph"] = 1.0
        if self.reading.profiles[sentence].custody:
            out["with custody"] = 1.0
        return out


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a field may take and what speaks for it."""

    value: Any
    signals: dict[str, float]
