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
from crawler.report import MAX_ENTRIES, MAX_SITEMAPS
from crawler.sitemaps import Child
from pipeline.types import FeedEntry, Source

DAY_IN_NAME = re.compile(r"(?<!\d)(20\d\d)[-_/]?(0[1-9]|1[0-2])(?!\d{3})")
"""A year and month in a sitemap's own name, as most archives have it."""


class Archive:
    """Walks the sitemaps of one source, the newest first."""

    def __init__(
        self,
        source: Source,
        since: datetime,
        *,
        until: datetime | None = None,
        most_entries: int = MAX_ENTRIES,
        most_sitemaps: int = MAX_SITEMAPS,
        fetch: Callable[[str], Awaitable[Response | None]],
        read: Callable[[Child, Source], Awaitable[Feed | None]],
    ) -> None:
        """``fetch`` gets a body beside the feeds, ``read`` a sitemap; both give None on failure.
        ``read`` drops the entries that are dated before ``since``, or published at ``until`` or later."""
        self._source = source
        self._since = since
        self._until = until
        self._most_entries = most_entries
        self._most_sitemaps = most_sitemaps
        self._fetch = fetch
        self._read = read

    async def entries(self) -> tuple[FeedEntry, ...]:
        """All entries that are dated, by publication or by last change, since the day."""
        waiting = deque(await self._roots())
        seen = {child.url for child in waiting}
        found: dict[str, FeedEntry] = {}
        read = 0
        while waiting and read < self._most_sitemaps and len(found) < self._most_entries:
            child = waiting.popleft()
            read += 1
            feed = await self._read(child, self._source)
            if feed is None:
                continue
            for entry in feed.entries:
                found.setdefault(entry.url, entry)
            for further in feed.children:
                if further.url not in seen and may_hold(further, self._since, self._until):
                    seen.add(further.url)
                    waiting.append(further)
        return tuple(found.values())[: self._most_entries]

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


def may_hold(child: Child, since: datetime, until: datetime | None = None) -> bool:
    """Whether a sitemap may name pages of the days, by its last change and by its name."""
    if child.modified is not None and child.modified < since:
        return False
    match = DAY_IN_NAME.search(child.url.rsplit("//", 1)[-1])
    if match is None:
        return True
    month = datetime(int(match[1]), int(match[2]), 1, tzinfo=since.tzinfo)
    # A day to each side, for outlets that count by another zone.
    if until is not None and month - timedelta(days=1) >= until:
        return False
    return month + timedelta(days=32) >= since
