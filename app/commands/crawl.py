"""``detainee-watch crawl``: fetch what is new, read it, store it, and say what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import context
from app.console import plain, say, warn, write_json
from app.crawl_teller import teller_of as teller_of
from app.options import parse_days
from app.shapes import crawl_shape, rejections
from pipeline.errors import StorageBusyError

if TYPE_CHECKING:
    from app.alerting import Summary
    from app.settings import Settings
    from crawler.report import CrawlReport
    from pipeline.types import Source

EXAMPLES = """\b
Examples:
  detainee-watch crawl                                  every source
  detainee-watch crawl --source insightcrime-en         one of them
  detainee-watch crawl --since 2026-01-01               its history too, by sitemaps
  detainee-watch crawl --due --limit 2h                 what is due, for two hours at most
  17 5 * * * detainee-watch crawl -q                    as a line of a crontab
  detainee-watch crawl --redis redis://host:6379/0      share the work with others; on each machine
  detainee-watch crawl --stay                           work whenever another puts something in

Exit codes: 0 all well, 1 failure, 2 wrong usage, 3 ran but some sources failed."""

NO_CONTACT = (
    "no contact is set, so outlets cannot reach you. Set DETAINEE_WATCH_CONTACT or 'contact' in "
    "detainee-watch.toml to a mail address or a web page of yours."
)


def crawl(
    ctx: typer.Context,
    source: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="SLUG", help="Only these sources; see 'sources list'."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="History too, from this day on: 2026-01-01, 2026-01, 7d."),
    ] = None,
    due: Annotated[
        bool, typer.Option("--due", help="Only the sources that are due by [schedule] and their 'every'.")
    ] = False,
    limit: Annotated[
        str | None, typer.Option(metavar="TIME", help="End after so long: 30m, 6h; the next carries on.")
    ] = None,
    redis: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Share the crawl with others through Redis; default: redis_url."),
    ] = None,
    join: Annotated[
        bool, typer.Option("--join", help="Add nothing: help with what others put in, and end with it.")
    ] = False,
    stay: Annotated[
        bool, typer.Option("--stay", help="As --join, and wait for more until told to end.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The report as one JSON document.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing unless something fails.")] = False,
) -> None:
    """Fetch what the sources published since the last time, read it, and store what is relevant."""
    day = parse_days(since, now=context.now())[0] if since else None
    if day is not None and day > context.now().date():
        raise typer.BadParameter("--since is in the future")
    if day is not None and due:
        raise typer.BadParameter("--since asks every source; leave out --due")
    if (join or stay) and (source or since or due):
        raise typer.BadParameter("--join and --stay add nothing; leave out --source, --since and --due")
    seconds = _seconds(limit) if limit else None
    settings = context.settings_of(ctx)
    shared = settings.redis_url.get_secret_value() if redis is None else redis.strip()
    if (join or stay) and not shared:
        raise typer.BadParameter("--join and --stay need --redis or the setting redis_url")
    if stay:
        from app.settings import config_file
        from app.standing import Standing

        worker = Standing(settings, shared, config=config_file(ctx.obj.config), say=say, quiet=quiet)
        raise typer.Exit(worker.work(seconds))
    from alerts.matching import RuleMatcher
    from app.after_run import tell_of_run
    from app.alert_words import summary_shape
    from app.alerting import together
    from app.commands.alerts_mail import tell_summary
    from app.meanwhile import Meanwhile
    from app.options import split
    from app.sources import all_sources, chosen_sources
    from crawler.run import CrawlConfig, run_crawl

    sources = () if join else chosen_sources(settings, split(source))
    if due:
        sources = _due(settings, sources)
        if not sources:
            if as_json:
                write_json({"sources": [], "due": 0})
            elif not quiet:
                say("No source is due now; 'detainee-watch schedule status' shows when the next one is.")
            return
    if not settings.contact and not quiet:
        warn(NO_CONTACT)
    config = CrawlConfig(
        database_url=settings.database_url.get_secret_value(),
        sources=sources,
        contact=settings.contact,
        since=day,
        limit=seconds,
        workers=settings.workers or None,
        allow_hosts=settings.allow_hosts,
        honour=settings.honour,
        delay=settings.delay,
        concurrency=settings.concurrency,
        concurrency_per_host=settings.concurrency_per_host,
        max_body=settings.max_body,
        timeout=settings.timeout,
        # Who names a source wants it asked, whatever became of it the last time.
        pauses=not source,
        matcher=RuleMatcher(),
        clock=context.now,
        redis_url=shared,
    )
    meanwhile = Meanwhile(settings, context.now)
    with shared_lock(settings), teller_of(quiet=quiet) as teller, meanwhile:
        report = run_crawl(config, on_progress=teller.tell)
    tell_of_run(settings, all_sources(settings), now=context.now())
    # Who stops a crawl wants it ended; what is due goes with the next one.
    rounds = meanwhile.rounds
    if exit_code(report) != context.INTERRUPTED:
        rounds = [*rounds, _send_alerts(settings)]
    alerts = together(rounds) if rounds else None
    if as_json:
        write_json(crawl_shape(report) | {"alerts": summary_shape(alerts) if alerts else None})
    _summarize(report, quiet=quiet)
    if alerts is not None and not alerts.quiet:
        tell_summary(alerts, quiet=quiet)
    code = exit_code(report)
    failing = alerts is not None and alerts.failing
    raise typer.Exit(context.SOME_FAILED if failing and code == context.OK else code)


def _send_alerts(settings: Settings) -> Summary:
    """Sends what is due. A fault of it is told and takes nothing from the crawl, which is stored."""
    from app.alerting import Summary, send_due
    from pipeline.errors import DetaineeWatchError
    from storage.engine import open_database

    try:
        engine = open_database(settings.database_url.get_secret_value())
        try:
            return send_due(settings, engine, context.now(), clock=context.now)
        finally:
            engine.dispose()
    except DetaineeWatchError as error:
        return Summary(down=(str(error),))


def _seconds(limit: str) -> float:
    from pipeline.rhythm import parse_interval

    try:
        return parse_interval(limit).total_seconds()
    except ValueError as error:
        raise typer.BadParameter(f"--limit: {error}") from error


def _due(settings: Settings, sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """Those of ``sources`` that are to be asked now."""
    from app.due import due_sources
    from app.jobs import BATCH, bounds_of, watched_sources
    from storage.engine import open_database

    engine = open_database(settings.database_url.get_secret_value())
    now = context.now()
    try:
        watched = watched_sources(settings, sources, engine, now)
    finally:
        engine.dispose()
    slugs = set(due_sources(watched, now, bounds_of(settings, jitter=False), ahead=BATCH))
    return tuple(source for source in sources if source.slug in slugs)


@contextmanager
def shared_lock(settings: Settings) -> Iterator[None]:
    """Whoever must have the database alone, such as 'db restore', sees that a crawl is under way."""
    from app.locks import crawl_lock, name_of, place_of

    place = place_of(settings.database_url.get_secret_value())
    if place is None or (isinstance(place, Path) and not place.parent.is_dir()):
        yield  # opening it says what is wrong, or makes the folder
        return
    with crawl_lock(place) as lock:
        if not lock.take(shared=True):
            name = name_of(place)
            raise StorageBusyError(
                f"The database {name} is being restored or copied; try again when that has ended.", key=name
            )
        yield


def exit_code(report: CrawlReport) -> int:
    """0, 3 when a source failed or time was over, 130 when it was stopped, 1 when it ended early for
    another reason."""
    from crawler.report import TIME_OVER

    if report.interrupted:
        if report.reason == TIME_OVER:
            return context.SOME_FAILED
        return context.INTERRUPTED if report.reason == "shutdown" else context.FAILURE
    return context.SOME_FAILED if report.failed_sources else context.OK


def _summarize(report: CrawlReport, *, quiet: bool) -> None:
    """What failed, in words, and one line for all."""
    for source in report.failed_sources:
        say(
            f"failed: {source.slug}: {source.state.value}"
            + (f": {plain(source.detail)}" if source.detail else "")
        )
    if report.interrupted:
        say(f"The crawl ended early ({report.reason}); {report.left} pages are left for the next run.")
    if not quiet:
        say(summary_line(report))


def summary_line(report: CrawlReport) -> str:
    """ "sources: 3 ok, 1 unchanged, 1 failed; pages: 12 new, 10 read, 2 relevant, rejected 2 (gone 2)"."""
    shape = crawl_shape(report)["summary"]
    rejected = rejections(report)
    why = f" ({', '.join(f'{reason} {number}' for reason, number in rejected.items())})" if rejected else ""
    seconds = (report.ended - report.started).total_seconds()
    rest = f", {shape['resting']} rest" if shape["resting"] else ""
    rest += f", {shape['elsewhere']} asked elsewhere" if shape["elsewhere"] else ""
    return (
        f"sources: {shape['ok']} ok, {shape['unchanged']} unchanged, {shape['failed']} failed{rest}; "
        f"pages: {shape['new']} new, {shape['read']} read, {sum(rejected.values())} rejected{why}, "
        f"{shape['relevant']} relevant; {seconds:.0f} s"
    )
