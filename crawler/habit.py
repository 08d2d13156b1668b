"""A source's habit: how often something new comes, at which hours, and how long a silence is no chance.

Arrivals (hours in which something new came) are taken for a Poisson process whose rate follows the
hours of the day and the days of the week. The rate is not known but learned, beginning at the
``expect`` of the source's table, so the chance of a silence is that of a negative binomial: the less
is known, the longer the silence must be. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage.health_values import History, Normal

PRIOR = 2.0
"""Arrivals that ``expect`` counts as: a guess that two weeks of watching outweigh."""
CHANCE = 0.01
"""A silence is reported when a source as it used to be would have one as long less often than this."""
WEEKS_A_MONTH = 365.25 / 12 / 7
FADE_DAYS = 60.0
FADE_ARRIVALS = 60.0
"""What was learned counts half after so many days or so many arrivals, whichever takes longer."""
SHORTEST = timedelta(hours=20)
"""No silence is shorter: a busy source too may have a holiday night, and most are asked once a day."""
LONGEST = timedelta(days=365)
"""After so long any silence is one, however little is known of the source."""
FIRST_DAYS = 56
"""How far back the dates of a feed that is seen for the first time are believed."""
WEEK_HOURS = 168
HOUR_WEIGHT, DAY_WEIGHT = 1.0, 2.0
"""What each hour and each day counts before anything is known of them."""


def expected_arrivals(expect: float) -> float:
    """Arrivals a week that so many entries a week make, evenly spread over its hours."""
    return WEEK_HOURS * -math.expm1(-expect / WEEK_HOURS)


def rate(normal: Normal, expect: float) -> tuple[float, float]:
    """(arrivals, weeks) that are known with the guess in ``expect``; their quotient is the rate."""
    return PRIOR + normal.arrivals, PRIOR / expected_arrivals(expect) + normal.weeks


def rhythm(normal: Normal) -> tuple[float, ...]:
    """The weight of each hour of the week, Monday 0:00 UTC first; 1 on the average."""
    hours, days = sum(normal.hours) + 24 * HOUR_WEIGHT, sum(normal.days) + 7 * DAY_WEIGHT
    by_hour = [24 * (each + HOUR_WEIGHT) / hours for each in normal.hours]
    by_day = [7 * (each + DAY_WEIGHT) / days for each in normal.days]
    return tuple(day * hour for day in by_day for hour in by_hour)


def rhythm_weeks(normal: Normal, begin: datetime, end: datetime) -> float:
    """The time between two moments in weeks of the source's own rhythm: its quiet hours count little."""
    hours = (end - begin).total_seconds() / 3600
    if hours <= 0:
        return 0.0
    whole, rest = divmod(hours, WEEK_HOURS)
    weights = rhythm(normal)
    begin = begin.astimezone(UTC)
    at = begin.weekday() * 24 + begin.hour + begin.minute / 60 + begin.second / 3600
    total = 0.0
    while rest > 1e-9:
        step = min(rest, math.floor(at) + 1 - at)
        total += weights[int(at) % WEEK_HOURS] * step
        at += step
        rest -= step
    return whole + total / WEEK_HOURS


def chance_of_silence(normal: Normal, expect: float, begin: datetime, end: datetime) -> float:
    """How many silences as long as this one a month has by chance, when all is as it used to be.

    A month of a busy source has many gaps, each of which could be the long one; so the chance of
    one gap is taken as often as there are gaps. It is never less than the chance of this one.
    """
    arrivals, weeks = rate(normal, expect)
    one = math.exp(-arrivals * math.log1p(rhythm_weeks(normal, begin, end) / weeks))
    return min(1.0, one * max(1.0, arrivals / weeks * WEEKS_A_MONTH))


def is_silent(normal: Normal, expect: float, last_new: datetime, now: datetime) -> bool:
    """Whether nothing new since ``last_new`` is more than chance."""
    length = now - last_new
    if not SHORTEST <= length < LONGEST:
        return length >= LONGEST
    return chance_of_silence(normal, expect, last_new, now) < CHANCE


def silent_from(normal: Normal, expect: float, last_new: datetime) -> datetime:
    """The moment from which a silence would be reported."""
    low, high = timedelta(0), timedelta(days=1)
    while not is_silent(normal, expect, last_new, last_new + high):
        low, high = high, high * 2
    for _ in range(12):
        middle = low + (high - low) / 2
        if is_silent(normal, expect, last_new, last_new + middle):
            high = middle
        else:
            low = middle
    return last_new + high


def learn(
    normal: Normal, *, last_new: datetime, now: datetime, times: Sequence[datetime], new: int, whole: bool
) -> tuple[Normal, datetime]:
    """What is normal after ``new`` entries came, and when the last one came.

    ``times`` are their dates of publication where they have any. ``whole``: all of the feed was
    new, so that older entries may have been missed. The silence that is not over yet is never
    learned: otherwise a dead source would teach that silence is normal.
    """
    arrivals = sorted(_hours(at for at in times if last_new < at <= now)) or [max(now, last_new)]
    newest = max((at for at in times if last_new < at <= now), default=max(now, last_new))
    begin = max(last_new, arrivals[0]) if whole and times else last_new
    count = len(arrivals)
    days = (newest - last_new).total_seconds() / 86_400
    keep = 0.5 ** min(days / FADE_DAYS, count / FADE_ARRIVALS)
    learned = replace(
        normal,
        weeks=keep * normal.weeks + rhythm_weeks(normal, begin, newest),
        arrivals=keep * normal.arrivals + count,
        entries=keep * normal.entries + new,
        hours=_counted(normal.hours, keep, (at.hour for at in arrivals)),
        days=_counted(normal.days, keep, (at.weekday() for at in arrivals)),
    )
    return learned, newest


def begin_with(times: Sequence[datetime], now: datetime) -> tuple[Normal, datetime | None]:
    """What the dates of a feed tell that is seen for the first time, and its last date."""
    past = [at for at in times if at <= now]
    recent = [at for at in past if now - at <= timedelta(days=FIRST_DAYS)]
    newest = max(past, default=None)
    arrivals = _hours(recent)
    if len(arrivals) < 2:
        return Normal(), newest
    # Between k arrivals lie k - 1 gaps.
    return (
        Normal(
            weeks=(max(recent) - min(recent)) / timedelta(weeks=1),
            arrivals=len(arrivals) - 1.0,
            entries=len(recent) - 1.0,
            hours=_counted((0.0,) * 24, 1, (at.hour for at in arrivals)),
            days=_counted((0.0,) * 7, 1, (at.weekday() for at in arrivals)),
        ),
        newest,
    )


def begin_from(history: History) -> Normal:
    """What the stored fetches and pages of the last weeks tell of a source."""
    texts = float(history.texts)
    return Normal(
        weeks=history.weeks,
        arrivals=float(sum(history.hours)),
        entries=float(history.entries),
        hours=tuple(map(float, history.hours)),
        days=tuple(map(float, history.days)),
        pages=float(history.pages),
        texts=texts,
        dated=float(history.dated),
        # Only texts that are kept have a length; where there is none, it is learned anew.
        characters=texts * history.length if history.length else 0.0,
        relevant=float(history.relevant),
    )


def _hours(times: Iterable[datetime]) -> set[datetime]:
    """The hours in which something came."""
    return {at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) for at in times}


def _counted(sums: Sequence[float], keep: float, places: Iterable[int]) -> tuple[float, ...]:
    found = [keep * each for each in sums]
    for place in places:
        found[place] += 1
    return tuple(found)
