"""Articles that a user hands in: a line of JSON → HandedIn → Outcome. Pure, and picklable for workers."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.errors import DataError

if TYPE_CHECKING:
    from pipeline.types import Outcome, Record

FIELDS = ("id", "title", "text", "html", "lang", "url", "published", "outlet_country")
"""The keys that are read; all others are left alone, and never influence a reading."""

_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?")
_INVISIBLE = frozenset({"Cf", "Cc", "Cs", "Cn"})


MAX_LINE = 50 * 1024 * 1024
"""Bytes of one line of a JSONL file."""


def numbered_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines of a JSONL file that are not empty, with their numbers from 1. Of a line that is longer
    than MAX_LINE only the beginning is given, one byte over the limit; it is never held as a whole."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            while not line.endswith(b"\n") and (rest := file.readline(1024 * 1024)):
                if rest.endswith(b"\n"):
                    break
        if line.strip():
            yield number, line


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """One article as it was handed in."""

    id: str | int  # as given, else the number of its line
    title: str
    text: str | None  # either the text …
    html: str | None  # … or a page
    lang: str | None
    url: str
    published: datetime | None
    outlet_country: str | None


def parse_line(line: bytes, number: int) -> HandedIn:
    """One line of a JSONL file. Raises DataError, whose key is the id or the line's number."""
    if len(line) > MAX_LINE:
        raise DataError(f"is longer than {MAX_LINE // 1024 // 1024} MB", key=str(number))
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8 (byte {error.start + 1} of the line)", key=str(number)) from error
    except RecursionError as error:
        raise DataError("not valid JSON: nested too deep", key=str(number)) from error
    except ValueError as error:
        raise DataError(f"not valid JSON: {error}", key=str(number)) from error
    if not isinstance(found, dict):
        raise DataError("not a JSON object", key=str(number))
    return handed_in(found, number)


def identity(line: bytes, number: int) -> str | int:
    """The id of a line, as far as it can be read at all; else its number."""
    if len(line) > MAX_LINE:
        return number
    try:
        found = json.loads(line.decode("utf-8-sig"))["id"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return number
    return found if isinstance(found, str | int) and not isinstance(found, bool) else number


def parse_published(value: object) -> datetime | None:
    """A date or a moment in ISO 8601; a year or a month stands for its first day, no zone for UTC."""
    if value is None or value == "":
        return None
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if (partial := _PARTIAL_DATE.fullmatch(text)) is not None:
        text = f"{partial[1]}-{partial[2] or '01'}-01"
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DataError(f"published: {str(value)[:40]!r} is no date (2014, 2014-04, 2014-04-30 …)") from error


def read_handed(handed: HandedIn, *, source: str, now: datetime) -> Outcome:
    """The outcome of an article, without the bytes and sentences that nobody needs after this."""
    # Imported in the worker, or in the command when there is something to read.
    from pipeline.process import process, process_text
    from pipeline.types import FeedEntry, Page, Rejected, Source

    outcome: Outcome
    if handed.text is not None:
        outcome = process_text(
            handed.url,
            handed.title,
            handed.text,
            language=handed.lang,
            published=handed.published,
            outlet_country=handed.outlet_country,
            source_slug=source,
            now=now,
        )
    else:
        entry = FeedEntry(
            source=source, url=handed.url, title=handed.title, summary="", published=handed.published
        )
        body = (handed.html or "").encode("utf-8", "replace")
        page = Page(
            entry=entry,
            url=handed.url,
            fetched=now,
            status=200,
            content_type="text/html; charset=utf-8",
            body=body,
        )
        outlet = Source(
            slug=source,
            name="",
            url=handed.url,
            via="listing",
            language=handed.lang or "",
            country=handed.outlet_country or "XX",
            expect=1.0,
        )
        outcome = process(page, source=outlet if handed.lang or handed.outlet_country else None, now=now)
    if isinstance(outcome, Rejected):
        # A rejected text is known by its words where it has no address.
        body = b"" if handed.url else (handed.text or handed.html or "").encode("utf-8", "replace")
        return replace(outcome, page=replace(outcome.page, body=body))
    return replace(outcome, article=replace(outcome.article, segments=()))


def given_text(handed: HandedIn) -> str:
    """The article as it was given: title, newline, text. Empty for a page."""
    if handed.text is None:
        return ""
    return f"{handed.title}\n{handed.text}" if handed.title else handed.text


def locate(given: str, record: Record) -> tuple[int, int]:
    """Where the evidence of ``record`` stands in the text as it was given; (-1, -1) when nowhere.

    Reading makes spaces plain and drops invisible characters, so the two are compared by what can
    be seen.
    """
    exact = given.find(record.evidence.text)
    if exact >= 0:
        return exact, exact + len(record.evidence.text)
    wanted, _ = _visible(record.evidence.text)
    shown, places = _visible(given)
    at = shown.find(wanted) if wanted else -1
    if at < 0:
        return -1, -1
    end = places[at + len(wanted) - 1] + 1
    while end < len(given) and unicodedata.combining(given[end]):
        end += 1
    return places[at], end


def _visible(text: str) -> tuple[str, list[int]]:
    """The characters that can be seen, composed, and where each comes from."""
    shown: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        for character in unicodedata.normalize("NFC", text[at:end]):
            if not character.isspace() and unicodedata.category(character) not in _INVISIBLE:
                shown.append(character)
                places.append(at)
        at = end
    return "".join(shown), places


def handed_in(found: Mapping[str, Any], number: int) -> HandedIn:
    """An article out of its fields. Raises DataError, whose key is the id or ``number``."""
    key = found.get("id", number)
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise DataError("id: must be a text or a whole number", key=str(number))
    try:
        text, html = _text(found, "text"), _text(found, "html")
        if text is None and html is None:
            raise DataError("has neither text nor html")
        if text is not None and html is not None:
            raise DataError("has both text and html; one of them is needed")
        country = (_text(found, "outlet_country") or "").strip().upper()
        if country and not re.fullmatch("[A-Z]{2}", country):
            raise DataError(f"outlet_country: {country[:40]!r} is no ISO 3166 code of two letters")
        return HandedIn(
            id=key,
            title=_text(found, "title") or "",
            text=text,
            html=html,
            lang=(_text(found, "lang") or "").strip().lower()[:2] or None,
            url=(_text(found, "url") or "").strip(),
            published=parse_published(found.get("published")),
            outlet_country=None if country in ("", "XX") else country,
        )
    except DataError as error:
        raise DataError(str(error), key=str(key)) from error


def _text(found: Mapping[str, Any], name: str) -> str | None:
    value = found.get(name)
    if value is not None and not isinstance(value, str):
        raise DataError(f"{name}: must be a text")
    return value
