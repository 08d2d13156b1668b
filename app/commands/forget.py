"""``detainee-watch forget``: removes something everywhere, for good."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from app import context
from app.console import plain, say, warn, write, write_json

if TYPE_CHECKING:
    from storage.forget import Plan

EXAMPLES = """\b
Examples:
  detainee-watch forget https://outlet.example/story
  detainee-watch forget --match "Jan Jansen" --dry-run     what that would take away
  detainee-watch forget --case 12 --yes"""

SHOWN = 20
"""Articles and pages that are listed before the question."""


def forget(
    ctx: typer.Context,
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="The address of an article.", show_default=False)
    ] = None,
    match: Annotated[
        str | None,
        typer.Option("--match", metavar="TEXT", help="Whatever these words stand in, in this order."),
    ] = None,
    case: Annotated[
        int | None, typer.Option("--case", metavar="ID", min=1, help="Every article that reports this case.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go, and change nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="What went, as one JSON document.")] = False,
) -> None:
    """Remove articles with everything made of them: texts, revisions, records, cases, the search index,
    alerts and unsent messages, history for exports. They do not come back: what stays is a keyed hash of
    each address and text, by which crawl and ingest know what not to store, and a line in a log that
    something was removed. Files that were exported and mails that were sent are not reached.
    """
    if sum(each is not None for each in (url, match, case)) != 1:
        raise typer.BadParameter("name one of: an address, --match TEXT, --case ID")
    from storage.engine import open_database
    from storage.forget import find_case, find_match, find_url
    from storage.forget import forget as forget_plan

    asked = not (yes or dry_run)
    if asked and not sys.stdin.isatty():
        raise typer.BadParameter("nobody can be asked here; say --yes, or look first with --dry-run")
    engine = open_database(context.database_of(ctx))
    try:
        if url is not None:
            plan = find_url(engine, url)
        elif match is not None:
            plan = find_match(engine, match)
        else:
            plan = find_case(engine, case or 0)
        if not as_json or asked:
            _show(plan)
        if plan.empty and not plan.addresses:
            if as_json:
                write_json({"dry_run": dry_run, "counts": {}})
            raise typer.Exit(context.OK)
        if dry_run:
            if as_json:
                write_json({"dry_run": True, "counts": _sizes(plan)})
            else:
                say("Nothing was removed (--dry-run).")
            raise typer.Exit(context.OK)
        if asked and not typer.confirm("Remove this for good?", err=True):
            say("Nothing was removed.")
            raise typer.Exit(context.FAILURE)
        done = forget_plan(engine, plan, now=context.now())
    finally:
        engine.dispose()
    if as_json:
        write_json({"dry_run": False, "erasure": done.erasure, "counts": done.counts, "left": done.left})
    else:
        counts = ", ".join(f"{name} {number}" for name, number in done.counts.items())
        say(f"Removed: {counts or 'nothing'}. Noted as erasure {done.erasure}.")
        say("Backups, exported files and sent mails still have what they had; see docs/privacy.md.")
    if done.left:
        warn(done.left)


def _show(plan: Plan) -> None:
    """What would go, on stdout."""
    for item in plan.items[:SHOWN]:
        kind = "article" if item.stored else "page"
        cases = f"  cases {', '.join(map(str, item.cases))}" if item.cases else ""
        write(f"{item.day.date().isoformat()}  {kind}  {plain(item.source) or '-'}{cases}\n")
        write(f"    {plain(item.title) or '(no title)'}\n    {plain(item.url) or '(no address)'}\n")
    if len(plan.items) > SHOWN:
        write(f"… and {len(plan.items) - SHOWN} more\n")
    sizes = _sizes(plan)
    if plan.empty:
        what = "Nothing is stored of it"
        say(f"{what}; it would not be stored in future either." if plan.addresses else f"{what}.")
        return
    others = [number for number in plan.cases if number != plan.case]
    say(
        f"{_many(sizes['articles'], 'article')} and {_many(sizes['pages'], 'page')} would go"
        + (f", {_many(sizes['hits'], 'alert hit')} with them" if sizes["hits"] else "")
        + "."
    )
    if others:
        say(f"They also report {'case' if len(others) == 1 else 'cases'} {', '.join(map(str, others))}.")


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _sizes(plan: Plan) -> dict[str, int]:
    return {"articles": len(plan.articles), "pages": len(plan.pages), "hits": len(plan.hits)}
