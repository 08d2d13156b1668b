"""The list of cases, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.case_sums import Disagreement, Step, disagreements, timeline
from pipeline.errors import QueryError
from storage.case_past import case_past
from storage.case_shapes import CASE_COLUMNS, case_csv, case_shape
from storage.cases import find_cases, read_case
from storage.facets import COUNTED, case_facets
from storage.values import CaseReportRow, CaseRow, Filter, Found
from web import feeds
from web.answers import as_json, missing, number_in, page, site_of
from web.asking import LISTED
from web.lists import Turned, asked_of, counted, csv_of, listed, of_all, whole

CASES = tuple(name for name in LISTED if name != "kind")

PIECE = 1_000
"""Cases that a file with all of them asks for at once."""
MOST_REPORTS = 100
"""Reports that the page of a case shows."""


def cases(request: Request) -> Response:
    site = site_of(request)
    given, wanted = asked_of(request, CASES)
    found = find_cases(site.engine, counted(wanted))
    return page(
        request,
        "cases.html",
        given=given,
        found=found,
        facets=site.memory.get(("cases", of_all(wanted)), lambda: case_facets(site.engine, wanted)),
        faceted=COUNTED,
        turned=Turned.of(found),
    )


def cases_csv(request: Request) -> Response:
    _, wanted = asked_of(request, CASES)
    found = _whole(request, whole(wanted))
    return csv_of(request, found, "cases.csv", CASE_COLUMNS, case_csv)


def _whole(request: Request, wanted: Filter) -> Found[CaseRow]:
    """All rows, asked for in pieces: each case comes with its reports, and no question takes too long."""
    engine, rows = site_of(request).engine, list[CaseRow]()
    for piece in range(1, (wanted.limit or 1) // PIECE + 1):
        found = find_cases(engine, replace(wanted, limit=PIECE, page=piece))
        rows += found.rows
        if len(rows) >= found.total or not found.rows:
            break
    return replace(found, rows=tuple(rows), page=1, limit=wanted.limit)


def cases_json(request: Request) -> Response:
    _, wanted = asked_of(request, CASES)
    found = find_cases(site_of(request).engine, counted(wanted))
    return as_json(request, listed(found, "cases", case_shape))


def cases_atom(request: Request) -> Response:
    given, wanted = asked_of(request, CASES)
    return feeds.case_feed(request, given, wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A stage or a disagreement with the report that tells it."""

    what: Step | Disagreement
    report: CaseReportRow


def _case(request: Request) -> CaseRow | None:
    try:
        return read_case(site_of(request).engine, number_in(request))
    except QueryError:
        return None


def case(request: Request) -> Response:
    """Its stages in time, what each report says, and where they differ."""
    site = site_of(request)
    number = number_in(request)
    found = _case(request)
    if found is None:
        return missing(request, "case")
    if found.id != number:
        return RedirectResponse(f"/cases/{found.id}", 302)
    where = {
        id(told): report
        for told, report in zip(
            found.told, (report for report in found.reports for _ in report.records), strict=True
        )
    }
    return page(
        request,
        "case.html",
        case=found,
        steps=[Told(what=step, report=where[id(step.told)]) for step in timeline(found.told)],
        differing=[Told(what=each, report=where[id(each.told)]) for each in disagreements(found.told)],
        outlets=_counted([site.outlet(report.source) or "handed in" for report in found.reports]),
        languages=_counted([report.language for report in found.reports]),
        most=MOST_REPORTS,
        past=case_past(site.engine, found.id),
    )


def case_json(request: Request) -> Response:
    found = _case(request)
    return missing(request, "case") if found is None else as_json(request, case_shape(found))


def _counted(values: Sequence[str]) -> list[tuple[str, int]]:
    return sorted(
        ((value, values.count(value)) for value in dict.fromkeys(values)), key=lambda each: -each[1]
    )


ROUTES = [
    Route("/cases", cases),
    Route("/cases.csv", cases_csv),
    Route("/cases.json", cases_json),
    Route("/cases.atom", cases_atom),
    Route("/cases.feed.json", cases_atom),
    Route("/cases/{number:int}", case),
    Route("/cases/{number:int}.json", case_json),
]
