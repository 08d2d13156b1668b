"""Crawls that are killed at any moment, held against what an undisturbed crawl stores.

    python -m tests.crawler.kills [TIMES [SEED]]    so many kills, each round compared with the truth

Each round has a database of its own: a crawl is killed with SIGKILL at a moment chosen by chance, perhaps
killed again, then one is let run to its end. Half of the moments lie anywhere between its first request
and its end (now and then also while it still starts), the others where pages are being saved, of which
the first sort finds few on a machine with much to do. What the database says then must be what it says
after an undisturbed crawl.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crawler.world import ROOT, Answer, Server, command, item, page, rss, serving

NOW = "2026-03-04T05:06:07+00:00"
PAGES = 180
STORIES = 12
"""Of the pages, those that are relevant."""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}

TRUTH = {
    "pages": "SELECT url, source, title, outcome, open, day, article_id IS NULL FROM pages",
    "articles": "SELECT url, title, text, source, relevant, revision FROM articles",
    "records": "SELECT a.url, r.position, r.nationality, r.country, r.count, r.evidence"
    " FROM records r JOIN articles a ON a.id = r.article_id",
    "drugs": "SELECT a.url, d.drug FROM record_drugs d JOIN records r ON r.id = d.record_id"
    " JOIN articles a ON a.id = r.article_id",
    "coverage": "SELECT source, day, seen, read, relevant FROM coverage",
    "cases": "SELECT c.country, c.count, c.reports FROM cases c WHERE c.merged_into IS NULL",
    "reports": "SELECT a.url, p.nationality, p.count FROM case_reports r"
    " JOIN articles a ON a.id = r.article_id JOIN case_people p ON p.report_id = r.id",
    "found by search": "SELECT a.url FROM articles_fts f JOIN articles a ON a.id = f.rowid"
    " WHERE articles_fts MATCH 'cocaine'",
    "revisions": "SELECT article_id, number FROM revisions",
}


@dataclass(frozen=True)
class Killed:
    """What came of one round."""

    kills: int  # crawls of this round that were killed before they were done
    done: int  # pages with an outcome when the last of them was
    wrong: tuple[str, ...]  # where the database is not the truth afterwards


def build(server: Server) -> dict[str, Any]:
    """A world of two outlets and the configuration of its crawl."""
    for number in range(PAGES):
        story = number % (PAGES // STORIES) == 0
        server.paths[f"/p/{number}"] = page(f"STORY {number}" if story else f"Nothing {number}")
    for half, name in enumerate(("one", "two")):
        mine = (item(f"/p/{number}", f"Title {number}") for number in range(half, PAGES, 2))
        server.paths[f"/{name}"] = Answer(rss(*mine), type="application/rss+xml")
    return {
        "sources": [
            {"slug": name, "name": name, "url": f"http://{server.place}/{name}", "via": "rss"}
            for name in ("one", "two")
        ],
        "allow_hosts": [server.place],
        "concurrency_per_host": 8,
        "workers": 1,
        "reader": "stories",
        "now": NOW,
    }


def start(folder: Path, config: dict[str, Any]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(folder, **config),
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def truth(folder: Path) -> dict[str, Any]:
    """What the database says, without the numbers of rows, which depend on the order of arrival."""
    with closing(sqlite3.connect(folder / "watch.sqlite3")) as connection:
        told = {name: Counter(connection.execute(query).fetchall()) for name, query in TRUTH.items()}
        told["integrity"] = Counter(connection.execute("PRAGMA integrity_check").fetchall())
        told["orphans"] = Counter(connection.execute("PRAGMA foreign_key_check").fetchall())
    return told


def done(folder: Path) -> int:
    """Pages with an outcome; 0 where there is no table yet."""
    try:
        with closing(sqlite3.connect(folder / "watch.sqlite3")) as connection:
            query = "SELECT COUNT(*) FROM pages WHERE outcome <> 'pending'"
            return int(connection.execute(query).fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def begun(server: Server, crawl: subprocess.Popen[bytes]) -> None:
    """Wait until the crawl asks for something, or has ended."""
    while not server.asked and crawl.poll() is None:
        time.sleep(0.005)


def undisturbed(server: Server, folder: Path, config: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """The truth, and how many seconds a crawl takes from its first request on."""
    server.asked.clear()
    crawl = start(folder, config)
    begun(server, crawl)
    first = time.monotonic()
    assert crawl.wait(120) == 0
    seconds = time.monotonic() - first
    found = truth(folder)
    assert found["pages"].total() == PAGES
    assert found["articles"].total() == STORIES
    return found, seconds


def killed_round(
    server: Server, config: dict[str, Any], known: dict[str, Any], seconds: float, chance: random.Random
) -> Killed:
    """One database: a kill or two, then a crawl to its end, then the comparison."""
    with tempfile.TemporaryDirectory(prefix="detainee-watch-kill-") as name:
        folder = Path(name)
        kills = 0
        left = 0
        for _ in range(chance.choice((1, 1, 1, 2))):
            server.asked.clear()
            crawl = start(folder, config)
            if chance.random() < 0.5:
                wanted = chance.randrange(PAGES)
                while crawl.poll() is None and done(folder) <= wanted:
                    time.sleep(0.02)
                moment = chance.uniform(0.0, 0.2)
            else:
                if chance.random() < 0.9:
                    begun(server, crawl)
                moment = chance.uniform(0.0, 1.0) * seconds
            try:
                crawl.wait(moment)
            except subprocess.TimeoutExpired:
                crawl.send_signal(signal.SIGKILL)
                kills += crawl.wait() == -signal.SIGKILL
            left = done(folder)
        assert start(folder, config).wait(120) == 0
        found = truth(folder)
        wrong = tuple(name for name in known if found[name] != known[name])
        return Killed(kills=kills, done=left, wrong=wrong)


def main(times: int, seed: int = 0) -> int:
    """So many kills; returns how many rounds ended wrong."""
    chance = random.Random(seed)
    with serving() as (server,), tempfile.TemporaryDirectory() as name:
        config = build(server)
        known, seconds = undisturbed(server, Path(name), config)
        print(f"an undisturbed crawl takes {seconds:.2f} s from its first request on", flush=True)
        kills = rounds = wrong = 0
        stages: Counter[str] = Counter()
        while kills < times:
            ended = killed_round(server, config, known, seconds, chance)
            rounds, kills = rounds + 1, kills + ended.kills
            stage = "before" if ended.done == 0 else "after" if ended.done == PAGES else "amid"
            stages[stage] += 1
            if ended.wrong:
                wrong += 1
                print(f"round {rounds}: not the truth: {ended}", flush=True)
            if rounds % 20 == 0:
                print(f"{rounds} rounds, {kills} kills, {dict(stages)}", flush=True)
        print(
            f"{kills} kills in {rounds} rounds ({dict(stages)} the saving of pages): {wrong} ended wrong",
            flush=True,
        )
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:] or ["200"])) else 0)
