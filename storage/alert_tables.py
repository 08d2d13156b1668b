"""The tables of alerts, but for those of their delivery.

    alert_rules ── alert_hits ──→ articles, cases     what a rule found, each thing once

    article_marks      what people say of an article: relevant or not

A hit holds all that a message needs, so that it can be told also when its article is not stored (it
is not relevant, and the rule looks at everything) or is not there any more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_REUSE, Base, Key, only


class AlertRule(Base):
    """One saved search that tells somebody what it finds."""

    __tablename__ = "alert_rules"
    __table_args__ = (NEVER_REUSE,)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True, comment="the rule's name")
    query: Mapped[str] = mapped_column(comment="what it looks for; docs/alerts.md")
    scope: Mapped[str] = mapped_column(comment="relevant | all: which articles it looks at")
    address: Mapped[str] = mapped_column(comment="mailto:…, or the address of another channel")
    rhythm: Mapped[str] = mapped_column(comment="instant | hourly | daily | weekly")
    hour: Mapped[int] = mapped_column(comment="of the day at which daily and weekly ones are sent, in zone")
    weekday: Mapped[int] = mapped_column(comment="of weekly ones; 0 is Monday")
    zone: Mapped[str] = mapped_column(comment="IANA time zone of the subscriber")
    quiet_from: Mapped[str | None] = mapped_column(comment="HH:MM in zone from which nothing is sent")
    quiet_until: Mapped[str | None] = mapped_column(comment="HH:MM in zone until which nothing is sent")
    quiet_days: Mapped[list[int]] = mapped_column(
        JSON, comment="weekdays in zone on which nothing is sent; 0 is Monday"
    )
    language: Mapped[str] = mapped_column(comment="ISO 639-1, of the messages")
    state: Mapped[str] = mapped_column(comment="active | paused | unconfirmed; only active ones look")
    detail: Mapped[str] = mapped_column(comment="why it is in this state, where that is not a user's wish")
    created: Mapped[datetime] = mapped_column(comment="when it was first saved")
    changed: Mapped[datetime] = mapped_column(comment="when any of it was last changed")


class AlertHit(Base):
    """Something that a rule found; ``key`` says what, so that it is found once."""

    __tablename__ = "alert_hits"
    __table_args__ = (
        UniqueConstraint("rule_id", "key"),
        Index("ix_alert_hits_unsent", "rule_id", **only("message_id IS NULL")),
        Index(None, "article_id"),
        Index(None, "case_id"),
        Index(None, "message_id"),
        NEVER_REUSE,
    )

    id: Mapped[Key]
    rule_id: Mapped[int] = mapped_column(ForeignKey("alert_rules.id", ondelete="CASCADE"), comment="rule")
    key: Mapped[str] = mapped_column(comment="case:N:stage | record:N | record:N:rN | article:ADDRESS")
    sort: Mapped[str] = mapped_column(comment="case | figure | words: what the key is of")
    article_id: Mapped[int | None] = mapped_column(
        ForeignKey("articles.id", ondelete="SET NULL"), comment="its article; null where none is stored"
    )
    record_id: Mapped[int | None] = mapped_column(comment="the first record that matched; it may be gone")
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("cases.id", ondelete="SET NULL"), comment="case by which messages are grouped"
    )
    stage: Mapped[str | None] = mapped_column(comment="stage of the case that is told")
    note: Mapped[str] = mapped_column(comment="what is special: corrected from 12 to 9; else ''")
    url: Mapped[str] = mapped_column(comment="the article's address; '' for text with none")
    title: Mapped[str] = mapped_column(comment="the article's title")
    source: Mapped[str] = mapped_column(comment="slug of the article's source")
    language: Mapped[str] = mapped_column(comment="ISO 639-1 of the article")
    published: Mapped[datetime | None] = mapped_column(comment="publication of the article")
    excerpt: Mapped[str] = mapped_column(comment="the sentence that matched, verbatim")
    matched: Mapped[dict[str, Any]] = mapped_column(
        JSON,
        comment="words and facts that matched, records, and [start, end] of marks in title and excerpt",
    )
    found: Mapped[datetime] = mapped_column(comment="when it was found")
    message_id: Mapped[int | None] = mapped_column(comment="the message of the outbox that tells it")


class ArticleMark(Base):
    """What a person says of an article."""

    __tablename__ = "article_marks"
    __table_args__ = ({"sqlite_with_rowid": False},)

    url: Mapped[str] = mapped_column(primary_key=True, comment="the article's address as it is stored")
    by: Mapped[str] = mapped_column(primary_key=True, comment="who says it")
    relevant: Mapped[bool] = mapped_column(comment="whether it is about foreign drug detainees")
    at: Mapped[datetime] = mapped_column(comment="when it was said")
