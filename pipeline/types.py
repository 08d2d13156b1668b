"""Every value that flows through the program, frozen, each field documented.

    FeedEntry → Page → Article | Rejected → Assessment → Record… → Outcome

Dates are aware UTC ``datetime``; countries are ISO 3166-1 alpha-2 (``XX`` unknown); languages
ISO 639-1; offsets count Unicode code points of ``Article.text``, half open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pipeline.vocabulary import Bound, DateOrigin, Drug, Kind, Per, Rejection, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One outlet as a table of ``crawler/sources/<cc>.toml`` describes it."""

    slug: str  # the table's name, unique over all files: "insightcrime-en"
    name: str  # the outlet as people call it
    url: str  # feed, sitemap or listing page
    via: str  # rss | atom | jsonfeed | sitemap | listing
    language: str  # ISO 639-1
    country: str  # ISO 3166-1 alpha-2 of the outlet; XX for an international one
    expect: float  # entries a week that are normal for it
    links: str | None = None  # CSS selector of article links (listing only)
    site: str | None = None  # home page, where it is not the url's host
    sitemap: str | None = None  # sitemap or index for --since
    every: str | None = None  # how often it is asked: daily, adaptive, 2h; None: as the settings say
    origin: str = "package"  # package | user


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry of a feed, before its page is fetched."""

    source: str  # slug
    url: str  # absolute, http(s), as the feed gives it
    title: str  # plain text, no markup, control characters removed
    summary: str  # plain text, may be empty
    published: datetime | None  # aware UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer of a server, or an article handed in by a user."""

    entry: FeedEntry
    url: str  # where the body came from, after redirects
    fetched: datetime  # aware UTC
    status: int  # HTTP status
    content_type: str  # as sent, may be empty
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of ``Article.text``: ``article.text[start:end] == text`` always."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page that was read. ``text`` begins with the title and a newline (when there is a title),
    so that evidence and offsets can point into the title too."""

    url: str  # canonical; "" for text with no address
    source: str  # slug, or "" when it was handed in
    title: str
    text: str  # title + "\n" + body, paragraphs separated by "\n"
    language: str  # ISO 639-1, one of LANGUAGES
    published: datetime | None  # aware UTC
    date_origin: DateOrigin | None
    outlet_country: str | None  # ISO alpha-2, None when not known
    segments: tuple[Segment, ...]  # the sentences, in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One sentence: offsets into ``Article.text``, and the paragraph that it stands in."""

    start: int
    end: int
    paragraph: int  # 0 is the title when there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a verdict is as it is: a rule's or signal's name, its weight, the span that fired it."""

    rule: str
    weight: float  # positive speaks for relevance
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The verdict on an article."""

    relevant: bool
    score: float  # 0…1
    reasons: tuple[Reason, ...]  # weightiest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One group of detainees or one figure, by the codebook."""

    nationality: str  # ISO alpha-2 or XX
    country: str  # of custody, ISO alpha-2 or XX
    count: int | None
    kind: Kind
    stage: Stage
    drugs: tuple[Drug, ...]  # sorted by value, no duplicates
    quantity_kg: float | None
    sentence: float | str | None  # years, "life", "death"
    drug_share: float | None  # percent
    when: str | None  # 2014, 2014-04, 2018-12-20 or a period a/b
    place: str | None  # as written
    evidence: Span  # verbatim piece of Article.text
    bound: Bound = Bound.EXACT  # how count is meant
    per: Per | None = None  # for a flow that is an average
    confidence: float = 1.0  # 0…1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A page that did not become an article."""

    page: Page
    reason: Rejection
    detail: str = ""  # a short human word more: "HTTP 503", "37 characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Irrelevant:
    """An article with no foreign drug detainee in it."""

    article: Article
    assessment: Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A relevant article with its records (at least one)."""

    article: Article
    assessment: Assessment
    records: tuple[Record, ...] = field(default=())


Outcome = Rejected | Irrelevant | Extracted
