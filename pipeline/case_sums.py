"""A case in sum: what its reports together say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.clues import ORDER
from pipeline.types import Record
from pipeline.vocabulary import Bound, Drug, Stage

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One record of a case, with the day on which it was published (or else stored)."""

    day: int
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSum:
    """One case, one value for each field."""

    nationalities: tuple[str, ...]  # most people first
    people: dict[str, int | None]  # nationality → count, in the same order
    count: int | None  # people in all, None where none of the nationalities has a count
    stage: Stage
    drugs: tuple[Drug, ...]
    quantity_kg: float | None
    sentence: float | str | None
    place: str | None
    when: str | None  # of the act of the stage


def sum_up(told: Sequence[Told]) -> CaseSum:
    """What the records of one case come to; at least one.

    Of each field the latest value stands that as many reports tell as any other: one outlet's slip
    does not undo what the others say. The stage is the latest one reported; a report that looks
    back does not set it back.
    """
    ordered = sorted(told, key=lambda each: each.day)
    people = {
        nationality: _reliable_count([each for each in ordered if each.record.nationality == nationality])
        for nationality in dict.fromkeys(each.record.nationality for each in ordered)
    }
    if len(people) > 1 and any(count for name, count in people.items() if name != "XX"):
        people.pop("XX", None)
    people = dict(sorted(people.items(), key=lambda item: (-(item[1] or 0), item[0])))
    known = [count for count in people.values() if count is not None]
    last = max(ordered, key=lambda each: (ORDER.index(each.record.stage), each.day))
    terms: list[float | str | None] = [each.record.sentence for each in ordered]
    return CaseSum(
        nationalities=tuple(people),
        people=people,
        count=sum(known) if known else None,
        stage=last.record.stage,
        drugs=tuple(sorted({drug for each in ordered for drug in each.record.drugs})),
        quantity_kg=_prevailing([each.record.quantity_kg for each in ordered]),
        sentence=_prevailing(terms),
        place=_prevailing([each.record.place for each in ordered]),
        when=next(
            (
                each.record.when
                for each in reversed(ordered)
                if each.record.when and each.record.stage is last.record.stage
            ),
            None,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stage that the people of a case, or some of them, came to."""

    stage: Stage
    when: str | None  # the date of the act as a report gives it
    told: Told  # the report that gives it, the first one with a date


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A value that a report gives and the case does not have."""

    field: str  # count | quantity_kg | sentence
    value: float | str
    stands: float | str
    told: Told


def timeline(told: Sequence[Told]) -> tuple[Step, ...]:
    """The stages in the order in which they follow one another, each once, with the earliest report
    that dates it, or else the earliest that tells it."""
    steps = []
    for stage in ORDER:
        mine = sorted((each for each in told if each.record.stage is stage), key=lambda each: each.day)
        if mine:
            first = next((each for each in mine if each.record.when), mine[0])
            steps.append(Step(stage=stage, when=first.record.when, told=first))
    return tuple(steps)


def disagreements(told: Sequence[Told]) -> tuple[Disagreement, ...]:
    """What single reports say otherwise than the case in sum, in the order of their days."""
    sums = sum_up(told)
    out = []
    for each in sorted(told, key=lambda each: each.day):
        record = each.record
        pairs = (
            ("count", record.count, sums.people.get(record.nationality)),
            ("quantity_kg", record.quantity_kg, sums.quantity_kg),
            ("sentence", record.sentence, sums.sentence),
        )
        for field, value, stands in pairs:
            if value is not None and stands is not None and value != stands:
                out.append(Disagreement(field=field, value=value, stands=stands, told=each))
    return tuple(out)


def _reliable_count(told: Sequence[Told]) -> int | None:
    exact = [each.record.count for each in told if each.record.bound is Bound.EXACT]
    found = _prevailing(exact)
    return found if found is not None else _prevailing([each.record.count for each in told])


def _prevailing(values: Sequence[T]) -> T | None:
    """The value told most often, of several the latest."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    often = Counter(known)
    most = max(often.values())
    return next(value for value in reversed(known) if often[value] == most)
