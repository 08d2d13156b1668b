"""How fast are archives read, beside the limit and beside the WARC readers of others?

    python -m bench backfill [--pages 20000] [--others 200] [--fundus FOLDER] [--folder FOLDER]

In one run, on the same files (bench/warc.py: pages of 260 kB, gzip, one record a member), each in
processes of its own:

    limit     bare FastWARC with resiliparse's parse of each page, and nothing done with it
    ours      detainee-watch backfill: read, decided and saved into a new SQLite file; 1, 2 and 4 processes
    others    news-please's reader of WARC records; fundus' CC-NEWS source with a publisher's parser

``--fundus`` names a folder into which fundus is installed (pip install --target FOLDER fundus): it
wants other versions of libraries than this project. Time of ours counts from the first process that
has stored something; how long starting takes is shown beside it. Where other work has the cores as
well, the processor's time a page says more than the clock does. The files stay in ``--folder``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.warc import PER_FILE, make_archive, write_file

COUNTS = (1, 2, 4)
FUNDUS_HOST = "theguardian.com"
"""An outlet for which fundus has a parser, whose address some pages get."""
LIMIT = """
import json, sys, time
from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.parse.html import HTMLTree
begun, cpu, pages = time.monotonic(), time.process_time(), 0
for path in sys.argv[1:]:
    for record in ArchiveIterator(path, record_types=WarcRecordType.response):
        HTMLTree.parse_from_bytes(record.reader.read(), "utf-8")
        pages += 1
seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
print(json.dumps({"pages": pages, "seconds": seconds, "cpu": cpu}))
"""
NEWS_PLEASE = """
import json, logging, sys, time
logging.disable(logging.CRITICAL)
from newsplease import NewsPlease
from warcio.archiveiterator import ArchiveIterator
pages, begun = 0, None
with open(sys.argv[1], "rb") as file:
    for record in ArchiveIterator(file):
        if record.rec_type == "response":
            NewsPlease.from_warc(record, fetch_images=False)
            pages += 1
            if begun is None:  # the first page loads what reading needs
                begun, pages = time.monotonic(), 0
print(json.dumps({"pages": pages, "seconds": time.monotonic() - begun}))
"""
FUNDUS = """
import functools, http.server, json, logging, sys, threading, time
from pathlib import Path
logging.disable(logging.CRITICAL)
from fundus import PublisherCollection
from fundus.scraping.html import CCNewsSource
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args): pass
path = Path(sys.argv[1])
handler = functools.partial(Quiet, directory=str(path.parent))
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
publisher = PublisherCollection.uk.TheGuardian
source = CCNewsSource(publisher, warc_path=f"http://127.0.0.1:{server.server_port}/{path.name}")
pages, begun = 0, None
for html in source.fetch():
    publisher.parser(html.crawl_date).parse(html.content, "suppress")
    pages += 1
    if begun is None:
        begun, pages = time.monotonic(), 0
print(json.dumps({"pages": pages, "seconds": time.monotonic() - begun if begun else 0}))
"""


def run_script(script: str, *arguments: str, path: str = "") -> dict[str, Any]:
    """The figures that a script prints."""
    environment = os.environ | ({"PYTHONPATH": path} if path else {})
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        return {"error": last or f"exit code {done.returncode}"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def run_limit(paths: tuple[Path, ...], processes: int) -> tuple[float, float]:
    """Pages a second of the limit in so many processes, each with files of its own, and the processor's
    milliseconds a page."""
    found: list[dict[str, Any]] = []
    shares = [[str(path) for path in paths[start::processes]] for start in range(processes)]
    threads = [
        threading.Thread(target=lambda share=share: found.append(run_script(LIMIT, *share)))  # type: ignore[misc]
        for share in shares
        if share
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pages = sum(each["pages"] for each in found)
    rate = pages / max(each["seconds"] for each in found)
    return float(rate), float(sum(each["cpu"] for each in found) / pages * 1_000)


def run_ours(paths: tuple[Path, ...], workers: int) -> dict[str, Any]:
    """Read the files with so many processes into a new database; figures, with the memory of all."""
    from app.backfill_files import Job, plan
    from app.backfill_queue import Queue
    from app.backfill_run import run_here
    from crawler.outlets import Outlets
    from crawler.remote import Reach
    from crawler.sources import load_sources
    from storage.backfill import fail_file
    from storage.engine import open_database

    samples: list[Sample] = []
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        engine = open_database(url)
        job = Job(
            database_url=url,
            outlets=Outlets(load_sources()),
            reach=Reach(),
            honour=("tdm", "noai"),
            max_body=10 * 1024 * 1024,
        )
        now = partial(_now)
        queue = Queue(
            [str(path) for path in paths],
            plan=lambda name: plan(engine, job, name, now=now()),
            fail=lambda file, why: fail_file(engine, file.id, why, now=now()),
            per_host=2,
        )
        begun = time.monotonic()
        first: list[tuple[float, int]] = []

        def on_progress() -> None:
            if not first and (pages := queue.counts().total()):
                first.append((time.monotonic(), pages))

        watcher = threading.Thread(target=_watch, args=(stop, samples), daemon=True)
        watcher.start()
        run_here(queue, job, workers=workers, on_progress=on_progress)
        ended = time.monotonic()
        stop.set()
        watcher.join()
        counts = queue.counts()
        engine.dispose()
        with closing(sqlite3.connect(f"{folder}/bench.sqlite3")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = os.path.getsize(f"{folder}/bench.sqlite3")
    start, before = first[0] if first else (ended, 0)
    steady = [sample for sample in samples if sample.at >= start] or samples
    half = len(steady) // 2
    pages = counts.total() - before
    return {
        "workers": workers,
        "pages": counts.total(),
        "rate": pages / (ended - start) if ended > start else 0.0,
        "cpu": (steady[-1].cpu - steady[0].cpu) / pages * 1_000 if pages else 0.0,
        "outcomes": dict(counts),
        "start": start - begun,
        "failed": queue.failed,
        "database": size,
        "peak_mb": max(sample.memory for sample in steady),
        "first_half_mb": max((sample.memory for sample in steady[:half]), default=0.0),
        "second_half_mb": max((sample.memory for sample in steady[half:]), default=0.0),
    }


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


@dataclass(frozen=True)
class Sample:
    """What this process and all of its children use at a moment."""

    at: float  # monotonic seconds
    memory: float  # MB that they have for themselves
    cpu: float  # seconds of the processor that they have used, those that ended included


def _watch(stop: threading.Event, samples: list[Sample]) -> None:
    """Twice a second."""
    import psutil

    me = psutil.Process()
    used: dict[int, float] = {}
    while not stop.wait(0.5):
        memory = 0.0
        for process in (me, *me.children(recursive=True)):
            try:
                memory += process.memory_full_info().pss / 1e6
                times = process.cpu_times()
            except psutil.Error:
                continue
            used[process.pid] = times.user + times.system
        samples.append(Sample(time.monotonic(), memory, sum(used.values())))


def ours_apart(paths: tuple[Path, ...], workers: int) -> dict[str, Any]:
    """run_ours in a process of its own."""
    script = (
        "import json, sys; from pathlib import Path; from bench.backfill import run_ours\n"
        "if __name__ == '__main__':\n"
        f"    print(json.dumps(run_ours(tuple(map(Path, sys.argv[1:])), {workers})))"
    )
    return run_script(script, *map(str, paths))


def main(arguments: list[str]) -> None:
    """The whole comparison."""
    parser = argparse.ArgumentParser(prog="python -m bench backfill", description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--others", type=int, default=200, help="pages for the readers of others, 0: none")
    parser.add_argument("--fundus", default="", metavar="FOLDER", help="where fundus is installed")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "detainee-watch-bench")
    parser.add_argument("--processes", type=int, nargs="*", default=COUNTS)
    chosen = parser.parse_args(arguments)
    paths = make_archive(chosen.folder, chosen.pages)
    packed = sum(path.stat().st_size for path in paths)
    load = os.getloadavg()[0]
    print(
        f"{chosen.pages:,} pages, files: {len(paths)}, {packed / 1e6:,.0f} MB packed; "
        f"{os.cpu_count()} cores, load {load:.1f} before we began",
        flush=True,
    )
    print(
        f"{'':28}{'pages/s':>8}{'of limit':>9}{'efficiency':>11}{'CPU ms':>8}{'of limit':>9}{'start':>8}"
        f"{'peak MB':>8}  1st, 2nd half"
    )
    single = 0.0
    for count in chosen.processes:
        limit, cpu = run_limit(paths[: max(count, 2)], count)
        print(f"{_named('limit', count):28}{limit:8.0f}{'':20}{cpu:8.2f}", flush=True)
        ours = ours_apart(paths, count)
        if "error" in ours:
            print(f"ours, {count}: {ours['error']}")
            continue
        rate = ours["rate"]
        single = single or rate / count
        print(
            f"{_named('ours', count):28}{rate:8.0f}{rate / limit:9.2f}{rate / count / single:11.2f}"
            f"{ours['cpu']:8.2f}{cpu / ours['cpu']:9.2f}{ours['start']:7.1f}s{ours['peak_mb']:8.0f}  "
            f"{ours['first_half_mb']:.0f}, {ours['second_half_mb']:.0f}",
            flush=True,
        )
        if count == 1:
            size = ours["database"] / ours["pages"]
            print(f"    outcomes: {ours['outcomes']}; {size:.0f} bytes of database a page")
    if chosen.others:
        compare_others(chosen.folder, chosen.others, single, chosen.fundus)


def _named(what: str, count: int) -> str:
    return f"{what}, {count} process{'es' * (count > 1)}"


def compare_others(folder: Path, pages: int, ours: float, fundus: str) -> None:
    """The readers of others in one process, each beside ours in one."""
    path = folder / f"others-{pages}.warc.gz"
    if not path.exists():
        write_file(path, 0, min(pages, PER_FILE), host=FUNDUS_HOST)
    for name, script, where, there in (
        ("news-please", NEWS_PLEASE, "", importlib.util.find_spec("newsplease") is not None),
        ("fundus", FUNDUS, fundus, bool(fundus)),
    ):
        if not there:
            print(f"{name}: not installed (make bench; for fundus --fundus FOLDER)")
            continue
        found = run_script(script, str(path), path=where)
        if "error" in found or not found["pages"]:
            print(f"{name}: {found.get('error', 'read no page')}")
            continue
        rate = found["pages"] / found["seconds"]
        print(f"{f'{name}, 1 process':34}{rate:9.1f}   ours is {ours / rate:.1f} times as fast", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
