"""What is due, in simulated time: days on which clocks change, clocks set back, machines that slept."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.due import (
    Bounds,
    Done,
    Found,
    Watched,
    adaptive_interval,
    again,
    due_sources,
    earliest,
    jitter_of,
    last_daily,
    next_daily,
    next_look,
    next_slot,
    slot_of,
)
from pipeline.rhythm import (
    Adaptive,
    Daily,
    Every,
    Off,
    interval_words,
    parse_hour,
    parse_interval,
    parse_rhythm,
    parse_source_rhythm,
)

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BOUNDS = Bounds(zone=UTC_ZONE, shortest=30 * MINUTE, longest=DAY, jitter=timedelta())


def simulate(
    rhythm: Daily | Every,
    zone: ZoneInfo,
    *,
    begin: datetime,
    end: datetime,
    step: timedelta = MINUTE,
    clock: Callable[[datetime], datetime] = lambda true: true,
    awake: Callable[[datetime], bool] = lambda true: True,
    ok: Callable[[datetime], bool] = lambda true: True,
) -> list[datetime]:
    """The true moments at which a job ran, looked at each ``step``; ``clock`` is what the machine's
    clock shows at a true moment."""
    ran: list[datetime] = []
    last: Done | None = None
    true = begin
    while true < end:
        if awake(true):
            now = clock(true)
            slot = slot_of(rhythm, last, now, zone)
            if slot is not None:
                good = ok(true)
                failures = 0 if good else (last.failures if last else 0) + 1
                last = Done(slot=slot, started=now, ok=good, failures=failures)
                ran.append(true)
        true += step
    return ran


@pytest.mark.parametrize("hour", ["00:30", "02:30", "23:59"])
@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "UTC"]
)
def test_a_daily_job_runs_once_a_day_through_a_year(zone: str, hour: str) -> None:
    begin = datetime(2026, 1, 1, 12, tzinfo=UTC)
    where = ZoneInfo(zone)
    ran = simulate(
        Daily(parse_hour(hour)), where, begin=begin, end=begin + 365 * DAY, step=timedelta(minutes=15)
    )
    # It is looked at each quarter of an hour, so each run is up to so much late.
    days = [(moment - 15 * MINUTE).astimezone(where).date() for moment in ran[1:]]
    assert len(days) == len(set(days)) == 365
    assert max(b - a for a, b in pairwise(ran[1:])) <= 25 * HOUR + 15 * MINUTE


@pytest.mark.parametrize(
    ("hour", "moments"),
    [
        # On 29 March 2026 the clocks of Berlin go from 02:00 to 03:00, on 25 October from 03:00 to 02:00.
        ("02:30", ["2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"]),
        ("02:00", ["2026-03-28T01:00", "2026-03-29T01:00", "2026-03-30T00:00"]),
        ("05:17", ["2026-03-28T04:17", "2026-03-29T03:17", "2026-03-30T03:17"]),
        ("02:30", ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"]),
        ("05:17", ["2026-10-24T03:17", "2026-10-25T04:17", "2026-10-26T04:17"]),
    ],
)
def test_the_days_on_which_the_clocks_change(hour: str, moments: list[str]) -> None:
    expected = [datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in moments]
    rhythm = Daily(parse_hour(hour))
    begin, end = expected[0] - 3 * HOUR, expected[-1] + 3 * HOUR
    ran = simulate(rhythm, BERLIN, begin=begin, end=end)
    assert ran[1:] == expected  # the first is that of a job that never ran
    assert next_daily(rhythm, begin, BERLIN) == expected[0]
    assert last_daily(rhythm, end, BERLIN) == expected[-1]


def test_a_zone_that_leaps_over_a_day() -> None:
    # Samoa had no 30 December 2011.
    begin = datetime(2011, 12, 28, tzinfo=UTC)
    ran = simulate(Daily(time(5, 17)), ZoneInfo("Pacific/Apia"), begin=begin, end=begin + 6 * DAY)
    gaps = {b - a for a, b in pairwise(ran[1:])}
    assert gaps == {DAY}


def test_a_gap_of_three_days_is_made_up_for_once() -> None:
    daily, often = Daily(time(5, 17)), Every(2 * HOUR)
    asleep = (START + DAY, START + 4 * DAY)
    for rhythm, usual in ((daily, 24 * HOUR), (often, 2 * HOUR)):
        ran = simulate(
            rhythm,
            UTC_ZONE,
            begin=START,
            end=START + 6 * DAY,
            awake=lambda true: not asleep[0] <= true < asleep[1],
        )
        after = [moment for moment in ran if moment >= asleep[1]]
        assert after[0] == asleep[1]
        assert after[1] - after[0] <= usual
        assert after[1] - after[0] >= timedelta(hours=1)
        assert not [moment for moment in ran if asleep[0] <= moment < asleep[1]]


@pytest.mark.parametrize("back", [10 * MINUTE, 50 * MINUTE, 3 * HOUR, 25 * HOUR, 400 * DAY])
@pytest.mark.parametrize("rhythm", [Daily(time(5, 17)), Every(2 * HOUR), Every(7 * DAY)])
def test_a_clock_that_is_set_back_silences_nothing(back: timedelta, rhythm: Daily | Every) -> None:
    set_back = START + 10 * DAY
    ran = simulate(
        rhythm,
        UTC_ZONE,
        begin=START,
        end=START + 40 * DAY,
        step=timedelta(minutes=5),
        clock=lambda true: true if true < set_back else true - back,
    )
    period = rhythm.interval if isinstance(rhythm, Every) else DAY
    gaps = [b - a for a, b in pairwise(ran)]
    assert max(gaps) <= period + min(back, period + HOUR) + 5 * MINUTE
    assert len(ran) <= 40 * DAY / period + 3  # and repeats nothing but once


def test_a_clock_that_was_ahead_for_a_while() -> None:
    wrong = (START + 5 * DAY, START + 6 * DAY)
    ran = simulate(
        Daily(time(5, 17)),
        UTC_ZONE,
        begin=START,
        end=START + 12 * DAY,
        clock=lambda true: true + 4000 * DAY if wrong[0] <= true < wrong[1] else true,
    )
    gaps = [b - a for a, b in pairwise(ran)]
    assert max(gaps) <= DAY
    assert len(ran) <= 12 + 4


def test_what_failed_is_tried_again_with_growing_pauses() -> None:
    bad = (START + DAY, START + 3 * DAY)
    ran = simulate(
        Daily(time(5, 17)),
        UTC_ZONE,
        begin=START,
        end=START + 5 * DAY,
        ok=lambda true: not bad[0] <= true < bad[1],
    )
    tries = [moment for moment in ran if bad[0] <= moment < bad[1]]
    pauses = [b - a for a, b in pairwise(tries)]
    assert pauses[:5] == [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR]
    assert max(pauses) == 6 * HOUR
    assert next(moment for moment in ran if moment >= bad[1]) - bad[1] <= 6 * HOUR


def test_what_was_cut_off_is_taken_up_at_once_but_not_for_ever() -> None:
    rhythm = Daily(time(5, 17))
    cut = Done(slot=START, started=START, ok=False, interrupted=True, failures=1)
    assert slot_of(rhythm, cut, START + MINUTE, UTC_ZONE) == START
    twice = dataclasses.replace(cut, failures=2)
    assert slot_of(rhythm, twice, START + MINUTE, UTC_ZONE) is None
    assert again(rhythm, twice) == START + 15 * MINUTE
    assert slot_of(rhythm, twice, START + 15 * MINUTE, UTC_ZONE) == START


def test_when_it_is_next() -> None:
    rhythm = Daily(time(5, 17))
    last = Done(slot=START.replace(hour=5, minute=17), started=START)
    assert next_slot(rhythm, None, START, UTC_ZONE) == START
    assert next_slot(rhythm, last, START, UTC_ZONE) == datetime(2026, 3, 2, 5, 17, tzinfo=UTC)
    assert next_slot(Every(2 * HOUR), Done(slot=START, started=START), START, UTC_ZONE) == START + 2 * HOUR
    assert next_slot(Off(), last, START, UTC_ZONE) is None
    assert slot_of(Off(), None, START, UTC_ZONE) is None
    failed = dataclasses.replace(last, ok=False, failures=1)
    assert next_slot(rhythm, failed, START + MINUTE, UTC_ZONE) == START + 15 * MINUTE


@given(
    st.sampled_from([Daily(time(5, 17)), Daily(time(2, 30)), Every(30 * MINUTE), Every(2 * HOUR)]),
    st.sampled_from([UTC_ZONE, BERLIN]),
    st.lists(st.integers(1, 5000), min_size=1, max_size=60),
)
def test_looked_at_whenever_it_runs_once_a_period(
    rhythm: Daily | Every, zone: ZoneInfo, waits: list[int]
) -> None:
    """However irregularly one looks: what next_slot says is when slot_of first finds it due."""
    last: Done | None = None
    now = START
    for wait in waits:
        following = next_slot(rhythm, last, now, zone)
        slot = slot_of(rhythm, last, now, zone)
        assert following is not None
        assert (slot is not None) == (following <= now)
        if slot is None:
            assert slot_of(rhythm, last, following - timedelta(seconds=1), zone) is None
            assert slot_of(rhythm, last, following, zone) is not None
        else:
            assert slot <= now
            last = Done(slot=slot, started=now)
        now += wait * MINUTE


def test_jitter_is_the_same_whenever_it_is_asked_and_spread_evenly() -> None:
    each = [jitter_of("crawl", START + n * DAY, 10 * MINUTE) for n in range(400)]
    assert each == [jitter_of("crawl", START + n * DAY, 10 * MINUTE) for n in range(400)]
    assert timedelta() <= min(each) < MINUTE
    assert 9 * MINUTE < max(each) < 10 * MINUTE
    assert 4 * MINUTE < sum(each, timedelta()) / 400 < 6 * MINUTE


# -- sources --------------------------------------------------------------------------------------


def outlet(
    weekly: float, size: int, *, days: int, expect: float, bursts: bool = False
) -> tuple[list[timedelta], int, int]:
    """A month of an adaptive source that publishes ``weekly`` entries in a feed of ``size``: the
    intervals between looks, the entries that fell out of the feed unseen, and the looks."""
    fetches: list[tuple[datetime, int, int]] = []
    intervals: list[timedelta] = []
    now, seen, lost = START, 0, 0
    while now < START + days * DAY:
        elapsed = (now - START) / timedelta(days=7)
        published = size + math.floor(weekly * elapsed)
        if bursts:
            # All of a day's news between eight and nine in the morning.
            whole = (now - START) // DAY
            part = min(max(((now - START) - whole * DAY - 8 * HOUR) / HOUR, 0), 1)
            published = size + math.floor(weekly / 7 * (whole + part))
        new = published - seen
        lost += max(new - size, 0)
        fetches.append((now, min(new, size), size))
        seen = published
        window = [one for one in fetches if one[0] >= now - 7 * DAY]
        found = None
        if len(window) > 1:
            found = Found(
                source="s",
                last=now,
                since=window[0][0],
                new=sum(one[1] for one in window[1:]),
                entries=size,
                last_new=window[-1][1],
                last_entries=size,
                last_gap=window[-1][0] - window[-2][0],
            )
        wait = adaptive_interval(found, expect=expect, shortest=30 * MINUTE, longest=DAY)
        assert 30 * MINUTE <= wait <= DAY
        intervals.append(wait)
        now += wait
    return intervals, lost, len(fetches)


@pytest.mark.parametrize(
    ("weekly", "size", "shortest", "longest"),
    [
        (1, 20, 23 * HOUR, DAY),  # a quiet one: once a day
        (35, 20, 18 * HOUR, 22 * HOUR),  # five a day in a feed of twenty: four new at a look
        (700, 50, 2 * HOUR, 3 * HOUR),  # a hundred a day in a feed of fifty: ten new at a look
        (5000, 20, 30 * MINUTE, 31 * MINUTE),  # an agency: as often as is allowed
    ],
)
@pytest.mark.parametrize("expect", [5, 100, 2000])
def test_an_adaptive_source_finds_its_interval(
    weekly: float, size: int, shortest: timedelta, longest: timedelta, expect: float
) -> None:
    intervals, lost, _ = outlet(weekly, size, days=30, expect=expect)
    settled = sorted(intervals[-10:])[5]
    assert shortest <= settled <= longest
    # At the beginning, when nothing but a wrong expectation is known, something may be missed.
    assert lost <= (weekly / 7 / 4 if expect < weekly else 0)


def test_a_source_that_publishes_all_at_once_loses_nothing() -> None:
    _, lost, looks = outlet(140, 50, days=30, expect=140, bursts=True)
    assert lost == 0
    assert looks <= 30 * 4


def test_an_overflowing_feed_is_asked_sooner_at_once() -> None:
    found = Found(
        source="s",
        last=START,
        since=START - 7 * DAY,
        new=25,
        entries=20,
        last_new=20,
        last_entries=20,
        last_gap=6 * HOUR,
    )
    assert adaptive_interval(found, expect=5, shortest=30 * MINUTE, longest=DAY) == 2 * HOUR


def watched(slug: str, rhythm: Daily | Every | Adaptive, last: datetime | None, **more: object) -> Watched:
    return Watched(**{"slug": slug, "rhythm": rhythm, "expect": 10.0, "last": last, **more})  # type: ignore[arg-type]


def test_which_sources_are_due() -> None:
    daily, often = Daily(time(5, 17)), Every(2 * HOUR)
    sources = (
        watched("never", daily, None),
        watched("yesterday", daily, START - DAY),
        watched("today", daily, START - 6 * HOUR),
        watched("due", often, START - 3 * HOUR),
        watched("soon", often, START - 2 * HOUR + 4 * MINUTE),
        watched("later", often, START - HOUR),
        watched("rests", often, START - 3 * HOUR, rests_until=START + HOUR),
        watched("rests for a year", often, START - 3 * HOUR, rests_until=START + 365 * DAY),
        watched("future", often, START + 3 * DAY),
        watched("left", daily, START - HOUR, left=True),
    )
    assert due_sources(sources, START, BOUNDS) == (
        "never", "yesterday", "due", "rests for a year", "future", "left",
    )  # fmt: skip
    ahead = due_sources(sources, START, BOUNDS, ahead=5 * MINUTE)
    assert set(ahead) - set(due_sources(sources, START, BOUNDS)) == {"soon"}
    assert earliest((sources[2], sources[5]), START, BOUNDS) == START + HOUR
    assert earliest((), START, BOUNDS) is None


def test_all_daily_sources_are_due_at_one_moment_with_jitter() -> None:
    late = dataclasses.replace(BOUNDS, jitter=10 * MINUTE)
    one, other = (watched(slug, Daily(time(5, 17)), START) for slug in ("one", "other"))
    moment = next_look(one, START, late)
    assert moment == next_look(other, START, late)
    assert datetime(2026, 3, 2, 5, 17, tzinfo=UTC) <= moment < datetime(2026, 3, 2, 5, 27, tzinfo=UTC)


# -- words ----------------------------------------------------------------------------------------


def test_rhythms_are_understood() -> None:
    assert parse_rhythm("05:17") == parse_rhythm(" 5:17 ") == Daily(time(5, 17))
    assert parse_rhythm("2h") == Every(2 * HOUR)
    assert parse_rhythm("OFF") == Off()
    assert parse_source_rhythm("daily", time(6)) == Daily(time(6))
    assert parse_source_rhythm("adaptive", time(6)) == Adaptive()
    assert parse_source_rhythm("90m", time(6)) == Every(90 * MINUTE)
    assert parse_interval("7d") == 7 * DAY
    assert [interval_words(one) for one in (90 * MINUTE, 2 * HOUR, 7 * DAY)] == ["90m", "2h", "7d"]


@pytest.mark.parametrize(
    "word", ["", "24:00", "5:60", "1m", "32d", "2 hours", "-2h", "٣h", "hourly", "2h30m"]
)
def test_what_is_no_rhythm(word: str) -> None:
    with pytest.raises(ValueError, match=r"write|between"):
        parse_rhythm(word)
    with pytest.raises(ValueError, match=r"write|between"):
        parse_source_rhythm(word, time(6))
