"""The cases behind a point of a trend: exactly those that it counts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, func, literal, select

from pipeline.vocabulary import Drug, Stage
from storage import tables as t
from storage.cases import with_reports
from storage.engine import reading
from storage.keyset import MOST, Place, Window, after_place
from storage.trend_sql import day_of, event_conditions
from storage.trend_values import HANDED_IN, NONE_NAMED, Question, Split
from storage.values import CaseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place in an answer: a piece of time of a line, a square of a matrix, a stage of a funnel.

    ``asked`` is the question of the whole answer; what narrows it here must not change which day of a
    case counts.
    """

    asked: Question
    first: int | None = None  # of the piece of time
    last: int | None = None
    line: str = ""  # the key of the line by which ``asked`` is split
    ever: Stage | None = None  # some report says that they came to it


PLACE = (int, int)
"""The types of a place in these lists: day, case."""


def cases_behind(engine: Engine, point: Point, *, limit: int, after: Place | None) -> Window[CaseRow]:
    """The cases, the latest first; those of no day last."""
    day = func.coalesce(day_of(point.asked), literal(0))
    rows = t.CaseCount
    conditions = [*event_conditions(point.asked), *_narrower(point)]
    # It is the same in all rows of a case.
    each = (
        select(rows.case_id, func.min(day).label("day")).where(*conditions).group_by(rows.case_id).subquery()
    )
    counted = select(func.count()).select_from(select(each.c.case_id).limit(MOST + 1).subquery())
    query = select(each.c.case_id, each.c.day).order_by(each.c.day.desc(), each.c.case_id.desc())
    if after is not None:
        query = query.where(after_place([(each.c.day, True), (each.c.case_id, True)], after))
    query = query.limit(limit + 1)
    with reading(engine) as connection:
        total = connection.execute(counted).scalar_one()
        found = connection.execute(query).all()
        shown = [row.case_id for row in found[:limit]]
        cases = connection.execute(select(t.Case.__table__).where(t.Case.id.in_(shown))).all()
        made = {case.id: case for case in with_reports(connection, cases)}
    more = len(found) > limit
    return Window(
        rows=tuple(made[number] for number in shown if number in made),
        next=(found[limit - 1].day, found[limit - 1].case_id) if more else None,
        total=min(total, MOST),
        more=total > MOST,
    )


def _narrower(point: Point) -> list[ColumnElement[bool]]:
    rows = t.CaseCount
    found: list[ColumnElement[bool]] = []
    day = day_of(point.asked)
    if point.first is not None:
        found.append(day >= point.first)
    if point.last is not None:
        found.append(day <= point.last)
    if point.ever is not None:
        found.append(("," + rows.stages + ",").contains(f",{point.ever.value},"))
    if point.line:
        found += _on_line(point.asked.split, point.line)
    return found


def _on_line(split: Split | None, key: str) -> list[ColumnElement[bool]]:
    """What a case must have to count on the line with this key."""
    nothing = [t.CaseCount.case_id < 0]
    match split:
        case None | Split.KIND:
            return nothing
        case Split.NATIONALITY:
            return event_conditions(Question(nationality=(key,)))
        case Split.COUNTRY:
            return event_conditions(Question(country=(key,)))
        case Split.PAIR:
            nationality, _, country = key.partition("-")
            return event_conditions(Question(nationality=(nationality,), country=(country,)))
        case Split.STAGE:
            return event_conditions(Question(stage=(Stage(key),))) if key in set(Stage) else nothing
        case Split.DRUG if key == NONE_NAMED:
            return [t.CaseCount.drugs == ""]
        case Split.DRUG:
            return event_conditions(Question(drug=(Drug(key),))) if key in set(Drug) else nothing
        case Split.SOURCE:
            return event_conditions(Question(source=("" if key == HANDED_IN else key,)))
        case Split.LANGUAGE:
            return event_conditions(Question(language=(key,)))
