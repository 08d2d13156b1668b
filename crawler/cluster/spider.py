"""The spider of one worker: it takes tasks from the shared frontier, and puts in what feeds bring."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from typing import Any

from scrapy import Request

from crawler.cluster.session import SharedSession
from crawler.cluster.tasks import FEED, Task
from crawler.feed_answers import Ask
from crawler.spiders.watch import WatchSpider
from pipeline.errors import CrawlError, FrontierError, StorageError
from pipeline.types import FeedEntry

TAKE_SECONDS = 0.02
"""How long answers are gathered before their hosts are asked for more."""
IDLE_SECONDS = 0.2
"""Between two looks whether there is work."""
STUCK_LOOKS = 25
"""After so many looks at tasks of which nobody knows any more, they are let go."""


class SharedSpider(WatchSpider):
    """``watch``, with a frontier that many share."""

    session: SharedSession

    async def start(self) -> AsyncIterator[Any]:
        self.session.start()
        self._ending = asyncio.ensure_future(self._end_quickly())
        self._wake = asyncio.Event()
        self._stuck = 0
        if (limit := self.session.config.limit) is not None:
            self._limit = asyncio.get_running_loop().call_later(limit, self._time_is_over)
        self._work = [asyncio.ensure_future(self._unless_it_fails(self._join()))]
        nothing: tuple[Request, ...] = ()  # tasks come by the engine, as soon as they are taken
        for request in nothing:
            yield request

    def closed(self, reason: str) -> None:
        self.session.frontier.ending.set()
        for work in self._work:
            work.cancel()
        super().closed(reason)

    def _stop(self) -> None:
        self.session.frontier.ending.set()
        super()._stop()

    async def _end_quickly(self) -> None:
        await super()._end_quickly()
        self.session.frontier.ending.set()

    async def _unless_it_fails(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (FrontierError, StorageError) as error:
            self.session.saver.fail(error)  # which keeps the first, and ends the crawl
        except Exception as error:
            # A fault of ours must not leave a worker that waits for ever.
            self.logger.exception("The worker cannot go on")
            self.session.saver.fail(CrawlError(f"The crawl cannot go on: {error!r}"))

    # Taking

    async def _join(self) -> None:
        await self.session.frontier.join()
        for work in (self.session.frontier.beat(), self.session.seed(), self._take()):
            self._work.append(asyncio.ensure_future(self._unless_it_fails(work)))

    async def _take(self) -> None:
        """Take tasks and make requests of them, until nobody has any."""
        frontier = self.session.frontier
        while not frontier.ending.is_set():
            taken: tuple[tuple[str, Task], ...] = ()
            if frontier.room:
                taken, rests = await frontier.take()
                self.session.heed(rests)
                undone = await self.session.undone(taken)
                await asyncio.gather(*(self._begin(name, task) for name, task in undone))
            if not frontier.held and not taken and await frontier.call(frontier.queue.over):
                frontier.over = True
                assert self.crawler.engine is not None
                # By itself: what is done at the end cancels this very task.
                close = self.crawler.engine.close_spider_async(reason="finished")
                self._closing = asyncio.ensure_future(close)
                return
            if not taken:
                await self._let_go_of_what_is_stuck()
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), IDLE_SECONDS)
                await asyncio.sleep(TAKE_SECONDS)
            except TimeoutError:
                pass

    async def _begin(self, name: str, task: Task) -> None:
        session = self.session
        source = await session.source(task.source)
        if source is None:
            self.logger.warning("A task of a source that nobody knows is left out: %s", task.source)
            await session.frontier.done([name])
            return
        request: Request | None
        if task.kind == FEED:
            request = self.feed_request(source, await session.memory(source), task.since)
        else:
            assert task.entry is not None
            request = self.page_request(task.entry)
        if request is None:
            await session.frontier.done([name])
            return
        session.begin(name, task, source)
        assert self.crawler.engine is not None
        self.crawler.engine.crawl(request)

    async def _let_go_of_what_is_stuck(self) -> None:
        """A task whose request came to nothing, by a fault of ours, must not keep the round from ending."""
        engine, frontier = self.crawler.engine, self.session.frontier
        assert engine is not None
        assert engine.scraper.slot is not None
        assert engine.scheduler is not None
        busy = (
            engine.downloader.active
            or not engine.scraper.slot.is_idle()
            or len(engine.scheduler)  # type: ignore[arg-type]
            or not self.session.saver.idle
        )
        self._stuck = 0 if busy or not frontier.held else self._stuck + 1
        if self._stuck >= STUCK_LOOKS:
            self.logger.warning("%d tasks came to nothing; they stay pending", len(frontier.held))
            await frontier.done(tuple(frontier.held))

    # What came of it

    async def wanted(self, ask: Ask, new: tuple[FeedEntry, ...]) -> Iterable[Request]:
        """What a feed brought is there for all workers."""
        await self._unless_it_fails(self.session.hand_on(ask.source, new, ask.since))
        self._wake.set()
        return ()

    def fetched(self, entry: FeedEntry) -> Iterable[Request]:
        self.session.fetched(entry)
        self._wake.set()
        return ()

    async def not_asked(self, key: str) -> None:
        if not self.session.frontier.ending.is_set() and self.crawler.crawling:
            await self._unless_it_fails(self.session.passed_over(key))
