"""The shared frontier in a real Redis, as workers see it: leases, shares, what comes back, turns."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.cluster import scripts, tasks
from crawler.cluster.queue import HostQueue, Taken
from crawler.cluster.server import Lookout, shown_server
from crawler.cluster.tasks import FEED, PAGE, Task
from pipeline.errors import DataError
from pipeline.types import FeedEntry, Source
from pipeline.vocabulary import FeedState
from storage.health_values import Look
from tests.redis_server import RedisServer, needs_redis, redis_server

PREFIX = "detainee-watch:t:"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def client(redis: RedisServer) -> Any:
    import redis as library

    client = library.Redis(host="127.0.0.1", port=redis.port)
    client.flushall()
    return client


def worker(client: Any, name: str, *, seconds: float = 60, seeds: bool = False) -> HostQueue:
    queue = HostQueue(client, SimpleNamespace(name="watch"), PREFIX, worker=name)
    queue.join(seconds=seconds, name=f"round-of-{name}")
    if not seeds:
        queue.seeded()
    return queue


def page(number: int, host: str = "a.example") -> Task:
    url = f"https://{host}/{number}"
    entry = FeedEntry(source="s", url=url, title=f"T {number}", summary="", published=None)
    return Task(kind=PAGE, source="s", url=url, entry=entry)


def feed(slug: str, host: str = "a.example") -> Task:
    return Task(kind=FEED, source=slug, url=f"https://{host}/feed")


def take(
    queue: HostQueue, in_hand: dict[str, int] | None = None, *, hosts: int = 8, window: int = 4
) -> Taken:
    taken = queue.take(hosts=hosts, window=window, in_hand=in_hand or {})
    assert taken.alive
    return taken


def urls(taken: Taken) -> list[str]:
    return [task.url for _, _, task in taken.tasks if isinstance(task, Task)]


@needs_redis
def test_tasks_are_put_in_once_feeds_come_first_and_the_rest_in_order(client: Any) -> None:
    one = worker(client, "one")
    assert one.push([page(n) for n in range(3)]) == 3
    assert one.push([page(n) for n in range(5)]) == 2
    assert one.push(feed("s")) == 1
    assert len(one) == 6
    paths = [url.rpartition("/")[2] for url in urls(take(one, window=9))]
    assert paths == ["feed", "0", "1", "2", "3", "4"]
    assert one.push(page(0)) == 0


@needs_redis
def test_a_host_is_held_by_one_worker_at_a_time_and_no_more_of_it_than_its_window(client: Any) -> None:
    one, two = worker(client, "one"), worker(client, "two")
    one.push([page(n) for n in range(6)])
    assert len(urls(take(one))) == 4
    assert urls(take(two)) == []
    assert urls(take(one, {"a.example": 4})) == []
    assert len(urls(take(one, {"a.example": 2}))) == 2
    # Nothing waits and nothing is in hand: the host is let go, and free for another.
    assert take(one, {"a.example": 0}).let_go == ("a.example",)
    two.push([page(7)])
    assert len(urls(take(two))) == 1


@needs_redis
def test_hosts_are_shared_fairly_and_given_up_to_who_comes_later(client: Any) -> None:
    one = worker(client, "one")
    hosts = [f"h{number}.example" for number in range(6)]
    for host in hosts:
        one.push([page(n, host) for n in range(20)])
    held = dict.fromkeys({host for host, _, _ in take(one).tasks}, 4)
    assert set(held) == set(hosts)
    two = worker(client, "two")
    assert urls(take(two)) == []
    # Each now has a right to three: the others are not refilled, and let go once they are done.
    more = take(one, dict.fromkeys(held, 2))
    assert len({host for host, _, _ in more.tasks}) == 3
    left = take(one, {host: 4 if host in {h for h, _, _ in more.tasks} else 0 for host in held})
    assert len(left.let_go) == 3
    assert {host for host, _, _ in take(two).tasks} == set(left.let_go)


@needs_redis
def test_what_a_dead_worker_held_comes_back_and_a_deadly_task_does_not_for_ever(client: Any) -> None:
    name = page(1).id
    one = worker(client, "one")
    one.push([page(1)])
    for life in range(scripts.MAX_RETURNS + 1):
        dead = worker(client, f"dead-{life}", seconds=0.05)
        assert [found for _, found, _ in take(dead).tasks] == [name]
        time.sleep(0.06)
        assert dead.beat(seconds=60, name="round-of-one") == 0
        assert not dead.take(hosts=1, window=1, in_hand={}).alive
    assert one.over()
    assert urls(take(one)) == []


@needs_redis
def test_the_frontier_is_over_only_when_nobody_holds_or_adds_anything(client: Any) -> None:
    one, two = worker(client, "one"), worker(client, "two", seeds=True)
    assert not one.over()  # two may still add something
    two.push([feed("s")])
    two.seeded()
    assert not one.over()
    ((host, name, _),) = take(two).tasks
    assert not one.over()
    take(two, {host: 0})
    assert not one.over()  # its host is free, but what came of the feed is not stored
    two.done([name], slug="s", look=b"{}", counts={"s\ttexts": 2})
    assert one.over()
    assert one.leave() is None
    told = two.leave()
    assert told is not None
    assert told[:2] == ({"s": b"{}"}, {"s\ttexts": 2})
    assert client.keys("*") == []


@needs_redis
def test_a_feed_may_be_asked_again_later_in_a_round_but_not_at_once(client: Any) -> None:
    one = worker(client, "one")
    one.push(feed("s"))
    ((_, name, _),) = take(one).tasks
    assert one.push(feed("s")) == 0
    one.done([name], slug="s")
    assert one.push(feed("s")) == 0
    client.zadd(f"{PREFIX}asked", {name: (time.time() - scripts.FEED_AGAIN_SECONDS - 1) * 1000})
    assert one.push(feed("s")) == 1


@needs_redis
def test_a_worker_whose_answer_was_lost_gets_it_again(client: Any) -> None:
    one = worker(client, "one")
    one.push([page(n) for n in range(3)])
    names = [name for _, name, _ in take(one).tasks]
    # It knows of the first alone: the other two went to nobody.
    assert one.sync(names[:1]) == ("a.example",)
    assert {name for _, name, _ in take(one, {"a.example": 1}).tasks} == set(names[1:])


@needs_redis
def test_a_round_that_all_have_died_of_is_taken_up(client: Any) -> None:
    dead = worker(client, "dead", seconds=0.05, seeds=True)
    dead.push([page(n) for n in range(3)])
    take(dead, window=2)
    time.sleep(0.06)
    assert dead.workers() == 0
    one = HostQueue(client, SimpleNamespace(name="watch"), PREFIX, worker="one")
    assert one.join(seconds=60, name="another") == "round-of-dead"
    one.seeded()
    assert len(urls(take(one))) == 3


@needs_redis
def test_whoever_stands_by_sees_when_there_is_work_for_one_more(client: Any, redis: RedisServer) -> None:
    lookout = Lookout(redis.url, "t")
    assert not lookout.work_waits()
    one = worker(client, "one")
    assert not lookout.work_waits()
    one.push([page(1)])
    assert lookout.work_waits()
    take(one)
    assert not lookout.work_waits()  # one host, and one worker that holds it
    one.push([page(1, "b.example")])
    take(one, {"a.example": 1})
    assert lookout.work_waits()


@needs_redis
def test_turns_at_a_host_lie_apart_whoever_takes_them(client: Any) -> None:
    turn = client.register_script(scripts.TURN)
    found: list[float] = []

    def ask() -> None:
        for _ in range(10):
            seconds, micro = client.time()
            wait = int(turn(keys=["detainee-watch:clock:h"], args=[250]))
            found.append(seconds * 1000 + micro // 1000 + wait)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.sort()
    # The moment was asked for before the turn was taken, so it may be a little early, but not by a turn.
    assert found[-1] - found[0] >= 39 * 250 - 200
    assert len({round((moment - found[-1]) / 250) for moment in found}) == 40


moments = st.datetimes(timezones=st.just(UTC)) | st.none()


@given(st.text(), st.text(), st.text(), moments, moments, st.booleans())
def test_a_page_is_the_same_after_json(
    url: str, title: str, slug: str, published: datetime | None, since: datetime | None, again: bool
) -> None:
    entry = FeedEntry(source=slug, url=url, title=title, summary=title, published=published)
    task = Task(kind=PAGE, source=slug, url=url, entry=entry, again=again, since=since)
    assert tasks.loads(tasks.dumps(task)) == task


@given(st.binary() | st.recursive(st.none() | st.text(), st.lists).map(lambda told: repr(told).encode()))
def test_what_is_no_task_is_refused_by_name(told: bytes) -> None:
    with pytest.raises(DataError):
        tasks.loads(told)


@pytest.mark.parametrize(
    "told",
    [
        b"{}",
        b'{"kind":"page","source":"s","url":"u"}',
        b'{"kind":"shell","source":"s","url":"u"}',
        b'{"kind":"feed","source":1,"url":"u"}',
        b'{"kind":"feed","source":"s","url":"u","since":"soon"}',
        b'{"kind":"feed","source":"s","url":"u","since":"2026-01-01"}',
        b'{"kind":"feed","source":"s","url":["u"]}',
    ],
)
def test_tasks_of_another_shape_are_refused_by_name(told: bytes) -> None:
    with pytest.raises(DataError):
        tasks.loads(told)


def test_sources_and_looks_are_the_same_after_json() -> None:
    source = Source(slug="s", name="S", url="u", via="rss", language="en", country="XX", expect=3, every="2h")
    assert tasks.load_source(tasks.dump_value(source)) == source
    with pytest.raises(DataError):
        tasks.load_source(tasks.dump_value(source).replace(b'"via":"rss"', b'"via":7'))
    now = datetime(2026, 3, 4, tzinfo=UTC)
    look = Look(source="s", at=now, state=FeedState.OK, times=(now,), rejected={"gone": 1}, retry_after=3.5)
    assert tasks.load_look(tasks.dump_value(look)) == look
    with pytest.raises(DataError):
        tasks.load_look(tasks.dump_value(look).replace(b'"ok"', b'"fine"'))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://user:secret@host:6379/2", "redis://host:6379/2"),
        ("rediss://:se@cret@host/", "rediss://host"),
        ("unix:///run/redis.sock?password=secret", "unix:///run/redis.sock"),
        ("redis://host:port/0?password=secret", "(an address that is not understood)"),
    ],
)
def test_a_server_is_shown_without_its_secrets(url: str, shown: str, tmp_path: Path) -> None:
    assert shown_server(url) == shown
