"""What was found of one question about trends, and the ways in which it can be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.charts import Chart
from pipeline.clues import Days
from pipeline.vocabulary import Kind
from storage.trend_report import EventReport
from storage.trend_values import (
    Cell,
    Figure,
    FigureLine,
    FirstSeen,
    Question,
    Ranked,
    Sentenced,
    Split,
    StageCount,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a question is answered."""

    fixed: bool = False  # only outlets that were followed for the whole time
    rates: bool = False  # per 10,000 articles
    changes: bool = False  # look for changes
    periods: tuple[Days, Days] | None = None  # compare two
    months: int = 12  # with Show.FIRST: how long there was none


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series of events."""

    report: EventReport
    rates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Cases by place."""

    ranked: tuple[Ranked, ...]
    split: Split
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Stocks or flows as lines."""

    kind: Kind
    lines: tuple[FigureLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedFigures:
    """Stocks or flows by place, each with the one before it."""

    ranked: tuple[tuple[Figure, Figure | None], ...]
    name: Callable[[Figure], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Nationality by country."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Stages."""

    stages: tuple[StageCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """Drug by weight by sentence."""

    found: tuple[Sentenced, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """First pairs, with the sentence of each place."""

    pairs: tuple[FirstSeen, ...]
    text: Mapping[int, str]


Found = Series | Ranking | Figures | RankedFigures | Matrix | Funnel | Sentences | First


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is shown of one question, in each of the ways in which it can be shown; what is not shown is
    not made. Document and rows may ask the database again, for sentences."""

    document: Callable[[int | None], dict[str, Any]]  # as JSON has it, of so many lines; None: of all
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[dict[str, Any]]]  # of a table
    charts: Callable[[int], list[Chart]]  # of so many lines
    lines: int  # lines, places or pairs that there are in all
    found: Found
    asked: Question  # of what was counted: with the outlets of a fixed panel, and the later of two periods
    notes: tuple[str, ...] = ()
