"""Which of all known cases a report may be of: a few look-ups by index, however many there are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, or_, select, text, union_all

from pipeline.cases import CaseHead
from pipeline.clues import Report
from storage import case_rows
from storage import tables as t

MOST_OF_A_KEY = 40
"""Reports looked at under one key, the latest: what many share tells nobody apart."""
NEIGHBOURS = 16
"""Reports of the same nationality and country before the day, and as many after it."""
MOST_CASES = 24
"""Cases that are compared, those with most in common first."""
MOST_REPORTS = 10
"""Reports of a case that are compared: those that were found, then the latest."""

# One look-up a number, and each ends by itself; a join could not be told to stop.
_BY_KEY = text(
    """SELECT (SELECT group_concat(report_id) FROM (
        SELECT report_id FROM case_keys WHERE key = wanted.value ORDER BY report_id DESC LIMIT :most))
    FROM json_each(:numbers) AS wanted"""
)
_BY_NAME = text(
    """SELECT (SELECT group_concat(report_id) FROM (
        SELECT report_id FROM case_names WHERE name = wanted.value ORDER BY report_id DESC LIMIT :most))
    FROM json_each(:numbers) AS wanted"""
)


def find_candidates(
    connection: Connection, report: Report, day: int, *, also: Iterable[int] = ()
) -> tuple[CaseHead, ...]:
    """The known cases that ``report`` of that ``day`` may be of, and the cases ``also``, each with the
    reports that are worth comparing, in the order of their numbers."""
    hits: Counter[int] = Counter()
    for statement, numbers, weight in (
        (_BY_NAME, report.names | report.sounds, 3),
        (_BY_KEY, case_rows.asked_keys(report), 1),
    ):
        asked = {"numbers": json.dumps(sorted(numbers)), "most": MOST_OF_A_KEY}
        for found in connection.execute(statement, asked).scalars():
            hits.update({int(number): weight for number in (found or "").split(",") if number})
    for nationality in sorted(report.nationalities):
        hits.update(_neighbours(connection, nationality, report.country, day))
    case_of = _cases_of(connection, hits)
    rank: Counter[int] = Counter()
    for number, weight in hits.items():
        if number in case_of:
            rank[case_of[number]] = max(rank[case_of[number]], weight)
    chosen = sorted(rank, key=lambda case: (-rank[case], case))[:MOST_CASES]
    return load_heads(connection, {*chosen, *also}, first=hits)


def _neighbours(connection: Connection, nationality: str, country: str, day: int) -> list[int]:
    here = (t.CasePeople.nationality == nationality, t.CasePeople.country == country)
    before = (
        select(t.CasePeople.report_id)
        .where(*here, t.CasePeople.day <= day)
        .order_by(t.CasePeople.day.desc(), t.CasePeople.report_id.desc())
        .limit(NEIGHBOURS)
        .subquery()
    )
    after = (
        select(t.CasePeople.report_id)
        .where(*here, t.CasePeople.day > day)
        .order_by(t.CasePeople.day, t.CasePeople.report_id)
        .limit(NEIGHBOURS)
        .subquery()
    )
    return list(connection.execute(union_all(select(before), select(after))).scalars())


def _cases_of(connection: Connection, reports: Iterable[int]) -> dict[int, int]:
    numbers = list(reports)
    found: dict[int, int] = {}
    for start in range(0, len(numbers), 500):
        query = select(t.CaseReport.id, t.CaseReport.case_id).where(
            t.CaseReport.id.in_(numbers[start : start + 500])
        )
        found.update((number, case) for number, case in connection.execute(query))
    return found


def load_heads(
    connection: Connection, cases: Iterable[int], *, first: Iterable[int] = ()
) -> tuple[CaseHead, ...]:
    """These cases with at most MOST_REPORTS reports each: those of ``first``, then the latest."""
    numbers = sorted(set(cases))
    if not numbers:
        return ()
    wanted = set(first)
    articles: dict[int, set[int]] = {number: set() for number in numbers}
    query = (
        select(t.CaseReport.id, t.CaseReport.case_id, t.CaseReport.article_id)
        .where(t.CaseReport.case_id.in_(numbers))
        .order_by(t.CaseReport.day.desc(), t.CaseReport.id.desc())
    )
    of_case: dict[int, list[int]] = {number: [] for number in numbers}
    for number, case, article in connection.execute(query):
        of_case[case].append(number)
        articles[case].add(article)
    chosen = {
        case: sorted(sorted(found, key=lambda number: number not in wanted)[:MOST_REPORTS])
        for case, found in of_case.items()
    }
    reports = load_reports(connection, [number for found in chosen.values() for number in found])
    apart = _apart(connection, numbers)
    return tuple(
        CaseHead(
            id=case,
            reports=tuple(reports[number] for number in chosen[case]),
            articles=frozenset(articles[case]),
            apart=frozenset(apart.get(case, ())),
        )
        for case in numbers
    )


def load_reports(connection: Connection, numbers: Sequence[int]) -> dict[int, Report]:
    """Reports by their numbers."""
    clues: dict[int, dict[str, object]] = {}
    people: dict[int, list[tuple[str, int | None]]] = {}
    names: dict[int, tuple[list[int], list[int]]] = {}
    for start in range(0, len(numbers), 500):
        chunk = numbers[start : start + 500]
        query = select(t.CaseReport.id, t.CaseReport.clues).where(t.CaseReport.id.in_(chunk))
        clues.update((number, value) for number, value in connection.execute(query))
        whom = select(t.CasePeople.report_id, t.CasePeople.nationality, t.CasePeople.count).where(
            t.CasePeople.report_id.in_(chunk)
        )
        for number, nationality, count in connection.execute(whom):
            people.setdefault(number, []).append((nationality, count))
        called = select(t.CaseName.report_id, t.CaseName.name, t.CaseName.spelled).where(
            t.CaseName.report_id.in_(chunk)
        )
        for number, name, spelled in connection.execute(called):
            names.setdefault(number, ([], []))[0 if spelled else 1].append(name)
    return {
        number: case_rows.report_from(value, people.get(number, ()), *names.get(number, ((), ())))
        for number, value in clues.items()
    }


def _apart(connection: Connection, cases: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    query = select(t.CaseApart.case_id, t.CaseApart.other_id).where(
        or_(
            t.CaseApart.case_id.in_(bindparam("cases", expanding=True)),
            t.CaseApart.other_id.in_(bindparam("cases", expanding=True)),
        )
    )
    for one, other in connection.execute(query, {"cases": list(cases)}):
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found
