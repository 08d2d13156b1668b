"""Cases: reports of one case across articles, and what people decided about them.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import NUMBER, TEXT, only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("country", TEXT, nullable=False, comment="of custody, ISO 3166-1 alpha-2"),
        sa.Column("count", NUMBER, nullable=True, comment="people, the latest reliable figure"),
        sa.Column("stage", TEXT, nullable=False, comment="latest stage reported"),
        sa.Column("reports", NUMBER, nullable=False, comment="how many articles report it; 0: none any more"),
        sa.Column(
            "first_seen", TIME, nullable=False, comment="publication of its first report, else its storing"
        ),
        sa.Column(
            "last_seen", TIME, nullable=False, comment="publication of its last report, else its storing"
        ),
        sa.Column("added", TIME, nullable=False, comment="when it was first stored"),
        sa.Column(
            "changed", TIME, nullable=False, comment="when a report of it was last added, changed or lost"
        ),
        sa.Column(
            "merged_into",
            NUMBER,
            nullable=True,
            comment="the case that it turned out to be; null for one that stands",
        ),
        sa.Column("forget", TIME, nullable=True, comment="when its hashes of names are dropped"),
        sa.Column("seq", NUMBER, nullable=False, comment="place in the order of changes; see counters"),
        sa.ForeignKeyConstraint(["merged_into"], ["cases.id"], name="fk_cases_merged_into_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cases_forget", "cases", ["forget"], unique=False, **only("forget IS NOT NULL"))
    op.create_index("ix_cases_last_seen", "cases", ["last_seen"], unique=False)
    op.create_index(
        "ix_cases_merged_into",
        "cases",
        ["merged_into"],
        unique=False,
        **only("merged_into IS NOT NULL"),
    )
    op.create_index("ix_cases_seq", "cases", ["seq"], unique=False)
    op.create_table(
        "secrets",
        sa.Column("name", TEXT, nullable=False, comment="what it is for"),
        sa.Column("value", sa.LargeBinary(), nullable=False, comment="random bytes"),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
    op.create_table(
        "case_apart",
        sa.Column("case_id", NUMBER, nullable=False, comment="case"),
        sa.Column("other_id", NUMBER, nullable=False, comment="other case"),
        sa.Column("decided", TIME, nullable=False, comment="when"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_apart_case_id_cases"),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name="fk_case_apart_other_id_cases"),
        sa.PrimaryKeyConstraint("case_id", "other_id", name="pk_case_apart"),
    )
    op.create_index("ix_case_apart_other_id", "case_apart", ["other_id"], unique=False)
    op.create_table(
        "case_pins",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("article_id", NUMBER, nullable=False, comment="article"),
        sa.Column("record_id", NUMBER, nullable=False, comment="record; it may be gone"),
        sa.Column("nationality", TEXT, nullable=False, comment="of the record when it was decided"),
        sa.Column("country", TEXT, nullable=False, comment="of the record when it was decided"),
        sa.Column("count", NUMBER, nullable=True, comment="of the record when it was decided"),
        sa.Column("case_id", NUMBER, nullable=False, comment="case"),
        sa.Column("decided", TIME, nullable=False, comment="when"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_case_pins_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_pins_case_id_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_case_pins"),
    )
    op.create_index("ix_case_pins_article_id", "case_pins", ["article_id"], unique=False)
    op.create_index("ix_case_pins_case_id", "case_pins", ["case_id"], unique=False)
    op.create_table(
        "case_reports",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("case_id", NUMBER, nullable=False, comment="case"),
        sa.Column("article_id", NUMBER, nullable=False, comment="article"),
        sa.Column(
            "day",
            NUMBER,
            nullable=False,
            comment="day of publication, else of storing; 1 is 0001-01-01",
        ),
        sa.Column("pinned", sa.Boolean(), nullable=False, comment="whether a person put it into its case"),
        sa.Column("clues", sa.JSON(), nullable=False, comment="what it is compared by, without names"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_case_reports_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_reports_case_id_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_case_reports"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_reports_article_id", "case_reports", ["article_id"], unique=False)
    op.create_index("ix_case_reports_case_id_day", "case_reports", ["case_id", "day"], unique=False)
    op.create_table(
        "case_keys",
        sa.Column("key", sa.BigInteger(), nullable=False, comment="hash"),
        sa.Column("report_id", NUMBER, nullable=False, comment="report"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["case_reports.id"], name="fk_case_keys_report_id_case_reports", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "report_id", name="pk_case_keys"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_keys_report_id", "case_keys", ["report_id"], unique=False)
    op.create_table(
        "case_names",
        sa.Column("name", sa.BigInteger(), nullable=False, comment="keyed hash of the word, or of its sound"),
        sa.Column("report_id", NUMBER, nullable=False, comment="report"),
        sa.Column(
            "sort",
            TEXT,
            nullable=False,
            comment="name | hint (perhaps one) | sound (as outlets may spell it)",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["case_reports.id"],
            name="fk_case_names_report_id_case_reports",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("name", "report_id", name="pk_case_names"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_names_report_id", "case_names", ["report_id"], unique=False)
    op.create_table(
        "case_people",
        sa.Column("report_id", NUMBER, nullable=False, comment="report"),
        sa.Column("nationality", TEXT, nullable=False, comment="ISO 3166-1 alpha-2, XX unknown"),
        sa.Column("country", TEXT, nullable=False, comment="of custody"),
        sa.Column("day", NUMBER, nullable=False, comment="as in case_reports"),
        sa.Column("count", NUMBER, nullable=True, comment="people of this nationality"),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["case_reports.id"],
            name="fk_case_people_report_id_case_reports",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", "nationality", name="pk_case_people"),
    )
    op.create_index(
        "ix_case_people_nationality_country_day_report_id",
        "case_people",
        ["nationality", "country", "day", "report_id"],
        unique=False,
    )
    op.create_table(
        "case_records",
        sa.Column("record_id", NUMBER, nullable=False, comment="record"),
        sa.Column("report_id", NUMBER, nullable=False, comment="report"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name="fk_case_records_record_id_records", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["case_reports.id"],
            name="fk_case_records_report_id_case_reports",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("record_id", name="pk_case_records"),
    )
    op.create_index("ix_case_records_report_id", "case_records", ["report_id"], unique=False)
