"""Which outlets were followed when, and how much was seen of them: what a series is read against.

Days count as ``coverage`` counts them, by publication: an outlet that was blocked for two days and
then gave all that it had published meanwhile lacks nothing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import accumulate, groupby, pairwise
from operator import itemgetter

from sqlalchemy import Connection, Engine, func, select

from pipeline.gaps import Followed, Hole, Lack, follow, lacking
from pipeline.periods import Bucket
from pipeline.vocabulary import FeedState
from storage import tables as t
from storage.engine import reading
from storage.trend_values import HANDED_IN, Coverage

_ANSWERED = frozenset(
    state.value for state in (FeedState.OK, FeedState.UNCHANGED, FeedState.EMPTY, FeedState.MALFORMED)
)
FEW = 0.25
"""Share of the usual number of fetches under which an outlet was as good as not asked."""


class Seen:
    """How many articles there were, by outlet and day, ready to be summed over any stretch of time."""

    def __init__(self) -> None:
        self._by_source: dict[str, tuple[array[int], array[int]]] = {}
        self._all: tuple[array[int], array[int]] = (array("q"), array("q", [0]))

    def add(self, source: str, days: Sequence[tuple[int, int]]) -> None:
        """The days of an outlet with their articles, in order of time."""
        self._by_source[source] = _sums(days)

    def close(self) -> None:
        """Sums up all outlets, once they are all there."""
        whole: Counter[int] = Counter()
        for days, sums in self._by_source.values():
            for day, (before, after) in zip(days, pairwise(sums), strict=True):
                whole[day] += after - before
        self._all = _sums(sorted(whole.items()))

    def whole(self, piece: Bucket) -> int:
        """Articles of all outlets."""
        return _between(self._all, piece)

    def of(self, source: str, pieces: Sequence[Bucket]) -> tuple[int, ...]:
        """Articles of one outlet in each piece of time."""
        if (found := self._by_source.get(source)) is None:
            return (0,) * len(pieces)
        days, sums = found
        return tuple(
            sums[bisect_right(days, piece.last)] - sums[bisect_left(days, piece.first)] for piece in pieces
        )

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(self._by_source)


def _sums(days: Sequence[tuple[int, int]]) -> tuple[array[int], array[int]]:
    """Days, and how many articles there were before each and in all."""
    return array("q", [day for day, _ in days]), array("q", accumulate((seen for _, seen in days), initial=0))


def _between(found: tuple[array[int], array[int]], piece: Bucket) -> int:
    days, sums = found
    return sums[bisect_right(days, piece.last)] - sums[bisect_left(days, piece.first)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The outlets as they were followed up to a day. Finding this out reads all of coverage: keep it
    where several series are drawn."""

    outlets: tuple[Followed, ...]
    seen: Seen  # of all outlets that there are

    def of(self, sources: Sequence[str]) -> Panel:
        """Only these outlets; all where none is named."""
        wanted = set(sources)
        outlets = tuple(each for each in self.outlets if not wanted or each.source in wanted)
        return replace(self, outlets=outlets)

    def fixed(self, first: int, last: int) -> Panel:
        """Only the outlets that were followed for the whole time."""
        return replace(self, outlets=tuple(each for each in self.outlets if each.wholly(first, last)))

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(each.source for each in self.outlets)


def load_panel(engine: Engine, *, now: datetime) -> Panel:
    """The outlets as their coverage and their fetches show them, up to the day before ``now``."""
    until = now.astimezone(UTC).date().toordinal() - 1
    with reading(engine) as connection:
        seen = Seen()
        found = _followed(connection, until, seen)
        return Panel(outlets=tuple(_explained(connection, each) for each in found), seen=seen)


def _followed(connection: Connection, until: int, seen: Seen) -> list[Followed]:
    """The outlets that were followed; ``seen`` takes the articles of all."""
    # Plain SQL: a type for each of half a million dates would take longer than all the rest.
    query = "SELECT source, day, seen, relevant FROM coverage ORDER BY source, day"
    ordinals = _Ordinals()
    found = []
    # The driver's own cursor, for the same reason.
    cursor = connection.connection.cursor()
    for source, rows in groupby(cursor.execute(query), key=itemgetter(0)):
        days = [(ordinals[day], number, relevant) for _, day, number, relevant in rows]
        seen.add(source, [(day, number) for day, number, _ in days])
        # What was handed in has no source.
        if source and (outlet := follow(source, days, until)) is not None:
            found.append(outlet)
    seen.close()
    return found


class _Ordinals(dict[str | date, int]):
    def __missing__(self, day: str | date) -> int:
        # SQLite has days as texts.
        self[day] = number = (date.fromisoformat(day) if isinstance(day, str) else day).toordinal()
        return number


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
    panel: Panel,
    buckets: Sequence[Bucket],
    sources: Sequence[str] | None = None,
    *,
    by_source: bool = False,
) -> Coverage:
    """How much of the panel was seen in each bucket. ``sources`` are those whose articles are
    counted, where these are others than the panel's; None counts all that there are."""
    shares, gaps = lacking(panel.outlets, [piece.days for piece in buckets])
    seen = panel.seen
    each: dict[str, tuple[int, ...]] = {}
    if sources is not None or by_source:
        named = dict.fromkeys(seen.sources if sources is None else sources)
        counts = {name: seen.of(name, buckets) for name in named}
        whole = tuple(map(sum, zip(*counts.values(), strict=True))) if counts else (0,) * len(buckets)
        each = {name or HANDED_IN: numbers for name, numbers in counts.items() if any(numbers)}
    else:
        whole = tuple(map(seen.whole, buckets))
    return Coverage(
        outlets=len(panel.outlets),
        articles=whole,
        by_source=each if by_source else {},
        shares=shares,
        gaps=gaps,
    )
