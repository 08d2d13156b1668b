"""Work on many items by several processes: results in the order of the items, as soon as each is there.

    items → feeder thread → so many in hand at once → worker processes → results, in order

A first handful is worked on in this process, because starting others takes longer than that. An
item that kills its worker gets that as its result, and the others go on.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from queue import Queue
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

FIRST = 24
"""Items that are worked on before other processes are started."""
IN_HAND = 16
"""Items under way or done and waiting for their turn, for each worker."""


class WorkerDied(RuntimeError):
    """The process that worked on an item died of it."""


def work_on(
    items: Iterable[Item], work: Callable[[Item], Result], *, workers: int
) -> Iterator[tuple[Item, Result | WorkerDied]]:
    """Each item with its result, in order. ``work`` must be picklable and must not raise.

    ``workers`` 0: one less than there are cores. Items are taken as they are needed, so that both a
    file of any size and a pipe that someone types into work.
    """
    count = workers or max(1, (os.cpu_count() or 2) - 1)
    rest = iter(items)
    for item in rest if count == 1 else itertools.islice(rest, FIRST):
        yield item, work(item)
    if count == 1:
        return
    for item in rest:
        with _Pool(work, count) as pool:
            yield from pool.run(itertools.chain([item], rest))


class _Pool(Generic[Item, Result]):
    def __init__(self, work: Callable[[Item], Result], workers: int) -> None:
        self._work = work
        self._workers = workers
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._executor = self._start(workers)
        self._queue: Queue[tuple[Item, Future[Result]] | BaseException | None] = Queue(workers * IN_HAND)

    def __enter__(self) -> _Pool[Item, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        while not self._queue.empty():
            self._queue.get_nowait()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def run(self, items: Iterator[Item]) -> Iterator[tuple[Item, Result | WorkerDied]]:
        threading.Thread(target=self._feed, args=(items,), daemon=True).start()
        while (got := self._queue.get()) is not None:
            if isinstance(got, BaseException):
                raise got
            item, future = got
            try:
                yield item, future.result()
            except BrokenProcessPool:
                # All that was in hand is lost when a worker dies; each is tried once more, alone.
                yield item, self._alone(item)

    def _feed(self, items: Iterator[Item]) -> None:
        try:
            for item in items:
                if self._stopped.is_set():
                    return
                self._queue.put((item, self._submit(item)))
            self._queue.put(None)
        except BaseException as error:
            self._queue.put(error)

    def _submit(self, item: Item) -> Future[Result]:
        with self._lock:
            try:
                return self._executor.submit(self._work, item)
            except BrokenProcessPool:
                self._executor = self._start(self._workers)
                return self._executor.submit(self._work, item)

    def _alone(self, item: Item) -> Result | WorkerDied:
        with self._start(1) as executor:
            try:
                return executor.submit(self._work, item).result()
            except BrokenProcessPool:
                return WorkerDied("the reading process died")

    @staticmethod
    def _start(workers: int) -> ProcessPoolExecutor:
        # A fork server has no threads of ours, and makes a worker in milliseconds once it has
        # imported what all of them need.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipeline.process", "app.handed"])
        return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)


def _begin() -> None:
    """Ctrl-C goes to all processes of the terminal, and is the first one's affair. An item that takes
    all memory costs itself and not the machine."""
    import signal

    from crawler.reading import limit_memory

    limit_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
