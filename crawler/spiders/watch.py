"""Sources → feeds → new entries → pages. The one spider; listings and history are further ways to entries.

source → feed request → 304, failure or bytes → state and entries ─┐ saved: which are new?
listing → links                                                    │
--since: sitemaps → dated entries ─────────────────────────────────┤
pages of interrupted runs, relevant articles of the last days ─────┴→ frontier → page → session
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.feed_answers import FEED_PRIORITY, Ask, FeedAnswers
from crawler.frontier import Frontier
from crawler.guard import explain
from crawler.mining import MINING
from crawler.outcomes import NotAskedError, feed_state_of, page_of, rejected
from crawler.own_session import own_session
from crawler.report import TIME_OVER
from crawler.revisit import body_hash, conditional_headers, has_lied, look_of
from crawler.session import Session
from pipeline.errors import StorageError
from pipeline.types import FeedEntry, Page, Rejected, Source
from pipeline.vocabulary import FeedState
from storage.health_values import Look
from storage.values import FeedFetch, FeedMemory

ENDING_SECONDS = 0.25
"""How soon Ctrl-C is noticed."""
FEED_ACCEPT = "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5"

Out = AsyncIterator[Request | Page | Rejected]


class WatchSpider(Spider):
    """Fetches the feeds of the configured sources and the pages of their new entries."""

    name = "watch"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.frontier = Frontier(window=2 * session.config.concurrency_per_host)
        self.answers = FeedAnswers(session, self._download)
        self._out_of_time = False
        self._limit: asyncio.TimerHandle | None = None
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """With ``session`` as run_crawl gives it, or by itself under ``scrapy crawl watch``."""
        if "session" not in kwargs:
            kwargs["session"] = own_session(crawler, str(kwargs.pop("sources", "")))
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.session.on_failure(spider._stop)
        return spider

    def closed(self, reason: str) -> None:
        """Scrapy calls this last, with its word for the end."""
        self._ending.cancel()
        if self._limit is not None:
            self._limit.cancel()
        self.session.reason = TIME_OVER if self._out_of_time else reason
        self.session.close()

    def _stop(self) -> None:
        assert self.crawler.engine is not None
        self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="storage"))

    async def start(self) -> AsyncIterator[Any]:
        self.session.start()
        self._ending = asyncio.ensure_future(self._end_quickly())
        if (limit := self.session.config.limit) is not None:
            self._limit = asyncio.get_running_loop().call_later(limit, self._time_is_over)
        try:
            # Pages of earlier runs are asked for before any feed makes new ones.
            waiting = await self.session.waiting()
        except StorageError:
            return  # the session keeps it and ends the crawl
        for source in self.session.config.sources:
            if self.session.asks(source):
                yield self.feed_request(source, await self.session.memory(source), self.session.since)
        for request in self._next(self.frontier.push(waiting)):
            yield request

    def _time_is_over(self) -> None:
        """End as Ctrl-C does."""
        self._out_of_time = True
        self._closing = asyncio.ensure_future(self.crawler.stop_async())

    async def _end_quickly(self) -> None:
        """When the crawl is told to end, drop the requests that wait for their host's delay.

        Scrapy would send them all first, at half a minute each to a slow host.
        """
        while self.crawler.crawling:
            await asyncio.sleep(ENDING_SECONDS)
        assert self.crawler.engine is not None
        for slot in self.crawler.engine.downloader.slots.values():
            while slot.queue:
                waiting = slot.queue.popleft()[1]
                waiting.errback(Failure(NotAskedError("the crawl is ending")))  # type: ignore[no-untyped-call]

    async def _download(self, request: Request) -> Response:
        assert self.crawler.engine is not None
        return await self.crawler.engine.download_async(request)

    # Feeds

    def feed_request(self, source: Source, memory: FeedMemory | None, since: datetime | None) -> Request:
        """The request for a source's feed, and with ``since`` for its history too."""
        ask = Ask(source=source, memory=memory, since=since, begun=time.monotonic())
        return Request(
            source.url,
            callback=self.on_feed,
            errback=self.on_feed_failed,
            headers={"Accept": FEED_ACCEPT, **conditional_headers(memory, self.session.config.clock())},
            priority=FEED_PRIORITY,
            cb_kwargs={"ask": ask},
        )

    async def on_feed(self, response: Response, ask: Ask) -> Out:
        """The answer to a feed request: its state, its entries, and requests for the new ones."""
        now, source, memory = self.session.config.clock(), ask.source, ask.memory
        state, detail, feed = await self.answers.read(response, ask)
        etag, modified = _header(response, "ETag"), _header(response, "Last-Modified")
        whole = state in (FeedState.OK, FeedState.EMPTY, FeedState.UNCHANGED) and response.status == 200
        index = feed is not None and feed.kind == "index"
        fetch = FeedFetch(
            source=source.slug,
            url=source.url,
            fetched=now,
            state=state,
            status=response.status,
            entries=len(feed.entries) if feed else 0,
            # An index that is unchanged says nothing of the sitemaps that it names.
            etag=None if index else etag,
            last_modified=None if index else modified,
            body_hash=body_hash(response.body) if whole and not index else None,
            bytes=len(response.body),
            seconds=time.monotonic() - ask.begun,
            detail=detail,
            distrusted=whole and has_lied(memory, etag=etag, modified=modified, body=response.body),
        )
        look = look_of(source, fetch, response)
        async for request in self._entries(ask, fetch, feed.entries if feed else (), look):
            yield request

    async def on_feed_failed(self, failure: Failure) -> Out:
        """A feed request that had no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        ask: Ask = request.cb_kwargs["ask"]
        assert failure.value is not None
        if isinstance(failure.value, NotAskedError):
            await self.not_asked(ask.source.slug)
            return
        reason, detail = explain(failure.value, request.url)
        fetch = FeedFetch(
            source=ask.source.slug,
            url=ask.source.url,
            fetched=self.session.config.clock(),
            state=feed_state_of(reason),
            seconds=time.monotonic() - ask.begun,
            detail=detail,
        )
        async for next_request in self._entries(ask, fetch, (), look_of(ask.source, fetch, None)):
            yield next_request

    async def _entries(self, ask: Ask, fetch: FeedFetch, entries: tuple[FeedEntry, ...], look: Look) -> Out:
        """Save a fetch with its entries, and history where it is asked for; request the new pages."""
        known = {entry.url for entry in entries}
        entries += tuple(entry for entry in await self.answers.history(ask) if entry.url not in known)
        try:
            new = await self.session.save_feed(fetch, entries, look)
        except StorageError:
            return  # the session keeps it and ends the crawl
        for request in await self.wanted(ask, new):
            yield request

    async def wanted(self, ask: Ask, new: tuple[FeedEntry, ...]) -> Iterable[Request]:
        """The requests that may be made now that a feed brought new entries."""
        return self._next(self.frontier.push(new))

    async def not_asked(self, key: str) -> None:
        """A feed (its slug) or a page (its address) was not asked for and stays as it is."""

    # Pages

    def _next(self, hosts: Iterable[str]) -> Iterator[Request]:
        for host in hosts:
            for entry in self.frontier.take(host):
                request = self.page_request(entry)
                if request is not None:
                    yield request
                else:
                    self.frontier.done(entry)

    def page_request(self, entry: FeedEntry) -> Request | None:
        """The request for an entry's page; None for what is no address."""
        try:
            return Request(
                entry.url,
                callback=self.on_page,
                errback=self.on_page_failed,
                cb_kwargs={"entry": entry},
                meta={MINING: True},
            )
        except ValueError:
            self.logger.warning("Not an address that can be asked for: %r", entry.url)
            return None

    def fetched(self, entry: FeedEntry) -> Iterable[Request]:
        """The requests that may be made now that an entry has its answer."""
        return self._next((self.frontier.done(entry),))

    async def on_page(self, response: Response, entry: FeedEntry) -> Out:
        """The answer to a page request."""
        yield page_of(response, entry, self.session.config.clock(), honour=self.session.config.honour)
        for request in self.fetched(entry):
            yield request

    async def on_page_failed(self, failure: Failure) -> Out:
        """A page request that had no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        entry: FeedEntry = request.cb_kwargs["entry"]
        assert failure.value is not None
        if isinstance(failure.value, NotAskedError):
            await self.not_asked(entry.url)
            return
        reason, detail = explain(failure.value, request.url)
        yield rejected(entry, request.url, self.session.config.clock(), reason, detail)
        for next_request in self.fetched(entry):
            yield next_request


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
