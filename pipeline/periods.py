"""Time cut into days, weeks, months, quarters and years, and how a period is said. Pure.

Days are ``date.toordinal`` numbers, periods are inclusive at both ends, weeks are those of ISO 8601
(they begin on Monday, and a week belongs to the year of its Thursday).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from pipeline.clues import Days

YEAR_DAYS = 365.2425
"""Days of a year of the calendar, on average."""
MOST = 20_000
"""Most pieces that a stretch of time is cut into: days of some fifty years."""
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


class Step(StrEnum):
    """How long the pieces of a series are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One piece of a series."""

    first: int  # its first day
    last: int  # its last day, included
    label: str  # 2014-04-30, 2014-W18, 2014-04, 2014-Q2, 2014

    @property
    def days(self) -> Days:
        return self.first, self.last


def start_of(day: int, step: Step) -> int:
    """The first day of the piece in which ``day`` lies."""
    when = date.fromordinal(day)
    match step:
        case Step.DAY:
            return day
        case Step.WEEK:
            return day - when.weekday()
        case Step.MONTH:
            return when.replace(day=1).toordinal()
        case Step.QUARTER:
            return when.replace(month=(when.month - 1) // 3 * 3 + 1, day=1).toordinal()
        case Step.YEAR:
            return when.replace(month=1, day=1).toordinal()


def label_of(start: int, step: Step) -> str:
    """The name of the piece that begins on ``start``."""
    when = date.fromordinal(start)
    match step:
        case Step.DAY:
            return when.isoformat()
        case Step.WEEK:
            year, week, _ = when.isocalendar()
            return f"{year:04}-W{week:02}"
        case Step.MONTH:
            return f"{when.year:04}-{when.month:02}"
        case Step.QUARTER:
            return f"{when.year:04}-Q{(when.month + 2) // 3}"
        case Step.YEAR:
            return f"{when.year:04}"


_LONGEST = {Step.DAY: 1, Step.WEEK: 7, Step.MONTH: 31, Step.QUARTER: 92, Step.YEAR: 366}


@lru_cache(maxsize=100)
def buckets(first: int, last: int, step: Step) -> tuple[Bucket, ...]:
    """The whole pieces that hold the days from ``first`` to ``last``, in order, at most MOST."""
    found: list[Bucket] = []
    start = start_of(first, step)
    while start <= last and len(found) < MOST:
        following = start_of(start + _LONGEST[step], step)
        found.append(Bucket(first=start, last=following - 1, label=label_of(start, step)))
        start = following
    return tuple(found)


@lru_cache(maxsize=100)
def finder(pieces: tuple[Bucket, ...]) -> Callable[[int], int | None]:
    """Day → place of its piece in ``pieces``, which follow one another; None where it is in none."""
    places = {day: place for place, piece in enumerate(pieces) for day in range(piece.first, piece.last + 1)}
    return places.get


def years_of(days: Days) -> float:
    """How many years a period is long; whole months are twelfths."""
    first, after = date.fromordinal(days[0]), date.fromordinal(days[1]) + timedelta(days=1)
    if first.day == 1 and after.day == 1:
        return ((after.year - first.year) * 12 + after.month - first.month) / 12
    return (days[1] - days[0] + 1) / YEAR_DAYS


def before_of(days: Days) -> Days:
    """The period of the same length that ends where this one begins; whole months go back by months."""
    first, after = date.fromordinal(days[0]), date.fromordinal(days[1]) + timedelta(days=1)
    if first.day == 1 and after.day == 1:
        months = first.year * 12 + first.month - 1
        months -= (after.year - first.year) * 12 + after.month - first.month
        return date(months // 12, months % 12 + 1, 1).toordinal(), days[0] - 1
    return days[0] - (days[1] - days[0] + 1), days[0] - 1


def say_when(when: str) -> str:
    """A date or period of the codebook in words: "2010/2014-04" → "2010–April 2014"."""
    first, _, last = when.partition("/")
    return f"{_say(first)}–{_say(last)}" if last and last != first else _say(first)


def say_days(days: Days) -> str:
    """A period in as few words as it can be said."""
    first, last = date.fromordinal(days[0]), date.fromordinal(days[1])
    after = last + timedelta(days=1)
    if days[0] == days[1]:
        return _say(first.isoformat())
    if (first.day, first.month) == (1, 1) and (after.day, after.month) == (1, 1):
        return f"{first.year}" if first.year == last.year else f"{first.year}–{last.year}"
    if first.day == 1 and after.day == 1:
        begin, end = first.isoformat()[:7], last.isoformat()[:7]
        return _say(begin) if begin == end else f"{_say(begin)}–{_say(end)}"
    return f"{_say(first.isoformat())}–{_say(last.isoformat())}"


def _say(text: str) -> str:
    year, month, day = (*text.split("-"), "", "")[:3]
    if not month:
        return year
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}" if day else f"{_MONTHS[int(month) - 1]} {year}"
