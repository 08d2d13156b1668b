"""``detainee-watch sources add | remove | import``: what stands in the user's own file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import context
from app.commands.sources import Json, source_shape, source_table
from app.console import say, write_json
from app.sources import all_sources, chosen_sources
from pipeline.errors import DataError, SourceError

if TYPE_CHECKING:
    from pipeline.types import Source

EXAMPLES = {
    "add": """\b
Examples:
  detainee-watch sources add https://outlet.example/
  detainee-watch sources add https://outlet.example/feed.xml --slug outlet --country NL""",
    "remove": """\b
Examples:
  detainee-watch sources remove some-outlet""",
    "import": """\b
Examples:
  detainee-watch sources import subscriptions.opml --dry-run""",
}
"""Shown at the end of the help of each command."""


def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A site or a feed.")],
    slug: Annotated[str | None, typer.Option(help="The name for it; else made from its address.")] = None,
    name: Annotated[str | None, typer.Option(help="The outlet as people call it.")] = None,
    lang: Annotated[str | None, typer.Option(metavar="LANG", help="Its language.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CC", help="Its country.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be added, and add nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find the feed of a site and add it to your own sources."""
    from app.options import check_country
    from crawler.check import discover
    from crawler.source_fields import address_problem
    from crawler.sources import add_source, check_source_fields

    if "://" not in url:
        url = f"https://{url}"
    if (problem := address_problem(url)) is not None:
        raise typer.BadParameter(f"{url!r} {problem}")
    code = check_country(country) if country else None
    settings = context.settings_of(ctx)
    taken = {source.slug for source in all_sources(settings)}
    found = discover(
        url,
        contact=settings.contact,
        now=context.now(),
        taken=taken,
        allow_hosts=settings.allow_hosts,
        timeout=settings.timeout,
        delay=settings.delay,
    )
    source = replace(
        found.source,
        slug=slug or found.source.slug,
        name=name or found.source.name,
        language=lang.lower() if lang else found.source.language,
        country=code or found.source.country,
    )
    if dry_run:
        check_source_fields(source)
    else:
        add_source(settings.sources_file, source)
    if as_json:
        write_json({"added": not dry_run, "source": source_shape(source), "entries": found.check.entries})
        return
    source_table(
        ("field", "value"), [(key, value) for key, value in source_shape(source).items() if value is not None]
    )
    say(
        "Nothing was added (--dry-run)."
        if dry_run
        else f"Added to {settings.sources_file}, where you can change it. "
        f"Next: detainee-watch crawl --source {source.slug}"
    )


def remove(
    ctx: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The source's name.")],
    as_json: Json = False,
) -> None:
    """Watch a source no more; what came from it stays. A packaged one is switched off in your file."""
    from crawler.sources import remove_source

    settings = context.settings_of(ctx)
    chosen_sources(settings, [slug])
    result = remove_source(settings.sources_file, slug)
    if as_json:
        write_json({"slug": slug, "result": result})
    else:
        what = "deleted from" if result == "deleted" else "switched off in"
        say(f"{slug} is {what} {settings.sources_file}.")


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="A list of feeds of any feed reader.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be added, and add nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add the feeds of an OPML list to your own sources. Nothing is fetched: see 'sources check'."""
    from crawler.opml import MAX_BYTES, read_opml_list
    from crawler.sources import add_source, check_source_fields
    from crawler.suggest import source_of_opml

    settings = context.settings_of(ctx)
    try:
        with file.open("rb") as handle:
            body = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise DataError(f"{file}: {error.strerror or error}", key=str(file)) from error
    found = read_opml_list(body, name=str(file))
    sources = all_sources(settings)
    taken = {source.slug for source in sources}
    known = {_bare(source.url) for source in sources}
    added: list[Source] = []
    refused = list(found.refused)
    there = found.repeated
    for feed in found.feeds:
        if _bare(feed.url) in known:
            there += 1
            continue
        source = source_of_opml(feed, taken=taken)
        try:
            check_source_fields(source)
            if not dry_run:
                add_source(settings.sources_file, source)
        except SourceError as error:
            refused.append(f"{feed.title or feed.url}: {error}")
            continue
        taken.add(source.slug)
        known.add(_bare(source.url))
        added.append(source)
    if as_json:
        shapes = [source_shape(source) for source in added]
        write_json({"dry_run": dry_run, "added": shapes, "already_there": there, "refused": refused})
    else:
        source_table(
            ("slug", "country", "lang", "name"),
            ((one.slug, one.country, one.language, one.name) for one in added),
        )
        for line in refused:
            say(f"refused: {line}")
        word = "would be added" if dry_run else f"added to {settings.sources_file}"
        say(f"{len(added)} {word}, {there} already there, {len(refused)} refused.")
    raise typer.Exit(context.FAILURE if refused and not added and not there else context.OK)


def _bare(url: str) -> str:
    return url.partition("://")[2].rstrip("/").lower()
