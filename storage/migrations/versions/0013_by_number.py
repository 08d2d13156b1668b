"""Indexes that answer how many there are, and which, without reading a single row of articles or records.

Revision ID: 0013
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    known = ["id", "relevant", "dated", "seq", "language", "source"]
    op.create_index("ix_articles_known", "articles", known, unique=False)
    op.drop_index("ix_articles_relevant_dated", table_name="articles")
    op.create_index("ix_articles_listed", "articles", ["relevant", "dated", "id", "language"], unique=False)
    op.drop_index("ix_articles_source_dated", table_name="articles")
    op.create_index(
        "ix_articles_source_relevant_dated", "articles", ["source", "relevant", "dated"], unique=False
    )
    op.drop_index("ix_records_nationality_country", table_name="records")
    op.create_index("ix_records_pairs", "records", ["nationality", "country", "article_id"], unique=False)
    op.drop_index("ix_records_country", table_name="records")
    op.create_index("ix_records_country", "records", ["country", "article_id"], unique=False)
    op.create_index("ix_records_nationality", "records", ["nationality", "article_id"], unique=False)
    op.create_index("ix_records_stage", "records", ["stage", "article_id"], unique=False)
    op.drop_index("ix_records_figures", table_name="records")
    op.create_index(
        "ix_records_figures",
        "records",
        ["kind", "nationality", "country", "article_id"],
        unique=False,
        sqlite_where=text("kind != 'event'"),
        postgresql_where=text("kind != 'event'"),
    )
    op.create_index(
        "ix_cases_standing",
        "cases",
        ["last_seen", "id", "stage"],
        unique=False,
        sqlite_where=text("merged_into IS NULL AND reports > 0"),
        postgresql_where=text("merged_into IS NULL AND reports > 0"),
    )
    op.drop_index("ix_case_reports_case_id_day", table_name="case_reports")
    op.create_index("ix_case_reports_told", "case_reports", ["case_id", "day", "article_id"], unique=False)
    op.drop_index("ix_case_reports_article_id", table_name="case_reports")
    op.create_index("ix_case_reports_telling", "case_reports", ["article_id", "case_id"], unique=False)
    people = ["nationality", "case_id", "country", "stage"]
    op.create_index("ix_case_counts_nationality", "case_counts", people, unique=False)
    op.create_index("ix_case_counts_country", "case_counts", ["country", "case_id", "stage"], unique=False)
    sentences = ["drugs", "case_id", "quantity_kg", "sentence_years", "sentence_word"]
    op.create_index("ix_case_counts_drugs", "case_counts", sentences, unique=False)
