"""What is normal for each source, and the state that it is in.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import NUMBER, TEXT, only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "health_events",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("key", TEXT, nullable=False, comment="what it is about, and when"),
        sa.Column("source", TEXT, nullable=False, comment="slug of the source; '' for what concerns all"),
        sa.Column("at", TIME, nullable=False, comment="when it was found"),
        sa.Column(
            "kind",
            TEXT,
            nullable=False,
            comment="broke | silent | recovered | no-run | running | few-finds | finds",
        ),
        sa.Column("state", TEXT, nullable=True, comment="a SourceState"),
        sa.Column("detail", TEXT, nullable=False, comment="in words"),
        sa.Column("told", TIME, nullable=True, comment="when a message of it was handed on"),
        sa.PrimaryKeyConstraint("id", name="pk_health_events"),
        sa.UniqueConstraint("key", name="uq_health_events_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_health_events_source_at", "health_events", ["source", "at"], unique=False)
    op.create_index("ix_health_events_untold", "health_events", ["id"], unique=False, **only("told IS NULL"))
    op.create_table(
        "host_rests",
        sa.Column("host", TEXT, nullable=False, comment="host, with its port where it has one"),
        sa.Column("until", TIME, nullable=False, comment="until when nothing is asked of it"),
        sa.PrimaryKeyConstraint("host", name="pk_host_rests"),
    )
    op.create_table(
        "robots",
        sa.Column("root", TEXT, nullable=False, comment="scheme://host[:port]"),
        sa.Column("fetched", TIME, nullable=False, comment="when"),
        sa.Column(
            "body", sa.LargeBinary(), nullable=False, comment="what was read of it; empty: all is allowed"
        ),
        sa.PrimaryKeyConstraint("root", name="pk_robots"),
    )
    op.create_table(
        "source_health",
        sa.Column("source", TEXT, nullable=False, comment="slug of the source"),
        sa.Column("state", TEXT, nullable=False, comment="a SourceState"),
        sa.Column("detail", TEXT, nullable=False, comment="in words, why"),
        sa.Column("since", TIME, nullable=False, comment="when it began to stand as it does"),
        sa.Column("checked", TIME, nullable=False, comment="the last look at it"),
        sa.Column("last_success", TIME, nullable=True, comment="the last fetch that went well"),
        sa.Column("last_new", TIME, nullable=True, comment="its last entry: as published, else as found"),
        sa.Column(
            "points", sa.Double(), nullable=False, comment="of failures in a row, weighed by their sort"
        ),
        sa.Column("failures", NUMBER, nullable=False, comment="failed looks in a row"),
        sa.Column("due", TIME, nullable=True, comment="it rests until then"),
        sa.Column(
            "alarm", sa.Boolean(), nullable=False, comment="whether the operator is told of trouble with it"
        ),
        sa.Column("weeks", sa.Double(), nullable=False, comment="watched, up to its last entry"),
        sa.Column("arrivals", sa.Double(), nullable=False, comment="hours in which something new came"),
        sa.Column("entries", sa.Double(), nullable=False, comment="new entries"),
        sa.Column("hours", sa.JSON(), nullable=False, comment="arrivals by hour of the day, UTC"),
        sa.Column("days", sa.JSON(), nullable=False, comment="arrivals by day of the week, Monday first"),
        sa.Column("pages", sa.Double(), nullable=False, comment="pages that were tried"),
        sa.Column("texts", sa.Double(), nullable=False, comment="of them, those that gave a text"),
        sa.Column("dated", sa.Double(), nullable=False, comment="of these, those with a date"),
        sa.Column("characters", sa.Double(), nullable=False, comment="of all texts together"),
        sa.Column("relevant", sa.Double(), nullable=False, comment="of the texts, those that are relevant"),
        sa.Column("looks", sa.Double(), nullable=False, comment="fetches that went well"),
        sa.Column("seconds", sa.Double(), nullable=False, comment="that these took together"),
        sa.Column("recent", sa.JSON(), nullable=False, comment="the same of the last pages"),
        sa.PrimaryKeyConstraint("source", name="pk_source_health"),
    )
    op.add_column(
        "feeds",
        sa.Column(
            "distrusted",
            TIME,
            nullable=True,
            comment="when its server was found to give two bodies one ETag; null: its ETag is believed",
        ),
    )
