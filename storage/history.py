"""What stood when: notes every change of a record, a case and coverage, inside the transaction that makes it.

A row without an end is what stands. A change ends it and begins the next; one that comes at the same
moment (or with a clock that was set back) takes its place, so that no row stands for no time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, literal, null, select, update

from storage import history_tables as h
from storage import tables as t
from storage.dialects import insert_into
from storage.prepared import Prepared, adding, same
from storage.reading import records_of
from storage.rows import drug_words

VALUES: Final = (
    "nationality",
    "country",
    "count",
    "bound",
    "per",
    "kind",
    "stage",
    "quantity_kg",
    "sentence_years",
    "sentence_word",
    "drug_share",
    "when",
    "place",
    "evidence",
)
"""The columns of records whose change is a revision; confidence and offsets shift from reading to
reading and mean the same."""
_COMPARED: Final = (*VALUES, "drugs", "case_id")
_OF_CASE: Final = ("country", "count", "stage")
_STANDING: Final = same(
    select(h.RecordHistory.__table__).where(
        h.RecordHistory.article_id == bindparam("article"), h.RecordHistory.valid_to.is_(None)
    )
)
_STANDING_CASE: Final = same(
    select(h.CaseHistory.__table__).where(
        h.CaseHistory.case_id == bindparam("case"), h.CaseHistory.valid_to.is_(None)
    )
)
_BEGIN: Final = adding(h.RecordHistory)
_BEGIN_CASE: Final = adding(h.CaseHistory)


def note_records(connection: Connection, article_id: int, *, now: datetime, is_new: bool = False) -> None:
    """Notes what is different in the article's records since they were last noted. ``is_new``: the article
    is, so that nothing was."""
    standing: dict[int, Any] = {}
    if not is_new:
        standing = {row.record_id: row for row in _STANDING.all(connection, {"article": article_id})}
    begun = []
    for row in records_of(connection, article_id):
        values = {name: getattr(row, name) for name in (*VALUES, "case_id", "confidence")}
        values["drugs"] = ",".join(sorted(drug_words(row.drugs)))
        old = standing.pop(row.id, None)
        if old is not None and all(values[name] == getattr(old, name) for name in _COMPARED):
            if old.confidence != row.confidence:
                _update(connection, h.RecordHistory, old.id, {"confidence": row.confidence})
            continue
        if old is not None and now <= old.valid_from:
            _update(connection, h.RecordHistory, old.id, values)
            continue
        if old is not None:
            _update(connection, h.RecordHistory, old.id, {"valid_to": now})
        begun.append(
            values | {"record_id": row.id, "article_id": article_id, "valid_from": now, "valid_to": None}
        )
    for old in standing.values():
        _end(connection, h.RecordHistory, old, now=now)
    _BEGIN.run_all(connection, begun)


def note_case(
    connection: Connection,
    case: int,
    values: dict[str, Any] | None,
    *,
    now: datetime,
    into: int | None = None,
) -> None:
    """Notes the case's country, count and stage; None: nothing reports it any more, or it turned out
    to be the case ``into``."""
    old = _STANDING_CASE.first(connection, {"case": case})
    if values is None:
        if old is not None:
            _end(connection, h.CaseHistory, old, now=now, merged_into=into)
        return
    new = {name: values[name] for name in _OF_CASE}
    if old is not None and all(new[name] == getattr(old, name) for name in _OF_CASE):
        return
    if old is not None and now <= old.valid_from:
        _update(connection, h.CaseHistory, old.id, new)
        return
    if old is not None:
        _update(connection, h.CaseHistory, old.id, {"valid_to": now})
    stands = {"case_id": case, "merged_into": None, "valid_from": now, "valid_to": None}
    _BEGIN_CASE.run(connection, new | stands)


def move_records(connection: Connection, case: int, into: int, *, now: datetime) -> None:
    """Notes that the records of ``case`` are of the case ``into`` now."""
    mine = (h.RecordHistory.case_id == case) & h.RecordHistory.valid_to.is_(None)
    connection.execute(
        update(h.RecordHistory).where(mine, h.RecordHistory.valid_from >= now).values(case_id=into)
    )
    given: dict[str, ColumnElement[Any]] = {
        "case_id": literal(into),
        "valid_from": literal(now, t.UtcDateTime()),
        "valid_to": null(),
    }
    columns = [column for column in h.RecordHistory.__table__.c if column.name != "id"]
    names = [column.name for column in columns]
    copied = select(*(given.get(column.name, column).label(column.name) for column in columns)).where(mine)
    # The copies are made before the rows are ended, and are not of the old case: no row is met twice.
    connection.execute(insert(h.RecordHistory).from_select(names, copied))
    connection.execute(update(h.RecordHistory).where(mine).values(valid_to=now))


def note_coverage(connection: Connection, changed: Iterable[tuple[str, date]], *, now: datetime) -> None:
    """Notes what coverage says now of these sources and days; the last note of a day (UTC) stands."""
    values = [
        {"of_source": source, "of_day": day, "on": now.astimezone(UTC).date()} for source, day in changed
    ]
    _NOTE_COVERAGE.run_all(connection, values)


def _noting(dialect: str) -> Any:
    """The statement that copies rows of coverage as they are now."""
    statement = insert_into(h.CoverageHistory, on=dialect).from_select(
        ["source", "day", "noted", *_COUNTS], _copied
    )
    changes = {name: getattr(statement.excluded, name) for name in _COUNTS}
    return statement.on_conflict_do_update(index_elements=["source", "day", "noted"], set_=changes)


_COUNTS: Final = ("seen", "read", "relevant")
_copied = select(
    t.Coverage.source,
    t.Coverage.day,
    bindparam("on", type_=h.CoverageHistory.__table__.c.noted.type),
    *(getattr(t.Coverage, name) for name in _COUNTS),
).where(t.Coverage.source == bindparam("of_source"), t.Coverage.day == bindparam("of_day"))
_NOTE_COVERAGE: Final = Prepared(_noting)


def _end(
    connection: Connection,
    table: type[h.RecordHistory] | type[h.CaseHistory],
    row: Any,
    *,
    now: datetime,
    **values: Any,
) -> None:
    """Ends a row; one that began at this very moment never stood."""
    if now <= row.valid_from:
        connection.execute(delete(table).where(table.id == row.id))
    else:
        _update(connection, table, row.id, {"valid_to": now, **values})


def _update(
    connection: Connection,
    table: type[h.RecordHistory] | type[h.CaseHistory],
    number: int,
    values: dict[str, Any],
) -> None:
    connection.execute(update(table).where(table.id == number).values(values))
