# ruff: noqa: E501 (sentences of prose)
"""Small pages in our own words, made for the tests of reading."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.types import FeedEntry, Page, Source

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

SOURCE = Source(
    slug="harbour-post",
    name="Harbour Post",
    url="https://harbour.example/feed.xml",
    via="rss",
    language="en",
    country="TH",
    expect=20,
)

PARAGRAPHS = (
    "Customs officers at Suvarnabhumi airport arrested two Kenyan women on Monday after finding 4.2 kilograms of "
    "cocaine sewn into the lining of their suitcases, police said on Tuesday.",
    "The women, aged 24 and 31, had arrived on a flight from Addis Ababa and were charged with importing a category "
    "two narcotic. They face up to 20 years in prison if they are convicted by the court in Bangkok.",
    "Officers said that they had been watching the flight for several weeks because couriers had used it before, and "
    "that a third traveller was questioned and allowed to go on with her journey.",
)
TITLE = "Two Kenyan women held with cocaine at Bangkok airport"


def html(
    *,
    title: str = TITLE,
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    head: str = "",
    before: str = "",
    after: str = "",
    charset: str = '<meta charset="utf-8">',
) -> str:
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en"><head>{charset}<title>{title} | Harbour Post</title>{head}</head><body>'
        '<nav><a href="/">Home</a> <a href="/news">News</a> <a href="/sport">Sport</a></nav>'
        f"<main><article><h1>{title}</h1>{before}{body}{after}</article></main>"
        "<footer><p>© Harbour Post</p></footer></body></html>"
    )


def page(
    body: str | bytes,
    *,
    content_type: str = "text/html; charset=utf-8",
    status: int = 200,
    title: str = "",
    url: str = "https://harbour.example/news/1?utm_source=rss",
    published: datetime | None = None,
) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    entry = FeedEntry(source=SOURCE.slug, url=url, title=title, summary="", published=published)
    return Page(entry=entry, url=url, fetched=NOW, status=status, content_type=content_type, body=raw)
