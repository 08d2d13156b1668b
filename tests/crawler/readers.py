"""Readers that stand in for the real reading where a test is about the crawl, and a driver.

    python -m tests.crawler.readers CONFIG.json     one crawl; its report as JSON on the last line

They run in the worker processes, so they are functions of a module.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import re
import signal
import sqlite3
import sqlite3.dbapi2
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.run import CrawlConfig, run_crawl
from pipeline.errors import DetaineeWatchError
from pipeline.types import Article, Assessment, Extracted, Irrelevant, Outcome, Page, Source
from tests.crawler.keep import keep
from tests.storage import builders


def plain(page: Page, source: Source | None, now: datetime, since: datetime | None) -> Outcome:
    """Every page is an irrelevant article; some bodies tell the reader to misbehave."""
    assert source is None or source.slug == page.entry.source
    if b"KILL THE READER" in page.body:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"HANG THE READER" in page.body:
        time.sleep(60)
    if b"BREAK THE READER" in page.body:
        raise ZeroDivisionError
    article = Article(
        url=page.url,
        source=page.entry.source,
        title=page.entry.title,
        text=f"{page.entry.title}\n{len(page.body)}",
        language="en",
        published=page.entry.published,
        date_origin=None,
        outlet_country=None,
        segments=(),
    )
    return Irrelevant(article=article, assessment=Assessment(relevant=False, score=0.0, reasons=()))


def slow(page: Page, source: Source | None, now: datetime, since: datetime | None) -> Outcome:
    """As ``plain``, at a pace that lets a test interrupt the crawl."""
    time.sleep(0.02)
    return plain(page, source, now, since)


NATIONALITIES = ("NL", "GB", "NG", "BO", "VE", "MX", "DE", "FR", "IT", "BR", "CA", "AU")
COUNTRIES = ("PE", "TH", "ID", "CO", "EC", "ES", "PT", "JP", "KE", "IN", "VN", "MY")


def stories(page: Page, source: Source | None, now: datetime, since: datetime | None) -> Outcome:
    """Pages that say STORY are relevant, with one record each and no two of one case; as ``plain`` else.
    Takes a moment."""
    time.sleep(0.01)
    read = plain(page, source, now, since)
    found = re.search(rb"STORY (\d+)", page.body)
    if found is None:
        return read
    number = int(found[1])
    assert isinstance(read, Irrelevant)
    words = " ".join(f"word{number}x{each}" for each in range(40))
    article = dataclasses.replace(read.article, text=f"{page.entry.title}\n{builders.SENTENCE} {words}")
    place = number // 15 % 12
    told = builders.record(
        article.text, nationality=NATIONALITIES[place], country=COUNTRIES[place], count=2 + number
    )
    verdict = Assessment(relevant=True, score=0.9, reasons=())
    return Extracted(article=article, assessment=verdict, records=(told,))


def gluttonous(page: Page, source: Source | None, now: datetime, since: datetime | None) -> Outcome:
    """As ``plain``, but a page may make it take all the memory that there is."""
    if b"EAT THE MEMORY" in page.body:
        held = []
        while True:
            held.append(bytes(64 * 1024 * 1024))
    return plain(page, source, now, since)


class FaultyMatcher:
    """Rules of alerts that fail as only a fault of the program can."""

    def index(self, version: int, load: Any) -> Any:
        """Fails in the transaction that saves."""
        raise ZeroDivisionError("a fault of ours")


def run(given: dict[str, Any]) -> dict[str, Any]:
    """Run one crawl from a JSON configuration; ``reader`` names one of the above or is absent."""
    sources = tuple(
        Source(**{"language": "en", "country": "XX", "expect": 1.0, **one}) for one in given.pop("sources")
    )
    reader = given.pop("reader", None)
    if reader:
        given["reader"] = {
            "plain": plain,
            "slow": slow,
            "keep": keep,
            "stories": stories,
            "gluttonous": gluttonous,
        }[reader]
    if given.pop("faulty_matcher", False):
        given["matcher"] = FaultyMatcher()
    if since := given.pop("since", None):
        given["since"] = datetime.fromisoformat(since).date()
    if jumps := given.pop("jumps", None):
        # A clock that is set forward and back at every look.
        moments = itertools.cycle([datetime.fromisoformat(one) for one in jumps])
        given["clock"] = lambda: next(moments)
    if now := given.pop("now", None):
        moment = datetime.fromisoformat(now)
        given["clock"] = lambda: moment
    if limit := given.pop("max_page_count", None):
        # A real SQLITE_FULL, from SQLite itself.
        connect = sqlite3.connect

        def limited(*args: Any, **kwargs: Any) -> sqlite3.Connection:
            connection = connect(*args, **kwargs)
            connection.execute(f"PRAGMA max_page_count = {limit}")
            return connection

        sqlite3.connect = sqlite3.dbapi2.connect = limited  # type: ignore[assignment]
    given["allow_hosts"] = tuple(given["allow_hosts"])
    config = CrawlConfig(sources=sources, **given)
    told: list[Any] = []
    try:
        report = run_crawl(config, on_progress=told.append)
    except DetaineeWatchError as error:
        return {"error": type(error).__name__, "message": str(error)}
    return {
        "sources": {source.slug: dataclasses.asdict(source) for source in report.sources},
        "counts": report.counts,
        "interrupted": report.interrupted,
        "reason": report.reason,
        "left": report.left,
        "progress": [dataclasses.asdict(one) for one in told[-1:]],
    }


if __name__ == "__main__":
    print(json.dumps(run(json.loads(Path(sys.argv[1]).read_text())), default=str))
