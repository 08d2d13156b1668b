"""The bytes of a feed → its entries. Pure; the only importer of feedparser.

    bytes → kind? ┬ JSON Feed            → json
                  ├ sitemap, news, index → lxml, no entities, no network
                  └ RSS, Atom, RDF       → feedparser, given bytes and never a name
          → raw entries → plain text, absolute http(s) links, believable dates → FeedEntry…

Nothing in a feed is trusted: sizes are cut before they are worked on, links of other schemes are
dropped and counted, characters that steer a terminal are removed.
"""

from __future__ import annotations

import calendar
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.sax import SAXParseException

import feedparser  # type: ignore[import-untyped]

from crawler.feed_values import (
    EARLIEST,
    MAX_SUMMARY,
    MAX_TITLE,
    MAX_URL,
    RAW_LIMIT,
    RawEntry,
    believable,
    date_of,
    plain_text,
    web_link,
)
from crawler.sitemaps import Child, sitemap_entries
from pipeline.errors import FeedError
from pipeline.types import FeedEntry, Source

MAX_ENTRIES = 2_000
"""Of a longer feed, this many of the newest entries are read."""
MAX_BYTES = 50 * 1024 * 1024
"""What a gzipped sitemap may unpack to (the sitemap protocol's own limit)."""
ITEM_START = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(?:item|entry)[\s>]")
ITEM_DATE = re.compile(
    rb"<(?:pubDate|published|updated|dc:date)[^>]{0,100}>\s*(?:<!\[CDATA\[)?([^<\]]{6,60})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What was read out of a feed's bytes."""

    kind: str  # rss | atom | rdf | jsonfeed | sitemap | index
    entries: tuple[FeedEntry, ...]  # in the feed's order, no address twice
    found: int  # entries that stood in what was read, before any was dropped
    dropped: dict[str, int] = field(default_factory=dict)  # reason → how many
    children: tuple[Child, ...] = ()  # of an index, newest first
    flaw: str = ""  # what is wrong with it as XML, where entries could be read all the same


def parse_feed(
    body: bytes,
    source: Source,
    *,
    base_url: str | None = None,
    limit: int = MAX_ENTRIES,
    now: datetime | None = None,
) -> tuple[FeedEntry, ...]:
    """The entries of a feed of any kind; () for a feed with none, and for a sitemap index.

    Raises FeedError for bytes that are no feed.
    """
    return read_feed(body, source, base_url=base_url, limit=limit, now=now).entries


def read_feed(
    body: bytes,
    source: Source,
    *,
    base_url: str | None = None,
    limit: int = MAX_ENTRIES,
    now: datetime | None = None,
    since: datetime | None = None,
) -> Feed:
    """Read a feed of any kind, with the count of what was dropped and the children of an index.

    ``base_url`` is where the bytes came from, for relative links (the source's url without it).
    Dates after ``now`` are none (None: not checked); entries dated before ``since`` are dropped.
    Raises FeedError for bytes that are no feed.
    """
    base = base_url or source.url
    body = _unzipped(body)
    start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body.strip():
        raise FeedError(f"{source.slug}: the feed is empty, 0 bytes of content", key=base)
    children: tuple[Child, ...] = ()
    flaw = ""
    if start.startswith((b"{", b"[")):
        kind, raws = "jsonfeed", list(_json_entries(body, source.slug))
    elif re.search(rb"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s>]", start):
        kind, raws, children = sitemap_entries(body, base)
    else:
        kind, raws, flaw = _feedparser_entries(_newest_items(body, limit), base, source.slug)
    dropped: Counter[str] = Counter()
    entries = _checked(raws, source.slug, base, now, since, dropped)
    if flaw and not entries:
        raise FeedError(f"{source.slug}: the feed is broken XML ({flaw})", key=base)
    if len(entries) > limit:
        dropped["over-limit"] += len(entries) - limit
        entries = _newest(entries, limit)
    return Feed(
        kind=kind,
        entries=tuple(entry for entry, _ in entries),
        found=len(raws),
        dropped=dict(dropped),
        children=children,
        flaw=flaw,
    )


def _checked(
    raws: list[RawEntry],
    slug: str,
    base: str,
    now: datetime | None,
    since: datetime | None,
    dropped: Counter[str],
) -> list[tuple[FeedEntry, datetime | None]]:
    """The usable ones as FeedEntry, each with the date that orders it; the others counted."""
    entries: list[tuple[FeedEntry, datetime | None]] = []
    links: set[str] = set()
    ids: set[tuple[str, str]] = set()
    for raw in raws:
        link = raw.link or (raw.id if raw.id.startswith(("http://", "https://")) else "")
        url = web_link(link, base) if link.strip() else None
        if url is None:
            dropped["bad-link" if link.strip() else "no-link"] += 1
            continue
        title = plain_text(raw.title, MAX_TITLE)
        # An outlet that gives every entry the same id is not believed; id and title together are.
        twin = raw.id != "" and (raw.id, title) in ids
        if url in links or twin:
            dropped["duplicate"] += 1
            continue
        links.add(url)
        ids.add((raw.id, title))
        published = believable(raw.published, now)
        order = published or believable(raw.modified, now)
        if since is not None and order is not None and order < since:
            dropped["too-old"] += 1
            continue
        summary = plain_text(raw.summary, MAX_SUMMARY)
        entry = FeedEntry(source=slug, url=url, title=title, summary=summary, published=published)
        entries.append((entry, order))
    return entries


def _newest(
    entries: list[tuple[FeedEntry, datetime | None]], limit: int
) -> list[tuple[FeedEntry, datetime | None]]:
    """The ``limit`` newest in their old order; those without a date keep their place at the head."""
    order = sorted(
        range(len(entries)),
        key=lambda index: -(entries[index][1] or datetime.max.replace(tzinfo=UTC)).timestamp(),
    )
    return [entries[index] for index in sorted(order[:limit])]


def _unzipped(body: bytes) -> bytes:
    """A gzipped body unpacked up to MAX_BYTES (sitemaps are often served as files); others as they are."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise FeedError("The feed is broken gzip data") from error
    if len(plain) > MAX_BYTES:
        raise FeedError(f"The feed unpacks to more than {MAX_BYTES // 1024 // 1024} MiB")
    return plain


# RSS, Atom, RDF


def _newest_items(body: bytes, limit: int) -> bytes:
    """A feed with more than ``limit`` items, cut down to the newest before it is parsed.

    feedparser takes a third of a millisecond an entry; an archive of 50,000 would hold a worker
    for a quarter of a minute. The newest are told by their dates, or are the first where most have
    none, as feeds are newest first by custom.
    """
    starts = [match.start() for match in ITEM_START.finditer(body)]
    if len(starts) <= limit:
        return body
    closing = max(body.rfind(b"</item>") + 7, body.rfind(b"</entry>") + 8)
    end = closing if closing > starts[-1] else len(body)
    bounds = [*starts[1:], end]
    dates = []
    for start, stop in zip(starts, bounds, strict=True):
        match = ITEM_DATE.search(body, start, min(stop, start + RAW_LIMIT))
        dates.append(date_of(match[1].decode("ascii", "replace")) if match else None)
    if sum(date is not None for date in dates) * 2 >= len(dates):
        oldest = EARLIEST
        ranked = sorted(range(len(dates)), key=lambda index: dates[index] or oldest, reverse=True)
        keep = sorted(ranked[:limit])
    else:
        keep = list(range(limit))
    return b"".join([body[: starts[0]], *(body[starts[i] : bounds[i]] for i in keep), body[end:]])


def _feedparser_entries(body: bytes, base: str, slug: str) -> tuple[str, list[RawEntry], str]:
    try:
        parsed = feedparser.parse(
            body,
            response_headers={"content-location": base},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        # A parser of third parties on hostile bytes: whatever it raises means that it read no feed.
        raise FeedError(f"{slug}: the feed cannot be parsed ({type(error).__name__})", key=base) from error
    version = str(parsed.get("version") or "")
    if not parsed.entries and not version:
        what = "an HTML page" if re.search(rb"<html|<!doctype html", body[:2000], re.I) else "no feed"
        raise FeedError(f"{slug}: the answer is {what}, where a feed was expected", key=base)
    kind = "atom" if version.startswith("atom") else "rdf" if version == "rss10" else "rss"
    # Other complaints of feedparser (an encoding that it corrected) lose no entry.
    complaint = parsed.get("bozo_exception")
    flaw = plain_text(complaint.getMessage(), 100) if isinstance(complaint, SAXParseException) else ""
    return kind, [_raw_of(entry) for entry in parsed.entries], flaw


def _raw_of(entry: Any) -> RawEntry:
    link = str(entry.get("link") or "")
    if not link:
        link = next((str(one["href"]) for one in entry.get("links", ()) if one.get("href")), "")
    content = entry.get("content") or ()
    summary = entry.get("summary") or (content[0].get("value") if content else "")
    published = _utc_of(entry.get("published_parsed"))
    if published is None and "published" not in entry:
        published = _utc_of(entry.get("updated_parsed"))
    return RawEntry(
        link=link,
        id=str(entry.get("id") or "")[:MAX_URL],
        title=str(entry.get("title") or ""),
        summary=str(summary or ""),
        published=published,
    )


def _utc_of(moment: Any) -> datetime | None:
    """feedparser's time tuple (UTC) as a datetime; None for one outside the calendar."""
    if moment is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(moment), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


# JSON Feed


def _json_entries(body: bytes, slug: str) -> Iterator[RawEntry]:
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FeedError(f"{slug}: the answer begins like JSON and is none") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise FeedError(f"{slug}: the answer is JSON, but no JSON Feed (it has no list of items)")
    for item in items:
        if not isinstance(item, dict):
            continue
        text = {key: value for key, value in item.items() if isinstance(value, str)}
        identity = item.get("id")
        yield RawEntry(
            link=text.get("url") or text.get("external_url", ""),
            id=str(identity)[:MAX_URL] if isinstance(identity, str | int) else "",
            title=text.get("title", ""),
            summary=text.get("summary") or text.get("content_html") or text.get("content_text", ""),
            published=date_of(text.get("date_published")),
            modified=date_of(text.get("date_modified")),
        )
