"""What lies in the outbox, for whoever looks, and the channels whose whole queue waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, delete, func, select

from storage import alerts, rows
from storage import tables as t
from storage.alert_values import Hit
from storage.engine import adding, reading, writing
from storage.outbox_values import MessageRow, MessageSort, MessageState, Stop


def counts(engine: Engine) -> dict[MessageState, int]:
    """Messages by state."""
    query = select(t.OutboxMessage.state, func.count()).group_by(t.OutboxMessage.state)
    with reading(engine) as connection:
        found = {MessageState(state): number for state, number in connection.execute(query)}
    return {state: found.get(state, 0) for state in MessageState}


def messages(
    engine: Engine, *, states: Iterable[MessageState] = (), rule: int | None = None, limit: int | None = None
) -> tuple[MessageRow, ...]:
    """Messages, latest first."""
    query = _rows().order_by(t.OutboxMessage.id.desc()).limit(limit)
    if states := tuple(states):
        query = query.where(t.OutboxMessage.state.in_(states))
    if rule is not None:
        query = query.where(t.OutboxMessage.rule_id == rule)
    with reading(engine) as connection:
        return tuple(_row(row) for row in connection.execute(query))


def message(engine: Engine, which: str) -> tuple[MessageRow, tuple[Hit, ...]] | None:
    """The message with this number, or else whose Message-ID begins so, and the hits that it tells."""
    conditions = [t.OutboxMessage.message_id.startswith(f"<{which.lstrip('<')}", autoescape=True)]
    if which.isascii() and which.isdigit() and len(which) < 18:
        conditions.insert(0, t.OutboxMessage.id == int(which))
    with reading(engine) as connection:
        each = (connection.execute(_rows().where(condition).limit(2)).all() for condition in conditions)
        found = next((some for some in each if some), ())
        if len(found) != 1:
            return None
        first = found[0].first_id or found[0].id
        hits = select(t.AlertHit.__table__).where(t.AlertHit.message_id == first).order_by(t.AlertHit.id)
        told = tuple(alerts.hit_from(row) for row in connection.execute(hits))
    return _row(found[0]), told


def stop_channel(engine: Engine, channel: str, detail: str, *, now: datetime) -> None:
    """Stores that the channel's whole queue waits."""
    statement = adding(engine, t.OutboxStop).values(
        channel=channel, since=now, last=now, detail=rows.storable(" ".join(detail.split()))[:500]
    )
    statement = statement.on_conflict_do_update(
        index_elements=["channel"],
        set_={"last": now, "detail": rows.storable(" ".join(detail.split()))[:500]},
    )
    with writing(engine) as connection:
        connection.execute(statement)


def release_channel(engine: Engine, channel: str) -> None:
    """Stores that the channel works."""
    there = select(t.OutboxStop.channel).where(t.OutboxStop.channel == channel)
    with reading(engine) as connection:
        if connection.execute(there).scalar() is None:
            return
    with writing(engine) as connection:
        connection.execute(delete(t.OutboxStop).where(t.OutboxStop.channel == channel))


def stops(engine: Engine) -> tuple[Stop, ...]:
    """The channels that wait."""
    with reading(engine) as connection:
        found = connection.execute(select(t.OutboxStop.__table__).order_by(t.OutboxStop.channel))
        return tuple(
            Stop(channel=row.channel, since=row.since, last=row.last, detail=row.detail) for row in found
        )


def _rows() -> Select[Any]:
    return select(t.OutboxMessage.__table__, t.AlertRule.name.label("rule_name")).join(
        t.AlertRule, t.AlertRule.id == t.OutboxMessage.rule_id, isouter=True
    )


def _row(row: Any) -> MessageRow:
    return MessageRow(
        id=row.id,
        rule=row.rule_name,
        sort=MessageSort(row.sort),
        channel=row.channel,
        recipient=row.recipient,
        window=row.window,
        message_id=row.message_id,
        subject=row.subject,
        hits=row.hits,
        state=MessageState(row.state),
        created=row.created,
        due=row.due,
        tries=row.tries,
        doubts=row.doubts,
        ended=row.ended,
        code=row.code,
        detail=row.detail,
    )
