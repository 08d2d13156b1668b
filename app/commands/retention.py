"""``detainee-watch retention run``: takes away texts and titles whose time is over."""

from __future__ import annotations

from typing import Annotated

import typer

from app import context
from app.console import say, warn, write_json

EXAMPLES = """\b
Examples:
  detainee-watch retention run --dry-run      how much would go
  detainee-watch retention run --days 30      sooner than the setting says, this once"""

app = typer.Typer(no_args_is_help=True, help="Take away texts whose time is over.")


@app.callback()
def retention() -> None:
    """Take away texts, titles and names whose time is over."""


@app.command("run", epilog=EXAMPLES, short_help="Take away what is older than [retention] says.")
def run(
    ctx: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what would go, and change nothing.")
    ] = False,
    days: Annotated[
        int | None, typer.Option("--days", min=7, help="Keep so many days, in place of the setting.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing unless something fails.")] = False,
) -> None:
    """Take away texts, titles and revisions that were first stored more days ago than the setting
    'retention' keeps them (90). Addresses, outcomes and records stay; names of persons in the records'
    sentences are masked. What goes cannot be had back but from a backup.
    """
    from storage.engine import open_database
    from storage.retention import run_retention

    settings = context.settings_of(ctx)
    kept = settings.retention.text_days if days is None else days
    engine = open_database(settings.database_url.get_secret_value(), read_only=dry_run)
    try:
        done = run_retention(engine, text_days=kept, now=context.now(), dry_run=dry_run)
    finally:
        engine.dispose()
    if as_json:
        before = done.before.isoformat() if done.before else None
        write_json(
            {"dry_run": dry_run, "days": kept, "before": before, "counts": done.counts, "left": done.left}
        )
    elif done.before is None:
        say("Texts are kept for ever (retention.text_days is 0); nothing was done.")
    elif not quiet:
        word = "would go" if dry_run else "went"
        what = counted(done.counts) or "nothing"
        say(f"Of what was first seen before {done.before.date().isoformat()}, {what} {word}.")
    if done.left:
        warn(done.left)


NAMES = {
    "articles": ("the text of {} article", "the texts of {} articles"),
    "pages": ("the title of {} page", "the titles of {} pages"),
    "revisions": ("{} revision", "{} revisions"),
    "hits": ("the words of {} alert hit", "the words of {} alert hits"),
    "messages": ("the content of {} message", "the contents of {} messages"),
    "quarantined": ("{} page in quarantine", "{} pages in quarantine"),
}


def counted(counts: dict[str, int]) -> str:
    """ "the texts of 3 articles, 2 revisions": what was counted, in words."""
    parts = [NAMES[name][number != 1].format(number) for name, number in counts.items() if number]
    return ", ".join(parts)
