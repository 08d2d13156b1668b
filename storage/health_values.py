"""What is known of how a source fares: what is normal for it, how it stands, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.vocabulary import FeedState, SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """What is normal for a source, as sums that fade: old looks count less and less.

    An arrival is an hour in which something new came, however many entries: outlets publish in
    bursts, and ten entries at once are no ten signs of life.
    """

    weeks: float = 0.0  # watched, in weeks of its own rhythm; up to the last arrival
    arrivals: float = 0.0
    entries: float = 0.0
    hours: tuple[float, ...] = (0.0,) * 24  # arrivals by hour of the day, UTC
    days: tuple[float, ...] = (0.0,) * 7  # arrivals by day of the week, Monday first
    pages: float = 0.0  # pages that were tried
    texts: float = 0.0  # of them, those that gave a text
    dated: float = 0.0  # of these, those with a date
    characters: float = 0.0  # of all texts together
    relevant: float = 0.0
    looks: float = 0.0  # fetches that went well
    seconds: float = 0.0  # that these took together

    @property
    def entries_a_week(self) -> float | None:
        """Entries a week; None where nothing is learned yet."""
        return self.entries / self.weeks if self.weeks > 0 else None

    @property
    def text_share(self) -> float | None:
        """The share of pages that give a text."""
        return self.texts / self.pages if self.pages > 0 else None

    @property
    def date_share(self) -> float | None:
        """The share of texts that have a date."""
        return self.dated / self.texts if self.texts > 0 else None

    @property
    def length(self) -> float | None:
        """Characters of a text."""
        return self.characters / self.texts if self.texts > 0 else None

    @property
    def relevant_share(self) -> float | None:
        """The share of texts that are relevant."""
        return self.relevant / self.texts if self.texts > 0 else None

    @property
    def usual_seconds(self) -> float | None:
        """How long a fetch of its feed takes."""
        return self.seconds / self.looks if self.looks > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The last pages of a source, by which it is seen that they are not what they were."""

    pages: float = 0.0
    texts: float = 0.0
    dated: float = 0.0
    characters: float = 0.0
    reasons: Mapping[str, float] = field(default_factory=dict)  # Rejection value → pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one run saw of a source."""

    source: str  # slug
    at: datetime
    state: FeedState
    status: int | None = None
    detail: str = ""
    entries: int = 0  # in the feed
    new: int = 0
    seconds: float = 0.0
    moved_to: str | None = None  # where a permanent redirect leads
    retry_after: float | None = None  # seconds of rest that the server asked for
    times: tuple[datetime, ...] = ()  # publication of the new entries, where the feed has it
    texts: int = 0  # pages read
    dated: int = 0
    characters: int = 0
    relevant: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)  # Rejection value → pages
    elsewhere: bool = False  # the failure is of the network here, not of the source


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How a source stands."""

    source: str  # slug
    state: SourceState
    detail: str  # in words, why
    since: datetime  # when it began to stand well, to fail, or to be as it is found to be
    checked: datetime  # the last look
    last_success: datetime | None = None  # the last fetch that went well
    last_new: datetime | None = None  # its last entry: as published, else as found
    points: float = 0.0  # of failures in a row, weighed by their sort
    failures: int = 0  # in a row
    due: datetime | None = None  # it rests until then
    alarm: bool = False  # whether the operator is told of trouble with it
    normal: Normal = field(default_factory=Normal)
    recent: Recent = field(default_factory=Recent)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthEvent:
    """A change that the operator is told of, once."""

    key: str  # unique: what it is about, and when
    source: str  # slug; "" for what concerns all
    at: datetime
    kind: str  # broke | silent | recovered | no-run | running | few-finds | finds
    state: SourceState | None
    detail: str
    id: int = 0  # its number, once it is stored


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the fetches and pages of the last weeks tell of a source that was never judged."""

    source: str
    weeks: float  # that they span
    entries: int
    hours: tuple[int, ...]  # distinct hours with something new, by hour of the day
    days: tuple[int, ...]  # the same by day of the week
    last_new: datetime | None
    pages: int
    texts: int
    dated: int
    relevant: int
    length: float | None  # characters of its stored texts
    last_success: datetime | None
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """A robots.txt as a server gave it; an empty body allows all."""

    root: str  # scheme://host[:port]
    fetched: datetime
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRest:
    """A server that asked for rest."""

    host: str  # host[:port]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTimes:
    """When there were crawls; None: none yet."""

    first: datetime | None  # when the first one began
    last: datetime | None  # when the last one began
    last_success: datetime | None  # when the last one ended that came to its end
