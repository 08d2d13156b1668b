"""The outbox: messages that are to be sent, and what became of them.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import NUMBER, TEXT, only

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "outbox_stops",
        sa.Column("channel", TEXT, nullable=False, comment="channel"),
        sa.Column("since", TIME, nullable=False, comment="since when"),
        sa.Column("last", TIME, nullable=False, comment="when it was last tried"),
        sa.Column("detail", TEXT, nullable=False, comment="why"),
        sa.PrimaryKeyConstraint("channel", name="pk_outbox_stops"),
    )
    op.create_table(
        "subscribers",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("address", TEXT, nullable=False, comment="as messages are sent to it"),
        sa.Column("state", TEXT, nullable=False, comment="waiting | confirmed | vouched"),
        sa.Column("token", TEXT, nullable=False, comment="random; whoever has it may confirm"),
        sa.Column("asked", TIME, nullable=True, comment="when it was asked to confirm"),
        sa.Column("answered", TIME, nullable=True, comment="when it confirmed, or was vouched for"),
        sa.Column("stopped", TIME, nullable=True, comment="when a server refused it for good"),
        sa.Column("detail", TEXT, nullable=False, comment="what the server said then"),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("address", name="uq_subscribers_address"),
        sa.UniqueConstraint("token", name="uq_subscribers_token"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alert_windows",
        sa.Column("rule_id", NUMBER, nullable=False, comment="rule"),
        sa.Column("closed", TIME, nullable=False, comment="the latest hour of sending that was seen to"),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["alert_rules.id"], name="fk_alert_windows_rule_id_alert_rules", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rule_id", name="pk_alert_windows"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("rule_id", NUMBER, nullable=True, comment="rule; null where it is of none"),
        sa.Column(
            "first_id",
            NUMBER,
            nullable=True,
            comment="the message that tells the same hits to the rule's first recipient; null: this is it",
        ),
        sa.Column("sort", TEXT, nullable=False, comment="digest | confirm | notice"),
        sa.Column(
            "channel",
            TEXT,
            nullable=False,
            comment="mail | chat; without a mail server mail goes to a folder",
        ),
        sa.Column(
            "recipient",
            TEXT,
            nullable=False,
            comment="mail address, or the secret address of another channel",
        ),
        sa.Column(
            "window",
            TEXT,
            nullable=False,
            comment="what makes it the only one to this recipient by this rule",
        ),
        sa.Column("message_id", TEXT, nullable=False, comment="Message-ID, the same at every try"),
        sa.Column("subject", TEXT, nullable=False, comment="subject"),
        sa.Column(
            "content",
            sa.LargeBinary(),
            nullable=True,
            comment="the message as it is sent; dropped once it was",
        ),
        sa.Column("hits", NUMBER, nullable=False, comment="how many hits it tells"),
        sa.Column(
            "state", TEXT, nullable=False, comment="pending | sending | sent | retry | failed | unknown"
        ),
        sa.Column("created", TIME, nullable=False, comment="when it was made"),
        sa.Column("due", TIME, nullable=False, comment="not before this it is tried"),
        sa.Column("tries", NUMBER, nullable=False, comment="how many times it was tried"),
        sa.Column("doubts", NUMBER, nullable=False, comment="of them, how many may have succeeded unseen"),
        sa.Column("worker", TEXT, nullable=True, comment="the process that has it while it is sending"),
        sa.Column("leased", TIME, nullable=True, comment="until when that process has it"),
        sa.Column("handed", TIME, nullable=True, comment="when its text began to be handed over"),
        sa.Column("ended", TIME, nullable=True, comment="when it was sent, or failed for good"),
        sa.Column("code", NUMBER, nullable=True, comment="the server's latest answer"),
        sa.Column("detail", TEXT, nullable=False, comment="what the server said, or why it is in this state"),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["alert_rules.id"], name="fk_outbox_rule_id_alert_rules", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
        sa.UniqueConstraint("rule_id", "recipient", "window", name="uq_outbox_rule_id_recipient_window"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_first_id", "outbox", ["first_id"], unique=False)
    op.create_index("ix_outbox_leased", "outbox", ["state"], unique=False, **only("state = 'sending'"))
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["due"],
        unique=False,
        **only("state IN ('pending', 'retry', 'unknown')"),
    )
    op.create_index("ix_outbox_recipient", "outbox", ["recipient"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("rule_id", NUMBER, nullable=False, comment="rule"),
        sa.Column("subscriber_id", NUMBER, nullable=False, comment="address"),
        sa.Column("token", TEXT, nullable=False, comment="random; whoever has it may unsubscribe"),
        sa.Column("left", TIME, nullable=True, comment="when it unsubscribed; null: it gets messages"),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["alert_rules.id"], name="fk_subscriptions_rule_id_alert_rules", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name="fk_subscriptions_subscriber_id_subscribers",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("rule_id", "subscriber_id", name="pk_subscriptions"),
        sa.UniqueConstraint("token", name="uq_subscriptions_token"),
    )
    op.create_index("ix_subscriptions_subscriber_id", "subscriptions", ["subscriber_id"], unique=False)
