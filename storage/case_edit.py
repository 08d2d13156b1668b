"""What people decide about cases: these two are one, these reports are another one.

Such a decision holds for ever: it is written beside the cases (case_pins, case_apart,
cases.merged_into), goes before every choice of the program's, and outlives a new reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from pipeline.errors import QueryError
from storage import tables as t
from storage.history import move_records, note_case


def standing_id(connection: Connection, number: int) -> int:
    """The case to which ``number`` leads: itself, or the one that it was merged into. Raises
    QueryError where there is none."""
    row = connection.execute(select(t.Case.id, t.Case.merged_into).where(t.Case.id == number)).first()
    if row is None:
        raise QueryError(f"There is no case {number}.", key=str(number))
    return int(row.merged_into or row.id)


def absorb(connection: Connection, remains: int, other: int, *, now: datetime) -> None:
    """Everything of the case ``other`` becomes the case ``remains``'s; its number leads there."""
    connection.execute(update(t.CaseReport).where(t.CaseReport.case_id == other).values(case_id=remains))
    connection.execute(update(t.CasePin).where(t.CasePin.case_id == other).values(case_id=remains))
    connection.execute(update(t.Case).where(t.Case.merged_into == other).values(merged_into=remains))
    apart = select(t.CaseApart.__table__).where(
        (t.CaseApart.case_id == other) | (t.CaseApart.other_id == other)
    )
    for row in connection.execute(apart).all():
        third = row.other_id if row.case_id == other else row.case_id
        connection.execute(
            delete(t.CaseApart).where(
                t.CaseApart.case_id == row.case_id, t.CaseApart.other_id == row.other_id
            )
        )
        if third != remains:
            hold_apart(connection, remains, third, now=row.decided)
    connection.execute(delete(t.CaseCount).where(t.CaseCount.case_id == other))
    connection.execute(
        update(t.Case)
        .where(t.Case.id == other)
        .values(merged_into=remains, reports=0, forget=None, changed=now)
    )
    note_case(connection, other, None, now=now, into=remains)
    move_records(connection, other, remains, now=now)


def hold_apart(connection: Connection, one: int, other: int, *, now: datetime) -> None:
    """Notes that a person says that the cases are two."""
    first, second = sorted((one, other))
    known = connection.execute(
        select(t.CaseApart.case_id).where(t.CaseApart.case_id == first, t.CaseApart.other_id == second)
    ).scalar()
    if known is None:
        connection.execute(insert(t.CaseApart).values(case_id=first, other_id=second, decided=now))


def merge_cases(connection: Connection, one: int, other: int, *, now: datetime) -> int:
    """Makes the case ``other`` a part of ``one``, whose number remains and is returned. Raises
    QueryError where there is no such case or the two are one already."""
    from storage.case_store import refresh

    first, second = standing_id(connection, one), standing_id(connection, other)
    if first == second:
        raise QueryError(f"{one} and {other} are one case already.", key=str(other))
    low, high = sorted((first, second))
    connection.execute(delete(t.CaseApart).where(t.CaseApart.case_id == low, t.CaseApart.other_id == high))
    for case in (first, second):
        _pin(connection, _records(connection, case), first, now=now)
    absorb(connection, first, second, now=now)
    connection.execute(update(t.CaseReport).where(t.CaseReport.case_id == first).values(pinned=True))
    refresh(connection, (first,), now=now)
    return first


def split_case(connection: Connection, number: int, records: Sequence[int], *, now: datetime) -> int:
    """Takes ``records`` out of the case ``number`` into a new one, whose number is returned; the two
    are never joined again by the program. Raises QueryError for records that are not of the case,
    and where none would be left in it."""
    from storage.case_store import refresh
    from storage.casebook import resettle

    case = standing_id(connection, number)
    mine = _records(connection, case)
    wanted = list(dict.fromkeys(records))
    for record in wanted:
        if record not in mine:
            raise QueryError(f"Record {record} is not of case {case}.", key=str(record))
    rest = [record for record in mine if record not in wanted]
    if not wanted or not rest:
        raise QueryError(
            "A split needs some records of the case, and some must be left in it.", key=str(number)
        )
    row = connection.execute(select(t.Case.__table__).where(t.Case.id == case)).one()
    new = connection.execute(
        insert(t.Case)
        .values(
            country=row.country,
            count=None,
            stage=row.stage,
            reports=0,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            added=now,
            changed=now,
            merged_into=None,
            forget=None,
            seq=row.seq,
        )
        .returning(t.Case.id)
    ).scalar_one()
    _pin(connection, wanted, new, now=now)
    _pin(connection, rest, case, now=now)
    hold_apart(connection, case, new, now=now)
    articles = select(t.Record.article_id).where(t.Record.id.in_([*wanted, *rest])).distinct()
    for article in list(connection.execute(articles).scalars()):
        resettle(connection, article, now=now)
    refresh(connection, (case, new), now=now)
    return int(new)


def _records(connection: Connection, case: int) -> list[int]:
    query = (
        select(t.CaseRecord.record_id)
        .join(t.CaseReport, t.CaseReport.id == t.CaseRecord.report_id)
        .where(t.CaseReport.case_id == case)
        .order_by(t.CaseRecord.record_id)
    )
    return list(connection.execute(query).scalars())


def _pin(connection: Connection, records: Sequence[int], case: int, *, now: datetime) -> None:
    """Notes that a person puts the records into the case; an earlier decision on them is replaced."""
    for start in range(0, len(records), 500):
        chunk = records[start : start + 500]
        connection.execute(delete(t.CasePin).where(t.CasePin.record_id.in_(chunk)))
        query = select(
            t.Record.id, t.Record.article_id, t.Record.nationality, t.Record.country, t.Record.count
        ).where(t.Record.id.in_(chunk))
        pins = [
            {
                "article_id": row.article_id,
                "record_id": row.id,
                "nationality": row.nationality,
                "country": row.country,
                "count": row.count,
                "case_id": case,
                "decided": now,
            }
            for row in connection.execute(query)
        ]
        if pins:
            connection.execute(insert(t.CasePin), pins)
