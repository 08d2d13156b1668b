"""What was forgotten, and what retention took away.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import NUMBER, TEXT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reduced_articles",
        sa.Column("article_id", NUMBER, nullable=False, comment="article"),
        sa.Column("reduced", TIME, nullable=False, comment="when its text was taken away"),
        sa.Column(
            "title_hash",
            TEXT,
            nullable=False,
            comment="keyed hash of the title's words, by which it is known",
        ),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name="fk_reduced_articles_article_id_articles",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_reduced_articles"),
    )
    op.create_table(
        "tombstones",
        sa.Column("hash", TEXT, nullable=False, comment="keyed hash"),
        sa.Column("sort", TEXT, nullable=False, comment="address | text"),
        sa.Column("forgotten", TIME, nullable=False, comment="when"),
        sa.PrimaryKeyConstraint("hash", name="pk_tombstones"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erasures",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("at", TIME, nullable=False, comment="when"),
        sa.Column(
            "how",
            TEXT,
            nullable=False,
            comment="retention | forget address | forget match | forget case",
        ),
        sa.Column("counts", sa.JSON(), nullable=False, comment="how much of what"),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_erasures_at", "erasures", ["at"], unique=False)
