"""What of a new reading is the same as what is stored: the story, and each of its records.

Pure. Records keep their numbers: one that is given out (in an export, a list, a case) leads to the
same group of people for as long as the article still reports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from pipeline.types import Record, Span

_WORD = re.compile(r"\w{5,}")
SAME_STORY = 0.5
"""Share of the longer words of a text that an edit of it still has. Outlets correct, cut and add;
a page that shares less holds something else: "not found", a front page, a wall."""


def same_story(old: str, new: str) -> bool:
    """Whether ``new`` is an edit of the text ``old`` and not another text."""
    before, after = set(_WORD.findall(old.casefold())), set(_WORD.findall(new.casefold()))
    return len(before & after) >= SAME_STORY * len(before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Indexes into the old and the new records."""

    kept: tuple[tuple[int, int], ...]  # (old, new) of the same group; the values may differ
    removed: tuple[int, ...]  # old
    added: tuple[int, ...]  # new


def meaning(record: Record) -> Record:
    """The record without what may shift from reading to reading and means the same: the offsets
    and the confidence."""
    return replace(record, evidence=Span(start=0, end=0, text=record.evidence.text), confidence=1.0)


def pair(old: Sequence[Record], new: Sequence[Record]) -> Pairing:
    """Pairs equals first, then ever less alike, in the order of the article; each at most once."""
    steps: tuple[Callable[[Record], Hashable], ...] = (
        meaning,
        lambda record: (*_group(record), record.kind, record.count, record.evidence.text),
        lambda record: (*_group(record), record.kind, record.count, record.stage),
        lambda record: (*_group(record), record.kind, record.count),
        lambda record: (*_group(record), record.kind, record.evidence.text),
        lambda record: (*_group(record), record.kind),
    )
    kept: list[tuple[int, int]] = []
    left_old, left_new = list(range(len(old))), list(range(len(new)))
    for step in steps:
        waiting: dict[Hashable, list[int]] = {}
        for index in left_old:
            waiting.setdefault(step(old[index]), []).append(index)
        for index in list(left_new):
            same = waiting.get(step(new[index]))
            if same:
                kept.append((same.pop(0), index))
                left_new.remove(index)
        taken = {index for index, _ in kept}
        left_old = [index for index in left_old if index not in taken]
    return Pairing(kept=tuple(sorted(kept)), removed=tuple(left_old), added=tuple(left_new))


def _group(record: Record) -> tuple[str, str]:
    return record.nationality, record.country
