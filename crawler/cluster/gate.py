"""No host is asked more often by all workers together than by one: every request waits for its turn.

A turn is taken where the request leaves, so that redirects, robots.txt, sitemaps and second tries count
as well. What is long enough for a host is what Scrapy's own slot for it says in this worker: the delay of
the settings, a longer Crawl-delay of its robots.txt, or what AutoThrottle makes of a slow answer.
"""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached


class GatedHandler(HTTP11DownloadHandler):
    """Scrapy's handler, behind the clocks of the hosts in Redis."""

    async def download_request(self, request: Request) -> Response:
        spider: Any = self._crawler.spider
        engine = self._crawler.engine
        assert engine is not None
        slot = engine.downloader.slots.get(request.meta.get("download_slot", ""))
        delay = slot.delay if slot is not None else 0.0
        if delay > 0:
            await spider.session.turn((urlparse_cached(request).hostname or "").lower(), delay)
        return await super().download_request(request)
