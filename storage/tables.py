"""The tables, typed, a comment on each column, indexes declared.

    articles ──┬── revisions      readers ── shown: what each reader has seen
               └── records ── record_drugs

The addresses by which articles come are in page_tables.py, the tables of cases in case_tables.py, what
trends count in trend_tables.py, how sources fare in health_tables.py, what stood when in
history_tables.py, what is not kept in privacy_tables.py, those of unattended work in job_tables.py, what
people say of it all in marks_tables.py, archives that are read in in backfill_tables.py.

``articles_fts`` (FTS5 on SQLite) and the triggers that keep it in step are made by the first
migration: SQLAlchemy cannot declare them. The migrations are the law; a test holds this file
against them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from storage.alert_tables import AlertHit, AlertRule, ArticleMark
from storage.backfill_tables import BackfillFile, BackfillPiece
from storage.case_tables import (
    Case,
    CaseApart,
    CaseKey,
    CaseName,
    CasePeople,
    CasePin,
    CaseRecord,
    CaseReport,
    Secret,
)
from storage.columns import NEVER_REUSE, Base, Key, UtcDateTime, only
from storage.dialects import ByDatabase
from storage.health_tables import HealthEventRow, HostRestRow, RobotsRow, SourceHealthRow
from storage.history_tables import CaseHistory, CoverageHistory, RecordHistory
from storage.job_tables import JobRun, QuarantinedPage
from storage.marks_tables import ProgramRecord, ProgramVerdict, RecordMark, ReviewSample, ReviewStep
from storage.outbox_tables import AlertWindow, OutboxMessage, OutboxStop, Subscriber, Subscription
from storage.page_tables import Coverage, Feed, Fetch, Page, Run
from storage.privacy_tables import Erasure, ReducedArticle, Tombstone
from storage.trend_tables import CaseCount, FigureCount

__all__ = [
    "AlertHit",
    "AlertRule",
    "AlertWindow",
    "Article",
    "ArticleMark",
    "BackfillFile",
    "BackfillPiece",
    "Base",
    "Case",
    "CaseApart",
    "CaseCount",
    "CaseHistory",
    "CaseKey",
    "CaseName",
    "CasePeople",
    "CasePin",
    "CaseRecord",
    "CaseReport",
    "Counter",
    "Coverage",
    "CoverageHistory",
    "Erasure",
    "Feed",
    "Fetch",
    "FigureCount",
    "HealthEventRow",
    "HostRestRow",
    "JobRun",
    "OutboxMessage",
    "OutboxStop",
    "Page",
    "ProgramRecord",
    "ProgramVerdict",
    "QuarantinedPage",
    "Reader",
    "Record",
    "RecordDrug",
    "RecordHistory",
    "RecordMark",
    "ReducedArticle",
    "ReviewSample",
    "ReviewStep",
    "Revision",
    "RobotsRow",
    "Run",
    "Secret",
    "Shown",
    "SourceHealthRow",
    "Subscriber",
    "Subscription",
    "Tombstone",
    "UtcDateTime",
    "has_text",
    "is_relevant",
]


class Article(Base):
    """The text of each article that is or was relevant."""

    __tablename__ = "articles"
    __table_args__ = (
        # These three answer which articles fit and how many there are; a row is five times as long.
        Index("ix_articles_known", "id", "relevant", "dated", "seq", "language", "source"),
        Index("ix_articles_listed", "relevant", "dated", "id", "language"),
        Index(None, "source", "relevant", "dated"),
        Index(None, "first_seen"),
        Index(None, "seq"),
        NEVER_REUSE,
    )

    id: Mapped[Key]
    url: Mapped[str] = mapped_column(unique=True, comment="canonical; 'text:…' for text with no address")
    source: Mapped[str] = mapped_column(comment="slug of the source; '' when handed in")
    title: Mapped[str] = mapped_column(comment="title")
    text_hash: Mapped[str] = mapped_column(comment="hash of the text's words, by which an edit is noticed")
    language: Mapped[str] = mapped_column(comment="ISO 639-1")
    published: Mapped[datetime | None] = mapped_column(comment="publication")
    date_origin: Mapped[str | None] = mapped_column(comment="where the publication date was found")
    dated: Mapped[datetime] = mapped_column(comment="published, else first_seen: what lists sort by")
    outlet_country: Mapped[str | None] = mapped_column(comment="ISO 3166-1 alpha-2")
    first_seen: Mapped[datetime] = mapped_column(comment="when it was first stored")
    revised: Mapped[datetime | None] = mapped_column(comment="when a changed text was last seen")
    revision: Mapped[int] = mapped_column(comment="how many times the outlet changed it")
    relevant: Mapped[bool] = mapped_column(comment="the present verdict")
    score: Mapped[float] = mapped_column(comment="score of the verdict, 0 to 1")
    seq: Mapped[int] = mapped_column(comment="place in the order of changes; see counters")
    # The long columns stand last: SQLite then need not read through them to reach the others.
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, comment="rules that fired: rule, weight, span"
    )
    text: Mapped[str] = mapped_column(comment="title, newline, body; offsets of records count in it")


class Revision(Base):
    """Each text of an article that the outlet has replaced since."""

    __tablename__ = "revisions"

    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, comment="article"
    )
    number: Mapped[int] = mapped_column(primary_key=True, comment="from 1, in order")
    title: Mapped[str] = mapped_column(comment="title at that time")
    text: Mapped[str] = mapped_column(comment="text at that time")
    first_seen: Mapped[datetime] = mapped_column(comment="since when it stood")
    replaced: Mapped[datetime] = mapped_column(comment="when the next text was seen")


class Record(Base):
    """One group of detainees or one figure of an article, by the codebook."""

    __tablename__ = "records"
    __table_args__ = (
        Index(None, "article_id"),
        # With the article, so that lists of a nationality or country are counted and begun by them alone.
        Index("ix_records_pairs", "nationality", "country", "article_id"),
        Index("ix_records_nationality", "nationality", "article_id"),
        Index("ix_records_country", "country", "article_id"),
        Index("ix_records_stage", "stage", "article_id"),
        Index(None, "count", "article_id"),
        Index(None, "seq"),
        Index(
            "ix_records_figures",
            *("kind", "nationality", "country", "article_id"),
            **only("kind != 'event'"),
        ),
        NEVER_REUSE,
    )

    id: Mapped[Key]
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), comment="article")
    position: Mapped[int] = mapped_column(comment="order in the article, from 0")
    nationality: Mapped[str] = mapped_column(comment="ISO 3166-1 alpha-2, XX unknown")
    country: Mapped[str] = mapped_column(comment="of custody, ISO 3166-1 alpha-2, XX unknown")
    count: Mapped[int | None] = mapped_column(comment="people")
    bound: Mapped[str] = mapped_column(comment="how the count is meant")
    per: Mapped[str | None] = mapped_column(comment="unit of an average flow")
    kind: Mapped[str] = mapped_column(comment="event | stock | flow")
    stage: Mapped[str] = mapped_column(comment="latest stage reported")
    quantity_kg: Mapped[float | None] = mapped_column(comment="drug in kilograms")
    sentence_years: Mapped[float | None] = mapped_column(comment="longest term in years")
    sentence_word: Mapped[str | None] = mapped_column(comment="life | death")
    drug_share: Mapped[float | None] = mapped_column(comment="percent held for drugs")
    when: Mapped[str | None] = mapped_column(comment="2014, 2014-04, 2018-12-20 or a period a/b")
    place: Mapped[str | None] = mapped_column(comment="as written")
    evidence: Mapped[str] = mapped_column(comment="the sentence, verbatim")
    evidence_start: Mapped[int] = mapped_column(comment="its offset in the article's text")
    evidence_end: Mapped[int] = mapped_column(comment="its end, half open")
    confidence: Mapped[float] = mapped_column(comment="0 to 1")
    first_seen: Mapped[datetime] = mapped_column(comment="when the record was first stored")
    changed: Mapped[datetime] = mapped_column(comment="when a field of the codebook last changed")
    seq: Mapped[int] = mapped_column(comment="place in the order of changes; see counters")


class RecordDrug(Base):
    """The drugs of a record."""

    __tablename__ = "record_drugs"
    __table_args__ = (Index(None, "drug", "record_id"),)

    record_id: Mapped[int] = mapped_column(
        ForeignKey("records.id", ondelete="CASCADE"), primary_key=True, comment="record"
    )
    drug: Mapped[str] = mapped_column(primary_key=True, comment="a Drug")


class Reader(Base):
    """How far each reader of a list has read."""

    __tablename__ = "readers"

    name: Mapped[str] = mapped_column(primary_key=True, comment="the reader's name")
    list: Mapped[str] = mapped_column(primary_key=True, comment="articles | records")
    seq: Mapped[int] = mapped_column(comment="everything up to this place was shown")


class Shown(Base):
    """What a reader was shown beyond the bookmark, by a filtered or cut list."""

    __tablename__ = "shown"

    name: Mapped[str] = mapped_column(primary_key=True, comment="the reader's name")
    list: Mapped[str] = mapped_column(primary_key=True, comment="articles | records")
    item_id: Mapped[int] = mapped_column(primary_key=True, comment="number of the article or record")
    seq: Mapped[int] = mapped_column(comment="its place in the order of changes when it was shown")


class Counter(Base):
    """Counters that only rise, moved inside the writing transaction, so that their order is the
    order of commits. A clock would not do: it can be set back, and two writers can share a second."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True, comment="name of the counter")
    value: Mapped[int] = mapped_column(comment="the last value given out")


def has_text() -> ColumnElement[bool]:
    """The condition that an article has its text; retention took that of the others away."""
    return Article.text != ""


def is_relevant(*, indexed: bool = True) -> ColumnElement[bool]:
    """The condition that an article is relevant. Nearly all stored ones are: where another index
    leads to a few rows, ``indexed`` False keeps SQLite from taking that of this column instead."""
    relevant = Article.relevant.is_(True)
    if indexed:
        return relevant
    return ByDatabase(sqlite=func.coalesce(Article.relevant, False).is_(True), postgresql=relevant)
