"""Files of archives and how far they are read.

Revision ID: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import NUMBER, TEXT

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "backfill_files",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("name", TEXT, nullable=False, comment="absolute path, or address"),
        sa.Column("kind", TEXT, nullable=False, comment="warc | jsonl | parquet"),
        sa.Column("size", NUMBER, nullable=False, comment="bytes; 0 where a server does not say"),
        sa.Column(
            "stamp", TEXT, nullable=False, comment="what changes with its content: time of change, ETag"
        ),
        sa.Column("state", TEXT, nullable=False, comment="open | done | failed"),
        sa.Column("detail", TEXT, nullable=False, comment="a short human word more"),
        sa.Column("added", TIME, nullable=False, comment="when it was first asked for"),
        sa.Column("ended", TIME, nullable=True, comment="when all of it was read; null before"),
        sa.PrimaryKeyConstraint("id", name="pk_backfill_files"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_backfill_files_name", "backfill_files", ["name"], unique=True)
    op.create_table(
        "backfill_pieces",
        sa.Column("file_id", NUMBER, nullable=False, comment="file"),
        sa.Column("start", NUMBER, nullable=False, comment="first byte; of Parquet, row"),
        sa.Column("stop", NUMBER, nullable=False, comment="end, not of the piece itself"),
        sa.Column("at", NUMBER, nullable=False, comment="all before this is stored"),
        sa.Column(
            "tries", NUMBER, nullable=False, comment="how often it was begun since it last came further"
        ),
        sa.Column("done", sa.Boolean(), nullable=False, comment="whether all of it is stored"),
        sa.Column("counts", sa.JSON(), nullable=False, comment="outcome → records of the archive"),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["backfill_files.id"],
            name="fk_backfill_pieces_file_id_backfill_files",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("file_id", "start", name="pk_backfill_pieces"),
    )
