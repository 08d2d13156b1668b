"""Answers → charts. What is left out of a picture is said in it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from pipeline.amounts import Amount, amount_of
from pipeline.charts import MOST_LINES, Chart, Form
from pipeline.periods import say_days
from pipeline.vocabulary import Kind
from storage.trend_report import EventReport
from storage.trend_values import Cell, Figure, FigureLine, Line, Ranked, StageCount

Name = Callable[[str], str]
NOTE_WIDTH = 100
"""Characters of a line under a title."""
LITTLE = 0.5
"""A rate of less than this share of what is normal is not drawn: of next to nothing it may be any number."""
MOST_ROWS = 30
"""Rows and columns of a matrix."""
MOST_MARKS = 400
"""Figures of a chart up to which those that a later one replaces are drawn as well: of more none can be told
apart, nor hit."""


def series_chart(report: EventReport, limit: int, name: Name, *, rates: bool) -> list[Chart]:
    """Bars for a whole, a line for each line of a split; what is incomplete is hollow."""
    pieces = report.series.buckets
    if not pieces:
        return []
    unit = "cases per 10,000 articles" if rates else "cases"
    span = say_days((pieces[0].first, pieces[-1].last))
    notes = [change.text for change in report.changes] + list(report.notes)
    if not report.series.lines:
        rows = _row(report, report.series.whole, "", rates=rates)
        title = f"{unit.capitalize()} by {report.asked.step.value}, {span}"
        return [Chart(form=Form.BARS, title=title, subtitle=folded(notes), rows=tuple(rows), value=unit)]
    shown = report.series.lines[: min(limit, MOST_LINES)]
    left = len(report.series.lines) - len(shown)
    if left:
        notes.insert(0, f"The {len(shown)} largest; {left} more are not drawn.")
    rows = [row for line in shown for row in _row(report, line, name(line.key), rates=rates)]
    split = report.asked.split.value if report.asked.split else ""
    title = f"{unit.capitalize()} by {report.asked.step.value} and {split}, {span}"
    return [Chart(form=Form.LINES, title=title, subtitle=folded(notes), rows=tuple(rows), value=unit)]


def _row(report: EventReport, line: Line, key: str, *, rates: bool) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for place, (piece, tally) in enumerate(zip(report.series.buckets, line.tallies, strict=True)):
        value = report.rate(line, place) if rates else tally.cases
        if rates and _share(report, place) < LITTLE:
            value = None
        row: dict[str, object] = {"label": piece.label, "key": key, "value": value}
        row["complete"] = report.complete(place)
        first, last = (date.fromordinal(day).isoformat() for day in piece.days)
        found.append(row | {"of": line.key, "first": first, "last": last})
    return found


def _share(report: EventReport, place: int) -> float:
    share = report.coverage.shares[place]
    return 1.0 if share is None else share


def figure_chart(
    kind: Kind,
    lines: Sequence[FigureLine],
    limit: int,
    name: Callable[[FigureLine], str],
    notes: Sequence[str],
) -> list[Chart]:
    """Points at their moments or bars over their periods; nothing is added, and nothing drawn between
    two offices."""
    known = _with_values(lines)
    if not known:
        return []
    shown = known[: min(limit, MOST_LINES)]
    said = (
        [f"The {len(shown)} largest; {len(known) - len(shown)} more are not drawn."]
        if known[len(shown) :]
        else []
    )
    crowded = left_out(lines, limit)
    rows = []
    for line in shown:
        drawn, key = _drawn(line), name(line)
        for each in line.figures:
            if (value := _value(each)) is not None and each.dated:
                replaced = each.replaced_by is not None
                if replaced and crowded:
                    continue
                first, last = (date.fromordinal(day).isoformat() for day in each.days)
                row = {"key": key, "value": value.number, "replaced": replaced, "text": value.short}
                row |= {"drawn": each.record_id in drawn, "article": each.article_id}
                rows.append(row | {"first": first, "last": last, "day": last})
    stock = kind is Kind.STOCK
    hollow = "Hollow: replaced by a later figure." if any(row["replaced"] for row in rows) else crowded
    return [
        Chart(
            form=Form.POINTS if stock else Form.SPANS,
            title="How many are held, by moment" if stock else "How many a year, by period",
            subtitle=folded([*said, *notes, hollow]),
            rows=tuple(rows),
            value="people" if stock else "people a year",
        )
    ]


def left_out(lines: Sequence[FigureLine], limit: int) -> str:
    """What a chart of so many of these lines leaves out because there are too many figures, in words; ""
    where it has all."""
    shown = _with_values(lines)[: min(limit, MOST_LINES)]
    figures = [each for line in shown for each in line.figures]
    if len(figures) <= MOST_MARKS or all(each.replaced_by is None for each in figures):
        return ""
    return "Figures that a later one replaces are not drawn: there are too many. The file CSV has all."


def _with_values(lines: Sequence[FigureLine]) -> list[FigureLine]:
    return [line for line in lines if any(_value(each) is not None for each in line.figures)]


def _drawn(line: FigureLine) -> set[int]:
    """The records through which the line goes: at each moment the largest that stands; others for the
    same moment are parts of it."""
    largest: dict[tuple[int, int], Figure] = {}
    for each in line.standing:
        if each.count is not None and each.count >= (largest.get(each.days, each).count or 0):
            largest[each.days] = each
    return {each.record_id for each in largest.values()}


def _value(figure: Figure) -> Amount | None:
    if figure.kind is Kind.FLOW:
        return figure.per_year
    return None if figure.count is None else amount_of(figure.count, figure.bound)


def ranked_chart(
    ranked: Sequence[Figure],
    limit: int,
    name: Callable[[Figure], str],
    title: str,
    when: Callable[[Figure], str],
) -> list[Chart]:
    """A ranking of stocks or flows, each with its moment."""
    rows = []
    for each in ranked[:limit]:
        value = _value(each)
        share = "" if each.drug_share is None else f", {each.drug_share:g} % for drugs"
        text = f"{'no count' if value is None else value.short}{share} ({when(each).strip('()')})"
        row = {"label": name(each), "value": value.number if value else 0, "text": text}
        rows.append(row | {"article": each.article_id})
    unit = "people a year" if ranked and ranked[0].kind is Kind.FLOW else "people"
    return [Chart(form=Form.RANKS, title=title, subtitle="", rows=tuple(rows), value=unit)] if rows else []


def ranking_chart(
    ranked: Sequence[Ranked], limit: int, name: Name, title: str, notes: Sequence[str]
) -> list[Chart]:
    """A ranking of cases."""
    rows = []
    for each in ranked[:limit]:
        before = f" ({each.before.cases:,} before)" if each.before else ""
        row = {"label": name(each.key), "value": each.tally.cases, "text": f"{each.tally.cases:,}{before}"}
        rows.append(row | {"of": each.key})
    chart = Chart(form=Form.RANKS, title=title, subtitle=folded(notes), rows=tuple(rows), value="cases")
    return [chart] if rows else []


def funnel_chart(stages: Sequence[StageCount], notes: Sequence[str]) -> list[Chart]:
    """The stages, each with those that some report says came to it."""
    rows = tuple(
        {
            "label": each.stage.value.replace("_", " "),
            "value": each.ever.cases,
            "text": f"{each.ever.cases:,}, latest for {each.now.cases:,}",
            "of": each.stage.value,
        }
        for each in stages
    )
    title = "Cases by stage: ever reported, and the latest known"
    return [Chart(form=Form.RANKS, title=title, subtitle=folded(notes), rows=rows, value="cases")]


def matrix_chart(
    cells: Sequence[Cell], limit: int, names: tuple[Name, Name], notes: Sequence[str]
) -> list[Chart]:
    """Nationality by country, both by their sums, at most MOST_ROWS of each."""
    if not cells:
        return []
    rows, columns = order(cells)
    most = min(limit, MOST_ROWS)
    kept = [cell for cell in cells if cell.nationality in rows[:most] and cell.country in columns[:most]]
    left = len(cells) - len(kept)
    said = [f"The {most} largest of each; {left} smaller pairs are not drawn."] if left else []
    kept.sort(key=lambda cell: (rows.index(cell.nationality), columns.index(cell.country)))
    # An empty square at each place keeps the order of both sides.
    values = {(cell.nationality, cell.country): cell.tally.cases for cell in kept}
    drawn = tuple(
        {"x": names[1](column), "y": names[0](row), "value": values[row, column], "of": f"{row}-{column}"}
        for column in columns[:most]
        for row in rows[:most]
        if (row, column) in values
    )
    title = "Cases by nationality and country of custody"
    return [Chart(form=Form.HEAT, title=title, subtitle=folded([*said, *notes]), rows=drawn, value="cases")]


def order(cells: Sequence[Cell]) -> tuple[list[str], list[str]]:
    """Nationalities and countries of a matrix, most cases first."""
    sides: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for cell in cells:
        for side, key in zip(sides, (cell.nationality, cell.country), strict=True):
            side[key] = side.get(key, 0) + cell.tally.cases
    rows, columns = (sorted(side, key=lambda key: (-side[key], key)) for side in sides)
    return rows, columns


def folded(notes: Sequence[str]) -> str:
    """Sentences on lines that fit under a title."""
    import textwrap

    return "\n".join(line for note in notes if note for line in textwrap.wrap(note, NOTE_WIDTH))
