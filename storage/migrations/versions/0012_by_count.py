"""Indexes for lists in the order of how many people they tell of, and for pairs of trends.

Revision ID: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_records_count_article_id", "records", ["count", "article_id"], unique=False)
    op.create_index("ix_cases_count", "cases", ["count"], unique=False)
    pairs = ["nationality", "country", "day", "case_id", "people", "bound"]
    op.create_index("ix_case_counts_pairs", "case_counts", pairs, unique=False)
