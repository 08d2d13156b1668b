"""Silence by a source's own habit: how often it is said wrongly, and how soon a dead source is found."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import pytest

from crawler import habit
from crawler.health import judge
from pipeline.types import Source
from pipeline.vocabulary import FeedState, SourceState
from storage.health_values import Look, Normal, SourceHealth

START = datetime(2026, 3, 2, tzinfo=UTC)
RATES = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
DAYS = 90
FEED = 30


def source(slug: str, expect: float) -> Source:
    return Source(
        slug=slug, name=slug, url="https://a.example/", via="rss", language="en", country="XX", expect=expect
    )


def hours_of(kind: int) -> list[float]:
    """The weight of each hour of the week: even, or with nights and weekends."""
    if not kind:
        return [1.0] * 168
    weights = [
        (2.0 if 6 <= hour < 20 else 0.2) * (1.25 if day < 5 else 0.35)
        for day in range(7)
        for hour in range(24)
    ]
    return [168 * each / sum(weights) for each in weights]


def poisson(rng: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def simulate(rng: random.Random, number: int) -> tuple[int, int, int, float, float]:
    """One source with a Poisson habit: a feed of a month at first sight, then asked daily for 90 days;
    then it dies. (checks, checks that said silent, times that silence began, rate, days to find out)"""
    rate, weights = RATES[number % len(RATES)], hours_of(number % 3)
    dated = number % 4 > 0
    one = source(f"s{number}", rate * rng.choice((0.3, 0.5, 1, 1, 2, 3)))
    entries = sorted(
        START + timedelta(hours=hour + rng.random())
        for hour in range((30 + DAYS) * 24)
        for _ in range(poisson(rng, rate / 168 * weights[hour % 168]))
    )
    at, last = START + timedelta(days=30, hours=5), None
    end = START + timedelta(days=30 + DAYS)
    known: SourceHealth | None = None
    checks = silent = began = 0
    was = False
    while True:
        window = [entry for entry in entries if entry <= at][-FEED:]
        new = tuple(entry for entry in window if last is None or entry > last)
        last = at
        if window:
            look = Look(
                source=one.slug,
                at=at,
                state=FeedState.OK if new else FeedState.UNCHANGED,
                entries=len(window),
                new=len(new),
                times=new if dated else (),
            )
            known = judge(known, look, one)
            now = known.state is SourceState.SILENT
            if at <= end:
                checks += 1
                silent += now
                began += now and not was
                was = now
            elif now:
                return checks, silent, began, rate, (at - entries[-1]) / timedelta(days=1)
        assert at < end + timedelta(days=400), f"{rate} a week: never found"
        at += timedelta(hours=24 * rng.uniform(0.97, 1.03))


def test_false_silences_are_rare_and_dead_sources_are_found() -> None:
    rng = random.Random(20260302)
    results = [simulate(rng, number) for number in range(200)]
    checks, silent, began = (sum(result[place] for result in results) for place in range(3))
    assert checks > 15_000
    assert silent / checks < 0.01
    # 600 months of sources: at most one report in a hundred of them.
    assert began <= 6
    found: dict[float, list[float]] = {}
    for *_, rate, days in results:
        found.setdefault(rate, []).append(days)
    typical = {rate: sorted(days)[len(days) // 2] for rate, days in found.items()}
    # In its own time: a daily outlet within a fortnight, one of twenty a week within one, a weekly
    # one within ten weeks.
    assert all(typical[rate] < days for rate, days in {100.0: 10, 20.0: 7, 5.0: 14, 1.0: 70}.items()), typical
    assert max(max(days) for days in found.values()) <= 366


def test_a_silence_must_be_longer_where_less_is_known() -> None:
    begin = START
    new = habit.silent_from(Normal(), 7, begin) - begin
    known = habit.silent_from(Normal(weeks=20, arrivals=140, entries=140), 7, begin) - begin
    assert timedelta(days=5) < known < timedelta(days=12) < new


def test_the_hours_of_a_source_count() -> None:
    weekdays = Normal(weeks=10, arrivals=500, entries=500, days=(100.0,) * 5 + (0.0, 0.0))
    friday = datetime(2026, 3, 6, 20, tzinfo=UTC)
    assert not habit.is_silent(weekdays, 50, friday, friday + timedelta(days=2, hours=8))
    monday = datetime(2026, 3, 2, 20, tzinfo=UTC)
    assert habit.is_silent(weekdays, 50, monday, monday + timedelta(days=2, hours=8))


@pytest.mark.parametrize("hours", [0.5, 7, 168, 500.25, 10_000])
def test_an_even_rhythm_is_time_itself(hours: float) -> None:
    begin = datetime(2026, 3, 4, 17, 42, 13, tzinfo=UTC)
    weeks = habit.rhythm_weeks(Normal(), begin, begin + timedelta(hours=hours))
    assert weeks == pytest.approx(hours / 168, rel=1e-6)


def test_a_dead_source_does_not_teach_that_silence_is_normal() -> None:
    one, known = source("dead", 7), None
    times = tuple(START - timedelta(days=day) for day in range(20))
    for day in range(400):
        look = Look(
            source="dead",
            at=START + timedelta(days=day),
            state=FeedState.UNCHANGED if day else FeedState.OK,
            entries=20,
            new=0 if day else 20,
            times=() if day else times,
        )
        known = judge(known, look, one)
    assert known is not None
    assert known.state is SourceState.SILENT
    assert known.since - START < timedelta(days=15)
    assert "nothing new since 2026-03-02; 7 a week are usual" in known.detail


def test_ten_entries_at_once_are_one_sign_of_life() -> None:
    """A weekly letter of ten articles is not taken for ten articles a week, evenly spread."""
    one, known = source("letter", 10), None
    for week in range(12):
        at = START + timedelta(weeks=week, hours=9)
        times = tuple(at - timedelta(minutes=each) for each in range(10))
        look = Look(source="letter", at=at, state=FeedState.OK, entries=40, new=10, times=times)
        known = judge(known, look, one)
        quiet = Look(source="letter", at=at + timedelta(days=6.9), state=FeedState.UNCHANGED)
        known = judge(known, quiet, one)
        assert known.state is SourceState.UNCHANGED, week
