"""Who may be called at all: schemes, addresses that are not public, robots.txt.

The address check happens where the connection is made: :class:`GuardedResolver` sees every host
that the downloader connects to, literal addresses and the targets of redirects among them, and
hands on only those addresses that are public or that the operator has allowed. What it decides on
is what is connected to, so a name that changes its address in between gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
from collections.abc import Sequence
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http.request import NO_CALLBACK
from scrapy.resolver import CachingHostnameResolver
from scrapy.robotstxt import ProtegoRobotParser
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.outcomes import NotAskedError, RefusedRequest, rejection_of_failure
from pipeline.addresses import AllowList, is_public, literal_address, unwrapped
from pipeline.vocabulary import Rejection

logger = logging.getLogger(__name__)

__all__ = ["AllowList", "check_address", "is_public", "literal_address", "unwrapped"]

UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
ROBOTS_LIMIT = 512_000
"""RFC 9309 asks for at least 500 KiB of a robots.txt to be read; the rest is not."""
MAX_CRAWL_DELAY = 120.0
"""Seconds; a longer Crawl-delay is taken as this: a run would not end."""


def check_address(url: str, allow: AllowList) -> None:
    """Raise RefusedRequest for what is no address of the public web, as far as its text tells."""
    if UNSAFE.search(url):
        raise RefusedRequest(Rejection.BAD_ADDRESS, "blank, backslash or control character")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedRequest(Rejection.BAD_ADDRESS, str(error)) from error
    if parts.scheme not in ("http", "https"):
        raise RefusedRequest(Rejection.BAD_ADDRESS, f"{parts.scheme or 'no scheme'}: is not http or https")
    if not parts.hostname:
        raise RefusedRequest(Rejection.BAD_ADDRESS, "no host")
    if parts.username is not None or parts.password is not None:
        raise RefusedRequest(Rejection.BAD_ADDRESS, "user name in the address")
    address = literal_address(parts.hostname)
    if address is None or is_public(address):
        return
    if not allow.allows(parts.hostname, port or (443 if parts.scheme == "https" else 80), address):
        raise RefusedRequest(Rejection.FORBIDDEN_ADDRESS, f"{parts.hostname} is not a public address")


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Hands on to the downloader only those addresses of a host that may be connected to."""

    def __init__(self, inner: Any, host: str, port: int, resolver: GuardedResolver) -> None:
        self._inner = inner
        self._host = host
        self._port = port
        self._resolver = resolver
        self._passed = 0
        self._refused = 0

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self._inner.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        ip = ipaddress.ip_address(str(getattr(address, "host", "")).split("%")[0])
        if is_public(ip) or self._resolver.allow.allows(self._host, self._port, ip):
            self._passed += 1
            self._inner.addressResolved(address)
        else:
            self._refused += 1

    def resolutionComplete(self) -> None:
        if self._refused and not self._passed:
            self._resolver.refused.add((self._host, self._port))
        self._inner.resolutionComplete()


class GuardedResolver(CachingHostnameResolver):
    """The reactor's resolver: no address that is not public, but for the operator's allow-list.

    Set by the process setting TWISTED_DNS_RESOLVER; a spider's own settings cannot change it.
    """

    refused: ClassVar[set[tuple[str, int]]] = set()
    """Hosts and ports that had no permitted address: tells a refusal from a name that is unknown."""

    def __init__(self, reactor: ReactorBase, cache_size: int, allow: AllowList) -> None:
        super().__init__(reactor, cache_size)
        self.allow = allow

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        settings = crawler.settings
        size = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        return cls(reactor, size, AllowList.parse(settings.getlist("GUARD_ALLOW_HOSTS")))

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        receiver: Any = _PublicOnly(resolutionReceiver, hostName, portNumber, self)
        return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


def was_refused(url: str) -> bool:
    """Whether the resolver refused this address's host (and did not merely fail to find it)."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return (parts.hostname or "", port) in GuardedResolver.refused


def explain(error: BaseException, url: str) -> tuple[Rejection, str]:
    """Name a failed download of ``url``, refusals of the resolver told from unknown hosts."""
    reason, detail = rejection_of_failure(error)
    if reason is Rejection.CONNECTION and was_refused(url):
        return Rejection.FORBIDDEN_ADDRESS, f"{urlsplit(url).hostname} has no public address"
    return reason, detail


class GuardMiddleware:
    """Stops an address that is not of the public web before anything is resolved or sent."""

    def __init__(self, allow: AllowList) -> None:
        self._allow = allow

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(AllowList.parse(crawler.settings.getlist("GUARD_ALLOW_HOSTS")))

    def process_request(self, request: Request) -> None:
        check_address(request.url, self._allow)


class RobotsMiddleware(RobotsTxtMiddleware):
    """robots.txt by RFC 9309: 4xx allows all, 5xx and 429 forbid all.

    Where it cannot be had at all nothing is fetched either, but the failure keeps its own name (a
    dead host is ``connection``, not ``robots-denied``).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._rules: dict[str, asyncio.Future[ProtegoRobotParser | RefusedRequest]] = {}

    async def process_request(self, request: Request, spider: Any = None) -> None:
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        root = f"{parts.scheme}://{parts.netloc}"
        rules = self._rules.get(root)
        if rules is None:
            # Many pages of a host wait for the one request that its first page makes.
            rules = self._rules[root] = asyncio.ensure_future(self._of(root))
        verdict = await asyncio.shield(rules)
        if isinstance(verdict, RefusedRequest):
            raise RefusedRequest(verdict.reason, verdict.detail)
        agent = self._robotstxt_useragent or self._default_useragent
        self._keep_delay(request, parts.hostname or "", verdict.crawl_delay(agent))
        if not verdict.allowed(request.url, agent):
            self._stats.inc_value("robotstxt/forbidden")
            raise RefusedRequest(Rejection.ROBOTS_DENIED, "robots.txt forbids it")

    def _keep_delay(self, request: Request, host: str, delay: float | None) -> None:
        """Leave so many seconds between two requests to a host as its Crawl-delay says."""
        if not delay or delay <= self._delay:
            return
        delay = min(delay, MAX_CRAWL_DELAY)
        request.meta["autothrottle_dont_adjust_delay"] = True
        assert self.crawler.engine is not None
        downloader = self.crawler.engine.downloader
        if host not in downloader.per_slot_settings:
            # For the slot that is made next, and for the one that robots.txt was fetched by.
            downloader.per_slot_settings[host] = {"delay": delay, "concurrency": 1, "jitter": 0}
            if (slot := downloader.slots.get(host)) is not None:
                slot.delay, slot.concurrency, slot.jitter = delay, 1, 0

    async def _of(self, root: str) -> ProtegoRobotParser | RefusedRequest:
        """The rules of a server: as an earlier run of the last hours found them, else by asking."""
        session: Any = getattr(self.crawler.spider, "session", None)
        known = session.keeper.robots(root) if session is not None else None
        if known is not None:
            return ProtegoRobotParser(known, self.crawler.spider)
        found = await self._fetch(f"{root}/robots.txt")
        if isinstance(found, bytes):
            if session is not None:
                session.keeper.found_robots(root, found, session.config.clock())
            return ProtegoRobotParser(found, self.crawler.spider)
        return found

    async def _fetch(self, url: str) -> bytes | RefusedRequest:
        """The body of a robots.txt, empty where there is none; or why nothing may be fetched."""
        request = Request(
            url,
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True, "download_maxsize": 4 * ROBOTS_LIMIT},
            callback=NO_CALLBACK,
        )
        engine = self.crawler.engine
        assert engine is not None
        try:
            response = await engine.download_async(request)
        except NotAskedError:
            raise  # the crawl is ending, which says nothing of the server
        except Exception as error:
            # Whatever the downloader raises is named by the one place that names failures.
            reason, detail = explain(error, url)
            if reason in (Rejection.TOO_LARGE, Rejection.REDIRECT_LOOP, Rejection.BAD_ADDRESS):
                return b""
            return RefusedRequest(reason, f"robots.txt: {detail}")
        if response.status >= 500 or response.status == 429:
            return RefusedRequest(Rejection.ROBOTS_DENIED, f"robots.txt answered {response.status}")
        return response.body[:ROBOTS_LIMIT] if 200 <= response.status < 300 else b""
