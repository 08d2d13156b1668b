"""What came back from a feed's address: its state, a word on it, and the feed where one was read."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from scrapy import Request
from scrapy.http import Response, TextResponse

from crawler.feeds import MAX_ENTRIES, Feed, read_feed
from crawler.guard import explain
from crawler.outcomes import feed_state_of, is_challenge, rejection_of_response
from crawler.pool import PoolBrokenError, WorkerDiedError
from crawler.revisit import body_hash, is_full
from crawler.session import Session
from crawler.sitemaps import Child
from crawler.spiders.archive import Archive
from crawler.spiders.listing import read_listing
from pipeline.errors import FeedError
from pipeline.types import FeedEntry, Source
from pipeline.vocabulary import FeedState
from storage.values import FeedMemory

logger = logging.getLogger(__name__)

INDEX_CHILDREN = 3
"""Of a sitemap index that is watched, so many of the newest sitemaps are read."""
MAX_IN_SITEMAP = 50_000
"""Entries of one sitemap that are taken where a period is asked for; the protocol allows no more."""
FEED_PRIORITY = 10
FEED_END = (b"</rss>", b"</feed>", b"RDF>", b"</urlset>", b"</sitemapindex>", b"}", b"</html>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request for a feed, and what the answer is held against."""

    source: Source
    memory: FeedMemory | None
    since: datetime | None  # history is asked for too, from then on
    begun: float  # monotonic seconds


class FeedAnswers:
    """Reads the answers of feeds, with the further sitemaps that they name."""

    def __init__(self, session: Session, download: Callable[[Request], Awaitable[Response]]) -> None:
        """``download`` gets an answer past the spider, and raises as the downloader does."""
        self._session = session
        self._download = download

    async def read(self, response: Response, ask: Ask) -> tuple[FeedState, str, Feed | None]:
        """The state of a feed's answer, a word on it, and the feed where one was read."""
        if response.status == 304:
            return FeedState.UNCHANGED, "304", None
        if (found := rejection_of_response(response)) is not None:
            return feed_state_of(found[0]), found[1], None
        now, memory = self._session.config.clock(), ask.memory
        if memory is not None and not is_full(memory, now) and memory.body_hash == body_hash(response.body):
            return FeedState.UNCHANGED, "the same bytes as before", None
        try:
            feed = await self._parse(response, ask)
            if feed.kind == "index" and not ask.since:
                feed = await self._with_children(feed, ask)
        except FeedError as error:
            if is_challenge(response.body):
                return FeedState.BLOCKED, "a challenge page in place of the feed", None
            # Whoever reads the detail knows which source it is of.
            return FeedState.MALFORMED, str(error).removeprefix(f"{ask.source.slug}: "), None
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

    async def history(self, ask: Ask) -> tuple[FeedEntry, ...]:
        """The entries of a source's archive since the day that was asked for; none where none was."""
        if ask.since is None:
            return ()

        async def read(child: Child, _: Source) -> Feed | None:
            return await self._sitemap(child, ask)

        config = self._session.config
        archive = Archive(
            ask.source,
            ask.since,
            until=self._session.until,
            most_entries=config.archive_entries,
            most_sitemaps=config.archive_sitemaps,
            fetch=self._fetch,
            read=read,
        )
        return await archive.entries()

    async def _parse(self, response: Response, ask: Ask) -> Feed:
        """Read an answer in a worker: feeds may be large, slow or hostile. Raises FeedError, whatever the
        reader raised, and what the pool raises."""
        try:
            return await self._parsed(response, ask)
        except (FeedError, WorkerDiedError, PoolBrokenError):
            raise
        except Exception as error:
            logger.exception("Reading %s failed", response.url)
            raise FeedError(f"reading it failed: {type(error).__name__}", key=response.url) from error

    async def _parsed(self, response: Response, ask: Ask) -> Feed:
        pool, source = self._session.pool, ask.source
        if source.via == "listing":
            encoding = response.encoding if isinstance(response, TextResponse) else "utf-8"
            return await pool.run(
                read_listing, response.body, source, base_url=response.url, encoding=encoding
            )
        now, until = self._session.config.clock(), self._session.until
        feed = await pool.run(
            read_feed,
            response.body,
            source,
            base_url=response.url,
            # An archive's sitemap names more than a feed does.
            limit=MAX_ENTRIES if until is None else MAX_IN_SITEMAP,
            now=now,
            since=ask.since,
        )
        if until is None:
            return feed
        entries = tuple(one for one in feed.entries if one.published is None or one.published < until)
        return replace(feed, entries=entries)

    async def _with_children(self, index: Feed, ask: Ask) -> Feed:
        """An index with the entries of its newest sitemaps."""
        entries: dict[str, FeedEntry] = {}
        for child in index.children[:INDEX_CHILDREN]:
            for entry in (await self._sitemap(child, ask) or index).entries:
                entries.setdefault(entry.url, entry)
        return Feed(
            kind="index", entries=tuple(entries.values()), found=len(entries), children=index.children
        )

    async def _sitemap(self, child: Child, ask: Ask) -> Feed | None:
        """A further sitemap of a source; None for one that cannot be had or read."""
        response = await self._fetch(child.url)
        if response is None or rejection_of_response(response) is not None:
            return None
        try:
            return await self._parse(response, ask)
        except (FeedError, WorkerDiedError, PoolBrokenError) as error:
            logger.info("%s: %s: %s", ask.source.slug, child.url, error)
            return None

    async def _fetch(self, url: str) -> Response | None:
        """A body beside the feeds (robots.txt, a sitemap); None when there is no answer."""
        try:
            return await self._download(Request(url, priority=FEED_PRIORITY))
        except Exception as error:
            reason, detail = explain(error, url)
            logger.info("%s: %s: %s", url, reason, detail)
            return None
