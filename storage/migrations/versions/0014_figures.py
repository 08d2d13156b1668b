"""Stocks and flows in a narrow table of their own, by which their lines are made.

Revision ID: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import NUMBER, TEXT

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figures",
        sa.Column("record_id", NUMBER, nullable=False, comment="record"),
        sa.Column("article_id", NUMBER, nullable=False, comment="its article"),
        sa.Column("kind", TEXT, nullable=False, comment="stock | flow"),
        sa.Column("nationality", TEXT, nullable=False, comment="ISO 3166-1 alpha-2, XX unknown"),
        sa.Column("country", TEXT, nullable=False, comment="of custody"),
        sa.Column("stage", TEXT, nullable=False, comment="latest stage reported"),
        sa.Column("place", TEXT, nullable=True, comment="as written"),
        sa.Column("office", TEXT, nullable=True, comment="whose figure it is, where the sentence says so"),
        sa.Column("count", NUMBER, nullable=True, comment="people"),
        sa.Column("bound", TEXT, nullable=False, comment="how the count is meant"),
        sa.Column("per", TEXT, nullable=True, comment="unit of an average flow"),
        sa.Column("drug_share", sa.Double(), nullable=True, comment="percent held for drugs"),
        sa.Column("drugs", TEXT, nullable=False, comment="words of the codebook, sorted, with commas"),
        sa.Column("when", TEXT, nullable=True, comment="as the record has it"),
        sa.Column(
            "first_day", NUMBER, nullable=False, comment="of the moment or period, else of the article"
        ),
        sa.Column("last_day", NUMBER, nullable=False, comment="its last day"),
        sa.Column("source", TEXT, nullable=False, comment="outlet of the article"),
        sa.Column("language", TEXT, nullable=False, comment="of the article"),
        sa.Column(
            "published",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the article's date of publication",
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name="fk_figures_record_id_records", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", name="pk_figures"),
    )
    op.create_index(
        "ix_figures_kind_nationality_country", "figures", ["kind", "nationality", "country"], unique=False
    )
    # Imported here: the other migrations need nothing of the program's.
    from storage.figure_store import count_all_figures

    count_all_figures(op.get_bind())
