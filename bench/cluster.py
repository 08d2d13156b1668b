"""A backfill on a Dask cluster of 1, 2 and 4 workers, one of which is killed in the middle: the same result?

    python -m bench cluster [--pages 4000] [--folder FOLDER]

Each run has a scheduler and workers of its own, in processes, and a new SQLite file that all of them
write to. What is in the database at the end is held against a run of one process without Dask.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bench.warc import make_archive

COUNTS = (1, 2, 4)
QUERIES = (
    "SELECT url, source, day, outcome, published, tries FROM pages ORDER BY url",
    "SELECT url, source, title, text, revision FROM articles ORDER BY url",
    "SELECT nationality, country, count, stage, evidence, url FROM records r JOIN articles a "
    "ON a.id = r.article_id ORDER BY url, position",
    "SELECT source, day, seen, read, relevant FROM coverage ORDER BY source, day",
)
"""What must be the same. Numbers of rows and times of storing differ, as does the order of cases."""
PYTHON = (sys.executable, "-W", "ignore", "-m")


def contents(path: Path) -> str:
    """A hash of all that an archive has put into a database."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(path)) as connection:
        for query in QUERIES:
            for row in connection.execute(query):
                digest.update(repr(row).encode())
    return digest.hexdigest()[:16]


def pages_in(path: Path) -> int:
    """Pages that are stored so far."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
            return int(connection.execute("SELECT count(*) FROM pages").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its workers."""
    file = folder / "scheduler.json"
    log = (folder / "dask.log").open("wb")
    scheduler = [*PYTHON, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    scheduler += ["--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(file)]
    started = [subprocess.Popen(scheduler, stdout=log, stderr=log)]
    try:
        while not file.exists() or not file.read_text():
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        worker = [*PYTHON, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
        worker += ["--host", "127.0.0.1", "--local-directory", str(folder)]
        made = [subprocess.Popen(worker, stdout=log, stderr=log) for _ in range(workers)]
        started += made
        yield address, made
    finally:
        for process in started:
            process.kill()
            process.wait()
        log.close()


def backfill(folder: Path, paths: tuple[Path, ...], *more: str) -> subprocess.Popen[bytes]:
    """The command, with a database in the folder."""
    environment = os.environ | {
        "DETAINEE_WATCH_DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        "DETAINEE_WATCH_SOURCES_FILE": str(folder / "sources.toml"),
    }
    command = [*PYTHON, "app", "backfill", *map(str, paths), "--json", *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)


def run(paths: tuple[Path, ...], pages: int, workers: int, *, kill: bool) -> dict[str, Any]:
    """One run; ``workers`` 0: one process without Dask."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.monotonic()
        if not workers:
            process = backfill(folder, paths, "--workers", "1")
            output = process.communicate()[0]
        else:
            with cluster(folder, workers) as (address, made):
                process = backfill(folder, paths, "--dask", address)
                if kill:
                    while pages_in(folder / "bench.sqlite3") < pages // 3 and process.poll() is None:
                        time.sleep(0.05)
                    made[-1].send_signal(signal.SIGKILL)
                    if workers == 1:
                        # Nobody is left: another comes, as a service manager would see to.
                        time.sleep(1)
                        command = [*made[0].args]  # type: ignore[misc]
                        made.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
                output = process.communicate()[0]
                for each in made:
                    each.kill()
                    each.wait()
        seconds = time.monotonic() - begun
        report = json.loads(output) if output else {}
        return {
            "code": process.returncode,
            "seconds": seconds,
            "outcomes": report.get("outcomes", {}),
            "contents": contents(folder / "bench.sqlite3"),
        }


def main(arguments: list[str]) -> None:
    """All runs, each against the one without Dask."""
    parser = argparse.ArgumentParser(prog="python -m bench cluster", description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=4_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "detainee-watch-bench")
    chosen = parser.parse_args(arguments)
    paths = make_archive(chosen.folder / "cluster", chosen.pages, per_file=max(1, chosen.pages // 16))
    alone = run(paths, chosen.pages, 0, kill=False)
    print(
        f"{chosen.pages:,} pages in {len(paths)} files, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'one process, no Dask':34}{alone['seconds']:7.1f} s  {alone['outcomes']}", flush=True)
    same = True
    for workers in COUNTS:
        for kill in (False, True):
            found = run(paths, chosen.pages, workers, kill=kill)
            equal = found["contents"] == alone["contents"] and found["code"] == 0
            same = same and equal
            what = f"Dask, {workers} worker{'s' * (workers > 1)}{', one killed' * kill}"
            word = "the same result" if equal else f"ANOTHER RESULT (exit code {found['code']})"
            print(f"{what:34}{found['seconds']:7.1f} s  {word}", flush=True)
    if not same:
        raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
