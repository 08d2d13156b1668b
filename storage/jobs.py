"""What the schedule did, and what it needs to know to decide what is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, RowMapping, delete, func, insert, select, update

from storage import tables as t
from storage.engine import reading, writing
from storage.job_tables import JobRun
from storage.values import INTERRUPTED, PENDING

KEEP_RUNS = 2_000
"""Runs of jobs that are remembered; at one each quarter of an hour, three weeks."""
HISTORY = timedelta(days=7)
"""How far back an adaptive source is judged by its fetches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRunRow:
    """One run of a job."""

    id: int
    job: str
    slot: datetime  # the moment for which it was due
    started: datetime
    ended: datetime | None  # None: it runs, or its scheduler died
    outcome: str | None  # ok | partly | failed | too-long | interrupted
    detail: str

    @property
    def ok(self) -> bool:
        """Whether nothing is to be made up for."""
        return self.outcome in ("ok", "partly")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetches:
    """What the fetches of one source found lately."""

    source: str  # slug
    last: datetime  # the latest, well or not
    since: datetime | None = None  # the first of the last days that counts
    new: int = 0  # entries never seen before, in those after it
    entries: float | None = None  # of its feed, where it was read
    last_new: int = 0  # of the latest one that read the feed
    last_entries: int = 0
    last_gap: timedelta | None = None  # between that one and the one before
    rests_until: datetime | None = None
    left: int = 0  # pages of it that were never tried


def start_job(engine: Engine, job: str, *, slot: datetime, now: datetime) -> int:
    """Begins a run of ``job`` and returns its number. Old runs are forgotten on the way."""
    with writing(engine) as connection:
        number = connection.execute(
            insert(JobRun)
            .values(job=job, slot=slot, started=now, ended=None, outcome=None, detail="")
            .returning(JobRun.id)
        ).scalar_one()
        # The last run of each job stays, however rare the job is.
        last = select(func.max(JobRun.id)).group_by(JobRun.job)
        connection.execute(delete(JobRun).where(JobRun.id <= number - KEEP_RUNS, JobRun.id.not_in(last)))
        return int(number)


def end_job(engine: Engine, number: int, *, outcome: str, detail: str, now: datetime) -> None:
    """Ends a run: ok | partly | failed | too-long | interrupted."""
    with writing(engine) as connection:
        connection.execute(
            update(JobRun).where(JobRun.id == number).values(outcome=outcome, detail=detail[:500], ended=now)
        )


def close_open_jobs(engine: Engine, *, now: datetime) -> int:
    """Marks the runs whose scheduler died as interrupted. Only for whoever holds the lock."""
    with writing(engine) as connection:
        done = connection.execute(
            update(JobRun)
            .where(JobRun.outcome.is_(None))
            .values(outcome=INTERRUPTED, ended=now, detail="the scheduler ended before it did")
        )
        return int(done.rowcount)


def last_runs(engine: Engine, jobs: Sequence[str], *, each: int = 12) -> dict[str, tuple[JobRunRow, ...]]:
    """The latest runs of each job, the newest first, in the order in which they were begun."""
    found = {}
    with reading(engine) as connection:
        for job in jobs:
            query = select(JobRun.__table__).where(JobRun.job == job).order_by(JobRun.id.desc()).limit(each)
            rows = connection.execute(query).mappings()
            found[job] = tuple(_row(row) for row in rows)
    return found


def _row(row: RowMapping) -> JobRunRow:
    return JobRunRow(**{name: row[name] for name in JobRunRow.__dataclass_fields__})


def crawl_was_cut_short(engine: Engine) -> bool:
    """Whether the latest crawl did not come to its end, so that pages may wait for the next."""
    query = select(t.Run.outcome).where(t.Run.command == "crawl").order_by(t.Run.id.desc()).limit(1)
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return row is not None and row.outcome != "ok"


def fetch_history(engine: Engine, *, now: datetime) -> dict[str, Fetches]:
    """What is known of the fetches of each source that was ever fetched, by its slug.

    A source's very first fetch finds all of its feed new, which says nothing; nor does what came
    while nobody looked for it say more than how much there was.
    """
    with reading(engine) as connection:
        found: dict[str, dict[str, Any]] = {
            row.source: {"source": row.source, "last": row.fetched, "url": row.url}
            for row in connection.execute(
                select(t.Fetch.source, t.Fetch.fetched, t.Feed.url).join(
                    t.Feed, t.Feed.last_fetch_id == t.Fetch.id
                )
            )
        }
        recent = connection.execute(
            select(t.Fetch.source, t.Fetch.fetched, t.Fetch.new, t.Fetch.entries, t.Fetch.state)
            .where(t.Fetch.fetched >= now - HISTORY, t.Fetch.state.in_(("ok", "unchanged", "empty")))
            .order_by(t.Fetch.source, t.Fetch.id)
        )
        before: dict[str, datetime] = {}
        sizes: dict[str, list[int]] = {}
        for source, fetched, new, entries, _ in recent:
            one = found.get(source)
            if one is None:
                continue
            if entries:
                sizes.setdefault(source, []).append(entries)
            if source in before:
                one["new"] = one.get("new", 0) + new
                one |= {"last_new": new, "last_entries": entries, "last_gap": fetched - before[source]}
            else:
                one["since"] = fetched
            before[source] = fetched
        for source, counts in sizes.items():
            found[source]["entries"] = sum(counts) / len(counts)
        for source, rests in connection.execute(
            select(t.SourceHealthRow.source, t.SourceHealthRow.due).where(t.SourceHealthRow.due.is_not(None))
        ):
            if source in found:
                found[source]["rests_until"] = rests
        resting = connection.execute(select(t.HostRestRow.host, t.HostRestRow.until))
        hosts = {host: until for host, until in resting}  # noqa: C416  a Row is no pair for dict
        for one in found.values():
            # What a server asked for counts beside what its failures earned a source.
            asked = hosts.get(urlsplit(one.pop("url")).netloc.lower())
            if asked is not None:
                one["rests_until"] = max(asked, one.get("rests_until", asked))
        left = select(t.Page.source, func.count()).where(t.Page.open, t.Page.outcome == PENDING)
        for source, count in connection.execute(left.group_by(t.Page.source)):
            if source in found:
                found[source]["left"] = count
    return {source: Fetches(**values) for source, values in found.items()}
