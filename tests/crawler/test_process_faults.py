"""Faults of processes, of the network below HTTP and of the clock, each with a real crawl on loopback."""

from __future__ import annotations

import random
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.crawler import kills
from tests.crawler.test_watch import many, saved, source, wait_for
from tests.crawler.world import ROOT, Answer, Server, command, crawl, item, page, rows, rss, serving

RSS = "application/rss+xml"
ROUNDS = 3
"""Rounds of kills in this suite; ``python -m tests.crawler.kills`` does 200 kills."""


@pytest.fixture
def server() -> Iterator[Server]:
    """One outlet's server."""
    with serving() as (one,):
        yield one


def test_a_crawl_that_is_killed_at_any_moment_loses_nothing_and_does_nothing_twice(
    server: Server, tmp_path: Path
) -> None:
    config = kills.build(server)
    known, seconds = kills.undisturbed(server, tmp_path, config)
    chance = random.Random(7)
    ended = [kills.killed_round(server, config, known, seconds, chance) for _ in range(ROUNDS)]
    assert [one.wrong for one in ended] == [()] * ROUNDS
    assert sum(one.kills for one in ended) >= 1


def test_a_database_that_is_locked_for_twenty_seconds_is_waited_for(server: Server, tmp_path: Path) -> None:
    count = 200
    config = many(server, count)
    with subprocess.Popen(
        command(tmp_path, **config, reader="slow"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        wait_for(lambda: saved(tmp_path) >= 50)
        with closing(sqlite3.connect(tmp_path / "watch.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            held = saved(tmp_path)
            time.sleep(20.5)
            assert saved(tmp_path) == held < count
            other.execute("COMMIT")
        _, err = child.communicate(timeout=60)
    assert b"Traceback" not in err
    assert child.returncode == 0
    assert rows(tmp_path, "SELECT outcome FROM runs") == [("ok",)]
    assert rows(tmp_path, "SELECT outcome, COUNT(*) FROM pages GROUP BY 1") == [("irrelevant", count)]


def test_pages_that_harm_their_reader_wait_in_quarantine_and_are_read_later(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prose = "The museum in the old harbour opened its doors again this spring after a long winter. " * 12
    words = {"/kills": "KILL THE READER", "/breaks": "BREAK THE READER", "/good": "Good", "/empty": ""}
    server.paths |= {path: page(f"{word} {prose}") for path, word in words.items()}
    server.paths["/eats"] = page(f"EAT THE MEMORY {prose}")
    server.paths["/feed"] = Answer(rss(*(item(path) for path in (*words, "/eats"))), type=RSS)
    config = {"sources": [source(server, "s", "/feed")], "allow_hosts": [server.place]}
    report = crawl(tmp_path, **config, reader="gluttonous", workers=1)
    assert report["counts"] == {"irrelevant": 2, "unreadable": 3}
    held = dict(rows(tmp_path, "SELECT q.url, q.detail FROM quarantine q JOIN pages p ON p.id = q.page_id"))
    details = {url.rpartition("/")[2]: detail for url, detail in held.items()}
    assert set(details) == {"kills", "breaks", "eats"}
    assert details["eats"] == "MemoryError"
    assert "died" in details["kills"]

    monkeypatch.setenv("DETAINEE_WATCH_DATABASE_URL", f"sqlite:///{tmp_path}/watch.sqlite3")
    monkeypatch.setenv("DETAINEE_WATCH_SOURCES_FILE", str(tmp_path / "sources.toml"))
    server.asked.clear()
    again = [sys.executable, "-m", "app", "reprocess", "--quarantine"]
    done = subprocess.run(again, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": irrelevant\n") == 3
    assert "3 pages in quarantine: 3 could be read now, 0 stay." in done.stderr
    assert server.asked == []
    assert rows(tmp_path, "SELECT COUNT(*) FROM quarantine") == [(0,)]
    assert rows(tmp_path, "SELECT outcome, COUNT(*) FROM pages GROUP BY 1") == [("irrelevant", 5)]
    assert rows(tmp_path, "SELECT SUM(seen), SUM(read) FROM coverage") == [(5, 5)]


BREAK_READING = """
import sys

class Broken:
    def find_spec(self, name, path=None, target=None):
        if name == "pipeline.process":
            raise ImportError("the lexicons are gone")

sys.meta_path.insert(0, Broken())
"""
BREAK_STARTING = """
import os, sys

if any("multiprocessing.forkserver" in word for word in sys.orig_argv):
    os._exit(1)
"""


@pytest.mark.parametrize(
    ("broken", "word"), [(BREAK_READING, "the lexicons are gone"), (BREAK_STARTING, "do not work")]
)
@pytest.mark.parametrize("pages", [0, 3])
def test_a_crawl_whose_readers_do_not_work_says_so_and_blames_no_page(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str, word: str, pages: int
) -> None:
    (tmp_path / "sitecustomize.py").write_text(broken)
    server.paths |= {f"/{n}": page() for n in range(pages)}
    server.paths["/feed"] = Answer(rss(*(item(f"/{n}") for n in range(pages))), type=RSS)
    config = {"sources": [source(server, "s", "/feed")], "allow_hosts": [server.place], "reader": None}
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
        report = crawl(tmp_path, **config)
    assert report["error"] == "CrawlError"
    assert word in report["message"]
    assert "stay pending" in report["message"]
    assert rows(tmp_path, "SELECT outcome FROM runs") == [("failed",)]
    assert rows(tmp_path, "SELECT COUNT(*) FROM pages WHERE outcome <> 'pending'") == [(0,)]
    assert rows(tmp_path, "SELECT COUNT(*) FROM fetches WHERE state = 'malformed'") == [(0,)]


def test_a_fault_of_ours_in_saving_ends_the_crawl_loudly(server: Server, tmp_path: Path) -> None:
    """Not with all well and nothing stored."""
    config = many(server, 3)
    report = crawl(tmp_path, **config, faulty_matcher=True)
    assert report["error"] == "StorageError"
    assert "ZeroDivisionError: a fault of ours" in report["message"]
    assert rows(tmp_path, "SELECT outcome FROM runs") == [("failed",)]
    assert rows(tmp_path, "SELECT outcome, COUNT(*) FROM pages GROUP BY 1") == [("pending", 3)]
    assert crawl(tmp_path, **config)["counts"] == {"irrelevant": 3}


@contextmanager
def dripping(body: bytes) -> Iterator[str]:
    """A server that answers robots.txt at once and all else at one byte a second; its host:port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def answer(client: socket.socket) -> None:
            with client:
                asked = client.recv(65_536)
                head = b"HTTP/1.1 %s\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n"
                if b"/robots.txt" in asked:
                    client.sendall(head % (b"404 Not Found", 0))
                    return
                try:
                    client.sendall(head % (b"200 OK", len(body)))
                    for byte in body:
                        client.sendall(bytes((byte,)))
                        if over.wait(1):
                            return
                except OSError:
                    return

        def serve() -> None:
            while not over.is_set():
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(client,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()


def test_a_server_that_sends_one_byte_a_second_costs_its_time_out_and_no_more(
    server: Server, tmp_path: Path
) -> None:
    with dripping(rss(item("/never"))) as place:
        server.paths |= {
            "/feed": Answer(rss(item("/good"), item(f"http://{place}/page")), type=RSS),
            "/good": page(),
        }
        slow = {"slug": "slow", "name": "slow", "url": f"http://{place}/feed", "via": "rss"}
        begun = time.monotonic()
        report = crawl(
            tmp_path,
            sources=[source(server, "good", "/feed"), slow],
            allow_hosts=[server.place, place],
            timeout=3,
        )
        assert time.monotonic() - begun < 40
    assert report["sources"]["slow"]["state"] == "timeout"
    assert report["counts"] == {"irrelevant": 1, "timeout": 1}
    assert report["reason"] == "finished"


def test_a_name_that_nobody_knows(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The resolver of the machine answers, or does not; it is not to be waited for long here.
    monkeypatch.setenv("RES_OPTIONS", "timeout:1 attempts:1")
    server.paths |= {"/feed": Answer(rss(item("/good"), item("http://nonesuch.invalid/page")), type=RSS)}
    server.paths["/good"] = page()
    lost = {"slug": "lost", "name": "lost", "url": "http://nonesuch.invalid/feed", "via": "rss"}
    report = crawl(
        tmp_path, sources=[source(server, "good", "/feed"), lost], allow_hosts=[server.place], timeout=10
    )
    assert report["sources"]["lost"]["state"] == "connection", report["sources"]["lost"]
    assert report["sources"]["good"]["state"] == "ok"
    assert report["counts"] == {"irrelevant": 1, "connection": 1}
    again = rows(tmp_path, "SELECT url FROM pages WHERE open")
    assert again == [("http://nonesuch.invalid/page",)]


def test_a_clock_that_jumps_changes_nothing_that_is_stored_but_times(server: Server, tmp_path: Path) -> None:
    config: dict[str, Any] = many(server, 30)
    jumps = ["2026-03-04T05:06:07+00:00", "2031-01-01T00:00:00+00:00", "1999-12-31T23:59:59+00:00"]
    first = crawl(tmp_path, **config, jumps=jumps)
    assert (first["reason"], first["counts"]) == ("finished", {"irrelevant": 30})
    second = crawl(tmp_path, **config, jumps=jumps[::-1])
    assert (second["reason"], second["counts"]) == ("finished", {})
    assert rows(tmp_path, "SELECT COUNT(*), COUNT(DISTINCT url), SUM(open) FROM pages") == [(30, 30, 0)]
    assert rows(tmp_path, "SELECT SUM(seen), SUM(read) FROM coverage") == [(30, 30)]
    assert rows(tmp_path, "SELECT outcome FROM runs") == [("ok",), ("ok",)]


def test_scrapy_by_itself_says_where_it_stores_and_which_source_it_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = crawler.settings\n")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    ran = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "watch", "-a", "sources=insightcrime-enn"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode != 0
    assert f"storing in {tmp_path}/detainee-watch.sqlite3" in ran.stderr
    assert "there is no source 'insightcrime-enn' (did you mean insightcrime-en" in ran.stderr
    assert not (tmp_path / "detainee-watch.sqlite3").exists()
