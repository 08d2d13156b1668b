"""Which of all known cases a report may be of: a few look-ups by index, however many there are."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text

from pipeline.cases import CaseHead
from pipeline.clues import Report
from storage import case_rows
from storage.engine import is_postgres
from storage.prepared import Prepared, same

MOST_OF_A_KEY = 10
"""Reports looked at under one key, the latest: what many share tells nobody apart."""
NEIGHBOURS = 10
"""Reports of the same nationality and country before the day, and as many after it."""
MOST_HITS = 60
"""Reports whose cases are looked up, those with most in common first."""
MOST_CASES = 16
"""Cases that are compared, those with most in common first."""
MOST_REPORTS = 8
"""Reports of a case that are compared: those that were found, then the latest."""


def _each(statement: str) -> Prepared:
    """A statement about a list of numbers, as SQLite and as PostgreSQL understand it."""
    other = (
        statement.replace(
            "SELECT value FROM json_each(:numbers)", "SELECT unnest(CAST(:numbers AS bigint[]))"
        )
        .replace("json_each(:numbers) AS wanted", "unnest(CAST(:numbers AS bigint[])) AS wanted (value)")
        .replace("group_concat(report_id)", "string_agg(CAST(report_id AS text), ',')")
        .replace("LIMIT :most))", "LIMIT :most) AS latest)")
        .replace("coalesce(count, '')", "coalesce(CAST(count AS text), '')")
        .replace("group_concat(nationality || ':' || ", "string_agg(nationality || ':' || ")
        .replace("'')) FROM case_people", "''), ',') FROM case_people")
        .replace("group_concat(name || ':' || sort)", "string_agg(name || ':' || sort, ',')")
    )
    return Prepared(lambda on: text(other if on == "postgresql" else statement))


# These statements run for every report: as plain text they cost a third of what expressions do.
# One look-up a number, and each ends by itself; a join could not be told to stop.
_BY_KEY = _each(
    """SELECT (SELECT group_concat(report_id) FROM (
        SELECT report_id FROM case_keys WHERE key = wanted.value ORDER BY report_id DESC LIMIT :most))
    FROM json_each(:numbers) AS wanted"""
)
_BY_NAME = _each(
    """SELECT (SELECT group_concat(report_id) FROM (
        SELECT report_id FROM case_names WHERE name = wanted.value ORDER BY report_id DESC LIMIT :most))
    FROM json_each(:numbers) AS wanted"""
)
_NEIGHBOURS = same(
    text(
        """SELECT report_id FROM (
        SELECT report_id FROM case_people
        WHERE nationality = :nationality AND country = :country AND day <= :day
        ORDER BY day DESC, report_id DESC LIMIT :most) AS earlier
    UNION ALL SELECT report_id FROM (
        SELECT report_id FROM case_people
        WHERE nationality = :nationality AND country = :country AND day > :day
        ORDER BY day, report_id LIMIT :most) AS later"""
    )
)
_CASES_OF = _each("SELECT id, case_id FROM case_reports WHERE id IN (SELECT value FROM json_each(:numbers))")
_REPORTS_OF = _each(
    """SELECT case_id, id, article_id, nationality
    FROM case_reports JOIN case_people ON report_id = id
    WHERE case_id IN (SELECT value FROM json_each(:numbers))
    ORDER BY case_reports.day DESC, id DESC, nationality"""
)
_LOAD = _each(
    """SELECT id, clues,
        (SELECT group_concat(nationality || ':' || coalesce(count, '')) FROM case_people
            WHERE report_id = case_reports.id),
        (SELECT group_concat(name || ':' || sort) FROM case_names WHERE report_id = case_reports.id)
    FROM case_reports WHERE id IN (SELECT value FROM json_each(:numbers))"""
)
_APART = _each(
    """SELECT case_id, other_id FROM case_apart WHERE case_id IN (SELECT value FROM json_each(:numbers))
    UNION SELECT case_id, other_id FROM case_apart
        WHERE other_id IN (SELECT value FROM json_each(:numbers))"""
)


def find_candidates(
    connection: Connection, report: Report, day: int, *, also: Iterable[int] = ()
) -> tuple[CaseHead, ...]:
    """The known cases that ``report`` of that ``day`` may be of, and the cases ``also``, each with the
    reports that are worth comparing, in the order of their numbers."""
    hits: dict[int, int] = defaultdict(int)
    for statement, numbers, weight in (
        (_BY_NAME, report.names | report.hints | report.sounds, 3),
        (_BY_KEY, case_rows.asked_keys(report), 1),
    ):
        for found in _ask(connection, statement, numbers, most=MOST_OF_A_KEY):
            if found[0]:
                for number in set(found[0].split(",")):
                    hits[int(number)] += weight
    for nationality in sorted(report.nationalities):
        place = {"nationality": nationality, "country": report.country, "day": day, "most": NEIGHBOURS}
        for (neighbour,) in _NEIGHBOURS.plain(connection, place):
            hits[neighbour] += 1
    likeliest = sorted(hits, key=lambda number: (-hits[number], -number))[:MOST_HITS]
    rank: dict[int, int] = {}
    for number, case in _ask(connection, _CASES_OF, likeliest):
        rank[case] = max(rank.get(case, 0), hits[number])
    chosen = sorted(rank, key=lambda case: (-rank[case], case))[:MOST_CASES]
    return load_heads(connection, {*chosen, *also}, first=hits)


def load_heads(
    connection: Connection, cases: Iterable[int], *, first: Iterable[int] = ()
) -> tuple[CaseHead, ...]:
    """These cases with at most MOST_REPORTS reports each: those of ``first``, then the latest."""
    wanted = set(first)
    articles: dict[int, set[tuple[int, str]]] = {number: set() for number in sorted(set(cases))}
    of_case: dict[int, dict[int, None]] = {number: {} for number in articles}
    for case, number, article, nationality in _ask(connection, _REPORTS_OF, articles):
        of_case[case][number] = None
        articles[case].add((article, nationality))
    chosen = {
        case: sorted(sorted(found, key=lambda number: number not in wanted)[:MOST_REPORTS])
        for case, found in of_case.items()
    }
    reports = load_reports(connection, [number for found in chosen.values() for number in found])
    apart: dict[int, set[int]] = {}
    for one, other in _ask(connection, _APART, articles):
        apart.setdefault(one, set()).add(other)
        apart.setdefault(other, set()).add(one)
    return tuple(
        CaseHead(
            id=case,
            reports=tuple(reports[number] for number in found),
            articles=frozenset(articles[case]),
            apart=frozenset(apart.get(case, ())),
        )
        for case, found in chosen.items()
    )


def load_reports(connection: Connection, numbers: Iterable[int]) -> dict[int, Report]:
    """Reports by their numbers."""
    found: dict[int, Report] = {}
    for number, clues, people, names in _ask(connection, _LOAD, numbers):
        whom = (part.partition(":") for part in (people or "").split(",") if part)
        called = (part.partition(":") for part in (names or "").split(",") if part)
        found[number] = case_rows.report_from(
            json.loads(clues) if isinstance(clues, str) else clues,
            [(nationality, int(count) if count else None) for nationality, _, count in whom],
            [(int(name), sort) for name, _, sort in called],
        )
    return found


def _ask(connection: Connection, statement: Prepared, numbers: Iterable[int], **more: int) -> Sequence[Any]:
    """The rows of a statement about a list of numbers; none for an empty list."""
    wanted = sorted(numbers)
    if not wanted:
        return ()
    given = wanted if is_postgres(connection) else f"[{','.join(map(str, wanted))}]"
    return statement.plain(connection, {"numbers": given, **more})
