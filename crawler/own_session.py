"""``scrapy crawl watch``: a crawl without the command of ours, for those who know Scrapy.

scrapy crawl watch [-a sources=SLUG,SLUG] [-s DATABASE_URL=sqlite:////… -s CONTACT=…]
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import cast

from scrapy.crawler import Crawler

from crawler.report import CrawlConfig
from crawler.session import Session
from crawler.sources import load_sources, select_sources

DATABASE = "detainee-watch.sqlite3"
"""Without -s DATABASE_URL, a file in the folder in which Scrapy was started."""

logger = logging.getLogger(__name__)


def own_session(crawler: Crawler, slugs: str) -> Session:
    """The session of a crawl that Scrapy started. Raises SourceError for a name that is none, with the
    nearest ones, and the StorageError tree."""
    settings = crawler.settings
    url = settings.get("DATABASE_URL")
    if not url:
        url = f"sqlite:///{DATABASE}"
        # The settings file of the program is not read here, and the database that it names is not used.
        logger.warning("No -s DATABASE_URL was given; storing in %s", Path(DATABASE).absolute())
    config = CrawlConfig(
        database_url=cast("str", url),
        sources=select_sources(load_sources(), [slug.strip() for slug in slugs.split(",") if slug.strip()]),
        contact=cast("str", settings.get("CONTACT", "")),
        concurrency_per_host=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
    )
    session = Session(config)
    session.open()
    return session
