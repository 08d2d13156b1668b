"""From looks to states: every state, points and pauses, what is learned, what the operator is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.advice import what_to_do
from crawler.health import LONGEST_PAUSE, POINTS, change, judge, network_is_down, rests, same_place
from pipeline.types import Source
from pipeline.vocabulary import FeedState, SourceState
from storage.health_values import HealthEvent, History, Look, SourceHealth

DAY0 = datetime(2026, 3, 2, 6, tzinfo=UTC)
ONE = Source(
    slug="one", name="One", url="https://one.example/feed", via="rss", language="en", country="PE", expect=35
)
LISTING = replace(ONE, via="listing", links="a")


def look(day: float, state: FeedState = FeedState.OK, **more: Any) -> Look:
    return Look(source="one", at=DAY0 + timedelta(days=day), state=state, **more)


def usual(day: float, **more: Any) -> Look:
    """Five entries and as many texts, as on every day."""
    at = DAY0 + timedelta(days=day)
    times = tuple(at - timedelta(hours=4 * each) for each in range(5))
    given: dict[str, Any] = {"entries": 20, "new": 5, "times": times, "texts": 5, "dated": 5}
    return look(day, **{**given, "characters": 10_000, "relevant": 1, "seconds": 0.4, **more})


def after(*looks: Look, source: Source = ONE) -> tuple[SourceHealth, tuple[HealthEvent, ...]]:
    """How the source stands after all looks, and what the operator was to be told."""
    known: SourceHealth | None = None
    events = []
    for each in looks:
        now = judge(known, each, source)
        if (event := change(known, now)) is not None:
            events.append(event)
        known = now
    assert known is not None
    return known, tuple(events)


WELL = tuple(usual(day) for day in range(10))
BAD = {"texts": 0, "dated": 0, "characters": 0, "relevant": 0}


def test_what_is_normal_is_learned() -> None:
    normal = after(*(usual(day) for day in range(60)))[0].normal
    assert normal.entries_a_week == pytest.approx(35, rel=0.05)
    assert (normal.text_share, normal.date_share, round(normal.length or 0)) == (1.0, 1.0, 2_000)
    assert normal.relevant_share == pytest.approx(0.2)
    assert {hour for hour, count in enumerate(normal.hours) if count > 1} == {6, 2, 22, 18, 14}


@pytest.mark.parametrize(
    ("last", "state", "words"),
    [
        (usual(10), SourceState.OK, ""),
        (look(10.2, FeedState.UNCHANGED), SourceState.UNCHANGED, ""),
        (look(10, FeedState.EMPTY), SourceState.EMPTY, "no entry"),
        (look(16, FeedState.UNCHANGED), SourceState.SILENT, "nothing new since 2026-03-11; 3"),
        (usual(10, moved_to="https://two.example/feed"), SourceState.MOVED, "https://two.example/feed"),
        (usual(10, seconds=25.0), SourceState.SLOW, "took 25 s; 0.4 s are usual"),
        (usual(10, new=20, **BAD, rejected={"paywalled": 20}), SourceState.PAYWALLED, "stubs"),
        (usual(10, new=20, **BAD, rejected={"blocked": 20}), SourceState.BLOCKED, "refused"),
        (usual(10, new=20, **BAD, rejected={"over-quota": 20}), SourceState.OVER_QUOTA, "429"),
        (usual(10, new=20, **BAD, rejected={"robots-denied": 20}), SourceState.ROBOTS_DENIED, "robots.txt"),
        (usual(10, new=20, **BAD, rejected={"too-short": 20}), SourceState.REDESIGNED, "give no text"),
        (usual(10, new=20, texts=20, dated=20, characters=4_000), SourceState.REDESIGNED, "characters"),
        (usual(10, new=20, texts=20, dated=0, characters=40_000), SourceState.REDESIGNED, "a date"),
        (look(10, FeedState.HTTP_ERROR, status=429), SourceState.OVER_QUOTA, ""),
        (look(10, FeedState.HTTP_ERROR, status=503, retry_after=60), SourceState.OVER_QUOTA, ""),
        (look(10, FeedState.HTTP_ERROR, status=503), SourceState.HTTP_ERROR, ""),
    ],
)
def test_each_look_ends_in_its_state(last: Look, state: SourceState, words: str) -> None:
    health, _ = after(*WELL, last)
    assert health.state is state
    assert words in health.detail
    assert bool(what_to_do(health, "https://one.example/")) != (state in ("ok", "unchanged"))
    assert health.since == (DAY0 if state.well else last.at)


@pytest.mark.parametrize("state", [state for state in FeedState if state.failed])
def test_each_failure_has_its_points(state: FeedState) -> None:
    if state is FeedState.INTERRUPTED:
        with pytest.raises(ValueError, match="nothing was seen"):
            judge(None, look(0, state), ONE)
        return
    health, _ = after(*WELL, look(10, state))
    assert health.state.value == state.value
    assert health.points == POINTS[health.state] in (1, 0.5, 0.25)
    assert (health.failures, health.last_success) == (1, DAY0 + timedelta(days=9))


def test_every_state_has_its_advice() -> None:
    base, _ = after(*WELL)
    for state in SourceState:
        assert isinstance(what_to_do(replace(base, state=state), "https://one.example/"), str)


def test_a_listing_without_links_was_redesigned() -> None:
    assert after(*WELL, look(10, FeedState.EMPTY), source=LISTING)[0].state is SourceState.REDESIGNED
    assert after(look(0, FeedState.EMPTY), source=LISTING)[0].state is SourceState.EMPTY


def test_pauses_grow_and_end() -> None:
    known, pauses = after(*WELL)[0], []
    for _ in range(30):
        at = known.due or DAY0 + timedelta(days=10)
        known = judge(known, replace(look(0, FeedState.GONE), at=at), ONE)
        assert known.due is not None
        pauses.append(known.due - at)
    assert timedelta(hours=18) < pauses[0] < timedelta(days=1) < pauses[1] < pauses[2]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    # It is asked for ever, and one answer is enough.
    assert known.due is not None
    assert rests(known, known.due - timedelta(seconds=1)).startswith("rests until")
    assert rests(known, known.due) == ""
    back = judge(known, replace(usual(0, times=()), at=known.due), ONE)
    assert (back.state, back.points, back.due) == (SourceState.OK, 0.0, None)


def test_what_passes_by_itself_pauses_less() -> None:
    pause = {}
    for state in (FeedState.GONE, FeedState.HTTP_ERROR, FeedState.CONNECTION):
        health, _ = after(*WELL, look(10, state))
        assert health.due is not None
        pause[state] = health.due - health.checked
    assert pause[FeedState.CONNECTION] < pause[FeedState.HTTP_ERROR] < pause[FeedState.GONE]


def test_retry_after_is_longer_than_the_pause() -> None:
    health, _ = after(*WELL, look(10, FeedState.BLOCKED, status=429, retry_after=86_400))
    assert health.due == health.checked + timedelta(days=1)


def test_the_operator_is_told_once_of_each_change() -> None:
    failures = [look(10 + day, FeedState.GONE) for day in range(5)]
    _, events = after(*WELL, *failures, usual(16), usual(17))
    assert [event.kind for event in events] == ["broke", "recovered"]
    # One failure is none: the second hard one in a row makes it broken.
    assert events[0].at == failures[1].at
    assert "it was gone since 2026-03-12" in events[1].detail
    _, events = after(*WELL, *(look(11 + day, FeedState.UNCHANGED) for day in range(9)), usual(21))
    assert [event.kind for event in events] == ["silent", "recovered"]
    assert len({event.key for event in events}) == 2


def test_a_flickering_connection_is_no_news() -> None:
    looks = [usual(10 + day) if day % 3 else look(10 + day, FeedState.CONNECTION) for day in range(12)]
    assert after(*WELL, *looks)[1] == ()
    _, events = after(*WELL, *(look(10 + day, FeedState.CONNECTION) for day in range(8)))
    assert [event.at for event in events] == [DAY0 + timedelta(days=17)]


def test_an_empty_feed_is_news_only_when_it_stays_empty() -> None:
    """A news sitemap holds two days: of an outlet that publishes weekly it is often empty."""
    _, events = after(*WELL, look(10, FeedState.EMPTY), usual(11))
    assert events == ()
    _, events = after(*WELL, *(look(10 + day, FeedState.EMPTY) for day in range(8)))
    assert [event.kind for event in events] == ["broke"]
    _, events = after(look(0, FeedState.EMPTY), look(1, FeedState.EMPTY))
    assert [event.kind for event in events] == ["broke"]


def test_a_redesign_does_not_become_normal_at_once() -> None:
    bad = [usual(10 + day, new=5, **BAD, rejected={"too-short": 5}) for day in range(50)]
    health, events = after(*WELL, *bad)
    assert health.state is SourceState.REDESIGNED
    assert (health.normal.text_share or 0) > 0.5
    assert [event.kind for event in events] == ["broke"]
    better, _ = after(*WELL, *bad, *(usual(60 + day) for day in range(4)))
    assert better.state is SourceState.OK


def test_a_few_bad_pages_are_no_finding() -> None:
    for day in range(10, 40):
        good = 5 - (day % 3)
        health, events = after(*WELL, usual(day, texts=good, rejected={"timeout": 5 - good}))
        assert health.state is SourceState.OK
        assert events == ()


def test_a_network_that_is_down_is_nobodys_fault() -> None:
    down = [replace(look(10, FeedState.CONNECTION), source=f"s{number}") for number in range(9)]
    up = [replace(usual(10), source=f"s{number}") for number in range(9)]
    assert network_is_down(down)
    assert network_is_down([*down, up[0]])
    assert not network_is_down([*down[:3], *up])
    assert not network_is_down(down[:3])
    health, events = after(*WELL, replace(look(10, FeedState.CONNECTION), elsewhere=True))
    assert (health.state, health.points, health.due, events) == (SourceState.OK, 0.0, None, ())
    assert after(replace(look(0, FeedState.CONNECTION), elsewhere=True))[0].state is SourceState.OFFLINE


def test_a_feed_that_was_dead_when_it_was_added_is_found_at_once() -> None:
    times = tuple(DAY0 - timedelta(days=400 + 3 * day) for day in range(20))
    health, events = after(look(0, entries=20, new=20, times=times))
    assert health.state is SourceState.SILENT
    assert "2025-01-26" in health.detail
    assert [event.kind for event in events] == ["silent"]


def test_the_past_of_an_older_database_counts() -> None:
    history = History(
        source="one", weeks=8, entries=280, hours=(10,) * 24, days=(34,) * 7, last_new=DAY0,
        pages=280, texts=270, dated=270, relevant=3, length=None, last_success=DAY0, failures=0,
    )  # fmt: skip
    health = judge(None, look(5, FeedState.UNCHANGED), ONE, history)
    assert health.state is SourceState.SILENT
    assert health.normal.entries_a_week == 35


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.example/feed", "https://www.a.example/feed/", True),
        ("https://a.example/feed", "https://a.example/rss", False),
        ("https://a.example/feed", "https://b.example/feed", False),
        ("https://a.example/?feed=rss", "https://a.example/", False),
    ],
)
def test_only_another_place_is_a_move(one: str, other: str, same: bool) -> None:
    assert same_place(one, other) is same
