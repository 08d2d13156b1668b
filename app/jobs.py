"""What the schedule does: its jobs, and the work of those that are no command of their own.

    crawl        the sources that are due             detainee-watch crawl --due
    digests      alerts and digests that are due      detainee-watch schedule run digests
    health       is all well? else tell               detainee-watch schedule run health
    retention    what was kept long enough goes       detainee-watch retention run
    backup       a copy of the database               detainee-watch schedule run backup

Each job is a process of its own: one that crashes, hangs or eats the memory harms no other, and a
crawl cannot run twice in a process anyway.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.due import Bounds, Done, Found, Watched
from pipeline.rhythm import Daily, Every, Off

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.settings import Settings
    from pipeline.types import Source
    from storage.jobs import JobRunRow

CRAWL, DIGESTS, HEALTH, RETENTION, BACKUP = JOBS = ("crawl", "digests", "health", "retention", "backup")
"""In the order in which ``schedule --once`` does them: what a crawl finds can be sent at once."""
SHORT = timedelta(hours=1)
"""How long a job other than the crawl may take."""
CRAWL_GRACE = timedelta(minutes=10)
"""How long a crawl may still take when its time is over, before it is stopped from outside."""
BATCH = timedelta(minutes=5)
"""Between two crawls at least; what would be due in so little time is taken along."""
_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from app.cli import main; main()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing that the schedule does."""

    name: str
    rhythm: Daily | Every | Off  # of the crawl: how often it is looked whether a source is due
    words: str  # the rhythm as people say it
    arguments: tuple[str, ...]  # of our own command
    limit: timedelta  # after which it is stopped


def jobs_of(settings: Settings) -> tuple[Job, ...]:
    """The jobs as the settings want them, those that are off included."""
    given = settings.schedule
    arguments = {
        CRAWL: ("crawl", "--due", "--quiet", "--limit", given.crawl_limit),
        RETENTION: ("retention", "run", "--quiet"),
    }
    crawl = f"daily {given.at:%H:%M}" if given.every == "daily" else given.every
    return tuple(
        Job(
            name=name,
            rhythm=Every(BATCH) if name == CRAWL else given.rhythm(name),
            words=crawl if name == CRAWL else _words(getattr(given, name)),
            arguments=arguments.get(name, ("schedule", "run", name)),
            limit=given.limit + CRAWL_GRACE if name == CRAWL else SHORT,
        )
        for name in JOBS
    )


def _words(rhythm: str) -> str:
    return f"daily {rhythm}" if ":" in rhythm else rhythm if rhythm == "off" else f"every {rhythm}"


def command_of(job: Job, config: Path | None) -> list[str]:
    """The process of a job."""
    return program_of(config, job.arguments)


def program_of(config: Path | None, arguments: Sequence[str]) -> list[str]:
    """This very program as a process, wherever it lies and whatever lies in the folder."""
    options = ["--config", str(config)] if config else []
    return [sys.executable, "-P", "-c", _START, str(Path(__file__).parents[1]), *options, *arguments]


def done_of(runs: Sequence[JobRunRow]) -> Done | None:
    """The last run of a job, from its latest ones, the newest first; None when it never ran."""
    if not runs:
        return None
    last = runs[0]
    failures = 0
    for run in runs:
        if run.ok or run.outcome is None:
            break
        failures += 1
    return Done(
        slot=last.slot,
        started=last.started,
        ok=last.ok or last.outcome is None,
        interrupted=last.outcome == "interrupted",
        failures=failures,
    )


def bounds_of(settings: Settings, *, jitter: bool = True) -> Bounds:
    """What the operator set for all sources; without ``jitter`` for whoever asks whether to begin now."""
    from pipeline.rhythm import parse_interval

    given = settings.schedule
    return Bounds(
        zone=given.zone_info,
        shortest=parse_interval(given.adaptive_min),
        longest=parse_interval(given.adaptive_max),
        jitter=given.jitter_time if jitter else timedelta(),
    )


def watched_sources(
    settings: Settings, sources: Sequence[Source], engine: Engine, now: datetime
) -> tuple[Watched, ...]:
    """The sources with what is known of their last fetches."""
    from storage.jobs import crawl_was_cut_short, fetch_history

    known = fetch_history(engine, now=now)
    short = crawl_was_cut_short(engine)
    watched = []
    for source in sources:
        rhythm = settings.schedule.source_rhythm(source.every)
        one = known.get(source.slug)
        if one is None:
            watched.append(Watched(slug=source.slug, rhythm=rhythm, expect=source.expect))
            continue
        found = None
        if one.since is not None:
            found = Found(
                source=one.source,
                last=one.last,
                since=one.since,
                new=one.new,
                entries=one.entries,
                last_new=one.last_new,
                last_entries=one.last_entries,
                last_gap=one.last_gap,
            )
        watched.append(
            Watched(
                slug=source.slug,
                rhythm=rhythm,
                expect=source.expect,
                last=one.last,
                found=found,
                rests_until=one.rests_until,
                left=short and one.left > 0,
            )
        )
    return tuple(watched)
