"""What a field needs to know: the document, and the group and country whose record is being made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.groups import Group
from pipeline.mentions import Document
from pipeline.signals import Profile
from pipeline.territory import Evidence


@dataclass(frozen=True, slots=True)
class Reading:
    """A document with everything that was found in it before records are made."""

    doc: Document
    profiles: tuple[Profile, ...]
    groups: tuple[Group, ...]
    evidence: tuple[Evidence, ...]
    links: dict[int, dict[str, float]]  # index of a group → what its people are linked to


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

    @property
    def doc(self) -> Document:
        return self.reading.doc

    def nearness(self, offset: int) -> dict[str, float]:
        """Where ``offset`` lies as seen from the group: shared by most fields."""
        doc, group = self.doc, self.group
        sentence = doc.sentence_at(offset)
        out: dict[str, float] = {}
        step = sentence - group.sentence
        if step == 0:
            out["here"] = 1.0
            out["near"] = 1.0 / (1.0 + abs(doc.word_at(offset) - group.first) / 6.0)
        elif step == -1:
            out["one before"] = 1.0
        elif step == 1:
            out["one after"] = 1.0
        else:
            out["before" if step < 0 else "after"] = 1.0
            out["far"] = min(abs(step), 12) / 12
        if sentence in self.own:
            out["own sentence"] = 1.0
        elif sentence in self.rivals:
            out["rival sentence"] = 1.0
        elif self.rivals:
            low, high = sorted((sentence, group.sentence))
            if any(low < r < high for r in self.rivals):
                out["behind a rival"] = 1.0
        if sentence == 0:
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
