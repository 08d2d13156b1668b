"""What the pages are made from: the database, the clock, the sources, who may read. Made by app, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from pipeline.types import Record, Source
from storage.alert_values import Hit, Rule
from storage.health_values import SourceHealth
from web.access import ANYBODY, Sessions, User, Who
from web.desk import Desk
from web.memory import Memory
from web.tokens import Token

if TYPE_CHECKING:
    from sqlalchemy import Engine

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""The names under which a machine knows itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """By what a reader is let in, as hashes of argon2; without any, everybody is."""

    password: str = ""  # for browsers and feed readers, with any user name
    tokens: tuple[Token, ...] = ()  # for programs
    users: tuple[User, ...] = ()  # people with a name, a password of their own and a role

    def __bool__(self) -> bool:
        return bool(self.password or self.tokens or self.users)


class RuleFeed(Protocol):
    """What a rule found as a feed; alerts makes it, of whom this room knows nothing."""

    def __call__(
        self,
        rule: Rule,
        hits: Sequence[Hit],
        records: Mapping[int, Record],
        *,
        now: datetime,
        address: str,
        home: str,
        as_json: bool,
    ) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything that a page may use. The engine must be one that only reads."""

    engine: Engine
    now: Callable[[], datetime]
    sources: Mapping[str, Source] = field(default_factory=dict)  # by slug
    advise: Callable[[SourceHealth], str] = lambda _: ""  # what to do about a source in trouble
    metrics: Callable[[Engine, datetime], bytes] | None = None  # figures for Prometheus
    rule_feed: RuleFeed | None = None
    hosts: tuple[str, ...] = LOOPBACK  # names under which the site may be asked for
    keys: Keys = field(default_factory=Keys)
    version: str = ""
    writer: Engine | None = None  # the database for what changes something; None: nothing does
    desk: Desk | None = None  # what the rooms of alerts and of the crawler do for pages that change something
    alone: Who = ANYBODY  # who asks where nobody has to say it
    sessions: Sessions = field(default_factory=Sessions)
    secure: bool = False  # readers come by https, whatever stands between
    memory: Memory = field(default_factory=Memory)  # what was counted a moment ago
    changing: Lock = field(default_factory=Lock)  # held by what changes something by the API

    def outlet(self, slug: str) -> str:
        """An outlet as people call it; "" for what was handed in."""
        source = self.sources.get(slug)
        return source.name if source is not None else slug
