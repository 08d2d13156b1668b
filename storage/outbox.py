"""The outbox: what is to be sent, who has it in hand, what became of it. All SQL of delivery.

    pending ──→ sending ──→ sent
    retry   ──↗    │  ├───→ retry    not now; tried again after a pause that grows
    unknown ─↗     │  ├───→ failed   refused for good, or tried too often
                   │  └───→ unknown  the connection was lost before the answer: it may have arrived
                   └ the process died: retry where nothing was handed over yet, else unknown

A message is taken by one process for the time of its lease; that it is about to be handed over is
stored before the first byte of it leaves. So only what is marked as unknown can ever arrive twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, or_, select, update
from sqlalchemy.dialects import sqlite

from storage import alerts, rows
from storage import tables as t
from storage.alert_values import Rule
from storage.engine import reading, writing
from storage.outbox_load import load_waiting
from storage.outbox_values import (
    Leased,
    MessageRow,
    MessageSort,
    MessageState,
    NewMessage,
    Recipient,
    Stop,
    Waiting,
)

OPEN = (MessageState.PENDING, MessageState.RETRY, MessageState.UNKNOWN)
"""States out of which a message is tried."""
DIED = "the sending process died"


class Outbox:
    """The outbox of one database. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    # -- making messages --------------------------------------------------------------------------

    def secret(self) -> bytes:
        """The database's own key, from which Message-IDs are made."""
        with reading(self.engine) as connection:
            found = connection.execute(select(t.Secret.value).where(t.Secret.name == "mail")).scalar()
        if found is None:
            with writing(self.engine) as connection:
                statement = sqlite.insert(t.Secret).values(name="mail", value=secrets.token_bytes(32))
                connection.execute(statement.on_conflict_do_nothing())
                found = connection.execute(select(t.Secret.value).where(t.Secret.name == "mail")).scalar_one()
        return found

    def rules(self) -> tuple[tuple[Rule, int, datetime | None], ...]:
        """Every active rule with the number of its hits that no message tells yet, and the latest hour
        of sending that was seen to."""
        waiting = (
            select(t.AlertHit.rule_id, func.count().label("waiting"))
            .where(t.AlertHit.message_id.is_(None))
            .group_by(t.AlertHit.rule_id)
        )
        with reading(self.engine) as connection:
            counts: dict[int | None, int] = {row.rule_id: row.waiting for row in connection.execute(waiting)}
            closed: dict[int | None, datetime] = {
                row.rule_id: row.closed for row in connection.execute(select(t.AlertWindow.__table__))
            }
            return tuple(
                (rule, counts.get(rule.id, 0), closed.get(rule.id))
                for rule in alerts.active_rules(connection)
            )

    def close_windows(self, windows: Sequence[tuple[int, datetime]]) -> None:
        """Marks hours of sending as seen to: nothing was there to be told."""
        if windows:
            with writing(self.engine) as connection:
                for rule, at in windows:
                    _close(connection, rule, at)

    def tell(
        self,
        rule: Rule,
        recipients: Sequence[Recipient],
        write: Callable[[Waiting], Sequence[NewMessage]],
        *,
        window: datetime | None,
        now: datetime,
    ) -> tuple[int, int]:
        """Takes all waiting hits of the rule and stores the messages that ``write`` makes of them, in one
        transaction: (hits, messages). ``write`` has to tell each hit once to each recipient. Nothing
        happens when another process has seen to ``window`` meanwhile, or the rule was changed."""
        assert rule.id is not None
        secret = self.secret()
        with writing(self.engine, durable=True) as connection:
            closed = connection.execute(
                select(t.AlertWindow.closed).where(t.AlertWindow.rule_id == rule.id)
            ).scalar()
            changed = connection.execute(
                select(t.AlertRule.changed).where(t.AlertRule.id == rule.id)
            ).scalar()
            if changed != rule.changed or (window is not None and closed is not None and closed >= window):
                return 0, 0
            waiting = load_waiting(connection, rule, tuple(recipients), secret=secret)
            messages = write(waiting) if waiting.hits else ()
            _check(waiting, messages)
            firsts: dict[int, int] = {}
            for message in messages:
                _insert(connection, message, rule=rule.id, firsts=firsts, now=now)
            for hit, number in firsts.items():
                connection.execute(update(t.AlertHit).where(t.AlertHit.id == hit).values(message_id=number))
            if window is not None:
                _close(connection, rule.id, window)
        return len(waiting.hits), len(messages)

    def put(self, message: NewMessage, *, now: datetime) -> bool:
        """Stores a message that is of no rule; False when it was put before."""
        with writing(self.engine, durable=True) as connection:
            there = select(t.OutboxMessage.id).where(t.OutboxMessage.message_id == message.message_id)
            if connection.execute(there).scalar() is not None:
                return False
            _insert(connection, message, rule=None, firsts={}, now=now)
        return True

    # -- sending ----------------------------------------------------------------------------------

    def reap(self, *, alive: Callable[[str], bool], pause: timedelta, now: datetime) -> tuple[int, int]:
        """Takes back messages whose lease is over or whose process is not alive: (retry, unknown)."""
        query = select(t.OutboxMessage.id, t.OutboxMessage.worker, t.OutboxMessage.leased).where(
            t.OutboxMessage.state == MessageState.SENDING
        )
        with reading(self.engine) as connection:
            found = connection.execute(query).all()
        dead = [row for row in found if row.leased <= now or not alive(row.worker)]
        retried = unknown = 0
        if dead:
            with writing(self.engine, durable=True) as connection:
                for row in dead:
                    base = update(t.OutboxMessage).where(
                        t.OutboxMessage.id == row.id,
                        t.OutboxMessage.state == MessageState.SENDING,
                        t.OutboxMessage.worker == row.worker,
                    )
                    free: dict[str, Any] = {"worker": None, "leased": None, "code": None, "detail": DIED}
                    handed = t.OutboxMessage.handed
                    # What had not left yet may go at once; what may have arrived gets a pause.
                    retried += connection.execute(
                        base.where(handed.is_(None)).values(
                            **free, state=MessageState.RETRY, due=now, tries=t.OutboxMessage.tries - 1
                        )
                    ).rowcount
                    unknown += connection.execute(
                        base.where(handed.is_not(None)).values(
                            **free,
                            state=MessageState.UNKNOWN,
                            due=now + pause,
                            doubts=t.OutboxMessage.doubts + 1,
                            handed=None,
                        )
                    ).rowcount
        return retried, unknown

    def lease(self, worker: str, *, now: datetime, until: datetime, channels: Sequence[str]) -> Leased | None:
        """Takes the next message that is due for ``worker``; None when there is none. What is for an
        address that has left or was stopped meanwhile, or of a rule that is gone, is given up."""
        message = t.OutboxMessage
        query = (
            select(message.__table__)
            .where(
                message.state.in_(OPEN),
                message.due <= now,
                message.channel.in_(channels),
            )
            .order_by(message.due, message.id)
            .limit(1)
        )
        with reading(self.engine) as connection:
            if connection.execute(query).first() is None:
                return None
        with writing(self.engine, durable=True) as connection:
            while (row := connection.execute(query).first()) is not None:
                reason = _pointless(connection, row)
                if reason:
                    _end(connection, row.id, MessageState.FAILED, detail=reason, code=None, now=now)
                    continue
                connection.execute(
                    update(message)
                    .where(message.id == row.id)
                    .values(
                        state=MessageState.SENDING,
                        worker=worker,
                        leased=until,
                        handed=None,
                        tries=message.tries + 1,
                    )
                )
                return Leased(
                    id=row.id,
                    sort=MessageSort(row.sort),
                    channel=row.channel,
                    recipient=row.recipient,
                    message_id=row.message_id,
                    subject=row.subject,
                    content=row.content or b"",
                    tries=row.tries + 1,
                    doubts=row.doubts,
                )
        return None

    def hand(self, number: int, worker: str, *, now: datetime) -> bool:
        """Stores that the message is about to be handed over; False when it is not this worker's any more,
        and must not be."""
        with writing(self.engine, durable=True) as connection:
            changed = connection.execute(
                update(t.OutboxMessage)
                .where(*_mine(number, worker), t.OutboxMessage.leased > now)
                .values(handed=now)
            )
        return changed.rowcount == 1

    def sent(self, number: int, worker: str, *, now: datetime, detail: str = "") -> bool:
        """Stores that a server took the message. Its text is dropped: it is where it belongs."""
        with writing(self.engine, durable=True) as connection:
            changed = connection.execute(
                update(t.OutboxMessage)
                .where(*_mine(number, worker))
                .values(
                    state=MessageState.SENT,
                    ended=now,
                    worker=None,
                    leased=None,
                    content=None,
                    code=None,
                    detail=_short(detail),
                )
            )
        return changed.rowcount == 1

    def back(
        self,
        number: int,
        worker: str,
        state: MessageState,
        *,
        due: datetime,
        code: int | None,
        detail: str,
        counted: bool = True,
    ) -> None:
        """Stores that the message was not sent and is tried again: ``state`` is retry or unknown. What was
        unknown before stays so. ``counted`` False: the try was not the message's own fault."""
        values: dict[str, Any] = {"worker": None, "leased": None, "due": due, "code": code, "handed": None}
        values["detail"] = _short(detail)
        if state is MessageState.UNKNOWN:
            values["doubts"] = t.OutboxMessage.doubts + 1
        if not counted:
            values["tries"] = t.OutboxMessage.tries - 1
        with writing(self.engine, durable=True) as connection:
            if not counted:
                row = connection.execute(
                    select(t.OutboxMessage.tries, t.OutboxMessage.doubts).where(*_mine(number, worker))
                ).first()
                if row is not None and row.tries <= 1:
                    state = MessageState.PENDING
            doubtful = t.OutboxMessage.doubts > 0
            connection.execute(
                update(t.OutboxMessage).where(*_mine(number, worker)).values(state=state, **values)
            )
            connection.execute(
                update(t.OutboxMessage)
                .where(t.OutboxMessage.id == number, t.OutboxMessage.state.in_(OPEN), doubtful)
                .values(state=MessageState.UNKNOWN)
            )

    def failed(self, number: int, worker: str, *, now: datetime, code: int | None, detail: str) -> None:
        """Gives the message up."""
        with writing(self.engine, durable=True) as connection:
            if connection.execute(select(t.OutboxMessage.id).where(*_mine(number, worker))).scalar():
                _end(connection, number, MessageState.FAILED, detail=detail, code=code, now=now)

    # -- channels that wait -----------------------------------------------------------------------

    def stop(self, channel: str, detail: str, *, now: datetime) -> None:
        """Stores that the channel's whole queue waits."""
        statement = sqlite.insert(t.OutboxStop).values(
            channel=channel, since=now, last=now, detail=_short(detail)
        )
        statement = statement.on_conflict_do_update(
            index_elements=["channel"], set_={"last": now, "detail": _short(detail)}
        )
        with writing(self.engine) as connection:
            connection.execute(statement)

    def go(self, channel: str) -> None:
        """Stores that the channel works."""
        there = select(t.OutboxStop.channel).where(t.OutboxStop.channel == channel)
        with reading(self.engine) as connection:
            if connection.execute(there).scalar() is None:
                return
        with writing(self.engine) as connection:
            connection.execute(delete(t.OutboxStop).where(t.OutboxStop.channel == channel))

    def stops(self) -> tuple[Stop, ...]:
        """The channels that wait."""
        with reading(self.engine) as connection:
            found = connection.execute(select(t.OutboxStop.__table__).order_by(t.OutboxStop.channel))
            return tuple(
                Stop(channel=row.channel, since=row.since, last=row.last, detail=row.detail) for row in found
            )

    # -- looking ----------------------------------------------------------------------------------

    def counts(self) -> dict[MessageState, int]:
        """Messages by state."""
        query = select(t.OutboxMessage.state, func.count()).group_by(t.OutboxMessage.state)
        with reading(self.engine) as connection:
            found = {MessageState(state): number for state, number in connection.execute(query)}
        return {state: found.get(state, 0) for state in MessageState}

    def messages(
        self, *, states: Iterable[MessageState] = (), rule: int | None = None, limit: int | None = None
    ) -> tuple[MessageRow, ...]:
        """Messages, latest first."""
        query = _rows().order_by(t.OutboxMessage.id.desc()).limit(limit)
        if states := tuple(states):
            query = query.where(t.OutboxMessage.state.in_(states))
        if rule is not None:
            query = query.where(t.OutboxMessage.rule_id == rule)
        with reading(self.engine) as connection:
            return tuple(_row(row) for row in connection.execute(query))

    def message(self, which: str) -> tuple[MessageRow, tuple[Any, ...]] | None:
        """The message with this number, or whose Message-ID begins so, and the hits that it tells."""
        conditions = [t.OutboxMessage.message_id.startswith(f"<{which.lstrip('<')}", autoescape=True)]
        if which.isascii() and which.isdigit() and len(which) < 18:
            conditions.append(t.OutboxMessage.id == int(which))
        with reading(self.engine) as connection:
            found = connection.execute(_rows().where(or_(*conditions)).limit(2)).all()
            if len(found) != 1:
                return None
            first = found[0].first_id or found[0].id
            hits = select(t.AlertHit.__table__).where(t.AlertHit.message_id == first).order_by(t.AlertHit.id)
            told = tuple(alerts.hit_from(row) for row in connection.execute(hits))
        return _row(found[0]), told


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


def _mine(number: int, worker: str) -> tuple[Any, ...]:
    return (
        t.OutboxMessage.id == number,
        t.OutboxMessage.worker == worker,
        t.OutboxMessage.state == MessageState.SENDING,
    )


def _close(connection: Connection, rule: int, at: datetime) -> None:
    statement = sqlite.insert(t.AlertWindow).values(rule_id=rule, closed=at)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["rule_id"],
            set_={"closed": statement.excluded.closed},
            where=t.AlertWindow.closed < statement.excluded.closed,
        )
    )


def _check(waiting: Waiting, messages: Sequence[NewMessage]) -> None:
    """Holds ``write`` to its contract: nothing is lost, nothing told twice, also by a mistake of ours."""
    for recipient in waiting.recipients:
        told = sorted(
            hit for message in messages if message.recipient == recipient.address for hit in message.hits
        )
        if told != sorted(hit.id or 0 for hit in waiting.hits):
            raise AssertionError(f"rule {waiting.rule.id}: the messages do not tell each hit once")


def _insert(
    connection: Connection,
    message: NewMessage,
    *,
    rule: int | None,
    firsts: dict[int, int],
    now: datetime,
) -> None:
    first = firsts.get(message.hits[0]) if message.hits else None
    number = connection.execute(
        insert(t.OutboxMessage)
        .values(
            rule_id=rule,
            first_id=first,
            sort=message.sort,
            channel=message.channel,
            recipient=message.recipient,
            window=message.window,
            message_id=message.message_id,
            subject=rows.storable(message.subject),
            content=message.content,
            hits=len(message.hits),
            state=MessageState.PENDING,
            created=now,
            due=now,
            tries=0,
            doubts=0,
            detail="",
        )
        .returning(t.OutboxMessage.id)
    ).scalar_one()
    for hit in message.hits:
        firsts.setdefault(hit, number)


def _pointless(connection: Connection, row: Any) -> str:
    """Why the message must not be sent any more; "" when it may."""
    if row.content is None:
        return "its text was erased"
    if row.sort == MessageSort.DIGEST and row.rule_id is None:
        return "the rule was removed"
    known = connection.execute(
        select(t.Subscriber.id, t.Subscriber.stopped).where(t.Subscriber.address == row.recipient)
    ).first()
    if known is None:
        return ""
    if known.stopped is not None:
        return "the address is stopped"
    left = select(t.Subscription.left).where(
        t.Subscription.rule_id == row.rule_id, t.Subscription.subscriber_id == known.id
    )
    if row.sort == MessageSort.DIGEST and connection.execute(left).scalar() is not None:
        return "the recipient has unsubscribed"
    return ""


def _end(
    connection: Connection, number: int, state: MessageState, *, detail: str, code: int | None, now: datetime
) -> None:
    connection.execute(
        update(t.OutboxMessage)
        .where(t.OutboxMessage.id == number)
        .values(
            state=state, ended=now, worker=None, leased=None, handed=None, code=code, detail=_short(detail)
        )
    )


def _short(detail: str) -> str:
    return rows.storable(" ".join(detail.split()))[:500]
