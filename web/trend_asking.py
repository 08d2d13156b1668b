"""The parameters of trends → the question. Names are those of the command line. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.asked import parse_days
from pipeline.clues import Days, days_of
from pipeline.errors import QueryError
from pipeline.periods import Step
from pipeline.vocabulary import Kind, Stage
from storage.trend_cases import Point
from storage.trend_found import Options
from storage.trend_values import DatedBy, Question, Show, Split
from web import parameters as p


class Panel(StrEnum):
    """Which outlets are counted."""

    ALL = "all"
    FIXED = "fixed"


def _days(name: str, says: str) -> p.Parameter:
    """Days, first and last."""
    return p.Parameter(
        name=name,
        says=f"{says} 2026-03-01, 2026-03, 2026, today, yesterday, 7d or 2w (ago).",
        schema={"type": "string", "maxLength": 40},
        read=lambda values, now: _inclusive(values[0], now),
    )


def _inclusive(value: str, now: datetime) -> Days:
    first, after = parse_days(value, now=now)
    return first.toordinal(), after.toordinal() - 1


def _periods(values: list[str], _: datetime) -> tuple[Days, Days]:
    if len(values) != 2:
        raise QueryError("Two periods are compared: compare=2019/2021&compare=2022/2024.")
    found = []
    for value in values:
        if (days := days_of(value)) is None:
            raise QueryError(f"{value!r} is no period; write 2019, 2019/2021 or 2019-04/2020-03.")
        found.append(days)
    if found[0][1] >= found[1][0]:
        raise QueryError("The first period must end before the second begins.")
    return found[0], found[1]


SINCE = _days("since", "The event, or the figure, of this day, month or year on:")
UNTIL = _days("until", "Up to it; a month to its end:")
KIND = p.choice(
    "kind",
    Kind,
    "event: cases; stock: how many are held at a moment; flow: how many over a period. Never added.",
    default=Kind.EVENT,
)
BY = p.choice("by", Step, "How long the pieces of a series are.", default=Step.YEAR)
SPLIT = p.choice("split", Split, "A line for each of them; kind sets the three kinds side by side.")
DATED = p.choice(
    "dated",
    DatedBy,
    "Which day of a case counts: event (it began), article (first report), act (latest stage).",
    default=DatedBy.EVENT,
)
FILTERS = (p.QUERY, p.NATIONALITY, p.COUNTRY, p.STAGE, p.DRUG, p.LANG, p.SOURCE)
LINES, MOST_LINES = 50, 500
ASKED = (
    p.choice(
        "show",
        Show,
        "series along time; matrix (nationality by country), funnel (stages), sentences, ranking, "
        "first (pairs that were never seen before, or not for long).",
        default=Show.SERIES,
    ),
    KIND,
    BY,
    SPLIT,
    DATED,
    SINCE,
    UNTIL,
    p.flag("per_10000", "Also per 10,000 articles seen from the same outlets."),
    p.choice(
        "panel",
        Panel,
        "fixed: only outlets that were followed for the whole time.",
        default=Panel.ALL,
    ),
    p.flag("changes", "Where does it change, and is it chance? Needs the extra 'stats'."),
    p.Parameter(
        name="compare",
        says="Twice: the periods to compare, as 2019/2021. Needs the extra 'stats'.",
        schema={"type": "string", "maxLength": 40},
        many=True,
        read=_periods,
        default=None,
    ),
    p.number("months", "With show=first: for how many months there was none.", default=12, most=1_200),
    *FILTERS,
)
TRENDS = (
    *ASKED,
    p.number("limit", "Lines, places or pairs, the largest.", default=LINES, most=MOST_LINES),
)
BEHIND = (
    SPLIT,
    DATED,
    SINCE,
    UNTIL,
    p.day("from", "First day of the piece of time."),
    p.day("to", "Its last day.", end=True),
    p.text("line", "The key of the line of the split.", most=200, example="PE"),
    p.choice("ever", Stage, "Some report says that they came to this stage."),
    *FILTERS,
    p.LIMIT,
    p.CURSOR,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, and how it is answered."""

    question: Question
    show: Show
    options: Options


def question_of(values: p.Values) -> Question:
    """The question; parameters that are not declared take their defaults."""
    since, until = values["since"], values["until"]
    if since and until and since[0] > until[1]:
        raise QueryError("'until' is before 'since'.", key="until")
    return Question(
        kind=values.get("kind", Kind.EVENT),
        step=values.get("by", Step.YEAR),
        split=values["split"],
        by=values["dated"],
        first=since[0] if since else None,
        last=until[1] if until else None,
        nationality=values["nationality"],
        country=values["country"],
        stage=values["stage"],
        drug=values["drug"],
        source=values["source"],
        language=values["lang"],
        query=values["query"],
    )


def asked_of(values: p.Values) -> Asked:
    """What TRENDS asks for."""
    return Asked(
        question=question_of(values),
        show=values["show"],
        options=Options(
            fixed=values["panel"] is Panel.FIXED,
            rates=values["per_10000"],
            changes=values["changes"],
            periods=values["compare"] or None,
            months=values["months"],
        ),
    )


def point_of(values: p.Values) -> Point:
    """What BEHIND asks for."""
    if values["line"] and values["split"] is None:
        raise QueryError("A 'line' is one of a 'split': say which.", key="line")
    begin, end = values["from"], values["to"]
    return Point(
        asked=question_of(values),
        first=begin.date().toordinal() if begin else None,
        # The end of a day is the beginning of the next.
        last=end.date().toordinal() - 1 if end else None,
        line=values["line"],
        ever=values["ever"],
    )
