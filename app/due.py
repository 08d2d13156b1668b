"""What is due now, and when it is next: pure decisions from rhythms, what was done, and the clock.

    rhythm, last time, now → the moment it was to happen, or None      (jobs and sources alike)
    fetches of the last days → how often an adaptive source is worth asking

Nothing here counts on having been awake: a moment that passed while the machine slept is due once,
however many were missed. Moments are UTC; an hour of the day is one of its zone, so that a daily job
runs once on the days on which the clocks change, also when its hour is missing or comes twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from pipeline.rhythm import LONGEST, Adaptive, Daily, Every, Off

SET_BACK = timedelta(hours=1)
"""When the last time lies so far in the future, it was written under a clock that has been set back
since. What it says of the past is worth nothing; the job is due, once."""
FIRST_PAUSE = timedelta(minutes=15)
"""After a failure the job is tried again after this, then after twice as long, and so on."""
LONGEST_PAUSE = timedelta(hours=6)
SHARE = 0.2
"""An adaptive source is asked so often that a fifth of its feed is new each time: often enough that
nothing falls out of the feed between two looks, also on a lively day."""
FULL = 0.8
"""With so much of a feed new, some entries may have been missed."""
PRIOR = timedelta(days=1)
"""Until a source was watched for so long, what its table expects stands in for the rest of it."""
FIRST_LOOKS = timedelta(hours=4)
"""The second look comes after this at the latest: the first one says nothing, for all was new."""
USUAL_ENTRIES = 20.0
"""Entries of a feed of which nothing is known yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The last time that something was done, as far as the next one depends on it."""

    slot: datetime  # the moment for which it was to happen
    started: datetime
    ok: bool = True
    interrupted: bool = False  # it was ended from outside: by a shutdown, a kill, a power cut
    failures: int = 0  # in a row, up to this one


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the fetches of a source found in the last days, without its very first one."""

    source: str  # slug
    last: datetime  # when it was last asked, well or not
    since: datetime  # the first of those fetches
    new: int  # entries never seen before, in all of them
    entries: float | None  # that its feed usually holds; None when not known
    last_new: int = 0  # of the latest fetch that read the feed
    last_entries: int = 0
    last_gap: timedelta | None = None  # between that one and the one before


def slot_of(rhythm: Daily | Every | Off, last: Done | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment for which a job is due now, None when it is not. A job that never ran is due."""
    if isinstance(rhythm, Off):
        return None
    if last is None:
        return now if isinstance(rhythm, Every) else last_daily(rhythm, now, zone)
    if last.started > now + SET_BACK or last.slot > now + max(SET_BACK, _period(rhythm)):
        return now
    if not last.ok and now >= again(rhythm, last):
        return last.slot
    match rhythm:
        case Daily():
            slot = last_daily(rhythm, now, zone)
            return slot if slot > last.slot else None
        case Every(interval=interval):
            # From one moment to the next, so that a late start does not shift all that follow.
            slot = last.slot + interval
            return None if slot > now else slot if now - slot < interval else now
        case _:
            assert_never(rhythm)


def next_slot(
    rhythm: Daily | Every | Off, last: Done | None, now: datetime, zone: ZoneInfo
) -> datetime | None:
    """When it is next; ``now`` when it is due, None when it never is."""
    if isinstance(rhythm, Off):
        return None
    if last is None or slot_of(rhythm, last, now, zone) is not None:
        return now
    usual = next_daily(rhythm, now, zone) if isinstance(rhythm, Daily) else last.slot + rhythm.interval
    if isinstance(rhythm, Daily) and last.slot >= usual:
        usual = next_daily(rhythm, last.slot, zone)
    return usual if last.ok else min(usual, again(rhythm, last))


def again(rhythm: Daily | Every, last: Done) -> datetime:
    """When a job that did not end well is tried again. What was cut off from outside is taken up at
    once the first time; a job that is cut off again and again may itself be the cause."""
    failures = max(last.failures, 1)
    if last.interrupted:
        failures -= 1
    if failures == 0:
        return last.started
    return last.started + min(FIRST_PAUSE * (1 << min(failures - 1, 10)), LONGEST_PAUSE, _period(rhythm))


def last_daily(rhythm: Daily, now: datetime, zone: ZoneInfo) -> datetime:
    """The latest moment up to ``now`` at which the daily hour came."""
    today = now.astimezone(zone).date()
    # Tomorrow's may already be past where a zone leaps over a day, as Samoa did.
    return max(
        moment
        for days in (-2, -1, 0, 1)
        if (moment := _moment(rhythm, today.toordinal() + days, zone)) <= now
    )


def next_daily(rhythm: Daily, now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after ``now`` at which the daily hour comes."""
    today = now.astimezone(zone).date()
    return min(
        moment for days in (-1, 0, 1, 2) if (moment := _moment(rhythm, today.toordinal() + days, zone)) > now
    )


def _moment(rhythm: Daily, ordinal: int, zone: ZoneInfo) -> datetime:
    # An hour that comes twice means the first; one that is left out means as long after midnight
    # as on any other day, which is past the gap.
    day = datetime.fromordinal(ordinal).date()
    return datetime.combine(day, rhythm.at, zone).astimezone(UTC)


def _period(rhythm: Daily | Every) -> timedelta:
    return rhythm.interval if isinstance(rhythm, Every) else timedelta(days=1)


def jitter_of(name: str, slot: datetime, most: timedelta) -> timedelta:
    """How long after its moment ``name`` begins, at most ``most``: by chance, yet the same whenever it
    is asked, so that thousands of installations do not knock at one second."""
    digest = hashlib.blake2b(f"{name} {slot.isoformat()}".encode(), digest_size=8).digest()
    return most * (int.from_bytes(digest) / 2**64)


def adaptive_interval(
    found: Found | None, *, expect: float, shortest: timedelta, longest: timedelta
) -> timedelta:
    """How long to wait between two looks at a source. ``expect`` is what its table says, in entries a
    week; it counts as long as little has been seen."""
    weekly = expect / timedelta(days=7).total_seconds()
    if found is None:
        return min(_within(SHARE * USUAL_ENTRIES / weekly, shortest, longest), max(FIRST_LOOKS, shortest))
    watched = max((found.last - found.since).total_seconds(), 0.0)
    lacking = max(PRIOR.total_seconds() - watched, 0.0)
    rate = (found.new + weekly * lacking) / (watched + lacking)
    if rate == 0:
        return longest
    entries = found.entries or USUAL_ENTRIES
    seconds = SHARE * entries / rate
    if found.last_gap is not None and found.last_entries and found.last_new >= FULL * found.last_entries:
        # The feed ran over: how much was new is not known, only that it was more than it holds.
        seconds = min(seconds, found.last_gap.total_seconds() / 3)
    return _within(seconds, shortest, longest)


def _within(seconds: float, shortest: timedelta, longest: timedelta) -> timedelta:
    return timedelta(seconds=round(min(max(seconds, shortest.total_seconds()), longest.total_seconds())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A source as its next look is reckoned."""

    slug: str
    rhythm: Daily | Every | Adaptive
    expect: float  # entries a week, by its table
    last: datetime | None = None  # when it was last asked, well or not
    found: Found | None = None
    rests_until: datetime | None = None  # after failures, or because its server asked for rest
    left: bool = False  # pages of it wait that were never tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the operator set for all sources."""

    zone: ZoneInfo
    shortest: timedelta  # of adaptive intervals
    longest: timedelta
    jitter: timedelta


def next_look(source: Watched, now: datetime, bounds: Bounds) -> datetime:
    """When a source is next asked; a moment that is not after ``now`` means: it is due."""
    rhythm = source.rhythm
    if isinstance(rhythm, Adaptive):
        rhythm = Every(
            adaptive_interval(
                source.found, expect=source.expect, shortest=bounds.shortest, longest=bounds.longest
            )
        )
    if source.last is None or source.last > now + SET_BACK:
        usual = now
    elif isinstance(rhythm, Daily):
        slot = last_daily(rhythm, now, bounds.zone)
        slot = slot if slot > source.last else next_daily(rhythm, now, bounds.zone)
        usual = slot + jitter_of("crawl", slot, bounds.jitter)  # all of them in one crawl
    else:
        # At most a tenth of the interval, so that sources of one rhythm drift apart.
        most = min(bounds.jitter, rhythm.interval / 10)
        usual = source.last + rhythm.interval + jitter_of(source.slug, source.last, most)
    if source.rests_until is not None and source.rests_until - now <= LONGEST:
        usual = max(usual, source.rests_until)
    return usual


def due_sources(
    sources: Iterable[Watched], now: datetime, bounds: Bounds, *, ahead: timedelta = timedelta()
) -> tuple[str, ...]:
    """The slugs of the sources that are due, or have pages left that were never tried. Those with an
    interval that will be due within ``ahead`` are taken along, to save a process for each."""
    return tuple(
        source.slug
        for source in sources
        if source.left
        or next_look(source, now, bounds)
        <= now + (timedelta() if isinstance(source.rhythm, Daily) else ahead)
    )


def earliest(sources: Sequence[Watched], now: datetime, bounds: Bounds) -> datetime | None:
    """When the first of ``sources`` is due; None without sources."""
    return min((now if one.left else next_look(one, now, bounds) for one in sources), default=None)
