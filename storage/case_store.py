"""The rows of cases and reports, inside the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from pipeline.case_sums import sum_up
from pipeline.clues import Report
from pipeline.vocabulary import Stage
from storage import case_rows
from storage import tables as t
from storage.candidates import load_reports
from storage.dialects import listed
from storage.history import note_case
from storage.prepared import Prepared, adding, same
from storage.reading import next_seq
from storage.trend_store import CHUNK, Reported, load_reported, write_counts

ENDED = frozenset({Stage.RELEASED, Stage.EXECUTED, Stage.DIED})
ENDED_AFTER = timedelta(days=60)
"""How long after the last report of a case that has ended its hashes of names are kept."""
OLD_AFTER = timedelta(days=5 * 365)
"""How long after the last report of any other case."""

_KEY = same(select(t.Secret.value).where(t.Secret.name == bindparam("name")))


def _heads(on: str) -> Any:
    cases = listed("cases", t.Case.__table__.c.id, on)
    query = select(
        t.Case.id,
        t.Case.reports,
        t.Case.merged_into,
        select(func.count(t.CaseReport.article_id.distinct()))
        .where(t.CaseReport.case_id == t.Case.id)
        .scalar_subquery()
        .label("articles"),
    )
    return query.join_from(cases, t.Case, t.Case.id == cases.c.value)


_HEADS = Prepared(_heads)
_STANDING = same(
    select(t.CaseReport.id, t.CaseReport.case_id, t.CaseReport.pinned, t.CaseRecord.record_id)
    .join(t.CaseRecord, t.CaseRecord.report_id == t.CaseReport.id, isouter=True)
    .where(t.CaseReport.article_id == bindparam("article"))
    .order_by(t.CaseReport.id, t.CaseRecord.record_id)
)
_PINS = same(
    select(t.CasePin.__table__).where(t.CasePin.article_id == bindparam("article")).order_by(t.CasePin.id)
)
_SUMS = ("country", "count", "stage", "reports", "first_seen", "last_seen", "changed", "forget", "seq")
_UPDATE = same(
    update(t.Case).where(t.Case.id == bindparam("case")).values({name: bindparam(name) for name in _SUMS})
)
_ADD = adding(t.Case, returning="id")
_ADD_REPORT = adding(t.CaseReport, returning="id")
_ADD_RECORDS = adding(t.CaseRecord)
_ADD_PEOPLE = adding(t.CasePeople)
_ADD_KEYS = adding(t.CaseKey)
_ADD_NAMES = adding(t.CaseName)


@dataclass(slots=True)
class Placed:
    """A report on its way into a case."""

    report: Report
    records: tuple[int, ...]  # numbers of rows
    was: int | None  # the case in which its records stood
    pinned: int | None  # the case into which a person put them


def name_key(connection: Connection) -> bytes:
    """The database's own key for hashes of names; made when it is first needed."""
    found: bytes | None = _KEY.scalar(connection, {"name": "names"})
    if found is None:
        found = secrets.token_bytes(32)
        connection.execute(insert(t.Secret).values(name="names", value=found))
    return found


def refresh(connection: Connection, cases: Iterable[int], *, now: datetime) -> None:
    """Writes the columns of these cases that follow from their reports, and what trends count."""
    numbers = sorted(set(cases))
    for start in range(0, len(numbers), CHUNK):
        chunk = numbers[start : start + CHUNK]
        reported = load_reported(connection, chunk)
        write_counts(connection, chunk, reported)
        heads = {row.id: row for row in _HEADS.all(connection, {"cases": chunk})}
        for case in chunk:
            if heads[case].merged_into is None:
                _refresh(connection, heads[case], reported.get(case, ()), now=now)


def _refresh(connection: Connection, row: Any, reported: Sequence[Reported], *, now: datetime) -> None:
    if not reported:
        if row.reports:
            over = {"reports": 0, "forget": None, "changed": now}
            connection.execute(update(t.Case).where(t.Case.id == row.id).values(over))
            note_case(connection, row.id, None, now=now)
        return
    told = [each.told for each in reported]
    sums = sum_up(told)
    shown = {"country": told[0].record.country, "count": sums.count, "stage": sums.stage.value}
    note_case(connection, row.id, shown, now=now)
    values = {
        "reports": row.articles,
        "first_seen": min(each.dated for each in reported),
        "last_seen": max(each.dated for each in reported),
        "changed": now,
        "forget": now + (ENDED_AFTER if sums.stage in ENDED else OLD_AFTER),
        "seq": next_seq(connection),
    }
    _UPDATE.run(connection, {"case": row.id, **shown, **values})


def forget_names(connection: Connection, *, now: datetime) -> int:
    """Drops the hashes of names of cases that are over or old, and says of how many cases."""
    due = list(connection.execute(select(t.Case.id).where(t.Case.forget <= now)).scalars())
    for case in due:
        mine = select(t.CaseReport.id).where(t.CaseReport.case_id == case)
        connection.execute(delete(t.CaseName).where(t.CaseName.report_id.in_(mine)))
        connection.execute(update(t.Case).where(t.Case.id == case).values(forget=None))
    return len(due)


def standing(connection: Connection, article_id: int) -> list[tuple[int, int, bool, tuple[int, ...]]]:
    """The article's reports as they are stored: number, case, whether pinned, records."""
    found: dict[int, tuple[int, bool, list[int]]] = {}
    for number, case, pinned, record in _STANDING.all(connection, {"article": article_id}):
        members = found.setdefault(number, (case, pinned, []))[2]
        if record is not None:
            members.append(record)
    return [(number, case, pinned, tuple(members)) for number, (case, pinned, members) in found.items()]


def find_pins(connection: Connection, article_id: int, stored: Sequence[Any]) -> dict[int, int]:
    """Record → case for what people decided. A pin whose record is gone passes on to a record of the
    same people that has none, of the same count first."""
    pins = _PINS.all(connection, {"article": article_id})
    there = {row.id for row in stored}
    out = {pin.record_id: pin.case_id for pin in pins if pin.record_id in there}
    for pin in pins:
        if pin.record_id in there:
            continue
        heirs = [
            row
            for row in stored
            if row.id not in out and (row.nationality, row.country) == (pin.nationality, pin.country)
        ]
        if heirs:
            heir = min(heirs, key=lambda row: (row.count != pin.count, row.position))
            out[heir.id] = pin.case_id
            connection.execute(update(t.CasePin).where(t.CasePin.id == pin.id).values(record_id=heir.id))
    return out


def is_stored(
    connection: Connection,
    before: Sequence[tuple[int, int, bool, tuple[int, ...]]],
    placed: Sequence[Placed],
) -> bool:
    """Whether the stored reports are already what they are to be. Names are not compared: those that
    were dropped stay dropped until the article says something new."""
    standing = {members: (number, case, pinned) for number, case, pinned, members in before}
    if len(standing) != len(placed) or len(before) != len(placed):
        return False
    for each in placed:
        found = standing.get(tuple(sorted(each.records)))
        if found is None or (found[1], found[2]) != (each.pinned or found[1], each.pinned is not None):
            return False
    stored = load_reports(connection, [number for number, _, _ in standing.values()])
    for each in placed:
        old = stored[standing[tuple(sorted(each.records))][0]]
        new = replace(each.report, names=frozenset(), hints=frozenset(), sounds=frozenset(), records=())
        if replace(old, names=frozenset(), hints=frozenset(), sounds=frozenset()) != new:
            return False
    return True


def is_empty(connection: Connection, case: int) -> bool:
    found = select(t.CaseReport.id).where(t.CaseReport.case_id == case).limit(1)
    merged = select(t.Case.merged_into).where(t.Case.id == case)
    return connection.execute(found).scalar() is None and connection.execute(merged).scalar_one() is None


def drop_reports(connection: Connection, article_id: int) -> None:
    connection.execute(delete(t.CaseReport).where(t.CaseReport.article_id == article_id))


def new_case(connection: Connection, report: Report, *, now: datetime) -> int:
    values = {
        "country": report.country,
        "count": None,
        "stage": report.stage.value,
        "reports": 0,
        "first_seen": now,
        "last_seen": now,
        "added": now,
        "changed": now,
        "merged_into": None,
        "forget": None,
        "seq": 0,
    }
    return int(_ADD.scalar(connection, values))


def store_report(connection: Connection, each: Placed, case: int, article_id: int, day: int) -> None:
    report = each.report
    values = {
        "case_id": case,
        "article_id": article_id,
        "day": day,
        "pinned": each.pinned is not None,
        "clues": case_rows.clues_values(report),
    }
    number = _ADD_REPORT.scalar(connection, values)
    _ADD_RECORDS.run_all(connection, [{"record_id": record, "report_id": number} for record in each.records])
    people = {"report_id": number, "country": report.country, "day": day}
    _ADD_PEOPLE.run_all(
        connection,
        [people | {"nationality": nationality, "count": count} for nationality, count in report.people],
    )
    keys = [{"key": key, "report_id": number} for key in sorted(case_rows.stored_keys(report))]
    _ADD_KEYS.run_all(connection, keys)
    names = [{"name": name, "report_id": number, "sort": sort} for name, sort in case_rows.name_rows(report)]
    _ADD_NAMES.run_all(connection, names)
