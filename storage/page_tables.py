"""The tables of addresses: what was fetched, which pages were seen, and how many of a source on a day.

runs ── fetches            feeds: the latest fetch of each source, for conditional requests
  └──── pages ──→ articles
        └→ coverage (counted along with every change of a page)
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Key, only


class Run(Base):
    """One run of a command that reads: crawl, ingest, reprocess."""

    __tablename__ = "runs"

    id: Mapped[Key]
    command: Mapped[str] = mapped_column(comment="the command as it was given")
    started: Mapped[datetime] = mapped_column(comment="when it began")
    ended: Mapped[datetime | None] = mapped_column(comment="when it ended; null while it runs")
    outcome: Mapped[str | None] = mapped_column(comment="how it ended; 'interrupted' is set by the next run")


class Fetch(Base):
    """Every attempt to fetch a source's feed."""

    __tablename__ = "fetches"
    __table_args__ = (Index(None, "source", "fetched"), Index(None, "run_id"))

    id: Mapped[Key]
    run_id: Mapped[int | None] = mapped_column(
        ForeignKey("runs.id", ondelete="SET NULL"), comment="run in which it happened"
    )
    source: Mapped[str] = mapped_column(comment="slug of the source")
    url: Mapped[str] = mapped_column(comment="address that was asked for")
    fetched: Mapped[datetime] = mapped_column(comment="when")
    state: Mapped[str] = mapped_column(comment="a FeedState")
    status: Mapped[int | None] = mapped_column(comment="HTTP status, where there was an answer")
    entries: Mapped[int] = mapped_column(comment="entries that the feed held")
    new: Mapped[int] = mapped_column(comment="of them, those never seen before")
    bytes: Mapped[int] = mapped_column(comment="length of the body")
    seconds: Mapped[float] = mapped_column(comment="how long it took")
    detail: Mapped[str] = mapped_column(comment="a short human word more")


class Feed(Base):
    """What is remembered of each source's feed between runs."""

    __tablename__ = "feeds"

    source: Mapped[str] = mapped_column(primary_key=True, comment="slug of the source")
    url: Mapped[str] = mapped_column(comment="address to which the memory belongs")
    etag: Mapped[str | None] = mapped_column(comment="ETag of the latest body")
    last_modified: Mapped[str | None] = mapped_column(comment="Last-Modified of the latest body")
    body_hash: Mapped[str | None] = mapped_column(comment="hash of the latest body")
    last_full: Mapped[datetime | None] = mapped_column(comment="when a whole body was last fetched")
    last_ok: Mapped[datetime | None] = mapped_column(comment="when a fetch last did not fail")
    last_fetch_id: Mapped[int | None] = mapped_column(
        ForeignKey("fetches.id", ondelete="SET NULL"), comment="the latest fetch"
    )
    failures: Mapped[int] = mapped_column(comment="failed fetches in a row")
    distrusted: Mapped[datetime | None] = mapped_column(
        comment="when its server was found to give two bodies one ETag; null: its ETag is believed"
    )


class Page(Base):
    """Every address ever seen, with what became of it."""

    __tablename__ = "pages"
    __table_args__ = (
        Index("ix_pages_final_url", "final_url", **only("final_url IS NOT NULL")),
        Index("ix_pages_open", "source", **only("open = 1", postgresql="open")),
        Index("ix_pages_article_id", "article_id", **only("article_id IS NOT NULL")),
    )

    id: Mapped[Key]
    url: Mapped[str] = mapped_column(unique=True, comment="canonical; 'text:…' for text with no address")
    given_url: Mapped[str | None] = mapped_column(comment="as the feed gave it, where that differs")
    final_url: Mapped[str | None] = mapped_column(comment="the article's canonical address, where it differs")
    source: Mapped[str] = mapped_column(comment="slug of the source that had it first; '' when handed in")
    title: Mapped[str] = mapped_column(comment="title in the feed, or of the article")
    summary: Mapped[str | None] = mapped_column(comment="summary in the feed; kept only while it is open")
    published: Mapped[datetime | None] = mapped_column(comment="publication as the feed or the page says")
    day: Mapped[date] = mapped_column(comment="day under which coverage counts it")
    first_seen: Mapped[datetime] = mapped_column(comment="when the address was first seen")
    checked: Mapped[datetime | None] = mapped_column(comment="when it was last tried")
    outcome: Mapped[str] = mapped_column(comment="pending | relevant | irrelevant | a Rejection")
    detail: Mapped[str] = mapped_column(comment="a short human word more about the latest try")
    tries: Mapped[int] = mapped_column(comment="how many times it was tried without success")
    open: Mapped[bool] = mapped_column(comment="whether it is still to be fetched")
    run_id: Mapped[int | None] = mapped_column(
        ForeignKey("runs.id", ondelete="SET NULL"), comment="run that saw it first or tried it last"
    )
    article_id: Mapped[int | None] = mapped_column(
        ForeignKey("articles.id", ondelete="SET NULL"), comment="its article, where one is stored"
    )


class Coverage(Base):
    """How many articles of a source there were on a day: the denominator of every trend."""

    __tablename__ = "coverage"
    __table_args__ = (Index(None, "day"),)

    source: Mapped[str] = mapped_column(primary_key=True, comment="slug of the source; '' when handed in")
    day: Mapped[date] = mapped_column(primary_key=True, comment="of publication, else first seen")
    seen: Mapped[int] = mapped_column(comment="addresses seen")
    read: Mapped[int] = mapped_column(comment="of them, read to a verdict")
    relevant: Mapped[int] = mapped_column(comment="of them, relevant")
