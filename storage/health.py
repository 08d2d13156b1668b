"""How sources fare, stored: one row a source, events for the operator, rests of servers, robots.txt.

Runs of thousands of sources ask and write all of it at once, in a few statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, update

from pipeline.vocabulary import SourceState
from storage import tables as t
from storage.engine import adding, reading, writing
from storage.health_values import (
    HealthEvent,
    HostRest,
    Normal,
    Recent,
    Robots,
    RunTimes,
    SourceHealth,
)
from storage.rows import storable
from storage.values import FeedMemory

CHUNK = 500
ROBOTS_BELIEVED = timedelta(hours=20)
"""How long a robots.txt is believed; RFC 9309 allows a day, and a daily crawl asks anew."""
_SUMS = (
    "weeks",
    "arrivals",
    "entries",
    "pages",
    "texts",
    "dated",
    "characters",
    "relevant",
    "looks",
    "seconds",
)
_PLAIN = ("since", "checked", "last_success", "last_new", "points", "failures", "due", "alarm")


def load_health(engine: Engine, slugs: Sequence[str] | None = None) -> dict[str, SourceHealth]:
    """How each source stands, by slug; those that were never judged are not in it."""
    rows = t.SourceHealthRow
    with reading(engine) as connection:
        if slugs is None:
            return {row.source: _health(row) for row in connection.execute(select(rows.__table__))}
        return {
            row.source: _health(row)
            for chunk in _chunks(slugs)
            for row in connection.execute(select(rows.__table__).where(rows.source.in_(chunk)))
        }


def save_health(
    engine: Engine,
    healths: Iterable[SourceHealth],
    events: Iterable[HealthEvent] = (),
    *,
    robots: Iterable[Robots] = (),
    rests: Iterable[HostRest] = (),
    now: datetime,
) -> None:
    """Stores how sources stand after a run, with what the operator is to be told, all or nothing.
    Rests and robots.txt of earlier runs that are over are dropped."""
    with writing(engine) as connection:
        _upsert(connection, t.SourceHealthRow, ("source",), [_row(health) for health in healths])
        _add_events(connection, events)
        _upsert(connection, t.RobotsRow, ("root",), [asdict(each) for each in robots])
        _upsert(connection, t.HostRestRow, ("host",), [asdict(each) for each in rests])
        connection.execute(delete(t.HostRestRow).where(t.HostRestRow.until <= now))
        connection.execute(delete(t.RobotsRow).where(t.RobotsRow.fetched <= now - 2 * ROBOTS_BELIEVED))


def load_robots(engine: Engine, *, now: datetime) -> dict[str, Robots]:
    """The robots.txt that are still believed, by their root."""
    fresh = t.RobotsRow.fetched.between(now - ROBOTS_BELIEVED, now)
    with reading(engine) as connection:
        return {
            row.root: Robots(root=row.root, fetched=row.fetched, body=row.body)
            for row in connection.execute(select(t.RobotsRow.__table__).where(fresh))
        }


def load_rests(engine: Engine, *, now: datetime) -> dict[str, datetime]:
    """The servers that asked for rest and still have it, with its end."""
    query = select(t.HostRestRow.host, t.HostRestRow.until).where(t.HostRestRow.until > now)
    with reading(engine) as connection:
        return {row.host: row.until for row in connection.execute(query)}


def feed_memories(engine: Engine) -> dict[str, tuple[str, FeedMemory]]:
    """What the next requests for feeds need: by slug, the address that it belongs to and the memory."""
    with reading(engine) as connection:
        return {
            row.source: (
                row.url,
                FeedMemory(
                    etag=row.etag,
                    last_modified=row.last_modified,
                    body_hash=row.body_hash,
                    last_full=row.last_full,
                    distrusted=row.distrusted,
                ),
            )
            for row in connection.execute(select(t.Feed.__table__))
        }


# -- events -------------------------------------------------------------------------------------------


def add_events(engine: Engine, events: Sequence[HealthEvent]) -> None:
    """Stores events; one whose key is known already is left as it is."""
    if events:
        with writing(engine) as connection:
            _add_events(connection, events)


def untold_events(engine: Engine) -> tuple[HealthEvent, ...]:
    """The events that the operator was not told of yet, oldest first."""
    query = select(t.HealthEventRow.__table__).where(t.HealthEventRow.told.is_(None))
    with reading(engine) as connection:
        return tuple(_event(row) for row in connection.execute(query.order_by(t.HealthEventRow.id)))


def last_event(engine: Engine, kinds: Sequence[str]) -> HealthEvent | None:
    """The latest event of one of ``kinds``."""
    query = select(t.HealthEventRow.__table__).where(t.HealthEventRow.kind.in_(kinds))
    with reading(engine) as connection:
        row = connection.execute(query.order_by(t.HealthEventRow.id.desc()).limit(1)).first()
    return _event(row) if row is not None else None


def mark_told(engine: Engine, events: Sequence[HealthEvent], *, now: datetime) -> None:
    """Marks events as told, once their message is in safe hands."""
    with writing(engine) as connection:
        for chunk in _chunks([event.id for event in events]):
            connection.execute(
                update(t.HealthEventRow).where(t.HealthEventRow.id.in_(chunk)).values(told=now)
            )


def drop_untold(engine: Engine, *, before: datetime) -> None:
    """Forgets events that nobody was told of for so long that they are no news."""
    old = t.HealthEventRow.told.is_(None) & (t.HealthEventRow.at < before)
    with writing(engine) as connection:
        connection.execute(delete(t.HealthEventRow).where(old))


def run_times(engine: Engine) -> RunTimes:
    """When crawls began and when one last succeeded."""
    crawls = t.Run.command == "crawl"
    with reading(engine) as connection:
        return RunTimes(
            first=connection.execute(select(func.min(t.Run.started)).where(crawls)).scalar(),
            last=connection.execute(select(func.max(t.Run.started)).where(crawls)).scalar(),
            last_success=connection.execute(
                select(func.max(t.Run.ended)).where(crawls, t.Run.outcome == "ok")
            ).scalar(),
        )


def run_outcomes(engine: Engine) -> dict[tuple[str, str], int]:
    """How many runs there were, by (command, outcome); those under way are "running"."""
    query = select(t.Run.command, t.Run.outcome, func.count()).group_by(t.Run.command, t.Run.outcome)
    with reading(engine) as connection:
        return {
            (command, outcome or "running"): number for command, outcome, number in connection.execute(query)
        }


# -- rows ---------------------------------------------------------------------------------------------


def _row(health: SourceHealth) -> dict[str, Any]:
    normal = health.normal
    return {
        "source": health.source,
        "state": health.state.value,
        "detail": storable(health.detail)[:500],
        **{name: getattr(health, name) for name in _PLAIN},
        **{name: getattr(normal, name) for name in _SUMS},
        "hours": list(normal.hours),
        "days": list(normal.days),
        "recent": asdict(health.recent),
    }


def _health(row: Any) -> SourceHealth:
    return SourceHealth(
        source=row.source,
        state=SourceState(row.state),
        detail=row.detail,
        **{name: getattr(row, name) for name in _PLAIN},
        normal=Normal(
            **{name: getattr(row, name) for name in _SUMS}, hours=tuple(row.hours), days=tuple(row.days)
        ),
        recent=Recent(**row.recent),
    )


def _event(row: Any) -> HealthEvent:
    return HealthEvent(
        id=row.id,
        key=row.key,
        source=row.source,
        at=row.at,
        kind=row.kind,
        state=SourceState(row.state) if row.state else None,
        detail=row.detail,
    )


def _add_events(connection: Connection, events: Iterable[HealthEvent]) -> None:
    values = [
        {
            "key": event.key,
            "source": event.source,
            "at": event.at,
            "kind": event.kind,
            "state": event.state.value if event.state else None,
            "detail": storable(event.detail)[:500],
            "told": None,
        }
        for event in events
    ]
    if values:
        statement = adding(connection, t.HealthEventRow)
        connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]), values)


def _upsert(connection: Connection, table: Any, keys: tuple[str, ...], values: list[dict[str, Any]]) -> None:
    if not values:
        return
    statement = adding(connection, table)
    changed = {name: statement.excluded[name] for name in values[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changed), values)


def _chunks(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
