"""The one thread that writes to the database, the outcomes that wait for it, and the first failure.

    outcome → batch → storage thread → counted

The reactor never waits for the disk. After a failure of whatever kind nothing more is stored.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, ParamSpec, TypeVar

from pipeline.errors import DetaineeWatchError, StorageError
from pipeline.types import FeedEntry, Outcome
from storage.repository import Repository
from storage.values import Saved

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

BATCH = 50
"""Outcomes that are saved in one transaction."""
BATCH_SECONDS = 0.5
"""How long an outcome waits for the others of its batch."""
UNSAVED_LIMIT = 500
"""Outcomes that may wait for the disk before the crawl is held back."""

Work = Sequence[tuple[Outcome, FeedEntry, Saved]]
"""What was saved: outcome, the entry that led to it, what storage made of it."""


class Saver:
    """Saves the outcomes of one run. Used from the reactor's thread."""

    def __init__(
        self,
        repository: Repository,
        run: int,
        *,
        clock: Callable[[], datetime],
        on_saved: Callable[[Work], Awaitable[None]],
    ) -> None:
        """``on_saved`` is awaited with each batch once it stands in the database."""
        self.failure: DetaineeWatchError | None = None
        self.on_failure: Callable[[], None] = lambda: None
        self._repository = repository
        self._run = run
        self._clock = clock
        self._on_saved = on_saved
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="storage")
        self._unsaved = asyncio.Semaphore(UNSAVED_LIMIT)
        self._batch: list[tuple[Outcome, FeedEntry]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def add(self, outcome: Outcome, entry: FeedEntry) -> None:
        """Let an outcome be saved with the next batch. Returns at once, unless too many wait."""
        await self._unsaved.acquire()
        self._batch.append((outcome, entry))
        if len(self._batch) >= BATCH:
            self._begin_flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BATCH_SECONDS, self._begin_flush)

    async def store(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a call of storage in the one thread that writes. Raises the StorageError tree; the first
        such error ends the crawl."""
        if self.failure is not None:
            raise StorageError(str(self.failure), key=self.failure.key) from self.failure
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, partial(call, *args, **kwargs))
        except StorageError as error:
            self.fail(error)
            raise
        except Exception as error:
            # A fault of ours, in a rule's matching say: a crawl that went on would store nothing more
            # and call itself well.
            logger.exception("Saving failed")
            fault = StorageError(
                f"What was crawled cannot be saved ({type(error).__name__}: {error}). This is a fault of the "
                "program; please report it. The pages stay pending.",
                key=str(self._run),
            )
            self.fail(fault)
            raise fault from error

    def fail(self, error: DetaineeWatchError) -> None:
        """Keep the first failure that ends the crawl, and end it."""
        if self.failure is None:
            self.failure = error
            self.on_failure()

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside all else; ``settle`` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until all that is in hand is saved."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self.failure is None:
            await self._flush()

    @property
    def idle(self) -> bool:
        """Whether nothing is in hand."""
        return not self._tasks and not self._batch

    def close(self) -> None:
        """Wait for the call that is under way, and make no more."""
        self._thread.shutdown(wait=True)

    def _begin_flush(self) -> None:
        self.keep(self._flush())

    async def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._batch = self._batch, []
        if not batch:
            return
        outcomes = tuple(outcome for outcome, _ in batch)
        entries = tuple(entry for _, entry in batch)
        save = self._repository.save_all
        try:
            saved = await self.store(save, outcomes, now=self._clock(), run=self._run, entries=entries)
        except StorageError:
            return  # kept in self.failure; these pages stay pending
        finally:
            for _ in batch:
                self._unsaved.release()
        await self._on_saved(
            [(outcome, entry, one) for (outcome, entry), one in zip(batch, saved, strict=True)]
        )
