"""The pages of trends and their files: a question, its chart, whether it is a change, the table.

Every view is an address; a point of a chart leads to the cases behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import QueryError
from pipeline.periods import Step
from pipeline.vocabulary import LANGUAGES, Drug, Kind, Stage
from storage.trend_values import DatedBy, Split
from web import api_trends, trend_behind, trend_feeds, words
from web.answers import answer as answered
from web.answers import as_csv, as_json, failure, page
from web.trend_views import NAMES, OF_FIGURES, Shown, View, shown_of


def trends(request: Request) -> Response:
    shown = shown_of(request)
    return page(
        request,
        "trends.html",
        shown=shown,
        given=shown.given,
        values=shown.values,
        tabs=_tabs(shown),
        kinds=_kinds(shown),
        back=_back(shown),
        words={
            "by": tuple(Step),
            "split": tuple(each for each in Split if each is not Split.KIND),
            "dated": {
                DatedBy.EVENT: "when it began",
                DatedBy.ARTICLE: "first report",
                DatedBy.ACT: "latest stage",
            },
            "stage": tuple(Stage),
            "drug": tuple(Drug),
            "lang": {code: words.LANGUAGE.get(code, code) for code in LANGUAGES},
        },
    )


def _tabs(shown: Shown) -> list[tuple[str, str, bool]]:
    """The views: name, address, whether it is this one."""
    event = shown.values["kind"] is Kind.EVENT and shown.values["split"] is not Split.KIND
    # What only a series has is left out of the addresses of the others.
    changes: dict[str, Any] = {"per_10000": None, "changes": None, "compare": None}
    found = []
    for view in View if event else OF_FIGURES:
        query = shown.given.query(show=view.value, **({} if view is View.SERIES else changes))
        found.append((NAMES[view], f"/trends{query}", view is shown.view))
    return found


def _kinds(shown: Shown) -> list[tuple[str, str, bool]]:
    show = shown.view.value if shown.view in OF_FIGURES else None
    alone: dict[str, Any] = {"per_10000": None, "panel": None, "changes": None, "compare": None}
    together = shown.values["split"] is Split.KIND
    split = None if together else shown.given.one("split")
    query = shown.given.query
    return [
        (
            "Cases",
            "/trends" + query(kind=None, split=split),
            not together and shown.values["kind"] is Kind.EVENT,
        ),
        *(
            (
                name,
                "/trends" + query(kind=kind.value, split=split, show=show, **alone),
                not together and shown.values["kind"] is kind,
            )
            for kind, name in ((Kind.STOCK, "Stocks"), (Kind.FLOW, "Flows"))
        ),
        ("Side by side", "/trends" + query(kind=None, split="kind", show=None, **alone), together),
    ]


def _back(shown: Shown) -> tuple[str, str] | None:
    """The reverse of a map: its name and address."""
    if shown.view is not View.MAP:
        return None
    query = shown.given.query
    if shown.values["split"] is Split.NATIONALITY:
        return "Where people are held", "/trends" + query(split="country", nationality=None, country=None)
    return "Where people are from", "/trends" + query(split="nationality", nationality=None, country=None)


def trends_svg(request: Request) -> Response:
    svg, name = _picture(shown_of(request))
    return answered(request, svg.encode(), "image/svg+xml", name=f"{name}.svg")


def trends_png(request: Request) -> Response:
    try:
        import vl_convert
    except ImportError:
        return failure(
            request,
            501,
            "Pictures as PNG are not installed here",
            "SVG is drawn without; PNG needs: pip install 'detainee-watch[charts]'.",
        )
    svg, name = _picture(shown_of(request))
    return answered(request, bytes(vl_convert.svg_to_png(svg, scale=2)), "image/png", name=f"{name}.png")


def _picture(shown: Shown) -> tuple[str, str]:
    """All charts of a view, one below the other, as a file; each with a scale of its own."""
    drawn = [
        (panel.drawing, panel.drawing.alone(panel.title, (*panel.changes, *panel.notes)))
        for panel in shown.panels
        if panel.drawing is not None
    ]
    if not drawn:
        raise QueryError("There is nothing to draw.", key="show")
    name = f"trends-{shown.view.value}"
    if len(drawn) == 1:
        return drawn[0][1], name
    high, pieces = 0.0, []
    for _, svg in drawn:
        pieces.append(svg.replace("<svg ", f'<svg y="{high:.0f}" ', 1))
        high += float(svg.split('height="')[1].split('"')[0])
    wide = max(drawing.width for drawing, _ in drawn)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}">'
    return f"{head}{''.join(pieces)}</svg>\n", name


def trends_csv(request: Request) -> Response:
    shown = shown_of(request)
    found = [panel.answer for panel in shown.panels]
    columns = tuple(dict.fromkeys(name for each in found for name in each.columns))
    rows: Sequence[Mapping[str, Any]] = [row for each in found for row in each.rows()]
    return as_csv(request, f"trends-{shown.view.value}.csv", columns, rows)


def trends_json(request: Request) -> Response:
    shown = shown_of(request)
    documents = [api_trends.cut(panel.answer, shown.values["limit"]) for panel in shown.panels]
    return as_json(request, documents[0] if len(documents) == 1 else {"trends": documents})


def trends_feed(request: Request) -> Response:
    shown = shown_of(request)
    return trend_feeds.trend_feed(request, shown.given, [panel.answer for panel in shown.panels])


ROUTES = [
    Route("/trends", trends),
    Route("/trends.svg", trends_svg),
    Route("/trends.png", trends_png),
    Route("/trends.csv", trends_csv),
    Route("/trends.json", trends_json),
    Route("/trends.atom", trends_feed),
    Route("/trends.feed.json", trends_feed),
    *trend_behind.ROUTES,
]
