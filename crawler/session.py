"""One crawl's own business: the database, the reading processes, and the count of what came of all.

    page → slot → worker process → outcome ┐
                           rejected page ──┴→ batch → storage thread → counts

The reactor never waits for a worker or for the disk. What holds the crawl back is the number of
slots: ``read`` returns when the page has one, not when it is read.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from functools import partial
from typing import Any, ParamSpec, TypeVar

from crawler import reading
from crawler.keeper import Keeper
from crawler.pages_seen import PagesSeen
from crawler.pool import PoolBrokenError, WorkerDiedError, WorkerPool
from crawler.report import CrawlConfig, CrawlReport, Progress, SourceReport
from crawler.slots import Slots
from pipeline.errors import CrawlError, DetaineeWatchError, StorageError
from pipeline.types import Extracted, FeedEntry, Irrelevant, Outcome, Page, Rejected, Source
from pipeline.vocabulary import FeedState, Rejection
from storage.engine import open_database
from storage.health_values import Look
from storage.quarantine import keep_in_quarantine
from storage.repository import Repository
from storage.upkeep import quick_check
from storage.values import IRRELEVANT, RELEVANT, FeedFetch

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

BATCH = 50
"""Outcomes that are saved in one transaction."""
BATCH_SECONDS = 0.5
"""How long an outcome waits for the others of its batch."""
SLOTS_PER_WORKER = 64
"""Pages in hand for each worker: enough that the crawl goes on while the workers start."""
SLOT_BYTES = 32 * 1024 * 1024
"""What the bodies in hand may come to; memory stays flat at any length of the crawl."""
BUSY_SECONDS = 60.0
"""How long the crawl waits for another process that writes: nobody is waiting for the crawl."""
PREPARE_SECONDS = 180.0
"""How long the first reading process may take to load what reading needs."""
UNSAVED_LIMIT = 500
"""Outcomes that may wait for the disk before the crawl is held back."""


@dataclass(slots=True)
class _Tally:
    """What is counted for one source."""

    source: Source
    state: FeedState | None = None
    detail: str = ""
    entries: int = 0
    new: int = 0
    open: int = 0  # pages without an outcome
    outcomes: Counter[str] = field(default_factory=Counter)
    look: Look | None = None  # what health.py judges, once the feed has its state
    seen: PagesSeen = field(default_factory=PagesSeen)

    @property
    def done(self) -> bool:
        return self.state is not None and self.open == 0


class Session:
    """The state of one run of the crawl."""

    def __init__(self, config: CrawlConfig, on_progress: Callable[[Progress], None] | None = None) -> None:
        self.config = config
        self.since = datetime.combine(config.since, time(), UTC) if config.since else None
        self.failure: DetaineeWatchError | None = None
        self.reason = ""
        self.closed = False
        self._on_progress = on_progress
        self._on_failure: Callable[[], None] = lambda: None
        self._tallies = {source.slug: _Tally(source) for source in config.sources}
        self._pages_total = 0
        self._again: set[str] = set()  # addresses that were read before and are looked at again
        self._batch: list[tuple[Outcome, FeedEntry]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Open the database, look whether it is sound, and begin the run. Raises the StorageError tree."""
        engine = open_database(self.config.database_url, busy_seconds=BUSY_SECONDS)
        try:
            quick_check(engine)
        except StorageError:
            engine.dispose()
            raise
        self.repository = Repository(engine, matcher=self.config.matcher)
        self.started = self.ended = self.config.clock()
        self.run = self.repository.start_run(command="crawl", now=self.started)
        self.keeper = Keeper(self.repository.engine, self.config.sources, now=self.started)
        self._storage = ThreadPoolExecutor(1, thread_name_prefix="storage")
        self.pool = WorkerPool(
            self.config.worker_count, seconds=self.config.page_seconds, on_broken=self._cannot_read
        )
        self._slots = Slots(self.config.worker_count * SLOTS_PER_WORKER, SLOT_BYTES)
        self._unsaved = asyncio.Semaphore(UNSAVED_LIMIT)

    def on_failure(self, call: Callable[[], None]) -> None:
        """``call`` is called once when the database fails: the crawl is to end."""
        self._on_failure = call

    # What the spider asks for.

    def asks(self, source: Source) -> bool:
        """Whether a source is asked now; one that rests has its outcome with this."""
        words = self.keeper.rest(source, self.config.clock(), paused=self.config.pauses)
        if words:
            tally = self._tallies[source.slug]
            tally.state, tally.detail = FeedState.RESTING, words
            self._tell(tally)
        return not words

    def start(self) -> None:
        """Start the reading processes, beside the fetching of the first feeds."""
        self.pool.start()
        self._keep(self._try_reading())

    async def waiting(self) -> tuple[FeedEntry, ...]:
        """The pages of earlier runs that have no outcome, and those that are to be looked at again."""
        if not self.config.read:
            return ()
        slugs = tuple(self._tallies)
        entries = await self._store(self.repository.pending, slugs)
        if self.config.recheck:
            now = self.config.clock()
            again = await self._store(self.repository.due_for_recheck, now=now, slugs=slugs)
            self._again = {entry.url for entry in again}
            entries += again
        entries = self.keeper.awake(entries)
        self._expect(entries)
        return entries

    async def save_feed(
        self, fetch: FeedFetch, entries: Sequence[FeedEntry], look: Look
    ) -> tuple[FeedEntry, ...]:
        """Save a fetch and its entries; the new ones, which are to be fetched. ``look`` is what is
        known of the answer so far."""
        tally = self._tallies[fetch.source]
        new = await self._store(
            self.repository.save_feed, self.run, fetch, tuple(entries), now=self.config.clock()
        )
        tally.state, tally.detail, tally.entries, tally.new = (
            fetch.state,
            fetch.detail,
            fetch.entries,
            len(new),
        )
        times = tuple(entry.published for entry in new if entry.published is not None)
        tally.look = replace(look, entries=fetch.entries, new=len(new), times=times)
        if not self.config.read:
            new = ()
        self._expect(new)
        self._tell(tally)
        return new

    async def read(self, page: Page) -> None:
        """Take a page to be read and saved. Returns when there is a slot for it."""
        await self._slots.acquire(len(page.body))
        self._keep(self._read(page))

    async def reject(self, rejected: Rejected) -> None:
        """Take a page that was not read."""
        await self._add(rejected, rejected.page.entry)

    async def settle(self) -> None:
        """Wait until all that is in hand is read and saved."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self.failure is None:
            await self._flush()

    def close(self) -> None:
        """End the run without waiting for anything; what is not saved stays pending. Idempotent."""
        if self.closed:
            return
        self.closed = True
        self.pool.close()
        self._storage.shutdown(wait=True)
        self.ended = self.config.clock()
        if self.failure is None:
            try:
                self.keeper.save(self._looks(), now=self.ended)
            except StorageError as error:
                self.failure = error
        outcome = "failed" if self.failure else "interrupted" if self.interrupted else "ok"
        try:
            self.repository.end_run(self.run, outcome=outcome, now=self.ended)
        except StorageError as error:
            self.failure = self.failure or error
        self.repository.engine.dispose()

    @property
    def interrupted(self) -> bool:
        """Whether the crawl ended before it was done."""
        return self.reason != "finished"

    def report(self) -> CrawlReport:
        """What came of the run so far."""
        counts: Counter[str] = Counter()
        for tally in self._tallies.values():
            counts.update(tally.outcomes)
        return CrawlReport(
            run=self.run,
            sources=tuple(_source_report(tally) for tally in self._tallies.values()),
            counts=dict(counts),
            started=self.started,
            ended=self.ended,
            interrupted=self.interrupted,
            reason=self.reason,
            left=sum(tally.open for tally in self._tallies.values()),
        )

    # Inside.

    def _looks(self) -> tuple[Look, ...]:
        """What was seen of each source that was asked and answered or failed."""
        return tuple(
            tally.seen.told_by(tally.look) for tally in self._tallies.values() if tally.look is not None
        )

    async def _try_reading(self) -> None:
        """Read a sentence of our own: where that cannot be done, no page is to be blamed for it."""
        if self.config.reader is not reading.read_page:
            return
        try:
            await asyncio.wait_for(self.pool.run(reading.prepare), PREPARE_SECONDS)
        except PoolBrokenError:
            return  # told already
        except Exception as error:
            self._cannot_read(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)

    def _cannot_read(self, why: str) -> None:
        self._fail(
            CrawlError(
                f"No page can be read: the reading processes do not work ({why}). The pages stay pending. "
                "Look whether there is memory for them (setting 'workers'), or install the program anew.",
                key=str(self.run),
            )
        )

    async def _read(self, page: Page) -> None:
        source = self._tallies[page.entry.source].source
        outcome: Outcome
        try:
            outcome = await self.pool.run(self.config.reader, page, source, self.config.clock(), self.since)
        except PoolBrokenError:
            return
        except WorkerDiedError as error:
            outcome = Rejected(page=page, reason=Rejection.UNREADABLE, detail=str(error))
        except Exception as error:
            # A reader promises not to raise; one that does costs its page and nothing more.
            logger.exception("Reading %s failed", page.url)
            outcome = Rejected(page=page, reason=Rejection.UNREADABLE, detail=type(error).__name__)
        finally:
            self._slots.release(len(page.body))
        if isinstance(outcome, Rejected) and outcome.reason is Rejection.UNREADABLE:
            now = self.config.clock()
            try:
                await self._store(
                    keep_in_quarantine, self.repository.engine, page, detail=outcome.detail, now=now
                )
            except StorageError:
                return  # the page stays pending
        await self._add(outcome, page.entry)

    async def _add(self, outcome: Outcome, entry: FeedEntry) -> None:
        await self._unsaved.acquire()
        self._batch.append((outcome, entry))
        if len(self._batch) >= BATCH:
            self._begin_flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BATCH_SECONDS, self._begin_flush)

    def _begin_flush(self) -> None:
        self._keep(self._flush())

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside all else; ``settle`` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._batch = self._batch, []
        if not batch:
            return
        outcomes = tuple(outcome for outcome, _ in batch)
        entries = tuple(entry for _, entry in batch)
        save = self.repository.save_all
        try:
            saved = await self._store(save, outcomes, now=self.config.clock(), run=self.run, entries=entries)
        except StorageError:
            return  # kept in self.failure; these pages stay pending
        finally:
            for _ in batch:
                self._unsaved.release()
        for (outcome, entry), each in zip(batch, saved, strict=True):
            self._count(outcome, entry, forgotten=each.outcome == Rejection.FORGOTTEN)

    async def _store(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a call of the repository in the one thread that writes. After a failure of whatever kind
        nothing more is stored."""
        if self.failure is not None:
            raise StorageError(str(self.failure), key=self.failure.key) from self.failure
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._storage, partial(call, *args, **kwargs))
        except StorageError as error:
            self._fail(error)
            raise

    def _fail(self, error: DetaineeWatchError) -> None:
        """Keep the first failure that ends the crawl, and end it."""
        if self.failure is None:
            self.failure = error
            self._on_failure()

    def _expect(self, entries: Sequence[FeedEntry]) -> None:
        self._pages_total += len(entries)
        for entry in entries:
            self._tallies[entry.source].open += 1

    def _count(self, outcome: Outcome, entry: FeedEntry, *, forgotten: bool) -> None:
        tally = self._tallies[entry.source]
        tally.open -= 1
        if entry.url not in self._again:
            tally.seen.count(outcome)
        match outcome:
            case _ if forgotten:
                tally.outcomes[Rejection.FORGOTTEN.value] += 1
            case Rejected(reason=reason):
                tally.outcomes[reason.value] += 1
            case Irrelevant():
                tally.outcomes[IRRELEVANT] += 1
            case Extracted():
                tally.outcomes[RELEVANT] += 1
        self._tell(tally)

    def _tell(self, tally: _Tally) -> None:
        if self._on_progress is None:
            return
        tallies = self._tallies.values()
        self._on_progress(
            Progress(
                source=tally.source.slug,
                state=tally.state,
                source_done=tally.done,
                sources_done=sum(tally.done for tally in tallies),
                sources_total=len(tallies),
                pages_done=self._pages_total - sum(tally.open for tally in tallies),
                pages_total=self._pages_total,
                relevant=sum(tally.outcomes[RELEVANT] for tally in tallies),
            )
        )


def _source_report(tally: _Tally) -> SourceReport:
    read = tally.outcomes[RELEVANT] + tally.outcomes[IRRELEVANT]
    return SourceReport(
        slug=tally.source.slug,
        name=tally.source.name,
        state=tally.state or FeedState.INTERRUPTED,
        detail=tally.detail,
        entries=tally.entries,
        new=tally.new,
        read=read,
        relevant=tally.outcomes[RELEVANT],
        rejected={name: n for name, n in tally.outcomes.items() if name not in (RELEVANT, IRRELEVANT)},
    )
