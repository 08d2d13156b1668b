"""What came of a source, day by day. Reading only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Engine, func, select

from pipeline.vocabulary import FeedState, SourceState
from storage import rows
from storage import tables as t
from storage.engine import reading
from storage.health_values import HealthEvent
from storage.values import FeedFetch

MOST_FETCHES = 2_000
"""Fetches of the span that are looked at, the latest; a source is asked once or a few times a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """One day (UTC) of a source."""

    day: date
    fetches: int = 0  # of its feed
    failed: int = 0  # of them
    new: int = 0  # entries never seen before
    seen: int = 0  # addresses that were published or found on that day
    read: int = 0  # of them, read to a verdict
    relevant: int = 0
    length: float | None = None  # characters of its stored texts, on the average


def source_days(engine: Engine, slug: str, *, now: datetime, days: int = 60) -> tuple[SourceDay, ...]:
    """The last ``days`` days up to today, oldest first, those on which nothing happened too."""
    first = now.astimezone(UTC).date() - timedelta(days=days - 1)
    begin = datetime.combine(first, time.min, UTC)
    values: dict[date, dict[str, Any]] = {first + timedelta(days=each): {} for each in range(days)}
    with reading(engine) as connection:
        f = t.Fetch
        fetches = (
            select(f.fetched, f.state, f.new)
            .where(f.source == slug, f.fetched >= begin)
            .order_by(f.fetched.desc())
            .limit(MOST_FETCHES)
        )
        for fetched, state, new in connection.execute(fetches):
            mine = values.setdefault(fetched.date(), {})
            mine["fetches"] = mine.get("fetches", 0) + 1
            mine["failed"] = mine.get("failed", 0) + FeedState(state).failed
            mine["new"] = mine.get("new", 0) + new
        c = t.Coverage
        coverage = select(c.day, c.seen, c.read, c.relevant).where(c.source == slug, c.day >= first)
        for day, seen, read, relevant in connection.execute(coverage):
            values.setdefault(day, {}).update(seen=seen, read=read, relevant=relevant)
        a = t.Article
        lengths: dict[date, list[int]] = {}
        texts = select(a.dated, func.length(a.text)).where(a.source == slug, a.dated >= begin, t.has_text())
        for dated, length in connection.execute(texts):
            lengths.setdefault(dated.date(), []).append(length)
    for day, found in lengths.items():
        values.setdefault(day, {})["length"] = sum(found) / len(found)
    # A date of publication may lie in the future; such days are no history.
    last = first + timedelta(days=days - 1)
    return tuple(SourceDay(day=day, **values[day]) for day in sorted(values) if first <= day <= last)


def last_fetches(engine: Engine, slug: str, *, most: int = 12) -> tuple[FeedFetch, ...]:
    """The latest fetches of the feed, latest first."""
    query = (
        select(t.Fetch.__table__)
        .where(t.Fetch.source == slug)
        .order_by(t.Fetch.fetched.desc(), t.Fetch.id.desc())
        .limit(most)
    )
    with reading(engine) as connection:
        return tuple(rows.fetch_from(row) for row in connection.execute(query))


def health_events(engine: Engine, slug: str | None, *, most: int) -> tuple[HealthEvent, ...]:
    """The latest changes that the operator is told of; of one source, or of all and of the crawl."""
    query = select(t.HealthEventRow.__table__)
    if slug is not None:
        query = query.where(t.HealthEventRow.source == slug)
    with reading(engine) as connection:
        found = connection.execute(query.order_by(t.HealthEventRow.id.desc()).limit(most))
        return tuple(_events(found))


def _events(found: Any) -> Iterator[HealthEvent]:
    for row in found:
        yield HealthEvent(
            id=row.id,
            key=row.key,
            source=row.source,
            at=row.at,
            kind=row.kind,
            state=SourceState(row.state) if row.state else None,
            detail=row.detail,
        )
