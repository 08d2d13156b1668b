"""Trends for people: charts out of characters, readable without colour and in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rich.table import Table
from rich.text import Text

from app.console import out, plain
from pipeline.amounts import Amount, amount_of, say_number
from pipeline.periods import say_days
from pipeline.vocabulary import Kind
from storage.trend_shapes import rate_of
from storage.trend_values import HANDED_IN
from storage.trend_words import head_of, how_complete, name_of, when_of

if TYPE_CHECKING:
    from storage.trend_report import EventReport
    from storage.trend_values import Figure, FigureLine

BAR = 30
"""Width of the longest bar."""
SPARKS = "▁▂▃▄▅▆▇█"
MOST_SPARKS = 60
"""Pieces of time that a small line has room for; the last ones are shown."""


def table(*columns: str, numbers: Sequence[str] = ()) -> Table:
    """A table without lines; ``numbers`` are the columns that stand to the right."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        right = name in numbers
        made.add_column(
            name, justify="right" if right else "left", overflow="fold", no_wrap=right or not name
        )
    return made


def bar(value: float, most: float, *, hollow: bool = False, beside: int = 70) -> str:
    """A bar of characters; a hollow one is of something incomplete. ``beside`` is the room that the other
    columns take."""
    room = max(8, min(BAR, out().width - beside))
    length = min(round(value / most * room), room) if most else 0
    return ("░" if hollow else "█") * max(length, 1 if value else 0)


def spark(values: Sequence[float]) -> str:
    """A small line; nothing is a dot."""
    most = max(values, default=0)
    return "".join("·" if not value else SPARKS[round(value / most * (len(SPARKS) - 1))] for value in values)


def draw_series(report: EventReport, limit: int, *, rates: bool) -> Iterator[Any]:
    """A bar for each piece of time, or a small line for each line of a split."""
    pieces = report.series.buckets
    if not pieces:
        return
    dated = {"event": "by the day of the event", "article": "by the first report", "act": "by the latest act"}
    span = say_days((pieces[0].first, pieces[-1].last))
    total = report.series.whole.total
    head = f"Cases by {report.asked.step.value}, {dated[report.asked.by.value]}, {span}: "
    yield Text(f"{head}{total.cases:,}, {total.people.text} people", style="bold")
    yield _lines(report, limit, rates=rates) if report.series.lines else _bars(report, rates=rates)


def _bars(report: EventReport, *, rates: bool) -> Table:
    whole = report.series.whole
    names = ["", "cases", "", "people", *(("per 10,000",) if rates else ()), "seen"]
    made = table(*names, numbers=("cases", "people", "per 10,000"))
    values = [
        report.rate(whole, place) or 0 if rates else tally.cases for place, tally in enumerate(whole.tallies)
    ]
    # A rate of next to nothing seen may be any number; bars are as long as complete ones make them.
    known = [value for place, value in enumerate(values) if report.complete(place)]
    most = max(known or values, default=0)
    for place, (piece, tally) in enumerate(zip(report.series.buckets, whole.tallies, strict=True)):
        cells = [piece.label, f"{tally.cases:,}", bar(values[place], most, hollow=not report.complete(place))]
        cells.append(tally.people.short if tally.cases else "")
        if rates:
            rate = rate_of(report, whole, place)
            cells.append("" if rate is None else f"{rate:.1f}")
        made.add_row(*cells, how_complete(report, place, part="a part of it"))
    return made


def _lines(report: EventReport, limit: int, *, rates: bool) -> Table:
    made = table("", "cases", "people", "along time", "last", numbers=("cases", "people", "last"))
    whole, lines = report.series.whole, report.series.lines
    shown = (whole, *lines[:limit])
    for line in shown:
        tallies = line.tallies[-MOST_SPARKS:]
        begin = len(line.tallies) - len(tallies)
        values: list[float] = [tally.cases for tally in tallies]
        if rates:
            values = [report.rate(line, begin + place) or 0 for place in range(len(tallies))]
        made.add_row(
            name_of(line.key, report.asked.split) if line.key else "all, each case once",
            f"{line.total.cases:,}",
            line.total.people.short,
            spark(values),
            f"{line.tallies[-1].cases:,}",
        )
    return made


def draw_figures(kind: Kind, lines: Sequence[FigureLine], limit: int) -> Iterator[Any]:
    """Each line with its moments or periods; what a later figure replaced stands dim below it."""
    if not lines:
        return
    what = "Stocks: how many are held at a moment" if kind is Kind.STOCK else "Flows: how many over a period"
    yield Text(f"{what}. Never added.", style="bold")
    heading = None
    for line in lines[:limit]:
        if line.key and line.key != heading:
            heading = line.key
            yield Text(f"\n{plain(heading)}", style="bold underline")
        yield Text(f"\n{head_of(line)}", style="bold")
        yield _figures(kind, line)


def _figures(kind: Kind, line: FigureLine) -> Table:
    flow = kind is Kind.FLOW
    names = ("", "when", *(("number", "a year") if flow else ("held",)), "", "for drugs", "outlet")
    made = table(*names, numbers=("number", "a year", "held", "for drugs"))
    values = [_height(each) for each in line.figures]
    most = max(values, default=0)
    for each, value in zip(line.figures, values, strict=True):
        gone = each.replaced_by is not None
        number = "?" if each.count is None else amount_of(each.count, each.bound).short
        if each.per and each.count is not None:
            number += f" a {each.per.value}"
        rate = each.per_year.short if each.per_year else ""
        made.add_row(
            "",
            when_of(each),
            *((number, rate) if flow else (number,)),
            bar(value, most, hollow=gone),
            "" if each.drug_share is None else f"{each.drug_share:g} %",
            (plain(each.outlet or urlsplit(each.url).netloc) or HANDED_IN) + (", replaced" if gone else ""),
            style="dim" if gone else "",
        )
    return made


def _height(figure: Figure) -> float:
    if figure.kind is Kind.FLOW:
        return figure.per_year.number if figure.per_year else 0
    return figure.count or 0


def draw_ranked_figures(
    ranked: Sequence[tuple[Figure, Figure | None]], limit: int, name: Any
) -> Iterator[Any]:
    """A ranking of stocks or flows, each with its moment."""
    if not ranked:
        return
    flow = ranked[0][0].kind is Kind.FLOW
    number = "a year" if flow else "held"
    made = table("", "", number, "", "for drugs", "when", "before", numbers=(number, "for drugs"))
    most = max((_height(figure) for figure, _ in ranked), default=0)
    for place, (figure, earlier) in enumerate(ranked[:limit], 1):
        amount = _amount(figure)
        made.add_row(
            f"{place}.",
            name(figure),
            "no count" if amount is None else amount.short,
            bar(_height(figure), most, beside=84),
            "" if figure.drug_share is None else f"{figure.drug_share:g} %",
            when_of(figure),
            _earlier(figure, earlier),
        )
    yield made


def _amount(figure: Figure) -> Amount | None:
    if figure.kind is Kind.FLOW:
        return figure.per_year
    return None if figure.count is None else amount_of(figure.count, figure.bound)


def _earlier(figure: Figure, earlier: Figure | None) -> str:
    if earlier is None or (old := _amount(earlier)) is None or (new := _amount(figure)) is None:
        return ""
    change = new.number - old.number
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{old.short} in {when_of(earlier)} ({sign}{say_number(abs(change))})"
