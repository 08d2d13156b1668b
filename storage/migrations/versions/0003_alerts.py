"""Alerts: rules, what they found, and what people say of articles.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import NUMBER, TEXT, only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def _text(name: str, comment: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=null, comment=comment)


def upgrade() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        _text("name", "the rule's name"),
        _text("query", "what it looks for; docs/alerts.md"),
        _text("scope", "relevant | all: which articles it looks at"),
        _text("address", "mailto:…, or the address of another channel"),
        _text("rhythm", "instant | hourly | daily | weekly"),
        sa.Column(
            "hour",
            NUMBER,
            nullable=False,
            comment="of the day at which daily and weekly ones are sent, in zone",
        ),
        sa.Column("weekday", NUMBER, nullable=False, comment="of weekly ones; 0 is Monday"),
        _text("zone", "IANA time zone of the subscriber"),
        _text("quiet_from", "HH:MM in zone from which nothing is sent", null=True),
        _text("quiet_until", "HH:MM in zone until which nothing is sent", null=True),
        sa.Column(
            "quiet_days",
            sa.JSON(),
            nullable=False,
            comment="weekdays in zone on which nothing is sent; 0 is Monday",
        ),
        _text("language", "ISO 639-1, of the messages"),
        _text("state", "active | paused | unconfirmed; only active ones look"),
        _text("detail", "why it is in this state, where that is not a user's wish"),
        sa.Column("created", TIME, nullable=False, comment="when it was first saved"),
        sa.Column("changed", TIME, nullable=False, comment="when any of it was last changed"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_rules"),
        sa.UniqueConstraint("name", name="uq_alert_rules_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alert_hits",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("rule_id", NUMBER, nullable=False, comment="rule"),
        _text("key", "case:N:stage | record:N | record:N:rN | article:ADDRESS"),
        _text("sort", "case | figure | words: what the key is of"),
        sa.Column("article_id", NUMBER, nullable=True, comment="its article; null where none is stored"),
        sa.Column(
            "record_id", NUMBER, nullable=True, comment="the first record that matched; it may be gone"
        ),
        sa.Column("case_id", NUMBER, nullable=True, comment="case by which messages are grouped"),
        _text("stage", "stage of the case that is told", null=True),
        _text("note", "what is special: corrected from 12 to 9; else ''"),
        _text("url", "the article's address; '' for text with none"),
        _text("title", "the article's title"),
        _text("source", "slug of the article's source"),
        _text("language", "ISO 639-1 of the article"),
        sa.Column("published", TIME, nullable=True, comment="publication of the article"),
        _text("excerpt", "the sentence that matched, verbatim"),
        sa.Column(
            "matched",
            sa.JSON(),
            nullable=False,
            comment="words and facts that matched, records, and [start, end] of marks in title and excerpt",
        ),
        sa.Column("found", TIME, nullable=False, comment="when it was found"),
        sa.Column("message_id", NUMBER, nullable=True, comment="the message of the outbox that tells it"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_alert_hits_article_id_articles", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_alert_hits_case_id_cases", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["alert_rules.id"], name="fk_alert_hits_rule_id_alert_rules", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alert_hits"),
        sa.UniqueConstraint("rule_id", "key", name="uq_alert_hits_rule_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_alert_hits_unsent",
        "alert_hits",
        ["rule_id"],
        unique=False,
        **only("message_id IS NULL"),
    )
    for column in ("article_id", "case_id", "message_id"):
        op.create_index(f"ix_alert_hits_{column}", "alert_hits", [column], unique=False)
    op.create_table(
        "article_marks",
        _text("url", "the article's address as it is stored"),
        _text("by", "who says it"),
        sa.Column(
            "relevant", sa.Boolean(), nullable=False, comment="whether it is about foreign drug detainees"
        ),
        sa.Column("at", TIME, nullable=False, comment="when it was said"),
        sa.PrimaryKeyConstraint("url", "by", name="pk_article_marks"),
        sqlite_with_rowid=False,
    )
