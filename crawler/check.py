"""Looks at outlets outside of a crawl: does this source answer, and which feed has this site?

The verdicts are pure functions of what ``crawler.probe`` fetched; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from w3lib.encoding import html_to_unicode

from crawler.discovery import FeedCandidate, find_feeds
from crawler.feeds import Feed, read_feed
from crawler.probe import DELAY, TIMEOUT, Fetched, probe, probe_each
from crawler.spiders.listing import read_listing
from crawler.suggest import suggest_source, usual_rate
from pipeline.errors import CrawlError, FeedError
from pipeline.types import Source
from pipeline.vocabulary import FeedState

TRIED = 12
"""How many candidates of a site are fetched at most, in the order of trust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCheck:
    """How a source answers now."""

    slug: str
    state: FeedState
    entries: int  # of a sitemap index: the sitemaps that it names
    newest: datetime | None  # the newest date in it
    detail: str  # a few words; empty when there is nothing to add


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The feed that was chosen for a site, and everything that was tried."""

    source: Source  # complete, not yet written anywhere
    check: SourceCheck  # of its feed
    candidates: tuple[FeedCandidate, ...]  # all that were found, best first
    checks: tuple[SourceCheck, ...]  # of those that were fetched, in the same order


def check_source(
    source: Source,
    *,
    contact: str,
    now: datetime,
    allow_hosts: Sequence[str] = (),
    timeout: float = TIMEOUT,
    delay: float = DELAY,
) -> SourceCheck:
    """Fetch a source once and say what it gives. Raises as ``probe``."""
    checks = check_sources(
        [source], contact=contact, now=now, allow_hosts=allow_hosts, timeout=timeout, delay=delay
    )
    return next(iter(checks))


def check_sources(
    sources: Sequence[Source],
    *,
    contact: str,
    now: datetime,
    allow_hosts: Sequence[str] = (),
    timeout: float = TIMEOUT,
    delay: float = DELAY,
) -> Iterator[SourceCheck]:
    """Fetch many sources at once; each check comes as soon as it is known. Raises as ``probe``."""
    urls = [source.url for source in sources]
    for index, fetched in probe_each(
        urls, contact=contact, allow_hosts=allow_hosts, timeout=timeout, delay=delay
    ):
        yield judge(sources[index], fetched, now=now)


def judge(source: Source, fetched: Fetched, *, now: datetime) -> SourceCheck:
    """What an answer means for a source. Pure."""
    if fetched.state is not FeedState.OK:
        return _check(source, fetched.state, detail=fetched.detail)
    moved = f"moved to {fetched.url}" if fetched.url != fetched.asked else ""
    try:
        feed = _read(source, fetched, now)
    except FeedError as error:
        return _check(source, FeedState.MALFORMED, detail=str(error).removeprefix(f"{source.slug}: "))
    if feed.kind == "index":
        dates = [child.modified for child in feed.children if child.modified is not None]
        detail = f"index of {len(feed.children)} sitemaps"
        state = FeedState.OK if feed.children else FeedState.EMPTY
        return _check(
            source, state, entries=len(feed.children), newest=max(dates, default=None), detail=detail
        )
    if not feed.entries:
        return _check(source, FeedState.EMPTY, detail=_dropped(feed) or moved or _no_links(source))
    published = [entry.published for entry in feed.entries if entry.published is not None]
    return _check(
        source,
        FeedState.OK,
        entries=len(feed.entries),
        newest=max(published, default=None),
        detail="; ".join(filter(None, (moved, _dropped(feed)))),
    )


def discover(
    url: str,
    *,
    contact: str,
    now: datetime,
    taken: Collection[str] = (),
    allow_hosts: Sequence[str] = (),
    timeout: float = TIMEOUT,
    delay: float = DELAY,
) -> Discovery:
    """Find the feed of a site's address (or take the address itself, when it is one).

    Raises CrawlError, with what each attempt gave, when the page does not answer or no candidate
    is a feed with an entry.
    """
    (page,) = probe(url, contact=contact, allow_hosts=allow_hosts, timeout=timeout, delay=delay)
    if page.state is not FeedState.OK:
        raise CrawlError(f"{url}: {page.state}: {page.detail}", key=url)
    candidates = find_feeds(page.body, page.content_type, page.url)
    tried: list[SourceCheck] = []
    # First what the page names; the usual paths only when none of that is a feed.
    named = [one for one in candidates if one.found != "guess"][:TRIED]
    guessed = [one for one in candidates if one.found == "guess"]
    for group in filter(None, (named, guessed)):
        answers = (
            (page,)
            if group[0].found == "self"
            else probe(
                [one.url for one in group],
                contact=contact,
                allow_hosts=allow_hosts,
                timeout=timeout,
                delay=delay,
            )
        )
        for candidate, answer in zip(group, answers, strict=True):
            source = suggest_source(
                candidate, page=page.body, content_type=page.content_type, page_url=page.url, taken=taken
            )
            check = judge(source, answer, now=now)
            tried.append(replace(check, slug=candidate.url))
            if check.state is not FeedState.OK:
                continue
            feed = read_feed(answer.body, source, base_url=answer.url, now=now)
            rate = usual_rate((entry.published for entry in feed.entries), now=now)
            via = {"rdf": "rss", "index": "sitemap"}.get(feed.kind, feed.kind)
            source = replace(source, via=via, expect=rate)
            return Discovery(source=source, check=check, candidates=candidates, checks=tuple(tried))
    attempts = "".join(
        f"\n  {one.slug}: {one.state}{': ' + one.detail if one.detail else ''}" for one in tried
    )
    raise CrawlError(f"{url}: no feed was found; these were tried:{attempts}", key=url)


def _read(source: Source, fetched: Fetched, now: datetime) -> Feed:
    if source.via != "listing":
        return read_feed(fetched.body, source, base_url=fetched.url, now=now)
    encoding = html_to_unicode(fetched.content_type or None, fetched.body)[0]
    return read_listing(fetched.body, source, base_url=fetched.url, encoding=encoding)


def _check(
    source: Source, state: FeedState, *, entries: int = 0, newest: datetime | None = None, detail: str = ""
) -> SourceCheck:
    return SourceCheck(slug=source.slug, state=state, entries=entries, newest=newest, detail=detail)


def _dropped(feed: Feed) -> str:
    return ", ".join(f"{count} dropped ({reason})" for reason, count in feed.dropped.items())


def _no_links(source: Source) -> str:
    return f"no link fits {source.links!r}" if source.via == "listing" else ""
