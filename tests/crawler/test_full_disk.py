"""A crawl on a disk that is full: a small file system of its own, not an error that is played."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawler.test_watch import source
from tests.crawler.world import ROOT, Answer, command, item, page, rss, serving

RSS = "application/rss+xml"
ALONE = ["unshare", "--user", "--map-root-user", "--mount"]
PAGES = 300


def can_mount(folder: Path) -> bool:
    """Whether this machine lets a process mount something that only it sees."""
    folder.mkdir()
    try:
        tried = [*ALONE, "mount", "-t", "tmpfs", "watch", str(folder)]
        return subprocess.run(tried, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def test_a_disk_that_is_full_loses_nothing_and_the_next_run_carries_on(tmp_path: Path) -> None:
    if not can_mount(tmp_path / "tried"):
        pytest.skip("no process may mount a file system of its own here")
    disk = tmp_path / "disk"
    disk.mkdir()
    with serving() as (server,):
        server.paths |= {f"/{n}?{'x' * 900}": page(str(n)) for n in range(PAGES)}
        server.paths["/one"] = page()
        server.paths["/first"] = Answer(rss(item("/one")), type=RSS)
        many = rss(*(item(f"/{n}?{'x' * 900}") for n in range(PAGES)))
        server.paths["/feed"] = Answer(many, type=RSS)
        sources = [source(server, "first", "/first"), source(server, "s", "/feed")]
        file = command(disk, sources=sources, allow_hosts=[server.place])[-1]
        config = Path(file).rename(tmp_path / "crawl.json")
        done = subprocess.run(
            [*ALONE, sys.executable, "-m", "tests.crawler.full_disk", str(disk), str(config)],
            capture_output=True, text=True, timeout=120, check=False, cwd=ROOT,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    first, at_once, on_the_way, last = told["reports"]
    assert first["reason"] == "finished"
    for failed in (at_once, on_the_way):
        assert failed["error"] == "StorageFullError", failed
        assert "the disk is full" in failed["message"]
    assert last["reason"] == "finished"
    # Nothing is lost, nothing is there twice, and the file is sound.
    assert told["stored"]["pages"] == [["irrelevant", PAGES + 1, PAGES + 1, 0]]
    assert told["stored"]["coverage"] == [[PAGES + 1, PAGES + 1]]
    assert told["stored"]["runs"][0] == told["stored"]["runs"][-1] == ["ok"]
    assert told["stored"]["check"] == [["ok"]]
