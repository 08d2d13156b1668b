"""``detainee-watch schedule``: everything that happens while nobody looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import context
from app.console import draw, plain, say, write_json
from pipeline.errors import ConfigError, StorageBusyError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.locks import Place
    from app.schedule import Schedule
    from app.settings import Settings

EXAMPLES = """\b
Examples:
  detainee-watch schedule                  until it is told to end; see docs/operations.md for systemd
  detainee-watch schedule --once           do what is due and end; for cron, each quarter of an hour
  detainee-watch schedule status           last, next, running, failed
  detainee-watch schedule run backup       one job, now

Exit codes: 0 all well, 1 failure, 2 wrong usage, 3 ran but some sources failed."""

app = typer.Typer(invoke_without_command=True, epilog=EXAMPLES)


@app.callback()
def schedule(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Do what is due, and end.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say only what went wrong.")] = False,
) -> None:
    """Crawl, send, check, clean up and make copies, each at its time, until told to end.

    The times stand in [schedule] of the settings. What was missed while the machine slept is made up
    for, once. Only one scheduler runs for a database.
    """
    if ctx.invoked_subcommand is not None:
        return
    from app.locks import name_of, schedule_lock
    from storage.jobs import close_open_jobs

    settings = context.settings_of(ctx)
    engine, place = _open(settings)
    try:
        with schedule_lock(place) as lock:
            if not lock.take():
                holder = lock.holder()
                busy = f"A scheduler is at work already{f' (process {holder})' if holder else ''}."
                if once:
                    # What is due is in good hands; a timer that comes too early is no failure.
                    if not quiet:
                        say(busy)
                    return
                raise StorageBusyError(busy, key=name_of(place))
            close_open_jobs(engine, now=context.now())
            plan = _schedule(ctx, settings, engine, place, still=lock.still, quiet=quiet)
            if once:
                ended = plan.once()
                if not ended and not quiet:
                    say("Nothing is due.")
                raise typer.Exit(_code(set(ended.values())))
            if not quiet:
                _say_at(f"scheduler: begins; {', '.join(f'{j.name} {j.words}' for j in plan.jobs.values())}")
            plan.forever()
            if not quiet:
                _say_at("scheduler: ends")
    finally:
        engine.dispose()


def _code(outcomes: set[str]) -> int:
    if outcomes & {"failed", "too-long"}:
        return context.FAILURE
    if "interrupted" in outcomes:
        return context.INTERRUPTED
    return context.SOME_FAILED if "partly" in outcomes else context.OK


def _open(settings: Settings) -> tuple[Engine, Place]:
    from app.locks import place_of
    from storage.engine import open_database

    url = settings.database_url.get_secret_value()
    place = place_of(url)
    engine = open_database(url)
    if place is None:
        engine.dispose()
        raise ConfigError(
            "The schedule needs a database that other processes can reach: a file, or one on a server.",
            key="database_url",
        )
    return engine, place


def _schedule(
    ctx: typer.Context,
    settings: Settings,
    engine: Engine,
    place: Place,
    *,
    still: Callable[[], bool] = lambda: True,
    quiet: bool = False,
) -> Schedule:
    from app.schedule import Schedule
    from app.settings import config_file

    def tell(line: str) -> None:
        if not quiet or ": ok" not in line:
            _say_at(line)

    config = config_file(ctx.obj.config)
    return Schedule(
        settings,
        engine,
        place,
        still=still,
        config=config.absolute() if config else None,
        clock=context.now,
        say=tell,
    )


def _say_at(line: str) -> None:
    say(f"{context.now():%Y-%m-%d %H:%M:%S} {line}")


@app.command("run", epilog="\b\nExamples:\n  detainee-watch schedule run backup")
def run(ctx: typer.Context, job: Annotated[str, typer.Argument(metavar="JOB")]) -> None:
    """Do one job of the schedule now: crawl, digests, health, retention or backup."""
    from app.job_work import work
    from app.jobs import JOBS

    if job not in JOBS:
        raise typer.BadParameter(f"there is no job {job!r}; the jobs are {', '.join(JOBS)}")
    raise typer.Exit(work(ctx, job))


@app.command(
    "status",
    epilog="\b\nExamples:\n  detainee-watch schedule status\n  detainee-watch schedule status --json",
)
def status(
    ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False
) -> None:
    """Show for each job when it last ran and how that ended, when it is next, and what runs now."""
    from app.locks import schedule_lock

    settings = context.settings_of(ctx)
    engine, place = _open(settings)
    now = context.now()
    try:
        alive = not schedule_lock(place).free()
        holder = schedule_lock(place).holder()
        plan = _schedule(ctx, settings, engine, place)
        rows = [_row(plan, engine, name, now, alive=alive) for name in plan.jobs]
    finally:
        engine.dispose()
    if as_json:
        write_json({"now": now, "running": alive, "process": holder, "jobs": rows})
        return
    _draw(settings, rows, now, alive=alive, holder=holder)


def _row(plan: Schedule, engine: Engine, name: str, now: datetime, *, alive: bool) -> dict[str, Any]:
    """A job as ``status`` shows it."""
    from app.jobs import done_of
    from storage.jobs import last_runs

    job = plan.jobs[name]
    runs = last_runs(engine, (name,))[name]
    last = runs[0] if runs else None
    done = done_of(runs)
    following = plan.next(job, now)
    running = last is not None and last.outcome is None and alive
    if job.words == "off":
        state = "off"
    elif running:
        state = "running"
    elif following is not None and following <= now:
        state = "due"
    else:
        state = "waiting"
    success = next((run for run in runs if run.ok), None)
    ended = None
    if last is not None and not running:
        ended = last.outcome or "interrupted"
    return {
        "job": name,
        "rhythm": job.words,
        "state": state,
        "started": last.started if last else None,
        "ended": last.ended if last else None,
        "outcome": ended,
        "detail": plain(last.detail) if last else "",
        "last_success": success.ended if success else None,
        "failures": done.failures if done else 0,
        "next": following,
    }


def _draw(
    settings: Settings, rows: list[dict[str, Any]], now: datetime, *, alive: bool, holder: int | str | None
) -> None:
    from rich.table import Table
    from rich.text import Text

    from app.schedule import shown_interval

    zone = settings.schedule.zone_info
    if alive:
        draw(f"scheduler: running{f' (process {holder})' if holder else ''}; times are of {zone.key}")
    else:
        draw(f"scheduler: not running; times are of {zone.key}")
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("job", "rhythm", "state", "last", "took", "ended", "next"):
        table.add_column(name, overflow="fold")
    for row in rows:
        took = ""
        if row["started"] is not None:
            until = row["ended"] or (now if row["state"] == "running" else None)
            took = shown_interval((until - row["started"]).total_seconds()) if until else ""
        ended = row["outcome"] or ""
        if row["failures"] > 1:
            ended += f" ({row['failures']} times in a row)"
        table.add_row(
            row["job"],
            row["rhythm"],
            row["state"],
            f"{row['started'].astimezone(zone):%m-%d %H:%M}" if row["started"] else "never",
            took,
            Text(ended),
            ("now" if row["next"] <= now else f"{row['next'].astimezone(zone):%m-%d %H:%M}")
            if row["next"]
            else "",
        )
    draw(table)
    for row in rows:
        if row["detail"] and row["outcome"] not in ("ok", None):
            draw(f"{row['job']}: {row['detail']}")
