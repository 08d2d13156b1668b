"""The values of alerts that go into this room and come out of it; frozen, times aware UTC.

Matching itself is none of this room's business: whoever saves hands in a ``Matcher``, which is asked
inside the transaction that stores the article.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pipeline.types import Article, Record
from pipeline.vocabulary import Stage

RELEVANT_ONLY = "relevant"
"""Scope of a rule that looks at relevant articles."""
EVERYTHING = "all"
"""Scope of a rule that looks at every article whose text was read."""


class RuleState(StrEnum):
    """Whether a rule looks."""

    ACTIVE = "active"
    PAUSED = "paused"
    UNCONFIRMED = "unconfirmed"  # its address has not said yet that it wants mail


class Rhythm(StrEnum):
    """How often what was found is told."""

    INSTANT = "instant"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


class HitSort(StrEnum):
    """What a hit is of, and so what makes it the same."""

    CASE = "case"  # a case at a stage
    FIGURE = "figure"  # a record that is of no case, or a correction of one
    WORDS = "words"  # an article


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as a user writes it; ``id`` is None until it is stored."""

    name: str
    query: str
    address: str  # mailto:…, or the address of another channel
    scope: str = RELEVANT_ONLY
    rhythm: Rhythm = Rhythm.DAILY
    hour: int = 8  # of daily and weekly ones, in the zone
    weekday: int = 0  # Monday
    zone: str = "UTC"  # IANA
    quiet_from: str | None = None  # HH:MM
    quiet_until: str | None = None  # HH:MM; before quiet_from: over midnight
    quiet_days: tuple[int, ...] = ()  # 0 is Monday
    language: str = "en"
    state: RuleState = RuleState.ACTIVE
    detail: str = ""
    created: datetime | None = None
    changed: datetime | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What of an article a rule found. Marks are (start, end) in the title and in the excerpt."""

    words: tuple[str, ...] = ()  # as they stand in the article, each once
    facts: tuple[str, ...] = ()  # the facts of the query that hold, as written there
    records: tuple[int, ...] = ()  # numbers of the records that fit
    title: tuple[tuple[int, int], ...] = ()
    excerpt: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something that a rule found; ``id`` is None until it is stored."""

    rule_id: int
    key: str
    sort: HitSort
    url: str  # "" for text with no address
    title: str
    source: str
    language: str
    published: datetime | None
    excerpt: str
    matched: Matched
    article_id: int | None = None
    record_id: int | None = None
    case_id: int | None = None
    stage: Stage | None = None
    note: str = ""
    found: datetime | None = None
    message_id: int | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsRecord:
    """A record of an article that was just saved."""

    id: int
    record: Record
    case_id: int | None
    corrected: Record | None = None  # what it said before the outlet changed its count


def _never(*_: object) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An article that was just saved, as rules see it. The two questions are asked of the database,
    and only where a rule needs the answer."""

    article: Article
    key: str  # the address under which it is known: one for all its readings
    relevant: bool
    article_id: int | None  # None where it is not stored
    revision: int = 0  # how many times the outlet changed it
    records: tuple[NewsRecord, ...] = ()
    is_new_pair: Callable[[NewsRecord, int], bool] = field(default=_never)  # first such pair in so many days
    has_changed_stage: Callable[[NewsRecord], bool] = field(default=_never)  # of its case, by this article


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that a rule found, before it is known whether it is told: the key, and what goes with it."""

    rule_id: int
    key: str
    sort: HitSort
    case_id: int | None
    stage: Stage | None
    records: tuple[int, ...]
    describe: Callable[[], Hit]  # the whole hit, with the words that matched: ten times the work


class Index(Protocol):
    """Rules made ready to be asked; safe to use from several threads."""

    def match(self, news: News) -> Sequence[Found]:
        """What the rules find in ``news``, whether or not it was found before."""
        ...


class Matcher(Protocol):
    """Makes rules ready; keeps what it made for as long as ``version`` is the same."""

    def index(self, version: int, load: Callable[[], Sequence[Rule]]) -> Index:
        """The index of the rules that ``load`` gives; not called where they are known."""
        ...
