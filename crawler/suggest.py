"""Guesses the table of an outlet from its home page: name, slug, language, country, usual rate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from parsel import Selector

from crawler.discovery import FeedCandidate, page_selector, plain
from crawler.opml import OpmlFeed, country_of_category
from crawler.source_fields import countries
from pipeline.types import Source
from pipeline.vocabulary import LANGUAGES, UNKNOWN_COUNTRY

DEFAULT_RATE = 20.0
"""Entries a week, where the feed's dates tell nothing."""

_NOT_A_COUNTRY = frozenset(
    (
        "ai",
        "cc",
        "co",
        "fm",
        "gg",
        "io",
        "la",
        "ly",
        "me",
        "sh",
        "to",
        "tv",
        "ws",
        "eu",
        "su",
        "ac",
        "am",
        "vc",
    )
)
"""Country domains that are sold to all the world (and two that are no country's)."""

_LANGUAGE_OF = {
    "en": "gb ie us au nz ca in pk ng ke gh za ug tz zm zw bw na jm tt bb gy bs bz sg my ph hk mt lk bd np",
    "es": "es mx ar cl co pe ve ec bo py uy cr pa gt hn sv ni do cu pr gq",
    "pt": "pt br ao mz cv st gw tl",
    "fr": "fr sn ci ml bf cm cd cg ga gn bj tg ne td mg dj ht mc re gp mq gf nc pf ma dz tn lu",
    "de": "de at ch li",
    "it": "it sm va",
    "nl": "nl be sr cw aw",
}
"""The language that a country's domain makes likely, for pages that do not say theirs."""

_BY_COUNTRY = {country: language for language, all_ in _LANGUAGE_OF.items() for country in all_.split()}

# WordPress and others write these when nobody has chosen a country.
_EMPTY_REGIONS = frozenset({"US", "GB"})

_SECOND_LEVEL = frozenset(
    {"co", "com", "org", "net", "gov", "gob", "gouv", "gub", "edu", "ac", "or", "ne", "go", "nom"}
)
_PREFIXES = frozenset(
    ("www", "www1", "www2", "m", "feeds", "feed", "rss", "news", "noticias", "english", *LANGUAGES)
)


def suggest_source(
    candidate: FeedCandidate,
    *,
    page: bytes = b"",
    content_type: str = "",
    page_url: str = "",
    taken: Collection[str] = (),
    expect: float = DEFAULT_RATE,
) -> Source:
    """A complete source for ``candidate``, guessed from the home page that it was found on.

    ``taken`` are names that are in use. What cannot be guessed is English, country XX; the user
    is shown the result and can change it in the file.
    """
    site = page_url or candidate.url
    tree = page_selector(page, content_type) if page and candidate.found != "self" else None
    language, region = _locale(tree)
    country = country_of_host(urlsplit(site).hostname or "") or region or UNKNOWN_COUNTRY
    if language not in LANGUAGES:
        language = _BY_COUNTRY.get(country.lower(), "en")
    label = site_label(site)
    return Source(
        slug=free_slug(label, country, taken),
        name=_name(tree) or candidate.title or label,
        url=candidate.url,
        via=candidate.via,
        language=language,
        country=country,
        expect=expect,
        site=_site_if_other(site, candidate.url),
        origin="user",
    )


def source_of_opml(feed: OpmlFeed, *, taken: Collection[str] = (), expect: float = DEFAULT_RATE) -> Source:
    """A complete source for a feed of a list; what the list does not say is guessed from its address."""
    site = feed.html_url or feed.url
    country = (
        country_of_category(feed.category)
        or country_of_host(urlsplit(site).hostname or "")
        or UNKNOWN_COUNTRY
    )
    language = feed.language if feed.language in LANGUAGES else _BY_COUNTRY.get(country.lower(), "en")
    label = site_label(site)
    return Source(
        slug=free_slug(label, country, taken),
        name=feed.title or label,
        url=feed.url,
        via=feed.via,
        language=language or "en",
        country=country,
        expect=expect,
        links=feed.links,
        site=_site_if_other(site, feed.url),
        origin="user",
    )


def usual_rate(dates: Iterable[datetime | None], *, now: datetime) -> float:
    """Entries a week, from the dates of one feed; DEFAULT_RATE when fewer than three are known.

    All of the feed is used, so that a quiet week does not make a lively outlet look dead.
    """
    known = sorted(date for date in dates if date is not None and date <= now + timedelta(days=1))
    if len(known) < 3:
        return DEFAULT_RATE
    days = max((known[-1] - known[0]).total_seconds() / 86_400, 1.0)
    return float(min(max(round(len(known) * 7 / days), 1), 5_000))


def country_of_host(host: str) -> str | None:
    """The country that a host's domain belongs to, or None where it tells nothing."""
    labels = host.lower().rstrip(".").split(".")
    last = labels[-1]
    if last == "uk":
        return "GB"
    if last.upper() not in countries():
        return None
    # example.co may be anyone's; example.com.co is Colombian.
    sold = last in _NOT_A_COUNTRY and not (len(labels) > 2 and labels[-2] in _SECOND_LEVEL)
    return None if sold else last.upper()


def site_label(url: str) -> str:
    """The part of a host that names the outlet: "elpais" of https://www.elpais.com.uy/."""
    host = (urlsplit(url).hostname or "").strip("[]")
    labels = host.split(".")
    if all(label.isdigit() for label in labels) or ":" in host:
        return "site-" + _slug(host)
    while len(labels) > 2 and labels[0] in _PREFIXES:
        labels = labels[1:]
    if len(labels) > 1:
        labels = labels[:-1]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels = labels[:-1]
    return labels[-1] or "site"


def free_slug(label: str, country: str, taken: Collection[str]) -> str:
    """A name for a source that is not taken: the label, with the country, then with a number."""
    slug = _slug(label)[:40].strip("-") or "site"
    if slug not in taken:
        return slug
    with_country = f"{slug}-{country.lower()}"
    if with_country not in taken:
        return with_country
    number = 2
    while f"{with_country}-{number}" in taken:
        number += 1
    return f"{with_country}-{number}"


def _slug(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


def _locale(tree: Selector | None) -> tuple[str, str | None]:
    """Language and country that a page says of itself; ("", None) where it says nothing."""
    if tree is None:
        return "", None
    tags = (
        tree.xpath("/html/@lang").get(default=""),
        tree.xpath("//meta[@property='og:locale']/@content").get(default=""),
        tree.xpath("//meta[translate(@http-equiv,'CLANGUE-','clangue-')='content-language']/@content").get(
            default=""
        ),
    )
    language, region = "", None
    for tag in tags:
        parts = re.split(r"[-_]", tag.strip())
        if not re.fullmatch(r"[A-Za-z]{2}", parts[0]):
            continue
        language = language or parts[0].lower()
        last = parts[-1].upper()
        if region is None and len(parts) > 1 and last in countries() and last not in _EMPTY_REGIONS:
            region = last
    return language, region


def _name(tree: Selector | None) -> str:
    """What the outlet calls itself: og:site_name, application-name, or the shorter end of the title."""
    if tree is None:
        return ""
    for path in (
        "//meta[@property='og:site_name']/@content",
        "//meta[@name='application-name']/@content",
    ):
        if name := plain(tree.xpath(path).get(default=""), 80):
            return name
    title = plain(tree.xpath("//head/title//text()").get(default=""))
    pieces = [piece.strip() for piece in re.split(r"\s+[|–—·:»-]\s+|:\s+", title) if piece.strip()]
    if not pieces:
        return ""
    return min(pieces[0], pieces[-1], key=len)[:80]


def _site_if_other(site: str, feed: str) -> str | None:
    """The home page, when it cannot be told from the feed's host."""
    parts = urlsplit(site)
    if site == feed or parts.netloc == urlsplit(feed).netloc:
        return None
    return f"{parts.scheme}://{parts.netloc}/"
