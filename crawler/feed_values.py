"""What stands in a feed, made fit to be kept: plain text, absolute links, believable dates. Pure.

Nothing in a feed is trusted: sizes are cut before they are worked on, and characters that steer a
terminal or turn the direction of text are removed.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

MAX_TITLE = 1_000
MAX_SUMMARY = 2_000
MAX_URL = 2_048
RAW_LIMIT = 20_000
"""Characters of a title or summary that are looked at before markup is taken out."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""There was no news feed before; an earlier date is a default or a mistake."""
SLACK = timedelta(days=1)
"""A date this far ahead is a mistaken time zone and is taken as now; a later one is none."""

YEAR_ZERO = re.compile(r"(?<!\d)00\d\d(?!\d)(?!$)")
"""A year that RFC 822 would make 20xx of."""
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
TAG = re.compile(
    r"<!--.*?(?:-->|$)|<(?:script|style)\b.*?(?:</(?:script|style)\s*>|$)|</?[A-Za-z!?][^<>]*>", re.S
)
BREAKING_TAG = re.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|table|blockquote)\b", re.I)


@dataclass(slots=True)
class RawEntry:
    """One entry as a format's reader found it, nothing checked."""

    link: str
    id: str
    title: str
    summary: str
    published: datetime | None
    modified: datetime | None = None


def plain_text(value: object, limit: int) -> str:
    """Markup out, entities resolved, unprintable and direction characters out, cut to ``limit``."""
    text = value if isinstance(value, str) else ""
    text = text[:RAW_LIMIT]
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = TAG.sub("", BREAKING_TAG.sub(lambda match: " " + match[0], text))
        if "&" in text:
            text = html.unescape(text)
    text = UNPRINTABLE.sub(
        lambda match: " " if match[0] in "\t\n\r\x0b\x0c\x85\u2028\u2029" else "", ANSI.sub("", text)
    )
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def web_link(link: str, base: str) -> str | None:
    """The absolute http(s) address that ``link`` means on a page at ``base``; None for any other."""
    link = re.sub(r"[\x00-\x20\x7f]+", "", link) if re.search(r"[\x00-\x1f\x7f]", link) else link.strip()
    try:
        absolute = urljoin(base, link.replace(" ", "%20"))
        parts = urlsplit(absolute)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    if not valid or "@" in parts.netloc or "\\" in parts.netloc or len(absolute) > MAX_URL:
        return None
    return absolute.split("#", 1)[0]


def believable(date: datetime | None, now: datetime | None) -> datetime | None:
    """The date when it can be true, ``now`` when it is ahead by less than a day, else None."""
    if date is None or date < EARLIEST:
        return None
    if now is None:
        return date if date.year <= 2100 else None
    if date > now:
        return now if date - now <= SLACK else None
    return date


def date_of(text: object) -> datetime | None:
    """An RFC 822 or ISO 8601 date as aware UTC; without a zone it is taken as UTC."""
    if not isinstance(text, str) or not (text := text.strip()) or YEAR_ZERO.search(text):
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            date = read(text)
            return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    # Sitemaps may give a month or a year alone (W3C date-time).
    match = re.fullmatch(r"(\d{4})(?:-(\d\d))?", text)
    if match and 1 <= int(match[2] or 1) <= 12 and int(match[1]) >= 1:
        return datetime(int(match[1]), int(match[2] or 1), 1, tzinfo=UTC)
    return None
