"""Single rows of the outbox, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from storage import rows
from storage import tables as t
from storage.engine import adding
from storage.outbox_values import MessageSort, MessageState, NewMessage, SubscriberState, Waiting


def mine(number: int, worker: str) -> tuple[Any, ...]:
    """The condition that the message is in this worker's hand."""
    return (
        t.OutboxMessage.id == number,
        t.OutboxMessage.worker == worker,
        t.OutboxMessage.state == MessageState.SENDING,
    )


def close_window(connection: Connection, rule: int, at: datetime) -> None:
    """Marks an hour of sending as seen to; a later one stays."""
    statement = adding(connection, t.AlertWindow).values(rule_id=rule, closed=at)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["rule_id"],
            set_={"closed": statement.excluded.closed},
            where=t.AlertWindow.closed < statement.excluded.closed,
        )
    )


def check_told(waiting: Waiting, messages: Sequence[NewMessage]) -> None:
    """Holds ``write`` to its contract: nothing is lost, nothing told twice, also by a mistake of ours."""
    for recipient in waiting.recipients:
        told = sorted(
            hit for message in messages if message.recipient == recipient.address for hit in message.hits
        )
        if told != sorted(hit.id or 0 for hit in waiting.hits):
            raise AssertionError(f"rule {waiting.rule.id}: the messages do not tell each hit once")


def insert_message(
    connection: Connection,
    message: NewMessage,
    *,
    rule: int | None,
    firsts: dict[int, int],
    now: datetime,
) -> None:
    """Stores a message. ``firsts`` has the first message that tells each hit, and grows."""
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


def why_pointless(connection: Connection, row: Any) -> str:
    """Why the message must not be sent any more; "" when it may."""
    if row.content is None:
        return "its text was erased"
    if row.sort == MessageSort.DIGEST and row.rule_id is None:
        return "the rule was removed"
    known = connection.execute(
        select(t.Subscriber.id, t.Subscriber.state, t.Subscriber.stopped).where(
            t.Subscriber.address == row.recipient
        )
    ).first()
    if known is None:
        return ""
    if known.stopped is not None:
        return "the address is stopped"
    if row.sort == MessageSort.CONFIRM and known.state != SubscriberState.WAITING:
        return "it was confirmed already"
    left = select(t.Subscription.left).where(
        t.Subscription.rule_id == row.rule_id, t.Subscription.subscriber_id == known.id
    )
    if row.sort == MessageSort.DIGEST and connection.execute(left).scalar() is not None:
        return "the recipient has unsubscribed"
    return ""


def end_message(
    connection: Connection, number: int, state: MessageState, *, detail: str, code: int | None, now: datetime
) -> None:
    """Ends a message for good."""
    connection.execute(
        update(t.OutboxMessage)
        .where(t.OutboxMessage.id == number)
        .values(
            state=state, ended=now, worker=None, leased=None, handed=None, code=code, detail=short(detail)
        )
    )


def short(detail: str) -> str:
    """What is kept of a server's words."""
    return rows.storable(" ".join(detail.split()))[:500]
