"""Dates and periods of a text in the form of the codebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.measures.numeric_dates import numeric_dates
from pipeline.measures.periods import Moment, last_such_day, months_before, relative_value, written
from pipeline.measures.reading import Reading, read_text
from pipeline.measures.roles import Role
from pipeline.measures.said import OF_SAID, Said
from pipeline.measures.slots import Slots, read_moment
from pipeline.measures.timewords import time_words
from pipeline.measures.tokens import Hit

WhenKind = Literal["day", "month", "year", "period"]

# Phrases that the latest date of the text dates well enough where nobody says when it was published.
OF_A_YEAR: frozenset[str] = frozenset(
    {"this_year", "last_year", "year_before_last", "years_ago", "year_to_date", "last_years", "last_year_end"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A date or period at ``text[start:end]``."""

    start: int
    end: int
    value: str  # "2014", "2014-04", "2018-12-20", "2010/2014-04"
    kind: WhenKind
    relative: bool  # whether the year, or all of it, follows from the publication date


class _Finder:
    def __init__(self, reading: Reading, published: date | None) -> None:
        self.tokens = reading.tokens
        self.published = published
        self.time = time_words(reading.language)
        self.slots = Slots(reading, published)
        self.latest = None if published is not None else self.slots.latest()
        self.said = Said()  # what the text gave last
        self.anchor = published  # for days without a year: the publication, else the last full date

    def find(self) -> list[When]:
        found: list[When] = []
        phrases, words = self.time.phrases, self.tokens.words
        slots = self.slots
        opening = {i for i in slots.opening if i in slots.slotted or phrases.has_initial(words[i])}
        for hit in phrases.find(self.tokens, slots.readers, opening, slots.opening):
            when = self._read(hit)
            if when is not None:
                found.append(when)
                self.said.note(when.value, relative=when.relative)
            if hit.tag == "range" and (when is None or when.kind == "period"):
                found.extend(self._ends(hit))
        for start, end, value in numeric_dates(self.tokens.folded, month_first=self.time.month_first):
            found.append(When(start=start, end=end, value=value, kind=_kind(value), relative=False))
        return sorted(found, key=lambda when: (when.start, -when.end))

    def _made(self, hit: Hit, value: str | None, relative: bool) -> When | None:
        if value is None:
            return None
        return When(
            start=self.tokens.starts[hit.first], end=self.tokens.ends[hit.last - 1],
            value=value, kind=_kind(value), relative=relative,
        )  # fmt: skip

    def _read(self, hit: Hit) -> When | None:
        times = [value for name, value in hit.slots if name == "t"]
        match hit.tag:
            case "date":
                return self._date(hit)
            case "range":
                if not times:
                    times = self._listed(hit)
                return self._range(hit, times[0], times[1]) if len(times) == 2 else None
            case "year_to" if times:
                close = self._resolve(times[0], hit)
                if close is None or close.year is None or close.month is None:
                    return None
                opening = months_before(date(close.year, close.month, 1), 11)
                value = f"{opening:%Y-%m}/{close.year:04d}-{close.month:02d}"
                return self._made(hit, value, times[0].year is None)
            case str(tag) if tag.startswith("holiday:"):
                month, day = tag.removeprefix("holiday:").split("-")
                holiday = self._resolve(Moment(None, int(month), int(day)), hit)
                return None if holiday is None else self._made(hit, written(holiday), True)
            case "since" if times:
                start = self._resolve(times[0], hit)
                if start is None:
                    return None
                end = self.published or self.latest
                if end is None or f"{end:%Y-%m-%d}" <= written(start):
                    return self._made(hit, written(start), times[0].year is None)
                return self._made(hit, f"{written(start)}/{end:%Y-%m}", True)
        slots = {name: value for name, value in hit.slots if name != "t"}
        if hit.tag in OF_SAID:
            return self._beside(hit, slots)
        published = self.published
        if published is None and "y" not in slots:
            if self.latest is None or hit.tag not in OF_A_YEAR or "m" in slots:
                return None
            published = self.latest
        moment = relative_value(hit.tag, slots, published)
        return self._made(hit, moment, "y" not in slots or hit.tag.startswith("last"))

    def _beside(self, hit: Hit, slots: dict[str, int]) -> When | None:
        """ "That year", "three months later", "a year earlier": seen from what was said last."""
        value = self.said.value(hit.tag, slots)
        near = self.published or self.latest
        if value is None and near is not None:
            if hit.tag == "year_before" and self.said.year is None:
                value = f"{near.year - slots.get('n', 1):04d}"
            elif hit.tag == "same_year" and "m" in slots:
                resolved = self._resolve(Moment(None, slots["m"], slots.get("d")), hit)
                value = None if resolved is None else written(resolved)
        return self._made(hit, value, True)

    @staticmethod
    def _listed(hit: Hit) -> list[Moment]:
        """The two ends of "<m> - <m> <y>" and of "<y> - <y>"."""
        months = [value for name, value in hit.slots if name == "m"]
        years = [value for name, value in hit.slots if name == "y"]
        if len(months) == 2 and years:
            return [Moment(years[0], month, None) for month in months]
        return [Moment(year, None, None) for year in years]

    def _date(self, hit: Hit) -> When | None:
        moment = read_moment(hit)
        if moment.month is None and moment.day is None:
            # A bare number is a year only where nothing says that it counts or measures something.
            found = self.slots.numerals.get(hit.last - 1)
            if found is not None and found[1] not in (Role.YEAR, Role.DATE, Role.LAW):
                return None
        resolved = self._resolve(moment, hit)
        if resolved is None:
            return None
        if moment.year is not None and self.published is None:
            self.anchor = date(resolved.year or 1900, resolved.month or 12, 28)
        return self._made(hit, written(resolved), moment.year is None)

    def _resolve(self, moment: Moment, hit: Hit, anchor: date | None = None) -> Moment | None:
        """The moment with its year; None where there is no such day or nothing gives the year."""
        if moment.year is not None:
            return moment if moment.exists() else None
        anchor = anchor or self.anchor
        if moment.month is None or anchor is None:
            return None
        future = self.time.future.at(self.tokens, hit.first) is not None
        return last_such_day(moment, anchor, future=future)

    def _range(self, hit: Hit, start: Moment, end: Moment) -> When | None:
        # "From 2018 through May": the year of the end is no earlier than that of the start.
        late = start.year is not None and end.year is None and self.published is None
        resolved = self._resolve(end, hit, self.latest if late else None)
        if resolved is None or (end.month is None and end.year is None):
            return None
        inherited = start.year is None
        first = Moment(
            resolved.year if inherited else start.year,
            start.month if start.month is not None or not inherited else resolved.month,
            start.day,
        )
        if inherited and written(first) > written(resolved) and first.year is not None:
            first = Moment(first.year - 1, first.month, first.day)
        if not first.exists() or written(first) >= written(resolved):
            return None
        return self._made(hit, f"{written(first)}/{written(resolved)}", end.year is None)

    def _ends(self, hit: Hit) -> Iterable[When]:
        """The dates inside a range: "in 2010 and 2011" may be two dates as well as one period."""
        index = hit.first
        while index < hit.last:
            inner = self.slots.moment_at(index) if index in self.slots.slotted else None
            if inner is None or inner.last > hit.last:
                index += 1
                continue
            moment = read_moment(inner)
            if moment.year is not None and moment.exists():
                when = self._made(inner, written(moment), False)
                if when is not None:
                    yield when
            index = inner.last


def _kind(value: str) -> WhenKind:
    if "/" in value:
        return "period"
    return "year" if len(value) == 4 else "month" if len(value) == 7 else "day"


def dates_in(reading: Reading, published: date | None) -> tuple[When, ...]:
    """All dates and periods of a text that was read."""
    return tuple(_Finder(reading, published).find())


def find_dates(text: str, language: str, published: date | None) -> tuple[When, ...]:
    """All dates and periods of ``text`` in order.

    Those that need the publication date ("on Wednesday", "last year") are left out without it.
    A day without a year is the latest such day up to the publication, the next one after future
    words; without a publication date the last full date before it in the text gives the year.

    Raises:
        LexiconError: ``language`` is none of ``LANGUAGES``.
    """
    return dates_in(read_text(text, language), published)
