"""The session of one worker of a shared crawl: the same database, and a part of the work."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from crawler.cluster.frontier import SharedFrontier
from crawler.cluster.tasks import FEED, PAGE, Task, dump_value, load_look, load_source
from crawler.outcomes import NotAskedError
from crawler.pages_seen import PagesSeen
from crawler.report import CrawlConfig, CrawlReport, Progress
from crawler.saver import Work
from crawler.session import Session
from crawler.tally import Tallies
from pipeline.errors import DataError, FrontierError
from pipeline.types import FeedEntry, Source
from pipeline.vocabulary import FeedState
from storage.health_values import Look
from storage.sharing import frontier_name, still_open
from storage.values import FeedFetch, FeedMemory

logger = logging.getLogger(__name__)

T = TypeVar("T")

SPLIT = "\t"
"""Between the slug and the name of a count."""


class SharedSession(Session):
    """A run that shares its frontier with others."""

    def __init__(self, config: CrawlConfig, on_progress: Callable[[Progress], None] | None = None) -> None:
        super().__init__(config, on_progress)
        # What others do is theirs to tell: sources are counted here once this worker has to do with them.
        self.tallies = Tallies((), on_progress)
        self._sources: dict[str, Source] = {}
        self._names: dict[str, str] = {}  # address of an entry, or slug of a feed → id of its task
        self._since: dict[str, datetime] = {}
        self._looks: dict[str, Look] = {}

    def begin_run(self) -> int:
        """Find Redis, and begin. Raises ConfigError, FrontierError and the StorageError tree."""
        config = self.config
        self.frontier = SharedFrontier(
            config.redis_url,
            frontier_name(self.repository.engine),
            lease_seconds=config.lease_seconds,
            hosts=config.concurrency,
            window=2 * config.concurrency_per_host,
        )
        alone = self.frontier.others() == 0
        return self.repository.start_run(command="crawl", now=self.started, alone=alone)

    # Before and beside the work.

    async def seed(self) -> None:
        """Put in what this worker was told to crawl: feeds that are asked now, and pages that wait.
        Raises FrontierError and the StorageError tree."""
        config = self.config
        asked = [source for source in config.sources if self.asks(source)]
        told = {source.slug: dump_value(source) for source in config.sources}
        await self.frontier.call(self.frontier.queue.know, told)
        feeds = [Task(kind=FEED, source=one.slug, url=one.url, since=self.since) for one in asked]
        await self.frontier.put(feeds)
        pages = await self.waiting()
        again = self.tallies.again
        await self.frontier.put([_task(one, again=one.url in again, since=self.since) for one in pages])
        await self.frontier.call(self.frontier.queue.seeded)

    def asks(self, source: Source) -> bool:
        """As in a crawl of one's own; a source that rests is counted."""
        words = self.keeper.rest(source, self.config.clock(), paused=self.config.pauses)
        if words:
            self.tallies.add(source)
            self.tallies.rest(source, words)
        return not words

    def expect(self, entries: Sequence[FeedEntry]) -> None:
        """Nothing is expected here before it is taken."""

    # The work.

    async def source(self, slug: str) -> Source | None:
        """A source that some worker made known; None for one that nobody did. Raises FrontierError."""
        found = self._sources.get(slug)
        if found is None:
            told = await self.frontier.call(self.frontier.queue.source, slug)
            try:
                found = load_source(told) if told is not None else None
            except DataError as error:
                logger.warning("A source in the shared frontier is left out: %s", error)
            if found is None or found.slug != slug:
                return None
            self._sources[slug] = found
            self.tallies.add(found)
        return found

    async def memory(self, source: Source) -> FeedMemory | None:
        """As it is now: another worker may have asked since this one began."""
        return await asyncio.to_thread(self.repository.feed_memory, source.slug, url=source.url)

    async def undone(self, taken: Sequence[tuple[str, Task]]) -> tuple[tuple[str, Task], ...]:
        """Those of the pages that were taken that have no outcome; a task may come back from a worker
        that died after it had saved. The others are done with."""
        pages = [task.url for _, task in taken if task.kind == PAGE and not task.again]
        if not pages:
            return tuple(taken)
        waiting = await asyncio.to_thread(still_open, self.repository.engine, pages)
        kept = tuple(
            (name, task) for name, task in taken if task.kind == FEED or task.again or task.url in waiting
        )
        if gone := sorted({name for name, _ in taken} - {name for name, _ in kept}):
            await self.frontier.done(gone)
        return kept

    def begin(self, name: str, task: Task, source: Source) -> None:
        """A task is being worked on."""
        self._names[task.url if task.kind == PAGE else source.slug] = name
        if task.entry is not None:
            self.tallies.expect((task.entry,))
            if task.again:
                self.tallies.again.add(task.url)
            if task.since is not None:
                self._since[task.url] = task.since

    def fetched(self, entry: FeedEntry) -> None:
        """A page has its answer."""
        if (name := self._names.get(entry.url)) is not None:
            self.frontier.fetched(name)

    async def passed_over(self, key: str) -> None:
        """A page or a feed was not asked, because its server rests: it stays as it is."""
        if (name := self._names.pop(key, None)) is not None:
            await self.frontier.done([name])

    def since_of(self, entry: FeedEntry) -> datetime | None:
        return self._since.get(entry.url)

    async def save_feed(
        self, fetch: FeedFetch, entries: Sequence[FeedEntry], look: Look
    ) -> tuple[FeedEntry, ...]:
        new = await super().save_feed(fetch, entries, look)
        if (told := self.tallies[fetch.source].look) is not None:
            self._looks[fetch.source] = told
        return new

    async def hand_on(self, source: Source, new: Sequence[FeedEntry], since: datetime | None) -> None:
        """A feed is done with: its new pages are there for everybody, and then it is acknowledged.
        Raises FrontierError and the StorageError tree."""
        name = self._names.pop(source.slug)
        if self.config.read:
            # A worker that died between the database and Redis has left entries that are new to nobody.
            left = await asyncio.to_thread(self.repository.pending, (source.slug,))
            known = {entry.url for entry in new}
            late = tuple(entry for entry in self.keeper.awake(left) if entry.url not in known)
            await self.frontier.put([_task(entry, since=since) for entry in (*new, *late)])
        look = self._looks.pop(source.slug, None)
        await self.frontier.done([name], slug=source.slug, look=dump_value(look) if look else b"")

    async def saved(self, work: Work) -> None:
        """Count what stands in the database, and acknowledge it."""
        await super().saved(work)
        names, seen = [], dict[str, PagesSeen]()
        for outcome, entry, _ in work:
            if (name := self._names.pop(entry.url, None)) is not None:
                names.append(name)
            self._since.pop(entry.url, None)
            if entry.url not in self.tallies.again:
                seen.setdefault(entry.source, PagesSeen()).count(outcome)
        counts = {
            SPLIT.join((slug, field)): number
            for slug, pages in seen.items()
            for field, number in pages.counts().items()
        }
        try:
            await self.frontier.done(names, counts=counts)
        except FrontierError as error:
            self.saver.fail(error)

    async def turn(self, host: str, delay: float) -> None:
        """Wait for the turn of a request. Raises NotAskedError when there is none any more."""
        try:
            await self.frontier.turn(host, delay)
        except FrontierError as error:
            self.saver.fail(error)
            raise NotAskedError(str(error)) from error

    def asked_for_rest(self, host: str, seconds: float) -> None:
        super().asked_for_rest(host, seconds)
        until = time.time() + seconds
        self.saver.keep(self._share_rest(host, until))

    async def _share_rest(self, host: str, until: float) -> None:
        try:
            await self.frontier.call(self.frontier.queue.rest, host, until)
        except FrontierError as error:
            self.saver.fail(error)

    def heed(self, rests: Mapping[str, float]) -> None:
        """What servers said to other workers holds here too."""
        for host, until in rests.items():
            left = until - time.time()
            if left > 0:
                self.rests[host] = max(self.rests.get(host, 0.0), time.monotonic() + left)

    # The end.

    def keep_health(self) -> None:
        """Whoever ends the round judges how the sources fared, by what all workers saw."""
        told = self.frontier.leave()
        looks: list[Look] = []
        if told is not None:
            known, pages, sources = told
            self.keeper.renew(_read_all(load_source, sources))
            for look in _read_all(load_look, known):
                if self.keeper.knows(look.source):
                    looks.append(_seen(look.source, pages).told_by(look))
        self.keeper.save(looks, now=self.ended)

    def close(self) -> None:
        if self.closed:
            return
        super().close()
        try:
            self.frontier.leave()
        except FrontierError as error:
            # What is held comes back to the queue when the lease is over.
            logger.warning("%s", error)

    def report(self) -> CrawlReport:
        """What came of this worker's part."""
        return replace(super().report(), sources=self.tallies.reports(FeedState.ELSEWHERE))


def _task(entry: FeedEntry, *, again: bool = False, since: datetime | None = None) -> Task:
    return Task(kind=PAGE, source=entry.source, url=entry.url, entry=entry, again=again, since=since)


def _seen(slug: str, counts: Mapping[str, int]) -> PagesSeen:
    start = slug + SPLIT
    return PagesSeen.of(
        {name.removeprefix(start): number for name, number in counts.items() if name.startswith(start)}
    )


def _read_all(load: Callable[[bytes], T], told: Mapping[str, bytes]) -> list[T]:
    """What can be read of what Redis held."""
    found = []
    for value in told.values():
        try:
            found.append(load(value))
        except DataError as error:
            logger.warning("Left out of the shared frontier: %s", error)
    return found
