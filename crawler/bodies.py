"""Bodies of answers as an archive has them → bodies as they were meant."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

Headers = tuple[tuple[str, str], ...]

_GZIP = b"\x1f\x8b\x08"
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]{0,100}\r\n")


def header_of(headers: Headers, wanted: str) -> str:
    """The value of a header, "" where there is none; ``wanted`` is in lower case."""
    return next((value.strip() for name, value in headers if name.lower() == wanted), "")


def decoded(body: bytes, headers: Headers, limit: int) -> bytes:
    """A body as it was meant, at most one byte longer than ``limit``.

    Archives differ: most store what was unpacked and leave the headers as they were, so a body that does
    not look coded is taken as it is. Raises EOFError, ValueError or zlib.error for one that is cut or broken.
    """
    if "chunked" in header_of(headers, "transfer-encoding").lower() and _CHUNK_SIZE.match(body):
        body = b"".join(_chunks(body))
    for coding in reversed(header_of(headers, "content-encoding").lower().replace(" ", "").split(",")):
        if coding in ("gzip", "x-gzip") and body.startswith(_GZIP):
            body = _inflated(body, 31, limit)
        elif coding == "deflate" and body[:1] == b"\x78":
            body = _inflated(body, 15, limit)
        elif coding == "br" and not body[:200].lstrip().startswith(b"<"):
            body = _unbrotli(body, limit)
    return body


def _inflated(body: bytes, bits: int, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=bits)
    plain = unpacker.decompress(body, limit + 1)
    if len(plain) <= limit and not unpacker.eof:
        raise EOFError("the compressed body ends in the middle")
    return plain


def _unbrotli(body: bytes, limit: int) -> bytes:
    import brotli  # type: ignore[import-untyped]

    unpacker = brotli.Decompressor()
    plain: bytes = b""
    try:
        plain = unpacker.process(body, output_buffer_limit=limit + 1)
        while len(plain) <= limit and not unpacker.is_finished():
            if not (more := unpacker.process(b"", output_buffer_limit=limit + 1)):
                raise EOFError("the compressed body ends in the middle")
            plain += more
    except brotli.error as error:
        raise ValueError("broken brotli data") from error
    return plain


def _chunks(body: bytes) -> Iterator[bytes]:
    at = 0
    while match := _CHUNK_SIZE.match(body, at):
        size = int(match[1], 16)
        if size == 0:
            return
        yield body[match.end() : match.end() + size]
        at = match.end() + size + 2
    raise EOFError("the chunked body ends in the middle")
