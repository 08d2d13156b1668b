"""The first tables.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import NUMBER, TEXT, only
from storage.migrations.search import make as make_search

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)

# The search index holds no text of its own, it reads it from articles; the triggers keep it in
# step inside whatever transaction changes an article.
SEARCH = (
    """CREATE VIRTUAL TABLE articles_fts USING fts5(
        title, text, source, content='articles', content_rowid='id',
        tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER articles_fts_insert AFTER INSERT ON articles BEGIN
        INSERT INTO articles_fts (rowid, title, text, source)
        VALUES (new.id, new.title, new.text, new.source);
    END""",
    """CREATE TRIGGER articles_fts_delete AFTER DELETE ON articles BEGIN
        INSERT INTO articles_fts (articles_fts, rowid, title, text, source)
        VALUES ('delete', old.id, old.title, old.text, old.source);
    END""",
    """CREATE TRIGGER articles_fts_update AFTER UPDATE OF id, title, text, source ON articles BEGIN
        INSERT INTO articles_fts (articles_fts, rowid, title, text, source)
        VALUES ('delete', old.id, old.title, old.text, old.source);
        INSERT INTO articles_fts (rowid, title, text, source)
        VALUES (new.id, new.title, new.text, new.source);
    END""",
)


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("url", TEXT, nullable=False, comment="canonical; 'text:…' for text with no address"),
        sa.Column("source", TEXT, nullable=False, comment="slug of the source; '' when handed in"),
        sa.Column("title", TEXT, nullable=False, comment="title"),
        sa.Column(
            "text_hash",
            TEXT,
            nullable=False,
            comment="hash of the text's words, by which an edit is noticed",
        ),
        sa.Column("language", TEXT, nullable=False, comment="ISO 639-1"),
        sa.Column("published", TIME, nullable=True, comment="publication"),
        sa.Column("date_origin", TEXT, nullable=True, comment="where the publication date was found"),
        sa.Column("dated", TIME, nullable=False, comment="published, else first_seen: what lists sort by"),
        sa.Column("outlet_country", TEXT, nullable=True, comment="ISO 3166-1 alpha-2"),
        sa.Column("first_seen", TIME, nullable=False, comment="when it was first stored"),
        sa.Column("revised", TIME, nullable=True, comment="when a changed text was last seen"),
        sa.Column("revision", NUMBER, nullable=False, comment="how many times the outlet changed it"),
        sa.Column("relevant", sa.Boolean(), nullable=False, comment="the present verdict"),
        sa.Column("score", sa.Double(), nullable=False, comment="score of the verdict, 0 to 1"),
        sa.Column("seq", NUMBER, nullable=False, comment="place in the order of changes; see counters"),
        sa.Column("reasons", sa.JSON(), nullable=False, comment="rules that fired: rule, weight, span"),
        sa.Column(
            "text", TEXT, nullable=False, comment="title, newline, body; offsets of records count in it"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("url", name="uq_articles_url"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_relevant_dated", "articles", ["relevant", "dated"], unique=False)
    op.create_index("ix_articles_first_seen", "articles", ["first_seen"], unique=False)
    op.create_index("ix_articles_seq", "articles", ["seq"], unique=False)
    op.create_index("ix_articles_source_dated", "articles", ["source", "dated"], unique=False)
    op.create_table(
        "counters",
        sa.Column("name", TEXT, nullable=False, comment="name of the counter"),
        sa.Column("value", NUMBER, nullable=False, comment="the last value given out"),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "coverage",
        sa.Column("source", TEXT, nullable=False, comment="slug of the source; '' when handed in"),
        sa.Column("day", sa.Date(), nullable=False, comment="of publication, else first seen"),
        sa.Column("seen", NUMBER, nullable=False, comment="addresses seen"),
        sa.Column("read", NUMBER, nullable=False, comment="of them, read to a verdict"),
        sa.Column("relevant", NUMBER, nullable=False, comment="of them, relevant"),
        sa.PrimaryKeyConstraint("source", "day", name="pk_coverage"),
    )
    op.create_index("ix_coverage_day", "coverage", ["day"], unique=False)
    op.create_table(
        "readers",
        sa.Column("name", TEXT, nullable=False, comment="the reader's name"),
        sa.Column("list", TEXT, nullable=False, comment="articles | records"),
        sa.Column("seq", NUMBER, nullable=False, comment="everything up to this place was shown"),
        sa.PrimaryKeyConstraint("name", "list", name="pk_readers"),
    )
    op.create_table(
        "runs",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("command", TEXT, nullable=False, comment="the command as it was given"),
        sa.Column("started", TIME, nullable=False, comment="when it began"),
        sa.Column("ended", TIME, nullable=True, comment="when it ended; null while it runs"),
        sa.Column(
            "outcome", TEXT, nullable=True, comment="how it ended; 'interrupted' is set by the next run"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_table(
        "shown",
        sa.Column("name", TEXT, nullable=False, comment="the reader's name"),
        sa.Column("list", TEXT, nullable=False, comment="articles | records"),
        sa.Column("item_id", NUMBER, nullable=False, comment="number of the article or record"),
        sa.Column(
            "seq", NUMBER, nullable=False, comment="its place in the order of changes when it was shown"
        ),
        sa.PrimaryKeyConstraint("name", "list", "item_id", name="pk_shown"),
    )
    op.create_table(
        "fetches",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("run_id", NUMBER, nullable=True, comment="run in which it happened"),
        sa.Column("source", TEXT, nullable=False, comment="slug of the source"),
        sa.Column("url", TEXT, nullable=False, comment="address that was asked for"),
        sa.Column("fetched", TIME, nullable=False, comment="when"),
        sa.Column("state", TEXT, nullable=False, comment="a FeedState"),
        sa.Column("status", NUMBER, nullable=True, comment="HTTP status, where there was an answer"),
        sa.Column("entries", NUMBER, nullable=False, comment="entries that the feed held"),
        sa.Column("new", NUMBER, nullable=False, comment="of them, those never seen before"),
        sa.Column("bytes", NUMBER, nullable=False, comment="length of the body"),
        sa.Column("seconds", sa.Double(), nullable=False, comment="how long it took"),
        sa.Column("detail", TEXT, nullable=False, comment="a short human word more"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_fetches_run_id_runs", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_fetches"),
    )
    op.create_index("ix_fetches_run_id", "fetches", ["run_id"], unique=False)
    op.create_index("ix_fetches_source_fetched", "fetches", ["source", "fetched"], unique=False)
    op.create_table(
        "pages",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("url", TEXT, nullable=False, comment="canonical; 'text:…' for text with no address"),
        sa.Column("given_url", TEXT, nullable=True, comment="as the feed gave it, where that differs"),
        sa.Column(
            "final_url", TEXT, nullable=True, comment="the article's canonical address, where it differs"
        ),
        sa.Column(
            "source",
            TEXT,
            nullable=False,
            comment="slug of the source that had it first; '' when handed in",
        ),
        sa.Column("title", TEXT, nullable=False, comment="title in the feed, or of the article"),
        sa.Column("summary", TEXT, nullable=True, comment="summary in the feed; kept only while it is open"),
        sa.Column("published", TIME, nullable=True, comment="publication as the feed or the page says"),
        sa.Column("day", sa.Date(), nullable=False, comment="day under which coverage counts it"),
        sa.Column("first_seen", TIME, nullable=False, comment="when the address was first seen"),
        sa.Column("checked", TIME, nullable=True, comment="when it was last tried"),
        sa.Column("outcome", TEXT, nullable=False, comment="pending | relevant | irrelevant | a Rejection"),
        sa.Column("detail", TEXT, nullable=False, comment="a short human word more about the latest try"),
        sa.Column("tries", NUMBER, nullable=False, comment="how many times it was tried without success"),
        sa.Column("open", sa.Boolean(), nullable=False, comment="whether it is still to be fetched"),
        sa.Column("run_id", NUMBER, nullable=True, comment="run that saw it first or tried it last"),
        sa.Column("article_id", NUMBER, nullable=True, comment="its article, where one is stored"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_pages_article_id_articles", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_pages_run_id_runs", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_pages"),
        sa.UniqueConstraint("url", name="uq_pages_url"),
    )
    op.create_index(
        "ix_pages_article_id",
        "pages",
        ["article_id"],
        unique=False,
        **only("article_id IS NOT NULL"),
    )
    op.create_index(
        "ix_pages_final_url",
        "pages",
        ["final_url"],
        unique=False,
        **only("final_url IS NOT NULL"),
    )
    op.create_index("ix_pages_open", "pages", ["source"], unique=False, **only("open = 1", postgresql="open"))
    op.create_table(
        "records",
        sa.Column("id", NUMBER, nullable=False, comment="number of the row"),
        sa.Column("article_id", NUMBER, nullable=False, comment="article"),
        sa.Column("position", NUMBER, nullable=False, comment="order in the article, from 0"),
        sa.Column("nationality", TEXT, nullable=False, comment="ISO 3166-1 alpha-2, XX unknown"),
        sa.Column("country", TEXT, nullable=False, comment="of custody, ISO 3166-1 alpha-2, XX unknown"),
        sa.Column("count", NUMBER, nullable=True, comment="people"),
        sa.Column("bound", TEXT, nullable=False, comment="how the count is meant"),
        sa.Column("per", TEXT, nullable=True, comment="unit of an average flow"),
        sa.Column("kind", TEXT, nullable=False, comment="event | stock | flow"),
        sa.Column("stage", TEXT, nullable=False, comment="latest stage reported"),
        sa.Column("quantity_kg", sa.Double(), nullable=True, comment="drug in kilograms"),
        sa.Column("sentence_years", sa.Double(), nullable=True, comment="longest term in years"),
        sa.Column("sentence_word", TEXT, nullable=True, comment="life | death"),
        sa.Column("drug_share", sa.Double(), nullable=True, comment="percent held for drugs"),
        sa.Column("when", TEXT, nullable=True, comment="2014, 2014-04, 2018-12-20 or a period a/b"),
        sa.Column("place", TEXT, nullable=True, comment="as written"),
        sa.Column("evidence", TEXT, nullable=False, comment="the sentence, verbatim"),
        sa.Column("evidence_start", NUMBER, nullable=False, comment="its offset in the article's text"),
        sa.Column("evidence_end", NUMBER, nullable=False, comment="its end, half open"),
        sa.Column("confidence", sa.Double(), nullable=False, comment="0 to 1"),
        sa.Column("first_seen", TIME, nullable=False, comment="when the record was first stored"),
        sa.Column("changed", TIME, nullable=False, comment="when a field of the codebook last changed"),
        sa.Column("seq", NUMBER, nullable=False, comment="place in the order of changes; see counters"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_records_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_records"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_records_article_id", "records", ["article_id"], unique=False)
    op.create_index("ix_records_country", "records", ["country"], unique=False)
    op.create_index("ix_records_nationality_country", "records", ["nationality", "country"], unique=False)
    op.create_index("ix_records_seq", "records", ["seq"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("article_id", NUMBER, nullable=False, comment="article"),
        sa.Column("number", NUMBER, nullable=False, comment="from 1, in order"),
        sa.Column("title", TEXT, nullable=False, comment="title at that time"),
        sa.Column("text", TEXT, nullable=False, comment="text at that time"),
        sa.Column("first_seen", TIME, nullable=False, comment="since when it stood"),
        sa.Column("replaced", TIME, nullable=False, comment="when the next text was seen"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_revisions_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "number", name="pk_revisions"),
    )
    op.create_table(
        "feeds",
        sa.Column("source", TEXT, nullable=False, comment="slug of the source"),
        sa.Column("url", TEXT, nullable=False, comment="address to which the memory belongs"),
        sa.Column("etag", TEXT, nullable=True, comment="ETag of the latest body"),
        sa.Column("last_modified", TEXT, nullable=True, comment="Last-Modified of the latest body"),
        sa.Column("body_hash", TEXT, nullable=True, comment="hash of the latest body"),
        sa.Column("last_full", TIME, nullable=True, comment="when a whole body was last fetched"),
        sa.Column("last_ok", TIME, nullable=True, comment="when a fetch last did not fail"),
        sa.Column("last_fetch_id", NUMBER, nullable=True, comment="the latest fetch"),
        sa.Column("failures", NUMBER, nullable=False, comment="failed fetches in a row"),
        sa.ForeignKeyConstraint(
            ["last_fetch_id"], ["fetches.id"], name="fk_feeds_last_fetch_id_fetches", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("source", name="pk_feeds"),
    )
    op.create_table(
        "record_drugs",
        sa.Column("record_id", NUMBER, nullable=False, comment="record"),
        sa.Column("drug", TEXT, nullable=False, comment="a Drug"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name="fk_record_drugs_record_id_records", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "drug", name="pk_record_drugs"),
    )
    op.create_index("ix_record_drugs_drug_record_id", "record_drugs", ["drug", "record_id"], unique=False)
    if op.get_context().dialect.name == "postgresql":
        make_search(op.get_bind())
        return
    for statement in SEARCH:
        op.execute(statement)
