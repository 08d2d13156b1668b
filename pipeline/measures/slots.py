"""What the places of a time phrase stand for at each token: a day, a month, a year, a weekday, a number of
units, or a whole moment ("3 May 2014")."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any

from pipeline.measures.numerals import Numeral
from pipeline.measures.periods import Moment, written
from pipeline.measures.reading import Reading
from pipeline.measures.roles import Role
from pipeline.measures.timewords import time_words
from pipeline.measures.tokens import Hit, Slot


class Slots:
    """The slots of one text. Each is read once, at the few tokens where it reads anything."""

    def __init__(self, reading: Reading, published: date | None) -> None:
        self.tokens = reading.tokens
        self.published = published
        self.time = time_words(reading.language)
        self.numerals: dict[int, tuple[Numeral, Role]] = {
            numeral.first: (numeral, role)
            for numeral, role in zip(reading.numerals, reading.roles, strict=True)
        }
        tokens, time = self.tokens, self.time
        named = tokens.where(time.named & tokens.latest.keys())
        self.slotted = named | tokens.digits() | self.numerals.keys()
        self.readers: dict[str, Slot] = {
            name: {index: value for index in self.slotted if (value := tuple(read(index)))}.get
            for name, read in (
                ("d", self._day), ("m", self._month), ("y", self._year), ("w", self._weekday),
                ("n", self._count),
            )
        }  # fmt: skip
        self.readers["t"] = self._moment
        self.opening = time.moments.begins(tokens) | self.slotted  # where a phrase may begin
        self.moments: dict[int, Hit | None] = {}

    def _day(self, index: int) -> Iterable[tuple[int, Any]]:
        word = self.tokens.words[index]
        if word in self.time.ordinal_words:
            yield index + 1, ("d", self.time.ordinal_words[word])
        if word.isdecimal() and len(word) <= 2:
            value, after = int(word), index + 1
        else:
            found = self.numerals.get(index)
            if found is None or found[0].form != "words" or found[0].value is None:
                return
            value, after = int(found[0].value), found[0].last
        if 1 <= value <= 31:
            suffix = self.tokens.word(after)
            if suffix in self.time.ordinals and self.tokens.gap(after) == "":
                yield after + 1, ("d", value)
            yield after, ("d", value)

    def _month(self, index: int) -> Iterable[tuple[int, Any]]:
        tokens, word = self.tokens, self.tokens.words[index]
        month = self.time.months.get(word)
        if month is None:
            return
        if word in self.time.cased and not tokens.text[tokens.starts[index]].isupper():
            return
        after = index + 1
        if len(word) <= 4 and tokens.word(after) == "." and tokens.gap(after) == "":
            yield after + 1, ("m", month)
        yield after, ("m", month)

    def _year(self, index: int) -> Iterable[tuple[int, Any]]:
        word = self.tokens.words[index]
        if len(word) == 4 and word.isdecimal() and 1900 <= int(word) <= 2100:
            yield index + 1, ("y", int(word))

    def _weekday(self, index: int) -> Iterable[tuple[int, Any]]:
        day = self.time.weekdays.get(self.tokens.words[index])
        if day is not None:
            yield index + 1, ("w", day)

    def _count(self, index: int) -> Iterable[tuple[int, Any]]:
        found = self.numerals.get(index)
        if found is not None and found[0].value is not None and 1 <= found[0].value <= 60:
            yield found[0].last, ("n", int(found[0].value))

    def _moment(self, index: int) -> Iterable[tuple[int, Any]]:
        hit = self.moment_at(index)
        if hit is None:
            return ()
        if hit.tag != "now":
            return ((hit.last, ("t", read_moment(hit))),)
        if self.published is not None:
            return ((hit.last, ("t", Moment(self.published.year, self.published.month, None))),)
        return ()

    def moment_at(self, index: int) -> Hit | None:
        """The moment that begins at a token, looked for once."""
        if index not in self.opening:
            return None
        if index not in self.moments:
            self.moments[index] = self.time.moments.at(self.tokens, index, self.readers, self.slotted)
        return self.moments[index]

    def latest(self) -> date | None:
        """The latest date that the text gives in full, where there is no publication date."""
        latest: Moment | None = None
        for index in sorted(self.slotted):
            inner = self.moment_at(index)
            if inner is not None and inner.tag == "date":
                moment = read_moment(inner)
                if (
                    moment.month is not None
                    and moment.exists()
                    and (latest is None or written(moment) > written(latest))
                ):
                    latest = moment
        if latest is None or latest.year is None or latest.month is None:
            return None
        return date(latest.year, latest.month, latest.day or monthrange(latest.year, latest.month)[1])


def read_moment(hit: Hit) -> Moment:
    """The day, month and year of a phrase, each where it has one."""
    parts: dict[str, int] = {}
    for name, value in hit.slots:
        if name in "dmy":
            parts.setdefault(name, value)
    return Moment(parts.get("y"), parts.get("m"), parts.get("d"))
