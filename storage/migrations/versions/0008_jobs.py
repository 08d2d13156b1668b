"""Runs of the schedule's jobs, and pages in quarantine.

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import NUMBER, TEXT

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "job_runs",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("job", TEXT, nullable=False, comment="name of the job"),
        sa.Column("slot", TIME, nullable=False, comment="moment for which it was due"),
        sa.Column("started", TIME, nullable=False, comment="when it began"),
        sa.Column("ended", TIME, nullable=True, comment="when it ended; null while it runs"),
        sa.Column("outcome", TEXT, nullable=True, comment="ok | partly | failed | too-long | interrupted"),
        sa.Column("detail", TEXT, nullable=False, comment="a short human word more"),
        sa.PrimaryKeyConstraint("id", name="pk_job_runs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_runs_job_id", "job_runs", ["job", "id"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("page_id", NUMBER, nullable=False, comment="the page"),
        sa.Column("kept", TIME, nullable=False, comment="when it came here"),
        sa.Column("fetched", TIME, nullable=False, comment="when the bytes were fetched"),
        sa.Column("url", TEXT, nullable=False, comment="where they came from, after redirects"),
        sa.Column("status", NUMBER, nullable=False, comment="HTTP status"),
        sa.Column("content_type", TEXT, nullable=False, comment="as sent"),
        sa.Column("detail", TEXT, nullable=False, comment="how reading failed"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="the bytes, compressed by zlib"),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name="fk_quarantine_page_id_pages", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", name="pk_quarantine"),
    )
