"""One question about trends → the answer: a document, rows of a table, charts, notes, and what was found.

The command line, the pages and the API all show this, each in its way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.clues import Days
from pipeline.errors import QueryError
from pipeline.periods import before_of, say_days
from pipeline.vocabulary import Kind
from storage import crosses, figures, panels, trend_charts, trend_report, trend_words
from storage import trend_shapes as shapes
from storage.trend_found import (
    Answer,
    Figures,
    First,
    Funnel,
    Matrix,
    Options,
    RankedFigures,
    Ranking,
    Sentences,
    Series,
)
from storage.trend_report import EventReport
from storage.trend_values import Figure, FigureLine, Question, Show, Split
from storage.trends import WHY_NEVER_ADDED

if TYPE_CHECKING:
    from sqlalchemy import Engine

NO_CASES = "No cases fit. Stocks and flows are no cases: --kind stock, --kind flow."


def answer(
    engine: Engine,
    asked: Question,
    show: Show,
    options: Options,
    *,
    now: datetime,
    panel: Callable[[], panels.Panel] | None = None,
) -> Answer:
    """The answer. ``panel`` gives the outlets where they are kept; else they are found out. Raises
    QueryError for what makes no sense of this kind, and says why."""
    if asked.kind is not Kind.EVENT:
        return _figures(engine, asked, show, options)
    if show is not Show.SERIES and (options.rates or options.changes):
        raise QueryError("--per-10000 and --changes are about a series: leave out --show.", key="show")
    report = trend_report.event_report(
        engine,
        asked,
        panel() if panel is not None else panels.load_panel(engine, now=now),
        now=now,
        fixed=options.fixed,
        rates=options.rates,
        changes=options.changes,
        periods=None if show is Show.RANKING else options.periods,
        # The others have lines of their own.
        lines=show is Show.SERIES or asked.split is Split.KIND,
    )
    match show:
        case Show.SERIES:
            return _series(report, rates=options.rates)
        case Show.RANKING:
            return _ranking(engine, report, options.periods)
        case Show.MATRIX:
            return _matrix(engine, report)
        case Show.FUNNEL:
            return _funnel(engine, report)
        case Show.SENTENCES:
            return _sentences(engine, report)
        case Show.FIRST:
            return _first(engine, report, options.months, now=now)


def _head(report: EventReport, show: Show) -> dict[str, Any]:
    return {"show": show.value} | shapes.head_shape(report) | {"notes": list(report.notes)}


def _series(report: EventReport, *, rates: bool) -> Answer:
    found = len(report.series.whole.tallies) > 0
    return Answer(
        document=lambda limit: {"show": Show.SERIES.value} | shapes.event_shape(report, limit),
        columns=shapes.SERIES_COLUMNS,
        rows=lambda: shapes.event_rows(report),
        charts=lambda limit: trend_charts.series_chart(
            report, limit, _namer(report.asked.split), rates=rates
        ),
        lines=len(report.series.lines),
        found=Series(report=report, rates=rates),
        asked=report.asked,
        notes=(
            *(change.text[0].upper() + change.text[1:] + "." for change in report.changes),
            *report.notes,
            *(() if found else (NO_CASES,)),
        ),
    )


def _namer(split: Split | None) -> Callable[[str], str]:
    return lambda key: trend_words.name_of(key, split)


def _ranking(engine: Engine, report: EventReport, periods: tuple[Days, Days] | None) -> Answer:
    asked = report.asked
    split = asked.split or Split.COUNTRY
    before = None
    if periods is not None:
        before, now = periods
        asked = replace(asked, first=now[0], last=now[1])
    elif asked.first is not None:
        pieces = report.series.buckets
        last = asked.last or (pieces[-1].last if pieces else asked.first)
        before = before_of((asked.first, last))
    ranked = crosses.ranking(engine, asked, split, before)
    title = f"Cases by {split.value}" + (f", before: {say_days(before)}" if before else "")
    rows = shapes.ranking_shape(ranked)
    head = _head(report, Show.RANKING)
    return Answer(
        document=lambda limit: (
            head | {"split": split.value, "before": _span(before), "ranking": rows[:limit]}
        ),
        columns=tuple(rows[0]) if rows else ("place",),
        rows=lambda: rows,
        charts=lambda limit: trend_charts.ranking_chart(ranked, limit, _namer(split), title, report.notes),
        lines=len(ranked),
        found=Ranking(ranked=ranked, split=split, title=title),
        asked=replace(asked, split=split),
        notes=report.notes if rows else (*report.notes, NO_CASES),
    )


def _span(days: Days | None) -> dict[str, Any] | None:
    return None if days is None else {"from": shapes.iso(days[0]), "to": shapes.iso(days[1])}


def _matrix(engine: Engine, report: EventReport) -> Answer:
    cells = crosses.matrix(engine, report.asked)
    names = (trend_words.people_name, trend_words.place_name)
    rows = shapes.matrix_shape(cells)
    return Answer(
        document=lambda limit: _head(report, Show.MATRIX) | {"cells": rows[:limit]},
        columns=("nationality", "country", "cases", "people", "people_bound"),
        rows=lambda: rows,
        charts=lambda limit: trend_charts.matrix_chart(cells, limit, names, report.notes),
        lines=len(cells),
        found=Matrix(cells=cells),
        asked=report.asked,
        notes=report.notes if rows else (*report.notes, NO_CASES),
    )


def _funnel(engine: Engine, report: EventReport) -> Answer:
    stages = crosses.funnel(engine, report.asked)
    rows = shapes.funnel_shape(stages)
    return Answer(
        document=lambda _: _head(report, Show.FUNNEL) | {"stages": rows},
        columns=tuple(rows[0]),
        rows=lambda: rows,
        charts=lambda _: trend_charts.funnel_chart(stages, report.notes),
        lines=0,
        found=Funnel(stages=stages),
        asked=report.asked,
        notes=report.notes,
    )


def _sentences(engine: Engine, report: EventReport) -> Answer:
    found = crosses.sentences(engine, report.asked)
    rows = shapes.sentences_shape(found)
    return Answer(
        document=lambda _: _head(report, Show.SENTENCES) | {"sentences": rows},
        columns=tuple(rows[0]) if rows else ("drug",),
        rows=lambda: rows,
        charts=lambda _: [],
        lines=0,
        found=Sentences(found=found),
        asked=report.asked,
        notes=report.notes if rows else (*report.notes, NO_CASES),
    )


def _first(engine: Engine, report: EventReport, months: int, *, now: datetime) -> Answer:
    pairs, sure = crosses.first_seen(engine, report.asked, quiet=round(months * 30.44))
    text = {place: trend_words.say_first(each, months) for place, each in enumerate(pairs)}
    rows = shapes.first_shape(pairs, text)
    notes = report.notes
    if sure is not None:
        from_then = say_days((sure, sure))
        said = f"The data reach back far enough to say so from {from_then} on."
        if sure > now.astimezone(UTC).date().toordinal():
            many = "1 month" if months == 1 else f"{months} months"
            said = (
                f"The data are too young to say that there was none for {many}: that can be said from "
                f"{from_then} on. Until then ask for fewer months."
            )
        notes = (said, *notes)
    return Answer(
        document=lambda limit: (
            _head(report, Show.FIRST)
            | {"months": months, "sure_from": shapes.iso(sure), "first": rows[:limit]}
        ),
        columns=tuple(rows[0]) if rows else ("nationality",),
        rows=lambda: rows,
        charts=lambda _: [],
        lines=len(pairs),
        found=First(pairs=pairs, text=text),
        asked=report.asked,
        notes=notes if rows else (*notes, "No such pair."),
    )


def _figures(engine: Engine, asked: Question, show: Show, options: Options) -> Answer:
    """Stocks or flows."""
    kind = asked.kind
    what = f"{kind.value}s"
    if show not in (Show.SERIES, Show.RANKING):
        raise QueryError(
            f"A {show.value} counts cases; {what} can only be set side by side, as a series or a ranking."
            f" {WHY_NEVER_ADDED}",
            key="show",
        )
    if options.rates or options.fixed:
        raise QueryError(
            f"{what.capitalize()} are given by offices, not counted from articles: there is no rate of them"
            " per article, and no panel of outlets.",
            key="rate",
        )
    if options.periods is not None or (options.changes and kind is Kind.STOCK):
        raise QueryError(
            "Two stocks are two states, not counts of what happened: the test of rates is for cases"
            " (--compare) and flows (--changes). --show ranking sets each stock beside the one before it."
            if kind is Kind.STOCK
            else "Flows come with periods of their own: --changes compares each with the one before it.",
            key="compare",
        )
    lines = figures.figure_lines(engine, asked, standing=show is Show.RANKING)
    none = () if lines else (f"No {what} fit.",)
    if show is Show.RANKING:
        return _figure_ranking(engine, asked, lines, none)
    found = trend_report.flow_changes(lines, tested=options.changes) if kind is Kind.FLOW else ()
    said = [f"{trend_words.head_of(line)}: {change.text}." for line, change in found]
    return Answer(
        document=lambda limit: {
            "show": Show.SERIES.value,
            "kind": kind.value,
            "split": asked.split.value if asked.split else None,
            "lines": [shapes.line_shape(line) for line in figures.with_sentences(engine, lines[:limit])],
            "changes": [
                {"nationality": line.nationality, "country": line.country, "source": line.by}
                | shapes.change_shape(change)
                for line, change in found
            ],
            "notes": [*none],
        },
        columns=shapes.FIGURE_COLUMNS,
        rows=lambda: shapes.figure_rows(kind, figures.with_sentences(engine, lines)),
        charts=lambda limit: trend_charts.figure_chart(kind, lines, limit, trend_words.head_of, said),
        lines=len(lines),
        found=Figures(kind=kind, lines=lines),
        asked=asked,
        notes=(*said, *none),
    )


def _figure_ranking(
    engine: Engine, asked: Question, lines: tuple[FigureLine, ...], none: tuple[str, ...]
) -> Answer:
    best = figures.latest(lines)
    order = sorted(best.values(), key=lambda each: (_size(each) is None, -(_size(each) or 0), each.pair))
    ranked = tuple((each, figures.before(lines, each)) for each in order)
    columns = next((tuple(row) for row in shapes.ranked_figures(ranked[:1])), ("place",))

    def rows(limit: int | None = None) -> list[dict[str, Any]]:
        return shapes.ranked_figures(figures.ranked_with_sentences(engine, ranked[:limit]))

    def name(figure: Figure) -> str:
        # Where all are of one nationality, or held in one country, the other says it all.
        if len(asked.nationality) == 1:
            return trend_words.place_name(figure.country)
        if len(asked.country) == 1:
            return trend_words.people_name(figure.nationality)
        return trend_words.name_of(figure.pair, Split.PAIR)

    title = "The latest stocks" if asked.kind is Kind.STOCK else "The latest flows"
    return Answer(
        document=lambda limit: {
            "show": Show.RANKING.value,
            "kind": asked.kind.value,
            "ranking": rows(limit),
            "notes": [*none],
        },
        columns=tuple(name for name in columns if name != "before"),
        rows=rows,
        charts=lambda limit: trend_charts.ranked_chart(order, limit, name, title, trend_words.when_of),
        lines=len(ranked),
        found=RankedFigures(ranked=ranked, name=name),
        asked=asked,
        notes=none,
    )


def _size(figure: Figure) -> float | None:
    if figure.kind is Kind.FLOW:
        return figure.per_year.number if figure.per_year else None
    return figure.count
