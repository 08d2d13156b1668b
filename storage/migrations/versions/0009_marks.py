"""What people say of articles and records, beside what the program says.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import NUMBER, TEXT

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def _of_article(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["article_id"], ["articles.id"], name=f"fk_{table}_article_id_articles", ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "record_marks",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("article_id", NUMBER, nullable=False, comment="article"),
        sa.Column("record_id", NUMBER, nullable=False, comment="number of the record"),
        sa.Column(
            "removed",
            sa.Boolean(),
            nullable=False,
            comment="whether there is no such record, by what a person said",
        ),
        sa.Column(
            "base",
            sa.JSON(),
            nullable=True,
            comment="the program's record when it was spoken of; null: a person added it",
        ),
        sa.Column("fields", sa.JSON(), nullable=False, comment="the fields that a person gave, by name"),
        sa.Column("by", TEXT, nullable=False, comment="who spoke last"),
        sa.Column("at", TIME, nullable=False, comment="when"),
        sa.Column(
            "text_hash", TEXT, nullable=False, comment="hash of the text that the person had before them"
        ),
        _of_article("record_marks"),
        sa.PrimaryKeyConstraint("id", name="pk_record_marks"),
        sa.UniqueConstraint("record_id", name="uq_record_marks_record_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_record_marks_article_id", "record_marks", ["article_id"], unique=False)
    op.create_table(
        "program_verdicts",
        sa.Column("article_id", NUMBER, nullable=False, comment="article"),
        sa.Column("relevant", sa.Boolean(), nullable=False, comment="the program's verdict"),
        _of_article("program_verdicts"),
        sa.PrimaryKeyConstraint("article_id", name="pk_program_verdicts"),
    )
    as_there = "as in records"
    op.create_table(
        "program_records",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("article_id", NUMBER, nullable=False, comment="article"),
        sa.Column(
            "record_id",
            NUMBER,
            nullable=True,
            comment="its number among the records; null: it was never listed",
        ),
        sa.Column("position", NUMBER, nullable=False, comment="order in the article, from 0"),
        sa.Column("nationality", TEXT, nullable=False, comment=as_there),
        sa.Column("country", TEXT, nullable=False, comment=as_there),
        sa.Column("count", NUMBER, nullable=True, comment=as_there),
        sa.Column("bound", TEXT, nullable=False, comment=as_there),
        sa.Column("per", TEXT, nullable=True, comment=as_there),
        sa.Column("kind", TEXT, nullable=False, comment=as_there),
        sa.Column("stage", TEXT, nullable=False, comment=as_there),
        sa.Column("quantity_kg", sa.Double(), nullable=True, comment=as_there),
        sa.Column("sentence_years", sa.Double(), nullable=True, comment=as_there),
        sa.Column("sentence_word", TEXT, nullable=True, comment=as_there),
        sa.Column("drug_share", sa.Double(), nullable=True, comment=as_there),
        sa.Column("when", TEXT, nullable=True, comment=as_there),
        sa.Column("place", TEXT, nullable=True, comment=as_there),
        sa.Column("evidence", TEXT, nullable=False, comment=as_there),
        sa.Column("evidence_start", NUMBER, nullable=False, comment=as_there),
        sa.Column("evidence_end", NUMBER, nullable=False, comment=as_there),
        sa.Column("confidence", sa.Double(), nullable=False, comment=as_there),
        sa.Column("drugs", TEXT, nullable=False, comment="its drugs in order, with commas between"),
        _of_article("program_records"),
        sa.PrimaryKeyConstraint("id", name="pk_program_records"),
        sa.UniqueConstraint("record_id", name="uq_program_records_record_id"),
    )
    op.create_index("ix_program_records_article_id", "program_records", ["article_id"], unique=False)
    op.create_table(
        "review_log",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("at", TIME, nullable=False, comment="when"),
        sa.Column("by", TEXT, nullable=False, comment="who"),
        sa.Column(
            "action",
            TEXT,
            nullable=False,
            comment="accept | reject | clear | correct | add | remove | restore",
        ),
        sa.Column("url", TEXT, nullable=False, comment="address of the article as it is stored"),
        sa.Column("record_id", NUMBER, nullable=True, comment="number of the record, where it is about one"),
        sa.Column(
            "before", sa.JSON(), nullable=False, comment="mark of the person and mark of the record before"
        ),
        sa.Column("fields", sa.JSON(), nullable=False, comment="what was given"),
        sa.Column("undone", TIME, nullable=True, comment="when the person took it back"),
        sa.PrimaryKeyConstraint("id", name="pk_review_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_log_by_id", "review_log", ["by", "id"], unique=False)
    op.create_index("ix_review_log_url", "review_log", ["url"], unique=False)
    op.create_table(
        "review_samples",
        sa.Column("url", TEXT, nullable=False, comment="address as article_marks have it"),
        sa.Column(
            "stratum",
            TEXT,
            nullable=False,
            comment="shown | hidden, by the program's verdict when it was drawn",
        ),
        sa.Column("drawn", TIME, nullable=False, comment="when"),
        sa.Column(
            "weight",
            sa.Double(),
            nullable=False,
            comment="how many addresses it stands for: drawn from / drawn",
        ),
        sa.PrimaryKeyConstraint("url", name="pk_review_samples"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_review_samples_stratum", "review_samples", ["stratum"], unique=False)
