"""Asks each server once what it reserves: ``/.well-known/tdmrep.json``, before the first page of it.

Feeds and robots.txt are not asked about: they are made for machines. Where there is no such file, or it
cannot be had, nothing is reserved by it; the page itself may still say so (crawler/outcomes.py).
"""

from __future__ import annotations

import asyncio
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK

from crawler.outcomes import RefusedRequest
from crawler.rights import Signal, TdmRule, parse_tdmrep, reserves
from pipeline.vocabulary import Rejection

MINING = "mining"
"""Key of a request's meta: its text is to be read."""
WELL_KNOWN = "/.well-known/tdmrep.json"
LIMIT = 512 * 1024
PRIORITY = 900


class MiningMiddleware:
    """Leaves pages alone that their server's tdmrep.json reserves."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._on = Signal.TDM.value in crawler.settings.getlist("HONOUR_SIGNALS")
        self._rules: dict[str, asyncio.Future[tuple[TdmRule, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if not self._on or not request.meta.get(MINING):
            return
        parts = urlsplit(request.url)
        root = f"{parts.scheme}://{parts.netloc}"
        rules = self._rules.get(root)
        if rules is None:
            rules = self._rules[root] = asyncio.ensure_future(self._of(root))
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if reserves(await asyncio.shield(rules), path or "/"):
            raise RefusedRequest(Rejection.TDM_RESERVED, f"{Signal.TDM}: {WELL_KNOWN}")

    async def _of(self, root: str) -> tuple[TdmRule, ...]:
        """The rules of a server: as an earlier run of the last hours found them, else by asking."""
        url = root + WELL_KNOWN
        session: Any = getattr(self._crawler.spider, "session", None)
        body = session.keeper.robots(url) if session is not None else None
        if body is None:
            body = await self._fetch(url)
            if session is not None:
                session.keeper.found_robots(url, body, session.config.clock())
        return parse_tdmrep(body)

    async def _fetch(self, url: str) -> bytes:
        request = Request(
            url,
            priority=PRIORITY,
            meta={"download_maxsize": LIMIT, "dont_retry": True},
            callback=NO_CALLBACK,
        )
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception:
            # Whatever it is, the file cannot be had; robots.txt has been asked already.
            return b""
        return bytes(response.body) if response.status == 200 else b""
