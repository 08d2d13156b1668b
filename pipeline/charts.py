"""Charts as SVG, drawn here and now: no browser, no network. Pure.

Colours are those of Okabe and Ito, which people tell apart however they see colours, and never
stand alone: lines differ in their marks too. altair and vl-convert are in the extra ``charts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from pipeline.errors import ConfigError

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
ON_DARK = ("#56B4E9", "#E69F00", "#2BC79A", "#E79BC6", "#D55E00", "#4A90D9", "#FFFFFF")
SHAPES = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "cross",
    "triangle-down",
    "triangle-right",
    "triangle-left",
)
MOST_LINES = len(COLOURS)
"""Lines that one chart can tell apart."""
WIDTH, HEIGHT = 640, 300
NEEDS_CHARTS = "Pictures are drawn with altair and vl-convert: pip install 'detainee-watch[charts]'."


class Form(StrEnum):
    """What a chart looks like, and what its rows have."""

    BARS = "bars"  # label, value, complete
    LINES = "lines"  # label, value, key, complete
    POINTS = "points"  # day, value, key, replaced, drawn (whether the line goes through it)
    SPANS = "spans"  # first, last, value, key, replaced
    HEAT = "heat"  # x, y, value
    RANKS = "ranks"  # label, value, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart. Rows are in the order in which they are drawn; days are ISO dates."""

    form: Form
    title: str
    subtitle: str  # what must be read with it; lines are separated by newlines
    rows: tuple[dict[str, Any], ...]
    value: str  # what the values are: "cases"


def draw_svg(charts: Sequence[Chart], *, dark: bool = False) -> str:
    """The charts one below the other as one SVG document. Raises ConfigError without the extra."""
    try:
        import altair
        import vl_convert
    except ImportError as error:
        raise ConfigError(NEEDS_CHARTS, key="charts") from error
    ink, paper, grid = ("#E8E8E8", "#16181D", "#3A3F47") if dark else ("#222222", "#FFFFFF", "#DDDDDD")
    colours = list(ON_DARK if dark else COLOURS)
    made = [_draw(altair, chart, colours, ink, paper) for chart in charts]
    whole = altair.vconcat(*made).resolve_scale(color="independent", shape="independent")
    whole = whole.configure(background=paper, padding=16, font="sans-serif")
    whole = whole.configure_title(
        anchor="start", color=ink, subtitleColor=ink, fontSize=16, subtitleFontSize=12
    )
    whole = whole.configure_axis(
        labelColor=ink,
        titleColor=ink,
        gridColor=grid,
        domainColor=grid,
        tickColor=grid,
        labelFontSize=12,
        titleFontWeight="normal",
        labelLimit=260,
    )
    whole = whole.configure_legend(
        labelColor=ink, titleColor=ink, labelFontSize=12, labelLimit=260, symbolSize=90
    )
    whole = whole.configure_view(stroke=None)
    return str(vl_convert.vegalite_to_svg(whole.to_dict()))


def _draw(altair: Any, chart: Chart, colours: list[str], ink: str, paper: str) -> Any:
    values = [{**row, "order": place} for place, row in enumerate(chart.rows)]
    base = altair.Chart(altair.Data(values=values))
    match chart.form:
        case Form.BARS:
            drawn = _bars(altair, base, chart, colours)
        case Form.LINES:
            drawn = _lines(altair, base, chart, colours)
        case Form.POINTS:
            drawn = _points(altair, base, chart, colours)
        case Form.SPANS:
            drawn = _spans(altair, base, chart, colours)
        case Form.HEAT:
            drawn = _heat(altair, base, chart, ink, paper)
        case Form.RANKS:
            drawn = _ranks(altair, base, chart, colours, ink)
        case _:
            assert_never(chart.form)
    subtitle = [line for line in chart.subtitle.split("\n") if line]
    title = altair.TitleParams(text=chart.title, subtitle=subtitle, offset=12)
    return drawn.properties(title=title)


def _label_axis(altair: Any, chart: Chart) -> Any:
    """Labels of pieces of time: as many as there is room for, upright where they are few."""
    labels = list(dict.fromkeys(row["label"] for row in chart.rows))
    step = -(-len(labels) // 24)
    few = len(labels) <= 12
    axis = altair.Axis(values=labels[::step], labelAngle=0 if few else -60, labelOverlap=False)
    return altair.X("label:N", sort=labels, title=None, axis=axis)


def _bars(altair: Any, base: Any, chart: Chart, colours: list[str]) -> Any:
    drawn = base.mark_bar(stroke=colours[0]).encode(
        x=_label_axis(altair, chart),
        y=altair.Y("value:Q", title=chart.value, axis=altair.Axis(tickMinStep=1)),
        color=altair.value(colours[0]),
        fillOpacity=altair.condition("datum.complete", altair.value(1.0), altair.value(0.15)),
        strokeDash=altair.condition("datum.complete", altair.value([1, 0]), altair.value([3, 2])),
        strokeWidth=altair.value(1),
    )
    return drawn.properties(width=WIDTH, height=HEIGHT)


def _keyed(altair: Any, chart: Chart, colours: list[str]) -> tuple[Any, Any]:
    """Colour and shape of each line, in the order of the rows."""
    keys = list(dict.fromkeys(row["key"] for row in chart.rows))
    domain = {"domain": keys}
    colour = altair.Scale(**domain, range=(colours * (len(keys) // len(colours) + 1))[: len(keys)])
    shape = altair.Scale(**domain, range=(list(SHAPES) * (len(keys) // len(SHAPES) + 1))[: len(keys)])
    legend = altair.Legend(
        orient="bottom",
        columns=3 if max(map(len, keys), default=0) < 26 else 1,
        title=None,
        labelLimit=WIDTH,
    )
    return (
        altair.Color("key:N", scale=colour, legend=legend),
        altair.Shape("key:N", scale=shape, legend=legend),
    )


def _lines(altair: Any, base: Any, chart: Chart, colours: list[str]) -> Any:
    colour, shape = _keyed(altair, chart, colours)
    x = _label_axis(altair, chart)
    y = altair.Y("value:Q", title=chart.value, axis=altair.Axis(tickMinStep=1))
    line = base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour)
    marks = _marks(base, "datum.complete", x=x, y=y, color=colour, shape=shape)
    return (line + marks).properties(width=WIDTH, height=HEIGHT)


def _marks(base: Any, full: str, **channels: Any) -> Any:
    """Marks at the points of a line; those for which ``full`` is false are hollow."""
    filled = base.transform_filter(full).mark_point(size=60, filled=True, opacity=1).encode(**channels)
    hollow = base.transform_filter(f"!({full})").mark_point(size=60, filled=False).encode(**channels)
    return filled + hollow


def _points(altair: Any, base: Any, chart: Chart, colours: list[str]) -> Any:
    colour, shape = _keyed(altair, chart, colours)
    x = altair.X("day:T", title=None, axis=altair.Axis(labelOverlap="greedy", labelSeparation=8))
    y = altair.Y("value:Q", title=chart.value, scale=altair.Scale(zero=True))
    line = base.transform_filter("datum.drawn").mark_line(strokeWidth=2).encode(x=x, y=y, color=colour)
    marks = _marks(base, "!datum.replaced", x=x, y=y, color=colour, shape=shape)
    return (line + marks).properties(width=WIDTH, height=HEIGHT)


def _spans(altair: Any, base: Any, chart: Chart, colours: list[str]) -> Any:
    colour, _ = _keyed(altair, chart, colours)
    y = altair.Y("value:Q", title=chart.value, scale=altair.Scale(zero=True))
    rule = base.mark_rule(strokeWidth=5, strokeCap="round").encode(
        x=altair.X("first:T", title=None, axis=altair.Axis(labelOverlap="greedy", labelSeparation=8)),
        x2="last:T",
        y=y,
        color=colour,
        strokeDash=altair.condition("datum.replaced", altair.value([2, 6]), altair.value([1, 0])),
    )
    text = (
        base.transform_filter("!datum.replaced")
        .mark_text(align="left", dy=-12, fontSize=12)
        .encode(x="first:T", y=y, text="text:N", color=colour)
    )
    return (rule + text).properties(width=WIDTH, height=HEIGHT)


def _heat(altair: Any, base: Any, chart: Chart, ink: str, paper: str) -> Any:
    columns = list(dict.fromkeys(row["x"] for row in chart.rows))
    lines = list(dict.fromkeys(row["y"] for row in chart.rows))
    x = altair.X("x:N", sort=columns, title="held in", axis=altair.Axis(orient="top", labelAngle=-40))
    y = altair.Y("y:N", sort=lines, title="from")
    most = max((row["value"] for row in chart.rows), default=1)
    # One hue from the paper to dark: its lightness says the number to everybody, and the number stands in it.
    scale = altair.Scale(domain=[0, most], range=[paper, "#0072B2"])
    cells = base.mark_rect(stroke=paper).encode(
        x=x, y=y, color=altair.Color("value:Q", scale=scale, legend=None)
    )
    light = altair.condition(f"datum.value > {most * 0.55}", altair.value("#FFFFFF"), altair.value(ink))
    text = base.mark_text(fontSize=12).encode(x=x, y=y, text="value:Q", color=light)
    return (cells + text).properties(width=max(34 * len(columns), 60), height=max(24 * len(lines), 40))


def _ranks(altair: Any, base: Any, chart: Chart, colours: list[str], ink: str) -> Any:
    labels = [row["label"] for row in chart.rows]
    y = altair.Y("label:N", sort=labels, title=None)
    most = max((row["value"] or 0 for row in chart.rows), default=1) or 1
    x = altair.X("value:Q", title=chart.value, scale=altair.Scale(domain=[0, most * 1.5]))
    bars = base.mark_bar(color=colours[0]).encode(x=x, y=y)
    text = base.mark_text(align="left", dx=5, fontSize=12, color=ink).encode(x=x, y=y, text="text:N")
    return (bars + text).properties(width=WIDTH, height=max(26 * len(labels), 40))
