"""The tables of unattended work.

job_runs      every run of a job of the schedule, by which a missed one is noticed
quarantine    pages that killed their reader or that it could not read, with their bytes
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_REUSE, Base, Key


class JobRun(Base):
    """One run of one job. The order of runs is that of their numbers: clocks are set back."""

    __tablename__ = "job_runs"
    __table_args__ = (Index(None, "job", "id"), NEVER_REUSE)

    id: Mapped[Key]
    job: Mapped[str] = mapped_column(comment="name of the job")
    slot: Mapped[datetime] = mapped_column(comment="moment for which it was due")
    started: Mapped[datetime] = mapped_column(comment="when it began")
    ended: Mapped[datetime | None] = mapped_column(comment="when it ended; null while it runs")
    outcome: Mapped[str | None] = mapped_column(comment="ok | partly | failed | too-long | interrupted")
    detail: Mapped[str] = mapped_column(comment="a short human word more")


class QuarantinedPage(Base):
    """A page on which reading failed, kept to be read again by a better program."""

    __tablename__ = "quarantine"

    page_id: Mapped[int] = mapped_column(
        ForeignKey("pages.id", ondelete="CASCADE"), primary_key=True, comment="the page"
    )
    kept: Mapped[datetime] = mapped_column(comment="when it came here")
    fetched: Mapped[datetime] = mapped_column(comment="when the bytes were fetched")
    url: Mapped[str] = mapped_column(comment="where they came from, after redirects")
    status: Mapped[int] = mapped_column(comment="HTTP status")
    content_type: Mapped[str] = mapped_column(comment="as sent")
    detail: Mapped[str] = mapped_column(comment="how reading failed")
    body: Mapped[bytes] = mapped_column(LargeBinary, comment="the bytes, compressed by zlib")
