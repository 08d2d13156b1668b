"""The tables that trends count.

    cases ── case_counts     each case once for each nationality in it, with its days
    records ── figures       each stock and each flow, with its moment and whose it is

Their rows follow from the reports of their case (trend_store.py), or from the records of their article
(figure_store.py), and are written anew with them: a series over 100,000 cases is a pass through one narrow
table, and so are the stocks of a nationality, whose records and articles are scattered over the whole
database.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base


class CaseCount(Base):
    """The people of one nationality in one case. Days are counted as in case_reports."""

    __tablename__ = "case_counts"
    __table_args__ = (
        # All that pairs are counted by, so that they need not be sorted.
        Index("ix_case_counts_pairs", "nationality", "country", "day", "case_id", "people", "bound"),
        # By which lists of cases are counted.
        Index("ix_case_counts_nationality", "nationality", "case_id", "country", "stage"),
        Index("ix_case_counts_country", "country", "case_id", "stage"),
        Index("ix_case_counts_drugs", "drugs", "case_id", "quantity_kg", "sentence_years", "sentence_word"),
    )

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, comment="case"
    )
    nationality: Mapped[str] = mapped_column(primary_key=True, comment="ISO 3166-1 alpha-2, XX unknown")
    country: Mapped[str] = mapped_column(comment="of custody")
    stage: Mapped[str] = mapped_column(comment="latest stage of the case")
    people: Mapped[int | None] = mapped_column(comment="people of this nationality, the reliable figure")
    bound: Mapped[str] = mapped_column(comment="how people is meant")
    day: Mapped[int | None] = mapped_column(comment="day of the event; null where nothing says when")
    exactness: Mapped[str] = mapped_column(
        comment="how exactly it is known: day | month | year | report | none"
    )
    act_day: Mapped[int | None] = mapped_column(comment="day of the act of the latest stage")
    seen_day: Mapped[int | None] = mapped_column(comment="publication of the first report")
    quantity_kg: Mapped[float | None] = mapped_column(comment="drug in kilograms")
    sentence_years: Mapped[float | None] = mapped_column(comment="term in years")
    sentence_word: Mapped[str | None] = mapped_column(comment="life | death")
    drugs: Mapped[str] = mapped_column(comment="words of the codebook, sorted, with commas")
    stages: Mapped[str] = mapped_column(comment="every stage reported, in their order, with commas")
    sources: Mapped[dict[str, int | None]] = mapped_column(JSON, comment="source → day of its first report")
    languages: Mapped[dict[str, int | None]] = mapped_column(
        JSON, comment="language → day of its first report"
    )


class FigureCount(Base):
    """A stock or a flow: all that a line of them needs but the sentence itself."""

    __tablename__ = "figures"
    __table_args__ = (Index(None, "kind", "nationality", "country"),)

    record_id: Mapped[int] = mapped_column(
        ForeignKey("records.id", ondelete="CASCADE"), primary_key=True, comment="record"
    )
    article_id: Mapped[int] = mapped_column(comment="its article")
    kind: Mapped[str] = mapped_column(comment="stock | flow")
    nationality: Mapped[str] = mapped_column(comment="ISO 3166-1 alpha-2, XX unknown")
    country: Mapped[str] = mapped_column(comment="of custody")
    stage: Mapped[str] = mapped_column(comment="latest stage reported")
    place: Mapped[str | None] = mapped_column(comment="as written")
    office: Mapped[str | None] = mapped_column(comment="whose figure it is, where the sentence says so")
    count: Mapped[int | None] = mapped_column(comment="people")
    bound: Mapped[str] = mapped_column(comment="how the count is meant")
    per: Mapped[str | None] = mapped_column(comment="unit of an average flow")
    drug_share: Mapped[float | None] = mapped_column(comment="percent held for drugs")
    drugs: Mapped[str] = mapped_column(comment="words of the codebook, sorted, with commas")
    when: Mapped[str | None] = mapped_column(comment="as the record has it")
    first_day: Mapped[int] = mapped_column(comment="of the moment or period, else of the article")
    last_day: Mapped[int] = mapped_column(comment="its last day")
    source: Mapped[str] = mapped_column(comment="outlet of the article")
    language: Mapped[str] = mapped_column(comment="of the article")
    published: Mapped[datetime | None] = mapped_column(comment="the article's date of publication")
