"""Cases seen across: nationality by country, stages, drug by weight by sentence, rankings, first pairs.

Every number is of distinct cases and of the people in them, out of case_counts, like the series.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, select

from pipeline.amounts import Amount, amount_of
from pipeline.clues import ORDER, Days
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound, Stage
from storage import tables as t
from storage.engine import reading
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
from storage.trends import counted, day_of, event_conditions, key_of

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
    groups: dict[tuple[str, int | None], list[Any]] = {}
    for case in _cases(engine, asked):
        place = None if case.quantity_kg is None else sum(case.quantity_kg >= end for end in WEIGHTS)
        for drug in case.drugs.split(",") if case.drugs else (NONE_NAMED,):
            groups.setdefault((drug, place), []).append(case)
    sizes: dict[str, int] = {}
    for (drug, _), cases in groups.items():
        sizes[drug] = sizes.get(drug, 0) + len(cases)
    order = sorted(groups, key=lambda key: (-sizes[key[0]], key[0], key[1] is None, key[1] or 0))
    return tuple(_sentenced(drug, place, groups[drug, place]) for drug, place in order)


def _sentenced(drug: str, place: int | None, cases: Sequence[Any]) -> Sentenced:
    years = [case.sentence_years for case in cases if case.sentence_years is not None]
    words = [case.sentence_word for case in cases]
    life, death = words.count("life"), words.count("death")
    ends = (0.0, *WEIGHTS)
    return Sentenced(
        drug=drug,
        least_kg=None if place is None else ends[place],
        below_kg=None if place is None or place == len(WEIGHTS) else ends[place + 1],
        cases=len(cases),
        sentenced=len(years) + life + death,
        years=median(years) if years else None,
        longest=max(years, default=None),
        life=life,
        death=death,
    )


def first_seen(engine: Engine, asked: Question, *, quiet: int) -> tuple[tuple[FirstSeen, ...], int | None]:
    """Pairs with a case after at least ``quiet`` days without one, the latest first, and the first day
    from which on that can be said: the data must reach back so far. People "abroad" or of no known
    nationality are no pair."""
    whole = replace(asked, first=None, last=None)
    day = day_of(asked)
    query = (
        select(
            t.CaseCount.nationality,
            t.CaseCount.country,
            t.CaseCount.case_id,
            day.label("when"),
            t.CaseCount.people,
            t.CaseCount.bound,
        )
        .where(*event_conditions(whole), day.is_not(None))
        .order_by(day, t.CaseCount.case_id, t.CaseCount.nationality)
    )
    with reading(engine) as connection:
        begin = connection.execute(select(func.min(t.CaseCount.day))).scalar()
        rows = connection.execute(query).all()
    if begin is None:
        return (), None
    sure = begin + quiet
    last: dict[tuple[str, str], int] = {}
    found = []
    for row in rows:
        pair = (row.nationality, row.country)
        if UNKNOWN_COUNTRY in pair:
            continue
        previous = last.get(pair)
        last[pair] = row.when
        if previous is not None and row.when - previous < quiet:
            continue
        if row.when < sure or not _inside(row.when, asked):
            continue
        found.append(
            FirstSeen(
                nationality=pair[0],
                country=pair[1],
                case_id=row.case_id,
                day=row.when,
                last=previous,
                people=_people(row),
            )
        )
    return tuple(reversed(found)), sure


def _inside(day: int, asked: Question) -> bool:
    return (asked.first is None or day >= asked.first) and (asked.last is None or day <= asked.last)


def _cases(engine: Engine, asked: Question) -> Sequence[Any]:
    """The cases that fit, each once, with what they were held with and sentenced to."""
    rows = t.CaseCount
    # They are the same in all rows of a case.
    columns = [
        func.min(column).label(column.key)
        for column in (rows.drugs, rows.quantity_kg, rows.sentence_years, rows.sentence_word)
    ]
    query = select(*columns).where(*event_conditions(asked)).group_by(rows.case_id)
    with reading(engine) as connection:
        return connection.execute(query).all()


def _people(row: Any) -> Amount:
    if row.people is None:
        return Amount(number=1, at_least=True)
    return amount_of(row.people, Bound(row.bound))


def _plus(one: Tally, other: Tally) -> Tally:
    return Tally(cases=one.cases + other.cases, people=one.people + other.people)
