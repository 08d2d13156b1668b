"""The pages of trends: a question, its chart, whether it is a change, the table, the files.

Every view is an address; a point of a chart leads to the cases behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import ConfigError, QueryError
from pipeline.periods import Step
from pipeline.vocabulary import LANGUAGES, Drug, Kind, Stage
from storage.trend_answers import Answer, Figures, Ranking, Series
from storage.trend_charts import left_out
from storage.trend_values import DatedBy, Show, Split
from storage.trend_words import name_of
from web import api_trends, trend_behind, words
from web import parameters as p
from web.answers import answer as answered
from web.answers import as_csv, as_json, failure, page, site_of
from web.asking import Given, read_given
from web.drawing import Drawing, Row, draw
from web.operations import as_parameters
from web.trend_asking import ASKED, Asked, asked_of
from web.trend_links import link_of
from web.trend_tables import Table, table_of
from web.world import draw_world, places

MONTHS = 36
"""Months that are shown to who asks for nothing yet."""
YOUNG = 3
"""Months of cases that are shown by day to who asks for nothing."""
LINES = 12
MOST_SHOWN = 100
_OFTEN = (Step.MONTH, Step.QUARTER, Step.YEAR)
"""Steps at which changes are looked for without being asked: their series are short."""


class View(StrEnum):
    """What a page of trends shows."""

    SERIES = "series"
    MATRIX = "matrix"
    FUNNEL = "funnel"
    SENTENCES = "sentences"
    RANKING = "ranking"
    MAP = "map"  # a ranking, drawn on a map
    FIRST = "first"


NAMES = {
    View.SERIES: "Along time",
    View.MATRIX: "Who is held where",
    View.FUNNEL: "Stages",
    View.SENTENCES: "Sentences",
    View.RANKING: "Ranking",
    View.MAP: "Map",
    View.FIRST: "First seen",
}
OF_FIGURES = (View.SERIES, View.RANKING)
SHOWN = (
    p.choice("show", View, "What is drawn.", default=View.SERIES),
    *(each for each in ASKED if each.name != "show"),
    p.number("limit", "Lines, places or pairs.", default=LINES, most=MOST_SHOWN),
)


Drawings = tuple[Drawing | None, Drawing | None]
"""One for wide screens and one for phones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One answer on a page: a chart with its table."""

    title: str
    drawing: Drawing | None
    narrow: Drawing | None  # the same for a phone
    table: Table
    notes: tuple[str, ...]
    changes: tuple[str, ...]
    answer: Answer
    shaded: bool  # something in the chart is incomplete


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page shows."""

    given: Given  # with what was filled in for who asked for nothing
    view: View
    values: Mapping[str, Any]
    panels: tuple[Panel, ...]


def _shown(request: Request) -> Shown:
    site = site_of(request)
    given = read_given(request.query_params.multi_items(), [each.name for each in SHOWN])
    begun = site.now() - timedelta(days=MONTHS * 30.44)
    recent = {"by": ("month",), "since": (f"{begun:%Y-%m}",)}
    fresh = not {"by", "since", "until", "compare"} & set(request.query_params)
    tried = Given({**given.values, **recent}) if fresh else given
    shown = _answered(request, tried)
    if fresh and not any(_has(panel) for panel in shown.panels):
        # Nothing of late: the whole time, then.
        shown = _answered(request, given)
    elif fresh and (begun_on := _young(shown)) is not None:
        shown = _answered(request, Given({**given.values, "by": ("day",), "since": (begun_on,)}))
    return shown


def _young(shown: Shown) -> str | None:
    """The day from which on there is something, where it is of the last months alone: days say more then."""
    found = shown.panels[0].answer.found
    if not isinstance(found, Series):
        return None
    series = found.report.series
    begun = next((place for place, tally in enumerate(series.whole.tallies) if tally.cases), None)
    if begun is None or len(series.buckets) - begun > YOUNG:
        return None
    return date.fromordinal(series.buckets[begun].first).isoformat()


def _has(panel: Panel) -> bool:
    return panel.drawing is not None and bool(panel.table.rows)


def _answered(request: Request, given: Given) -> Shown:
    site = site_of(request)
    pairs = [(name, value) for name, values in given.values.items() for value in values]
    values = p.read(SHOWN, pairs, now=site.now())
    view = values["show"]
    wanted = asked_of(values | {"show": Show(view) if view is not View.MAP else Show.RANKING})
    question = wanted.question
    if view is View.MAP:
        split = question.split if question.split is Split.NATIONALITY else Split.COUNTRY
        wanted = replace(wanted, question=replace(question, split=split))
    own = "changes" not in given.values and view is View.SERIES and question.kind is Kind.EVENT
    if own and question.step in _OFTEN and not wanted.options.periods and question.split is not Split.KIND:
        wanted = replace(wanted, options=replace(wanted.options, changes=True))
    try:
        found = api_trends.answers(site, wanted)
    except ConfigError:
        if not own:
            raise
        found = api_trends.answers(site, replace(wanted, options=replace(wanted.options, changes=False)))
    panels = tuple(_panel(each, view, wanted, values["limit"]) for each in found)
    return Shown(given=given, view=view, values=values, panels=panels)


def _panel(found: Answer, view: View, wanted: Asked, limit: int) -> Panel:
    title, drawing, narrow, notes = "", None, None, tuple(as_parameters(note) for note in found.notes)
    changes: tuple[str, ...] = ()
    shaded = False
    if isinstance(found.found, Series):
        report = found.found.report
        changes = tuple(_sentence(change.text) for change in report.changes)
        notes = tuple(note for note in notes if note not in changes)
        shaded = not all(map(report.complete, range(len(report.series.buckets))))
    if view is View.MAP:
        assert isinstance(found.found, Ranking)
        title, (drawing, narrow), off = _map(found, found.found, wanted)
        notes = (*off, *notes)
    elif charts := found.charts(min(limit, MOST_SHOWN)):
        title = charts[0].title
        if isinstance(found.found, Figures) and (left := left_out(found.found.lines, limit)):
            notes = (*notes, left)
        drawing, narrow = (
            draw(charts[0], lambda row: link_of(found, row), narrow=small) for small in (False, True)
        )
    return Panel(
        title=title,
        drawing=drawing,
        narrow=narrow,
        table=table_of(found, limit),
        notes=notes,
        changes=changes,
        answer=found,
        shaded=shaded,
    )


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + "."


def _map(found: Answer, ranking: Ranking, wanted: Asked) -> tuple[str, Drawings, tuple[str, ...]]:
    """Where people of some nationality are held, or who is held in a country."""
    asked, split = wanted.question, ranking.split
    mine = asked.nationality if split is Split.COUNTRY else asked.country
    who = " and ".join(words.people(code) if split is Split.COUNTRY else words.place(code) for code in mine)
    if split is Split.COUNTRY:
        title = f"Where people from {who} are held" if mine else "Where foreigners are held"
    else:
        title = f"Where people held in {who} are from" if mine else "Where people held abroad are from"
    rows: list[Row] = [
        {"code": each.key, "label": name_of(each.key, split), "value": each.tally.cases, "of": each.key}
        for each in ranking.ranked
    ]
    if not rows:
        return title, (None, None), ()
    home = mine[0] if len(mine) == 1 else ""
    drawing, narrow = (
        draw_world(rows, "cases", lambda row: link_of(found, row), home=home, narrow=small)
        for small in (False, True)
    )
    off = set(places([row["code"] for row in rows]))
    left = sum(row["value"] for row in rows if row["code"] in off)
    said = (f"{words.many(left, 'case')} of no known country: on no map." if left else "",)
    return f"{title}: cases", (drawing, narrow), tuple(note for note in said if note)


# -- answers --------------------------------------------------------------------------------------


def trends(request: Request) -> Response:
    shown = _shown(request)
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
    svg, name = _picture(_shown(request))
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
    svg, name = _picture(_shown(request))
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
    shown = _shown(request)
    found = [panel.answer for panel in shown.panels]
    columns = tuple(dict.fromkeys(name for each in found for name in each.columns))
    rows: Sequence[Mapping[str, Any]] = [row for each in found for row in each.rows()]
    return as_csv(request, f"trends-{shown.view.value}.csv", columns, rows)


def trends_json(request: Request) -> Response:
    shown = _shown(request)
    documents = [api_trends.cut(panel.answer, shown.values["limit"]) for panel in shown.panels]
    return as_json(request, documents[0] if len(documents) == 1 else {"trends": documents})


ROUTES = [
    Route("/trends", trends),
    Route("/trends.svg", trends_svg),
    Route("/trends.png", trends_png),
    Route("/trends.csv", trends_csv),
    Route("/trends.json", trends_json),
    *trend_behind.ROUTES,
]
