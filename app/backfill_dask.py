"""A backfill on a Dask cluster: each file a task, tried again where a worker is lost.

What a task has stored stays stored, with the place that it reached: wherever the file is read next, it
goes on there. The cluster's machines need this program, the same paths or addresses of the files, and
a database that all of them reach.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from app.backfill_files import Job
from app.backfill_queue import Queue, Task
from pipeline.errors import ConfigError, CrawlError, DataError, StorageError
from storage.backfill import Piece

NEEDS_CLUSTER = "A Dask cluster needs the extra 'cluster': pip install 'detainee-watch[cluster]'."
GONE = "The cluster's scheduler is gone. What was stored stays; the next call goes on where this one was."
CONNECT_SECONDS = 30.0
RETRIES = 3
"""How often a task is tried again by Dask when it raises what may pass."""
LOSSES = 6
"""How often a file is handed out anew after Dask has given it up because its workers died."""
LOOK_SECONDS = 2.0
"""How often the database is asked how far the files are."""
PAUSE = 0.2
AHEAD = 2
"""Files that are handed out, for each thread of the cluster."""


Standing = Callable[[set[int]], Iterable[Piece]]
"""Numbers of files → their pieces as the database has them."""


def run_on_dask(
    queue: Queue, job: Job, address: str, *, standing: Standing, on_progress: Callable[[], None]
) -> None:
    """Read all that is in the queue on the cluster of the scheduler at ``address``. Raises ConfigError when
    it cannot be reached, and the StorageError tree when nothing can be stored."""
    try:
        import distributed
    except ImportError as error:
        raise ConfigError(NEEDS_CLUSTER, key="dask") from error
    try:
        make: Any = distributed.Client  # which has no types
        client = make(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ConfigError(f"No Dask scheduler answers at {address}: {error}", key="dask") from error
    with client:
        _Cluster(client, queue, job, standing).run(on_progress)


def read_file(job: Job, tasks: tuple[Task, ...]) -> str:
    """Read all pieces of a file that are not read yet; "" or why it cannot be read. Runs in the cluster."""
    from app.backfill_work import read_piece

    try:
        for task in tasks:
            read_piece(job, task.file, task.start, lambda piece: None)
    except DataError as error:
        return str(error)
    except StorageError as error:
        # An error with a cause that cannot be pickled is told by its words.
        raise type(error)(str(error), key=error.key) from None
    return ""


class _Cluster:
    def __init__(self, client: Any, queue: Queue, job: Job, standing: Standing) -> None:
        self._client = client
        self._queue = queue
        self._job = job
        self._under_way: dict[Any, tuple[Task, ...]] = {}
        self._losses: dict[int, int] = {}
        self._looked = 0.0
        self._standing = standing
        self._ended_files: set[int] = set()

    def run(self, on_progress: Callable[[], None]) -> None:
        """Hand out files and listen until all are read."""
        try:
            while self._hand_out():
                for future in [each for each in self._under_way if each.done()]:
                    self._ended(future)
                self._look()
                on_progress()
                time.sleep(PAUSE)
        except OSError as error:
            raise CrawlError(GONE) from error
        finally:
            with suppress(Exception):  # whom one cannot reach one need not tell
                self._client.cancel(list(self._under_way), force=True)
        self._look(now=True)
        on_progress()

    def _hand_out(self) -> bool:
        """Keep the cluster busy; False when nothing is left to be done."""
        threads = sum(self._client.nthreads().values()) or 1
        while len(self._under_way) < AHEAD * threads and (tasks := self._queue.take_file()):
            future = self._client.submit(read_file, self._job, tasks, pure=False, retries=RETRIES)
            self._under_way[future] = tasks
        return bool(self._under_way) or not self._queue.empty

    def _ended(self, future: Any) -> None:
        from distributed import KilledWorker

        tasks = self._under_way.pop(future)
        self._ended_files.add(tasks[0].file.id)
        if future.status not in ("finished", "error"):
            raise CrawlError(GONE)
        try:
            error = future.result()
        except KilledWorker:
            if self._again(tasks):
                return
            error = "its workers die again and again"
        except StorageError:
            raise
        except Exception as trouble:
            raise CrawlError(f"The cluster could not read {tasks[0].file.name}: {trouble}") from trouble
        for task in tasks:
            self._queue.ended(task, error)

    def _again(self, tasks: tuple[Task, ...]) -> bool:
        """Hand out a file anew whose workers died; False when that was done often enough."""
        number = tasks[0].file.id
        self._losses[number] = self._losses.get(number, 0) + 1
        if self._losses[number] > LOSSES:
            return False
        for task in reversed(tasks):
            self._queue.again(task)
        return True

    def _look(self, *, now: bool = False) -> None:
        """Ask the database how far the files are: workers tell nobody else."""
        if not now and time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        for piece in self._standing(
            {tasks[0].file.id for tasks in self._under_way.values()} | self._ended_files
        ):
            self._queue.told(piece)
        self._ended_files.clear()
