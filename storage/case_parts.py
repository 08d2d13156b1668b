"""People's decisions on articles whose text is gone: their reports are moved and cut as they are stored.

Nothing can be read again there; what a report is compared by stays as it was when it was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage import tables as t
from storage.case_store import find_pins, refresh, standing


def resettle_reduced(connection: Connection, article_id: int, *, now: datetime) -> tuple[int, ...]:
    """Puts the reports of a reduced article where people put their records, and returns the numbers
    of their cases."""
    stored = connection.execute(
        select(t.Record.__table__).where(t.Record.article_id == article_id).order_by(t.Record.position)
    ).all()
    pinned = find_pins(connection, article_id, stored)
    touched: set[int] = set()
    chosen: list[int] = []
    for number, case, was_pinned, records in standing(connection, article_id):
        parts: dict[int | None, list[int]] = {}
        for record in records:
            parts.setdefault(pinned.get(record), []).append(record)
        for index, (wanted, mine) in enumerate(parts.items()):
            report = number if index == 0 else _cut(connection, number, mine)
            into = wanted or case
            values = {"case_id": into, "pinned": wanted is not None or was_pinned}
            connection.execute(update(t.CaseReport).where(t.CaseReport.id == report).values(values))
            touched |= {case, into}
            chosen.append(into)
        if len(parts) > 1:
            for report in {number, *_reports_of(connection, records)}:
                _count_people(connection, report)
    refresh(connection, touched, now=now)
    return tuple(dict.fromkeys(chosen))


def _cut(connection: Connection, report: int, records: Sequence[int]) -> int:
    """Makes a report of its own of these records, compared by the same as the one that they were of."""
    row = connection.execute(select(t.CaseReport.__table__).where(t.CaseReport.id == report)).one()
    values = {name: getattr(row, name) for name in ("case_id", "article_id", "day", "pinned", "clues")}
    new = connection.execute(insert(t.CaseReport).values(values).returning(t.CaseReport.id)).scalar_one()
    connection.execute(update(t.CaseRecord).where(t.CaseRecord.record_id.in_(records)).values(report_id=new))
    keys = select(t.CaseKey.key).where(t.CaseKey.report_id == report)
    values_of_keys = [{"key": key, "report_id": new} for key in connection.execute(keys).scalars()]
    if values_of_keys:
        connection.execute(insert(t.CaseKey), values_of_keys)
    return int(new)


def _reports_of(connection: Connection, records: Sequence[int]) -> set[int]:
    query = select(t.CaseRecord.report_id).where(t.CaseRecord.record_id.in_(records))
    return set(connection.execute(query).scalars())


def _count_people(connection: Connection, report: int) -> None:
    """Writes anew whom a report is about, from the records that it has now."""
    day = connection.execute(select(t.CaseReport.day).where(t.CaseReport.id == report)).scalar_one()
    query = (
        select(t.Record.nationality, t.Record.country, t.Record.count)
        .join(t.CaseRecord, t.CaseRecord.record_id == t.Record.id)
        .where(t.CaseRecord.report_id == report)
    )
    people: dict[str, tuple[str, int | None]] = {}
    for nationality, country, count in connection.execute(query):
        _, before = people.get(nationality, (country, None))
        both = count if before is None else before + (count or 0)
        people[nationality] = (country, both)
    connection.execute(delete(t.CasePeople).where(t.CasePeople.report_id == report))
    connection.execute(
        insert(t.CasePeople),
        [
            {"report_id": report, "nationality": nationality, "country": country, "day": day, "count": count}
            for nationality, (country, count) in people.items()
        ],
    )
