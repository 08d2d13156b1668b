"""``detainee-watch sources health`` and ``doctor``: how sources fare, and whether all is well here."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import context
from app.console import draw, plain, say, write, write_json
from app.sources import all_sources, chosen_sources

if TYPE_CHECKING:
    from pipeline.types import Source
    from storage.health_values import SourceHealth

HEALTH_EXAMPLES = """\b
Examples:
  detainee-watch sources health
  detainee-watch sources health --trouble            only those that need somebody
  detainee-watch sources health insightcrime-en --json"""

DOCTOR_EXAMPLES = """\b
Examples:
  detainee-watch doctor
  detainee-watch doctor -q || mail -s "detainee-watch" desk@example.org < /dev/null

Exit codes: 0 all is well, 1 something does not work, 3 all works and something should be done."""

Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


def health(
    ctx: typer.Context,
    slug: Annotated[
        list[str] | None, typer.Argument(metavar="[SLUG]…", help="Their names; all when none is given.")
    ] = None,
    trouble: Annotated[bool, typer.Option("--trouble", help="Only sources that do not fare well.")] = False,
    as_json: Json = False,
) -> None:
    """Show how each source fares: when it last answered, when it last had something new, the state it
    is in and since when, and what to do. Those in trouble come first."""
    from storage.engine import open_database
    from storage.health import load_health

    settings = context.settings_of(ctx)
    sources = chosen_sources(settings, slug) if slug else all_sources(settings)
    engine = open_database(settings.database_url.get_secret_value(), read_only=True)
    try:
        known = load_health(engine)
    finally:
        engine.dispose()
    pairs = [(source, known.get(source.slug)) for source in sources]
    pairs.sort(key=lambda pair: _rank(pair[1]))
    ill = sum(one is not None and not one.state.well for _, one in pairs)
    if trouble:
        pairs = [pair for pair in pairs if pair[1] is not None and not pair[1].state.well]
    if as_json:
        write_json(
            {
                "total": len(sources),
                "trouble": ill,
                "sources": [health_shape(source, one) for source, one in pairs],
            }
        )
        return
    _table(pairs)
    never = sum(one is None for _, one in pairs)
    say(
        f"{len(sources)} sources: {ill} in trouble"
        + (f", {never} not asked yet" if never else "")
        + ("; all others fare well." if not trouble else ".")
    )


def _rank(one: SourceHealth | None) -> tuple[int, float]:
    """What the operator is told of, other trouble, notes, those that are well; in each the newest first."""
    if one is None:
        return 4, 0.0
    place = 0 if one.alarm else 1 if not one.state.well else 3
    if place == 3 and one.detail:
        place = 2
    return place, -one.since.timestamp() if place < 3 else 0.0


def health_shape(source: Source, one: SourceHealth | None) -> dict[str, Any]:
    """How one source fares, as JSON has it."""
    from crawler.advice import what_to_do
    from crawler.habit import silent_from
    from crawler.sources import home_page

    if one is None:
        return {"slug": source.slug, "name": source.name, "state": None, "expect": source.expect}
    normal = one.normal
    return {
        "slug": source.slug,
        "name": source.name,
        "state": one.state,
        "well": one.state.well,
        "operator_told": one.alarm,
        "detail": one.detail,
        "since": one.since,
        "checked": one.checked,
        "last_success": one.last_success,
        "last_new": one.last_new,
        "failures": one.failures,
        "failure_points": one.points,
        "rests_until": one.due,
        "silent_from": silent_from(normal, source.expect, one.last_new) if one.last_new else None,
        "todo": what_to_do(one, home_page(source)),
        "expect": source.expect,
        "normal": {
            "entries_a_week": _rounded(normal.entries_a_week),
            "hours": [_rounded(each) for each in normal.hours],
            "days": [_rounded(each) for each in normal.days],
            "text_share": _rounded(normal.text_share),
            "date_share": _rounded(normal.date_share),
            "text_length": _rounded(normal.length),
            "relevant_share": _rounded(normal.relevant_share),
            "fetch_seconds": _rounded(normal.usual_seconds),
        },
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _table(pairs: list[tuple[Source, SourceHealth | None]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from crawler.advice import what_to_do
    from crawler.sources import home_page

    table = Table(box=None, pad_edge=False, expand=True, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("source", "state", "since", "last success", "last new"):
        table.add_column(name, no_wrap=name not in ("source",), overflow="fold")
    table.add_column("why, and what to do", ratio=1, overflow="fold")
    for source, one in pairs:
        if one is None:
            table.add_row(source.slug, "not asked yet", "", "", "", "")
            continue
        words = Text(plain(one.detail))
        if one.due is not None:
            words.append(f"{'; ' if one.detail else ''}asked again from {_moment(one.due)} on")
        if todo := what_to_do(one, home_page(source)):
            words.append(f"\n→ {plain(todo)}", style="italic")
        style = "" if one.state.well else "bold red" if one.alarm else "yellow"
        table.add_row(
            source.slug,
            Text(one.state.value, style=style),
            _day(one.since),
            _moment(one.last_success),
            _moment(one.last_new),
            words,
        )
    draw(table)


def _day(at: datetime) -> str:
    return at.date().isoformat()


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at is not None else "never"


def doctor(
    ctx: typer.Context,
    network: Annotated[bool, typer.Option(help="Ask a few outlets whether they can be reached.")] = True,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Show only what is not well.")] = False,
    as_json: Json = False,
) -> None:
    """Look whether all is well here: settings, sources, SQLite, disk, database, clock, runs, mail and
    network; and say what to do where it is not."""
    from app.doctor import Check, Level, examine
    from app.settings import load_settings
    from pipeline.errors import ConfigError

    checks: list[Check] = []
    try:
        settings = load_settings(ctx.obj.config)
        for check in examine(settings, now=context.now(), network=network):
            checks.append(check)
            if not as_json:
                _show(check, quiet=quiet)
    except ConfigError as error:
        check = Check(name="settings", level=Level.PROBLEM, found=str(error), todo="correct it")
        checks.append(check)
        if not as_json:
            _show(check, quiet=quiet)
    if as_json:
        write_json(
            {
                "well": all(check.level is Level.OK for check in checks),
                "checks": [
                    {"name": one.name, "level": one.level, "found": one.found, "todo": one.todo}
                    for one in checks
                ],
            }
        )
    levels = {check.level for check in checks}
    raise typer.Exit(
        context.FAILURE
        if Level.PROBLEM in levels
        else context.SOME_FAILED
        if Level.WARNING in levels
        else context.OK
    )


def _show(check: Any, *, quiet: bool) -> None:
    from app.doctor import Level

    if quiet and check.level is Level.OK:
        return
    write(f"{check.level.value:8} {check.name:9} {plain(check.found)}\n")
    if check.todo:
        write(f"{'':19}→ {plain(check.todo)}\n")
    sys.stdout.flush()
