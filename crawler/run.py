"""Run one crawl in this process, from its configuration to its report."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable

from scrapy.crawler import AsyncCrawlerProcess
from twisted.logger import globalLogBeginner

from crawler.report import CrawlConfig, CrawlReport, Progress, SourceReport
from crawler.session import Session
from crawler.settings import crawl_settings, shared_settings
from crawler.spiders.watch import WatchSpider
from pipeline.errors import ConfigError, CrawlError

__all__ = ["CrawlConfig", "CrawlReport", "Progress", "SourceReport", "run_crawl"]

_started = False


def _parts(
    config: CrawlConfig, on_progress: Callable[[Progress], None] | None
) -> tuple[Session, type[WatchSpider]]:
    """The session and the spider: of a crawl of its own, or of one worker of a shared one."""
    if not config.redis_url:
        return Session(config, on_progress), WatchSpider
    try:
        from crawler.cluster.session import SharedSession
        from crawler.cluster.spider import SharedSpider
    except ImportError as error:
        raise ConfigError(
            "A shared crawl needs the extra 'cluster': pip install 'detainee-watch[cluster]'.",
            key="redis_url",
        ) from error
    return SharedSession(config, on_progress), SharedSpider


def run_crawl(config: CrawlConfig, *, on_progress: Callable[[Progress], None] | None = None) -> CrawlReport:
    """Crawl the sources of ``config`` and report. One crawl a process: the reactor cannot start again.

    Ctrl-C ends it tidily: what is in hand is saved, the rest stays pending. Raises the StorageError
    tree when the database cannot be opened or fails on the way (what was saved before is kept),
    ConfigError for an entry of ``allow_hosts`` that is none, CrawlError when it could not start,
    FrontierError when Redis, where ``redis_url`` names one, cannot be used or is lost.
    """
    global _started
    if _started:
        raise CrawlError("Only one crawl can run in a process; start another process for the next")
    try:
        settings = crawl_settings(
            contact=config.contact,
            allow_hosts=config.allow_hosts,
            honour=config.honour,
            delay=config.delay,
            concurrency=config.concurrency,
            concurrency_per_host=config.concurrency_per_host,
            max_body=config.max_body,
            timeout=config.timeout,
            LOG_INSTALL_ROOT_HANDLER=False,
            **(shared_settings() if config.redis_url else {}),
        )
    except ValueError as error:
        raise ConfigError(f"allow_hosts: {error}", key="allow_hosts") from error
    session, spider = _parts(config, on_progress)
    session.open()
    _started = True
    thresholds = gc.get_threshold()
    try:
        process = AsyncCrawlerProcess(settings)
        # Scrapy logs each failure; here each has its outcome. Whoever asks for more gets all of it.
        quiet = logging.getLogger().level >= logging.WARNING
        logging.getLogger("scrapy").setLevel(logging.ERROR if quiet else logging.NOTSET)
        # Twisted writes a traceback for each certificate that does not verify; until its log is
        # begun, to standard error and past all levels.
        globalLogBeginner.beginLoggingTo([], redirectStandardIO=False, discardBuffer=True)
        logging.getLogger("twisted").setLevel(logging.CRITICAL + 1 if quiet else logging.ERROR)
        process.crawl(spider, session=session)
        # What is loaded now stays to the end, and each page makes hundreds of short-lived objects:
        # looking through all of them every 700 takes a fifth of the crawl's time.
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        process.start()
    finally:
        gc.set_threshold(*thresholds)
        session.close()
    if session.failure is not None:
        raise session.failure
    if not session.reason and process.bootstrap_failed:
        raise CrawlError("The crawl could not start", key=str(session.run))
    return session.report()
