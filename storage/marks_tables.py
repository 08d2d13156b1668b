"""The tables of what people say of articles and records, beside what the program says.

    article_marks      relevant or not, by person                         (alert_tables.py)
    record_marks       one row for each record that a person corrected, added or removed
    program_verdicts   the program's verdict on each article of which a person said something
    program_records    and its records, which the tables of everybody's lists need not hold
    review_log         every step that a person took, so that it can be counted and taken back
    review_samples     what was drawn at random to be looked at, with its weight

``articles.relevant``, ``records`` and all that follows from them hold what stands: what a person said
where one did, else what the program says. No list has to ask who said it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_REUSE, Base, Key


class RecordMark(Base):
    """What people say of one record."""

    __tablename__ = "record_marks"
    __table_args__ = (Index(None, "article_id"), NEVER_REUSE)

    id: Mapped[Key]
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), comment="article")
    record_id: Mapped[int] = mapped_column(unique=True, comment="number of the record")
    removed: Mapped[bool] = mapped_column(comment="whether there is no such record, by what a person said")
    base: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="the program's record when it was spoken of; null: a person added it"
    )
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, comment="the fields that a person gave, by name")
    by: Mapped[str] = mapped_column(comment="who spoke last")
    at: Mapped[datetime] = mapped_column(comment="when")
    text_hash: Mapped[str] = mapped_column(comment="hash of the text that the person had before them")


class ProgramVerdict(Base):
    """What the program says of an article of which a person said something."""

    __tablename__ = "program_verdicts"

    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, comment="article"
    )
    relevant: Mapped[bool] = mapped_column(comment="the program's verdict")


class ProgramRecord(Base):
    """A record as the program reads it, of an article of which a person said something."""

    __tablename__ = "program_records"
    __table_args__ = (Index(None, "article_id"),)

    id: Mapped[Key]
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), comment="article")
    record_id: Mapped[int | None] = mapped_column(
        unique=True, comment="its number among the records; null: it was never listed"
    )
    position: Mapped[int] = mapped_column(comment="order in the article, from 0")
    nationality: Mapped[str] = mapped_column(comment="as in records")
    country: Mapped[str] = mapped_column(comment="as in records")
    count: Mapped[int | None] = mapped_column(comment="as in records")
    bound: Mapped[str] = mapped_column(comment="as in records")
    per: Mapped[str | None] = mapped_column(comment="as in records")
    kind: Mapped[str] = mapped_column(comment="as in records")
    stage: Mapped[str] = mapped_column(comment="as in records")
    quantity_kg: Mapped[float | None] = mapped_column(comment="as in records")
    sentence_years: Mapped[float | None] = mapped_column(comment="as in records")
    sentence_word: Mapped[str | None] = mapped_column(comment="as in records")
    drug_share: Mapped[float | None] = mapped_column(comment="as in records")
    when: Mapped[str | None] = mapped_column(comment="as in records")
    place: Mapped[str | None] = mapped_column(comment="as in records")
    evidence: Mapped[str] = mapped_column(comment="as in records")
    evidence_start: Mapped[int] = mapped_column(comment="as in records")
    evidence_end: Mapped[int] = mapped_column(comment="as in records")
    confidence: Mapped[float] = mapped_column(comment="as in records")
    drugs: Mapped[str] = mapped_column(comment="its drugs in order, with commas between")


class ReviewStep(Base):
    """One thing that a person said, and what stood before."""

    __tablename__ = "review_log"
    __table_args__ = (Index(None, "by", "id"), Index(None, "url"), NEVER_REUSE)

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(comment="when")
    by: Mapped[str] = mapped_column(comment="who")
    action: Mapped[str] = mapped_column(comment="accept | reject | clear | correct | add | remove | restore")
    url: Mapped[str] = mapped_column(comment="address of the article as it is stored")
    record_id: Mapped[int | None] = mapped_column(comment="number of the record, where it is about one")
    before: Mapped[dict[str, Any]] = mapped_column(
        JSON, comment="mark of the person and mark of the record before"
    )
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, comment="what was given")
    undone: Mapped[datetime | None] = mapped_column(comment="when the person took it back")


class ReviewSample(Base):
    """An address that was drawn at random, to estimate how much is right and how much is missed."""

    __tablename__ = "review_samples"
    __table_args__ = (Index(None, "stratum"), {"sqlite_with_rowid": False})

    url: Mapped[str] = mapped_column(primary_key=True, comment="address as article_marks have it")
    stratum: Mapped[str] = mapped_column(comment="shown | hidden, by the program's verdict when it was drawn")
    drawn: Mapped[datetime] = mapped_column(comment="when")
    weight: Mapped[float] = mapped_column(comment="how many addresses it stands for: drawn from / drawn")
