"""Series of events: distinct cases and the people in them, along time.

They are counted from case_counts, where each case stands once for each nationality in it. Stocks and
flows are in figures.py; nothing adds the three.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Engine,
    Integer,
    Text,
    case,
    cast,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from pipeline.amounts import Amount
from pipeline.case_dates import Exactness
from pipeline.errors import QueryError
from pipeline.periods import MOST, Bucket, Step, buckets, finder
from pipeline.vocabulary import Bound, Kind, Stage
from storage import filters, search
from storage import tables as t
from storage.dialects import ByDatabase
from storage.engine import reading
from storage.trend_values import HANDED_IN, NONE_NAMED, DatedBy, EventSeries, Line, Question, Split, Tally

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
    day = day_of(asked)
    slot = _slot(day, asked.step)
    key = key_of(asked.split)
    several = _SEVERAL.get(asked.split) if asked.split else None
    vague = [word.value for word in _TOO_VAGUE[asked.step]] if asked.by is DatedBy.EVENT else []
    doubts = [
        func.count(case((t.CaseCount.exactness.in_(vague), t.CaseCount.case_id)).distinct()),
        func.count(case((_heard_late(), t.CaseCount.case_id)).distinct()),
    ]
    conditions = event_conditions(asked)
    with reading(engine) as connection:
        query = select(day, *counted(), *doubts).where(*conditions).group_by(day)
        found: Sequence[Any] = connection.execute(query).all()
        split: Sequence[Any] = ()
        alike: _Alike = {}
        if several is not None:
            told = [t.CaseCount.case_id, day, *_meant(), _as_text(several)]
            # In the order of the key, so that nothing is sorted.
            query = select(*told).where(*conditions, day.is_not(None)).order_by(t.CaseCount.case_id)
            # As the driver gives them: they are many, and plain numbers and texts.
            told_of: Any = connection.execute(query).cursor
            alike = _alike(told_of)
        elif key is not None:
            # A nationality has one row of a case, others may have several.
            each = asked.split not in (Split.NATIONALITY, Split.PAIR)
            query = select(slot, *counted(distinct=each), *key[0]).where(*conditions)
            query = query.group_by(slot, *key[0])
            split = connection.execute(query).all()
    pieces = pieces_of(asked, [row[0] for row in found if row[0] is not None])
    place_of = finder(pieces)
    whole = _Builder(len(pieces))
    unclear = late = undated = 0
    for when, *numbers, vaguely, lately in found:
        if when is None:
            undated += numbers[0]
        elif (place := place_of(when)) is not None:
            whole.add(place, numbers)
            unclear += vaguely
            late += lately
    lines: dict[str, _Builder] = {}
    if several is not None:
        _add_several(lines, alike, len(pieces), place_of)
        split = ()
    for when, cases, people, at_least, about, *values in split:
        if key is not None and when is not None:
            place = place_of(_first_day(when))
            assert place is not None
            for name in key[1](values):
                if name not in lines:
                    lines[name] = _Builder(len(pieces))
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


_Alike = dict[tuple[int, int, int, int], list[str]]
"""Of cases that are told of alike, by day, people, whether there may be more and whether it is about so many:
the names of each as JSON."""


def _alike(found: Iterable[Sequence[Any]]) -> _Alike:
    """``found``: cases by their number, each with what it is told of by, and its names. They are taken one by
    one, for to keep a hundred thousand rows costs more than to read them."""
    alike: _Alike = defaultdict(list)
    last, key = None, (0, 0, 0, 0)
    for case_id, day, people, at_least, about, text in found:
        if case_id == last:
            # People of another nationality.
            alike[key].pop()
            key = (key[0], key[1] + people, key[2] | at_least, key[3] | about)
        else:
            key, last = (day, people, at_least, about), case_id
        alike[key].append(text)
    return alike


def _add_several(
    lines: dict[str, _Builder], alike: _Alike, length: int, place_of: Callable[[int], int | None]
) -> None:
    """Counts cases on the lines of all their names. Python counts them in one go, for the database would
    have to sort every name of every case."""
    placed: dict[tuple[int, int, int, int], list[str]] = {}
    for (day, *told), texts in alike.items():
        place = place_of(day)
        assert place is not None
        placed.setdefault((place, told[0], told[1], told[2]), []).extend(texts)
    for (place, people, at_least, about), texts in placed.items():
        for name, many in Counter(_names("".join(texts))).items():
            line = lines.get(name or HANDED_IN)
            if line is None:
                line = lines[name or HANDED_IN] = _Builder(length)
            # As line.add would: of outlets there are a hundred thousand such numbers.
            line.cases[place] += many
            line.people[place] += many * people
            if at_least:
                line.at_least[place] = True
            if about:
                line.about[place] = True


_NAME = re.compile(r'"([^"]*)"\s*:')


def _names(texts: str) -> list[str]:
    """The names in objects of JSON whose values are numbers."""
    if "\\" in texts:
        whole = json.JSONDecoder()
        found, at = list[str](), 0
        while at < len(texts):
            names, at = whole.raw_decode(texts, at)
            found += names
        return found
    return _NAME.findall(texts)


def _heard_late() -> ColumnElement[bool]:
    """Whether nothing tells of the arrest or the charge."""
    first = (Stage.ARRESTED, Stage.CHARGED)
    return not_(or_(*(t.CaseCount.stages.startswith(stage.value) for stage in first)))


def counted(*, distinct: bool = True) -> list[ColumnElement[Any]]:
    """Distinct cases, people, whether there may be more, whether it is about so many. ``distinct`` False:
    no case has two rows in a group."""
    people, at_least, about = _meant()
    return [
        func.count(t.CaseCount.case_id.distinct()) if distinct else func.count(),
        cast(func.sum(people), BigInteger),
        func.max(at_least),
        func.max(about),
    ]


def _meant() -> list[ColumnElement[Any]]:
    """People of one row, whether there may be more, whether it is about so many."""
    rows = t.CaseCount
    return [
        # Of a case without a count it is known that there is somebody.
        func.coalesce(rows.people, 1),
        case((rows.people.is_(None) | (rows.bound == Bound.AT_LEAST.value), 1), else_=0),
        case((rows.bound.in_([Bound.ABOUT.value, Bound.AT_MOST.value]), 1), else_=0),
    ]


def _slot(day: ColumnElement[int | None], step: Step) -> ColumnElement[Any]:
    """What lines are grouped by: months where no piece is shorter, which are few, else days."""
    if step in (Step.DAY, Step.WEEK):
        return day
    epoch: ColumnElement[Any] = literal_column(str(date(1970, 1, 1).toordinal()))
    month: ColumnElement[Any] = literal_column("'%Y-%m-01'")
    seconds = (day - epoch) * literal_column("86400")
    begin = literal_column("'1970-01-01'::date", Date()) + cast(day - epoch, Integer)
    return ByDatabase(
        sqlite=func.strftime(month, seconds, literal_column("'unixepoch'")),
        postgresql=func.to_char(begin, literal_column("'YYYY-MM-01'")),
    )


def _first_day(slot: int | str) -> int:
    return _ordinal(slot) if isinstance(slot, str) else slot


@lru_cache(maxsize=10_000)
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


class _Builder:
    """A line while it is counted: numbers for each piece of time."""

    __slots__ = ("about", "at_least", "cases", "people")

    def __init__(self, length: int) -> None:
        self.cases = [0] * length
        self.people = [0] * length
        self.at_least = [False] * length
        self.about = [False] * length

    def add(self, place: int, numbers: Sequence[Any]) -> None:
        cases, people, at_least, about = numbers
        self.cases[place] += cases
        self.people[place] += people
        self.at_least[place] |= bool(at_least)
        self.about[place] |= bool(about)

    def line(self, key: str) -> Line:
        counts = zip(self.cases, self.people, self.at_least, self.about, strict=True)
        total = Amount(number=sum(self.people), at_least=any(self.at_least), about=any(self.about))
        return Line(
            key=key,
            tallies=tuple(_tally(*each) if each[0] or each[1] else _NOTHING for each in counts),
            total=Tally(cases=sum(self.cases), people=total),
        )


_NOTHING = Tally()
"""Of many lines most pieces of time have nothing."""


@lru_cache(maxsize=20_000)
def _tally(cases: int, people: int, at_least: bool, about: bool) -> Tally:
    return Tally(cases=cases, people=Amount(number=people, at_least=at_least, about=about))


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


# -- from a question to SQL -----------------------------------------------------------------------


def day_of(asked: Question) -> ColumnElement[int | None]:
    """The day that counts. By articles it is that of the first report in the outlets and languages
    that are asked for."""
    match asked.by:
        case DatedBy.EVENT:
            return t.CaseCount.day.expression
        case DatedBy.ACT:
            return t.CaseCount.act_day.expression
        case DatedBy.ARTICLE:
            if asked.source:
                return _least("sources", asked.source)
            if asked.language:
                return _least("languages", asked.language)
            return t.CaseCount.seen_day.expression


def _least(column: str, names: Sequence[str]) -> ColumnElement[int | None]:
    each, pair = _each(column)
    first = select(func.min(each.c.value)).where(each.c.key.in_(names)).scalar_subquery()
    days = select(func.min(cast(pair.c.value, Integer))).where(pair.c.key.in_(names)).scalar_subquery()
    return ByDatabase(sqlite=first, postgresql=days)


def _each(column: str) -> tuple[Any, Any]:
    """The names and days in one of the columns of JSON, as SQLite and as PostgreSQL takes them apart."""
    whole: ColumnElement[Any] = literal_column(f"case_counts.{column}")
    return (
        func.json_each(whole).table_valued("key", "value"),
        func.json_each_text(whole).table_valued("key", "value"),
    )


def _as_text(column: str) -> ColumnElement[str]:
    """A column of JSON as it is written, so that rows can be grouped by it."""
    whole: ColumnElement[Any] = literal_column(f"case_counts.{column}")
    return ByDatabase(sqlite=whole, postgresql=cast(whole, Text))


def event_conditions(asked: Question) -> list[ColumnElement[bool]]:
    """The conditions on rows of case_counts."""
    rows = t.CaseCount
    found: list[ColumnElement[bool]] = []
    if asked.nationality:
        found.append(rows.nationality.in_(asked.nationality))
    if asked.country:
        found.append(rows.country.in_(asked.country))
    if asked.stage:
        found.append(rows.stage.in_([stage.value for stage in asked.stage]))
    if asked.drug:
        held = "," + rows.drugs + ","
        found.append(or_(*(held.contains(f",{drug.value},") for drug in asked.drug)))
    for column, names in (("sources", asked.source), ("languages", asked.language)):
        if names:
            each, pair = (select(of.c.value).where(of.c.key.in_(names)).exists() for of in _each(column))
            found.append(ByDatabase(sqlite=each, postgresql=pair))
    if (tree := search.parse(asked.query)) is not None:
        told = select(t.CaseReport.case_id).join(t.Article, t.Article.id == t.CaseReport.article_id)
        found.append(rows.case_id.in_(told.where(filters.matches(tree))))
    day = day_of(asked)
    if asked.first is not None:
        found.append(day >= asked.first)
    if asked.last is not None:
        found.append(day <= asked.last)
    return found


def key_of(
    split: Split | None,
) -> tuple[list[ColumnElement[Any]], Callable[[Sequence[Any]], Iterable[str]]] | None:
    """The columns by which a series is split, and their values → the lines on which they count."""
    rows = t.CaseCount
    nationality, country = rows.nationality.expression, rows.country.expression
    match split:
        case None | Split.KIND:
            return None
        case Split.NATIONALITY:
            return [nationality], lambda values: (values[0],)
        case Split.COUNTRY:
            return [country], lambda values: (values[0],)
        case Split.PAIR:
            return [nationality, country], lambda values: (f"{values[0]}-{values[1]}",)
        case Split.STAGE:
            return [rows.stage.expression], lambda values: (values[0],)
        case Split.DRUG:
            return [rows.drugs.expression], lambda values: (values[0] or NONE_NAMED).split(",")
        case Split.SOURCE:
            return [_as_text("sources")], lambda values: (name or HANDED_IN for name in json.loads(values[0]))
        case Split.LANGUAGE:
            return [_as_text("languages")], lambda values: json.loads(values[0])
