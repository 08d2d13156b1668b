"""Coming back to a server: conditional requests for feeds, Retry-After, and not asking again at once.

Some servers keep the same ETag after a change, so every FULL_EVERY a feed is asked for without it;
and the hash of the bytes tells an unchanged feed where a server knows no conditional requests.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.health import same_place
from crawler.outcomes import NotAskedError, RefusedRequest
from pipeline.types import Source
from pipeline.vocabulary import Rejection
from storage.health_values import Look
from storage.values import FeedFetch, FeedMemory

FULL_EVERY = timedelta(days=7)
"""How long an ETag is believed before the whole feed is fetched again."""
DISTRUST = timedelta(days=90)
"""How long no ETag is believed of a server that gave two bodies one ETag."""
LONGEST_WAIT = 86_400.0
"""A Retry-After is believed up to a day, in seconds."""
WAITING_STATUS = frozenset({429, 503})


def is_full(memory: FeedMemory | None, now: datetime) -> bool:
    """Whether the next fetch of a feed must be unconditional."""
    return memory is None or memory.last_full is None or now - memory.last_full >= FULL_EVERY


def distrusts(memory: FeedMemory, now: datetime) -> bool:
    """Whether the server of a feed was found to give two bodies one ETag."""
    return memory.distrusted is not None and now - memory.distrusted < DISTRUST


def has_lied(memory: FeedMemory | None, *, etag: str | None, modified: str | None, body: bytes) -> bool:
    """Whether an answer in full has another body than the last one under the same validators.

    A conditional request would have been answered "not modified", and the new entries missed.
    """
    if memory is None or memory.body_hash is None or memory.body_hash == body_hash(body):
        return False
    if memory.etag:
        return etag == memory.etag
    return memory.last_modified is not None and modified == memory.last_modified


def conditional_headers(memory: FeedMemory | None, now: datetime) -> dict[str, str]:
    """The headers that let a server answer 304; none when a full fetch is due."""
    if memory is None or is_full(memory, now) or distrusts(memory, now):
        return {}
    headers = {}
    if memory.etag:
        headers["If-None-Match"] = memory.etag
    if memory.last_modified:
        headers["If-Modified-Since"] = memory.last_modified
    return headers


def body_hash(body: bytes) -> str:
    """The hash by which the same bytes are known again."""
    return hashlib.sha256(body).hexdigest()


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for (a number or a date); None when it says nothing."""
    if not value:
        return None
    value = value.strip()
    if value.isdigit():
        return min(float(value[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, min((moment - now).total_seconds(), LONGEST_WAIT))


def look_of(source: Source, fetch: FeedFetch, response: Response | None) -> Look:
    """What the answer to a feed request says of its source, beside its entries."""
    wait = latency = moved = None
    if response is not None and response.request is not None:
        meta = response.request.meta
        header = response.headers.get("Retry-After")
        wait = retry_after(header.decode("latin-1") if header else None, fetch.fetched)
        latency = meta.get("download_latency")
        if moved_for_good(meta.get("redirect_reasons", ())) and not same_place(response.url, source.url):
            moved = response.url
    return Look(
        source=source.slug,
        at=fetch.fetched,
        state=fetch.state,
        status=fetch.status,
        detail=fetch.detail,
        seconds=latency if latency is not None else fetch.seconds,
        moved_to=moved,
        retry_after=wait,
    )


def moved_for_good(reasons: Sequence[object]) -> bool:
    """Whether every redirect on the way was a permanent one."""
    return bool(reasons) and all(reason in (301, 308) for reason in reasons)


class RevisitMiddleware:
    """Keeps to what a server said about coming back.

    An answer with Retry-After is not retried, and its host is left alone until the time is over:
    its further requests of this run end as ``blocked``. The next runs know of it: they do not ask,
    and the pages stay pending.
    """

    def __init__(self, crawler: Crawler) -> None:
        # Probes have no session.
        self._session: Any = getattr(crawler.spider, "session", None)
        # host:port → monotonic time from which it may be asked
        self._resting: dict[str, float] = self._session.rests if self._session is not None else {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        host = urlparse_cached(request).netloc
        if self._session is not None and host.lower() in self._session.keeper.resting:
            raise NotAskedError(f"{host} asked for rest")
        until = self._resting.get(host)
        if until is not None and (left := until - time.monotonic()) > 0:
            raise RefusedRequest(Rejection.BLOCKED, f"not asked: the host wants {left:.0f} s of rest")

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status < 400:
            return response
        header = response.headers.get("Retry-After")
        wait = retry_after(header.decode("latin-1") if header else None, datetime.now(UTC))
        if wait is None:
            return response
        request.meta["dont_retry"] = True
        if wait > 0 and response.status in WAITING_STATUS:
            host = urlparse_cached(request).netloc
            self._resting[host] = time.monotonic() + wait
            if self._session is not None:
                self._session.asked_for_rest(host.lower(), wait)
        return response
