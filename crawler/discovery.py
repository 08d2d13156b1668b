"""Finds the feeds of a site in its home page, and guesses what the outlet is. Pure: bytes → values.

The order is the order of trust: the page itself when it is a feed, ``<link rel="alternate">``, links
that look like feeds, then the paths at which sites keep their feeds without saying so. Only the
last two are guesses; whether a candidate is a feed is known once it has been fetched.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from parsel import Selector
from w3lib.encoding import html_to_unicode

from crawler.source_fields import MAX_ADDRESS, address_problem

MAX_PAGE = 5 * 1024 * 1024
"""Bytes of a home page that are looked at; the rest holds no feed that the first part has not."""

MAX_CANDIDATES = 40

WELL_KNOWN = (
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/feed.json",
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap.xml",
)
"""Paths to try when a page names no feed: feeds first, then sitemaps, the general one last."""

_TYPES = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/rdf+xml": "rss",
    "application/feed+json": "jsonfeed",
    # What some sites write for RSS; the address must look like a feed then.
    "application/xml": "",
    "text/xml": "",
    "application/rss": "rss",
    "application/json": "",
}
_FEEDLIKE = re.compile(
    r"(?:^|/)(?:feeds?|rss\d?|atom|rdf)(?:/|$)"
    r"|\.(?:rss|atom|rdf)$"
    r"|(?:^|[/_.-])(?:rss|atom|feed)[\w.~-]*\.(?:xml|json|php|aspx?|jsp)$"
    r"|outboundfeeds/",
    re.IGNORECASE,
)
_FEEDLIKE_QUERY = re.compile(
    r"(?:^|&)(?:feed|format|type|service|output)=(?:rss2?|atom|feed|json_?feed)(?:&|$)", re.I
)
_NEWS_SITEMAP = re.compile(r"sitemap[^/]*news|news[^/]*sitemap", re.IGNORECASE)
_ASIDE = re.compile(
    r"comment|kommentar|comentario|commentaire|commenti|reacties|podcast|oembed|wp-json", re.I
)
_ROOT = re.compile(r"<(?:[a-z]+:)?(rss|feed|rdf|urlset|sitemapindex)[\s>/]", re.IGNORECASE)
_TITLE = re.compile(r"<(?:[a-z]+:)?title\b[^>]*>(.*?)</(?:[a-z]+:)?title>", re.IGNORECASE | re.DOTALL)
_JSON_TITLE = re.compile(r'"title"\s*:\s*"((?:[^"\\]|\\u[0-9a-fA-F]{4}|\\["\\/bfnrt]){0,300})"')
_MARKUP = re.compile(r"<!\[CDATA\[|\]\]>|<[^>]{0,300}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCandidate:
    """An address that may be a feed."""

    url: str  # absolute, http(s), no fragment
    via: str  # rss | atom | jsonfeed | sitemap
    title: str  # as the page calls it; may be empty
    found: str  # self | link | anchor | guess, in the order of trust


def find_feeds(body: bytes, content_type: str, url: str) -> tuple[FeedCandidate, ...]:
    """The feeds that a fetched home page names, then those worth a try, best first.

    ``url`` is where the body came from, after redirects. Never raises; a page that cannot be read
    gives only the guesses.
    """
    text = _decode(body, content_type)
    if (via := feed_kind(text)) is not None:
        return (FeedCandidate(url=url, via=via, title=_feed_title(text), found="self"),)
    found: dict[str, FeedCandidate] = {}
    for candidate in (*_linked(text, url), *_guesses(url)):
        found.setdefault(candidate.url.rstrip("/"), candidate)
    order = {"link": 0, "anchor": 1, "guess": 2}
    # The sort is stable: within a group the page's own order stands, feeds of comments behind.
    ranked = sorted(found.values(), key=lambda one: (order[one.found], _is_aside(one)))
    named = [one for one in ranked if one.found != "guess"][: MAX_CANDIDATES - len(WELL_KNOWN)]
    return tuple(named) + tuple(one for one in ranked if one.found == "guess")


def feed_kind(text: str) -> str | None:
    """rss | atom | jsonfeed | sitemap when ``text`` begins as one, else None."""
    start = text[:4_000].lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        return "jsonfeed" if "jsonfeed.org/version" in start else None
    if (match := _ROOT.search(start)) is None or re.search(
        r"<html[\s>]", start[: match.start()], re.IGNORECASE
    ):
        return None
    match match[1].lower():
        case "feed":
            return "atom"
        case "urlset" | "sitemapindex":
            return "sitemap"
        case _:
            return "rss"


def page_selector(body: bytes, content_type: str) -> Selector | None:
    """The page as a tree, or None where nothing can be made of it."""
    return _selector(_decode(body, content_type))


def plain(value: str, limit: int = 200) -> str:
    """One line of plain text: markup, entities and control characters gone."""
    text = html.unescape(_MARKUP.sub(" ", value[: 10 * limit]))
    kept = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(kept.split())[:limit]


def _decode(body: bytes, content_type: str) -> str:
    try:
        return str(html_to_unicode(content_type or None, body[:MAX_PAGE])[1])
    except (LookupError, ValueError):
        return body[:MAX_PAGE].decode("utf-8", "replace")


def _selector(text: str) -> Selector | None:
    if not text.strip():
        return None
    try:
        return Selector(text=text, type="html")
    except ValueError:  # what libxml2 will not take even after repair
        return None


def _linked(text: str, url: str) -> list[FeedCandidate]:
    """Candidates out of the page's ``link`` and ``a`` elements."""
    page = _selector(text)
    if page is None:
        return []
    base = _absolute(page.xpath("//base/@href").get(default=""), url) or url
    candidates = []
    for element in page.xpath("//link[@href]")[:500]:
        rel = _attribute(element, "rel").lower().split()
        kind = _attribute(element, "type").lower().split(";")[0].strip()
        target = _absolute(_attribute(element, "href"), base)
        if target is None or not {"alternate", "feed"}.intersection(rel) or kind not in _TYPES:
            continue
        if not _TYPES[kind] and not _looks_like_feed(target):
            continue
        via = _TYPES[kind] or _via_of(target)
        candidates.append(_candidate(target, via, _attribute(element, "title"), "link"))
    for element in page.xpath("//a[@href]")[:5_000]:
        target = _absolute(_attribute(element, "href"), base)
        if target is None or not _looks_like_feed(target) or not _of_the_site(target, url):
            continue
        title = _attribute(element, "title") or " ".join(element.xpath(".//text()").getall())
        candidates.append(_candidate(target, _via_of(target), title, "anchor"))
    return candidates


def _attribute(element: Selector, name: str) -> str:
    """One attribute. Not by ``.attrib``: that fails when any other has a name that XML forbids."""
    return element.xpath(f"@{name}").get(default="")


def _guesses(url: str) -> list[FeedCandidate]:
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    return [_candidate(root + path, _via_of(path), "", "guess") for path in WELL_KNOWN]


def _candidate(url: str, via: str, title: str, found: str) -> FeedCandidate:
    return FeedCandidate(url=url, via=via, title=plain(title), found=found)


def _absolute(href: str, base: str) -> str | None:
    """An http(s) address without its fragment, or None; ``feed:`` is what old readers used."""
    href = href.strip()[: MAX_ADDRESS + 1]
    if href.lower().startswith("feed:"):
        rest = href[5:]
        href = rest if rest.lower().startswith("http") else "http:" + rest
    if not href:
        return None
    try:
        target = urldefrag(urljoin(base, href))[0]
    except ValueError:
        return None
    return target if address_problem(target) is None else None


def _looks_like_feed(url: str) -> bool:
    parts = urlsplit(url)
    if _ASIDE.search(parts.path) and "feed" not in parts.path:
        return False
    host = parts.hostname or ""
    if host.startswith(("feeds.", "rss.", "feed.")) and parts.path.strip("/"):
        return True
    return bool(
        _FEEDLIKE.search(parts.path)
        or _FEEDLIKE_QUERY.search(parts.query)
        or _NEWS_SITEMAP.search(parts.path)
    )


def _via_of(url: str) -> str:
    path = urlsplit(url).path.lower()
    if "sitemap" in path:
        return "sitemap"
    if path.endswith(".json"):
        return "jsonfeed"
    return "atom" if re.search(r"\.atom$|(?:^|/)atom(?:\.xml|/|$)", path) else "rss"


def _of_the_site(url: str, site: str) -> bool:
    """Whether a link stays with the outlet: the same site, or a service that keeps feeds for others."""
    host, home = urlsplit(url).hostname or "", urlsplit(site).hostname or ""
    if host.endswith(("feedburner.com", "feedblitz.com", "feedpress.me")):
        return True
    home = home.removeprefix("www.")
    return host == home or host.endswith("." + home) or home.endswith("." + host.removeprefix("www."))


def _is_aside(candidate: FeedCandidate) -> bool:
    return bool(_ASIDE.search(candidate.url) or _ASIDE.search(candidate.title))


def _feed_title(text: str) -> str:
    """The title of a feed: the first one in it, which in all formats is the feed's own."""
    start = text[:50_000]
    if start.lstrip("\ufeff \t\r\n").startswith("{"):
        match = _JSON_TITLE.search(start)
        return plain(str(json.loads(f'"{match[1]}"', strict=False))) if match else ""
    match = _TITLE.search(start)
    return plain(match[1]) if match else ""
