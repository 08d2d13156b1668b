"""Rows of figures, written with the records of their article, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, literal_column, select

from pipeline.attribution import whose
from pipeline.clues import days_of
from pipeline.types import Record
from pipeline.vocabulary import Kind
from storage import tables as t
from storage.dialects import listed
from storage.prepared import Prepared, adding, same

BATCH = 2_000
"""Figures that are written at once into a database that had none."""
_COLUMNS = [
    *(
        getattr(t.Record, name)
        for name in ("id", "article_id", "kind", "nationality", "country", "stage", "place", "evidence")
    ),
    t.Record.count.label("counted"),  # rows have a method "count"
    *(getattr(t.Record, name) for name in ("bound", "per", "drug_share", "when")),
    *(getattr(t.Article, name) for name in ("source", "language", "published", "dated")),
]
"""Named one by one: the migration that fills the table for the first time must not come to ask for columns
that a later one adds."""
_FOUND = select(*_COLUMNS).join(t.Article, t.Article.id == t.Record.article_id)
# Written out, so that SQLite sees that its index of figures is for the question.
_OF_FIGURES = t.Record.kind != literal_column("'event'")
_OF_ARTICLE = same(
    _FOUND.where(t.Record.article_id == bindparam("article"), func.coalesce(t.Record.kind, "") != "event")
)
_STORED = same(
    select(*(t.FigureCount.__table__.c))
    .join(t.Record, t.Record.id == t.FigureCount.record_id)
    .where(t.Record.article_id == bindparam("article"))
)
_CLEAR = same(delete(t.FigureCount).where(t.FigureCount.record_id == bindparam("record")))
_ADD = adding(t.FigureCount)


def _drugs_of(on: str) -> Any:
    records = listed("records", t.RecordDrug.__table__.c.record_id, on)
    return select(t.RecordDrug.record_id, t.RecordDrug.drug).join_from(
        records, t.RecordDrug, t.RecordDrug.record_id == records.c.value
    )


DRUGS_OF = Prepared(_drugs_of)
"""The drugs of the records whose numbers are given as ``records``."""


def has_figures(records: Iterable[Record]) -> bool:
    """Whether one of the records is a stock or a flow."""
    return any(record.kind is not Kind.EVENT for record in records)


def follow_records(connection: Connection, article_id: int) -> None:
    """Makes the figures of an article those of its records; writes what differs."""
    wanted = {row["record_id"]: row for row in _values(connection, article_id)}
    stored = {row[0]: tuple(row) for row in _STORED.all(connection, {"article": article_id})}
    names = [column.name for column in t.FigureCount.__table__.c]
    same_ones = {number for number, row in wanted.items() if stored.get(number) == tuple(map(row.get, names))}
    _CLEAR.run_all(connection, [{"record": number} for number in stored if number not in same_ones])
    _ADD.run_all(connection, [row for number, row in wanted.items() if number not in same_ones])


def _values(connection: Connection, article_id: int) -> list[dict[str, Any]]:
    return _rows(connection, _OF_ARTICLE.all(connection, {"article": article_id}))


def count_all_figures(connection: Connection) -> None:
    """Writes the rows of a database that has none yet."""
    last = 0
    query = _FOUND.where(_OF_FIGURES, t.Record.id > bindparam("last")).order_by(t.Record.id).limit(BATCH)
    while found := connection.execute(query, {"last": last}).all():
        _ADD.run_all(connection, _rows(connection, found))
        last = found[-1].id


def _rows(connection: Connection, found: Sequence[Any]) -> list[dict[str, Any]]:
    drugs: dict[int, list[str]] = {}
    for number, drug in DRUGS_OF.all(connection, {"records": [row.id for row in found]}) if found else ():
        drugs.setdefault(number, []).append(drug)
    return [_row(row, drugs.get(row.id, [])) for row in found]


def _row(row: Any, drugs: Sequence[str]) -> dict[str, Any]:
    days = days_of(row.when) if row.when else None
    first, last = days or (row.dated.date().toordinal(),) * 2
    copied = ("article_id", "kind", "nationality", "country", "stage", "place", "bound", "per", "drug_share")
    return {name: getattr(row, name) for name in (*copied, "when", "source", "language", "published")} | {
        "record_id": row.id,
        "office": whose(row.evidence),
        "count": row.counted,
        "drugs": ",".join(sorted(drugs)),
        "first_day": first,
        "last_day": last,
    }
