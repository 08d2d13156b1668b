"""WARC files → pages. The only importer of FastWARC.

    file ─ cut at records ─→ piece ─ records in order ─→ page, or the name of what is none
                               └ a damaged place: on at the next record that is whole

A compressed WARC file is a chain of gzip members, one a record, so that a piece of it can be read by
itself: its beginning is found by looking for the next member that unpacks to a record's first line.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Any, Protocol

from crawler.bodies import Headers, decoded, header_of
from crawler.outlets import Outlets
from crawler.rights import find_signals, honoured
from pipeline.errors import ConfigError, DataError
from pipeline.types import FeedEntry, Outcome, Page, Rejected
from pipeline.vocabulary import DateOrigin, Rejection

PIECE = 64 * 1024 * 1024
"""Bytes of a piece, about; a thousand real pages."""
FIRST_ARCHIVES = datetime(1996, 1, 1, tzinfo=UTC)
DAMAGED, REVISIT, REDIRECT = "damaged", "revisit", "redirect"
"""Counts of records that are no page: beside those of the vocabulary."""

_CHUNK = 1024 * 1024
_GZIP = b"\x1f\x8b\x08"
_PLAIN = re.compile(rb"(?:\A|\r?\n\r?\n)(WARC/1\.[01]\r?\n[\x20-\x7e\r\n]{0,2000}?WARC-Type:)", re.IGNORECASE)
_FIRST = b"WARC/1."
_LANGUAGE = re.compile(rb"<html\s[^>]{0,1000}?\blang\s*=\s*[\"']?([a-zA-Z]{2})", re.IGNORECASE)
_WEB_PAGE = ("text/html", "application/xhtml")


class Stream(Protocol):
    """What records are read from: a file here or on a server."""

    def read(self, size: int = -1, /) -> bytes: ...

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def tell(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One record: where it begins, and the page that it holds or the name of what is wrong."""

    at: int
    page: Page | Rejected | None = None
    headers: Headers = ()  # of the answer
    reason: str = ""  # damaged, revisit, redirect, or a Rejection's value; "" for a page


def read_archived(
    page: Page, outlets: Outlets, headers: Headers, *, honour: Sequence[str], source: str = ""
) -> Outcome:
    """The outcome of a page of an archive, as of the day on which the archive fetched it, without its bytes.

    It is counted under ``source``, or else under the known outlet of its address, or its host. A page
    without a date is of the day on which it was fetched: it is counted there, and not today. Never raises.
    """
    # The parent process imports this too, and needs none of the libraries and lexicons of reading.
    from pipeline.process import process, unreadable

    said = _LANGUAGE.search(page.body, 0, 5_000)
    slug, outlet = outlets.of(page.url, said[1].decode("ascii").lower() if said else "")
    page = replace(page, entry=replace(page.entry, source=source or slug))
    outcome: Outcome
    try:
        reserved = honoured(find_signals(headers, page.body), honour)
    except Exception as error:
        return as_rejected(unreadable(page, error), outlets)
    if reserved:
        outcome = Rejected(page=page, reason=Rejection.TDM_RESERVED, detail=reserved)
    else:
        outcome = process(page, source=outlet, now=page.fetched, hurry=True)
    if isinstance(outcome, Rejected):
        return as_rejected(outcome, outlets)
    article = replace(outcome.article, segments=())
    if article.published is None:
        article = replace(article, published=page.fetched, date_origin=DateOrigin.ARCHIVE)
    return replace(outcome, article=article)


def as_rejected(outcome: Rejected, outlets: Outlets, *, source: str = "") -> Rejected:
    """A rejected page without its bytes, under its outlet and of the day on which the archive fetched it."""
    page = outcome.page
    slug = page.entry.source or source or outlets.of(page.url)[0]
    entry = replace(page.entry, source=slug, published=page.entry.published or page.fetched)
    return replace(outcome, page=replace(page, entry=entry, body=b""))


def cut(file: Stream, size: int, *, piece: int = PIECE) -> tuple[tuple[int, int], ...]:
    """Pieces of a WARC file as (start, stop), of about ``piece`` bytes each, cut where records begin; one
    piece where no cut can be found. Raises DataError for what is no WARC file."""
    file.seek(0)
    start = file.read(64 * 1024)
    if start.startswith((b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18")):
        return ((0, size),)  # zstd, lz4: nothing to be cut at
    if not is_record(start):
        raise DataError("is no WARC file")
    places = [0]
    while places[-1] + 2 * piece <= size:
        place = next_record(file, places[-1] + piece, size, gzipped=start.startswith(_GZIP))
        if place is None:
            break
        places.append(place)
    return tuple(zip(places, (*places[1:], size), strict=True))


def is_record(start: bytes) -> bool:
    """Whether bytes begin a record, compressed or not."""
    if start.startswith(_GZIP):
        with suppress(zlib.error):
            return zlib.decompressobj(wbits=31).decompress(start, 64).startswith(_FIRST)
        return False
    return start.startswith(_FIRST)


def next_record(file: Stream, at: int, stop: int, *, gzipped: bool) -> int | None:
    """The first place from ``at`` on, before ``stop``, at which a record begins; None where none does."""
    overlap = 4_096
    while at < stop:
        file.seek(at)
        chunk = file.read(min(_CHUNK, stop - at) + overlap)
        if gzipped:
            found = chunk.find(_GZIP)
            while 0 <= found < _CHUNK:
                if is_record(chunk[found : found + overlap]):
                    return at + found if at + found < stop else None
                found = chunk.find(_GZIP, found + 1)
        elif match := _PLAIN.search(chunk):
            place = at + match.start(1)
            return place if place < stop else None
        if len(chunk) <= overlap:
            return None
        at += min(_CHUNK, len(chunk) - overlap)
    return None


def read_records(stream: Stream, *, stop: int | None, max_body: int, now: datetime) -> Iterator[Archived]:
    """The records of a stream that stands at one, up to that which begins at ``stop`` (None: to the end).

    ``max_body``: bytes of a page, unpacked. Behind a damaged place reading goes on at the next record that
    is whole. ``now`` is when a page was fetched that does not say it.
    """
    last = stream.tell()
    while True:
        try:
            for record in _iterate(stream):
                last = record.stream_pos
                if stop is not None and last >= stop:
                    return
                yield _archived(record, max_body, now)
            return
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk's own fault and no damage of the file's
            yield Archived(at=last, reason=DAMAGED)
        end = stop if stop is not None else stream.seek(0, 2)
        stream.seek(last)
        place = next_record(stream, last + 1, end, gzipped=stream.read(3) == _GZIP)
        if place is None:
            return
        stream.seek(place)
        last = place


def check_installed() -> None:
    """Raises ConfigError where FastWARC is not installed."""
    if find_spec("fastwarc") is None:
        raise ConfigError("WARC files need the extra 'archives': pip install 'detainee-watch[archives]'.")


def _iterate(stream: Stream) -> Iterator[Any]:
    from fastwarc.warc import ArchiveIterator
    from fastwarc.warc import WarcRecordType as Sort

    # Not auto_decode: after a body that is both chunked and compressed FastWARC 2.0 ends the file.
    records: Any = ArchiveIterator
    yield from records(stream, record_types=Sort.response | Sort.resource | Sort.revisit, fsspec_args=False)


def _archived(record: Any, max_body: int, now: datetime) -> Archived:
    """What one record holds. Its body is read here: nothing of the record may be used after this."""
    at = record.stream_pos
    kind = str(record.headers.get("WARC-Type", "")).lower()
    if kind == "revisit":
        return Archived(at=at, reason=REVISIT)
    url = str(record.headers.get("WARC-Target-URI", "")).strip().strip("<>")
    if not url.startswith(("http://", "https://")):
        return Archived(at=at, reason=Rejection.BAD_ADDRESS.value)  # a DNS answer, a note of the archive's
    http = record.http_headers
    status = 200 if kind == "resource" else (http.status_code if http is not None else 0) or 0
    if not 200 <= status < 300:
        return Archived(at=at, reason=_of_status(status))
    headers = (http if http is not None else record.headers).to_tuples()
    content_type = header_of(headers, "content-type")
    if content_type and not content_type.lower().startswith(_WEB_PAGE):
        return Archived(at=at, reason=Rejection.NOT_HTML.value)
    announced = record.content_length
    page = Page(
        entry=FeedEntry(source="", url=url, title="", summary="", published=None),
        url=url,
        fetched=_moment(record.record_date, now),
        status=status,
        content_type=content_type,
        body=b"",
    )
    try:
        body = record.reader.read(max_body + 1)
        if len(body) <= max_body:
            if len(body) < announced:
                return Archived(at=at, reason=Rejection.TRUNCATED.value)
            body = decoded(body, headers, max_body) if http is not None else body
    except (OSError, ValueError, EOFError, zlib.error):
        return Archived(at=at, reason=Rejection.TRUNCATED.value)
    if len(body) > max_body:
        detail = f"more than {max_body} bytes"
        return Archived(at=at, page=Rejected(page=page, reason=Rejection.TOO_LARGE, detail=detail))
    return Archived(at=at, page=replace(page, body=body), headers=headers)


def _moment(said: datetime | None, now: datetime) -> datetime:
    """When a page was fetched: as the record says, if there were archives then and it is not to come."""
    return said if said is not None and FIRST_ARCHIVES <= said <= now + timedelta(days=1) else now


def _of_status(status: int) -> str:
    match status:
        case 404 | 410:
            return Rejection.GONE.value
        case 401 | 403 | 407 | 429 | 451:
            return Rejection.BLOCKED.value
        case _ if 300 <= status < 400:
            return REDIRECT
        case _:
            return Rejection.HTTP_ERROR.value
