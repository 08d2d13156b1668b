"""Stocks and flows as articles give them: how many are held, how many came over a period. Apart from
cases, and never added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import QueryError
from pipeline.vocabulary import Kind
from storage.facets import Counts
from storage.figures import figure_lines, with_sentences
from storage.overview import nothing_stored
from storage.trend_shapes import FIGURE_COLUMNS, figure_rows, line_shape
from storage.trend_values import FigureLine, Question
from storage.values import Filter
from web import feeds
from web.answers import as_csv, as_json, page, site_of
from web.asking import FACETS, Given, read_filter, read_given
from web.lists import Turned

ROWS = 40
"""Lines of a page."""
LATEST = 1_000
"""Figures that are looked at, those that were found last."""
PARAMETERS = ("query", "since", "until", *FACETS, "page", "limit")
FIELDS = {"nationality": "nationality", "country": "country", "stage": "stage"}


def _asked(request: Request) -> tuple[Given, Filter, Question]:
    given = read_given(request.query_params.multi_items(), PARAMETERS)
    wanted = read_filter(given, now=site_of(request).now(), rows=ROWS)
    if len(wanted.kind) > 1 or wanted.kind == (Kind.EVENT,):
        raise QueryError("'kind' is stock or flow here, one of them; events are cases.", key="kind")
    wanted = replace(wanted, kind=wanted.kind or (Kind.STOCK,))
    asked = Question(
        kind=wanted.kind[0],
        first=wanted.since.toordinal() if wanted.since else None,
        last=wanted.until.toordinal() - 1 if wanted.until else None,
        nationality=wanted.nationality,
        country=wanted.country,
        stage=wanted.stage,
        drug=wanted.drug,
        source=wanted.source,
        language=wanted.language,
        query=wanted.query,
    )
    return given, wanted, asked


def figures(request: Request) -> Response:
    given, wanted, asked = _asked(request)
    lines = _lines(request, asked)
    limit = wanted.limit or ROWS
    first = (wanted.page - 1) * limit
    return page(
        request,
        "figures.html",
        given=given,
        kind=asked.kind,
        lines=with_sentences(site_of(request).engine, lines[first : first + limit]),
        total=len(lines),
        turned=Turned.through(len(lines), page=wanted.page, limit=limit),
        facets=_facets(lines),
        cut=sum(len(line.figures) for line in lines) >= LATEST,
        latest=LATEST,
        empty=not lines and nothing_stored(site_of(request).engine),
    )


def _lines(request: Request, asked: Question) -> tuple[FigureLine, ...]:
    site = site_of(request)
    return site.memory.get(asked, lambda: figure_lines(site.engine, asked, latest=LATEST))


def figures_csv(request: Request) -> Response:
    _, _, asked = _asked(request)
    lines = with_sentences(site_of(request).engine, _lines(request, asked))
    return as_csv(request, "figures.csv", FIGURE_COLUMNS, figure_rows(asked.kind, lines))


def figures_json(request: Request) -> Response:
    _, _, asked = _asked(request)
    lines = with_sentences(site_of(request).engine, _lines(request, asked))
    shape = {"kind": asked.kind, "total": len(lines), "lines": [line_shape(line) for line in lines]}
    return as_json(request, shape)


def figures_atom(request: Request) -> Response:
    given, wanted, _ = _asked(request)
    return feeds.figure_feed(request, given, wanted)


def _facets(lines: Sequence[FigureLine], most: int = 10) -> dict[str, Counts]:
    """How many lines there are by each value."""
    found: dict[str, Counts] = {}
    for field in FIELDS:
        counted = Counter(str(getattr(line, field)) for line in lines)
        found[field] = tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0])))[:most]
    outlets = Counter(outlet for line in lines for outlet in {each.outlet for each in line.figures})
    found["source"] = tuple(sorted(outlets.items(), key=lambda each: (-each[1], each[0])))[:most]
    return found


ROUTES = [
    Route("/figures", figures),
    Route("/figures.csv", figures_csv),
    Route("/figures.json", figures_json),
    Route("/figures.atom", figures_atom),
    Route("/figures.feed.json", figures_atom),
]
