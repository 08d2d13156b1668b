"""The tables of what is not kept.

articles ── reduced_articles    those whose text and title retention took away
            tombstones          what was forgotten and must not come back, as keyed hashes
            erasures            that something was taken away, when and how much; never what
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_REUSE, Base, Key


class ReducedArticle(Base):
    """An article of which address, records with masked sentences and two hashes are left."""

    __tablename__ = "reduced_articles"

    article_id: Mapped[int] = mapped_column(
        ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, comment="article"
    )
    reduced: Mapped[datetime] = mapped_column(comment="when its text was taken away")
    title_hash: Mapped[str] = mapped_column(comment="keyed hash of the title's words, by which it is known")


class Tombstone(Base):
    """An address or a text that was forgotten. Hashed with a key that is the database's own."""

    __tablename__ = "tombstones"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[str] = mapped_column(primary_key=True, comment="keyed hash")
    sort: Mapped[str] = mapped_column(comment="address | text")
    forgotten: Mapped[datetime] = mapped_column(comment="when")


class Erasure(Base):
    """One act of taking away."""

    __tablename__ = "erasures"
    __table_args__ = (Index(None, "at"), NEVER_REUSE)

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(comment="when")
    how: Mapped[str] = mapped_column(comment="retention | forget address | forget match | forget case")
    counts: Mapped[dict[str, int]] = mapped_column(JSON, comment="how much of what")
