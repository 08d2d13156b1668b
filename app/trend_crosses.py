"""Cases across for people: rankings, a matrix, stages, sentences, first pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.text import Text

from app.trend_tables import bar, table
from storage.trend_charts import order
from storage.trend_words import name_of, people_name, weight_of

if TYPE_CHECKING:
    from storage.trend_values import Cell, FirstSeen, Ranked, Sentenced, Split, StageCount


def draw_funnel(stages: Sequence[StageCount]) -> Iterator[Any]:
    made = table(
        "stage", "ever", "", "people", "latest", "people ", numbers=("ever", "people", "latest", "people ")
    )
    most = max((each.ever.cases for each in stages), default=0)
    for each in stages:
        made.add_row(
            each.stage.value.replace("_", " "),
            f"{each.ever.cases:,}",
            bar(each.ever.cases, most),
            each.ever.people.short,
            f"{each.now.cases:,}",
            each.now.people.short,
        )
    yield Text("Cases by stage: ever reported, and the latest known", style="bold")
    yield made


def draw_ranking(ranked: Sequence[Ranked], limit: int, split: Split, title: str) -> Iterator[Any]:
    """Places, with those of the time before where there is one."""
    if not ranked:
        return
    before = ranked[0].before is not None
    names = ("", "", "cases", "", "people", *(("before", "change", "place then") if before else ()))
    made = table(*names, numbers=("cases", "people", "before", "change", "place then"))
    most = max(each.tally.cases for each in ranked)
    for place, each in enumerate(ranked[:limit], 1):
        cells = [f"{place}.", name_of(each.key, split), f"{each.tally.cases:,}", bar(each.tally.cases, most)]
        cells.append(each.tally.people.short)
        if each.before is not None:
            change = each.tally.cases - each.before.cases
            cells += [f"{each.before.cases:,}", f"{change:+,}" if change else "="]
            cells.append(f"{each.place_before}." if each.place_before else "new")
        made.add_row(*cells)
    yield Text(title, style="bold")
    yield made
    yield from _rest(len(ranked) - limit)


def draw_matrix(cells: Sequence[Cell], limit: int) -> Iterator[Any]:
    """Nationalities down, countries of custody across, the largest of both."""
    if not cells:
        return
    rows, columns = (side[:limit] for side in order(cells))
    made = table("from \\ held in", *columns, numbers=columns)
    values = {(cell.nationality, cell.country): cell.tally.cases for cell in cells}
    for row in rows:
        made.add_row(people_name(row), *(str(values.get((row, column), "·")) for column in columns))
    yield Text("Cases by nationality and country of custody", style="bold")
    yield made
    shown = sum((row, column) in values for row in rows for column in columns)
    yield from _rest(len(cells) - shown, " pairs")


def draw_sentences(found: Sequence[Sentenced]) -> Iterator[Any]:
    """Drug by weight by sentence."""
    if not found:
        return
    numbers = ("cases", "sentenced", "median years", "longest", "life", "death")
    made = table("drug", "weight", *numbers, numbers=numbers)
    last = None
    for each in found:
        terms = ["" if years is None else f"{years:g}" for years in (each.years, each.longest)]
        words = [str(number) if number else "" for number in (each.life, each.death)]
        made.add_row(
            "" if each.drug == last else each.drug,
            weight_of(each),
            f"{each.cases:,}",
            f"{each.sentenced:,}",
            *terms,
            *words,
        )
        last = each.drug
    yield Text("Cases by drug, weight and sentence", style="bold")
    yield made


def draw_first(pairs: Sequence[FirstSeen], text: Mapping[int, str], limit: int) -> Iterator[Any]:
    if not pairs:
        return
    made = table("day", "case", "people", "who", numbers=("case", "people"))
    for place, each in enumerate(pairs[:limit]):
        made.add_row(
            date.fromordinal(each.day).isoformat(), str(each.case_id), each.people.short, text[place]
        )
    yield made
    yield from _rest(len(pairs) - limit)


def _rest(left: int, what: str = "") -> Iterator[Any]:
    if left > 0:
        yield Text(f"… and {left:,} more{what}; --limit shows them.", style="dim")
