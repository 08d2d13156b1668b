"""A pool of worker processes that outlives its workers.

A page that kills its worker (a crash in a C library, too much memory, too much time) takes down all
that a ProcessPoolExecutor has in hand. The others are innocent: each is run again alone, in a ward
of one worker, and the one that kills that too is the culprit.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import ParamSpec, TypeVar

from crawler import reading

P = ParamSpec("P")
R = TypeVar("R")

PRELOAD = ["crawler.reading", "crawler.feeds", "crawler.spiders.listing", "pipeline.process"]
"""Imported once by the fork server, so that a new worker is there in milliseconds."""


class WorkerDiedError(Exception):
    """The worker that ran this call, and this call alone, died or ran out of time."""


class WorkerPool:
    """Runs calls in worker processes; to be used from one event loop."""

    def __init__(self, workers: int, *, seconds: float = 60.0) -> None:
        """``seconds`` is how long one call may take before its worker is killed."""
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        self._context = multiprocessing.get_context(method)
        if method == "forkserver":
            self._context.set_forkserver_preload(PRELOAD)
        self._workers = workers
        self._seconds = seconds
        self._executor = self._new(workers)
        self._ward: ProcessPoolExecutor | None = None
        self._ward_lock = asyncio.Lock()

    def _new(self, workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, mp_context=self._context, initializer=reading.start_worker)

    async def run(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of ``call`` (picklable, as are its arguments). Raises what it raises, or
        WorkerDiedError."""
        executor = self._executor
        task: Callable[[], R] = partial(reading.timed, self._seconds, call, *args, **kwargs)
        try:
            return await asyncio.wrap_future(executor.submit(task))
        except BrokenProcessPool:
            if executor is self._executor:
                self._executor = self._new(self._workers)
                executor.shutdown(wait=False, cancel_futures=True)
        async with self._ward_lock:
            if self._ward is None:
                self._ward = self._new(1)
            try:
                return await asyncio.wrap_future(self._ward.submit(task))
            except BrokenProcessPool as error:
                self._ward.shutdown(wait=False, cancel_futures=True)
                self._ward = None
                raise WorkerDiedError("the worker died or ran out of time") from error

    def close(self) -> None:
        """Let the workers go; calls that did not begin are dropped."""
        for executor in (self._executor, self._ward):
            if executor is not None:
                executor.shutdown(wait=False, cancel_futures=True)
