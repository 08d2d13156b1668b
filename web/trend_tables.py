"""Answers about trends as tables: the alternative to each chart, with the same links. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from pipeline.amounts import Amount, amount_of
from storage import trend_found as answers
from storage.cells import plain
from storage.trend_charts import order
from storage.trend_shapes import rate_of
from storage.trend_values import HANDED_IN, Figure, Split
from storage.trend_words import head_of, how_complete, name_of, people_name, weight_of, when_of
from web.trend_links import cases_link

MOST_PIECES = 400
"""Pieces of time of a table; CSV has all."""
MOST_OF_LINE = 40
"""Figures of one line in a table, the latest; CSV has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell."""

    text: str = ""
    link: str = ""
    number: bool = False
    soft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; the first cell of a row is its head."""

    caption: str
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left: str = ""  # what is left out, in words


def _heads(*names: str) -> tuple[Cell, ...]:
    return tuple(Cell(text=name.removeprefix("#"), number=name.startswith("#")) for name in names)


def _number(value: int, link: str = "") -> Cell:
    return Cell(text=f"{value:,}", number=True, link=link if value else "")


def _people(amount: Amount) -> Cell:
    return Cell(text=amount.short, number=True)


def _rest(number: int, what: str) -> str:
    return f"{number:,} more {what} are in the CSV file." if number > 0 else ""


def table_of(answer: answers.Answer, limit: int) -> Table:
    """The table of an answer, of at most so many lines."""
    found = answer.found
    match found:
        case answers.Series():
            return _series(found, limit)
        case answers.Ranking():
            return _ranking(answer, found, limit)
        case answers.Matrix():
            return _matrix(answer, found, limit)
        case answers.Funnel():
            return _funnel(answer, found)
        case answers.Sentences():
            return _sentences(found)
        case answers.First():
            return _first(found, limit)
        case answers.Figures():
            return _figures(found, limit)
        case answers.RankedFigures():
            return _ranked(found, limit)
        case _:
            assert_never(found)


def _series(found: answers.Series, limit: int) -> Table:
    report = found.report
    pieces, asked = report.series.buckets, report.asked
    begin = max(0, len(pieces) - MOST_PIECES)
    shown = (report.series.whole, *report.series.lines[:limit])
    names = [name_of(line.key, asked.split) if line.key else "cases" for line in shown]
    split = bool(report.series.lines)
    head = ["time", *(f"#{name}" for name in names)]
    head += [] if split else ["#people"]
    head += ["#per 10,000 articles"] if found.rates and not split else []
    rows = []
    for place in range(begin, len(pieces)):
        piece = pieces[place]
        span = {"from_": _iso(piece.first), "to": _iso(piece.last)}
        cells = [Cell(text=piece.label)]
        for line in shown:
            link = cases_link(asked, asked.split if line.key else None, line.key, **span)
            if found.rates and split:
                rate = rate_of(report, line, place)
                cells.append(Cell(text="" if rate is None else f"{rate:.1f}", number=True, link=link))
            else:
                cells.append(_number(line.tallies[place].cases, link))
        if not split:
            tally = report.series.whole.tallies[place]
            cells.append(_people(tally.people) if tally.cases else Cell(number=True))
            if found.rates:
                rate = rate_of(report, report.series.whole, place)
                cells.append(Cell(text="" if rate is None else f"{rate:.1f}", number=True))
        rows.append((*cells, Cell(text=how_complete(report, place, part="only a part of it"), soft=True)))
    unit = "Cases per 10,000 articles" if found.rates and split else "Cases"
    return Table(
        caption=f"{unit} by {asked.step.value}; each number leads to its cases",
        head=_heads(*head, "how complete"),
        rows=tuple(rows),
        left=_rest(begin, "pieces of time") or _rest(len(report.series.lines) - limit, "lines"),
    )


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _ranking(answer: answers.Answer, found: answers.Ranking, limit: int) -> Table:
    before = bool(found.ranked) and found.ranked[0].before is not None
    head = ["#", "", "#cases", "#people", *(("#before", "#change", "#place then") if before else ())]
    rows = []
    for place, each in enumerate(found.ranked[:limit], 1):
        link = cases_link(answer.asked, found.split, each.key)
        cells = [_number(place), Cell(text=name_of(each.key, found.split), link=link)]
        cells += [_number(each.tally.cases), _people(each.tally.people)]
        if each.before is not None:
            change = each.tally.cases - each.before.cases
            then = f"{each.place_before}." if each.place_before else "new"
            cells += [_number(each.before.cases), Cell(text=f"{change:+,}" if change else "=", number=True)]
            cells.append(Cell(text=then, number=True))
        rows.append(tuple(cells))
    left = _rest(len(found.ranked) - limit, "places")
    return Table(caption=found.title, head=_heads(*head), rows=tuple(rows), left=left)


def _matrix(answer: answers.Answer, found: answers.Matrix, limit: int) -> Table:
    names, columns = (side[:limit] for side in order(found.cells))
    values = {(cell.nationality, cell.country): cell.tally.cases for cell in found.cells}
    rows = []
    for name in names:
        cells = [Cell(text=people_name(name), link=cases_link(answer.asked, Split.NATIONALITY, name))]
        for column in columns:
            number = values.get((name, column), 0)
            cells.append(
                _number(number, cases_link(answer.asked, Split.PAIR, f"{name}-{column}"))
                if number
                else Cell(text="·", number=True, soft=True)
            )
        rows.append(tuple(cells))
    shown = sum((name, column) in values for name in names for column in columns)
    return Table(
        caption="Cases: people from (down) held in (across)",
        head=_heads("from", *(f"#{column}" for column in columns)),
        rows=tuple(rows),
        left=_rest(len(found.cells) - shown, "pairs"),
    )


def _funnel(answer: answers.Answer, found: answers.Funnel) -> Table:
    rows = []
    for each in found.stages:
        link = cases_link(answer.asked, ever=each.stage.value)
        now = cases_link(answer.asked, Split.STAGE, each.stage.value)
        rows.append(
            (
                Cell(text=each.stage.value.replace("_", " ")),
                _number(each.ever.cases, link),
                _people(each.ever.people),
                _number(each.now.cases, now),
                _people(each.now.people),
            )
        )
    head = _heads("stage", "#cases that ever came to it", "#people", "#cases now at it", "#people")
    return Table(caption="Cases by stage, as far as reports tell", head=head, rows=tuple(rows))


def _sentences(found: answers.Sentences) -> Table:
    rows = []
    for each in found.found:
        terms = ["" if years is None else f"{years:g}" for years in (each.years, each.longest)]
        rows.append(
            (
                Cell(text=each.drug),
                Cell(text=weight_of(each)),
                _number(each.cases),
                _number(each.sentenced),
                *(Cell(text=term, number=True) for term in terms),
                _number(each.life),
                _number(each.death),
            )
        )
    head = _heads("drug", "weight", "#cases", "#sentenced", "#median years", "#longest", "#life", "#death")
    return Table(caption="Cases by drug, weight and sentence", head=head, rows=tuple(rows))


def _first(found: answers.First, limit: int) -> Table:
    rows = [
        (
            Cell(text=_iso(each.day)),
            Cell(text=found.text[place], link=f"/cases/{each.case_id}"),
            _people(each.people),
        )
        for place, each in enumerate(found.pairs[:limit])
    ]
    left = _rest(len(found.pairs) - limit, "pairs")
    head = _heads("day", "who", "#people")
    return Table(caption="Pairs seen for the first time, or again", head=head, rows=tuple(rows), left=left)


def _figures(found: answers.Figures, limit: int) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for line in found.lines[:limit]:
        who = Cell(text=head_of(line))
        rows += [_figure(who, each) for each in line.figures[-MOST_OF_LINE:]]
    head = _heads("who", "when", "#number", "#a year", "#for drugs", "outlet", "")
    cut = any(len(line.figures) > MOST_OF_LINE for line in found.lines[:limit])
    said = f"Of each line its latest {MOST_OF_LINE} figures; the file CSV has all. " if cut else ""
    left = (said + _rest(len(found.lines) - limit, "lines")).strip()
    caption = (
        "Stocks: how many are held at a moment" if found.kind == "stock" else "Flows: how many over a period"
    )
    return Table(caption=f"{caption}. Never added.", head=head, rows=tuple(rows), left=left)


def _figure(who: Cell, each: Figure) -> tuple[Cell, ...]:
    return (
        who,
        Cell(text=when_of(each)),
        Cell(text=figure_words(each), number=True, link=f"/articles/{each.article_id}"),
        Cell(text=each.per_year.short if each.per_year else "", number=True),
        Cell(text="" if each.drug_share is None else f"{each.drug_share:g} %", number=True),
        Cell(text=plain(each.outlet) or HANDED_IN),
        Cell(text="replaced by a later figure" if each.replaced_by is not None else "", soft=True),
    )


def figure_words(figure: Figure) -> str:
    """How many, as the figure says it."""
    if figure.count is None:
        return "no count"
    return amount_of(figure.count, figure.bound).short + (f" a {figure.per.value}" if figure.per else "")


def _ranked(found: answers.RankedFigures, limit: int) -> Table:
    rows: list[Sequence[Cell]] = []
    for place, (figure, earlier) in enumerate(found.ranked[:limit], 1):
        rows.append(
            (
                _number(place),
                Cell(text=found.name(figure)),
                Cell(text=figure_words(figure), number=True, link=f"/articles/{figure.article_id}"),
                Cell(text=figure.per_year.short if figure.per_year else "", number=True),
                Cell(text="" if figure.drug_share is None else f"{figure.drug_share:g} %", number=True),
                Cell(text=when_of(figure)),
                Cell(text="" if earlier is None else f"{figure_words(earlier)}, {when_of(earlier)}"),
            )
        )
    head = _heads("#", "", "#number", "#a year", "#for drugs", "when", "before")
    left = _rest(len(found.ranked) - limit, "places")
    return Table(caption="The latest figure of each pair", head=head, rows=tuple(map(tuple, rows)), left=left)
