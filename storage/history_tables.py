"""The tables of history: what stood when, so that a data set can be given as it was.

    articles ── record_history      every value that a record had, with the case that it was put into
    cases ───── case_history        every count and stage that a case had
                coverage_history    what coverage said at the end of each day on which it changed

The present values are in here too, as the rows without an end: an export reads one table, whether it
is asked for today or for a day of the past.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Key, only


class RecordHistory(Base):
    """The values of a record from one moment until another."""

    __tablename__ = "record_history"
    __table_args__ = (
        Index(None, "record_id", "valid_from"),
        Index(None, "article_id"),
        Index("ix_record_history_open_case", "case_id", **only("valid_to IS NULL")),
    )

    id: Mapped[Key]
    record_id: Mapped[int] = mapped_column(comment="record; it may be gone")
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), comment="article")
    case_id: Mapped[int | None] = mapped_column(comment="case that it was put into; null for a figure")
    nationality: Mapped[str] = mapped_column(comment="ISO 3166-1 alpha-2, XX unknown")
    country: Mapped[str] = mapped_column(comment="of custody, ISO 3166-1 alpha-2, XX unknown")
    count: Mapped[int | None] = mapped_column(comment="people")
    bound: Mapped[str] = mapped_column(comment="how the count is meant")
    per: Mapped[str | None] = mapped_column(comment="unit of an average flow")
    kind: Mapped[str] = mapped_column(comment="event | stock | flow")
    stage: Mapped[str] = mapped_column(comment="latest stage reported")
    drugs: Mapped[str] = mapped_column(comment="drugs in their order, with commas between")
    quantity_kg: Mapped[float | None] = mapped_column(comment="drug in kilograms")
    sentence_years: Mapped[float | None] = mapped_column(comment="longest term in years")
    sentence_word: Mapped[str | None] = mapped_column(comment="life | death")
    drug_share: Mapped[float | None] = mapped_column(comment="percent held for drugs")
    when: Mapped[str | None] = mapped_column(comment="2014, 2014-04, 2018-12-20 or a period a/b")
    place: Mapped[str | None] = mapped_column(comment="as written")
    evidence: Mapped[str] = mapped_column(comment="the sentence, verbatim")
    confidence: Mapped[float] = mapped_column(comment="of the last reading that gave these values, 0 to 1")
    valid_from: Mapped[datetime] = mapped_column(comment="since when they stood")
    valid_to: Mapped[datetime | None] = mapped_column(comment="until when; null: they stand")


class CaseHistory(Base):
    """Count and stage of a case from one moment until another."""

    __tablename__ = "case_history"
    __table_args__ = (Index(None, "case_id", "valid_from"),)

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), comment="case")
    country: Mapped[str] = mapped_column(comment="of custody, ISO 3166-1 alpha-2")
    count: Mapped[int | None] = mapped_column(comment="people, the latest reliable figure")
    stage: Mapped[str] = mapped_column(comment="latest stage reported")
    merged_into: Mapped[int | None] = mapped_column(
        comment="where it ended: the case that it turned out to be"
    )
    valid_from: Mapped[datetime] = mapped_column(comment="since when they stood")
    valid_to: Mapped[datetime | None] = mapped_column(comment="until when; null: they stand")


class CoverageHistory(Base):
    """What coverage said of a source and a day, at the end of each day on which that changed."""

    __tablename__ = "coverage_history"

    source: Mapped[str] = mapped_column(primary_key=True, comment="slug of the source; '' when handed in")
    day: Mapped[date] = mapped_column(primary_key=True, comment="of publication, else first seen")
    noted: Mapped[date] = mapped_column(primary_key=True, comment="day (UTC) on which it changed")
    seen: Mapped[int] = mapped_column(comment="addresses seen")
    read: Mapped[int] = mapped_column(comment="of them, read to a verdict")
    relevant: Mapped[int] = mapped_column(comment="of them, relevant")
