"""One crawl's own business: the database, the reading processes, and the count of what came of all.

    page → slot → worker process → outcome ┐
                           rejected page ──┴→ batch → storage thread → counts

The reactor never waits for a worker or for the disk. What holds the crawl back is the number of
slots: ``read`` returns when the page has one, not when it is read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta

from crawler import reading
from crawler.keeper import Keeper
from crawler.pool import PoolBrokenError, WorkerDiedError, WorkerPool
from crawler.report import CrawlConfig, CrawlReport, Progress
from crawler.saver import Saver, Work
from crawler.slots import Slots
from crawler.tally import Tallies
from pipeline.errors import CrawlError, DetaineeWatchError, StorageError
from pipeline.types import FeedEntry, Outcome, Page, Rejected, Source
from pipeline.vocabulary import FeedState, Rejection
from storage.checking import quick_check
from storage.engine import open_database
from storage.health_values import Look
from storage.quarantine import keep_in_quarantine
from storage.repository import Repository
from storage.values import FeedFetch, FeedMemory

logger = logging.getLogger(__name__)

SLOTS_PER_WORKER = 64
"""Pages in hand for each worker: enough that the crawl goes on while the workers start."""
SLOT_BYTES = 32 * 1024 * 1024
"""What the bodies in hand may come to; memory stays flat at any length of the crawl."""
BUSY_SECONDS = 60.0
"""How long the crawl waits for another process that writes: nobody is waiting for the crawl."""
PREPARE_SECONDS = 180.0
"""How long the first reading process may take to load what reading needs."""


class Session:
    """The state of one run of the crawl."""

    def __init__(self, config: CrawlConfig, on_progress: Callable[[Progress], None] | None = None) -> None:
        self.config = config
        self.since = datetime.combine(config.since, time(), UTC) if config.since else None
        self.until = datetime.combine(config.until + timedelta(days=1), time(), UTC) if config.until else None
        self.reason = ""
        self.closed = False
        self.rests: dict[str, float] = {}  # host:port → monotonic time from which it may be asked
        self.tallies = Tallies(config.sources, on_progress)

    def open(self) -> None:
        """Open the database, look whether it is sound, and begin the run. Raises the StorageError tree."""
        engine = open_database(self.config.database_url, busy_seconds=BUSY_SECONDS)
        try:
            quick_check(engine)
            self.repository = Repository(engine, matcher=self.config.matcher)
            self.started = self.ended = self.config.clock()
            self.run = self.begin_run()
            self.keeper = Keeper(engine, self.config.sources, now=self.started)
        except DetaineeWatchError:
            engine.dispose()
            raise
        self.saver = Saver(self.repository, self.run, clock=self.config.clock, on_saved=self.saved)
        self.pool = WorkerPool(
            self.config.worker_count, seconds=self.config.page_seconds, on_broken=self._cannot_read
        )
        self._slots = Slots(self.config.worker_count * SLOTS_PER_WORKER, SLOT_BYTES)

    def begin_run(self) -> int:
        """Begin the run in the database; its number."""
        return self.repository.start_run(command="crawl", now=self.started)

    @property
    def failure(self) -> DetaineeWatchError | None:
        """What ended the crawl before its time."""
        return self.saver.failure

    def on_failure(self, call: Callable[[], None]) -> None:
        """``call`` is called once when the database fails: the crawl is to end."""
        self.saver.on_failure = call

    # What the spider asks for.

    def asks(self, source: Source) -> bool:
        """Whether a source is asked now; one that rests has its outcome with this."""
        words = self.keeper.rest(source, self.config.clock(), paused=self.config.pauses)
        if words:
            self.tallies.rest(source, words)
        return not words

    async def memory(self, source: Source) -> FeedMemory | None:
        """What is remembered of a source's feed."""
        return self.keeper.memory(source)

    def start(self) -> None:
        """Start the reading processes, beside the fetching of the first feeds."""
        self.pool.start()
        self.saver.keep(self._try_reading())

    async def waiting(self) -> tuple[FeedEntry, ...]:
        """The pages of earlier runs that have no outcome, and those that are to be looked at again."""
        if not self.config.read:
            return ()
        slugs = tuple(source.slug for source in self.config.sources)
        entries = await self.saver.store(self.repository.pending, slugs)
        if self.config.recheck:
            now = self.config.clock()
            again = await self.saver.store(self.repository.due_for_recheck, now=now, slugs=slugs)
            self.tallies.again |= {entry.url for entry in again}
            entries += again
        entries = self.keeper.awake(entries)
        self.expect(entries)
        return entries

    async def save_feed(
        self, fetch: FeedFetch, entries: Sequence[FeedEntry], look: Look
    ) -> tuple[FeedEntry, ...]:
        """Save a fetch and its entries; the new ones, which are to be fetched. ``look`` is what is
        known of the answer so far."""
        new = await self.saver.store(
            self.repository.save_feed, self.run, fetch, tuple(entries), now=self.config.clock()
        )
        self.tallies.fed(fetch, new, look)
        if not self.config.read:
            new = ()
        self.expect(new)
        self.tallies.tell(fetch.source)
        return new

    def expect(self, entries: Sequence[FeedEntry]) -> None:
        """So many pages more are to have an outcome in this run."""
        self.tallies.expect(entries)

    def asked_for_rest(self, host: str, seconds: float) -> None:
        """A server wants to be left alone; the next runs know of it."""
        self.keeper.asked_for_rest(host, seconds, self.config.clock())

    async def read(self, page: Page) -> None:
        """Take a page to be read and saved. Returns when there is a slot for it."""
        await self._slots.acquire(len(page.body))
        self.saver.keep(self._read(page))

    async def reject(self, rejected: Rejected) -> None:
        """Take a page that was not read."""
        await self.saver.add(rejected, rejected.page.entry)

    async def settle(self) -> None:
        """Wait until all that is in hand is read and saved."""
        await self.saver.settle()

    async def saved(self, work: Work) -> None:
        """Count what stands in the database now."""
        for outcome, entry, one in work:
            self.tallies.count(outcome, entry, forgotten=one.outcome == Rejection.FORGOTTEN)

    def close(self) -> None:
        """End the run without waiting for anything; what is not saved stays pending. Idempotent."""
        if self.closed:
            return
        self.closed = True
        self.pool.close()
        self.saver.close()
        self.ended = self.config.clock()
        if self.failure is None:
            try:
                self.keep_health()
            except DetaineeWatchError as error:
                self.saver.failure = error
        outcome = "failed" if self.failure else "interrupted" if self.interrupted else "ok"
        try:
            self.repository.end_run(self.run, outcome=outcome, now=self.ended)
        except StorageError as error:
            self.saver.failure = self.failure or error
        self.repository.engine.dispose()

    def keep_health(self) -> None:
        """Judge how the sources fared, and keep it. Raises the StorageError tree."""
        self.keeper.save(self.tallies.looks(), now=self.ended)

    @property
    def interrupted(self) -> bool:
        """Whether the crawl ended before it was done."""
        return self.reason != "finished"

    def report(self) -> CrawlReport:
        """What came of the run so far."""
        return CrawlReport(
            run=self.run,
            sources=self.tallies.reports(FeedState.INTERRUPTED),
            counts=dict(self.tallies.counts()),
            started=self.started,
            ended=self.ended,
            interrupted=self.interrupted,
            reason=self.reason,
            left=self.tallies.left,
        )

    # Inside.

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
        self.saver.fail(
            CrawlError(
                f"No page can be read: the reading processes do not work ({why}). The pages stay pending. "
                "Look whether there is memory for them (setting 'workers'), or install the program anew.",
                key=str(self.run),
            )
        )

    def since_of(self, entry: FeedEntry) -> datetime | None:
        """The day before which the article of an entry is too old; None: it never is."""
        return self.since

    async def _read(self, page: Page) -> None:
        source = self.tallies[page.entry.source].source
        since = self.since_of(page.entry)
        outcome: Outcome
        try:
            outcome = await self.pool.run(self.config.reader, page, source, self.config.clock(), since)
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
                await self.saver.store(
                    keep_in_quarantine, self.repository.engine, page, detail=outcome.detail, now=now
                )
            except StorageError:
                return  # the page stays pending
        await self.saver.add(outcome, page.entry)
