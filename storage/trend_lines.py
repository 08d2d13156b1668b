"""Lines of a trend while they are counted. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from pipeline.amounts import Amount
from storage.trend_values import HANDED_IN, Line, Tally


class Builder:
    """A line while it is counted: numbers for each piece of time."""

    __slots__ = ("about", "at_least", "cases", "people")

    def __init__(self, length: int) -> None:
        self.cases = [0] * length
        self.people = [0] * length
        self.at_least = [False] * length
        self.about = [False] * length

    def add(self, place: int, numbers: Sequence[Any]) -> None:
        cases, people, at_least, about = numbers
        self.cases[place] += cases
        self.people[place] += people
        self.at_least[place] |= bool(at_least)
        self.about[place] |= bool(about)

    def line(self, key: str) -> Line:
        counts = zip(self.cases, self.people, self.at_least, self.about, strict=True)
        total = Amount(number=sum(self.people), at_least=any(self.at_least), about=any(self.about))
        return Line(
            key=key,
            tallies=tuple(_tally(*each) if each[0] or each[1] else _NOTHING for each in counts),
            total=Tally(cases=sum(self.cases), people=total),
        )


_NOTHING = Tally()
"""Of many lines most pieces of time have nothing."""


@lru_cache(maxsize=20_000)
def _tally(cases: int, people: int, at_least: bool, about: bool) -> Tally:
    return Tally(cases=cases, people=Amount(number=people, at_least=at_least, about=about))


Told = tuple[int, int, int, int]
"""How cases are told of: day, people, whether there may be more, whether it is about so many."""
Alike = dict[Told, list[str]]
"""Of cases that are told of alike: their names as objects of JSON, one after another."""


def cases_of(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Each case once, of which there are several rows, for people of several nationalities. ``rows``: by the
    number of the case, its day, people, and whatever may be true of a row; the names are the same in all."""
    for _, mine in groupby(rows, key=itemgetter(0)):
        first, *others = mine
        day, people, *flags = first[1:-1]
        for row in others:
            people += row[2]
            flags = [one | other for one, other in zip(flags, row[3:-1], strict=True)]
        yield (day, people, *flags), first[-1]


def add_several(
    lines: dict[str, Builder], alike: Alike, length: int, place_of: Callable[[int], int | None]
) -> None:
    """Counts cases on the lines of all their names. Python counts them in one go, for the database would
    have to sort every name of every case."""
    placed: dict[Told, list[str]] = {}
    for (day, *told), texts in alike.items():
        place = place_of(day)
        assert place is not None
        placed.setdefault((place, told[0], told[1], told[2]), []).extend(texts)
    for (place, people, at_least, about), texts in placed.items():
        for name, many in Counter(_names("".join(texts))).items():
            line = lines.get(name or HANDED_IN)
            if line is None:
                line = lines[name or HANDED_IN] = Builder(length)
            # As line.add would: of outlets there are a hundred thousand such numbers.
            line.cases[place] += many
            line.people[place] += many * people
            if at_least:
                line.at_least[place] = True
            if about:
                line.about[place] = True


def _names(texts: str) -> list[str]:
    """The names in objects of JSON whose values are numbers or null."""
    if "\\" in texts:
        whole = json.JSONDecoder()
        found, at = list[str](), 0
        while at < len(texts):
            names, at = whole.raw_decode(texts, at)
            found += names
        return found
    # Only names stand between quotes.
    return texts.split('"')[1::2]
