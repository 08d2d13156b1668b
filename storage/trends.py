"""Series of events: distinct cases and the people in them, along time.

They are counted from case_counts, where each case stands once for each nationality in it. Stocks and
flows are in figures.py; nothing adds the three.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
)

from pipeline.case_dates import Exactness
from pipeline.errors import QueryError
from pipeline.periods import MOST, Bucket, Step, buckets, finder
from pipeline.vocabulary import Kind
from storage import tables as t
from storage.columns import NUMBER
from storage.dialects import one_of
from storage.engine import reading
from storage.prepared import Prepared, same
from storage.trend_lines import Alike, Builder, add_several, cases_of
from storage.trend_sql import (
    as_text,
    counted,
    day_of,
    event_conditions,
    heard_late,
    joined,
    key_of,
    meant,
    slot_of,
)
from storage.trend_values import DatedBy, EventSeries, Question, Split

WHY_NEVER_ADDED = (
    "Events, stocks and flows are never added. An event is a case (two arrested in Lima), a stock says how "
    "many are held at a moment (191 in April 2014), a flow how many came over a period (37 a year since "
    "2010): the people of a case are among those of the stock and of the flow, so that a sum counts them "
    "again and again. Ask for one kind, or set them side by side with --split kind."
)
_TOO_VAGUE = {
    Step.DAY: (Exactness.MONTH, Exactness.YEAR),
    Step.WEEK: (Exactness.MONTH, Exactness.YEAR),
    Step.MONTH: (Exactness.YEAR,),
    Step.QUARTER: (Exactness.YEAR,),
    Step.YEAR: (),
}


_SEVERAL = {Split.SOURCE: "sources", Split.LANGUAGE: "languages"}
"""Of what a case has several, in the columns of JSON where they stand."""


def one_kind(kinds: Sequence[Kind]) -> Kind:
    """The kind that is asked for, events where none is named. Raises QueryError for several."""
    if len(set(kinds)) > 1:
        raise QueryError(WHY_NEVER_ADDED, key="kind")
    return kinds[0] if kinds else Kind.EVENT


def event_series(engine: Engine, asked: Question) -> EventSeries:
    """Cases and people for each piece of time. Raises QueryError for a question that makes no sense.

    A case that is of several drugs, outlets or languages stands on the line of each, and once in the
    whole. Without ``first`` and ``last`` the series is as long as there are cases.
    """
    if asked.kind is not Kind.EVENT or asked.split is Split.KIND:
        raise QueryError(WHY_NEVER_ADDED, key="kind")
    key = key_of(asked.split)
    several = _SEVERAL.get(asked.split) if asked.split else None
    with reading(engine) as connection:
        split: Sequence[Any] = ()
        alike: Alike = {}
        if several is not None:
            found, alike = _told_alike(connection, asked, several)
        else:
            found = _whole(asked).plain(connection, {"first": asked.first, "last": asked.last})
        if key is not None and several is None:
            # A nationality has one row of a case, others may have several.
            each = asked.split not in (Split.NATIONALITY, Split.PAIR)
            slot = slot_of(day_of(asked), asked.step)
            query = select(slot, *counted(distinct=each), *key[0]).where(*event_conditions(asked))
            query = query.group_by(slot, *key[0])
            split = connection.execute(query).all()
    pieces = pieces_of(asked, [row[0] for row in found if row[0] is not None])
    place_of = finder(pieces)
    whole = Builder(len(pieces))
    unclear = late = undated = 0
    for when, cases, people, at_least, about, vaguely, lately in found:
        if when is None:
            undated += cases
        elif (place := place_of(when)) is not None:
            # As whole.add would: there are as many as days.
            whole.cases[place] += cases
            whole.people[place] += people
            if at_least:
                whole.at_least[place] = True
            if about:
                whole.about[place] = True
            unclear += vaguely
            late += lately
    lines: dict[str, Builder] = {}
    if several is not None:
        add_several(lines, alike, len(pieces), place_of)
    for when, cases, people, at_least, about, *values in split:
        if key is not None and when is not None:
            place = place_of(_first_day(when))
            assert place is not None
            for name in key[1](values):
                if name not in lines:
                    lines[name] = Builder(len(pieces))
                lines[name].add(place, (cases, people, at_least, about))
    made = [builder.line(name) for name, builder in lines.items()]
    return EventSeries(
        buckets=pieces,
        whole=whole.line(""),
        lines=tuple(sorted(made, key=lambda line: (-line.total.cases, line.key))),
        vague=unclear,
        late=late if asked.by is DatedBy.EVENT else 0,
        undated=undated,
    )


def _whole(asked: Question) -> Prepared:
    """Cases and people of each day, and how many of them are doubtful. Of series that differ in their time
    alone the statement is the same."""
    plain = replace(asked, first=None, last=None, split=None, most=0)
    return _sums(plain, first=asked.first is not None, last=asked.last is not None)


@lru_cache(maxsize=300)
def _sums(plain: Question, *, first: bool, last: bool) -> Prepared:
    named: dict[str, Any] = {}
    if first:
        named["first"] = bindparam("first", type_=NUMBER)
    if last:
        named["last"] = bindparam("last", type_=NUMBER)
    asked: Question = replace(plain, **named)
    day = day_of(asked)
    doubted = [func.count(case((doubt, t.CaseCount.case_id)).distinct()) for doubt in _doubts(asked)]
    return same(select(day, *counted(), *doubted).where(*event_conditions(asked)).group_by(day))


def _doubts(asked: Question) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether the day of a case is too vague for the pieces of time; whether nothing tells of its begin."""
    vague = [word.value for word in _TOO_VAGUE[asked.step]] if asked.by is DatedBy.EVENT else []
    return one_of(t.CaseCount.exactness, vague), heard_late()


def _told_alike(
    connection: Connection, asked: Question, several: str
) -> tuple[Sequence[Sequence[Any]], Alike]:
    """Day, cases, people, whether there may be more, whether it is about so many and how many are in each
    doubt, of cases that are told of alike; and their names. Nearly all cases have one row, and the database
    puts those together: a hundred thousand rows take longer to be handed over than to be read."""
    rows, conditions = t.CaseCount, event_conditions(asked)
    again = select(rows.case_id).group_by(rows.case_id).having(func.count() > 1)
    names = as_text(several)
    # By name, for to PostgreSQL what is grouped by must be what is selected to the letter.
    told = [each.label(f"told_{number}") for number, each in enumerate((day_of(asked), *meant()))]
    doubted = [case((doubt, 1), else_=0) for doubt in _doubts(asked)]
    sums = [func.count(), *(cast(func.sum(each), Integer) for each in doubted), joined(names)]
    single = select(*told, *sums).where(*conditions, rows.case_id.not_in(again))
    single = single.group_by(*(literal_column(each.name) for each in told))
    found: list[Sequence[Any]] = []
    alike: Alike = {}
    for *key, cases, vague, late, text in connection.execute(single):
        day, people, at_least, about = key
        found.append((day, cases, cases * people, at_least, about, vague, late))
        if day is not None:
            alike[day, people, at_least, about] = [text]
    some = select(rows.case_id, *told, *doubted, names).where(*conditions, rows.case_id.in_(again))
    each_row = connection.execute(some.order_by(rows.case_id))
    for (day, people, at_least, about, vague, late), text in cases_of(each_row):
        found.append((day, 1, people, at_least, about, vague, late))
        if day is not None:
            alike.setdefault((day, people, at_least, about), []).append(text)
    return found, alike


def pieces_of(asked: Question, days: Iterable[int]) -> tuple[Bucket, ...]:
    """The pieces of time of a series over these days. Raises QueryError for too many."""
    known = sorted(days)
    if not known and (asked.first is None or asked.last is None):
        return ()
    first = asked.first if asked.first is not None else known[0] if known else 0
    last = asked.last if asked.last is not None else known[-1] if known else 0
    last = max(first, last)
    if last - first > MOST and asked.step in (Step.DAY, Step.WEEK):
        raise QueryError(
            f"More than {MOST:,} days are too many for pieces of a {asked.step.value}; "
            "name a shorter time, or ask by month or year.",
            key="by",
        )
    pieces = buckets(first, last, asked.step)
    if len(pieces) > asked.most:
        raise QueryError(
            f"That is more than {asked.most:,} pieces of time: name a shorter one, or longer pieces.",
            key="by",
        )
    return pieces


def _first_day(slot: int | str) -> int:
    return _ordinal(slot) if isinstance(slot, str) else slot


@lru_cache(maxsize=10_000)
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
