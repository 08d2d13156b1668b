"""``crawl --redis``, ``--join`` and ``--stay`` as a user gives them, and the schedule that feeds them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import Command
from tests.app.test_crawling import TABLE
from tests.app.test_reading import DULL, page
from tests.app.test_schedule import rows, wait_for
from tests.crawler.world import Answer, Server, item, rss, serving
from tests.redis_server import RedisServer, needs_redis, redis_server

PASSWORD = "open-sesame"
HOSTS, PAGES = 6, 8


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    """A Redis with a password, which the settings name."""
    with redis_server(tmp_path, "--requirepass", PASSWORD) as server:
        secret = tmp_path / "redis-url"
        secret.write_text(f"redis://:{PASSWORD}@127.0.0.1:{server.port}/0\n")
        monkeypatch.setenv("DETAINEE_WATCH_REDIS_URL_FILE", str(secret))
        yield server


@pytest.fixture
def outlets(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Server]]:
    """Some outlets on hosts of their own, and nothing else."""
    from crawler.sources import packaged_slugs

    values = {"DELAY": "0.4", "WORKERS": "1", "CONTACT": "desk@outlet.example", "ALLOW_HOSTS": "127.0.0.0/8"}
    for name, value in values.items():
        monkeypatch.setenv(f"DETAINEE_WATCH_{name}", value)
    tables = "".join(f"[{slug}]\nenabled = false\n" for slug in sorted(packaged_slugs()))
    with serving(HOSTS, apart=True) as servers:
        for place, server in enumerate(servers):
            tables += TABLE.format(slug=f"courier-{place}", url=f"http://{server.place}/feed")
            feed = rss(*(item(f"/{number}") for number in range(PAGES)))
            server.paths["/feed"] = Answer(feed, type="application/rss+xml")
            for number in range(PAGES):
                told = page(f"A bridge {place} {number}", DULL.replace("The", f"The {place} {number}"))
                server.paths[f"/{number}"] = Answer(told.encode())
        (home / "sources.toml").write_text(tables)
        yield servers


def in_redis(redis: RedisServer, pattern: str) -> list[Any]:
    found: list[Any] = redis.client(password=PASSWORD).keys(pattern)
    return found


@needs_redis
def test_the_schedule_feeds_a_worker_that_stands_by(
    process: Command, run: Command, outlets: list[Server], redis: RedisServer, home: Path
) -> None:
    command = [sys.executable, "-m", "app", "crawl", "--stay"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as worker:
        try:
            assert worker.stderr is not None
            assert worker.stderr.readline() == f"Standing by for work in redis://127.0.0.1:{redis.port}/0.\n"
            done = process("schedule", "--once", timeout=120)
            assert done.code == 0, done.err
            wait_for(lambda: not in_redis(redis, "*:workers"))
            words = worker.stderr.readline()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0
        finally:
            worker.kill()
    assert rows(home, "SELECT outcome, COUNT(*) FROM pages GROUP BY 1") == [("irrelevant", HOSTS * PAGES)]
    assert all(server.times(f"/{number}") == 1 for server in outlets for number in range(PAGES))
    assert all(server.times("/feed") == 1 for server in outlets)
    # It had its share, and says so.
    assert "asked elsewhere" in words or "pages:" in words, words
    assert rows(home, "SELECT outcome FROM runs WHERE command = 'crawl'") == [("ok",)] * 2
    assert PASSWORD not in done.err + done.out + words
    assert PASSWORD not in run("config", "show").out
    assert f"redis://:***@127.0.0.1:{redis.port}/0" in run("config", "show").out


@needs_redis
def test_a_worker_that_joins_adds_nothing_and_alone_means_alone(
    process: Command, outlets: list[Server], redis: RedisServer, home: Path
) -> None:
    assert f"redis://127.0.0.1:{redis.port}/0 answers" in process("doctor", "--no-network").out
    joined = process("crawl", "--join")
    assert (joined.code, [server.asked for server in outlets]) == (0, [[]] * HOSTS)
    alone = process("crawl", "--redis", "", "--source", "courier-0")
    assert alone.code == 0, alone.err
    assert "pages: 8 new, 8 read" in alone.err
    assert in_redis(redis, "*") == []


def test_options_that_do_not_go_together_are_wrong_usage(run: Command, outlets: list[Server]) -> None:
    assert run("crawl", "--join").code == 2
    assert "need --redis or the setting redis_url" in run("crawl", "--stay").err
    assert run("crawl", "--stay", "--due", "--redis", "redis://127.0.0.1:1").code == 2
    gone = run("crawl", "--redis", f"redis://:{PASSWORD}@127.0.0.1:1/0")
    assert gone.code == 1
    assert PASSWORD not in str(gone)


@needs_redis
def test_a_worker_that_stands_by_waits_for_a_redis_that_went_away(
    outlets: list[Server], redis: RedisServer, home: Path
) -> None:
    command = [sys.executable, "-m", "app", "crawl", "--stay"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as worker:
        try:
            assert worker.stderr is not None
            assert worker.stderr.readline().startswith("Standing by")
            redis.stop()
            words = worker.stderr.readline()
            assert "cannot be reached" in words
            assert "Waiting for it." in words
            time.sleep(0.2)
            assert worker.poll() is None
            worker.send_signal(signal.SIGINT)
            assert worker.wait(30) == 0
        finally:
            worker.kill()
