"""Scrapy's item pipeline: pages go to the reading processes, rejected ones straight to storage."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.logformatter import LogFormatter

from pipeline.types import Page, Rejected


class ReadingPipeline:
    """Hands each item of the spider to its session.

    ``process_item`` waits only while all slots are taken. Its page then counts as unfinished for
    Scrapy, which sends no further requests, so a slow reading holds the crawl back by itself.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Page | Rejected) -> Page | Rejected:
        session: Any = getattr(self._crawler.spider, "session", None)
        assert session is not None, "only the watch spider makes pages"
        if isinstance(item, Rejected):
            await session.reject(item)
        else:
            await session.read(item)
        return item

    async def close_spider(self) -> None:
        """Wait until what is in hand is read and saved."""
        session: Any = getattr(self._crawler.spider, "session", None)
        if session is not None:
            await session.settle()


class QuietFormatter(LogFormatter):
    """Scrapy's log lines without the item: a page's bytes have no place in a log."""

    def scraped(self, item: Any, response: Any, spider: Any) -> Any:
        return None
