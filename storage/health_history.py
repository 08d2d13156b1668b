"""What the stored fetches and pages tell of sources that were never judged: those of a database that
is older than the judging. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Select, func, select

from pipeline.vocabulary import FeedState
from storage import tables as t
from storage.engine import reading
from storage.health_values import History
from storage.values import IRRELEVANT, RELEVANT

HISTORY_DAYS = 56
"""How far back the fetches and pages of a source are looked at when it is first judged."""


def load_history(engine: Engine, slugs: Sequence[str], *, now: datetime) -> dict[str, History]:
    """What the stored fetches and pages of the last weeks tell of sources that were never judged."""
    since = now - timedelta(days=HISTORY_DAYS)
    found: dict[str, History] = {}
    with reading(engine) as connection:
        # Pages have no index by their source: all of them are counted once.
        counts: dict[str, Counts] = {}
        for source, outcome, number, dated in connection.execute(_page_counts(since)):
            counts.setdefault(source, {})[outcome] = (number, dated)
        for slug in slugs:
            history = _history(connection, slug, counts.get(slug, {}), since=since, now=now)
            if history is not None:
                found[slug] = history
    return found


Counts = dict[str, tuple[int, int]]
"""Outcome → (pages, of them with a date)."""


def _page_counts(since: datetime) -> Select[str, str, int, int]:
    p = t.Page
    return (
        select(p.source, p.outcome, func.count(), func.count(p.published))
        .join(t.Run, t.Run.id == p.run_id)
        .where(t.Run.started >= since)
        .group_by(p.source, p.outcome)
    )


def _history(
    connection: Connection, slug: str, counts: Counts, *, since: datetime, now: datetime
) -> History | None:
    f = t.Fetch
    well = [state for state in FeedState if not state.failed]
    fetches = connection.execute(
        select(f.fetched, f.state, f.new)
        .where(f.source == slug, f.fetched >= since, f.fetched < now)
        .order_by(f.fetched)
    ).all()
    good = [row for row in fetches if row.state in well]
    if not good:
        return None
    # The first fetch found what was there before; the arrivals are those between it and the last.
    arrivals = [row for row in good[1:] if row.new]
    failures = 0
    for row in reversed(fetches):
        if row.state in well:
            break
        failures += 1
    read = [counts.get(word, (0, 0)) for word in (RELEVANT, IRRELEVANT)]
    length = connection.execute(
        select(func.avg(func.length(t.Article.text))).where(
            t.Article.source == slug, t.Article.dated >= since
        )
    ).scalar()
    hours, days = [0] * 24, [0] * 7
    for row in arrivals:
        hours[row.fetched.hour] += 1
        days[row.fetched.weekday()] += 1
    last = arrivals[-1].fetched if arrivals else good[0].fetched
    return History(
        source=slug,
        weeks=(last - good[0].fetched) / timedelta(weeks=1),
        entries=sum(row.new for row in arrivals),
        hours=tuple(hours),
        days=tuple(days),
        last_new=last if any(row.new for row in good) else None,
        pages=sum(n for word, (n, _) in counts.items() if word != "pending"),
        texts=sum(n for n, _ in read),
        dated=sum(dated for _, dated in read),
        relevant=counts.get(RELEVANT, (0, 0))[0],
        length=float(length) if length else None,
        last_success=good[-1].fetched,
        failures=failures,
    )
