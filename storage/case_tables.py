"""The tables of cases.

    cases ──┬── case_reports ──┬── case_records ── records     what each article tells of the case
            │    └── articles  ├── case_people   by nationality, country and day
            │                  ├── case_keys     near-copies, weights, large counts
            │                  └── case_names    keyed hashes, dropped when the case is over
            ├── case_pins      a person's decision: these records belong to this case
            └── case_apart     a person's decision: these two cases are two

A case's own columns follow from its reports and are written anew whenever one of them changes; what
people decided is in case_pins, case_apart and cases.merged_into, and no new reading touches it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_REUSE, Base, Key, only


class Case(Base):
    """One case, however many articles report it."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_merged_into", "merged_into", **only("merged_into IS NOT NULL")),
        Index("ix_cases_forget", "forget", **only("forget IS NOT NULL")),
        # Those that are listed, counted and told apart by it alone.
        Index(
            "ix_cases_standing",
            *("last_seen", "id", "stage"),
            **only("merged_into IS NULL AND reports > 0"),
        ),
        Index(None, "last_seen"),
        Index(None, "seq"),
        Index(None, "count"),
        NEVER_REUSE,
    )

    id: Mapped[Key]
    country: Mapped[str] = mapped_column(comment="of custody, ISO 3166-1 alpha-2")
    count: Mapped[int | None] = mapped_column(comment="people, the latest reliable figure")
    stage: Mapped[str] = mapped_column(comment="latest stage reported")
    reports: Mapped[int] = mapped_column(comment="how many articles report it; 0: none any more")
    first_seen: Mapped[datetime] = mapped_column(comment="publication of its first report, else its storing")
    last_seen: Mapped[datetime] = mapped_column(comment="publication of its last report, else its storing")
    added: Mapped[datetime] = mapped_column(comment="when it was first stored")
    changed: Mapped[datetime] = mapped_column(comment="when a report of it was last added, changed or lost")
    merged_into: Mapped[int | None] = mapped_column(
        ForeignKey("cases.id"), comment="the case that it turned out to be; null for one that stands"
    )
    forget: Mapped[datetime | None] = mapped_column(comment="when its hashes of names are dropped")
    seq: Mapped[int] = mapped_column(comment="place in the order of changes; see counters")


class CaseReport(Base):
    """What one article tells of one case."""

    __tablename__ = "case_reports"
    __table_args__ = (
        Index("ix_case_reports_told", "case_id", "day", "article_id"),
        Index("ix_case_reports_telling", "article_id", "case_id"),
        NEVER_REUSE,
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), comment="case")
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), comment="article")
    day: Mapped[int] = mapped_column(comment="day of publication, else of storing; 1 is 0001-01-01")
    pinned: Mapped[bool] = mapped_column(comment="whether a person put it into its case")
    clues: Mapped[dict[str, Any]] = mapped_column(JSON, comment="what it is compared by, without names")


class CaseRecord(Base):
    """The records that make a report."""

    __tablename__ = "case_records"
    __table_args__ = (Index(None, "report_id"),)

    record_id: Mapped[int] = mapped_column(
        ForeignKey("records.id", ondelete="CASCADE"), primary_key=True, comment="record"
    )
    report_id: Mapped[int] = mapped_column(
        ForeignKey("case_reports.id", ondelete="CASCADE"), comment="report"
    )


class CasePeople(Base):
    """Whom a report is about, for finding reports of the same people by the day."""

    __tablename__ = "case_people"
    __table_args__ = (Index(None, "nationality", "country", "day", "report_id"),)

    report_id: Mapped[int] = mapped_column(
        ForeignKey("case_reports.id", ondelete="CASCADE"), primary_key=True, comment="report"
    )
    nationality: Mapped[str] = mapped_column(primary_key=True, comment="ISO 3166-1 alpha-2, XX unknown")
    country: Mapped[str] = mapped_column(comment="of custody")
    day: Mapped[int] = mapped_column(comment="as in case_reports")
    count: Mapped[int | None] = mapped_column(comment="people of this nationality")


class CaseKey(Base):
    """By what near-copies, equal weights and equal large counts are found."""

    __tablename__ = "case_keys"
    __table_args__ = (Index(None, "report_id"), {"sqlite_with_rowid": False})

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, comment="hash")
    report_id: Mapped[int] = mapped_column(
        ForeignKey("case_reports.id", ondelete="CASCADE"), primary_key=True, comment="report"
    )


class CaseName(Base):
    """Keyed hashes of rare capitalised words of a report; see docs/decisions.md."""

    __tablename__ = "case_names"
    __table_args__ = (Index(None, "report_id"), {"sqlite_with_rowid": False})

    name: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, comment="keyed hash of the word, or of its sound"
    )
    report_id: Mapped[int] = mapped_column(
        ForeignKey("case_reports.id", ondelete="CASCADE"), primary_key=True, comment="report"
    )
    sort: Mapped[str] = mapped_column(comment="name | hint (perhaps one) | sound (as outlets may spell it)")


class CasePin(Base):
    """A person's decision that a record belongs to a case. It outlives the record: when an article is
    read again, it holds for the record that takes the place of the old one."""

    __tablename__ = "case_pins"
    __table_args__ = (Index(None, "article_id"), Index(None, "case_id"))

    id: Mapped[Key]
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), comment="article")
    record_id: Mapped[int] = mapped_column(comment="record; it may be gone")
    nationality: Mapped[str] = mapped_column(comment="of the record when it was decided")
    country: Mapped[str] = mapped_column(comment="of the record when it was decided")
    count: Mapped[int | None] = mapped_column(comment="of the record when it was decided")
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), comment="case")
    decided: Mapped[datetime] = mapped_column(comment="when")


class CaseApart(Base):
    """A person's decision that two cases are two; the smaller number stands first."""

    __tablename__ = "case_apart"
    __table_args__ = (Index(None, "other_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, comment="case")
    other_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, comment="other case")
    decided: Mapped[datetime] = mapped_column(comment="when")


class Secret(Base):
    """Keys that are the database's own."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(primary_key=True, comment="what it is for")
    value: Mapped[bytes] = mapped_column(LargeBinary, comment="random bytes")
