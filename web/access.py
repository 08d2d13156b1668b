"""Who somebody is, what they may do, and for how long that is remembered.

A session is a random word in a cookie that no script can read and no other site can send; here only its
hash is kept, in memory: a restart ends all sessions.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import Scope as Asked

COOKIE = "session"
IDLE = timedelta(hours=12)
"""A session that is not used for so long is over."""
LONGEST = timedelta(days=7)
MOST_SESSIONS = 1_000


class Role(StrEnum):
    """What a person may do; each may do what those before it may."""

    READER = "reader"  # look
    REVIEWER = "reviewer"  # judge articles, correct records, merge and split cases
    ADMIN = "admin"  # rules of alerts with their addresses, sources

    def covers(self, other: Role) -> bool:
        """Whether what needs ``other`` may be done."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person of the settings."""

    name: str
    hash: str  # of argon2
    role: Role = Role.READER


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who asks."""

    name: str  # "" where nobody has to say it
    role: Role = Role.READER
    session: str = ""  # hash of the cookie's word; "" without one


ANYBODY = Who(name="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A login."""

    name: str
    role: Role
    begun: datetime
    used: datetime


class Sessions:
    """The logins of one server. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, Session] = {}

    def begin(self, user: User, *, now: datetime) -> str:
        """A new session; the word for its cookie."""
        word = secrets.token_urlsafe(32)
        with self._lock:
            self._sweep(now)
            while len(self._kept) >= MOST_SESSIONS:
                oldest = min(self._kept, key=lambda key: self._kept[key].used)
                del self._kept[oldest]
            self._kept[_hashed(word)] = Session(name=user.name, role=user.role, begun=now, used=now)
        return word

    def find(self, word: str, *, now: datetime) -> Who | None:
        """Whose session it is; None for one that is over or never was."""
        key = _hashed(word)
        with self._lock:
            session = self._kept.get(key)
            if session is None:
                return None
            if _is_over(session, now):
                del self._kept[key]
                return None
            self._kept[key] = replace(session, used=now)
        return Who(name=session.name, role=session.role, session=key)

    def end(self, who: Who) -> None:
        """Ends the session by which somebody came in."""
        with self._lock:
            self._kept.pop(who.session, None)

    def _sweep(self, now: datetime) -> None:
        self._kept = {key: each for key, each in self._kept.items() if not _is_over(each, now)}


def _is_over(session: Session, now: datetime) -> bool:
    return now - session.used > IDLE or now - session.begun > LONGEST


def _hashed(word: str) -> str:
    return hashlib.sha256(word.encode("utf-8", "replace")).hexdigest()


def note_who(scope: Asked, who: Who) -> None:
    """Notes on a request who asks."""
    scope.setdefault("state", {})["who"] = who


def who_of(request: Request) -> Who:
    """Who asks."""
    who = getattr(request.state, "who", ANYBODY)
    assert isinstance(who, Who)
    return who


def is_from_elsewhere(headers: Mapping[str, str], *, by_token: bool) -> bool:
    """Whether a request that changes something was sent by another site through a reader's browser.

    Browsers say where a request comes from by Sec-Fetch-Site, older ones by Origin alone. What says
    neither is no browser; it is let through only with a token, which no browser sends by itself. Origin
    may be "null" beside Sec-Fetch-Site: our own pages have it so, because they send no referrer.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site != "same-origin":
        return True
    if origin is not None and not (origin == "null" and site is not None):
        return _host_of(origin) != headers.get("host", "").lower()
    return site is None and not by_token


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
