"""Who gets messages: addresses that confirm before they get anything, leave by a token, or are stopped."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, or_, select, update

from pipeline.errors import QueryError
from storage import alerts, rows
from storage import tables as t
from storage.alert_values import RuleState
from storage.engine import reading, writing
from storage.outbox_values import MessageState, Recipient, Subscriber, SubscriberState

AT_ONCE = 200
"""Subscriptions that one transaction makes, so that others can write between."""


def subscribers(engine: Engine) -> tuple[Subscriber, ...]:
    """Every address that was ever sent to or asked, in the order of the alphabet."""
    with reading(engine) as connection:
        found = connection.execute(select(t.Subscriber.__table__).order_by(t.Subscriber.address))
        return tuple(_subscriber(row) for row in found)


def enrolled(engine: Engine) -> dict[tuple[int, str], tuple[Subscriber, Recipient | None]]:
    """By (rule, address) each subscription; no recipient where the address has left the rule."""
    with reading(engine) as connection:
        query = select(
            t.Subscriber.__table__,
            t.Subscription.rule_id,
            t.Subscription.token.label("leave"),
            t.Subscription.left,
        ).join(t.Subscription, t.Subscription.subscriber_id == t.Subscriber.id)
        return {
            (row.rule_id, row.address): (
                _subscriber(row),
                Recipient(address=row.address, channel="", token=row.leave) if row.left is None else None,
            )
            for row in connection.execute(query)
        }


def enrol(engine: Engine, wanted: Sequence[tuple[int, str, bool]], *, now: datetime) -> None:
    """Makes subscriptions (rule, address, whether the operator vouches for it) that are not there yet."""
    for start in range(0, len(wanted), AT_ONCE):
        with writing(engine) as connection:
            for rule, address, vouched in wanted[start : start + AT_ONCE]:
                number = _number(connection, address, vouched=vouched, now=now)
                there = select(t.Subscription.rule_id).where(
                    t.Subscription.rule_id == rule, t.Subscription.subscriber_id == number
                )
                known_rule = select(t.AlertRule.id).where(t.AlertRule.id == rule)
                if (
                    connection.execute(there).scalar() is None
                    and connection.execute(known_rule).scalar() is not None
                ):
                    connection.execute(
                        insert(t.Subscription).values(
                            rule_id=rule, subscriber_id=number, token=secrets.token_urlsafe(18)
                        )
                    )


def mark_asked(engine: Engine, address: str, *, now: datetime) -> None:
    """Stores that the address was asked whether it wants messages."""
    with writing(engine) as connection:
        connection.execute(update(t.Subscriber).where(t.Subscriber.address == address).values(asked=now))


def vouch(engine: Engine, address: str, *, now: datetime) -> Subscriber:
    """The operator says that the address may get messages. A stop is lifted."""
    with writing(engine) as connection:
        number = _number(connection, address, vouched=True, now=now)
        _lift(connection, number, address, now=now)
        _wake(connection, address, now=now)
        row = connection.execute(select(t.Subscriber.__table__).where(t.Subscriber.id == number)).one()
        return _subscriber(row)


def confirm(engine: Engine, token: str, *, now: datetime) -> Subscriber:
    """Whoever has the address's token says that it wants messages. Raises QueryError for no such token."""
    with writing(engine) as connection:
        row = connection.execute(select(t.Subscriber.__table__).where(t.Subscriber.token == token)).first()
        if row is None:
            raise QueryError("No address waits for this token.", key="token")
        if row.state == SubscriberState.WAITING:
            connection.execute(
                update(t.Subscriber)
                .where(t.Subscriber.id == row.id)
                .values(state=SubscriberState.CONFIRMED, answered=now)
            )
        _lift(connection, row.id, row.address, now=now)
        _wake(connection, row.address, now=now)
        again = connection.execute(select(t.Subscriber.__table__).where(t.Subscriber.id == row.id)).one()
        return _subscriber(again)


def unsubscribe(engine: Engine, token: str, *, now: datetime) -> tuple[str, str]:
    """Takes an address off a rule: (address, the rule's name). What is under way to it for this rule is
    given up. Doing it again changes nothing. Raises QueryError for no such token."""
    with writing(engine) as connection:
        row = connection.execute(
            select(t.Subscription.__table__, t.Subscriber.address, t.AlertRule.name)
            .join(t.Subscriber, t.Subscriber.id == t.Subscription.subscriber_id)
            .join(t.AlertRule, t.AlertRule.id == t.Subscription.rule_id)
            .where(t.Subscription.token == token)
        ).first()
        if row is None:
            raise QueryError("There is no subscription with this token.", key="token")
        if row.left is None:
            connection.execute(update(t.Subscription).where(t.Subscription.token == token).values(left=now))
        connection.execute(
            update(t.OutboxMessage)
            .where(
                t.OutboxMessage.rule_id == row.rule_id,
                t.OutboxMessage.recipient == row.address,
                t.OutboxMessage.state.in_(("pending", "retry", "unknown")),
            )
            .values(state=MessageState.FAILED, ended=now, detail="the recipient has unsubscribed")
        )
        return row.address, row.name


def resubscribe(engine: Engine, rule: int, address: str) -> bool:
    """Puts an address back that had left the rule; False when it had not."""
    mine = select(t.Subscriber.id).where(t.Subscriber.address == address).scalar_subquery()
    with writing(engine) as connection:
        changed = connection.execute(
            update(t.Subscription)
            .where(
                t.Subscription.rule_id == rule,
                t.Subscription.subscriber_id == mine,
                t.Subscription.left.is_not(None),
            )
            .values(left=None)
        )
    return changed.rowcount > 0


def stop_address(engine: Engine, address: str, detail: str, *, now: datetime) -> None:
    """A server refuses the address for good: nothing more is sent to it, and what waits is given up."""
    short = rows.storable(" ".join(detail.split()))[:500]
    with writing(engine, durable=True) as connection:
        number = _number(connection, address, vouched=False, now=now)
        connection.execute(
            update(t.Subscriber).where(t.Subscriber.id == number).values(stopped=now, detail=short)
        )
        connection.execute(
            update(t.OutboxMessage)
            .where(
                t.OutboxMessage.recipient == address,
                t.OutboxMessage.state.in_(("pending", "retry", "unknown")),
            )
            .values(state=MessageState.FAILED, ended=now, detail=f"the address is stopped: {short}"[:500])
        )


def lift_stop(engine: Engine, address: str, *, now: datetime) -> int:
    """The address works again: its stop is lifted, and what was given up for it is sent after all. How
    many messages that are."""
    with writing(engine) as connection:
        number = connection.execute(select(t.Subscriber.id).where(t.Subscriber.address == address)).scalar()
        return _lift(connection, number, address, now=now) if number is not None else 0


def _lift(connection: Connection, number: int, address: str, *, now: datetime) -> int:
    stopped = connection.execute(select(t.Subscriber.stopped).where(t.Subscriber.id == number)).scalar()
    if stopped is None:
        return 0
    connection.execute(update(t.Subscriber).where(t.Subscriber.id == number).values(stopped=None, detail=""))
    message = t.OutboxMessage
    return connection.execute(
        update(message)
        .where(
            message.recipient == address,
            message.state == MessageState.FAILED,
            message.ended >= stopped,
            message.content.is_not(None),
            or_(message.detail.startswith("the address is stopped"), message.code.in_((550, 551, 553))),
        )
        .values(state=MessageState.RETRY, due=now, ended=None, tries=0)
    ).rowcount


def _wake(connection: Connection, address: str, *, now: datetime) -> None:
    """Rules that waited for this address begin to look."""
    query = (
        select(t.AlertRule.id)
        .join(t.Subscription, t.Subscription.rule_id == t.AlertRule.id)
        .join(t.Subscriber, t.Subscriber.id == t.Subscription.subscriber_id)
        .where(t.Subscriber.address == address, t.AlertRule.state == RuleState.UNCONFIRMED)
    )
    numbers = list(connection.execute(query).scalars())
    if numbers:
        alerts.set_state(connection, numbers, RuleState.ACTIVE, now=now)


def _number(connection: Connection, address: str, *, vouched: bool, now: datetime) -> int:
    """The number of the address; one that is not known is stored, one that waits may be vouched for."""
    row = connection.execute(
        select(t.Subscriber.id, t.Subscriber.state).where(t.Subscriber.address == address)
    ).first()
    if row is None:
        return connection.execute(
            insert(t.Subscriber)
            .values(
                address=address,
                state=SubscriberState.VOUCHED if vouched else SubscriberState.WAITING,
                token=secrets.token_urlsafe(18),
                answered=now if vouched else None,
                detail="",
            )
            .returning(t.Subscriber.id)
        ).scalar_one()
    if vouched and row.state == SubscriberState.WAITING:
        connection.execute(
            update(t.Subscriber)
            .where(t.Subscriber.id == row.id)
            .values(state=SubscriberState.VOUCHED, answered=now)
        )
    return int(row.id)


def _subscriber(row: Any) -> Subscriber:
    return Subscriber(
        address=row.address,
        state=SubscriberState(row.state),
        token=row.token,
        asked=row.asked,
        answered=row.answered,
        stopped=row.stopped,
        detail=row.detail,
    )
