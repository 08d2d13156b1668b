"""What all tables are made of: their base, the type of times, the keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, Text, text
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""Whole numbers: of 64 bits in every database, as those of SQLite are."""
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text, which sorts and compares by its code points in every database. On PostgreSQL that also keeps
indexes whole when the system's library changes its order of words."""


def only(condition: str, *, postgresql: str | None = None) -> dict[str, Any]:
    """What makes an index one of the rows that fit ``condition`` alone; ``postgresql``: the same as
    PostgreSQL says it, where that differs."""
    return {"sqlite_where": text(condition), "postgresql_where": text(postgresql or condition)}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out. A naive time is a mistake of the caller's: ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    # Each way in one step: lists are made of thousands of times, and every row that is saved has some.
    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """A time → what the driver takes."""
        return _for_sqlite if dialect.name == "sqlite" else _known

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """What the driver gives → the time."""
        return _from_sqlite if dialect.name == "sqlite" else _in_utc


def _known(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {value!r}")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _for_sqlite(value: datetime | None) -> str | None:
    # SQLite has no zones: what is stored there is UTC without saying so.
    known = _known(value)
    return None if known is None else known.isoformat(" ", "microseconds")[: -len("+00:00")]


def _from_sqlite(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written + "+00:00")


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {int: NUMBER, str: TEXT, datetime: UtcDateTime()}  # noqa: RUF012 - read by SQLAlchemy


NEVER_REUSE = {"sqlite_autoincrement": True}
"""A number that was given to a row once is never given to another, also after a deletion."""
Key = Annotated[int, mapped_column(primary_key=True, comment="number of the row")]
