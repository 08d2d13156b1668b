"""Page → title and text, in two steps. The only importer of trafilatura and resiliparse.

``quick_text`` costs one or two milliseconds and is enough to say whether a page can be relevant;
``full_text`` costs ten times that and is for pages that can.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

import trafilatura
from htmldate import find_date
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5
from resiliparse.parse.lang import detect_fast

from pipeline.clean import (
    bare_letters,
    clean_line,
    clean_plain_text,
    clean_text,
    mend_encoding,
    prose_length,
    trim_boilerplate,
    without_titles,
)
from pipeline.dates import LATEST_AHEAD, publication_date
from pipeline.head import Head, read_head
from pipeline.kinds import MIN_TEXT, SMALL, find_stub, is_challenge, is_plain_text, no_page_of_text
from pipeline.language import detect_language
from pipeline.titles import choose_title
from pipeline.types import Page, Rejected, Source
from pipeline.vocabulary import LANGUAGES, DateOrigin, Rejection

MAX_TEXT = 200_000
"""Longest text that is read, in characters; what follows is cut off."""

_SUSPICIOUS = 0.6  # with less than this share of the cheap reading's prose, a part may have been missed
_ALARMING = 0.2
_SURE = 900  # rank of detect_fast under which its guess is hardly ever wrong
_HEAVY = re.compile(rb"<(script|style|svg)\b")
_LINKED_DATA = b"application/ld+json"
_DATE_IN_SCRIPT = re.compile(rb'"datePublished"\s*:\s*"([^"]{8,40})"')
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SEVEN_BIT = ("iso-2022-jp",)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickPage:
    """What the cheap step knows of a page. ``html`` is "" when the page is plain text."""

    html: str  # decoded
    head: Head
    title: str  # one line, without the outlet's name; may be empty
    text: str  # cleaned paragraphs, without the title
    language: str  # one of LANGUAGES
    published: datetime | None  # aware UTC
    date_origin: DateOrigin | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What was seen of a page that must be parsed (pipeline/glance.py), so that it is not done twice."""

    html: str  # decoded, without scripts; "" where it was not looked at
    head: Head | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FullPage:
    """What the whole reading knows of a page."""

    title: str
    text: str  # cleaned paragraphs, without the title
    language: str  # one of LANGUAGES
    published: datetime | None  # aware UTC
    date_origin: DateOrigin | None


def quick_text(
    page: Page, *, source: Source | None, now: datetime, seen: Glimpse | None = None
) -> QuickPage | Rejected:
    """The cheap step: kind of body, charset, main text by resiliparse, title, language, dates in the head.
    ``seen``: what was found out of it before."""
    reason = no_page_of_text(page)
    if reason is not None:
        return Rejected(page=page, reason=reason[0], detail=reason[1])
    decoded = (seen.html if seen else "") or decode(without_scripts(page.body), page.content_type)
    if not decoded.strip():
        return Rejected(page=page, reason=Rejection.EMPTY, detail="no characters")
    if is_plain_text(page.content_type, decoded):
        return _plain_page(page, decoded, source=source, now=now)
    head = (seen.head if seen else None) or head_of(page, decoded)
    title = choose_title(
        head, feed_title=clean_line(page.entry.title), outlet=source.name if source else "", url=page.url
    )
    text = cheap_text(decoded, head, title)
    if len(text) < SMALL and is_challenge(head, title, page.body, text):
        return Rejected(page=page, reason=Rejection.BLOCKED, detail="a challenge instead of the article")
    if not text and not title:
        return Rejected(page=page, reason=Rejection.EMPTY, detail="a page with no text")
    language = _quick_language(f"{title}\n{text}", source.language if source else head.language)
    if language is None:
        return Rejected(page=page, reason=Rejection.OTHER_LANGUAGE, detail=head.language or "")
    published, origin = publication(page, source, head, now=now)
    return QuickPage(
        html=decoded,
        head=head,
        title=title,
        text=text,
        language=language,
        published=published,
        date_origin=origin,
    )


def full_text(page: Page, quick: QuickPage, *, source: Source | None, now: datetime) -> FullPage | Rejected:
    """The whole reading of a page that the cheap step let through; ``Rejected`` for stubs and paywalls."""
    text, published, origin = quick.text, quick.published, quick.date_origin
    if quick.html:
        text = main_text(quick.html, quick.text, quick.head, quick.title)
        if published is None:
            published, origin = publication_date(now=now, html=date_in_page(quick.html, now=now))
    stub = find_stub(page, quick.head, text, quick.html)
    if stub is not None:
        return stub
    language: str | None = quick.language
    if source is None or source.language != quick.language:
        language = detect_language(f"{quick.title}\n{text}", source.language if source else quick.language)
    if language is None:
        return Rejected(page=page, reason=Rejection.OTHER_LANGUAGE, detail=quick.head.language or "")
    return FullPage(title=quick.title, text=text, language=language, published=published, date_origin=origin)


def head_of(page: Page, html: str) -> Head:
    """What a page says about itself; without a date, the one that stands in one of its scripts. ``html``
    may be without the scripts."""
    head = read_head(html)
    if not head.json_ld_dates and not head.meta_dates and (hidden := _DATE_IN_SCRIPT.search(page.body)):
        return replace(head, json_ld_dates=(hidden.group(1).decode("ascii", "replace"),))
    return head


def sure_language(text: str) -> str | None:
    """The language of a text, also of one that is not read, where a guess of microseconds is sure of it."""
    guess, rank = detect_fast(text[:3_000])
    return str(guess) if rank < _SURE else None


def without_scripts(body: bytes) -> bytes:
    """A page without the scripts, styles and drawings that say nothing of the article: two thirds of its
    bytes, which no later step then has to look at. JSON-LD stays."""
    kept: list[bytes] = []
    last = at = 0
    while found := _HEAVY.search(body, at):
        end = body.find(b"</" + found.group(1), found.end())
        if end < 0:
            break
        at = end
        if found.group(1) != b"script" or body.find(_LINKED_DATA, found.end(), end) < 0:
            kept.append(body[last : found.start()])
            last = body.find(b">", end) + 1 or len(body)
            at = last
    kept.append(body[last:])
    return b"".join(kept)


def cheap_text(html: str, head: Head, title: str) -> str:
    """Nearly all of an article out of HTML, and often something besides; fast."""
    found = extract_plain_text(html, main_content=True, alt_texts=False, list_bullets=False)
    return without_titles(_trimmed(found), _titles(head, title))


def main_text(html: str, quick: str, head: Head, title: str) -> str:
    """The article's own paragraphs out of HTML.

    ``quick`` is resiliparse's cleaned reading of the same, which has nearly all of an article and much
    besides. Where trafilatura has far less prose than that, the text that the page's own metadata give
    decides, or its thorough mode.
    """
    titles = _titles(head, title)
    text = _extracted(html, titles, fast=True)
    if prose_length(text) >= _SUSPICIOUS * prose_length(quick) and len(text) >= MIN_TEXT:
        return text
    if len(head.body) > len(text) / _SUSPICIOUS:
        text = max(text, _said_lines(quick, head.body), key=len)
    elif len(text) < _ALARMING * len(quick):
        text = max(text, _extracted(html, titles, fast=False), key=len)
    return text if len(text) >= MIN_TEXT else max(text, quick, key=len)


def _extracted(html: str, titles: tuple[str, ...], *, fast: bool) -> str:
    found = trafilatura.extract(html, fast=fast, favor_recall=fast, include_comments=False)
    return without_titles(_trimmed(found or ""), titles)


def _said_lines(text: str, announced: str) -> str:
    """Those lines of a text that the page's metadata have too."""
    known = bare_letters(announced)
    return "\n".join(line for line in text.split("\n") if bare_letters(line)[:60] in known)


def decode(body: bytes, content_type: str) -> str:
    """Bytes → text. UTF-8 wherever they are UTF-8, whatever the page says; else what header or page
    say; else what they look like. Never raises: what cannot be decoded becomes U+FFFD."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    said = _said_charset(body, content_type)
    if said in _SEVEN_BIT:
        return body.decode(said, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = body.decode("utf-8", "replace")
    # A few broken bytes in UTF-8: cut off in the middle, or an advertisement in another charset.
    if text.count("\ufffd") * 20 <= sum(character > "\x7f" for character in text):
        return text
    charset: str | None = said if said and said != "utf-8" else detect_encoding(body)
    try:
        return body.decode(map_encoding_to_html5(charset or "windows-1252") or "windows-1252", "replace")
    except LookupError:
        return body.decode("windows-1252", "replace")


def _said_charset(body: bytes, content_type: str) -> str | None:
    """The charset that header or page declare, by its WHATWG name."""
    if found := _CHARSET.search(content_type):
        return map_encoding_to_html5(found.group(1), fallback_utf8=False)
    start = body[:4_096]
    if inside := _META_CHARSET.search(start) or _XML_CHARSET.search(start):
        return map_encoding_to_html5(inside.group(1).decode("ascii"), fallback_utf8=False)
    return None


def _plain_page(page: Page, decoded: str, *, source: Source | None, now: datetime) -> QuickPage | Rejected:
    title, text = clean_plain_text(decoded[: MAX_TEXT * 2])
    title = title or clean_line(page.entry.title)
    if not text and not title:
        return Rejected(page=page, reason=Rejection.EMPTY, detail="no text")
    hint = source.language if source else None
    language = detect_language(f"{title}\n{text}", hint)
    if language is None:
        return Rejected(page=page, reason=Rejection.OTHER_LANGUAGE)
    head = Head()
    published, origin = publication(page, source, head, now=now)
    return QuickPage(
        html="", head=head, title=title, text=text, language=language, published=published, date_origin=origin
    )


def publication(
    page: Page, source: Source | None, head: Head, *, now: datetime
) -> tuple[datetime | None, DateOrigin | None]:
    """When a page was published, as its feed and its head say."""
    given = page.entry.published
    return publication_date(
        now=now,
        given=given if source is None else None,
        feed=given if source is not None else None,
        json_ld=head.json_ld_dates,
        meta=head.meta_dates,
    )


def _trimmed(extracted: str) -> str:
    return trim_boilerplate(clean_text(mend_encoding(extracted[: MAX_TEXT * 2])))


def _quick_language(text: str, hint: str | None) -> str | None:
    """A guess in microseconds; where it is not what the source writes, the careful answer."""
    guess, rank = detect_fast(text[:3_000])
    if guess in LANGUAGES and (guess == hint if hint in LANGUAGES else rank < _SURE):
        return str(guess)
    return detect_language(text, hint)


def _titles(head: Head, title: str) -> tuple[str, ...]:
    return (title, head.headline, head.h1, head.og_title)


def date_in_page(html: str, *, now: datetime) -> str | None:
    """htmldate's reading of the page, year-month-day."""
    found = find_date(html, extensive_search=True, original_date=True, max_date=now + LATEST_AHEAD)
    return str(found) if found else None
