"""How much more do several workers of a shared crawl do than one?

    python -m bench cluster_crawl [--pages 12000] [--workers 1,2,4] [--hosts 32] [--database URL]

    alone       a crawl without Redis, on one core: what sharing costs
    1, 2, 4     workers that share one crawl, each on a core of its own, as machines of one core would be

Pages of 100 to 170 kB (bench/site.py) of many hosts on loopback, without delay; a real Redis; the
database is a SQLite file, or the one that ``--database`` names, which is emptied. The server of the
pages, Redis and PostgreSQL share the cores with the workers. A rate is that of the middle 80 % of the
pages that were saved; the whole time, from the answer of the feeds to the last page, stands beside it.
The feeds are answered when all processes have started and are at rest. The processor time for a page, of
all processes of the workers, says what a machine that is busy with other things does not: whether more
workers cost more for each; in brackets that of the server of the pages and of Redis. Measure on a machine
that does nothing else: the one server of the pages is
the first that lacks a core.

Wanted: 4 workers at least 3 times the pages of one on 4 cores, 1.7 times on 2.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from bench.site import BODIES, WORDS, Site, make_body

CONCURRENCY = 16
WANTED = {4: 3.0, 2: 1.7}
"""How many times the pages of one worker, by the cores of the machine."""


def host_of(number: int) -> str:
    """The address of a host."""
    return f"127.2.0.{1 + number}"


class Hosts(Site):
    """The site of bench/site.py on all hosts at once; each has one feed, of its own pages."""

    hosts = 1
    waiting: list[tuple[Hosts, str]] | None = []  # noqa: RUF012 - feeds that wait for /go; one server a process

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if not str(transport.get_extra_info("peername")[0]).startswith("127."):
            self.transport.abort()

    def answer(self, path: str) -> None:
        if path in ("/go", "/hold"):
            waiting, Hosts.waiting = Hosts.waiting or [], [] if path == "/hold" else None
            for each, feed in waiting:
                each.answer(feed)
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return None
        if not path.startswith("/feed/"):
            return super().answer(path)
        if Hosts.waiting is not None:
            Hosts.waiting.append((self, path))
            return None
        mine = range(int(path[6:-4]), self.pages, self.hosts)
        items = "".join(
            f"<item><title>Page {i}: {WORDS[i % len(WORDS)]}</title><link>/page/{i}.html</link></item>"
            for i in mine
        )
        channel = f"<channel><title>Bench</title>{items}</channel>"
        body = f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.writelines([head.encode(), body])
        return None


async def serve(pages: int, hosts: int) -> None:
    """Serve until killed; the port stands on the first line."""
    Hosts.pages, Hosts.hosts = pages, hosts
    Hosts.bodies = tuple(make_body(seed) for seed in range(BODIES))
    server = await asyncio.get_running_loop().create_server(Hosts, "0.0.0.0", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def work(given: dict[str, Any]) -> None:
    """One worker, on the core that it is given."""
    with suppress(AttributeError):
        os.sched_setaffinity(0, {given["core"]})
    from crawler.run import CrawlConfig, run_crawl
    from pipeline.types import Source

    sources = tuple(
        Source(
            slug=f"bench-{number}",
            name=f"Bench {number}",
            url=f"http://{host_of(number)}:{given['port']}/feed/{number}.xml",
            via="rss",
            language="en",
            country="XX",
            expect=100,
        )
        for number in range(given["hosts"])
    )
    run_crawl(
        CrawlConfig(
            database_url=given["database"],
            sources=sources,
            allow_hosts=("127.0.0.0/8",),
            delay=0,
            workers=1,
            concurrency=CONCURRENCY,
            concurrency_per_host=4,
            timeout=300,
            redis_url=given["redis"],
        )
    )


class Cluster:
    """One measurement: a database, workers, and how many pages are saved at each moment."""

    def __init__(
        self, database: str, redis: str, port: int, pages: int, hosts: int, *, beside: list[int]
    ) -> None:
        """``beside``: the processes of the server of the pages and of Redis."""
        self._beside = [psutil.Process(number) for number in beside]
        self._given = {"database": database, "redis": redis, "port": port, "hosts": hosts}
        self._pages = pages
        self._processor: dict[int, float] = {}

    def run(self, workers: int) -> dict[str, float]:
        """Crawl all pages with so many workers; 0: without Redis."""
        from sqlalchemy import text

        from storage.engine import open_database, reading

        self._say("hold")
        engine = open_database(self._given["database"])
        cores = os.cpu_count() or 1
        given = self._given if workers else {**self._given, "redis": ""}
        processes = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "bench.cluster_crawl",
                    "--work",
                    json.dumps({**given, "core": n % cores}),
                ],
                stdout=subprocess.DEVNULL,
            )
            for n in range(max(workers, 1))
        ]
        before = -1.0
        while (now := self._look(processes)) - before > 0.1 or now < len(processes):
            before = now
            time.sleep(2)
        self._say("go")
        begun = time.monotonic()
        # Moment, pages saved, processor time of the workers and of what is beside them.
        seen: list[tuple[float, int, float, float]] = []
        while any(process.poll() is None for process in processes):
            with reading(engine) as connection:
                query = "SELECT COUNT(*) FROM pages WHERE outcome <> 'pending'"
                saved = connection.execute(text(query)).scalar_one()
            if saved and (not seen or saved > seen[-1][1]):
                beside = sum(sum(each.cpu_times()[:2]) for each in self._beside)
                seen.append((time.monotonic(), saved, self._look(processes), beside))
            time.sleep(0.1)
        engine.dispose()
        if any(process.returncode for process in processes) or seen[-1][1] != self._pages:
            raise SystemExit(f"the crawl failed: {[p.returncode for p in processes]}, {seen[-1:]}")
        first = next(each for each in seen if each[1] >= 0.1 * self._pages)
        last = next(each for each in seen if each[1] >= 0.9 * self._pages)
        pages = max(last[1] - first[1], 1)
        return {
            "rate": pages / max(last[0] - first[0], 1e-9),
            "seconds": seen[-1][0] - begun,
            "cpu_ms": 1000 * (last[2] - first[2]) / pages,
            "beside_ms": 1000 * (last[3] - first[3]) / pages,
        }

    def _say(self, word: str) -> None:
        urllib.request.urlopen(f"http://{host_of(0)}:{self._given['port']}/{word}", timeout=30).close()

    def _look(self, processes: list[subprocess.Popen[bytes]]) -> float:
        """The processor time of the workers and of all that they started, in seconds."""
        for process in processes:
            with suppress(psutil.Error):
                parent = psutil.Process(process.pid)
                for each in (parent, *parent.children(recursive=True)):
                    with suppress(psutil.Error):
                        times = each.cpu_times()
                        self._processor[each.pid] = times.user + times.system
        return sum(self._processor.values())


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def emptied(database: str, folder: Path, name: str) -> str:
    """A database with nothing in it."""
    if not database:
        return f"sqlite:///{folder}/{name}.sqlite3"
    from sqlalchemy import create_engine, text

    with create_engine(database).begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return database


def measure(pages: int, hosts: int, counts: list[int], database: str) -> None:
    """All runs, with a line for each."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("redis-server is needed: apt install redis-server")
    cores = os.cpu_count() or 1
    busy = os.getloadavg()[0]
    print(f"{pages} pages of {hosts} hosts, {cores} cores, {busy:.1f} processes busy before it", flush=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.cluster_crawl", "--serve", str(pages), "--hosts", str(hosts)],
        stdout=subprocess.PIPE,
        text=True,
    )
    at = free_port()
    redis = subprocess.Popen(
        [program, "--port", str(at), "--bind", "127.0.0.1", "--save", ""], stdout=subprocess.DEVNULL
    )
    one = 0.0
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with tempfile.TemporaryDirectory() as name:
            for workers in (0, *counts):
                place = emptied(database, Path(name), f"of-{workers}")
                beside = [server.pid, redis.pid]
                cluster = Cluster(place, f"redis://127.0.0.1:{at}/0", port, pages, hosts, beside=beside)
                found = cluster.run(workers)
                if workers == 1:
                    one = found["rate"]
                times = f"{found['rate'] / one:5.2f} times one" if workers and one else " " * 15
                print(
                    f"{workers or 'alone':>5}  {found['rate']:7.1f} pages/s  {times}  "
                    f"{found['seconds']:6.1f} s whole  {found['cpu_ms']:5.2f} ms of processor a page "
                    f"(and {found['beside_ms']:.2f})",
                    flush=True,
                )
    finally:
        for process in (server, redis):
            process.kill()
            process.wait()
    if cores in WANTED:
        print(f"wanted on {cores} cores: 4 workers {WANTED[cores]} times one")


def main(arguments: list[str]) -> None:
    """The whole measurement, or a part of it in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m bench cluster_crawl")
    parser.add_argument("--pages", type=int, default=12_000)
    parser.add_argument("--hosts", type=int, default=32)
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--database", default="", help="postgresql+psycopg://…, which is emptied")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.work:
        return work(json.loads(chosen.work))
    if chosen.serve:
        return asyncio.run(serve(chosen.serve, chosen.hosts))
    return measure(chosen.pages, chosen.hosts, [int(n) for n in chosen.workers.split(",")], chosen.database)


if __name__ == "__main__":
    main(sys.argv[1:])
