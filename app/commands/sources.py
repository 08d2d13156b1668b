"""``detainee-watch sources``: which outlets are watched, whether they answer.

To add and remove is in own_sources.py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import context
from app.console import draw, json_text, plain, say, write, write_json
from app.options import countries, split
from app.sources import all_sources, chosen_sources
from pipeline.errors import StorageError

if TYPE_CHECKING:
    from pipeline.types import Source
    from storage.values import SourceStats

app = typer.Typer(no_args_is_help=True, help="Show, check, add and remove the outlets that are watched.")

Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command(
    "list",
    epilog="""\b
Examples:
  detainee-watch sources list --country PE,BO
  detainee-watch sources list --lang nl --json""",
)
def list_(
    ctx: typer.Context,
    country: Annotated[
        list[str] | None, typer.Option(metavar="CC", help="Outlets of these countries.")
    ] = None,
    lang: Annotated[
        list[str] | None, typer.Option(metavar="LANG", help="Outlets in these languages.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the sources that are switched on."""
    wanted, languages = countries(country), tuple(one.lower() for one in split(lang))
    sources = [
        source
        for source in all_sources(context.settings_of(ctx))
        if (not wanted or source.country in wanted) and (not languages or source.language in languages)
    ]
    if as_json:
        write_json({"total": len(sources), "sources": [source_shape(source) for source in sources]})
        return
    source_table(
        ("slug", "country", "lang", "via", "name"),
        ((one.slug, one.country, one.language, one.via, one.name) for one in sources),
    )
    say(f"{len(sources)} sources.")


@app.command(
    "show",
    short_help="Show one source and how it fares.",
    epilog="""\b
Examples:
  detainee-watch sources show insightcrime-en""",
)
def show(
    ctx: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The source's name.")],
    as_json: Json = False,
) -> None:
    """Show one source: its table, how its last fetches ended, how much came from it."""
    settings = context.settings_of(ctx)
    (source,) = chosen_sources(settings, [slug])
    shape = source_shape(source) | {"history": _history(settings.database_url.get_secret_value(), slug)}
    if as_json:
        write_json(shape)
        return
    history = shape.pop("history")
    rows = [(name, value) for name, value in shape.items() if value is not None]
    if history is None:
        rows.append(("history", "never fetched"))
    else:
        rows += [(name, value) for name, value in history.items() if value is not None]
    source_table(("field", "value"), rows)


@app.command(
    "check",
    short_help="Ask whether sources answer.",
    epilog="""\b
Examples:
  detainee-watch sources check insightcrime-en insightcrime-es

Exit codes: 0 all answer, 3 some do not.""",
)
def check(
    ctx: typer.Context,
    slug: Annotated[
        list[str] | None, typer.Argument(metavar="[SLUG]…", help="Their names; all when none is given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fetch the feeds of sources once, store nothing, and say how each answers."""
    from crawler.check import check_sources

    settings = context.settings_of(ctx)
    sources = chosen_sources(settings, slug or [])
    checks = []
    for one in check_sources(
        sources,
        contact=settings.contact,
        now=context.now(),
        allow_hosts=settings.allow_hosts,
        timeout=settings.timeout,
        delay=settings.delay,
    ):
        checks.append(one)
        if not as_json:
            newest = f", newest {one.newest.date().isoformat()}" if one.newest else ""
            detail = f" ({plain(one.detail)})" if one.detail else ""
            write(f"{one.slug}: {one.state.value}, {one.entries} entries{newest}{detail}\n")
            sys.stdout.flush()
    failed = sum(one.state.failed for one in checks)
    if as_json:
        order = {source.slug: place for place, source in enumerate(sources)}
        write_json(
            {
                "total": len(checks),
                "failed": failed,
                "checks": [
                    {
                        "slug": one.slug,
                        "state": one.state,
                        "failed": one.state.failed,
                        "entries": one.entries,
                        "newest": one.newest,
                        "detail": one.detail,
                    }
                    for one in sorted(checks, key=lambda one: order[one.slug])
                ],
            }
        )
    else:
        say(f"{len(checks) - failed} of {len(checks)} sources answer.")
    raise typer.Exit(context.SOME_FAILED if failed else context.OK)


@app.command(
    "export",
    epilog="""\b
Examples:
  detainee-watch sources export --opml sources.opml
  detainee-watch sources export --opml > sources.opml""",
)
def export(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; standard output if not given.")
    ] = None,
    opml: Annotated[
        bool, typer.Option("--opml", help="As OPML, which every feed reader understands.")
    ] = False,
) -> None:
    """Write the sources as a list that feed readers understand."""
    from crawler.opml import write_opml

    if not opml:
        raise typer.BadParameter("say in which format: --opml")
    body = write_opml(all_sources(context.settings_of(ctx)))
    if file is None or str(file) == "-":
        write(body.decode("utf-8"))
    else:
        file.write_bytes(body)
        say(f"Written to {file}.")


def source_shape(source: Source) -> dict[str, Any]:
    return {
        "slug": source.slug,
        "name": source.name,
        "url": source.url,
        "via": source.via,
        "language": source.language,
        "country": source.country,
        "expect": source.expect,
        "links": source.links,
        "site": source.site,
        "sitemap": source.sitemap,
        "origin": source.origin,
    }


def _history(url: str, slug: str) -> dict[str, Any] | None:
    """What the database knows of a source; None when there is nothing, or no database."""
    from storage.engine import open_database
    from storage.overview import source_stats

    try:
        engine = open_database(url, read_only=True)
    except StorageError:
        return None
    found: tuple[SourceStats, ...] = source_stats(engine, [slug])
    engine.dispose()
    if not found:
        return None
    stats = found[0]
    return {
        "last_fetch": stats.last.fetched if stats.last else None,
        "last_state": stats.last.state.value if stats.last else None,
        "last_detail": stats.last.detail or None if stats.last else None,
        "last_ok": stats.last_ok,
        "failures": stats.failures,
        "seen": stats.seen,
        "read": stats.read,
        "relevant": stats.relevant,
    }


def source_table(columns: tuple[str, ...], rows: Any) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(_word(value))) for value in row))
    draw(table)


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value).strip('"')
