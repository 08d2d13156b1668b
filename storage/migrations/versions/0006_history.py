"""Values that were revised, with the time in which each stood.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import NUMBER, TEXT, only

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
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("record_id", NUMBER, nullable=False, comment="record; it may be gone"),
        sa.Column("article_id", NUMBER, nullable=False, comment="article"),
        sa.Column(
            "case_id",
            NUMBER,
            nullable=True,
            comment="case that it was put into; null for a figure",
        ),
        sa.Column("nationality", TEXT, nullable=False, comment="ISO 3166-1 alpha-2, XX unknown"),
        sa.Column("country", TEXT, nullable=False, comment="of custody, ISO 3166-1 alpha-2, XX unknown"),
        sa.Column("count", NUMBER, nullable=True, comment="people"),
        sa.Column("bound", TEXT, nullable=False, comment="how the count is meant"),
        sa.Column("per", TEXT, nullable=True, comment="unit of an average flow"),
        sa.Column("kind", TEXT, nullable=False, comment="event | stock | flow"),
        sa.Column("stage", TEXT, nullable=False, comment="latest stage reported"),
        sa.Column("drugs", TEXT, nullable=False, comment="drugs in their order, with commas between"),
        sa.Column("quantity_kg", sa.Double(), nullable=True, comment="drug in kilograms"),
        sa.Column("sentence_years", sa.Double(), nullable=True, comment="longest term in years"),
        sa.Column("sentence_word", TEXT, nullable=True, comment="life | death"),
        sa.Column("drug_share", sa.Double(), nullable=True, comment="percent held for drugs"),
        sa.Column("when", TEXT, nullable=True, comment="2014, 2014-04, 2018-12-20 or a period a/b"),
        sa.Column("place", TEXT, nullable=True, comment="as written"),
        sa.Column("evidence", TEXT, nullable=False, comment="the sentence, verbatim"),
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
        **only("valid_to IS NULL"),
    )
    op.create_table(
        "case_history",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("case_id", NUMBER, nullable=False, comment="case"),
        sa.Column("country", TEXT, nullable=False, comment="of custody, ISO 3166-1 alpha-2"),
        sa.Column("count", NUMBER, nullable=True, comment="people, the latest reliable figure"),
        sa.Column("stage", TEXT, nullable=False, comment="latest stage reported"),
        sa.Column(
            "merged_into",
            NUMBER,
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
        sa.Column("source", TEXT, nullable=False, comment="slug of the source; '' when handed in"),
        sa.Column("day", sa.Date(), nullable=False, comment="of publication, else first seen"),
        sa.Column("noted", sa.Date(), nullable=False, comment="day (UTC) on which it changed"),
        sa.Column("seen", NUMBER, nullable=False, comment="addresses seen"),
        sa.Column("read", NUMBER, nullable=False, comment="of them, read to a verdict"),
        sa.Column("relevant", NUMBER, nullable=False, comment="of them, relevant"),
        sa.PrimaryKeyConstraint("source", "day", "noted", name="pk_coverage_history"),
    )
    # No database on PostgreSQL is so old that it would have held anything then.
    old = op.get_context().dialect.name == "sqlite"
    for statement in BEGIN if old else ():
        op.execute(statement)
    _count_cases(old=old)


def _count_cases(*, old: bool) -> None:
    """What trends count: each case once for each nationality in it; the figures among the records."""
    op.create_table(
        "case_counts",
        sa.Column("case_id", NUMBER, nullable=False, comment="case"),
        sa.Column("nationality", TEXT, nullable=False, comment="ISO 3166-1 alpha-2, XX unknown"),
        sa.Column("country", TEXT, nullable=False, comment="of custody"),
        sa.Column("stage", TEXT, nullable=False, comment="latest stage of the case"),
        sa.Column("people", NUMBER, nullable=True, comment="people of this nationality, the reliable figure"),
        sa.Column("bound", TEXT, nullable=False, comment="how people is meant"),
        sa.Column("day", NUMBER, nullable=True, comment="day of the event; null where nothing says when"),
        sa.Column(
            "exactness",
            TEXT,
            nullable=False,
            comment="how exactly it is known: day | month | year | report | none",
        ),
        sa.Column("act_day", NUMBER, nullable=True, comment="day of the act of the latest stage"),
        sa.Column("seen_day", NUMBER, nullable=True, comment="publication of the first report"),
        sa.Column("quantity_kg", sa.Double(), nullable=True, comment="drug in kilograms"),
        sa.Column("sentence_years", sa.Double(), nullable=True, comment="term in years"),
        sa.Column("sentence_word", TEXT, nullable=True, comment="life | death"),
        sa.Column("drugs", TEXT, nullable=False, comment="words of the codebook, sorted, with commas"),
        sa.Column(
            "stages", TEXT, nullable=False, comment="every stage reported, in their order, with commas"
        ),
        sa.Column("sources", sa.JSON(), nullable=False, comment="source → day of its first report"),
        sa.Column("languages", sa.JSON(), nullable=False, comment="language → day of its first report"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name="fk_case_counts_case_id_cases", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "nationality", name="pk_case_counts"),
    )
    op.create_index("ix_records_figures", "records", ["kind"], unique=False, **only("kind != 'event'"))
    # Imported here: the other migrations need nothing of the program's.
    from storage.trend_store import count_all_cases

    if old:
        count_all_cases(op.get_bind())
