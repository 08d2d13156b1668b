"""WARC files for tests, byte by byte."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

HELD = (
    "Two Dutch nationals were arrested at the airport of Lima on Monday with 12 kilos of cocaine in their "
    "luggage, the police said. They are held in the prison of Callao and face up to fifteen years."
)
DULL = (
    "The bridge over the river was closed this week because of the weather, and the ferry carried all who "
    "had to reach the market on the other side of the water before noon. "
)


def html(title: str, *paragraphs: str, day: str = "2019-03-04", lang: str = "en") -> bytes:
    """A page of news."""
    date = f'<meta property="article:published_time" content="{day}T08:00:00Z">' if day else ""
    body = "".join(f"<p>{each}</p>" for each in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title>{date}</head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


def held(number: int = 1, day: str = "2019-03-04") -> bytes:
    """A page that is relevant."""
    return html(f"Dutch couple held in Lima over cocaine {number}", HELD, HELD, day=day)


def dull(number: int = 1, day: str = "2019-03-04") -> bytes:
    """A page that is not."""
    return html(f"The bridge is closed {number}", *[DULL] * 12, day=day)


def record(
    url: str,
    body: bytes,
    *,
    kind: str = "response",
    status: str = "200 OK",
    content_type: str = "text/html; charset=utf-8",
    headers: Sequence[str] = (),
    date: str = "2019-03-05T10:00:00Z",
) -> bytes:
    """One record as a crawler writes it."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", *headers]
    block = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    of_http = "application/http; msgtype=response"
    if kind == "resource":
        block, of_http = body, content_type
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n"
        f"WARC-Record-ID: <urn:uuid:{abs(hash(url))}>\r\nContent-Type: {of_http}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def write(path: Path, records: Sequence[bytes], *, packed: bool = True) -> list[int]:
    """A WARC file with a gzip member for each record; where each begins."""
    places, size = [], 0
    with path.open("wb") as file:
        for each in records:
            places.append(size)
            size += file.write(gzip.compress(each, mtime=0) if packed else each)
    return places
