"""The command ``detainee-watch``: its options, its commands, and how each way to fail ends.

Exit codes: 0 all well, 1 failure, 2 usage, 3 ran but some sources failed, 130 Ctrl-C, 141 when
whoever read the output has gone. A failure of ours is one message on stderr; a traceback is shown
only by --debug.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from app import context
from app.commands import (
    alerts,
    alerts_mail,  # noqa: F401 - adds its commands to those of alerts
    alerts_try,  # noqa: F401 - so does this
    asking,
    backfill,
    cases,
    config,
    crawl,
    db,
    demo,
    explain,
    export,
    forget,
    health,
    ingest,
    own_sources,
    read,
    reprocess,
    retention,
    review,
    schedule,
    serve,
    sources,
    trends,
)
from app.console import say
from app.context import FAILURE, INTERRUPTED, PIPE_CLOSED, Globals
from app.logs import set_up_logs
from pipeline.errors import DetaineeWatchError

NAME = "detainee-watch"


class Commands(TyperGroup):
    """The commands, with the one place where an error becomes a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except DetaineeWatchError as error:
            _fail(ctx, f"error: {error}", FAILURE)
        except KeyboardInterrupt:
            _fail(ctx, "Stopped. What was saved stays; the next run carries on.", INTERRUPTED)
        except BrokenPipeError:
            # Whoever read the output has seen enough; Python must not complain at its own end either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(PIPE_CLOSED) from None
        except OSError as error:
            name = f"{error.filename}: " if error.filename else ""
            _fail(ctx, f"error: {name}{error.strerror or error}", FAILURE)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except Exception as error:
            hint = (
                "" if _debugging(ctx) else f" Please report this; '{NAME} --debug …' shows where it happened."
            )
            _fail(ctx, f"error: unexpected {type(error).__name__}: {str(error)[:300]}.{hint}", FAILURE)


def _debugging(ctx: Any) -> bool:
    return isinstance(ctx.obj, Globals) and ctx.obj.debug


def _fail(ctx: Any, message: str, code: int) -> NoReturn:
    if _debugging(ctx):
        say(traceback.format_exc())
    say(message)
    raise typer.Exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{NAME} {context.version()}")
        raise typer.Exit


app = typer.Typer(
    name=NAME,
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  detainee-watch demo                          see it work on a sample world
  detainee-watch crawl                         read what outlets published since last time
  detainee-watch records --new                 what is new to you
  detainee-watch records --nationality NL --country PE --csv > nl-in-pe.csv
  detainee-watch read article.html             one page, without a database

Exit codes: 0 all well, 1 failure, 2 wrong usage, 3 ran but some sources failed.""",
)


@app.callback()
def globals_(
    ctx: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Settings file; see 'config show'.")
    ] = None,
    verbose: Annotated[
        int, typer.Option("-v", "--verbose", count=True, help="Log each step to stderr; -vv logs everything.")
    ] = 0,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error happened.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Watch the news for foreign drug detainees: who is held where, how many, at what stage, for
    which drug, with the sentence that says so."""
    ctx.obj = Globals(config=config, verbose=verbose, debug=debug)
    set_up_logs(verbose)


app.command("demo", epilog=demo.EXAMPLES, short_help="See it work on a sample world.")(demo.demo)
app.command("crawl", epilog=crawl.EXAMPLES, short_help="Fetch, read and store what is new.")(crawl.crawl)
app.command("records", epilog=asking.RECORD_EXAMPLES, short_help="List who is held where.")(asking.records)
app.command("articles", epilog=asking.ARTICLE_EXAMPLES, short_help="List relevant articles.")(asking.articles)
app.add_typer(cases.app, name="cases")
app.add_typer(alerts.app, name="alerts")
app.add_typer(review.app, name="review")
app.command("trends", epilog=trends.EXAMPLES, short_help="Draw what happened along time.")(trends.trends)
app.command("serve", epilog=serve.EXAMPLES, short_help="Show it all in a browser.")(serve.serve)
app.command("explain", epilog=explain.EXAMPLES, short_help="Show why a page was read as it was.")(
    explain.explain
)
app.command("export", epilog=export.EXAMPLES, short_help="Write a data set of files.")(export.export)
app.command("read", epilog=read.EXAMPLES, short_help="Read pages without a database.")(read.read)
app.command("ingest", epilog=ingest.EXAMPLES, short_help="Store articles from files.")(ingest.ingest)
app.command("backfill", epilog=backfill.EXAMPLES, short_help="Read history out of archives.")(
    backfill.backfill
)
app.command("reprocess", epilog=reprocess.EXAMPLES, short_help="Read stored texts again.")(
    reprocess.reprocess
)
for edit in (own_sources.add, own_sources.remove, own_sources.import_):
    sources.app.command(edit.__name__.strip("_"), epilog=own_sources.EXAMPLES[edit.__name__.strip("_")])(edit)
sources.app.command("health", epilog=health.HEALTH_EXAMPLES, short_help="Show how each source fares.")(
    health.health
)
app.add_typer(sources.app, name="sources")
app.command("doctor", epilog=health.DOCTOR_EXAMPLES, short_help="Look whether all is well here.")(
    health.doctor
)
app.add_typer(retention.app, name="retention")
app.command("forget", epilog=forget.EXAMPLES, short_help="Remove something everywhere, for good.")(
    forget.forget
)
app.add_typer(schedule.app, name="schedule", short_help="Do all of it at its time.")
app.add_typer(db.app, name="db")
app.add_typer(config.app, name="config")


def main() -> None:
    """The entry point of the command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Output is UTF-8 wherever it goes; half of a surrogate pair, which UTF-8 cannot say, is
            # written as the escape that JSON has for it.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app(prog_name=NAME)
