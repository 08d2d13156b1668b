"""The work of the schedule's jobs that are no command of their own; each call runs in its own process."""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app import context
from app.console import say
from app.jobs import BACKUP, DIGESTS, HEALTH, command_of, jobs_of

if TYPE_CHECKING:
    from app.settings import Settings

PREFIX = "detainee-watch-"
"""What the names of scheduled copies begin with, before their time."""


def work(ctx: typer.Context, name: str) -> int:
    """Do a job now; returns the exit code. Raises the DetaineeWatchError tree."""
    from app.settings import config_file

    settings = context.settings_of(ctx)
    if name == DIGESTS:
        return _digests(settings)
    if name == HEALTH:
        return _health(settings)
    if name == BACKUP:
        return _backup(settings, now=context.now())
    # The others are commands; as jobs they have their own arguments.
    job = next(job for job in jobs_of(settings) if job.name == name)
    config = config_file(ctx.obj.config)
    return subprocess.call(command_of(job, config.absolute() if config else None))  # noqa: S603  our own


def _backup(settings: Settings, *, now: datetime) -> int:
    """A copy in the folder of copies, named by its time; the oldest beyond those to be kept go."""
    from storage.engine import on_server
    from storage.upkeep import backup_database

    folder = backup_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    url = settings.database_url.get_secret_value()
    ending = "dump" if on_server(url) else "sqlite3"
    name = f"{PREFIX}{now:%Y%m%dT%H%M%SZ}.{ending}"
    backup_database(url, folder / name)
    for left in folder.glob(f"{PREFIX}*.part"):
        if now.timestamp() - left.stat().st_mtime > 86_400:
            left.unlink()  # of a copy that was killed while it was made
    copies = sorted(folder.glob(f"{PREFIX}*T*Z.{ending}"))
    for old in copies[: -settings.schedule.backup_keep]:
        old.unlink()
    say(f"{folder / name}: copied; at most {settings.schedule.backup_keep} copies are kept")
    return context.OK


def backup_folder(settings: Settings) -> Path:
    """Where scheduled copies go."""
    from app.settings import data_folder
    from storage.engine import database_file

    if settings.schedule.backup_folder:
        return Path(settings.schedule.backup_folder).expanduser()
    file = database_file(settings.database_url.get_secret_value())
    # Copies of a database on a server lie where its file would.
    return (file.parent if file is not None else data_folder()) / "backups"


def _digests(settings: Settings) -> int:
    """Sends the alerts and digests that are due."""
    from app.alerting import send_due
    from app.commands.alerts_mail import exit_code, tell_summary
    from storage.engine import open_database

    engine = open_database(settings.database_url.get_secret_value())
    try:
        summary = send_due(settings, engine, context.now(), clock=context.now)
    finally:
        engine.dispose()
    tell_summary(summary, quiet=summary.quiet)
    return exit_code(summary)


def _health(settings: Settings) -> int:
    """Tells the operator what has changed, also when no crawl has come to it."""
    from app.after_run import tell_of_run
    from app.sources import all_sources

    tell_of_run(settings, all_sources(settings), now=context.now())
    return context.OK
