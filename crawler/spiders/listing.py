"""Outlets without a feed: a listing page and the CSS selector of its article links.

A listing is one more way to get entries, so there is no spider of its own: ``watch`` calls this.
"""

from __future__ import annotations

from cssselect import SelectorError
from parsel import Selector

from crawler.feed_values import MAX_TITLE, plain_text, web_link
from crawler.feeds import MAX_ENTRIES, Feed
from pipeline.errors import FeedError
from pipeline.types import FeedEntry, Source


def read_listing(
    body: bytes, source: Source, *, base_url: str, encoding: str = "utf-8", limit: int = MAX_ENTRIES
) -> Feed:
    """The links that ``source.links`` selects, in the order of the page, as a feed without dates.

    The selector may point at the links or at elements that hold them. Raises FeedError when the
    source has no selector or a broken one, or when the body is no HTML.
    """
    if not source.links:
        raise FeedError(f"{source.slug}: the source is a listing and has no selector", key=base_url)
    if not body.strip():
        raise FeedError(f"{source.slug}: the listing is empty, 0 bytes of content", key=base_url)
    selector = Selector(text=body.decode(encoding, "replace").replace("\0", ""), type="html")
    base = web_link(selector.css("base::attr(href)").get() or "", base_url) or base_url
    try:
        chosen = selector.css(source.links)
    except (ValueError, SelectorError) as error:
        raise FeedError(f"{source.slug}: {source.links!r} is no CSS selector", key=base_url) from error
    entries: dict[str, FeedEntry] = {}
    dropped: dict[str, int] = {}
    found = 0
    for element in chosen:
        link = element if element.xpath("self::a") else next(iter(element.css("a[href]")), None)
        href = link.attrib.get("href", "") if link is not None else ""
        found += 1
        url = web_link(href, base) if href else None
        if url is None or len(entries) >= limit:
            reason = "over-limit" if url else "bad-link" if href else "no-link"
            dropped[reason] = dropped.get(reason, 0) + 1
            continue
        assert link is not None
        text = " ".join(link.xpath(".//text()").getall())
        title = plain_text(text or link.attrib.get("title", ""), MAX_TITLE)
        # A picture and a headline often link to the same article; the longer text is its title.
        if url in entries:
            dropped["duplicate"] = dropped.get("duplicate", 0) + 1
            title = max(entries[url].title, title, key=len)
        entries[url] = FeedEntry(source=source.slug, url=url, title=title, summary="", published=None)
    return Feed(kind="listing", entries=tuple(entries.values()), found=found, dropped=dropped)
