"""What a worker process does: read one page, one feed, one listing. Runs in no other process.

Only what the parent needs goes back: not the bytes of a page, which it has, nor the sentences of
an article, which storage does not keep.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from multiprocessing import connection, parent_process
from typing import Any, ParamSpec, TypeVar

from pipeline.types import Extracted, Irrelevant, Outcome, Page, Rejected, Source
from pipeline.vocabulary import Rejection

P = ParamSpec("P")
R = TypeVar("R")

MEMORY_LIMIT = 4 * 1024**3
"""Address space of a worker in bytes; a page that needs more makes a MemoryError, not a dead machine."""


def read_page(page: Page, source: Source | None, now: datetime, since: datetime | None) -> Outcome:
    """The outcome of a page, without its bytes. Articles dated before ``since`` are ``too-old``."""
    # Imported here because the parent imports this module too, and needs none of the libraries and
    # lexicons that come with it; the fork server has them loaded before it makes a worker.
    from pipeline.process import process

    outcome = process(page, source=source, now=now)
    bare = replace(page, body=b"")
    match outcome:
        case Rejected():
            return replace(outcome, page=bare)
        case Irrelevant(article=article) | Extracted(article=article):
            if since is not None and article.published is not None and article.published < since:
                date = article.published.date().isoformat()
                return Rejected(page=bare, reason=Rejection.TOO_OLD, detail=f"published {date}")
            return replace(outcome, article=replace(article, segments=()))


def start_worker() -> None:
    """Make this process one that dies with its parent and not by Ctrl-C, which is the parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, resource.getrlimit(resource.RLIMIT_AS)[1]))
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent.sentinel,), daemon=True).start()


def timed(seconds: float, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ``call``; when it takes longer than ``seconds`` the process is killed by SIGALRM.

    The signal is not handled in Python, because a parser written in C would never let a handler run.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return call(*args, **kwargs)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _die_with(sentinel: Any) -> None:
    """Wait for the parent's end; a worker would otherwise wait for work for ever."""
    connection.wait([sentinel])
    os._exit(1)
