"""The gate for libraries that connect by themselves: no address that is not public.

Inside ``only_public`` every name that this thread looks up is held against pipeline/addresses.py, and
only permitted addresses are handed to whoever is about to connect. Sockets of Python get their
addresses nowhere else: literals in any notation, the targets of redirects and a proxy go the same way,
and a name that changes its address gains nothing.
"""

from __future__ import annotations

import functools
import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.addresses import AllowList, is_public


class _Here(threading.local):
    """What this thread may connect to; None: it has not said."""

    allow: AllowList | None = None
    refused: set[str] | None = None


_here = _Here()
_lock = threading.Lock()
_looked_up = socket.getaddrinfo


@contextmanager
def only_public(allow: AllowList) -> Iterator[set[str]]:
    """In the block this thread reaches public addresses only, and those that the operator allows. Gives
    the set of hosts that were refused on the way."""
    with _lock:
        if socket.getaddrinfo is _looked_up:
            socket.getaddrinfo = _guarded
    before = _here.allow, _here.refused
    refused: set[str] = set()
    _here.allow, _here.refused = allow, refused
    try:
        yield refused
    finally:
        _here.allow, _here.refused = before


@functools.wraps(_looked_up)
def _guarded(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
    found = _looked_up(host, port, *args, **kwargs)
    allow = _here.allow
    if allow is None:
        return found
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    kept = [each for each in found if _may(allow, name, each[4])]
    if found and not kept:
        if _here.refused is not None:
            _here.refused.add(name)
        raise socket.gaierror(socket.EAI_NONAME, f"{name} has no public address")
    return kept


def _may(allow: AllowList, host: str, place: Any) -> bool:
    address = ipaddress.ip_address(str(place[0]).split("%")[0])
    return is_public(address) or allow.allows(host, int(place[1]), address)
