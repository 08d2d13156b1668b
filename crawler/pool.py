"""A pool of worker processes that outlives its workers and knows which call killed one.

    run(call) → queue → worker: one call in its hands and one waiting → answer
                          └ died or out of time: the call in its hands is the culprit,
                            the waiting one goes back to the head of the queue, a new worker starts

concurrent.futures has no such knowledge (a death takes all calls with it), and its three threads
cost the reactor half a millisecond a page in waiting for the interpreter's lock, as much as a fifth
of a bare download. Here the event loop itself talks to each worker over a socket.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any, ParamSpec, TypeVar

from crawler import reading
from crawler.reading import HEAD

P = ParamSpec("P")
R = TypeVar("R")

PRELOAD = ["crawler.reading", "crawler.feeds", "crawler.spiders.listing", "pipeline.process"]
"""Imported once by the fork server, so that a new worker is there in milliseconds."""
DEPTH = 2
"""Calls that a worker has at a time: the next one is there when it is done with one."""
BUFFER = 1024 * 1024
RESTART_SECONDS = 0.2
START_FAILURES = 3
"""Workers in a row that may die before they take a call; then the pool itself is broken."""


class WorkerDiedError(Exception):
    """The worker died of this call, or was killed because the call ran out of time."""


class PoolBrokenError(Exception):
    """No worker can be started."""


@dataclass(slots=True, eq=False)
class _Job:
    payload: bytes
    result: asyncio.Future[Any]


class _Worker(asyncio.Protocol):
    """The parent's end of one worker."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool
        self._buffer = bytearray()
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self.ready = False
        self.jobs: deque[_Job] = deque()
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        ours.setblocking(False)
        self._socket = ours
        self.process = pool.context.Process(target=reading.serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        # The crawl may have ended while the fork server was still importing, and nobody would end
        # this worker; it ignores SIGTERM, so that the parent would wait for it at its exit for ever.
        pool.born.append(self.process)
        if pool.closed:
            self.process.kill()

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, sock=self._socket)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=64 * BUFFER)

    def give(self, job: _Job) -> None:
        """Send a job; its worker takes jobs in their order."""
        assert self._transport is not None
        self.jobs.append(job)
        self._transport.write(b"".join((HEAD.pack(len(job.payload)), job.payload)))
        if len(self.jobs) == 1:
            self._watch()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= HEAD.size:
            (size,) = HEAD.unpack_from(self._buffer)
            if len(self._buffer) < HEAD.size + size:
                return
            answer = bytes(memoryview(self._buffer)[HEAD.size : HEAD.size + size])
            del self._buffer[: HEAD.size + size]
            self._answered(answer)

    def _answered(self, answer: bytes) -> None:
        if not self.ready:
            self.ready = True
            self._pool.failures = 0
        else:
            job = self.jobs.popleft()
            self._watch()
            good, value = pickle.loads(answer)  # noqa: S301  our own worker wrote it
            if not job.result.done():
                if good:
                    job.result.set_result(value)
                else:
                    job.result.set_exception(value)
        self._pool.hand_out()

    def _watch(self) -> None:
        """Begin to count the time of the job that is now first."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.jobs:
            self._timer = asyncio.get_running_loop().call_later(self._pool.seconds, self.process.kill)

    def connection_lost(self, error: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._pool.lost(self)

    def close(self) -> None:
        """Let the worker go at once."""
        if self._transport is not None:
            self._transport.close()
        self.process.kill()


class WorkerPool:
    """Runs calls in worker processes; to be used from one event loop."""

    def __init__(
        self, workers: int, *, seconds: float = 60.0, on_broken: Callable[[str], None] = lambda why: None
    ) -> None:
        """``seconds`` is how long one call may take before its worker is killed; ``on_broken`` is told
        once, in words, when no worker can be started, before any call gets its PoolBrokenError."""
        # Not fork: the reactor's threads and descriptors have no place in a worker.
        self.context: ForkServerContext | SpawnContext
        if "forkserver" in multiprocessing.get_all_start_methods():
            self.context = multiprocessing.get_context("forkserver")
            self.context.set_forkserver_preload(PRELOAD)
            # It imports while the parent opens the database and the reactor.
            forkserver.ensure_running()
        else:
            self.context = multiprocessing.get_context("spawn")
        self.seconds = seconds
        self.failures = 0
        self._count = workers
        self._workers: list[_Worker] = []
        self._queue: deque[_Job] = deque()
        self._starting: asyncio.Task[None] | None = None
        self._on_broken = on_broken
        self._broken = ""
        self.closed = False
        self.born: list[BaseProcess] = []  # every process ever started

    def start(self) -> None:
        """Start the workers that are missing; returns before they are ready."""
        if self._starting is None or self._starting.done():
            self._starting = asyncio.get_running_loop().create_task(self._start_missing())

    async def _start_missing(self) -> None:
        loop = asyncio.get_running_loop()
        while len(self._workers) < self._count and not self.closed and not self._broken:
            # The fork server answers when it has imported its modules; the reactor does not wait.
            try:
                worker = await loop.run_in_executor(None, _Worker, self)
            except (OSError, EOFError, RuntimeError) as error:
                # The fork server died of what it imports, or the machine has no room for a process.
                self.failures += 1
                if self.failures >= START_FAILURES:
                    self._break(f"{type(error).__name__}: {error}")
                    return
                await asyncio.sleep(RESTART_SECONDS)
                continue
            self._workers.append(worker)
            await worker.connect()
        if self.closed:
            self.close()

    async def run(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of ``call`` (picklable, as are its arguments). Raises what it raises, or
        WorkerDiedError when it kills its worker or takes too long."""
        if self._broken:
            raise PoolBrokenError(self._broken)
        payload = pickle.dumps(partial(call, *args, **kwargs), protocol=5)
        job = _Job(payload, asyncio.get_running_loop().create_future())
        self._queue.append(job)
        if len(self._workers) < self._count:
            self.start()
        self.hand_out()
        result: R = await job.result
        return result

    def hand_out(self) -> None:
        """Give waiting jobs to the workers that have room, the least laden first."""
        while self._queue:
            free = [worker for worker in self._workers if worker.ready and len(worker.jobs) < DEPTH]
            if not free:
                return
            min(free, key=lambda worker: len(worker.jobs)).give(self._queue.popleft())

    def lost(self, worker: _Worker) -> None:
        """A worker is gone: blame the job in its hands, keep the others, start a new one."""
        if worker in self._workers:
            self._workers.remove(worker)
        worker.process.kill()
        if self.closed:
            return
        if not worker.ready:
            self.failures += 1
        if worker.jobs:
            culprit = worker.jobs.popleft()
            if not culprit.result.done():
                culprit.result.set_exception(WorkerDiedError("the reading process died or ran out of time"))
            self._queue.extendleft(reversed(worker.jobs))
        if self.failures >= START_FAILURES:
            self._break("they die at their start")
        else:
            self.start()

    def _break(self, why: str) -> None:
        self._broken = why
        self._on_broken(why)
        for job in self._queue:
            if not job.result.done():
                job.result.set_exception(PoolBrokenError(why))
        self._queue.clear()

    def close(self) -> None:
        """Let the workers go; calls without an answer get none."""
        self.closed = True
        for worker in tuple(self._workers):
            worker.close()
        for process in tuple(self.born):
            process.kill()
        self._workers.clear()
