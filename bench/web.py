"""How long pages and the API take on a large database, and how heavy they are.

    python -m bench web [--articles 1000000] [--cases 100000] [--database FILE] [--rounds 20]

Five years are filled in directly; the server is 'detainee-watch serve', asked over loopback as a browser
asks, each address with a word or number of its own in each round. Of each address: the 95th percentile
of the answer's time, the processor's time of the server on average and of the answer that took most of it
(which is the one that was not kept from before), and the bytes on the wire. A database that is named is
kept, and used again where it is there.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil

from app.settings import load_settings
from app.sources import all_sources
from bench.web_rows import HELD, PEOPLE, TOLD, WORDS, fill
from storage.engine import open_database

OUTLETS = 400
PAGES = (
    "/",
    "/articles",
    "/articles?query={word}",
    "/articles?query={told}",
    "/articles?nationality={people}&country={held}",
    "/articles?country={held}&sort=found",
    "/articles?query={told}&nationality={people}",
    "/articles?lang=nl",
    "/articles?stage=executed",
    "/articles/{article}",
    "/cases",
    "/cases?nationality={people}",
    "/cases?country={held}&stage=convicted",
    "/cases/{case}",
    "/figures?nationality={people}&country={held}",
    "/sources",
    "/sources/{source}",
    "/articles.atom?country={held}",
)
API = (
    "/api/v1/articles",
    "/api/v1/articles?query={word}",
    "/api/v1/articles?query={told}&sort=rank",
    "/api/v1/articles?nationality={people}&country={held}",
    "/api/v1/articles?sort=found",
    "/api/v1/articles?sort=count",
    "/api/v1/articles?source={source}",
    "/api/v1/articles?cursor={cursor}",
    "/api/v1/articles/{article}",
    "/api/v1/records",
    "/api/v1/records?nationality={people}",
    "/api/v1/records?drug=heroin&sort=count",
    "/api/v1/records/{article}",
    "/api/v1/cases",
    "/api/v1/cases?nationality={people}&country={held}",
    "/api/v1/cases?query={word}",
    "/api/v1/cases?sort=count",
    "/api/v1/cases/{case}",
    "/api/v1/figures",
    "/api/v1/figures?nationality={people}",
    "/api/v1/sources",
    "/api/v1/sources/{source}",
    "/api/v1/alerts",
    "/api/v1/me",
    "/api/openapi.json",
)
TRENDS = (
    "/trends",
    "/trends?by=year",
    "/trends?by=month&nationality={people}",
    "/trends?by=month&split=country",
    "/trends?by=month&split=drug&per_10000=true",
    "/trends?by=month&split=pair",
    "/trends?by=month&split=source",
    "/trends?by=week&since=2025",
    "/trends?by=month&since=2024&country={held}&panel=fixed",
    "/trends?show=matrix",
    "/trends?show=funnel",
    "/trends?show=sentences",
    "/trends?show=ranking&split=pair",
    "/trends?show=map&nationality={people}",
    "/trends?show=map&split=nationality&country={held}",
    "/trends?show=first",
    "/trends?kind=stock&nationality={people}",
    "/trends?kind=flow&country={held}&show=ranking",
    "/trends.svg?by=month",
    "/trends.csv?by=month&split=country",
    "/trends/cases?split=country&line={held}",
    "/trends/cases?from=2025-03-01&to=2025-03-31",
    "/api/v1/trends?by=month&split=country",
    "/api/v1/trends/cases?split=nationality&line={people}",
)
DOWNLOADS = (
    "/articles.csv?nationality={people}&country={held}",
    "/articles.csv",
    "/cases.csv",
    "/figures.csv",
)
"""Files of up to 10,000 rows: they are no pages, and have no mark."""
WANTED, TRENDS_WANTED, WEIGHT = 150, 300, 250_000


class Measured(NamedTuple):
    """One address."""

    address: str
    p95: float  # milliseconds
    busy: float  # milliseconds of the server's processor, on average
    most: float  # the same of the answer that took most
    weight: int  # bytes on the wire, the heaviest
    status: int  # the worst


def main(arguments: Sequence[str]) -> None:
    """Fill a database, ask a server."""
    parser = argparse.ArgumentParser(prog="python -m bench web")
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--only", default="", help="addresses that contain this")
    given = parser.parse_args(arguments)
    slugs = [source.slug for source in all_sources(load_settings())][:OUTLETS]
    with tempfile.TemporaryDirectory() as folder:
        path = given.database or Path(folder) / "bench.sqlite3"
        if not path.exists():
            begun = time.monotonic()
            engine = open_database(f"sqlite:///{path}")
            fill(engine, articles=given.articles, cases=given.cases, slugs=slugs, now=datetime.now(UTC))
            engine.dispose()
            print(f"filled in {time.monotonic() - begun:.0f} s, {path.stat().st_size / 1e6:,.0f} MB")
        with _server(path) as (address, process):
            _report(address, process, given, slugs)


@contextmanager
def _server(path: Path) -> Iterator[tuple[str, psutil.Process]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    environment = os.environ | {"DETAINEE_WATCH_DATABASE_URL": f"sqlite:///{path}"}
    address = f"http://127.0.0.1:{port}"
    log = path.with_suffix(".log").open("w")
    with log, subprocess.Popen(command, env=environment, stderr=log) as server:
        while server.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        with httpx.Client(trust_env=False, timeout=120) as client:
            client.get(f"{address}/help")
            client.get(f"{address}/trends")
        try:
            yield address, psutil.Process(server.pid)
        finally:
            server.terminate()


def _report(address: str, process: psutil.Process, given: argparse.Namespace, slugs: Sequence[str]) -> None:
    for name, addresses, wanted in (
        ("pages", PAGES, WANTED),
        ("API", API, WANTED),
        ("trends", TRENDS, TRENDS_WANTED),
        ("downloads", DOWNLOADS, None),
    ):
        chosen = [each for each in addresses if given.only in each]
        if not chosen:
            continue
        marks = f"wanted: p95 under {wanted} ms, under {WEIGHT // 1000} kB" if wanted else "no mark"
        print(f"\n{name} ({marks})")
        for path in chosen:
            found = _measure(address, process, path, given, slugs)
            slow = " slow" if wanted and found.p95 > wanted else ""
            heavy = " heavy" if wanted and found.weight > WEIGHT else ""
            odd = f" {found.status}" if found.status != 200 else ""
            print(
                f"{path:<62} {found.p95:7.0f} ms  {found.busy:7.0f} ms busy, at most {found.most:5.0f} "
                f"{found.weight / 1000:7.1f} kB{slow}{heavy}{odd}",
                flush=True,
            )


def _measure(
    address: str, process: psutil.Process, path: str, given: argparse.Namespace, slugs: Sequence[str]
) -> Measured:
    chance = random.Random(path)
    times, spent, weight, status = [], [], 0, 200
    with httpx.Client(trust_env=False, timeout=120, headers={"Accept-Encoding": "gzip"}) as client:
        cursor = ""
        if "{cursor}" in path:
            cursor = client.get(f"{address}/api/v1/articles?limit=200").json()["next"]
        client.get(address + "/help")
        for _ in range(given.rounds):
            asked = path.format(
                word=chance.choice(WORDS),
                told=chance.choice(TOLD.split()),
                people=chance.choice(PEOPLE),
                held=chance.choice(HELD),
                article=chance.randrange(1, given.articles),
                case=chance.randrange(1, given.cases),
                source=chance.choice(slugs),
                cursor=cursor,
            )
            before, begun = _busy(process), time.perf_counter()
            with client.stream("GET", address + asked) as answer:
                body = sum(map(len, answer.iter_raw()))
            times.append((time.perf_counter() - begun) * 1000)
            spent.append(_busy(process) - before)
            weight, status = max(weight, body), max(status, answer.status_code)
    p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    busy = statistics.mean(spent)
    return Measured(path, min(p95, max(times)), busy, max(spent), weight, status)


def _busy(process: psutil.Process) -> float:
    times = process.cpu_times()
    return (times.user + times.system) * 1000
