"""What a crawl is told, and what it tells: configuration, progress, report. Frozen values."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from crawler import reading, settings
from pipeline.types import Outcome, Page, Source
from pipeline.vocabulary import FeedState
from storage.alert_values import Matcher

Reader = Callable[[Page, Source | None, datetime, datetime | None], Outcome]
"""Page, its source, now, and the date before which an article is too old → outcome. Picklable."""

MAX_SITEMAPS = 200
"""Sitemaps of one source that are read in one run."""
MAX_ENTRIES = 50_000
"""Entries of one source that are taken from its sitemaps in one run."""
TIME_OVER = "time over"
"""The reason of a crawl that ended because it was given no more time."""


def utc_now() -> datetime:
    """The clock of a crawl where no other is given."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlConfig:
    """All that a crawl needs to be told."""

    database_url: str
    sources: tuple[Source, ...]
    contact: str = ""  # address or page of the operator, goes into the User-Agent
    since: date | None = None  # history by sitemaps from this day on (UTC)
    until: date | None = None  # and up to and with this day; None: to the present
    archive_entries: int = MAX_ENTRIES  # of one source that are taken from its sitemaps in one run
    archive_sitemaps: int = MAX_SITEMAPS  # of one source that are read in one run
    limit: float | None = None  # seconds after which the crawl is ended tidily; None: no limit
    workers: int | None = None  # reading processes; None: one less than there are cores
    allow_hosts: tuple[str, ...] = ()  # private hosts that may be reached: host, host:port or CIDR
    honour: tuple[str, ...] = tuple(settings.HONOUR_SIGNALS)  # reservations of mining: tdm, noai, noindex
    delay: float = settings.DOWNLOAD_DELAY  # seconds between two requests to a host; 0: none, for loopback
    concurrency: int = settings.CONCURRENT_REQUESTS
    concurrency_per_host: int = settings.CONCURRENT_REQUESTS_PER_DOMAIN
    max_body: int = settings.DOWNLOAD_MAXSIZE  # bytes, before and after decompression
    timeout: float = settings.DOWNLOAD_TIMEOUT  # seconds for one request
    clock: Callable[[], datetime] = utc_now  # aware UTC
    read: bool = True  # False: feeds only, their new entries stay pending
    pauses: bool = True  # sources that failed are left alone for a while; False: all are asked
    recheck: bool = True  # fetch relevant articles of the last days again, for their corrections
    reader: Reader = reading.read_page  # what a worker does with a page
    matcher: Matcher | None = None  # finds in each saved article what the rules of alerts look for
    page_seconds: float = 60.0  # after so long, the reading of a page is given up
    redis_url: str = ""  # where workers share their work; "": this crawl is alone. May hold a password
    lease_seconds: float = 30.0  # a worker of whom nothing was heard for so long is taken for dead

    @property
    def worker_count(self) -> int:
        """The number of reading processes."""
        return self.workers or max(1, (os.cpu_count() or 2) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a crawl stands, told after each feed and each page."""

    source: str  # slug of the source that this is about
    state: FeedState | None  # of its feed; None while that is not known
    source_done: bool  # its feed and all of its pages have an outcome
    sources_done: int
    sources_total: int
    pages_done: int  # of all sources
    pages_total: int  # as far as known now
    relevant: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What came of one source in a run."""

    slug: str
    name: str
    state: FeedState
    detail: str  # a short human word more on the feed
    entries: int  # in the feed
    new: int  # of them, not seen before
    read: int  # pages that became an article, relevant or not
    relevant: int
    rejected: dict[str, int] = field(default_factory=dict)  # Rejection value → pages


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """What came of a run."""

    run: int
    sources: tuple[SourceReport, ...]
    counts: dict[str, int]  # outcome (relevant, irrelevant, Rejection value) → pages
    started: datetime
    ended: datetime
    interrupted: bool  # Ctrl-C, or a limit of the process; what was not done is pending
    reason: str  # Scrapy's word for the end: finished, shutdown, memusage_exceeded…; or TIME_OVER
    left: int = 0  # pages that are still pending

    @property
    def failed_sources(self) -> tuple[SourceReport, ...]:
        """The sources whose feed could not be read."""
        return tuple(source for source in self.sources if source.state.failed)
