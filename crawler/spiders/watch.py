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
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from crawler.feeds import Feed, read_feed
from crawler.frontier import Frontier
from crawler.guard import explain
from crawler.mining import MINING
from crawler.outcomes import (
    NotAskedError,
    feed_state_of,
    is_challenge,
    page_of,
    rejected,
    rejection_of_response,
)
from crawler.own_session import own_session
from crawler.pool import PoolBrokenError, WorkerDiedError
from crawler.report import TIME_OVER
from crawler.revisit import body_hash, conditional_headers, has_lied, is_full, look_of
from crawler.session import Session
from crawler.sitemaps import Child
from crawler.spiders.archive import Archive
from crawler.spiders.listing import read_listing
from pipeline.errors import FeedError, StorageError
from pipeline.types import FeedEntry, Page, Rejected, Source
from pipeline.vocabulary import FeedState
from storage.health_values import Look
from storage.values import FeedFetch, FeedMemory

INDEX_CHILDREN = 3
"""Of a sitemap index that is watched, so many of the newest sitemaps are read."""
FEED_PRIORITY = 10
ENDING_SECONDS = 0.25
"""How soon Ctrl-C is noticed."""
FEED_ACCEPT = "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5"
FEED_END = (b"</rss>", b"</feed>", b"RDF>", b"</urlset>", b"</sitemapindex>", b"}", b"</html>")

Out = AsyncIterator[Request | Page | Rejected]


class WatchSpider(Spider):
    """Fetches the feeds of the configured sources and the pages of their new entries."""

    name = "watch"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.frontier = Frontier(window=2 * session.config.concurrency_per_host)
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
                yield self._feed_request(source, self.session.keeper.memory(source))
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

    # Feeds

    def _feed_request(self, source: Source, memory: FeedMemory | None) -> Request:
        return Request(
            source.url,
            callback=self.on_feed,
            errback=self.on_feed_failed,
            headers={"Accept": FEED_ACCEPT, **conditional_headers(memory, self.session.config.clock())},
            priority=FEED_PRIORITY,
            cb_kwargs={"source": source, "memory": memory, "begun": time.monotonic()},
        )

    async def on_feed(
        self, response: Response, source: Source, memory: FeedMemory | None, begun: float
    ) -> Out:
        """The answer to a feed request: its state, its entries, and requests for the new ones."""
        now = self.session.config.clock()
        state, detail, feed = await self._feed_of(response, source, memory)
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
            seconds=time.monotonic() - begun,
            detail=detail,
            distrusted=whole and has_lied(memory, etag=etag, modified=modified, body=response.body),
        )
        look = look_of(source, fetch, response)
        async for request in self._entries(source, fetch, feed.entries if feed else (), look):
            yield request

    async def on_feed_failed(self, failure: Failure) -> Out:
        """A feed request that had no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        source: Source = request.cb_kwargs["source"]
        assert failure.value is not None
        if isinstance(failure.value, NotAskedError):
            return
        reason, detail = explain(failure.value, request.url)
        fetch = FeedFetch(
            source=source.slug,
            url=source.url,
            fetched=self.session.config.clock(),
            state=feed_state_of(reason),
            seconds=time.monotonic() - request.cb_kwargs["begun"],
            detail=detail,
        )
        async for next_request in self._entries(source, fetch, (), look_of(source, fetch, None)):
            yield next_request

    async def _feed_of(
        self, response: Response, source: Source, memory: FeedMemory | None
    ) -> tuple[FeedState, str, Feed | None]:
        """The state of a feed's answer, a word on it, and the feed where one was read."""
        if response.status == 304:
            return FeedState.UNCHANGED, "304", None
        if (found := rejection_of_response(response)) is not None:
            return feed_state_of(found[0]), found[1], None
        now = self.session.config.clock()
        if memory is not None and not is_full(memory, now) and memory.body_hash == body_hash(response.body):
            return FeedState.UNCHANGED, "the same bytes as before", None
        try:
            feed = await self._read_feed(response, source)
            if feed.kind == "index" and not self.session.since:
                feed = await self._with_children(feed, source)
        except FeedError as error:
            if is_challenge(response.body):
                return FeedState.BLOCKED, "a challenge page in place of the feed", None
            return FeedState.MALFORMED, str(error), None
        except (WorkerDiedError, PoolBrokenError):
            return FeedState.MALFORMED, "reading it took too long or killed the reader", None
        if "partial" in response.flags and not response.body.rstrip().endswith(FEED_END):
            return FeedState.TRUNCATED, "the body ends in the middle", None
        words = ", ".join(f"{count} {reason}" for reason, count in sorted(feed.dropped.items()))
        detail = "; ".join(
            [f"dropped: {words}"] * bool(words) + [f"broken XML: {feed.flaw}"] * bool(feed.flaw)
        )
        if not feed.entries:
            return FeedState.EMPTY, detail or "no entries", feed
        return FeedState.OK, detail, feed

    async def _read_feed(self, response: Response, source: Source) -> Feed:
        """Read an answer in a worker: feeds may be large, slow or hostile."""
        if source.via == "listing":
            encoding = response.encoding if isinstance(response, TextResponse) else "utf-8"
            return await self.session.pool.run(
                read_listing, response.body, source, base_url=response.url, encoding=encoding
            )
        return await self.session.pool.run(
            read_feed,
            response.body,
            source,
            base_url=response.url,
            now=self.session.config.clock(),
            since=self.session.since,
        )

    async def _with_children(self, index: Feed, source: Source) -> Feed:
        """An index with the entries of its newest sitemaps."""
        entries: dict[str, FeedEntry] = {}
        for child in index.children[:INDEX_CHILDREN]:
            for entry in (await self.fetch_sitemap(child, source) or index).entries:
                entries.setdefault(entry.url, entry)
        return Feed(
            kind="index", entries=tuple(entries.values()), found=len(entries), children=index.children
        )

    async def fetch_sitemap(self, child: Child, source: Source) -> Feed | None:
        """A further sitemap of a source; None for one that cannot be had or read."""
        response = await self.fetch(child.url)
        if response is None or rejection_of_response(response) is not None:
            return None
        try:
            return await self._read_feed(response, source)
        except (FeedError, WorkerDiedError, PoolBrokenError) as error:
            self.logger.info("%s: %s: %s", source.slug, child.url, error)
            return None

    async def fetch(self, url: str) -> Response | None:
        """A body beside the feeds (robots.txt, a sitemap); None when there is no answer."""
        assert self.crawler.engine is not None
        try:
            return await self.crawler.engine.download_async(Request(url, priority=FEED_PRIORITY))
        except Exception as error:
            reason, detail = explain(error, url)
            self.logger.info("%s: %s: %s", url, reason, detail)
            return None

    async def _entries(
        self, source: Source, fetch: FeedFetch, entries: tuple[FeedEntry, ...], look: Look
    ) -> Out:
        """Save a fetch with its entries, and history where it is asked for; request the new pages."""
        since = self.session.since
        if since is not None:
            archive = Archive(source, since, fetch=self.fetch, read=self.fetch_sitemap)
            known = {entry.url for entry in entries}
            entries += tuple(entry for entry in await archive.entries() if entry.url not in known)
        try:
            new = await self.session.save_feed(fetch, entries, look)
        except StorageError:
            return  # the session keeps it and ends the crawl
        for request in self._next(self.frontier.push(new)):
            yield request

    # Pages

    def _next(self, hosts: Iterable[str]) -> Iterator[Request]:
        for host in hosts:
            for entry in self.frontier.take(host):
                try:
                    yield Request(
                        entry.url,
                        callback=self.on_page,
                        errback=self.on_page_failed,
                        cb_kwargs={"entry": entry},
                        meta={MINING: True},
                    )
                except ValueError:
                    self.frontier.done(entry)
                    self.logger.warning("Not an address that can be asked for: %r", entry.url)

    async def on_page(self, response: Response, entry: FeedEntry) -> Out:
        """The answer to a page request."""
        yield page_of(response, entry, self.session.config.clock(), honour=self.session.config.honour)
        for request in self._next((self.frontier.done(entry),)):
            yield request

    async def on_page_failed(self, failure: Failure) -> Out:
        """A page request that had no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        entry: FeedEntry = request.cb_kwargs["entry"]
        assert failure.value is not None
        if isinstance(failure.value, NotAskedError):
            return
        reason, detail = explain(failure.value, request.url)
        yield rejected(entry, request.url, self.session.config.clock(), reason, detail)
        for next_request in self._next((self.frontier.done(entry),)):
            yield next_request


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
