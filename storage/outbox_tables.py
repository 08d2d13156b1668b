"""The tables of the delivery of alerts.

    alert_rules ──┬── alert_windows                   up to when a rule's digests are made
                  ├── subscriptions ── subscribers    who gets what, and may leave by a token
                  └── outbox ←── alert_hits           messages, and what became of them

    outbox_stops      channels whose whole queue waits, and why

A message is written together with the marks on the hits that it tells: a hit is in none, or in one for
each recipient.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_REUSE, Base, Key, only


class Subscriber(Base):
    """An address that gets messages, or was asked whether it wants them."""

    __tablename__ = "subscribers"
    __table_args__ = (NEVER_REUSE,)

    id: Mapped[Key]
    address: Mapped[str] = mapped_column(unique=True, comment="as messages are sent to it")
    state: Mapped[str] = mapped_column(comment="waiting | confirmed | vouched")
    token: Mapped[str] = mapped_column(unique=True, comment="random; whoever has it may confirm")
    asked: Mapped[datetime | None] = mapped_column(comment="when it was asked to confirm")
    answered: Mapped[datetime | None] = mapped_column(comment="when it confirmed, or was vouched for")
    stopped: Mapped[datetime | None] = mapped_column(comment="when a server refused it for good")
    detail: Mapped[str] = mapped_column(comment="what the server said then")


class Subscription(Base):
    """One address and one rule."""

    __tablename__ = "subscriptions"
    __table_args__ = (Index(None, "subscriber_id"),)

    rule_id: Mapped[int] = mapped_column(
        ForeignKey("alert_rules.id", ondelete="CASCADE"), primary_key=True, comment="rule"
    )
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True, comment="address"
    )
    token: Mapped[str] = mapped_column(unique=True, comment="random; whoever has it may unsubscribe")
    left: Mapped[datetime | None] = mapped_column(comment="when it unsubscribed; null: it gets messages")


class AlertWindow(Base):
    """Up to when the digests of a rule are made, so that none is made twice."""

    __tablename__ = "alert_windows"

    rule_id: Mapped[int] = mapped_column(
        ForeignKey("alert_rules.id", ondelete="CASCADE"), primary_key=True, comment="rule"
    )
    closed: Mapped[datetime] = mapped_column(comment="the latest hour of sending that was seen to")


class OutboxMessage(Base):
    """One message to one recipient."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("rule_id", "recipient", "window"),
        Index("ix_outbox_open", "due", **only("state IN ('pending', 'retry', 'unknown')")),
        Index("ix_outbox_leased", "state", **only("state = 'sending'")),
        Index(None, "recipient"),
        Index(None, "first_id"),
        NEVER_REUSE,
    )

    id: Mapped[Key]
    rule_id: Mapped[int | None] = mapped_column(
        ForeignKey("alert_rules.id", ondelete="SET NULL"), comment="rule; null where it is of none"
    )
    first_id: Mapped[int | None] = mapped_column(
        comment="the message that tells the same hits to the rule's first recipient; null: this is it"
    )
    sort: Mapped[str] = mapped_column(comment="digest | confirm | notice")
    channel: Mapped[str] = mapped_column(comment="mail | chat; without a mail server mail goes to a folder")
    recipient: Mapped[str] = mapped_column(comment="mail address, or the secret address of another channel")
    window: Mapped[str] = mapped_column(comment="what makes it the only one to this recipient by this rule")
    message_id: Mapped[str] = mapped_column(unique=True, comment="Message-ID, the same at every try")
    subject: Mapped[str] = mapped_column(comment="subject")
    content: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="the message as it is sent; dropped once it was"
    )
    hits: Mapped[int] = mapped_column(comment="how many hits it tells")
    state: Mapped[str] = mapped_column(comment="pending | sending | sent | retry | failed | unknown")
    created: Mapped[datetime] = mapped_column(comment="when it was made")
    due: Mapped[datetime] = mapped_column(comment="not before this it is tried")
    tries: Mapped[int] = mapped_column(comment="how many times it was tried")
    doubts: Mapped[int] = mapped_column(comment="of them, how many may have succeeded unseen")
    worker: Mapped[str | None] = mapped_column(comment="the process that has it while it is sending")
    leased: Mapped[datetime | None] = mapped_column(comment="until when that process has it")
    handed: Mapped[datetime | None] = mapped_column(comment="when its text began to be handed over")
    ended: Mapped[datetime | None] = mapped_column(comment="when it was sent, or failed for good")
    code: Mapped[int | None] = mapped_column(comment="the server's latest answer")
    detail: Mapped[str] = mapped_column(comment="what the server said, or why it is in this state")


class OutboxStop(Base):
    """A channel whose whole queue waits."""

    __tablename__ = "outbox_stops"

    channel: Mapped[str] = mapped_column(primary_key=True, comment="channel")
    since: Mapped[datetime] = mapped_column(comment="since when")
    last: Mapped[datetime] = mapped_column(comment="when it was last tried")
    detail: Mapped[str] = mapped_column(comment="why")
