"""How a backfill tells of itself: while it runs, and at its end."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from typing import Any

from app.backfill_queue import Queue, Standing
from app.console import err, say


def shape(queue: Queue, run: int) -> dict[str, Any]:
    """What came of the run, for --json."""
    standing = queue.standing()
    return {
        "run": run,
        "files": standing.files,
        "done_before": queue.done_before,
        "failed": queue.failed,
        "records": standing.records,
        "outcomes": dict(sorted((name, n) for name, n in queue.counts().items() if n)),
        "seconds": round(standing.seconds, 1),
    }


def line(queue: Queue) -> str:
    """What came of the run, in one line."""
    standing = queue.standing()
    parts = [f"{standing.files} file{'s' * (standing.files != 1)}"]
    parts += [f"{queue.done_before} of them read before"] if queue.done_before else []
    parts += [f"{standing.files_failed} failed"] if standing.files_failed else []
    pace = standing.records / standing.seconds if standing.seconds > 0 else 0.0
    return (
        f"{', '.join(parts)}; {standing.records:,} records: {_outcomes(queue.counts())}; "
        f"{standing.seconds:,.0f} s, {pace:,.0f} a second"
    )


def _outcomes(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.most_common() if number) or "none"


class Teller:
    """Tells how far it is: a line that changes on a terminal, else one now and then."""

    EVERY = 30.0
    ON_TERMINAL = 0.5

    def __init__(self, queue: Queue, *, quiet: bool) -> None:
        self._queue = queue
        self._quiet = quiet
        self._last = 0.0

    def __enter__(self) -> Teller:
        self._last = time.monotonic()
        return self

    def __exit__(self, *error: object) -> None:
        if not self._quiet and err().is_terminal:
            err().print(" " * (err().width - 1), end="\r")

    def tell(self) -> None:
        """Say it, if it is time."""
        now = time.monotonic()
        if self._quiet or now - self._last < (self.ON_TERMINAL if err().is_terminal else self.EVERY):
            return
        self._last = now
        standing = self._queue.standing()
        if err().is_terminal:
            err().print(told(standing)[: err().width - 1].ljust(err().width - 1), end="\r")
        else:
            say(told(standing))


def told(standing: Standing) -> str:
    """ "12 of 300 files, 4 %, 61,000 records, 14 relevant, 410 a second, about 3:20:00 left"."""
    pace = standing.records / standing.seconds if standing.seconds > 0 else 0.0
    left = "" if standing.left is None else f", about {timedelta(seconds=round(standing.left))} left"
    failed = f", {standing.files_failed} failed" if standing.files_failed else ""
    return (
        f"{standing.files_done} of {standing.files} files{failed}, {standing.part:.0%}, "
        f"{standing.records:,} records, {standing.relevant:,} relevant, {pace:,.0f} a second{left}"
    )
