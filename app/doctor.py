"""What ``detainee-watch doctor`` looks at: each check says how it is, and what to do where it is not well."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from app.operator import RUN_HOURS
from pipeline.errors import DetaineeWatchError, StorageError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.settings import Settings
    from pipeline.types import Source

LEAST_SQLITE = (3, 38, 0)
"""The oldest SQLite that the statements of this program run on."""
FULL, NEARLY_FULL = 200_000_000, 2_000_000_000
"""Bytes that are free on the disk of the database."""
CLOCK_SECONDS = 300.0
ASKED = 3
"""Outlets that are asked whether the network works."""


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"  # it works; something should be done
    PROBLEM = "problem"  # it does not work


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    level: Level
    found: str  # in words
    todo: str = ""  # what to do, where there is something


def examine(settings: Settings, *, now: datetime, network: bool = True) -> Iterator[Check]:
    """Each check as it is done, from what all rests on to what rests on it."""
    yield _settings(settings)
    yield _sqlite()
    sources: tuple[Source, ...] = ()
    try:
        from app.sources import all_sources

        sources = all_sources(settings)
        yield Check(name="sources", level=Level.OK, found=f"{len(sources)} are switched on")
    except DetaineeWatchError as error:
        yield Check(name="sources", level=Level.PROBLEM, found=str(error), todo="correct that table")
    yield _disk(settings)
    engine, check = _database(settings)
    yield check
    if engine is not None:
        try:
            yield from _stored(engine, sources, now=now)
        finally:
            engine.dispose()
    if url := settings.redis_url.get_secret_value():
        yield _redis(url)
    yield _mail(settings)
    if network and sources:
        yield from _network(settings, sources)


def _redis(url: str) -> Check:
    from crawler.cluster.server import connect, shown_server

    try:
        connect(url).close()
    except DetaineeWatchError as error:
        return Check(name="redis", level=Level.PROBLEM, found=str(error), todo="no crawl works without it")
    return Check(name="redis", level=Level.OK, found=f"{shown_server(url)} answers")


def _settings(settings: Settings) -> Check:
    if not settings.contact:
        return Check(
            name="settings",
            level=Level.WARNING,
            found="no contact is set: outlets cannot reach you, and block sooner",
            todo="set 'contact' to a mail address or a web page of yours",
        )
    return Check(name="settings", level=Level.OK, found=f"contact is {settings.contact}")


def _sqlite() -> Check:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < LEAST_SQLITE:
        least = ".".join(map(str, LEAST_SQLITE))
        return Check(
            name="sqlite",
            level=Level.PROBLEM,
            found=f"version {version} is too old; {least} is the least",
            todo="use a Python with a newer SQLite",
        )
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    if "ENABLE_FTS5" not in options:
        return Check(
            name="sqlite",
            level=Level.PROBLEM,
            found=f"version {version} has no full-text search (FTS5)",
            todo="use a Python whose SQLite has FTS5, as those of python.org do",
        )
    return Check(name="sqlite", level=Level.OK, found=f"version {version} with full-text search")


def _file(settings: Settings) -> Path | None:
    """The database's file; None where it is none."""
    from storage.engine import database_file

    return database_file(settings.database_url.get_secret_value())


def _disk(settings: Settings) -> Check:
    file = _file(settings)
    if file is None:
        return Check(name="disk", level=Level.OK, found="the database is not a file of this machine")
    folder = next(place for place in file.absolute().parents if place.is_dir())
    free = shutil.disk_usage(folder).free
    size = file.stat().st_size if file.is_file() else 0
    found = f"{_bytes(free)} free where the database lies ({_bytes(size)})"
    todo = "make room: 'detainee-watch retention run' takes old texts away"
    if free < FULL:
        return Check(name="disk", level=Level.PROBLEM, found=found, todo=todo)
    if free < max(NEARLY_FULL, 2 * size):
        return Check(name="disk", level=Level.WARNING, found=found, todo=todo)
    return Check(name="disk", level=Level.OK, found=found)


def _database(settings: Settings) -> tuple[Engine | None, Check]:
    from storage.engine import open_database

    url = settings.database_url.get_secret_value()
    file = _file(settings)
    if file is not None and not file.exists():
        found = f"there is none yet at {file}"
        return None, Check(
            name="database", level=Level.WARNING, found=found, todo="run 'detainee-watch crawl'"
        )
    try:
        engine = open_database(url, read_only=True, busy_seconds=5)
    except (StorageError, DetaineeWatchError) as error:
        todo = "see 'When the database makes trouble' in docs/operations.md"
        return None, Check(name="database", level=Level.PROBLEM, found=str(error), todo=todo)
    return engine, Check(name="database", level=Level.OK, found="opens, and its tables are of this version")


def _stored(engine: Engine, sources: tuple[Source, ...], *, now: datetime) -> Iterator[Check]:
    from storage.health import load_health, run_times

    try:
        times = run_times(engine)
        healths = load_health(engine)
    except StorageError as error:
        yield Check(name="database", level=Level.PROBLEM, found=str(error), todo="restore a backup")
        return
    last = max((at for at in (times.last, times.last_success) if at is not None), default=None)
    if last is not None and last - now > timedelta(seconds=CLOCK_SECONDS):
        yield Check(
            name="clock",
            level=Level.PROBLEM,
            found=f"the last run was on {last:%Y-%m-%d %H:%M} UTC, and now it is {now:%Y-%m-%d %H:%M} UTC",
            todo="set the clock of this machine; switch on its time service (NTP)",
        )
    if times.last_success is None:
        yield Check(
            name="runs",
            level=Level.WARNING if times.last is None else Level.PROBLEM,
            found="no crawl has succeeded yet",
            todo="run 'detainee-watch crawl' and read what it says",
        )
    elif now - times.last_success > timedelta(hours=RUN_HOURS):
        yield Check(
            name="runs",
            level=Level.PROBLEM,
            found=f"no crawl has succeeded since {times.last_success:%Y-%m-%d %H:%M} UTC",
            todo="see whether the schedule runs; run 'detainee-watch crawl' and read what it says",
        )
    else:
        found = f"the last crawl succeeded on {times.last_success:%Y-%m-%d %H:%M} UTC"
        yield Check(name="runs", level=Level.OK, found=found)
    watched = {source.slug for source in sources}
    ill = sorted(one.source for one in healths.values() if one.alarm and one.source in watched)
    if ill:
        names = ", ".join(ill[:3]) + (f" and {len(ill) - 3} more" if len(ill) > 3 else "")
        yield Check(
            name="health",
            level=Level.WARNING,
            found=f"{len(ill)} of {len(watched)} sources fare badly: {names}",
            todo="'detainee-watch sources health' says of each what to do",
        )
    elif healths:
        yield Check(name="health", level=Level.OK, found="all sources fare as usual")


def _mail(settings: Settings) -> Check:
    mail = settings.mail
    if not mail.operator:
        return Check(
            name="mail",
            level=Level.WARNING,
            found="no operator is set: nobody is told when a source breaks or no crawl succeeds",
            todo="set 'operator' in [mail] to your mail address",
        )
    return Check(name="mail", level=Level.OK, found=f"{mail.operator} is told of trouble")


def _network(settings: Settings, sources: tuple[Source, ...]) -> Iterator[Check]:
    from crawler.reach import reach

    # One from the beginning, the middle and the end: three outlets are not down at once.
    chosen = [sources[i * (len(sources) - 1) // max(1, ASKED - 1)].url for i in range(ASKED)]
    answers = reach(tuple(dict.fromkeys(chosen)), contact=settings.contact, allow_hosts=settings.allow_hosts)
    good = [one for one in answers if one.ok]
    if not good:
        found = "; ".join(f"{one.host}: {one.detail}" for one in answers)
        todo = "see whether this machine has a network and name servers, and may reach ports 80 and 443"
        yield Check(name="network", level=Level.PROBLEM, found=found, todo=todo)
        return
    yield Check(
        name="network",
        level=Level.OK,
        found=f"{len(good)} of {len(answers)} outlets answered, {good[0].host} in {good[0].seconds:.1f} s",
    )
    ahead = [one.ahead for one in good if one.ahead is not None]
    if ahead and abs(median(ahead)) > CLOCK_SECONDS:
        words = "behind" if median(ahead) > 0 else "ahead"
        yield Check(
            name="clock",
            level=Level.PROBLEM,
            found=f"the clock of this machine is {abs(median(ahead)) / 60:.0f} minutes {words}",
            todo="set it; switch on its time service (NTP)",
        )
    elif ahead:
        yield Check(name="clock", level=Level.OK, found="as that of the outlets' servers")


def _bytes(number: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
