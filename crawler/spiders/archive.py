"""History: the entries of a source since a day, by the sitemaps that its site keeps.

A further way to entries, so there is no spider of its own: ``watch`` calls this with ``--since``.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from urllib.parse import urljoin

from scrapy.http import Response

from crawler.feeds import Feed
from crawler.sitemaps import Child
from pipeline.types import FeedEntry, Source

MAX_SITEMAPS = 200
"""Sitemaps of one source that are read in one run."""
MAX_ENTRIES = 50_000
"""Entries of one source that are taken in one run."""
DAY_IN_NAME = re.compile(r"(?<!\d)(20\d\d)[-_/]?(0[1-9]|1[0-2])(?!\d{3})")
"""A year and month in a sitemap's own name, as most archives have it."""


class Archive:
    """Walks the sitemaps of one source, the newest first."""

    def __init__(
        self,
        source: Source,
        since: datetime,
        *,
        fetch: Callable[[str], Awaitable[Response | None]],
        read: Callable[[Child, Source], Awaitable[Feed | None]],
    ) -> None:
        """``fetch`` gets a body beside the feeds, ``read`` a sitemap; both give None on failure.
        ``read`` drops the entries that are dated before ``since``."""
        self._source = source
        self._since = since
        self._fetch = fetch
        self._read = read

    async def entries(self) -> tuple[FeedEntry, ...]:
        """All entries that are dated, by publication or by last change, since the day."""
        waiting = deque(await self._roots())
        seen = {child.url for child in waiting}
        found: dict[str, FeedEntry] = {}
        read = 0
        while waiting and read < MAX_SITEMAPS and len(found) < MAX_ENTRIES:
            child = waiting.popleft()
            read += 1
            feed = await self._read(child, self._source)
            if feed is None:
                continue
            for entry in feed.entries:
                found.setdefault(entry.url, entry)
            for further in feed.children:
                if further.url not in seen and may_hold(further, self._since):
                    seen.add(further.url)
                    waiting.append(further)
        return tuple(found.values())[:MAX_ENTRIES]

    async def _roots(self) -> list[Child]:
        """Where to begin: the source's own sitemap, those of robots.txt, or the usual place."""
        if self._source.sitemap:
            return [Child(url=self._source.sitemap, modified=None)]
        site = self._source.site or self._source.url
        response = await self._fetch(urljoin(site, "/robots.txt"))
        named: list[str] = []
        if response is not None and response.status == 200:
            named = re.findall(r"(?im)^\s*sitemap\s*:\s*(\S+)", response.body.decode("utf-8", "replace"))
        urls = dict.fromkeys(urljoin(site, url) for url in named) or {urljoin(site, "/sitemap.xml"): None}
        return [Child(url=url, modified=None) for url in urls]


def may_hold(child: Child, since: datetime) -> bool:
    """Whether a sitemap may name pages since the day, by its last change and by its name."""
    if child.modified is not None and child.modified < since:
        return False
    match = DAY_IN_NAME.search(child.url.rsplit("//", 1)[-1])
    if match is None:
        return True
    month_end = datetime(int(match[1]), int(match[2]), 1, tzinfo=since.tzinfo) + timedelta(days=32)
    return month_end >= since
