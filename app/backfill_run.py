"""A backfill on one machine: worker processes, each with one piece at a time in its hands.

    Queue → piece → worker (app/backfill_work.py) → how far it is, after each saving
                      └ it died, or said nothing for too long: the piece is begun again where it was

Workers store what they read themselves; the parent only hands out and listens. So a page passes
through one process alone, and killing any of them, or all, loses what was read since the last saving.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from app.backfill_files import Job, is_remote
from app.backfill_queue import Queue, Task
from pipeline.errors import CrawlError, DataError, StorageError
from storage.backfill import Piece

logger = logging.getLogger(__name__)

SILENCE = 180.0
"""Seconds after which a worker that says nothing is ended: a record holds it. It speaks at each saving."""
REMOTE_SILENCE = 900.0
"""The same while it reads from a server, which may make it wait for minutes."""
MEMORY_LIMIT = 4 * 1024**3
"""Address space of a worker in bytes; a record that needs more makes a MemoryError, not a dead machine."""
START_FAILURES = 3
"""Workers in a row that may die before they are ready."""
TICK = 0.5


def run_here(
    queue: Queue, job: Job, *, workers: int, on_progress: Callable[[], None], silence: float = SILENCE
) -> None:
    """Read all that is in the queue. Raises the StorageError tree when nothing can be stored, and CrawlError
    when no worker can be started; files that cannot be read are in ``queue.failed``."""
    crew = _Crew(queue, job, silence)
    try:
        while crew.work(workers):
            on_progress()
    finally:
        crew.close()
    on_progress()


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: Task | None = None
    ready: bool = False
    heard: float = field(default_factory=time.monotonic)


class _Crew:
    def __init__(self, queue: Queue, job: Job, silence: float) -> None:
        self._queue = queue
        self._job = job
        self._silence = silence
        self._workers: list[_Worker] = []
        self._died = 0
        self._next: Task | None = None
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["app.backfill_work", "app.backfill_warm"])

    def work(self, workers: int) -> bool:
        """Hand out what can be handed out and listen for a moment; False when all is done."""
        while len(self._workers) < workers and self._more():
            self._workers.append(self._start())
        for worker in self._workers:
            if worker.ready and worker.task is None and self._more():
                self._give(worker)
        busy = [worker for worker in self._workers if worker.task is not None or not worker.ready]
        if not busy and not self._more():
            return False
        pipes: dict[Any, _Worker] = {worker.pipe: worker for worker in self._workers}
        for pipe in wait(list(pipes), timeout=TICK):
            self._listen(pipes[pipe])
        self._end_silent()
        return True

    def close(self) -> None:
        """End all workers, whatever they do; what is stored is stored."""
        for worker in self._workers:
            worker.process.kill()
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join()

    def _more(self) -> bool:
        """Whether there is a piece to be handed out now."""
        if self._next is None:
            self._next = self._queue.take()
        return self._next is not None

    def _start(self) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        process = self._context.Process(target=serve, args=(theirs, self._job), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _give(self, worker: _Worker) -> None:
        assert self._next is not None
        worker.task, self._next = self._next, None
        worker.heard = time.monotonic()
        with suppress(OSError):  # it died just now; its pipe says so in a moment
            worker.pipe.send(worker.task)

    def _listen(self, worker: _Worker) -> None:
        try:
            said, value = worker.pipe.recv()
        except (EOFError, OSError):
            self._lost(worker)
            return
        worker.heard = time.monotonic()
        match said:
            case "ready":
                worker.ready, self._died = True, 0
            case "told":
                self._queue.told(value)
            case "done" | "failed":
                assert worker.task is not None
                self._queue.ended(worker.task, value if said == "failed" else "")
                worker.task = None
            case _:
                raise value

    def _lost(self, worker: _Worker) -> None:
        """A worker died: its piece is begun again, by another."""
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        if not worker.ready:
            self._died += 1
            if self._died >= START_FAILURES:
                raise CrawlError("No reading process can be started; is there memory for it (--workers)?")
        if worker.task is not None:
            logger.warning("A worker died while it read %s", worker.task.file.name)
            self._queue.again(worker.task)

    def _end_silent(self) -> None:
        now = time.monotonic()
        for worker in self._workers:
            if worker.task is None:
                continue
            remote = is_remote(worker.task.file.name)
            if now - worker.heard > (max(REMOTE_SILENCE, self._silence) if remote else self._silence):
                worker.process.kill()


def serve(pipe: Connection, job: Job) -> None:
    """A worker's life: read the pieces that it is given, and tell after each saving how far it is."""
    # Ctrl-C goes to all processes of the terminal, and is the parent's affair.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, resource.getrlimit(resource.RLIMIT_AS)[1]))
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_die_with, args=(parent.sentinel,), daemon=True).start()
    from app.backfill_work import prepare, read_piece

    def tell(piece: Piece) -> None:
        pipe.send(("told", piece))

    with suppress(EOFError, BrokenPipeError):
        try:
            prepare(job)
            pipe.send(("ready", None))
            while True:
                task: Task = pipe.recv()
                try:
                    read_piece(job, task.file, task.start, tell)
                    pipe.send(("done", None))
                except DataError as error:
                    pipe.send(("failed", str(error)))
        except StorageError as error:
            # An error with a cause that cannot be pickled is told by its words.
            pipe.send(("broken", type(error)(str(error), key=error.key)))


def _die_with(sentinel: Any) -> None:
    """Wait for the parent's end; a worker would otherwise read on for nobody."""
    wait([sentinel])
    os._exit(1)
