"""``detainee-watch export``: the database as a data set of files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app import context
from app.commands.asking import (
    Country,
    DrugOption,
    KindOption,
    Lang,
    Nationality,
    Query,
    Since,
    Source,
    StageOption,
    Until,
    asked_engine,
    make_filter,
)
from app.console import say, write_json
from app.options import parse_days, split

FORMATS = ("csv", "jsonl", "parquet")

EXAMPLES = """\b
Examples:
  detainee-watch export dataset
  detainee-watch export dataset --format csv --licence CC-BY-4.0
  detainee-watch export as-it-was --as-of 2026-03-01
  detainee-watch export nl-abroad --nationality NL --since 2020"""


def export(
    ctx: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new or empty folder, or an earlier export.")
    ],
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="FORMAT", help=f"{', '.join(FORMATS)}; all, if none is named."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The data set as it stood at the end of that day (UTC)."),
    ] = None,
    licence: Annotated[
        str, typer.Option(metavar="NAME", help="Licence under which you give it: CC-BY-4.0, or an address.")
    ] = "",
    since: Since = None,
    until: Until = None,
    query: Query = "",
    nationality: Nationality = None,
    country: Country = None,
    stage: StageOption = None,
    drug: DrugOption = None,
    kind: KindOption = None,
    lang: Lang = None,
    source: Source = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Say what was written as one JSON document.")
    ] = False,
) -> None:
    """Write records, cases, reports, stocks, flows, sources and daily coverage as files for research,
    with a data dictionary (datapackage.json), the sentence behind each value, and values that were
    revised with the time in which they stood.

    Options as for 'records': reports and cases are those with a record that fits. The folder is an
    export once datapackage.json is in it; the same database gives the same bytes.
    """
    from app.sources import all_sources
    from pipeline.errors import ConfigError
    from storage.export import export as export_to
    from storage.export_files import PACKAGE, Format, check_formats

    wanted = make_filter(locals() | {"as_csv": True, "as_json": False} | _WHOLE)
    day = None
    if as_of is not None:
        now = context.now()
        first, after = parse_days(as_of, now=now)
        if first > now.date():
            raise typer.BadParameter(f"--as-of {as_of} has not come yet")
        day = after.fromordinal(after.toordinal() - 1)
    named = [one.lower() for one in split(formats)]
    for one in named:
        if one not in FORMATS:
            raise typer.BadParameter(f"{one!r} is no format; the formats are: {', '.join(FORMATS)}")
    chosen = [Format(one) for one in dict.fromkeys(named)] or list(Format)
    if not named:
        try:
            check_formats(chosen)
        except ConfigError:
            chosen.remove(Format.PARQUET)
            say("Without Parquet, which needs pyarrow: pip install 'detainee-watch[export]'.")
    with asked_engine(ctx, wanted) as engine:
        done = export_to(
            engine,
            folder,
            formats=chosen,
            wanted=wanted,
            as_of=day,
            sources=all_sources(context.settings_of(ctx)),
            program=context.version(),
            licence=licence.strip(),
        )
    if as_json:
        write_json(
            {
                "folder": str(done.folder),
                "as_of": day,
                "tables": done.rows,
                "files": [written.name for written in done.files] + [PACKAGE],
            }
        )
        return
    counts = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in done.rows.items())
    say(f"{done.folder}: {counts}{f', as of {day}' if day else ''}; {PACKAGE} says what each column means.")


_WHOLE = {"new": False, "as_": None, "peek": False, "sort": "newest", "page": 1, "limit": None}
