"""A file on a web server, read from any place on as if it were here.

One request at a time, with Range; after a broken connection reading goes on where it broke, after a
pause that grows, or as long as the server asks for. A file that changes in the meantime is an error.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from socket import IPPROTO_TCP, SOCK_STREAM, create_connection, getaddrinfo
from urllib.parse import urljoin, urlsplit

from crawler.settings import user_agent
from pipeline.addresses import AllowList, is_public
from pipeline.errors import DataError

TRIES = 8
"""Requests in a row that may fail before a file is given up; some ten minutes with their pauses."""
LONGEST_PAUSE = 120.0
"""Seconds between two tries; a server that asks for longer is asked again by the next run."""
REDIRECTS = 5
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How servers are asked: by whom, and which of them may be."""

    contact: str = ""  # address or page of the operator, goes into the User-Agent
    allow_hosts: tuple[str, ...] = ()  # private hosts that may be reached
    timeout: float = 30.0  # seconds without an answer
    tries: int = TRIES  # requests in a row that may fail
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSize:
    """What a server says of a file before it is read."""

    size: int  # bytes; 0 where it does not say
    stamp: str  # ETag, else Last-Modified; "" where it says neither


def remote_size(url: str, reach: Reach) -> RemoteSize:
    """Asks for a file's size. Raises DataError, in words, when it cannot be had soon: others wait for it."""
    with RemoteFile(url, replace(reach, tries=min(3, reach.tries)), method="HEAD") as file:
        answer = file.open()
        length = answer.headers.get("Content-Length", "")
        return RemoteSize(size=int(length) if length.isdigit() else 0, stamp=_stamp(answer))


class RemoteFile:
    """Bytes of a file from ``at`` on. To be read from one thread."""

    def __init__(
        self, url: str, reach: Reach, *, at: int = 0, size: int = 0, stamp: str = "", method: str = "GET"
    ) -> None:
        """``size`` and ``stamp``: what ``remote_size`` said; another stamp means that it has changed."""
        self.url = url
        self._reach = reach
        self._allow = AllowList.parse(reach.allow_hosts)
        self._at = at
        self._size = size
        self._stamp = stamp
        self._method = method
        self._connection: HTTPConnection | None = None
        self._answer: HTTPResponse | None = None
        self._failures = 0

    def __enter__(self) -> RemoteFile:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._answer = None

    def tell(self) -> int:
        """The place in the file of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place from the beginning, or (``whence`` 2) to the end. The next reading asks anew."""
        place = offset if whence == 0 else self._size
        if place != self._at:
            self.close()
            self._at = place
        return place

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes, b"" at the end. Raises DataError when the server gives no more of it."""
        while True:
            answer = self._answer or self.open()
            try:
                data = answer.read(size if size >= 0 else None)
            except (OSError, HTTPException) as error:
                self._failed(f"the connection broke: {type(error).__name__}")
                continue
            if data:
                self._at += len(data)
                self._failures = 0
                return data
            if answer.length:
                self._failed("the connection broke")
                continue
            return b""

    def open(self) -> HTTPResponse:
        """Ask for the rest of the file, as often as it makes sense. Raises DataError."""
        while True:
            try:
                answer = self._ask()
            except (OSError, HTTPException) as error:
                self._failed(_in_words(error))
                continue
            if answer.status in (200, 206):
                return self._taken(answer)
            if answer.status == 416 and self._at:
                return answer  # nothing is left
            why = f"HTTP {answer.status}"
            if answer.status not in _AGAIN:
                raise self._error(why)
            self._failed(why, pause=_asked_pause(answer))

    def _ask(self) -> HTTPResponse:
        url = self.url
        for _ in range(REDIRECTS + 1):
            self.close()
            answer = self._request(url)
            target = answer.headers.get("Location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            url = urljoin(url, target)
        raise self._error("too many redirects")

    def _request(self, url: str) -> HTTPResponse:
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        if not host or parts.scheme not in ("http", "https"):
            raise self._error("leads to what is no web address")
        try:
            port = parts.port or (443 if secure else 80)
        except ValueError as error:
            raise self._error(str(error)) from error
        address = self._address(host, port)
        wire = create_connection((address, port), self._reach.timeout)
        kind = HTTPSConnection if secure else HTTPConnection
        connection = kind(host, port, timeout=self._reach.timeout)
        # The connection is made here, to the address that was looked at: a second look-up by name might
        # give another one.
        connection.sock = (
            ssl.create_default_context().wrap_socket(wire, server_hostname=host) if secure else wire
        )
        self._connection = connection
        headers = {"User-Agent": user_agent(self._reach.contact), "Accept-Encoding": "identity"}
        if self._at:
            headers["Range"] = f"bytes={self._at}-"
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(self._method, path, headers=headers)
        return connection.getresponse()

    def _address(self, host: str, port: int) -> str:
        found = getaddrinfo(host, port, type=SOCK_STREAM, proto=IPPROTO_TCP)
        for *_, where in found:
            address = ip_address(str(where[0]).split("%")[0])
            if is_public(address) or self._allow.allows(host, port, address):
                return str(where[0])
        raise self._error(f"{host} has no public address; see the setting allow_hosts")

    def _taken(self, answer: HTTPResponse) -> HTTPResponse:
        stamp = _stamp(answer)
        if self._stamp and stamp and stamp != self._stamp:
            raise self._error("has changed while it was read; run the command again")
        self._stamp = self._stamp or stamp
        self._answer = answer
        if self._at and answer.status == 200:
            # A server that knows no Range: what is known of the file already is read and dropped.
            left = self._at
            while left and (data := answer.read(min(left, 1024 * 1024))):
                left -= len(data)
        return answer

    def _failed(self, why: str, *, pause: float | None = None) -> None:
        """Count a failure and wait; raises DataError after too many, or for a pause that is too long."""
        self.close()
        self._failures += 1
        wait = max(pause or 0.0, min(2.0 ** (self._failures - 1), LONGEST_PAUSE))
        if self._failures >= self._reach.tries or wait > LONGEST_PAUSE:
            raise self._error(why)
        self._reach.sleep(wait)

    def _error(self, why: str) -> DataError:
        return DataError(f"{self.url}: {why}", key=self.url)


def _stamp(answer: HTTPResponse) -> str:
    return answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""


def _asked_pause(answer: HTTPResponse) -> float | None:
    value = (answer.headers.get("Retry-After") or "").strip()
    return float(value) if value.isdigit() else None


def _in_words(error: BaseException) -> str:
    text = str(getattr(error, "strerror", "") or error) or type(error).__name__
    return f"cannot be reached: {text}"[:200]
