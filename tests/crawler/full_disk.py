"""A crawl on a file system that is really full, in a mount that nobody else sees.

    unshare --user --map-root-user --mount python -m tests.crawler.full_disk FOLDER CONFIG.json

A small tmpfs is mounted on FOLDER, and the crawl of CONFIG.json runs there four times: of the first
source alone, which makes the tables; on a disk that is full; on one that becomes full on the way; with
room again. The last line is JSON: the four reports, and what the database says at the end.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

LITTLE = 120 * 1024
"""Bytes that are left where the disk is to become full on the way."""


def fill(folder: Path, free: int) -> None:
    """Leave so many bytes free."""
    with (folder / "ballast").open("ab") as file:
        size = file.tell() + shutil.disk_usage(folder).free - free
        os.posix_fallocate(file.fileno(), 0, size)


def crawl(file: Path, **more: Any) -> dict[str, Any]:
    """One crawl in a process of its own."""
    given = json.loads(file.read_text()) | more
    (file.parent / "now.json").write_text(json.dumps(given))
    command = [sys.executable, "-m", "tests.crawler.readers", str(file.parent / "now.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode or "Traceback" in done.stderr:
        raise SystemExit(done.stderr or f"ended with {done.returncode}")
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def main(folder: Path, file: Path) -> None:
    """The four crawls."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "watch", str(folder)], check=True)
    sources = json.loads(file.read_text())["sources"]
    first = crawl(file, sources=sources[:1])
    fill(folder, 0)
    at_once = crawl(file)
    (folder / "ballast").unlink()
    fill(folder, LITTLE)
    on_the_way = crawl(file)
    (folder / "ballast").unlink()
    last = crawl(file)
    with closing(sqlite3.connect(folder / "watch.sqlite3")) as connection:

        def rows(query: str) -> list[Any]:
            return connection.execute(query).fetchall()

        stored = {
            "pages": rows("SELECT outcome, COUNT(*), COUNT(DISTINCT url), SUM(open) FROM pages GROUP BY 1"),
            "coverage": rows("SELECT SUM(seen), SUM(read) FROM coverage"),
            "runs": rows("SELECT outcome FROM runs ORDER BY id"),
            "check": rows("PRAGMA integrity_check"),
        }
    reports = [first, at_once, on_the_way, last]
    print(json.dumps({"reports": reports, "stored": stored}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
