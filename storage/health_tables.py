"""The tables of how sources fare.

source_health     how each source stands, and what is normal for it
health_events     changes that the operator is told of, each once
host_rests        servers that asked for rest (Retry-After), until when
robots            robots.txt of each host, for a day
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_REUSE, Base, Key, only


class SourceHealthRow(Base):
    """How a source stands after its last look. The sums fade with time; see crawler/health.py."""

    __tablename__ = "source_health"

    source: Mapped[str] = mapped_column(primary_key=True, comment="slug of the source")
    state: Mapped[str] = mapped_column(comment="a SourceState")
    detail: Mapped[str] = mapped_column(comment="in words, why")
    since: Mapped[datetime] = mapped_column(comment="when it began to stand as it does")
    checked: Mapped[datetime] = mapped_column(comment="the last look at it")
    last_success: Mapped[datetime | None] = mapped_column(comment="the last fetch that went well")
    last_new: Mapped[datetime | None] = mapped_column(comment="its last entry: as published, else as found")
    points: Mapped[float] = mapped_column(comment="of failures in a row, weighed by their sort")
    failures: Mapped[int] = mapped_column(comment="failed looks in a row")
    due: Mapped[datetime | None] = mapped_column(comment="it rests until then")
    alarm: Mapped[bool] = mapped_column(comment="whether the operator is told of trouble with it")
    weeks: Mapped[float] = mapped_column(comment="watched, up to its last entry")
    arrivals: Mapped[float] = mapped_column(comment="hours in which something new came")
    entries: Mapped[float] = mapped_column(comment="new entries")
    hours: Mapped[list[float]] = mapped_column(JSON, comment="arrivals by hour of the day, UTC")
    days: Mapped[list[float]] = mapped_column(JSON, comment="arrivals by day of the week, Monday first")
    pages: Mapped[float] = mapped_column(comment="pages that were tried")
    texts: Mapped[float] = mapped_column(comment="of them, those that gave a text")
    dated: Mapped[float] = mapped_column(comment="of these, those with a date")
    characters: Mapped[float] = mapped_column(comment="of all texts together")
    relevant: Mapped[float] = mapped_column(comment="of the texts, those that are relevant")
    looks: Mapped[float] = mapped_column(comment="fetches that went well")
    seconds: Mapped[float] = mapped_column(comment="that these took together")
    recent: Mapped[dict[str, object]] = mapped_column(JSON, comment="the same of the last pages")


class HealthEventRow(Base):
    """A change that the operator is told of."""

    __tablename__ = "health_events"
    __table_args__ = (
        Index("ix_health_events_untold", "id", **only("told IS NULL")),
        Index(None, "source", "at"),
        NEVER_REUSE,
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True, comment="what it is about, and when")
    source: Mapped[str] = mapped_column(comment="slug of the source; '' for what concerns all")
    at: Mapped[datetime] = mapped_column(comment="when it was found")
    kind: Mapped[str] = mapped_column(
        comment="broke | silent | recovered | no-run | running | few-finds | finds"
    )
    state: Mapped[str | None] = mapped_column(comment="a SourceState")
    detail: Mapped[str] = mapped_column(comment="in words")
    told: Mapped[datetime | None] = mapped_column(comment="when a message of it was handed on")


class HostRestRow(Base):
    """A server that asked to be left alone."""

    __tablename__ = "host_rests"

    host: Mapped[str] = mapped_column(primary_key=True, comment="host, with its port where it has one")
    until: Mapped[datetime] = mapped_column(comment="until when nothing is asked of it")


class RobotsRow(Base):
    """A robots.txt as it was last fetched."""

    __tablename__ = "robots"

    root: Mapped[str] = mapped_column(primary_key=True, comment="scheme://host[:port]")
    fetched: Mapped[datetime] = mapped_column(comment="when")
    body: Mapped[bytes] = mapped_column(LargeBinary, comment="what was read of it; empty: all is allowed")
