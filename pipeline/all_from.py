"""People of whom it is said together where they are from, no noun of theirs beside it.

"the pair, both from Ghana", "los tres, todos de Cali", "die beiden, beide aus Leeds"
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.figure_words import figure_words
from pipeline.frame_doubts import before_place
from pipeline.frames import is_people_number
from pipeline.group import Group
from pipeline.phrases import Reader
from pipeline.spots import spots
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound

BETWEEN = 3  # words between "all" and the place: "all of them", "tous deux originaires"
NUMBER_REACH = 4  # words between "the four" and "all"
APART = frozenset(",(–—-:")


def all_from(reader: Reader, taken: frozenset[int]) -> Iterable[Group]:
    """Groups of all of them; ``taken`` are the last words of places that other phrases have."""
    doc = reader.doc
    both, everyone = figure_words("both_of_them"), figure_words("all_of")
    if (both | everyone).isdisjoint(doc.words):
        return
    for word, last, code, kind in spots(reader):
        if last in taken or code == UNKNOWN_COUNTRY:
            continue
        low, _ = reader.bounds(doc.sentence_of[word])
        probe = before_place(reader, word, low)
        if probe <= low or not reader.has(probe, "function", "of_from"):
            continue
        at = probe - 1
        while at > max(low, probe - 1 - BETWEEN) and doc.words[at] in figure_words("of_them"):
            at -= 1
        if doc.words[at] not in both | everyone or not all(reader.joined(w, w + 1) for w in range(at, probe)):
            continue
        if at > low and not APART & set(doc.text[doc.ends[at - 1] : doc.starts[at]]):
            continue
        count = 2 if doc.words[at] in both else _count(reader, at, low)
        form = "citizen of" if kind == "country" else "home"
        yield Group(
            code, count, Bound.EXACT, False, form, "person", at, last, doc.starts[at], doc.ends[last],
            doc.sentence_of[word], "near" if count else "none",
        )  # fmt: skip


def _count(reader: Reader, at: int, low: int) -> int | None:
    """How many "the four, all from" are."""
    for word in range(at - 1, max(low, at - 1 - NUMBER_REACH) - 1, -1):
        number = reader.number_end.get(word)
        if number is not None and is_people_number(reader, word) and (number.value or 0) > 1:
            return int(number.value or 0)
        if reader.has(word, "people", "trio"):
            return 3
    return None
