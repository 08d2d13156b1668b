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
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update

from storage import alerts
from storage import tables as t
from storage.alert_values import Rule, RuleState
from storage.engine import adding, reading, writing
from storage.outbox_load import load_waiting
from storage.outbox_rows import (
    check_told,
    close_window,
    end_message,
    insert_message,
    mine,
    short,
    why_pointless,
)
from storage.outbox_values import (
    Leased,
    MessageSort,
    MessageState,
    NewMessage,
    Recipient,
    Waiting,
)

OPEN = (MessageState.PENDING, MessageState.RETRY, MessageState.UNKNOWN)
"""States out of which a message is tried."""
DIED = "the sending process died"


def _sending(engine: Engine) -> AbstractContextManager[Connection]:
    """A transaction about messages in hand: their rows are locked, so that senders need not wait for those
    who save pages."""
    return writing(engine, durable=True, alone=False)


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
                statement = adding(connection, t.Secret).values(name="mail", value=secrets.token_bytes(32))
                connection.execute(statement.on_conflict_do_nothing())
                found = connection.execute(select(t.Secret.value).where(t.Secret.name == "mail")).scalar_one()
        return found

    def rules(self) -> tuple[tuple[Rule, int, datetime | None], ...]:
        """Every rule that is not paused, with the number of its hits that no message tells yet, and the
        latest hour of sending that was seen to."""
        waiting = (
            select(t.AlertHit.rule_id, func.count().label("waiting"))
            .where(t.AlertHit.message_id.is_(None), alerts.to_be_told())
            .group_by(t.AlertHit.rule_id)
        )
        with reading(self.engine) as connection:
            counts: dict[int | None, int] = {row.rule_id: row.waiting for row in connection.execute(waiting)}
            closed: dict[int | None, datetime] = {
                row.rule_id: row.closed for row in connection.execute(select(t.AlertWindow.__table__))
            }
            return tuple(
                (rule, counts.get(rule.id, 0), closed.get(rule.id))
                for rule in alerts.all_rules(connection)
                if rule.state is not RuleState.PAUSED
            )

    def close_windows(self, windows: Sequence[tuple[int, datetime]]) -> None:
        """Marks hours of sending as seen to: nothing was there to be told."""
        if windows:
            with writing(self.engine) as connection:
                for rule, at in windows:
                    close_window(connection, rule, at)

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
            check_told(waiting, messages)
            firsts: dict[int, int] = {}
            for message in messages:
                insert_message(connection, message, rule=rule.id, firsts=firsts, now=now)
            for hit, number in firsts.items():
                connection.execute(update(t.AlertHit).where(t.AlertHit.id == hit).values(message_id=number))
            if window is not None:
                close_window(connection, rule.id, window)
        return len(waiting.hits), len(messages)

    def put(self, message: NewMessage, *, now: datetime) -> bool:
        """Stores a message that is of no rule; False when it was put before."""
        with writing(self.engine, durable=True) as connection:
            there = select(t.OutboxMessage.id).where(t.OutboxMessage.message_id == message.message_id)
            if connection.execute(there).scalar() is not None:
                return False
            insert_message(connection, message, rule=None, firsts={}, now=now)
        return True

    def has_work(self) -> bool:
        """Whether anything is not sent and not given up."""
        open_ = select(t.OutboxMessage.id).where(t.OutboxMessage.state.in_(OPEN)).limit(1)
        leased = select(t.OutboxMessage.id).where(t.OutboxMessage.state == MessageState.SENDING).limit(1)
        with reading(self.engine) as connection:
            return any(connection.execute(query).scalar() is not None for query in (open_, leased))

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
            with _sending(self.engine) as connection:
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
        # On PostgreSQL others take messages at the same moment: each passes over those in their hands.
        query = query.with_for_update(skip_locked=True, of=message)
        with _sending(self.engine) as connection:
            while (row := connection.execute(query).first()) is not None:
                reason = why_pointless(connection, row)
                if reason:
                    end_message(connection, row.id, MessageState.FAILED, detail=reason, code=None, now=now)
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
        with _sending(self.engine) as connection:
            changed = connection.execute(
                update(t.OutboxMessage)
                .where(*mine(number, worker), t.OutboxMessage.leased > now)
                .values(handed=now)
            )
        return changed.rowcount == 1

    def sent(self, number: int, worker: str, *, now: datetime, detail: str = "") -> bool:
        """Stores that a server took the message. Its text is dropped: it is where it belongs."""
        with _sending(self.engine) as connection:
            changed = connection.execute(
                update(t.OutboxMessage)
                .where(*mine(number, worker))
                .values(
                    state=MessageState.SENT,
                    ended=now,
                    worker=None,
                    leased=None,
                    content=None,
                    code=None,
                    detail=short(detail),
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
        values["detail"] = short(detail)
        if state is MessageState.UNKNOWN:
            values["doubts"] = t.OutboxMessage.doubts + 1
        if not counted:
            values["tries"] = t.OutboxMessage.tries - 1
        with _sending(self.engine) as connection:
            if not counted:
                row = connection.execute(
                    select(t.OutboxMessage.tries, t.OutboxMessage.doubts).where(*mine(number, worker))
                ).first()
                if row is not None and row.tries <= 1:
                    state = MessageState.PENDING
            doubtful = t.OutboxMessage.doubts > 0
            connection.execute(
                update(t.OutboxMessage).where(*mine(number, worker)).values(state=state, **values)
            )
            connection.execute(
                update(t.OutboxMessage)
                .where(t.OutboxMessage.id == number, t.OutboxMessage.state.in_(OPEN), doubtful)
                .values(state=MessageState.UNKNOWN)
            )

    def failed(self, number: int, worker: str, *, now: datetime, code: int | None, detail: str) -> None:
        """Gives the message up."""
        with _sending(self.engine) as connection:
            if connection.execute(select(t.OutboxMessage.id).where(*mine(number, worker))).scalar():
                end_message(connection, number, MessageState.FAILED, detail=detail, code=code, now=now)
