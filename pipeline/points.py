"""Words that point at a country without its name: "there", "in that country", "the kingdom".

"The kingdom" is the country that was named last as a place where something happens, "there" the last
one that is not the outlet's own, or the one of a place in the same sentence ("die Haftanstalt Graz; dort"),
"the same jail" where the last place is.
("Here" is left alone: in quotations it is anywhere.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from pipeline.ways import Trace

LAST, THERE, SAME = "last", "there", "same"
REACH = 3  # sentences back to the country that "there" stands for
BETWEEN = 2  # words between "the" and "kingdom": "the Himalayan kingdom"
EXISTS = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "will",
        "would",
        "may",
        "might",
        "can",
        "could",
        "must",
        "should",
        "s",
        "re",
        "isn",
        "aren",
        "wasn",
        "weren",
        "remain",
        "remained",
        "remains",
        "seems",
    ]
)
"""What follows an English "there" that is no place: "there were two Poles"."""
LANDS = frozenset({"country", "city", "region", "spot", "authority", "ground", "force"})
NOWHERE = frozenset({"from", "journey", "left", "envoy", "except", "home", "beside"})


class Named(Protocol):
    """A country's sign in the text, as far as a pointing word asks for it."""

    @property
    def country(self) -> str: ...
    @property
    def sentence(self) -> int: ...
    @property
    def word(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def link(self) -> str: ...
    @property
    def counted(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Point:
    """A pointing word and the country that it means."""

    country: str
    word: int


def _size(words: tuple[str, ...], phrases: tuple[tuple[str, ...], ...]) -> int:
    """The words of the first phrase with which ``words`` begin, or 0."""
    return next((len(phrase) for phrase in phrases if words[: len(phrase)] == phrase), 0)


def _pointing(signs: Trace) -> Iterator[tuple[int, str]]:
    """Each pointing word with what it means: the "last" place, "there" away from the outlet's country, or the
    "same" one in which somebody was."""
    doc, ways = signs.doc, signs.ways
    language = doc.article.language
    named = {w for p in doc.places for w in range(doc.word_at(p.start), doc.word_at(p.end - 1) + 1)}
    things = ways.ground | ways.wards
    free = 0  # words before it belong to a phrase that was taken: "in that country"
    for at, word in enumerate(doc.words):
        if at < free:
            continue
        if at > doc.first_word[doc.sentence_of[at]] and doc.words[at - 1] in ways.same and word in things:
            yield at, SAME
            continue
        if word in ways.lands and at not in named:
            low = max(doc.first_word[doc.sentence_of[at]], at - 1 - BETWEEN)
            if any(doc.words[w] in ways.definite for w in range(low, at)):
                yield at, LAST
            continue
        surface = doc.text[doc.starts[at] : doc.ends[at]].lower()
        if surface not in ways.there:
            continue
        size = _size(_written(signs, at), ways.there[surface])
        following = doc.words[at + 1] if at + 1 < len(doc.words) else ""
        if size and not (language == "en" and word == "there" and following in EXISTS):
            free = at + size
            yield at, THERE


def _written(signs: Trace, at: int) -> tuple[str, ...]:
    """The next words as they are written: an Italian "lì" is no "li"."""
    doc = signs.doc
    last = min(at + 4, len(doc.words))
    return tuple(doc.text[doc.starts[w] : doc.ends[w]].lower() for w in range(at, last))


def find_points(signs: Trace, named: Iterable[Named]) -> tuple[Point, ...]:
    """All pointing words with their countries; ``named`` is in order of the text."""
    doc = signs.doc
    home = doc.article.outlet_country
    # A list of figures is no place. "In Cipinang": a prison in which somebody is has its country, a force
    # that acts may be anywhere.
    places = [
        e for e in named if not e.counted and (e.link == "in" or (e.link not in NOWHERE and e.kind in LANDS))
    ]
    out = []
    cursor = 0
    last: Named | None = None
    away: Named | None = None
    held: Named | None = None  # a prison, court or force: only "there" in the same sentence means its country
    abroad: set[str] = set()  # all countries so far but the outlet's
    inside: Named | None = None  # where somebody was: "the same jail"
    for word, sort in _pointing(signs):
        far = sort == THERE
        while cursor < len(places) and places[cursor].word < word:
            held = places[cursor]
            if held.kind != "force" or held.link == "in":
                # "There" is also where somebody flew, "the island" is where the story is.
                last = held if held.link != "to" else last
                inside = held if held.link == "in" else inside
                if held.country != home:
                    away = held
                    abroad.add(held.country)
            cursor += 1
        meant = away if far else inside if sort == SAME else last
        if far and held is not None and held.sentence == doc.sentence_of[word]:
            meant = held
        # "Bolivia is the nation with most": a name in the same breath says what the noun would.
        if meant is None or (sort == LAST and meant.sentence == doc.sentence_of[word] and meant.link != "in"):
            continue
        # Where only one country is told of, "there" is that, however long ago it was named.
        if doc.sentence_of[word] - meant.sentence <= REACH or (far and abroad == {meant.country}):
            out.append(Point(meant.country, word))
    return tuple(out)
