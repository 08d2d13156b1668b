"""How sources fare, as it is stored: rows and back, events once, what an older database tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from pipeline.types import FeedEntry
from pipeline.vocabulary import FeedState, SourceState
from storage.health import (
    add_events,
    drop_untold,
    feed_memories,
    last_event,
    load_health,
    load_rests,
    load_robots,
    mark_told,
    run_outcomes,
    run_times,
    save_health,
    untold_events,
)
from storage.health_history import load_history
from storage.health_values import HealthEvent, HostRest, Normal, Recent, Robots, SourceHealth
from storage.repository import Repository
from storage.values import FeedFetch
from tests.storage.builders import NOW, irrelevant, relevant

HOUR = timedelta(hours=1)


def health(slug: str = "one", **more: object) -> SourceHealth:
    normal = Normal(weeks=1.5, arrivals=7.25, entries=9, hours=tuple(map(float, range(24))), texts=3)
    given = {
        "source": slug,
        "state": SourceState.REDESIGNED,
        "detail": "why",
        "since": NOW - HOUR,
        "checked": NOW,
        "last_new": NOW - 2 * HOUR,
        "points": 0.25,
        "normal": normal,
        "recent": Recent(pages=2.5, reasons={"paywalled": 1.5}),
    }
    return SourceHealth(**{**given, **more})  # type: ignore[arg-type]


def event(kind: str, source: str = "one", at: datetime = NOW) -> HealthEvent:
    return HealthEvent(
        key=f"{source}:{kind}:{at}", source=source, at=at, kind=kind, state=SourceState.GONE, detail="d\ud800"
    )


def test_what_is_saved_comes_back(engine: Engine) -> None:
    one, two = health(), health("two", due=NOW + HOUR, alarm=True)
    save_health(engine, [one, two], now=NOW)
    assert load_health(engine) == {"one": one, "two": two}
    assert load_health(engine, ["two", "three"]) == {"two": two}
    changed = replace(one, state=SourceState.OK, last_success=NOW)
    save_health(engine, [changed], now=NOW)
    assert load_health(engine) == {"one": changed, "two": two}


def test_thousands_at_once(engine: Engine) -> None:
    many = [health(f"s{number}") for number in range(2_500)]
    save_health(engine, many, now=NOW)
    assert len(load_health(engine, [one.source for one in many])) == 2_500


def test_each_event_is_there_once_until_it_is_told(engine: Engine) -> None:
    save_health(engine, [], [event("broke")], now=NOW)
    add_events(engine, [event("broke"), event("silent", "two")])
    found = untold_events(engine)
    assert [(one.kind, one.source, one.detail) for one in found] == [
        ("broke", "one", "d\ufffd"), ("silent", "two", "d\ufffd"),
    ]  # fmt: skip
    mark_told(engine, found[:1], now=NOW)
    assert untold_events(engine) == found[1:]
    add_events(engine, [event("broke")])
    assert untold_events(engine) == found[1:]
    assert last_event(engine, ("broke", "recovered")) == found[0]
    assert last_event(engine, ("no-run",)) is None
    drop_untold(engine, before=NOW + HOUR)
    assert untold_events(engine) == ()


def test_robots_and_rests_end(engine: Engine) -> None:
    robots = Robots(root="https://a.example", fetched=NOW, body=b"User-agent: *\n")
    rest = HostRest(host="a.example", until=NOW + HOUR)
    save_health(engine, [], robots=[robots], rests=[rest], now=NOW)
    assert load_robots(engine, now=NOW + HOUR) == {"https://a.example": robots}
    assert load_robots(engine, now=NOW + 21 * HOUR) == {}
    # A clock that was set back: what is of the future is not believed.
    assert load_robots(engine, now=NOW - HOUR) == {}
    assert load_rests(engine, now=NOW) == {"a.example": NOW + HOUR}
    assert load_rests(engine, now=NOW + HOUR) == {}
    save_health(engine, [], now=NOW + 48 * HOUR)
    assert load_robots(engine, now=NOW) == {}


def test_an_older_database_tells_what_was_usual(engine: Engine) -> None:
    repository = Repository(engine)
    entry = relevant(1).article.url
    for day in range(15):
        at = NOW + timedelta(days=day)
        run = repository.start_run(command="crawl", now=at)
        entries = [
            FeedEntry(source="one", url=f"{entry}-{day}-{n}", title="t", summary="", published=at)
            for n in range(20 if day == 0 else 2)
        ]
        state = FeedState.OK if day < 13 else FeedState.GONE
        fetch = FeedFetch(source="one", url="https://a.example/", fetched=at, state=state)
        repository.save_feed(run, fetch, entries if day < 13 else [], now=at)
        if day == 0:
            repository.save_all([relevant(1), irrelevant(2)], now=at, run=run)
        repository.end_run(run, outcome="ok", now=at)
    now = NOW + timedelta(days=15)
    found = load_history(engine, ["one", "never"], now=now)
    assert set(found) == {"one"}
    one = found["one"]
    # The first fetch found what had been there before.
    assert (one.entries, sum(one.hours), sum(one.days)) == (24, 12, 12)
    assert one.weeks == pytest.approx(12 / 7)
    assert (one.last_new, one.failures) == (NOW + timedelta(days=12), 2)
    assert load_history(engine, ["one"], now=now + timedelta(days=100)) == {}


def test_runs_are_told_apart(engine: Engine) -> None:
    repository = Repository(engine)
    assert run_times(engine).first is None
    for number, outcome in enumerate(("ok", "failed", None)):
        at = NOW + number * HOUR
        run = repository.start_run(command="crawl", now=at)
        if outcome:
            repository.end_run(run, outcome=outcome, now=at + HOUR / 2)
    repository.start_run(command="ingest", now=NOW + 9 * HOUR)
    times = run_times(engine)
    assert (times.first, times.last, times.last_success) == (NOW, NOW + 2 * HOUR, NOW + HOUR / 2)
    assert run_outcomes(engine) == {
        ("crawl", "ok"): 1, ("crawl", "failed"): 1, ("crawl", "running"): 1, ("ingest", "running"): 1,
    }  # fmt: skip


def test_the_memories_of_feeds_come_at_once(engine: Engine) -> None:
    repository = Repository(engine)
    fetch = FeedFetch(
        source="one", url="https://a.example/", fetched=NOW, state=FeedState.OK, etag='"x"', distrusted=True
    )
    repository.save_feed(None, fetch, [], now=NOW)
    url, memory = feed_memories(engine)["one"]
    assert (url, memory.etag, memory.distrusted) == ("https://a.example/", '"x"', NOW)
    repository.save_feed(None, replace(fetch, fetched=NOW + HOUR, distrusted=False), [], now=NOW + HOUR)
    assert feed_memories(engine)["one"][1].distrusted == NOW
    assert repository.feed_memory("one") == feed_memories(engine)["one"][1]
