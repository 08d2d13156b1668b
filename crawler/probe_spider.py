"""The Scrapy side of ``crawler.probe``: a spider that fetches addresses and reports each outcome."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.guard import explain
from crawler.mining import MINING
from crawler.outcomes import feed_state_of, is_challenge, rejection_of_status, reservation_of
from crawler.settings import DOWNLOADER_MIDDLEWARES, crawl_settings
from pipeline.vocabulary import FeedState, Rejection

Emit = Callable[[dict[str, Any]], None]

# Revisiting needs the database's memory of a feed, and a probe asks afresh on purpose.
_MIDDLEWARES = {**DOWNLOADER_MIDDLEWARES, "crawler.revisit.RevisitMiddleware": None}


class ProbeSpider(Spider):
    """Fetches ``urls`` and calls ``emit`` once for each."""

    name = "probe"

    def __init__(self, urls: Sequence[str], emit: Emit, honour: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._urls = list(urls)
        self._emit = emit
        self._honour = honour
        self._open = set(range(len(self._urls)))

    async def start(self) -> AsyncIterator[Request]:
        for index, url in enumerate(self._urls):
            try:
                request = Request(
                    url,
                    callback=self.arrived,
                    errback=self.failed,
                    meta={"probe_index": index, MINING: bool(self._honour)},
                    dont_filter=True,
                )
            except ValueError as error:
                self._report(index, url, reason=Rejection.BAD_ADDRESS, detail=str(error)[:200])
            else:
                yield request

    def arrived(self, response: Response) -> None:
        """Report an answer, whatever its status."""
        header = response.headers.get(b"Content-Type") or b""
        reason = rejection_of_status(response.status)
        detail = f"HTTP {response.status}" if reason else ""
        if is_challenge(response.body, response.headers.get(b"cf-mitigated")):
            reason, detail = Rejection.BLOCKED, f"a bot wall answered (HTTP {response.status})"
        if reason is None and (reserved := reservation_of(response, self._honour)):
            reason, detail = Rejection.TDM_RESERVED, reserved
        self._report(
            response.meta["probe_index"],
            response.url,
            status=response.status,
            content_type=header.decode("latin-1"),
            body=b"" if reason else response.body,
            reason=reason,
            detail=detail,
        )

    def failed(self, failure: Failure) -> None:
        """Report a request that brought no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        assert failure.value is not None
        reason, detail = explain(failure.value, request.url)
        self._report(request.meta["probe_index"], request.url, reason=reason, detail=detail)

    def closed(self, reason: str) -> None:
        """Report what was still open when the spider was told to stop."""
        for index in sorted(self._open):
            self._report(index, self._urls[index], detail=reason, state=FeedState.INTERRUPTED)

    def _report(
        self,
        index: int,
        url: str,
        *,
        status: int | None = None,
        content_type: str = "",
        body: bytes = b"",
        reason: Rejection | None = None,
        detail: str,
        state: FeedState = FeedState.OK,
    ) -> None:
        if index not in self._open:
            return
        self._open.discard(index)
        self._emit(
            {
                "index": index,
                "url": url,
                "status": status,
                "content_type": content_type,
                "body": base64.b64encode(body).decode("ascii"),
                "state": (feed_state_of(reason) if reason else state).value,
                "reason": reason.value if reason else "",
                "detail": detail,
            }
        )


def fetch_all(
    *,
    urls: Sequence[str],
    contact: str,
    allow_hosts: Sequence[str],
    timeout: float,
    delay: float,
    honour: Sequence[str] = (),
    emit: Emit,
) -> None:
    """Fetch every address in this process, whose reactor is used up by it."""
    settings = crawl_settings(
        contact=contact,
        allow_hosts=allow_hosts,
        timeout=timeout,
        delay=delay,
        honour=honour,
        DOWNLOADER_MIDDLEWARES=_MIDDLEWARES,
        ITEM_PIPELINES={},
        # AutoThrottle would begin with its own pause for every new host; these are a few requests.
        AUTOTHROTTLE_ENABLED=False,
        RETRY_ENABLED=False,
        LOG_LEVEL="ERROR",
    )
    process = AsyncCrawlerProcess(settings)
    process.crawl(ProbeSpider, urls=urls, emit=emit, honour=tuple(honour))
    process.start()
