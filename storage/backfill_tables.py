"""The tables of archives that are read in.

backfill_files ─→ backfill_pieces      how far each piece of each file is, so that a stopped run goes on
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_REUSE, Base, Key


class BackfillFile(Base):
    """A file of an archive that was read in, or is being read."""

    __tablename__ = "backfill_files"
    __table_args__ = (Index(None, "name", unique=True), NEVER_REUSE)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(comment="absolute path, or address")
    kind: Mapped[str] = mapped_column(comment="warc | jsonl | parquet")
    size: Mapped[int] = mapped_column(comment="bytes; 0 where a server does not say")
    stamp: Mapped[str] = mapped_column(comment="what changes with its content: time of change, ETag")
    state: Mapped[str] = mapped_column(comment="open | done | failed")
    detail: Mapped[str] = mapped_column(comment="a short human word more")
    added: Mapped[datetime] = mapped_column(comment="when it was first asked for")
    ended: Mapped[datetime | None] = mapped_column(comment="when all of it was read; null before")


class BackfillPiece(Base):
    """A part of a file, and how far it is read."""

    __tablename__ = "backfill_pieces"

    file_id: Mapped[int] = mapped_column(
        ForeignKey("backfill_files.id", ondelete="CASCADE"), primary_key=True, comment="file"
    )
    start: Mapped[int] = mapped_column(primary_key=True, comment="first byte; of Parquet, row")
    stop: Mapped[int] = mapped_column(comment="end, not of the piece itself")
    at: Mapped[int] = mapped_column(comment="all before this is stored")
    tries: Mapped[int] = mapped_column(comment="how often it was begun since it last came further")
    done: Mapped[bool] = mapped_column(comment="whether all of it is stored")
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, comment="outcome → records of the archive")
