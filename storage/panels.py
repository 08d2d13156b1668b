"""Which outlets were followed when, and how much was seen of them: what a series is read against.

Days count as ``coverage`` counts them, by publication: an outlet that was blocked for two days and
then gave all that it had published meanwhile lacks nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text

from pipeline.gaps import Followed, Hole, Lack, follow, lacking
from pipeline.periods import Bucket, finder
from pipeline.vocabulary import FeedState
from storage import tables as t
from storage.engine import is_postgres, reading
from storage.trend_values import HANDED_IN, Coverage

_ANSWERED = frozenset(
    state.value for state in (FeedState.OK, FeedState.UNCHANGED, FeedState.EMPTY, FeedState.MALFORMED)
)
FEW = 0.25
"""Share of the usual number of fetches under which an outlet was as good as not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The outlets as they were followed up to a day. Finding this out reads all of coverage: keep it
    where several series are drawn."""

    outlets: tuple[Followed, ...]

    def of(self, sources: Sequence[str]) -> Panel:
        """Only these outlets; all where none is named."""
        wanted = set(sources)
        return Panel(outlets=tuple(each for each in self.outlets if not wanted or each.source in wanted))

    def fixed(self, first: int, last: int) -> Panel:
        """Only the outlets that were followed for the whole time."""
        return Panel(outlets=tuple(each for each in self.outlets if each.wholly(first, last)))

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(each.source for each in self.outlets)


def load_panel(engine: Engine, *, now: datetime) -> Panel:
    """The outlets as their coverage and their fetches show them, up to the day before ``now``."""
    until = now.astimezone(UTC).date().toordinal() - 1
    with reading(engine) as connection:
        found = _followed(connection, until)
        return Panel(outlets=tuple(_explained(connection, each) for each in found))


def _followed(connection: Connection, until: int) -> list[Followed]:
    # Plain SQL: a type for each of half a million dates would take longer than all the rest.
    query = "SELECT source, day, seen, relevant FROM coverage WHERE source != '' ORDER BY source, day"
    ordinals = _Ordinals()
    found = []
    # The driver's own cursor, for the same reason.
    cursor = connection.connection.cursor()
    for source, rows in groupby(cursor.execute(query), key=itemgetter(0)):
        outlet = follow(source, [(ordinals[day], seen, relevant) for _, day, seen, relevant in rows], until)
        if outlet is not None:
            found.append(outlet)
    return found


class _Ordinals(dict[str | date, int]):
    def __missing__(self, day: str | date) -> int:
        # SQLite has days as texts.
        self[day] = number = (date.fromisoformat(day) if isinstance(day, str) else day).toordinal()
        return number


def _bound(engine: Engine, ordinal: int) -> str | date:
    day = date.fromordinal(ordinal)
    return day if is_postgres(engine) else day.isoformat()


def _explained(connection: Connection, outlet: Followed) -> Followed:
    if not outlet.holes:
        return outlet
    times = select(func.count(), func.min(t.Fetch.fetched), func.max(t.Fetch.fetched))
    count, first, last = connection.execute(times.where(t.Fetch.source == outlet.source)).one()
    # An outlet that was never fetched was handed in; of its silence nothing more is known.
    a_day = count / ((last - first).days + 1) if count else 0.0
    holes = tuple(_explain(connection, outlet.source, hole, a_day) for hole in outlet.holes)
    return replace(outlet, holes=holes)


def _explain(connection: Connection, source: str, hole: Hole, a_day: float) -> Hole:
    """Why there was so little: how its fetches on those days ended, if there were as many as usual."""
    query = select(t.Fetch.state).where(
        t.Fetch.source == source,
        t.Fetch.fetched >= datetime.combine(date.fromordinal(hole.first), time(), UTC),
        t.Fetch.fetched < datetime.combine(date.fromordinal(hole.last + 1), time(), UTC),
    )
    states = Counter(state in _ANSWERED for state in connection.execute(query).scalars())
    if states.total() < FEW * a_day * (hole.last - hole.first + 1):
        return replace(hole, lack=Lack.NOT_ASKED)
    return replace(hole, lack=Lack.BLOCKED if states[False] > states[True] else Lack.SILENT)


def cover(
    engine: Engine,
    panel: Panel,
    buckets: Sequence[Bucket],
    sources: Sequence[str] | None = None,
    *,
    by_source: bool = False,
) -> Coverage:
    """How much of the panel was seen in each bucket. ``sources`` are those whose articles are
    counted, where these are others than the panel's; None counts all that there are."""
    shares, gaps = lacking(panel.outlets, [piece.days for piece in buckets])
    whole = [0] * len(buckets)
    each: dict[str, list[int]] = {}
    for source, place, seen in _articles(engine, tuple(buckets), sources, by_source=by_source):
        whole[place] += seen
        if by_source:
            each.setdefault(source or HANDED_IN, [0] * len(buckets))[place] += seen
    return Coverage(
        outlets=len(panel.outlets),
        articles=tuple(whole),
        by_source={source: tuple(counts) for source, counts in each.items()},
        shares=shares,
        gaps=gaps,
    )


def _articles(
    engine: Engine, buckets: tuple[Bucket, ...], sources: Sequence[str] | None, *, by_source: bool
) -> Iterator[tuple[str, int, int]]:
    """(source, place of the bucket, articles) of each day; without ``by_source`` of all together."""
    if not buckets:
        return
    conditions = "day BETWEEN :first AND :last"
    bound: dict[str, Any] = {
        "first": _bound(engine, buckets[0].first),
        "last": _bound(engine, buckets[-1].last),
    }
    if sources is not None:
        if is_postgres(engine):
            conditions += " AND source = ANY(:sources)"
            bound["sources"] = list(sources)
        else:
            conditions += " AND source IN (SELECT value FROM json_each(:sources))"
            bound["sources"] = json.dumps(list(sources))
    # The plus keeps SQLite from going by the index of days, row by row, where it is to read them all.
    column = "day" if is_postgres(engine) else "+day"
    name, group = ("source", f"source, {column}") if by_source else ("''", column)
    seen = "CAST(sum(seen) AS bigint)"
    query = text(f"SELECT {name}, day, {seen} FROM coverage WHERE {conditions} GROUP BY {group}")  # noqa: S608
    place_of = finder(buckets)
    ordinals = _Ordinals()
    with reading(engine) as connection:
        for source, day, seen in connection.execute(query, bound):
            if (place := place_of(ordinals[day])) is not None:
                yield source, place, seen
