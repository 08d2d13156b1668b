"""Can the outside be reached from here? One request to robots.txt of a few outlets, without Scrapy.

Beside the answer it tells what time the servers have, by which a wrong clock is found.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from crawler.guard import AllowList, is_public
from crawler.settings import user_agent

SECONDS = 8.0
"""How long one server is waited for at each step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What came of asking one server."""

    host: str
    ok: bool  # it answered, with any status
    detail: str  # what went wrong, in words
    seconds: float
    ahead: float | None = None  # seconds that its clock is ahead of ours


def reach(
    urls: Sequence[str], *, contact: str, allow_hosts: Sequence[str] = (), seconds: float = SECONDS
) -> tuple[Reached, ...]:
    """Ask the server of each address, all at once. Never raises for what a server does."""
    allow = AllowList.parse(allow_hosts)
    with ThreadPoolExecutor(max_workers=max(1, len(urls))) as pool:
        return tuple(pool.map(lambda url: _reach(url, contact, allow, seconds), urls))


def _reach(url: str, contact: str, allow: AllowList, seconds: float) -> Reached:
    parts = urlsplit(url)
    host, tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    begun = time.monotonic()
    ahead = None
    try:
        ahead = _ask(host, port, allow, tls=tls, contact=contact, seconds=seconds)
        detail = ""
    except socket.gaierror:
        detail = "the name has no address (DNS)"
    except TimeoutError:
        detail = "no answer in time"
    except ssl.SSLError as error:
        detail = f"TLS: {error.reason or error}"
    except PermissionError as error:
        detail = str(error)
    except (OSError, http.client.HTTPException) as error:
        detail = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Reached(host=host, ok=not detail, detail=detail, seconds=time.monotonic() - begun, ahead=ahead)


def _ask(host: str, port: int, allow: AllowList, *, tls: bool, contact: str, seconds: float) -> float | None:
    """How many seconds the server's clock is ahead; None where it does not say. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    places = [(family, place) for family, *_, place in found]
    permitted = [
        (family, place)
        for family, place in places
        if is_public(address := ipaddress.ip_address(str(place[0]).split("%")[0]))
        or allow.allows(host, port, address)
    ]
    if not permitted:
        raise PermissionError("not a public address")
    family, place = permitted[0]
    with socket.socket(family, socket.SOCK_STREAM) as plain:
        plain.settimeout(seconds)
        plain.connect(place)
        sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if tls else plain
        with sock:
            request = (
                f"GET /robots.txt HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: {user_agent(contact)}\r\n"
                "Accept: */*\r\nConnection: close\r\n\r\n"
            )
            sock.sendall(request.encode("latin-1", "replace"))
            response = http.client.HTTPResponse(sock)
            response.begin()
            told = response.getheader("Date")
    now = datetime.now(UTC)
    try:
        moment = parsedate_to_datetime(told) if told else None
    except ValueError:
        moment = None
    return (moment - now).total_seconds() if moment is not None and moment.tzinfo is not None else None
