"""Cases seen across: nationality by country, stages, drug by weight by sentence, rankings, first pairs.

Every number is of distinct cases and of the people in them, out of case_counts, like the series.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, case, func, or_, select

from pipeline.amounts import Amount, amount_of
from pipeline.clues import ORDER, Days
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound, Stage
from storage import tables as t
from storage.engine import reading
from storage.trend_sql import counted, day_of, event_conditions, key_of
from storage.trend_values import (
    NONE_NAMED,
    Cell,
    FirstSeen,
    Question,
    Ranked,
    Sentenced,
    Split,
    StageCount,
    Tally,
)

WEIGHTS = (0.1, 1.0, 10.0, 100.0, 1000.0)
"""Where the ranges of weight end, in kilograms."""


def matrix(engine: Engine, asked: Question) -> tuple[Cell, ...]:
    """Nationality by country of custody, the most cases first."""
    found = _tallies(engine, asked, Split.PAIR)
    pairs = ((key.split("-"), tally) for key, tally in found.items())
    cells = [
        Cell(nationality=nationality, country=country, tally=tally) for (nationality, country), tally in pairs
    ]
    return tuple(sorted(cells, key=lambda cell: (-cell.tally.cases, cell.nationality, cell.country)))


def ranking(engine: Engine, asked: Question, split: Split, before: Days | None) -> tuple[Ranked, ...]:
    """The lines of a split by how many cases they have, with the same for the time ``before``."""
    now = _tallies(engine, asked, split)
    then = _tallies(engine, replace(asked, first=before[0], last=before[1]), split) if before else {}
    places = {key: place for place, key in enumerate(_by_cases(then), 1)}
    return tuple(
        Ranked(
            key=key,
            tally=now.get(key, Tally()),
            before=then.get(key, Tally()) if before else None,
            place_before=places.get(key),
        )
        for key in _by_cases({key: Tally() for key in then} | now)
    )


def _by_cases(tallies: dict[str, Tally]) -> list[str]:
    return sorted(tallies, key=lambda key: (-tallies[key].cases, -tallies[key].people.number, key))


def _tallies(engine: Engine, asked: Question, split: Split) -> dict[str, Tally]:
    key = key_of(split)
    assert key is not None
    found: dict[str, Tally] = {}
    for tally, values in _grouped(engine, asked, key[0]):
        for name in key[1](values):
            found[name] = _plus(found.get(name, Tally()), tally)
    return found


def _grouped(
    engine: Engine, asked: Question, columns: Sequence[ColumnElement[Any]]
) -> Iterator[tuple[Tally, list[Any]]]:
    """The cases that fit, counted by the values of these columns."""
    query = select(*counted(), *columns).where(*event_conditions(asked)).group_by(*columns)
    with reading(engine) as connection:
        for cases, people, at_least, about, *values in connection.execute(query):
            amount = Amount(number=people, at_least=bool(at_least), about=bool(about))
            yield Tally(cases=cases, people=amount), values


def funnel(engine: Engine, asked: Question) -> tuple[StageCount, ...]:
    """The stages in their order: how many cases came to each, as far as reports tell. A case that was
    first heard of at its sentence is not counted among the arrests."""
    ever = {stage: Tally() for stage in ORDER}
    now = dict(ever)
    columns = [t.CaseCount.stages.expression, t.CaseCount.stage.expression]
    for tally, (stages, last) in _grouped(engine, asked, columns):
        for name in stages.split(","):
            ever[Stage(name)] = _plus(ever[Stage(name)], tally)
        now[Stage(last)] = _plus(now[Stage(last)], tally)
    return tuple(StageCount(stage=stage, ever=ever[stage], now=now[stage]) for stage in ORDER)


def sentences(engine: Engine, asked: Question) -> tuple[Sentenced, ...]:
    """Drug by weight by sentence. A case of two drugs stands under both."""
    groups: dict[tuple[str, int | None], list[_Told]] = {}
    for told in _told(engine, asked):
        for drug in told.drugs.split(",") if told.drugs else (NONE_NAMED,):
            groups.setdefault((drug, told.place), []).append(told)
    sizes: dict[str, int] = {}
    for (drug, _), found in groups.items():
        sizes[drug] = sizes.get(drug, 0) + sum(told.cases for told in found)
    order = sorted(groups, key=lambda key: (-sizes[key[0]], key[0], key[1] is None, key[1] or 0))
    return tuple(_sentenced(drug, place, groups[drug, place]) for drug, place in order)


class _Told(NamedTuple):
    """Cases that are told of alike."""

    drugs: str
    place: int | None  # of the range of weight
    years: float | None
    word: str | None
    cases: int


def _told(engine: Engine, asked: Question) -> Iterator[_Told]:
    rows = t.CaseCount
    weight = rows.quantity_kg
    place = case(
        (weight.is_(None), None),
        *((weight < end, number) for number, end in enumerate(WEIGHTS)),
        else_=len(WEIGHTS),
    )
    columns = (rows.drugs, place, rows.sentence_years, rows.sentence_word)
    query = select(*columns, func.count(rows.case_id.distinct())).where(*event_conditions(asked))
    with reading(engine) as connection:
        for row in connection.execute(query.group_by(*columns)):
            yield _Told(*row)


def _sentenced(drug: str, place: int | None, found: Sequence[_Told]) -> Sentenced:
    years = sorted((told.years, told.cases) for told in found if told.years is not None)
    life, death = (sum(told.cases for told in found if told.word == word) for word in ("life", "death"))
    ends = (0.0, *WEIGHTS)
    terms = sum(cases for _, cases in years)
    return Sentenced(
        drug=drug,
        least_kg=None if place is None else ends[place],
        below_kg=None if place is None or place == len(WEIGHTS) else ends[place + 1],
        cases=sum(told.cases for told in found),
        sentenced=terms + life + death,
        years=_median(years, terms) if years else None,
        longest=years[-1][0] if years else None,
        life=life,
        death=death,
    )


def _median(years: Sequence[tuple[float, int]], terms: int) -> float:
    """The middle of values that stand for so many each, in order."""
    before, middle = 0, []
    for value, cases in years:
        # One middle place, or two where their number is even.
        middle += [value for place in ((terms - 1) // 2, terms // 2) if before <= place < before + cases]
        before += cases
    return (middle[0] + middle[1]) / 2


def first_seen(engine: Engine, asked: Question, *, quiet: int) -> tuple[tuple[FirstSeen, ...], int | None]:
    """Pairs with a case after at least ``quiet`` days without one, the latest first, and the first day
    from which on that can be said: the data must reach back so far. People "abroad" or of no known
    nationality are no pair."""
    day = day_of(asked)
    rows = t.CaseCount
    before = func.lag(day).over(partition_by=(rows.nationality, rows.country), order_by=(day, rows.case_id))
    columns = (rows.nationality, rows.country, rows.case_id, rows.people, rows.bound)
    each = (
        select(*columns, day.label("came"), before.label("before"))
        .where(
            *event_conditions(replace(asked, first=None, last=None)),
            day.is_not(None),
            rows.nationality != UNKNOWN_COUNTRY,
            rows.country != UNKNOWN_COUNTRY,
        )
        .subquery()
    )
    with reading(engine) as connection:
        begin = connection.execute(select(func.min(rows.day))).scalar()
        if begin is None:
            return (), None
        sure = begin + quiet
        query = (
            select(each)
            .where(
                or_(each.c.before.is_(None), each.c.came - each.c.before >= quiet),
                each.c.came >= max(sure, asked.first or sure),
                *((each.c.came <= asked.last,) if asked.last is not None else ()),
            )
            .order_by(each.c.came.desc(), each.c.case_id.desc(), each.c.nationality.desc())
        )
        found = connection.execute(query).all()
    return tuple(
        FirstSeen(
            nationality=row.nationality,
            country=row.country,
            case_id=row.case_id,
            day=row.came,
            last=row.before,
            people=_people(row),
        )
        for row in found
    ), sure


def _people(row: Any) -> Amount:
    if row.people is None:
        return Amount(number=1, at_least=True)
    return amount_of(row.people, Bound(row.bound))


def _plus(one: Tally, other: Tally) -> Tally:
    return Tally(cases=one.cases + other.cases, people=one.people + other.people)
