"""The feeds of the sample world, one function for each kind. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from app.demo.outlets import Outlet
from app.demo.pages import listing_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a feed says of an article."""

    title: str
    path: str
    summary: str
    published: datetime


def feed_of(outlet: Outlet, items: Sequence[Item], base: str, *, built: datetime) -> tuple[str, bytes]:
    """Content type and bytes of the outlet's feed; ``built`` is when a silent one was made."""
    match outlet.via:
        case "rss":
            return "application/rss+xml", _rss(outlet, items, base, built)
        case "atom":
            return "application/atom+xml", _atom(outlet, items, base, built)
        case "jsonfeed":
            return "application/feed+json", _json_feed(outlet, items, base)
        case "sitemap":
            return "application/xml", _sitemap(outlet, items, base)
        case _:
            entries = [(item.title, item.path, item.summary) for item in items]
            return "text/html; charset=utf-8", listing_page(outlet, entries)


def _rss(outlet: Outlet, items: Sequence[Item], base: str, built: datetime) -> bytes:
    entries = "".join(
        f"<item><title>{escape(item.title)}</title><link>{base}{item.path}</link>"
        f'<guid isPermaLink="true">{base}{item.path}</guid>'
        f"<pubDate>{format_datetime(item.published)}</pubDate>"
        f"<description><![CDATA[<p>{item.summary}</p>]]></description></item>\n"
        for item in items
    )
    made = "" if items else f"<lastBuildDate>{format_datetime(built)}</lastBuildDate>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(outlet.name)}</title><link>{base}/</link><description>{escape(outlet.motto)}</description>{made}"
        f"<language>{outlet.language}</language>\n{entries}</channel></rss>\n"
    ).encode()


def _atom(outlet: Outlet, items: Sequence[Item], base: str, built: datetime) -> bytes:
    entries = "".join(
        f'<entry><title type="text">{escape(item.title)}</title><id>{base}{item.path}</id>'
        f'<link rel="alternate" href="{base}{item.path}"/>'
        f"<published>{item.published.isoformat()}</published><updated>{item.published.isoformat()}</updated>"
        f'<summary type="html">{escape(escape(item.summary))}</summary></entry>\n'
        for item in items
    )
    updated = max((item.published for item in items), default=built)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(outlet.name)}</title><id>{base}/</id><updated>{updated.isoformat()}</updated>\n"
        f"{entries}</feed>\n"
    ).encode()


def _json_feed(outlet: Outlet, items: Sequence[Item], base: str) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{base}/",
        "language": outlet.language,
        "items": [
            {
                "id": item.path,
                "url": base + item.path,
                "title": item.title,
                "content_text": item.summary,
                "date_published": item.published.isoformat(),
            }
            for item in items
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _sitemap(outlet: Outlet, items: Sequence[Item], base: str) -> bytes:
    entries = "".join(
        f"<url><loc>{base}{item.path}</loc><news:news><news:publication><news:name>{escape(outlet.name)}"
        f"</news:name><news:language>{outlet.language}</news:language></news:publication>"
        f"<news:publication_date>{item.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(item.title)}</news:title></news:news></url>\n"
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{entries}</urlset>\n'
    ).encode()
