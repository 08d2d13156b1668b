"""One round of the demo's crawl, in a process of its own: a crawl can run only once in a process.

    python -m app.demo.crawl_round FOLDER ISO-TIME HOST:PORT…

Crawls the outlets of FOLDER/outlets into FOLDER/demo.sqlite3 as if it were ISO-TIME. Each line that
it prints is JSON: {"progress": […]} on the way, {"report": {…}} or {"error": "…"} at the end.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.demo.rounds import OUTLETS, database_url
from crawler.run import CrawlConfig, Progress, run_crawl
from crawler.sources import load_sources
from pipeline.errors import DetaineeWatchError


def crawl(folder: Path, at: datetime, allow_hosts: Sequence[str]) -> None:
    """Run the round and print what comes of it. Raises the DetaineeWatchError tree."""
    from alerts.matching import RuleMatcher

    begun = time.monotonic()
    config = CrawlConfig(
        database_url=database_url(folder),
        sources=load_sources(folder=folder / OUTLETS),
        allow_hosts=tuple(allow_hosts),
        delay=0,
        concurrency_per_host=4,
        timeout=10,
        matcher=RuleMatcher(),
        clock=lambda: at + timedelta(seconds=time.monotonic() - begun),
    )
    report = run_crawl(config, on_progress=_tell)
    _print({"report": asdict(report) | {"seconds": time.monotonic() - begun}})


def _tell(progress: Progress) -> None:
    _print({"progress": [progress.pages_done, progress.pages_total, progress.relevant]})


def _print(value: dict[str, Any]) -> None:
    print(json.dumps(value, default=str), flush=True)


if __name__ == "__main__":
    try:
        crawl(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3:])
    except DetaineeWatchError as error:
        _print({"error": str(error)})
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
