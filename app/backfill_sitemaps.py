"""History by sitemaps: a crawl of one period, under the crawl's own manners.

An address belongs to the known outlet of its host, whose history is then crawled by that sitemap; the
sitemap of another host is a source of its own for this run.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import typer

from app import context
from app.console import say, write_json
from pipeline.errors import ConfigError
from pipeline.types import Source

if TYPE_CHECKING:
    from crawler.outlets import Outlets

MOST_SITEMAPS = 20_000
"""Sitemaps of one outlet in one run: thirty years of one a day, and an index or two."""
MOST_ENTRIES = 500_000
"""Entries of one outlet in one run; they are in memory. The next run takes the rest."""


def crawl_sitemaps(
    ctx: typer.Context,
    sitemaps: list[str],
    *,
    since: date,
    until: date | None,
    source: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Fetch what the sitemaps name of a period, read it and store it; ends with the exit code."""
    from alerts.matching import RuleMatcher
    from app.commands.crawl import NO_CONTACT, exit_code, shared_lock, summary_line, teller_of
    from app.shapes import crawl_shape
    from app.sources import all_sources
    from crawler.outlets import Outlets
    from crawler.run import CrawlConfig, run_crawl

    settings = context.settings_of(ctx)
    outlets = Outlets(all_sources(settings))
    sources = {one.slug: one for one in (source_of(url, outlets, slug=source) for url in sitemaps)}
    if len(sources) < len(sitemaps):
        raise ConfigError("Two of the sitemaps are of one outlet; read them one after the other.")
    if not settings.contact and not quiet:
        say(f"warning: {NO_CONTACT}")
    config = CrawlConfig(
        database_url=settings.database_url.get_secret_value(),
        sources=tuple(sources.values()),
        contact=settings.contact,
        since=since,
        until=until or context.now().date(),
        archive_entries=MOST_ENTRIES,
        archive_sitemaps=MOST_SITEMAPS,
        workers=settings.workers or None,
        allow_hosts=settings.allow_hosts,
        honour=settings.honour,
        delay=settings.delay,
        concurrency=settings.concurrency,
        concurrency_per_host=settings.concurrency_per_host,
        max_body=settings.max_body,
        timeout=settings.timeout,
        pauses=False,
        recheck=False,
        matcher=RuleMatcher(),
        clock=context.now,
    )
    with shared_lock(settings), teller_of(quiet=quiet) as teller:
        report = run_crawl(config, on_progress=teller.tell)
    if as_json:
        write_json(crawl_shape(report))
    for failed in report.failed_sources:
        say(f"failed: {failed.slug}: {failed.state.value}" + (f": {failed.detail}" if failed.detail else ""))
    if report.interrupted:
        say(f"It ended early ({report.reason}); {report.left} pages are left for the next run.")
    if not quiet:
        say(summary_line(report))
    raise typer.Exit(exit_code(report))


def source_of(url: str, outlets: Outlets, *, slug: str = "") -> Source:
    """The source whose history a sitemap is. Raises ConfigError for what is no web address."""
    if not url.startswith(("http://", "https://")):
        raise ConfigError(f"--sitemap {url}: is no web address", key="sitemap")
    name, outlet = outlets.of(url)
    if outlet is not None and not slug:
        return replace(outlet, sitemap=url)
    return Source(
        slug=slug or name,
        name=slug or name,
        url=url,
        via="sitemap",
        language="",
        country="XX",
        expect=0.1,
        sitemap=url,
    )
