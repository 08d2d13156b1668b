"""Crawls that several processes share, through a real Redis, on loopback worlds whose truth is known."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.engine import open_database
from storage.sharing import frontier_name
from tests.crawler import cluster_kills
from tests.crawler.test_watch import source
from tests.crawler.world import ROOT, Answer, Server, command, crawl, item, page, rows, rss, serving
from tests.databases import programs
from tests.redis_server import RedisServer, free_port, needs_redis, redis_server

pytestmark = needs_redis

RSS = "application/rss+xml"
LEASE = 5.0
OF_ITSELF = {"/robots.txt", "/.well-known/tdmrep.json"}


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of its own."""
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def server() -> Iterator[Server]:
    """One outlet's server."""
    with serving() as (one,):
        yield one


def begin(folder: Path, redis: RedisServer, **config: Any) -> subprocess.Popen[str]:
    """A worker as a process."""
    return subprocess.Popen(
        command(folder, redis_url=redis.url, **{"lease_seconds": LEASE, **config}),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(worker: subprocess.Popen[str]) -> dict[str, Any]:
    """What a worker reports at its end."""
    out, err = worker.communicate(timeout=120)
    assert worker.returncode == 0, err
    assert "Traceback" not in err, err
    report: dict[str, Any] = json.loads(out.splitlines()[-1])
    return report


def soon(what: Callable[[], Any]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def saved(folder: Path) -> int:
    return cluster_kills.Stored(f"sqlite:///{folder}/watch.sqlite3").done()


def outlet(server: Server, count: int) -> dict[str, Any]:
    """An outlet of so many pages, which are read slowly; the configuration of its crawl."""
    server.paths |= {f"/p/{n}": page() for n in range(count)}
    server.paths["/feed"] = Answer(rss(*(item(f"/p/{n}") for n in range(count))), type=RSS)
    sources = [source(server, "s", "/feed")]
    return {"sources": sources, "allow_hosts": [server.place], "workers": 1, "reader": "slow"}


# -- the work, shared ---------------------------------------------------------------------------------


def test_workers_share_the_work_and_nothing_is_done_twice(redis: RedisServer, tmp_path: Path) -> None:
    with serving(cluster_kills.HOSTS, apart=True) as servers:
        config = cluster_kills.build(servers)
        workers = [begin(tmp_path, redis, **config) for _ in range(3)]
        reports = [ended(worker) for worker in workers]
        asked = Counter((one.place, path) for one in servers for path, _ in one.asked)
    assert {report["reason"] for report in reports} == {"finished"}
    # What a server says of itself is asked by each worker that comes to it.
    assert {path for (_, path), count in asked.items() if count > 1} <= OF_ITSELF
    assert sum(sum(report["counts"].values()) for report in reports) == cluster_kills.PAGES
    # Each feed has its state with the worker that asked for it, and is elsewhere for the others.
    states = Counter(one["state"] for report in reports for one in report["sources"].values())
    assert states["ok"] == cluster_kills.HOSTS
    assert set(states) <= {"ok", "elsewhere"}
    assert sum(one["new"] for report in reports for one in report["sources"].values()) == cluster_kills.PAGES
    # How the sources fare was judged once, by the pages of all workers.
    healths = rows(tmp_path, "SELECT state, looks FROM source_health")
    assert healths == [("ok", 1.0)] * cluster_kills.HOSTS, healths
    assert rows(tmp_path, "SELECT outcome FROM runs") == [("ok",)] * 3
    assert redis.client().keys("*") == []


def test_workers_that_are_killed_at_random_leave_the_truth(tmp_path: Path) -> None:
    kind = "postgresql" if programs() is not None else "sqlite"
    with serving(cluster_kills.HOSTS, apart=True) as servers:
        config = cluster_kills.build(servers)
        known = cluster_kills.undisturbed(tmp_path, config, kind=kind)
        chance = random.Random(11)
        found = cluster_kills.killed_round(servers, config, known, chance, times=4, kind=kind)
    assert found.wrong == ()
    assert found.left == ()
    assert found.kills >= 1


def test_no_host_sees_more_than_its_rate_from_all_workers_together(
    redis: RedisServer, tmp_path: Path
) -> None:
    delay, count = 0.3, 14
    with serving(3, apart=True) as servers:
        for place, one in enumerate(servers):
            # Every third page lies at the next host, which another worker may hold.
            other = servers[(place + 1) % 3]
            moved = {n: f"http://{other.place}/moved/{place}-{n}" for n in range(0, count, 3)}
            for n in range(count):
                one.paths[f"/p/{n}"] = (
                    Answer(status=302, headers={"Location": moved[n]}) if n in moved else page(f"{place} {n}")
                )
                other.paths[f"/moved/{place}-{n}"] = page(f"moved {place} {n}")
            one.paths["/feed"] = Answer(rss(*(item(f"/p/{n}") for n in range(count))), type=RSS)
        config = {
            "sources": [source(one, f"s{place}", "/feed") for place, one in enumerate(servers)],
            "allow_hosts": [one.place for one in servers],
            "concurrency_per_host": 4,
            "workers": 1,
            "delay": delay,
        }
        workers = [begin(tmp_path, redis, **config) for _ in range(4)]
        soon(lambda: saved(tmp_path) >= 6)
        workers[0].kill()  # whoever takes over a host keeps to its clock
        workers[0].communicate()
        for worker in workers[1:]:
            ended(worker)
        for one in servers:
            asked = len(one.moments)
            assert asked >= count + count // 3
            # A request may be held up on its way, but a whole delay's worth of them may not come early.
            for first in range(asked - 5):
                span = one.moments[first + 5] - one.moments[first]
                assert span >= 5 * delay - 0.75 * delay, (first, span)
            assert one.moments[-1] - one.moments[0] >= (asked - 1.75) * delay
    assert rows(tmp_path, "SELECT outcome, COUNT(*) FROM pages GROUP BY 1") == [("irrelevant", 3 * count)]


def test_a_server_that_wants_rest_is_left_alone_by_all(redis: RedisServer, tmp_path: Path) -> None:
    with serving(2, apart=True) as (calm, tired):
        config = outlet(calm, 10)
        tired.paths["/feed"] = Answer(rss(*(item(f"/p/{n}") for n in range(30))), type=RSS)
        tired.paths |= {f"/p/{n}": Answer(status=503, headers={"Retry-After": "600"}) for n in range(30)}
        config["sources"].append(source(tired, "tired", "/feed"))
        config["allow_hosts"].append(tired.place)
        for worker in [begin(tmp_path, redis, **config) for _ in range(2)]:
            assert ended(worker)["reason"] == "finished"
        # A few were on their way when the first answer came.
        assert sum(path.startswith("/p/") for path, _ in tired.asked) <= 4
        before = len(tired.asked)
        assert rows(tmp_path, "SELECT host FROM host_rests") == [(tired.place,)]
        ended(begin(tmp_path, redis, **config))
        assert len(tired.asked) == before


def test_a_worker_that_is_told_to_end_gives_back_what_it_held(
    redis: RedisServer, tmp_path: Path, server: Server
) -> None:
    count = 400
    config = outlet(server, count)
    workers = [begin(tmp_path, redis, **config) for _ in range(2)]
    soon(lambda: saved(tmp_path) >= 20 and _workers(redis) == 2)
    # There is one host, and who has it has all the work.
    first, second = sorted(workers, key=lambda worker: f"-{worker.pid}-" not in holder(redis))
    first.send_signal(signal.SIGINT)
    reports = [ended(first), ended(second)]
    assert [report["reason"] for report in reports] == ["shutdown", "finished"]
    assert reports[1]["counts"]["irrelevant"] > 0
    assert sum(sum(report["counts"].values()) for report in reports) == count
    assert rows(tmp_path, "SELECT COUNT(*) FROM pages WHERE outcome = 'irrelevant'") == [(count,)]
    assert sorted(rows(tmp_path, "SELECT outcome FROM runs")) == [("interrupted",), ("ok",)]
    assert redis.client().keys("*") == []


def _workers(redis: RedisServer) -> int:
    client = redis.client()
    return sum(client.zcard(key) for key in client.keys("*:workers"))


def holder(redis: RedisServer) -> str:
    """The worker that holds the one host."""
    client = redis.client()
    (name,) = (name for key in client.keys("*:leases") for name in client.hvals(key))
    return str(name)


# -- Redis in trouble ---------------------------------------------------------------------------------


def refused(folder: Path, server: Server, url: str) -> str:
    """The message of a crawl that could not begin; nothing is changed by it."""
    report = crawl(folder, **outlet(server, 1), redis_url=url)
    assert report["error"] in ("FrontierError", "ConfigError"), report
    assert server.asked == []
    assert rows(folder, "SELECT COUNT(*) FROM runs") == [(0,)]
    message: str = report["message"]
    assert "secret" not in message
    return message


def test_a_redis_that_cannot_be_used_at_the_start_is_named(tmp_path: Path, server: Server) -> None:
    with redis_server(tmp_path, "--requirepass", "topsecret") as locked:
        at = f"127.0.0.1:{locked.port}"
        assert "cannot be reached" in refused(tmp_path, server, f"redis://:secret@127.0.0.1:{free_port()}/0")
        assert "wants a password" in refused(tmp_path, server, f"redis://{at}/0")
        assert "refuses the user or the password" in refused(tmp_path, server, f"redis://:secret@{at}/0")
        assert "not understood" in refused(tmp_path, server, f"redis:/:secret@{at}")
        assert "not understood" in refused(tmp_path, server, "redis://:secret@127.0.0.1:port/0")
        done = crawl(tmp_path, **outlet(server, 1), redis_url=f"redis://:topsecret@{at}/0")
        assert done["reason"] == "finished"


def test_what_is_no_redis_or_cannot_be_written_is_named(
    tmp_path: Path, server: Server, redis: RedisServer
) -> None:
    with serving() as (other,):
        message = refused(tmp_path, server, f"redis://{other.place}/0")
        assert "does not answer as Redis does" in message or "cannot be reached" in message
    client = redis.client()
    client.config_set("maxmemory", "1")
    assert "has no memory left" in lost_at_once(tmp_path, server, redis)
    client.config_set("maxmemory", "0")
    client.replicaof("127.0.0.1", free_port())
    assert "is a replica" in lost_at_once(tmp_path, server, redis)
    client.replicaof("NO", "ONE")
    engine = open_database(f"sqlite:///{tmp_path}/watch.sqlite3")
    key = f"detainee-watch:{frontier_name(engine)}:queue:127.0.0.1"
    engine.dispose()
    client.set(key, "another program's")
    message = lost_at_once(tmp_path, server, redis)
    assert "holds something else under the names that begin with 'detainee-watch:'" in message
    client.delete(key)
    assert crawl(tmp_path, **outlet(server, 1), redis_url=redis.url)["reason"] == "finished"


def lost_at_once(folder: Path, server: Server, redis: RedisServer) -> str:
    report = crawl(folder, **outlet(server, 1), redis_url=redis.url)
    assert report["error"] == "FrontierError", report
    message: str = report["message"]
    return message


def test_a_redis_that_is_lost_for_good_ends_the_crawl_and_the_next_one_goes_on(
    redis: RedisServer, tmp_path: Path, server: Server
) -> None:
    count = 200
    config = outlet(server, count)
    worker = begin(tmp_path, redis, **config)
    soon(lambda: saved(tmp_path) >= 20)
    redis.stop()
    report = ended(worker)
    assert report["error"] == "FrontierError"
    assert "cannot be reached" in report["message"]
    assert rows(tmp_path, "SELECT outcome FROM runs") == [("failed",)]
    # No page is blamed for it.
    outcomes = set(rows(tmp_path, "SELECT DISTINCT outcome FROM pages"))
    assert outcomes == {("irrelevant",), ("pending",)}
    redis.start()
    assert ended(begin(tmp_path, redis, **config))["reason"] == "finished"
    assert rows(tmp_path, "SELECT outcome, COUNT(*) FROM pages GROUP BY 1") == [("irrelevant", count)]
    assert rows(tmp_path, "SELECT SUM(seen), SUM(read) FROM coverage") == [(count, count)]


def test_a_redis_that_is_started_again_is_waited_for(tmp_path: Path, server: Server) -> None:
    count = 200
    config = outlet(server, count)
    with redis_server(tmp_path, "--appendonly", "yes", "--appendfsync", "always") as redis:
        workers = [begin(tmp_path, redis, **config, lease_seconds=20.0) for _ in range(2)]
        soon(lambda: saved(tmp_path) >= 20)
        redis.stop()
        time.sleep(1.0)
        redis.start()
        assert [ended(worker)["reason"] for worker in workers] == ["finished"] * 2
    assert rows(tmp_path, "SELECT outcome, COUNT(*) FROM pages GROUP BY 1") == [("irrelevant", count)]
    assert all(server.times(f"/p/{n}") == 1 for n in range(count))


def test_a_redis_that_comes_back_empty_is_named_and_nothing_is_lost(
    redis: RedisServer, tmp_path: Path, server: Server
) -> None:
    count = 200
    config = outlet(server, count)
    worker = begin(tmp_path, redis, **config)
    soon(lambda: saved(tmp_path) >= 20)
    redis.client().flushall()
    report = ended(worker)
    assert report["error"] == "FrontierError"
    assert "Nothing is lost" in report["message"]
    assert ended(begin(tmp_path, redis, **config))["reason"] == "finished"
    assert rows(tmp_path, "SELECT outcome, COUNT(*) FROM pages GROUP BY 1") == [("irrelevant", count)]


def test_wrong_tasks_are_left_out(redis: RedisServer, tmp_path: Path, server: Server) -> None:
    config = outlet(server, 5)
    engine = open_database(f"sqlite:///{tmp_path}/watch.sqlite3")
    prefix = f"detainee-watch:{frontier_name(engine)}:"
    engine.dispose()
    client = redis.client()
    wrong = [
        "no id and no task",
        "id\nno json",
        'id\n{"kind":"page","source":"s","url":"http://169.254.169.254/","title":"","summary":""}',
        'id2\n{"kind":"feed","source":"nobody","url":"http://127.0.0.1/"}',
    ]
    client.rpush(f"{prefix}queue:127.0.0.1", *wrong)
    client.zadd(f"{prefix}hosts", {"127.0.0.1": 1})
    client.hset(f"{prefix}sources", "other", "{}")
    report = ended(begin(tmp_path, redis, **config))
    assert (report["reason"], report["counts"]) == ("finished", {"irrelevant": 5})
    assert rows(tmp_path, "SELECT COUNT(*) FROM pages") == [(5,)]
    assert client.keys("*") == []


def test_a_worker_that_slept_too_long_ends_and_what_it_held_was_done_by_others(
    redis: RedisServer, tmp_path: Path, server: Server
) -> None:
    count = 400
    config = outlet(server, count)
    workers = [begin(tmp_path, redis, **config) for _ in range(2)]
    soon(lambda: saved(tmp_path) >= 20 and _workers(redis) == 2)
    first, second = sorted(workers, key=lambda worker: f"-{worker.pid}-" not in holder(redis))
    first.send_signal(signal.SIGSTOP)
    assert ended(second)["reason"] == "finished"
    first.send_signal(signal.SIGCONT)
    report = ended(first)
    assert report["error"] == "FrontierError"
    assert "did not answer for 5 seconds" in report["message"] or "has lost what it held" in report["message"]
    assert rows(tmp_path, "SELECT outcome, COUNT(*) FROM pages GROUP BY 1") == [("irrelevant", count)]
    assert rows(tmp_path, "SELECT SUM(seen), SUM(read) FROM coverage") == [(count, count)]
    assert redis.client().keys("*") == []


def test_history_is_asked_for_by_whoever_has_the_feed(
    redis: RedisServer, tmp_path: Path, server: Server
) -> None:
    server.paths["/feed"] = Answer(rss(item("/new")), type=RSS)
    server.paths["/sitemap.xml"] = Answer(
        b"<urlset><url><loc>/old</loc><lastmod>2026-02-10</lastmod></url>"
        b"<url><loc>/older</loc><lastmod>2020-01-01</lastmod></url></urlset>"
    )
    server.paths |= {path: page(path) for path in ("/new", "/old", "/older")}
    config = {"sources": [source(server, "s", "/feed")], "allow_hosts": [server.place], "workers": 1}
    report = ended(begin(tmp_path, redis, **config, since="2026-02-01"))
    assert report["counts"] == {"irrelevant": 2}
    assert server.times("/older") == 0
