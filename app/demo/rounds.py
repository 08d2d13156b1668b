"""A crawl of the sample world, run in a process of its own, and what it reports."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.report import SourceReport
from pipeline.errors import CrawlError
from pipeline.vocabulary import FeedState

DATABASE = "demo.sqlite3"
"""The demo's database, in its folder."""
OUTLETS = "outlets"
"""The folder in it that holds the table of the outlets."""
LOG = "crawl.log"
"""What the crawl's processes write about themselves, in the demo's folder."""
PATIENCE = 10.0
"""Seconds that a crawl is given to end tidily."""
PACKAGES = Path(__file__).parents[2]
"""Where ``app`` lies: the working directory of a round, so that no other ``app`` is found first."""

OnProgress = Callable[[int, int, int], None]
"""Called with pages done, pages known so far, relevant articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What came of one round."""

    at: datetime  # when it was, in the world
    seconds: float
    sources: Mapping[str, SourceReport]
    counts: Mapping[str, int]  # outcome → pages
    interrupted: bool

    @property
    def pages(self) -> int:
        """Pages that have an outcome."""
        return sum(self.counts.values())


def database_url(folder: Path) -> str:
    """The address of the demo's database."""
    return f"sqlite:///{(folder / DATABASE).resolve()}"


def run_round(folder: Path, at: datetime, allowed: tuple[str, ...], on_progress: OnProgress) -> Round:
    """Crawl the outlets of the demo's folder as if it were ``at``. Raises CrawlError."""
    command = [sys.executable, "-m", "app.demo.crawl_round", str(folder), at.isoformat(), *allowed]
    last: dict[str, Any] = {}
    with (
        (folder / LOG).open("ab") as log,
        subprocess.Popen(command, cwd=PACKAGES, stdout=subprocess.PIPE, stderr=log) as process,  # noqa: S603
    ):
        try:
            assert process.stdout is not None
            for line in process.stdout:
                last = json.loads(line)
                if "progress" in last:
                    on_progress(*last["progress"])
        except BaseException:
            # Ctrl-C above all: the crawl ends with the demo, and before its folder may be taken away.
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            raise
    if "report" not in last:
        words = last.get("error") or f"it ended with code {process.returncode}; see {folder / LOG}"
        raise CrawlError(f"The demo's crawl failed: {words}", key=str(folder))
    report = last["report"]
    return Round(
        at=at,
        seconds=report["seconds"],
        sources={each["slug"]: _source_report(each) for each in report["sources"]},
        counts=report["counts"],
        interrupted=report["interrupted"],
    )


def _source_report(values: dict[str, Any]) -> SourceReport:
    return SourceReport(**{**values, "state": FeedState(values["state"])})
