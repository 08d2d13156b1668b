"""How many articles an outlet normally has a day, and the days on which it had far fewer. Pure.

Of one outlet its days with the number of articles are known, by publication. What is missing on a
day is weighed against the outlet's own habit (its weekdays included), so that nothing must be known
of it beforehand. An outlet that came later than others is missing before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

LEAST_DAYS = 20
"""Days with articles from which on an outlet counts as followed."""
LEAST_SPAN = 56
"""Days between its first and its last article that are needed for that."""
LOW = 0.25
"""A day is low that has less than this share of what is normal."""
SURE = 12.0
"""Articles that must be missing in a row before the days count as a gap: fewer may be chance."""
BEGUN = 14
"""An outlet is followed from the first day on whose next BEGUN days have LOW of what is normal."""
COMPLETE = 0.95
"""Share of what is normal from which on a piece of time counts as complete."""


class Lack(StrEnum):
    """Why articles of an outlet are missing."""

    LATER = "added later"
    BLOCKED = "blocked"  # its feed could not be had
    SILENT = "silent"  # it answered, with far fewer articles than it is used to
    NOT_ASKED = "not asked"  # nobody asked it: the program did not run, or it is followed no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """Days on which an outlet was as good as missing."""

    first: int
    last: int
    lack: Lack


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One outlet as its days show it."""

    source: str
    first: int  # day from which on it is followed
    last: int  # last day of the whole
    daily: float  # articles a day that are normal for it
    relevant: float  # relevant ones a day
    holes: tuple[Hole, ...]

    def wholly(self, first: int, last: int) -> bool:
        """Whether it was followed for the whole time; a blocked week does not end that."""
        return self.first <= first and not any(
            hole.lack is Lack.NOT_ASKED and hole.first <= last <= hole.last for hole in self.holes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What of an outlet is missing in a piece of time."""

    source: str
    lack: Lack
    days: int
    share: float  # of all articles that were to be expected


def follow(source: str, days: Sequence[tuple[int, int, int]], until: int) -> Followed | None:
    """The outlet with its low days, which are SILENT until somebody knows better; None for one with
    too few articles to know what is normal. ``days`` are (day, seen, relevant) in order."""
    days = [each for each in days if each[1] > 0 and each[0] <= until]
    if len(days) < LEAST_DAYS or days[-1][0] - days[0][0] < LEAST_SPAN:
        return None
    weeks: dict[int, int] = {}
    for day, seen, _ in days:
        weeks[day // 7] = weeks.get(day // 7, 0) + seen
    weekly = median(weeks.values())
    first = _begin(days, weekly / 7)
    days = [each for each in days if each[0] >= first]
    on_weekday = [0.0] * 7
    for day, seen, _ in days:
        on_weekday[day % 7] += min(seen, weekly)
    total = sum(on_weekday)
    expected = [weekly * part / total for part in on_weekday]
    return Followed(
        source=source,
        first=first,
        last=until,
        daily=weekly / 7,
        relevant=sum(each[2] for each in days) / (until - first + 1),
        holes=tuple(_holes(days, expected, until)),
    )


def _begin(days: Sequence[tuple[int, int, int]], daily: float) -> int:
    """A feed's first answer brings single old articles with it; the outlet is followed from when they
    come as they are used to."""
    end = within = 0
    for start, (day, seen, _) in enumerate(days):
        while end < len(days) and days[end][0] < day + BEGUN:
            within += days[end][1]
            end += 1
        if within >= LOW * BEGUN * daily:
            return days[start][0]
        within -= seen
    return days[0][0]


def _holes(days: Sequence[tuple[int, int, int]], expected: Sequence[float], until: int) -> Iterator[Hole]:
    begun, missing = days[0][0], 0.0
    next_day = days[0][0]
    for day, seen, _ in (*days, (until + 1, 0, 0)):
        missing += _sum(expected, next_day, day)
        next_day = day + 1
        normal = expected[day % 7]
        if day <= until and seen < LOW * normal:
            missing += normal - seen
            continue
        if missing >= SURE and begun < day:
            yield Hole(first=begun, last=day - 1, lack=Lack.SILENT)
        begun, missing = day + 1, 0.0


def _sum(expected: Sequence[float], first: int, after: int) -> float:
    weeks, rest = divmod(max(after - first, 0), 7)
    return weeks * sum(expected) + sum(expected[(first + each) % 7] for each in range(rest))


def lacking(
    panel: Iterable[Followed], pieces: Sequence[tuple[int, int]]
) -> tuple[tuple[float | None, ...], tuple[tuple[Gap, ...], ...]]:
    """For each piece of time (first and last day, in order, following one another) the share of what
    is normal that was there, and what was missing, the heaviest first.

    An outlet weighs as much as its share of all articles or of the relevant ones, whichever is more.
    """
    outlets = tuple(panel)
    if not outlets:
        return (None,) * len(pieces), ((),) * len(pieces)
    articles = sum(each.daily for each in outlets)
    relevant = sum(each.relevant for each in outlets)
    starts = [first for first, _ in pieces]
    found: list[list[tuple[float, float, Gap]]] = [[] for _ in pieces]
    for outlet in outlets:
        share = outlet.daily / articles
        useful = outlet.relevant / relevant if relevant else share
        before = Hole(first=0, last=outlet.first - 1, lack=Lack.LATER)
        for hole in (before, *outlet.holes):
            for place in range(max(bisect_right(starts, hole.first) - 1, 0), bisect_right(starts, hole.last)):
                first, last = pieces[place]
                days = min(last, hole.last) - max(first, hole.first) + 1
                if days > 0:
                    part = days / (last - first + 1)
                    gap = Gap(source=outlet.source, lack=hole.lack, days=days, share=part * share)
                    found[place].append((part * share, part * useful, gap))
    shares, gaps = [], []
    for mine in found:
        lost = max(sum(each[0] for each in mine), sum(each[1] for each in mine))
        shares.append(max(0.0, 1.0 - lost))
        gaps.append(tuple(gap for *_, gap in sorted(mine, key=lambda each: -max(each[:2]))))
    return tuple(shares), tuple(gaps)
