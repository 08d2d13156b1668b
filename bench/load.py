"""Thousands of sources in one run: ``python -m bench crawl --sources 5000``.

    prepare     each source is seen once: its 10 entries are known
    changed     a day later every feed has changed bytes, a tenth of them one new entry: all are parsed,
                500 pages are read
    unchanged   an hour later nothing has changed: one conditional request a source

Each source is a host of its own (127.x.y.z), with its own robots.txt, as outlets are. The crawl has the
settings that a user has, the second of delay between two requests to a host included. Memory is that of
the crawl and all of its processes, shared pages counted once.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.site import make_body, sentences

ENTRIES = 10
NEW_EVERY = 10
DAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
BODIES = tuple(make_body(seed) for seed in range(8))


def host_of(number: int) -> str:
    """The address of a source's host: 127.1.0.1 and on."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


class Outlets(asyncio.Protocol):
    """All hosts at once: /robots.txt, /feed/N, /page/N/M, and /world/V, which sets the version."""

    version = 0
    asked = 0
    kinds: dict[str, int] = {}  # noqa: RUF012 - one server a process
    text = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if not str(transport.get_extra_info("peername")[0]).startswith("127."):
            transport.abort()
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, self.buffer = self.buffer[:end].decode("latin-1"), self.buffer[end + 4 :]
            self.answer(head.split(" ", 2)[1], head)

    def answer(self, path: str, head: str) -> None:
        kind, *rest = path.strip("/").split("/")
        if kind == "world":
            body = json.dumps(Outlets.kinds).encode()
            Outlets.version, Outlets.kinds = int(rest[0]), {}
            return self.send("200 OK", "application/json", body)
        Outlets.kinds[kind] = Outlets.kinds.get(kind, 0) + 1
        if kind == "robots.txt":
            return self.send("200 OK", "text/plain", b"User-agent: *\nDisallow: /search\n")
        if kind == "page":
            title = f"<html><head><title>Page {'-'.join(rest)}</title></head><body>"
            return self.send("200 OK", "text/html", title.encode() + BODIES[int(rest[0]) % len(BODIES)])
        if kind != "feed":
            return self.send("404 Not Found", "text/plain", b"")
        number = int(rest[0])
        tag = f'"{number}-{Outlets.version}"'
        if f"if-none-match: {tag}" in head.lower():
            return self.send("304 Not Modified", "", b"", tag)
        return self.send("200 OK", "application/rss+xml", feed_of(number, Outlets.version), tag)

    def send(self, status: str, kind: str, body: bytes, tag: str = "") -> None:
        lines = [f"HTTP/1.1 {status}"]
        if not status.startswith("304"):
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        if tag:
            lines.append(f"ETag: {tag}")
        self.transport.writelines(["\r\n".join([*lines, "", ""]).encode(), body])


def feed_of(number: int, version: int) -> bytes:
    """A feed of ten entries, with a new one first where the version brings one."""
    import random

    text = sentences(random.Random(number % 50), 4)
    first = 1 if version and number % NEW_EVERY == 0 else 0
    at = DAY - timedelta(hours=1)
    items = "".join(
        f"<item><title>{number} {place}: {text[:60]}</title><link>/page/{number}/{place}</link>"
        f"<pubDate>{(at + timedelta(hours=6 * place)):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<description>{text}</description></item>"
        for place in range(first, first - ENTRIES, -1)
    )
    built = f"<lastBuildDate>{(DAY + timedelta(days=version)):%a, %d %b %Y %H:%M:%S} GMT</lastBuildDate>"
    channel = f"<channel><title>Outlet {number}</title>{built}{items}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()


async def serve() -> None:
    """Serve until killed; the port stands alone on the first line."""
    # Every address 127.x.y.z is this machine's; callers from elsewhere are hung up on.
    server = await asyncio.get_running_loop().create_server(Outlets, "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def run_once(folder: str, port: int, count: int, now: str, read: bool) -> None:
    """One crawl in this process; its figures as JSON."""
    from crawler.run import CrawlConfig, run_crawl
    from pipeline.types import Source

    sources = tuple(
        Source(
            slug=f"load-{number}",
            name=f"Load {number}",
            url=f"http://{host_of(number)}:{port}/feed/{number}",
            via="rss",
            language="en",
            country="XX",
            expect=28,
        )
        for number in range(count)
    )
    moment = datetime.fromisoformat(now)
    config = CrawlConfig(
        database_url=f"sqlite:///{folder}/load.sqlite3",
        sources=sources,
        allow_hosts=("127.0.0.0/8",),
        clock=lambda: moment,
        read=read,
    )
    begun, before = time.monotonic(), time.process_time()
    report = run_crawl(config)
    states: dict[str, int] = {}
    for source in report.sources:
        states[source.state.value] = states.get(source.state.value, 0) + 1
    print(
        json.dumps(
            {
                "seconds": time.monotonic() - begun,
                "cpu": time.process_time() - before,
                "states": states,
                "new": sum(source.new for source in report.sources),
                "pages": report.counts,
            }
        )
    )


def memory_mb(pid: int) -> float:
    """What a process and all that it started use now, shared pages counted once, in MB."""
    import psutil

    total = 0
    try:
        parent = psutil.Process(pid)
        for each in (parent, *parent.children(recursive=True)):
            try:
                info = each.memory_full_info()
                total += getattr(info, "pss", info.rss)
            except psutil.Error:
                continue
    except psutil.Error:
        return 0.0
    return total / 1e6


def crawl(folder: str, port: int, count: int, now: datetime, *, read: bool = True) -> dict[str, Any]:
    """One crawl in a process of its own, with the most memory that it had."""
    arguments = (folder, str(port), str(count), now.isoformat(), str(int(read)))
    command = [sys.executable, "-m", "bench.load", *arguments]
    peak = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        over = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not over.wait(0.5):
                peak = max(peak, memory_mb(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        assert process.stdout is not None
        out = process.stdout.read()
        over.set()
        watcher.join()
    if process.returncode:
        raise SystemExit("the crawl failed")
    result: dict[str, Any] = json.loads(out.splitlines()[-1])
    return result | {"peak_mb": peak}


def world(port: int, version: int) -> dict[str, int]:
    """Set the version of the world; the requests since the last time, by kind."""
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/world/{version}", timeout=10) as answer:
        found: dict[str, int] = json.loads(answer.read())
    return found


def measure(count: int) -> None:
    """The whole measurement, with a line for each run."""
    import sqlite3

    known, new = count * ENTRIES, count // NEW_EVERY
    print(f"{count} sources, {known} entries known, {new} new; {os.cpu_count()} cores", flush=True)
    server = subprocess.Popen([sys.executable, "-m", "bench.load"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with tempfile.TemporaryDirectory() as folder:
            show("prepare", crawl(folder, port, count, DAY, read=False), world(port, 1))
            with sqlite3.connect(f"{folder}/load.sqlite3") as connection:
                connection.execute("UPDATE pages SET outcome = 'irrelevant', open = 0")
                connection.execute("UPDATE coverage SET read = seen")
            connection.close()
            changed = crawl(folder, port, count, DAY + timedelta(days=1))
            show("changed", changed, world(port, 1))
            unchanged = crawl(folder, port, count, DAY + timedelta(days=1, hours=1))
            show("unchanged", unchanged, world(port, 1))
            size = Path(folder, "load.sqlite3").stat().st_size / 1e6
        share = unchanged["seconds"] / changed["seconds"]
        print(f"unchanged takes {share:.2f} of changed; the database has {size:.0f} MB")
    finally:
        server.kill()
        server.wait()


def show(name: str, run: dict[str, Any], asked: dict[str, int]) -> None:
    """One line of the table."""
    print(
        f"{name:10} {run['seconds']:6.1f} s, {run['cpu']:6.1f} s of them processor time of the parent, "
        f"peak {run['peak_mb']:4.0f} MB; requests {asked}; feeds {run['states']}, new {run['new']}, "
        f"pages {run['pages']}",
        flush=True,
    )


if __name__ == "__main__":
    if len(sys.argv) == 1:
        asyncio.run(serve())
    else:
        run_once(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5] == "1")
