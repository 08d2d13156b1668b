"""Workers of one shared crawl that are killed at any moment, held against what one crawl stores alone.

    python -m tests.crawler.cluster_kills [TIMES [SEED [KIND]]]   so many kills, each round compared with the
                                                                 truth; KIND: sqlite or postgresql

Each round has a database and a Redis of its own: four workers, of whom one after the other is killed
with SIGKILL at a moment chosen by chance and another one begins in its place. When the last one has
ended by itself, the database must say what it says after an undisturbed crawl.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from tests.crawler import kills
from tests.crawler.world import Answer, Server, item, page, rss, serving
from tests.databases import database
from tests.redis_server import RedisServer, redis_server

HOSTS = 8
PAGES = 400
STORIES = 12
WORKERS = 4
LEASE = 5.0


@dataclass(frozen=True)
class Round:
    """What came of one round."""

    kills: int
    amid: int  # of them, while some pages had an outcome and others had none
    wrong: tuple[str, ...]  # where the database is not the truth afterwards
    left: tuple[str, ...]  # keys that are left in Redis, at the latest after the next crawl
    asked_again: int  # pages that were asked for more often than once


def build(servers: list[Server]) -> dict[str, Any]:
    """A world of as many outlets as there are servers, and the configuration of its crawl."""
    sources = []
    for place, server in enumerate(servers):
        mine = range(place, PAGES, len(servers))
        for number in mine:
            # As in the world of ``kills``: no two stories are of one case.
            story = number < 15 * STORIES and number % 15 == 0
            server.paths[f"/p/{number}"] = page(f"STORY {number}" if story else f"Nothing {number}")
        feed = rss(*(item(f"/p/{number}", f"Title {number}") for number in mine))
        server.paths["/feed"] = Answer(feed, type="application/rss+xml")
        name = f"outlet-{place}"
        sources.append({"slug": name, "name": name, "url": f"http://{server.place}/feed", "via": "rss"})
    return {
        "sources": sources,
        "allow_hosts": [server.place for server in servers],
        "concurrency_per_host": 2,
        "workers": 1,
        "reader": "stories",
        "now": kills.NOW,
    }


class Stored:
    """What stands in a database of either kind."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = create_engine(url)

    def done(self) -> int:
        """Pages with an outcome; 0 where there is no table yet."""
        try:
            with self._engine.connect() as connection:
                query = text("SELECT COUNT(*) FROM pages WHERE outcome <> 'pending'")
                return int(connection.execute(query).scalar_one())
        except DBAPIError:
            return 0

    def truth(self) -> dict[str, Any]:
        """All that is stored, without the numbers of rows, which depend on the order of arrival."""
        queries = dict(kills.TRUTH)
        if self._engine.dialect.name == "sqlite":
            queries |= {"integrity": "PRAGMA integrity_check", "orphans": "PRAGMA foreign_key_check"}
        else:
            del queries["found by search"]  # the index is a column of its table there
        with self._engine.connect() as connection:
            found = {
                name: Counter(tuple(row) for row in connection.execute(text(query)))
                for name, query in queries.items()
            }
        self._engine.dispose()
        return found


def start(folder: Path, config: dict[str, Any], redis: RedisServer) -> subprocess.Popen[bytes]:
    """One worker."""
    return kills.start(folder, {**config, "redis_url": redis.url, "lease_seconds": LEASE})


def killed_round(
    servers: list[Server],
    config: dict[str, Any],
    known: dict[str, Any],
    chance: random.Random,
    *,
    times: int,
    kind: str,
) -> Round:
    """So many kills among four workers, then the comparison."""
    for server in servers:
        server.asked.clear()
    with tempfile.TemporaryDirectory(prefix="detainee-watch-kill-") as name:
        folder, home = Path(name) / "data", Path(name) / "redis"
        folder.mkdir()
        home.mkdir()
        with database(kind, folder) as url, redis_server(home) as redis:
            stored, config = Stored(url), {**config, "database_url": url}
            workers = [start(folder, config, redis) for _ in range(WORKERS)]
            killed = amid = 0
            # So many pages are saved when the next worker is killed.
            moments = sorted(chance.choice((0, chance.randrange(PAGES))) for _ in range(times))
            while moments and any(worker.poll() is None for worker in workers):
                time.sleep(0.01)
                if not any(server.asked for server in servers) or stored.done() < moments[0]:
                    continue
                moments.pop(0)
                place = chance.randrange(WORKERS)
                workers[place].send_signal(signal.SIGKILL)
                killed += workers[place].wait() == -signal.SIGKILL
                amid += 0 < stored.done() < PAGES
                workers[place] = start(folder, config, redis)
            codes = [worker.wait(180) for worker in workers]
            assert codes == [0] * WORKERS, codes
            found = stored.truth()
            if redis.client().keys("*"):
                # Who was killed with nothing in hand counts as alive until its lease is over, so that nobody
                # was the last. The next crawl ends such a round.
                time.sleep(LEASE)
                assert start(folder, config, redis).wait(180) == 0
            left = tuple(sorted(redis.client().keys("*")))
    asked = Counter((server.place, path) for server in servers for path, _ in server.asked if "/p/" in path)
    return Round(
        kills=killed,
        amid=amid,
        wrong=tuple(name for name in known if found[name] != known[name]),
        left=left,
        asked_again=sum(count > 1 for count in asked.values()),
    )


def undisturbed(folder: Path, config: dict[str, Any], *, kind: str) -> dict[str, Any]:
    """The truth: what one crawl stores that shares nothing."""
    with database(kind, folder) as url:
        crawl = kills.start(folder, {**config, "database_url": url})
        assert crawl.wait(180) == 0
        found = Stored(url).truth()
    assert found["pages"].total() == PAGES
    assert found["articles"].total() == STORIES
    return found


def main(times: int, seed: int = 0, kind: str = "sqlite") -> int:
    """So many kills; returns how many rounds ended wrong."""
    chance = random.Random(seed)
    with serving(HOSTS, apart=True) as servers, tempfile.TemporaryDirectory() as name:
        config = build(servers)
        known = undisturbed(Path(name), config, kind=kind)
        killed = amid = rounds = wrong = again = 0
        while killed < times:
            ended = killed_round(servers, config, known, chance, times=chance.randint(2, 8), kind=kind)
            rounds, killed, amid = rounds + 1, killed + ended.kills, amid + ended.amid
            again += ended.asked_again
            if ended.wrong or ended.left:
                wrong += 1
                print(f"round {rounds}: not the truth: {ended}", flush=True)
            print(
                f"{rounds} rounds, {killed} kills, {amid} amid the saving; {again} pages asked again",
                flush=True,
            )
        print(f"{killed} kills in {rounds} rounds: {wrong} ended wrong", flush=True)
    return wrong


if __name__ == "__main__":
    numbers, kinds = [int(word) for word in sys.argv[1:3]], sys.argv[3:4]
    sys.exit(1 if main(*(numbers or [50]), **({"kind": kinds[0]} if kinds else {})) else 0)
