"""What a worker process does: read one page, one feed, one listing. Runs in no other process.

Only what the parent needs goes back: not the bytes of a page, which it has, nor the sentences of
an article, which storage does not keep.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import connection, parent_process
from typing import Any

from pipeline.types import Extracted, Irrelevant, Outcome, Page, Rejected, Source
from pipeline.vocabulary import Rejection

HEAD = struct.Struct("!Q")
"""The length before each message."""
MEMORY_LIMIT = 4 * 1024**3
"""Address space of a worker in bytes; a page that needs more makes a MemoryError, not a dead machine."""
LEAST_MEMORY = 1024**3
"""What a worker may take on the smallest machine; it needs a third of this."""

PROBE = "Two Dutch nationals were arrested in Lima with 12 kilos of cocaine. "
"""What is read before any page, to see whether reading works at all."""


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


def prepare() -> None:
    """Load all that reading needs, by reading a sentence. Raises RuntimeError with what is wrong."""
    from pipeline.process import process_text

    now = datetime(2026, 1, 1, tzinfo=UTC)
    outcome = process_text(
        "", PROBE, PROBE * 8, language="en", published=None, outlet_country=None, source_slug="", now=now
    )
    if isinstance(outcome, Rejected) and outcome.reason is Rejection.UNREADABLE:
        raise RuntimeError(outcome.detail)


def serve(sock: socket.socket) -> None:
    """A worker's life: answer calls in their order until the parent is gone.

    A call is a pickled partial, an answer a pickled (True, result) or (False, exception), each with
    its length before it. The first answer, before any call, says that the worker is ready.
    """
    # Ctrl-C and a service manager's stop go to the whole group of processes; they are the parent's
    # affair, and the page in hand would be taken for one that kills its reader.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    limit_memory()
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent.sentinel,), daemon=True).start()
    with sock, sock.makefile("rb") as calls, suppress(BrokenPipeError, ConnectionResetError):
        sock.setblocking(True)
        _send(sock, b"")
        while head := calls.read(HEAD.size):
            (size,) = HEAD.unpack(head)
            _send(sock, _answer(calls.read(size)))


def limit_memory() -> None:
    """Let this process take MEMORY_LIMIT at most, and not more than half of what the machine has."""
    with suppress(ValueError, OSError):
        half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
        limit = min(MEMORY_LIMIT, max(LEAST_MEMORY, half))
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _answer(payload: bytes) -> bytes:
    try:
        return pickle.dumps((True, pickle.loads(payload)()), protocol=5)  # noqa: S301  our own parent
    except Exception as error:
        try:
            return pickle.dumps((False, error), protocol=5)
        except Exception:
            # An exception that cannot be pickled is told by its name.
            return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")), protocol=5)


def _send(sock: socket.socket, answer: bytes) -> None:
    sock.sendall(HEAD.pack(len(answer)) + answer)


def _die_with(sentinel: Any) -> None:
    """Wait for the parent's end; a worker would otherwise wait for work for ever."""
    connection.wait([sentinel])
    os._exit(1)
