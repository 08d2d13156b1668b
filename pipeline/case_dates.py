"""When a case happened, out of what its reports say of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.case_sums import Told
from pipeline.clues import ORDER, Days, days_of


class Exactness(StrEnum):
    """How exactly the day of a case is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"  # a year, or a longer period
    REPORT = "report"  # no report dates it: the day of the first one stands for it
    NONE = "none"  # neither does a report date it nor has any a date of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A day, and how exactly it is known."""

    day: int | None  # None where nothing says when it was
    exactness: Exactness


def event_day(told: Sequence[Told], reported: int | None) -> Dated:
    """The day on which the case began: that of the earliest stage that a report dates. ``reported`` is
    the day of its first report, None where none of them has a date.

    Of several dates of that stage the most exact counts, then the one told most often, then the one
    told first. A date that is only a month or a year stands for its day that is nearest to the first
    report; and nothing happens after it was reported.
    """
    for stage in ORDER:
        if found := _dated([each for each in told if each.record.stage is stage], reported):
            return found
    return _undated(reported)


def act_day(told: Sequence[Told], reported: int | None) -> Dated:
    """The day of the act of the latest stage, by the same rules; ``reported`` is the day of the report
    that first told it."""
    last = max((each.record.stage for each in told), key=ORDER.index)
    return _dated([each for each in told if each.record.stage is last], reported) or _undated(reported)


def _undated(reported: int | None) -> Dated:
    return Dated(day=reported, exactness=Exactness.NONE if reported is None else Exactness.REPORT)


def _dated(told: Sequence[Told], reported: int | None) -> Dated | None:
    dates = [
        days
        for each in sorted(told, key=lambda each: each.day)
        if each.record.when and (days := days_of(each.record.when)) and days[0] <= each.day
    ]
    if not dates:
        return None
    often = Counter(dates)
    first = {days: place for place, days in reversed(list(enumerate(dates)))}
    begin, end = min(often, key=lambda days: (_rank(days), -often[days], first[days]))
    if reported is None:
        return Dated(day=begin, exactness=_exactness((begin, end)))
    if begin > reported:
        return Dated(day=reported, exactness=Exactness.REPORT)
    return Dated(day=min(reported, end), exactness=_exactness((begin, end)))


def _exactness(days: Days) -> Exactness:
    length = days[1] - days[0] + 1
    return Exactness.DAY if length <= 3 else Exactness.MONTH if length <= 31 else Exactness.YEAR


def _rank(days: Days) -> int:
    return list(Exactness).index(_exactness(days))
