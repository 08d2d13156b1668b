"""What people said of the records of an article, for whoever looks. Reading only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from storage import tables as t
from storage.engine import reading
from storage.judged import said_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What people said of one record."""

    record_id: int
    by: str  # who spoke last
    at: datetime
    added: bool  # a person added it
    removed: bool
    fields: tuple[str, ...]  # those that a person gave


def record_marks_of(engine: Engine, article_id: int) -> dict[int, Spoken]:
    """By the number of the record."""
    query = select(t.RecordMark.__table__).where(t.RecordMark.article_id == article_id)
    with reading(engine) as connection:
        return {
            row.record_id: Spoken(
                record_id=row.record_id,
                by=row.by,
                at=row.at,
                added=row.base is None,
                removed=row.removed,
                fields=tuple(row.fields),
            )
            for row in connection.execute(query)
        }


def said_of_article(engine: Engine, article_id: int) -> bool | None:
    """What people say of the article: of several the latest; None where nobody spoke."""
    with reading(engine) as connection:
        url = connection.execute(select(t.Article.url).where(t.Article.id == article_id)).scalar()
        return said_of(connection, url) if url is not None else None


def removed_record(engine: Engine, number: int) -> int | None:
    """The article of a record of the program's that a person took away; None where nobody did."""
    query = select(t.RecordMark.article_id).where(
        t.RecordMark.record_id == number, t.RecordMark.removed.is_(True)
    )
    with reading(engine) as connection:
        return connection.execute(query).scalar()
