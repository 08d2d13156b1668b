"""``detainee-watch backfill``: history out of archives, through the same way into the database."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import context
from app.backfill_files import COMMON_CRAWL, Job, named_files, parse_fields, plan
from app.console import draw, say, write_json
from app.options import parse_days

if TYPE_CHECKING:
    from app.settings import Settings
    from storage.backfill import FilePlan

EXAMPLES = """\b
Examples:
  detainee-watch backfill CC-NEWS-20190305.warc.gz
  detainee-watch backfill archive/ 'more/**/*.warc.gz' --workers 8
  detainee-watch backfill https://data.commoncrawl.org/crawl-data/CC-NEWS/2019/03/warc.paths.gz
  detainee-watch backfill --sitemap https://example.org/sitemap.xml --since 2019-01 --until 2019-06
  detainee-watch backfill dump.parquet --field text=maintext --field published=date_publish
  detainee-watch backfill warc.paths.gz --dask tcp://scheduler:8786
  detainee-watch backfill --status

Stop it when you like: the next call with the same files goes on where it was.
Exit codes: 0 all well, 1 failure, 2 wrong usage, 3 ran but some files could not be read."""


def backfill(
    ctx: typer.Context,
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE|DIR|PATTERN|LIST|URL…",
            help="WARC, JSONL or Parquet files, or lists of them (.paths, .paths.gz, .txt).",
        ),
    ] = None,
    sitemap: Annotated[
        list[str] | None,
        typer.Option("--sitemap", metavar="URL", help="Fetch what a sitemap names, with --since."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Of sitemaps: from this day on; 2019-01-01, 2019-01.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Of sitemaps: up to and with this day or month.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Processes that read; else as in the settings.")
    ] = None,
    dask: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Read on a Dask cluster: tcp://scheduler:8786.")
    ] = "",
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="The source that all of it is stored under.")
    ] = "",
    base: Annotated[
        str, typer.Option(metavar="URL", help="Where relative names of a list lie.")
    ] = COMMON_CRAWL,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="OURS=THEIRS", help="What a field of JSONL or Parquet is called."),
    ] = None,
    status: Annotated[bool, typer.Option("--status", help="Only show how far each file is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The report as one JSON document.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing unless something fails.")] = False,
) -> None:
    """Read archives and store them as if they had been crawled in their time.

    Every article is counted under its outlet and its day, so that trends keep their denominator; only
    relevant ones keep their text. What was read before is left as it is, so that reading the same again
    changes nothing.
    """
    if status:
        _show_status(ctx, as_json=as_json)
        return
    if bool(what) == bool(sitemap):
        raise typer.BadParameter("name either files or a --sitemap")
    if (since or until) and not sitemap:
        raise typer.BadParameter("--since and --until are for --sitemap")
    if sitemap:
        from app.backfill_sitemaps import crawl_sitemaps

        if since is None:
            raise typer.BadParameter("--sitemap needs --since")
        now = context.now()
        first = parse_days(since, now=now)[0]
        # What parse_days gives as the end is the day after.
        last = parse_days(until, now=now)[1] - timedelta(days=1) if until else None
        if last is not None and last < first:
            raise typer.BadParameter("--until is before --since")
        crawl_sitemaps(ctx, sitemap, since=first, until=last, source=source, as_json=as_json, quiet=quiet)
        return
    assert what is not None
    _read_files(
        context.settings_of(ctx),
        what,
        workers=workers,
        dask=dask,
        source=source,
        base=base,
        fields=parse_fields(field or ()),
        as_json=as_json,
        quiet=quiet,
    )


def _read_files(
    settings: Settings,
    what: list[str],
    *,
    workers: int | None,
    dask: str,
    source: str,
    base: str,
    fields: dict[str, str],
    as_json: bool,
    quiet: bool,
) -> None:
    import os

    from app.backfill_queue import Queue
    from app.backfill_told import Teller, line, shape
    from app.commands.crawl import shared_lock
    from app.sources import all_sources
    from crawler.archives import check_installed
    from crawler.outlets import Outlets
    from crawler.remote import Reach
    from storage.backfill import fail_file, pieces_of
    from storage.engine import open_database
    from storage.repository import Repository

    reach = Reach(contact=settings.contact, allow_hosts=settings.allow_hosts, timeout=settings.timeout)
    names = named_files(what, base=base, reach=reach)
    if any(".warc" in name for name in names):
        check_installed()
    url = settings.database_url.get_secret_value()
    with shared_lock(settings):
        engine = open_database(url)
        repository = Repository(engine)
        run = repository.start_run(command="backfill", now=context.now())
        job = Job(
            database_url=url,
            outlets=Outlets(all_sources(settings)),
            reach=reach,
            honour=settings.honour,
            max_body=settings.max_body,
            source=source,
            fields=fields,
            run=run,
        )
        queue = Queue(
            names,
            plan=lambda name: plan(engine, job, name, now=context.now()),
            fail=lambda file, why: fail_file(engine, file.id, why, now=context.now()),
            per_host=settings.concurrency_per_host,
        )
        ended = "failed"
        try:
            with Teller(queue, quiet=quiet) as teller:
                if dask:
                    from app.backfill_dask import run_on_dask

                    standing = partial(pieces_of, engine)
                    run_on_dask(queue, job, dask, standing=standing, on_progress=teller.tell)
                else:
                    from app.backfill_run import run_here

                    count = workers or settings.workers or max(1, (os.cpu_count() or 2) - 1)
                    run_here(queue, job, workers=count, on_progress=teller.tell)
            ended = "ok"
        except KeyboardInterrupt:
            ended = "interrupted"
            raise
        finally:
            repository.end_run(run, outcome=ended, now=context.now())
            engine.dispose()
    for name, why in queue.failed.items():
        say(f"failed: {why if name in why else f'{name}: {why}'}")
    if as_json:
        write_json(shape(queue, run))
    elif not quiet:
        say(line(queue))
    raise typer.Exit(context.SOME_FAILED if queue.failed else context.OK)


def _show_status(ctx: typer.Context, *, as_json: bool) -> None:
    from storage.backfill import stored_plans
    from storage.engine import open_database

    engine = open_database(context.database_of(ctx))
    try:
        plans = stored_plans(engine)
    finally:
        engine.dispose()
    if as_json:
        write_json([_file_shape(file) for file in plans])
        return
    if not plans:
        say("Nothing was asked for yet: detainee-watch backfill FILE…")
        return
    from app.tables import list_table

    table = list_table("state", "read", "records", "relevant", "file")
    for file in plans:
        detail = f"\n{file.detail}" if file.detail else ""
        counts = file.counts
        table.add_row(
            file.state,
            f"{file.part:.0%}",
            f"{counts.total():,}",
            f"{counts['relevant']:,}",
            f"{file.name}{detail}",
        )
    draw(table)


def _file_shape(file: FilePlan) -> dict[str, Any]:
    return {
        "name": file.name,
        "kind": file.kind,
        "size": file.size,
        "state": file.state,
        "detail": file.detail,
        "part": round(file.part, 4),
        "outcomes": dict(sorted(file.counts.items())),
    }
