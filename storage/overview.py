"""What is known in all: sources, runs, coverage, totals. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Engine, func, select

from storage import rows
from storage import tables as t
from storage.engine import reading
from storage.values import CoverageRow, RunRow, SourceStats, Totals

FEW = 100
"""Sources up to which only their own coverage is read, and not all of it at once."""


def source_stats(engine: Engine, slugs: Sequence[str] | None = None) -> tuple[SourceStats, ...]:
    """What is known of each source that was ever fetched or had a page, by slug."""
    sums = select(
        t.Coverage.source,
        func.sum(t.Coverage.seen),
        func.sum(t.Coverage.read),
        func.sum(t.Coverage.relevant),
    ).group_by(t.Coverage.source)
    if slugs is not None and len(slugs) <= FEW:
        # What was seen of others need not be added up.
        sums = sums.where(t.Coverage.source.in_(slugs))
    feeds = select(t.Feed.source, t.Feed.last_ok, t.Feed.failures)
    fetches = select(t.Fetch.__table__).join(t.Feed, t.Feed.last_fetch_id == t.Fetch.id)
    with reading(engine) as connection:
        counts = {source: tuple(map(int, rest)) for source, *rest in connection.execute(sums)}
        feed = {row.source: row for row in connection.execute(feeds)}
        last = {row.source: rows.fetch_from(row) for row in connection.execute(fetches)}
    wanted = set(slugs) if slugs is not None else {*counts, *feed} - {""}
    found = []
    for slug in sorted(wanted & {*counts, *feed}):
        seen, read, relevant = counts.get(slug, (0, 0, 0))
        row = feed.get(slug)
        found.append(
            SourceStats(
                slug=slug,
                last=last.get(slug),
                last_ok=row.last_ok if row else None,
                failures=row.failures if row else 0,
                seen=seen,
                read=read,
                relevant=relevant,
            )
        )
    return tuple(found)


def totals(engine: Engine) -> Totals:
    """What the database holds in all."""
    outcomes = select(t.Page.outcome, func.count()).group_by(t.Page.outcome).order_by(t.Page.outcome)
    with reading(engine) as connection:
        return Totals(
            outcomes={row.outcome: row[1] for row in connection.execute(outcomes)},
            articles=connection.execute(select(func.count()).where(t.Article.relevant)).scalar_one(),
            records=connection.execute(select(func.count()).select_from(t.Record)).scalar_one(),
            sources=connection.execute(
                select(func.count(func.distinct(t.Coverage.source))).where(t.Coverage.source != "")
            ).scalar_one(),
            last_run=connection.execute(select(func.max(t.Run.started))).scalar(),
        )


def nothing_stored(engine: Engine) -> bool:
    """Whether no page was ever seen."""
    with reading(engine) as connection:
        return connection.execute(select(t.Page.id).limit(1)).first() is None


def changes(engine: Engine) -> int:
    """A number that rises whenever an article, a record or a case is stored or changed, or somebody speaks
    of one."""
    stored = select(func.coalesce(func.sum(t.Counter.value), 0))
    said = select(func.coalesce(func.max(t.ReviewStep.id), 0))
    with reading(engine) as connection:
        return sum(int(connection.execute(each).scalar_one()) for each in (stored, said))


def runs(engine: Engine, *, limit: int = 20) -> tuple[RunRow, ...]:
    """The latest runs, latest first."""
    query = select(t.Run.__table__).order_by(t.Run.id.desc()).limit(limit)
    with reading(engine) as connection:
        return tuple(
            RunRow(id=row.id, command=row.command, started=row.started, ended=row.ended, outcome=row.outcome)
            for row in connection.execute(query)
        )


def coverage(
    engine: Engine, *, since: date | None = None, until: date | None = None, sources: Sequence[str] = ()
) -> tuple[CoverageRow, ...]:
    """Articles per source and day, ``since`` included and ``until`` not, by day and source."""
    query = select(t.Coverage.__table__).order_by(t.Coverage.day, t.Coverage.source)
    if since is not None:
        query = query.where(t.Coverage.day >= since)
    if until is not None:
        query = query.where(t.Coverage.day < until)
    if sources:
        query = query.where(t.Coverage.source.in_(sources))
    with reading(engine) as connection:
        return tuple(
            CoverageRow(source=row.source, day=row.day, seen=row.seen, read=row.read, relevant=row.relevant)
            for row in connection.execute(query)
        )
