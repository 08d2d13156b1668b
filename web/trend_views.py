"""What a page of trends shows: a question that was asked, its charts, whether it is a change, its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from starlette.requests import Request

from pipeline.errors import ConfigError
from pipeline.periods import Step
from pipeline.vocabulary import Kind
from storage.trend_charts import left_out
from storage.trend_found import Answer, Figures, Ranking, Series
from storage.trend_values import Show, Split
from storage.trend_words import name_of
from web import api_trends, words
from web import parameters as p
from web.answers import site_of
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


UNDRAWN = (View.SENTENCES, View.FIRST)
"""Views of the whole time, also for who asks for none: tables that want as many cases as there are."""


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


def shown_of(request: Request) -> Shown:
    site = site_of(request)
    given = read_given(request.query_params.multi_items(), [each.name for each in SHOWN])
    begun = site.now() - timedelta(days=MONTHS * 30.44)
    recent = {"by": ("month",), "since": (f"{begun:%Y-%m}",)}
    fresh = not {"by", "since", "until", "compare"} & set(request.query_params)
    fresh = fresh and given.one("show") not in UNDRAWN
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
        links = {id(row): link_of(found, row) for row in charts[0].rows}
        drawing, narrow = (
            draw(charts[0], lambda row: links[id(row)], narrow=small) for small in (False, True)
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
