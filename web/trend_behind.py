"""The cases behind a point of a trend, as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage.case_shapes import CASE_COLUMNS, case_csv
from storage.keyset import MOST
from storage.trend_cases import PLACE, Point, cases_behind
from storage.trend_words import name_of
from storage.values import CaseRow
from web import feeds, words
from web import parameters as p
from web.answers import MOST_ROWS, as_csv, page, site_of
from web.asking import Given, read_given
from web.cursors import read_cursor, write_cursor
from web.trend_asking import BEHIND, point_of
from web.trend_links import cases_link

ROWS = 25
PIECE = 1_000
_BEHIND = tuple(each for each in BEHIND if each.name != "limit")


def _asked(request: Request) -> tuple[Given, p.Values, Point]:
    """The parameters as they are given and as they are understood, and what they point at."""
    pairs = request.query_params.multi_items()
    values = p.read(_BEHIND, pairs, now=site_of(request).now())
    return read_given(pairs, [each.name for each in _BEHIND]), values, point_of(values)


def behind(request: Request) -> Response:
    """The cases that a point of a chart counts."""
    site = site_of(request)
    given, values, point = _asked(request)
    of = ("behind", {name: value for name, value in values.items() if name != "cursor"})
    after = read_cursor(values["cursor"], of, PLACE)
    found = cases_behind(site.engine, point, limit=ROWS, after=after)
    return page(
        request,
        "trend_cases.html",
        given=given,
        found=found,
        many=f"more than {MOST:,} cases" if found.more else words.many(found.total, "case"),
        which=_which(given, values),
        begin=cases_link(point.asked, point.asked.split, point.line) if after else "",
        next=None if found.next is None else given.query(cursor=write_cursor(found.next, of)),
        whole=given.query(**dict.fromkeys(("from", "to", "line", "ever", "split"))),
    )


def _which(given: Given, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What was asked for, in words."""
    found = []
    if values["line"]:
        split = values["split"]
        found.append((split.value, name_of(values["line"], split)))
    begin, end = given.one("from"), given.one("to")
    if begin or end:
        found.append(("time", begin if begin == end else f"{begin or '…'} to {end or '…'}"))
    elif given.one("since") or given.one("until"):
        found.append(("time", f"{given.one('since', '…')} to {given.one('until', '…')}"))
    if values["ever"]:
        found.append(("came to the stage", values["ever"].value.replace("_", " ")))
    for name in ("nationality", "country", "stage", "drug", "lang", "source"):
        if chosen := given.all(name):
            said = ", ".join(words.plain(words.said(name, each)) for each in chosen)
            found.append((name, said))
    if values["query"]:
        found.append(("words", words.plain(values["query"])))
    return tuple(found)


def behind_csv(request: Request) -> Response:
    """All of them, up to the bound of files; asked for in pieces, for each case comes with its reports."""
    _, _, point = _asked(request)
    engine, rows, after = site_of(request).engine, list[CaseRow](), None
    while True:
        found = cases_behind(engine, point, limit=PIECE, after=after)
        rows += found.rows
        after = found.next
        if after is None or len(rows) >= MOST_ROWS:
            break
    return as_csv(request, "cases.csv", CASE_COLUMNS, map(case_csv, rows))


def behind_feed(request: Request) -> Response:
    """The latest of them for feed readers."""
    given, _, point = _asked(request)
    found = cases_behind(site_of(request).engine, point, limit=feeds.ENTRIES, after=None)
    return feeds.feed_of_cases(request, given, "trends/cases", found.rows)


ROUTES = [
    Route("/trends/cases", behind),
    Route("/trends/cases.csv", behind_csv),
    Route("/trends/cases.atom", behind_feed),
    Route("/trends/cases.feed.json", behind_feed),
]
