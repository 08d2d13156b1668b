"""What pages ask of rooms that this one does not know: rules of alerts, the search for feeds. Made by app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.types import Source
from storage.alert_values import Hit, Rule

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a query, and what it is worth."""

    text: str
    articles: int  # in which it is true
    without: int | None  # articles that the query finds without it; None where that is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a query would have found among what is stored."""

    since: datetime | None  # None: of all time
    hits: int
    articles: int
    looked_at: int
    rate: str  # "7.9 a week"; "" where less than a week is known
    weeks: tuple[int, ...]  # hits of the last weeks, latest last
    parts: tuple[Part, ...]
    latest: tuple[Hit, ...]
    marked: int  # of the articles, those that people judged
    right: int  # and accepted
    false: tuple[tuple[str, int, int], ...]  # word, articles found by it, of them rejected; worst first
    added: int | None = None  # articles that the query finds and the one before does not
    dropped: int | None = None  # and the other way round


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How a source answers now."""

    state: str
    failed: bool
    entries: int
    newest: str  # a day, or ""
    detail: str


class Desk(Protocol):
    """What is done elsewhere. Faults are the tree of pipeline/errors.py, each a sentence for a user."""

    def rule_of(self, given: Mapping[str, Any], base: Rule | None = None) -> Rule:
        """A rule of what a form gives, by the names of rules in files."""
        ...

    def given_of(self, rule: Rule) -> Mapping[str, Any]:
        """What a form would have given for the rule."""
        ...

    def address_of(self, rule: Rule) -> str:
        """Whom the rule writes to, without secrets of channels."""
        ...

    def when_of(self, rule: Rule) -> str:
        """When it writes, in words."""
        ...

    def fault_of(self, rule: Rule) -> str:
        """Why the rule looks at nothing; "" where it does."""
        ...

    def masked(self, address: str) -> str:
        """An address of a message, without secrets of channels."""
        ...

    def missing_of(self, engine: Engine, rule: Rule) -> tuple[str, ...]:
        """What has to happen before the addresses of the rule get anything."""
        ...

    def try_query(
        self, engine: Engine, query: str, scope: str, *, since: datetime | None, before: str = ""
    ) -> Tried:
        """The query tried on what is stored; ``before``: the query that it would replace."""
        ...

    def discover(self, address: str) -> Source:
        """The feed of a site, as a source that nobody follows yet."""
        ...

    def add_source(self, source: Source) -> None:
        """Follows a source from now on."""
        ...

    def is_own(self, slug: str) -> bool:
        """Whether a user added the source, so that it can be taken away."""
        ...

    def remove_source(self, slug: str) -> None:
        """Follows a source no more that a user added; what came from it stays."""
        ...

    def check_source(self, slug: str) -> Checked:
        """Asks a source once, and stores nothing."""
        ...
