"""Whom and where each sentence is about: named in it, or running on from the sentence before.

News returns to its people by "he", "the couple", "the three", and names their nationality once; a new
nationality or country opens another scene. The title stands apart: nothing runs on from it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache

from pipeline.groups import Group
from pipeline.mentions import Document
from pipeline.territory import AWAY, Evidence
from pipeline.vocabulary import UNKNOWN_COUNTRY

OPENING = 4  # sentences into the text by which its people are named, if the ones before are theirs too
TOTAL = 4  # words into a sentence by which it says that everybody is meant
RUN = 6  # sentences after which nothing runs on


@dataclass(frozen=True, slots=True)
class Scene:
    """One sentence: whose it is and where."""

    people: frozenset[str]  # nationalities of the people in it
    said: bool  # they are named in this very sentence
    countries: frozenset[str]
    placed: bool  # the countries are named in this very sentence
    total: bool  # nobody is named, and all who were before are meant: "all six now face trial"
    ahead: bool  # no people were named yet: those that the text names first
    starts: tuple[int, ...]  # first words of the phrases in it that denote people, in order

    def between(self, group: Group, word: int) -> int:
        """How many other phrases for people stand between ``group`` and ``word`` of this sentence."""
        if word >= group.first:
            return max(bisect_right(self.starts, word) - bisect_right(self.starts, group.last), 0)
        return max(bisect_left(self.starts, group.first) - bisect_left(self.starts, word), 0)


def _is_total(doc: Document, sentence: int) -> bool:
    low, high = doc.first_word[sentence], doc.first_word[sentence + 1]
    opening = doc.words[low : min(high, low + TOTAL)]
    return not _everybody().isdisjoint(opening)


@cache
def _everybody() -> frozenset[str]:
    from pipeline.figures import figure_words  # figures look at readings, which have scenes

    return figure_words("everybody")


def read_scenes(
    doc: Document, groups: tuple[Group, ...], evidence: tuple[Evidence, ...]
) -> tuple[Scene, ...]:
    """One scene a sentence; linear in the length of the text."""
    count = len(doc.paragraph_of)
    people: list[set[str]] = [set() for _ in range(count)]
    starts: list[list[int]] = [[] for _ in range(count)]
    for group in groups:
        if group.form == "attribute":
            continue
        starts[group.sentence].append(group.first)
        if not group.form.startswith("number"):
            people[group.sentence].add(group.nationality)
    places: list[set[str]] = [set() for _ in range(count)]
    for item in evidence:
        if item.country != UNKNOWN_COUNTRY and item.link not in AWAY:
            places[item.sentence].add(item.country)
    first = next((i for i in range(bool(doc.article.title), count) if people[i]), count)
    opening = frozenset(people[first]) if first < min(count, OPENING + 1) else frozenset()
    out: list[Scene] = []
    so_far: set[str] = set()
    ruling: frozenset[str] = frozenset()
    ground: frozenset[str] = frozenset()
    since = since_ground = 0
    for sentence in range(count):
        if sentence == 1 and doc.article.title:
            ruling, ground = frozenset(), frozenset()
        if people[sentence]:
            ruling, since = frozenset(people[sentence]), sentence
        if places[sentence]:
            ground, since_ground = frozenset(places[sentence]), sentence
        if sentence >= first:
            so_far |= people[sentence]
        total = sentence > first and not people[sentence] and _is_total(doc, sentence)
        out.append(
            Scene(
                frozenset(so_far) if total
                else opening if bool(doc.article.title) <= sentence < first
                else ruling if sentence - since <= RUN else frozenset(),
                bool(people[sentence]),
                ground if sentence - since_ground <= RUN else frozenset(), bool(places[sentence]),
                total,
                bool(doc.article.title) <= sentence < first and bool(opening),
                tuple(sorted(starts[sentence])),
            )
        )  # fmt: skip
    return tuple(out)
