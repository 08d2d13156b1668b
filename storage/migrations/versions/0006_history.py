"""Values that were revised, with the time in which each stood.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)

# What stands is the first that is known of each: of values that were revised earlier nothing is left.
BEGIN = (
    """INSERT INTO record_history (record_id, article_id, case_id, nationality, country, count, bound, per,
        kind, stage, drugs, quantity_kg, sentence_years, sentence_word, drug_share, "when", place, evidence,
        confidence, valid_from)
    SELECT r.id, r.article_id, p.case_id, r.nationality, r.country, r.count, r.bound, r.per, r.kind, r.stage,
        coalesce((SELECT group_concat(drug, ',') FROM
            (SELECT drug FROM record_drugs WHERE record_id = r.id ORDER BY drug)), ''),
        r.quantity_kg, r.sentence_years, r.sentence_word, r.drug_share, r."when", r.place, r.evidence,
        r.confidence, r.changed
    FROM records r LEFT JOIN case_records m ON m.record_id = r.id
        LEFT JOIN case_reports p ON p.id = m.report_id
    ORDER BY r.id""",
    """INSERT INTO case_history (case_id, country, count, stage, valid_from)
    SELECT id, country, count, stage, changed FROM cases
    WHERE merged_into IS NULL AND reports > 0 ORDER BY id""",
    """INSERT INTO coverage_history (source, day, noted, seen, read, relevant)
    SELECT c.source, c.day, coalesce(p.changed, c.day), c.seen, c.read, c.relevant
    FROM coverage c LEFT JOIN (
        SELECT source, day, date(max(coalesce(checked, first_seen))) AS changed
        FROM pages GROUP BY source, day
    ) p ON p.source = c.source AND p.day = c.day""",
)


def upgrade() -> None:
    op.create_table(
        "record_history",
        sa.Column("id", sa.Integer(), nullable=False, comment="number of the row"),
        sa.Column("record_id", sa.Integer(), nullable=False, comment="record; it may be gone"),
        sa.Column("article_id", sa.Integer(), nullable=False, comment="article"),
        sa.Column(
            "case_id",
            sa.Integer(),
            nullable=True,
            comment="case that it was put into; null for a figure",
        ),
        sa.Column("nationality", sa.Text(), nullable=False, comment="ISO 3166-1 alpha-2, XX unknown"),
        sa.Column("country", sa.Text(), nullable=False, comment="of custody, ISO 3166-1 alpha-2, XX unknown"),
        sa.Column("count", sa.Integer(), nullable=True, comment="people"),
        sa.Column("bound", sa.Text(), nullable=False, comment="how the count is meant"),
        sa.Column("per", sa.Text(), nullable=True, comment="unit of an average flow"),
        sa.Column("kind", sa.Text(), nullable=False, comment="event | stock | flow"),
        sa.Column("stage", sa.Text(), nullable=False, comment="latest stage reported"),
        sa.Column("drugs", sa.Text(), nullable=False, comment="drugs in their order, with commas between"),
        sa.Column("quantity_kg", sa.Double(), nullable=True, comment="drug in kilograms"),
        sa.Column("sentence_years", sa.Double(), nullable=True, comment="longest term in years"),
        sa.Column("sentence_word", sa.Text(), nullable=True, comment="life | death"),
        sa.Column("drug_share", sa.Double(), nullable=True, comment="percent held for drugs"),
        sa.Column("when", sa.Text(), nullable=True, comment="2014, 2014-04, 2018-12-20 or a period a/b"),
        sa.Column("place", sa.Text(), nullable=True, comment="as written"),
        sa.Column("evidence", sa.Text(), nullable=False, comment="the sentence, verbatim"),
        sa.Column(
            "confidence",
            sa.Double(),
            nullable=False,
            comment="of the last reading that gave these values, 0 to 1",
        ),
        sa.Column("valid_from", TIME, nullable=False, comment="since when they stood"),
        sa.Column("valid_to", TIME, nullable=True, comment="until when; null: they stand"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_record_history_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_record_history"),
    )
    op.create_index("ix_record_history_article_id", "record_history", ["article_id"], unique=False)
    op.create_index(
        "ix_record_history_record_id_valid_from", "record_history", ["record_id", "valid_from"], unique=False
    )
    op.create_index(
        "ix_record_history_open_case",
        "record_history",
        ["case_id"],
        unique=False,
        sqlite_where=sa.text("valid_to IS NULL"),
    )
    op.create_table(
        "case_history",
        sa.Column("id", sa.Integer(), nullable=False, comment="number of the row"),
        sa.Column("case_id", sa.Integer(), nullable=False, comment="case"),
        sa.Column("country", sa.Text(), nullable=False, comment="of custody, ISO 3166-1 alpha-2"),
        sa.Column("count", sa.Integer(), nullable=True, comment="people, the latest reliable figure"),
        sa.Column("stage", sa.Text(), nullable=False, comment="latest stage reported"),
        sa.Column(
            "merged_into",
            sa.Integer(),
            nullable=True,
            comment="where it ended: the case that it turned out to be",
        ),
        sa.Column("valid_from", TIME, nullable=False, comment="since when they stood"),
        sa.Column("valid_to", TIME, nullable=True, comment="until when; null: they stand"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_case_history_case_id_cases", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_case_history"),
    )
    op.create_index(
        "ix_case_history_case_id_valid_from", "case_history", ["case_id", "valid_from"], unique=False
    )
    op.create_table(
        "coverage_history",
        sa.Column("source", sa.Text(), nullable=False, comment="slug of the source; '' when handed in"),
        sa.Column("day", sa.Date(), nullable=False, comment="of publication, else first seen"),
        sa.Column("noted", sa.Date(), nullable=False, comment="day (UTC) on which it changed"),
        sa.Column("seen", sa.Integer(), nullable=False, comment="addresses seen"),
        sa.Column("read", sa.Integer(), nullable=False, comment="of them, read to a verdict"),
        sa.Column("relevant", sa.Integer(), nullable=False, comment="of them, relevant"),
        sa.PrimaryKeyConstraint("source", "day", "noted", name="pk_coverage_history"),
    )
    for statement in BEGIN:
        op.execute(statement)
    _count_cases()


def _count_cases() -> None:
    """What trends count: each case once for each nationality in it; the figures among the records."""
    op.create_table(
        "case_counts",
        sa.Column("case_id", sa.Integer(), nullable=False, comment="case"),
        sa.Column("nationality", sa.Text(), nullable=False, comment="ISO 3166-1 alpha-2, XX unknown"),
        sa.Column("country", sa.Text(), nullable=False, comment="of custody"),
        sa.Column("stage", sa.Text(), nullable=False, comment="latest stage of the case"),
        sa.Column(
            "people", sa.Integer(), nullable=True, comment="people of this nationality, the reliable figure"
        ),
        sa.Column("bound", sa.Text(), nullable=False, comment="how people is meant"),
        sa.Column(
            "day", sa.Integer(), nullable=True, comment="day of the event; null where nothing says when"
        ),
        sa.Column(
            "exactness",
            sa.Text(),
            nullable=False,
            comment="how exactly it is known: day | month | year | report | none",
        ),
        sa.Column("act_day", sa.Integer(), nullable=True, comment="day of the act of the latest stage"),
        sa.Column("seen_day", sa.Integer(), nullable=True, comment="publication of the first report"),
        sa.Column("quantity_kg", sa.Double(), nullable=True, comment="drug in kilograms"),
        sa.Column("sentence_years", sa.Double(), nullable=True, comment="term in years"),
        sa.Column("sentence_word", sa.Text(), nullable=True, comment="life | death"),
        sa.Column("drugs", sa.Text(), nullable=False, comment="words of the codebook, sorted, with commas"),
        sa.Column(
            "stages", sa.Text(), nullable=False, comment="every stage reported, in their order, with commas"
        ),
        sa.Column("sources", sa.JSON(), nullable=False, comment="source → day of its first report"),
        sa.Column("languages", sa.JSON(), nullable=False, comment="language → day of its first report"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_case_counts_case_id_cases", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "nationality", name="pk_case_counts"),
    )
    op.create_index(
        "ix_records_figures", "records", ["kind"], unique=False, sqlite_where=sa.text("kind != 'event'")
    )
    # Imported here: the other migrations need nothing of the program's.
    from storage.trend_store import count_all_cases

    count_all_cases(op.get_bind())
