"""``detainee-watch records`` and ``detainee-watch articles``: lists out of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from app import context
from app.console import say, write_csv, write_json
from app.options import countries, midnight, parse_days, split, words
from pipeline.vocabulary import LANGUAGES, Drug, Kind, Stage

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.values import Filter, Found

Row = TypeVar("Row")

DEFAULT_READER = "default"
"""The reader that asks when --as does not name one."""
TABLE_ROWS = 25
"""Rows of a table, unless --limit says otherwise; --json and --csv give all."""
SORTS = ("newest", "oldest", "found", "count", "rank")

RECORD_EXAMPLES = """\b
Examples:
  detainee-watch records --new                              what this reader was not shown yet
  detainee-watch records --country TH --kind stock          how many are held in Thailand
  detainee-watch records --nationality NL,BE --drug cocaine --since 2026-01 --csv > out.csv
  detainee-watch records --query '"drug mule" -film' --sort rank"""

ARTICLE_EXAMPLES = RECORD_EXAMPLES.replace("detainee-watch records", "detainee-watch articles")

New = Annotated[bool, typer.Option("--new", help="Only what this reader was not shown yet.")]
As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Which reader asks, with --new.")]
Peek = Annotated[bool, typer.Option("--peek", help="With --new: look, and leave it new.")]
Since = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Published on or after: 2026-03-01, 2026-03, yesterday, 7d."),
]
Until = Annotated[
    str | None, typer.Option(metavar="DATE", help="Published on or before; a month to its end.")
]
Query = Annotated[
    str, typer.Option("--query", metavar="WORDS", help='Words, "phrases", -not, OR, title:word, source:name.')
]
Nationality = Annotated[
    list[str] | None, typer.Option(metavar="CC", help="Of the people; ISO 3166 or English name, XX unknown.")
]
Country = Annotated[list[str] | None, typer.Option(metavar="CC", help="Where they are held.")]
StageOption = Annotated[list[str] | None, typer.Option("--stage", metavar="STAGE", help=", ".join(Stage))]
DrugOption = Annotated[list[str] | None, typer.Option("--drug", metavar="DRUG", help=", ".join(Drug))]
KindOption = Annotated[list[str] | None, typer.Option("--kind", metavar="KIND", help=", ".join(Kind))]
Lang = Annotated[list[str] | None, typer.Option("--lang", metavar="LANG", help=", ".join(LANGUAGES))]
Source = Annotated[list[str] | None, typer.Option("--source", metavar="SLUG", help="Of these sources only.")]
SortOption = Annotated[str, typer.Option("--sort", metavar="ORDER", help=", ".join(SORTS))]
Page = Annotated[int, typer.Option("--page", min=1, metavar="N", help="Which page of the list.")]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=1, metavar="N", help=f"Rows a page; {TABLE_ROWS} for a table, else all."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
Csv = Annotated[bool, typer.Option("--csv", help="CSV, safe to open in a spreadsheet.")]


def records(
    ctx: typer.Context,
    new: New = False,
    as_: As = None,
    peek: Peek = False,
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
    sort: SortOption = "newest",
    page: Page = 1,
    limit: Limit = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """List records: one group of detainees or one figure each, with the sentence that states it.

    Options of one kind are alternatives (--country PE --country BO, or PE,BO); different ones must
    all hold.
    """
    from app.shapes import RECORD_COLUMNS, record_row_shape
    from storage.queries import find_records

    wanted = make_filter(locals())
    with asked_engine(ctx, wanted) as engine:
        found = find_records(engine, wanted)
    if as_json:
        write_json(_listed(found) | {"records": [record_row_shape(row) for row in found.rows]})
    elif as_csv:
        write_csv(RECORD_COLUMNS, map(record_row_shape, found.rows))
    elif found.rows:
        from app.tables import show_records

        show_records(found.rows)
    tell(found, wanted, "record", as_data=as_json or as_csv)


def articles(
    ctx: typer.Context,
    new: New = False,
    as_: As = None,
    peek: Peek = False,
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
    sort: SortOption = "newest",
    page: Page = 1,
    limit: Limit = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """List relevant articles with their records. Options as for 'records'; those on people must
    hold together for one record of the article."""
    from app.shapes import ARTICLE_COLUMNS, article_row_csv, article_row_shape
    from storage.queries import find_articles

    wanted = make_filter(locals())
    with asked_engine(ctx, wanted) as engine:
        found = find_articles(engine, wanted)
    if as_json:
        write_json(_listed(found) | {"articles": [article_row_shape(row) for row in found.rows]})
    elif as_csv:
        write_csv(ARTICLE_COLUMNS, map(article_row_csv, found.rows))
    elif found.rows:
        from app.tables import show_articles

        show_articles(found.rows)
    tell(found, wanted, "article", as_data=as_json or as_csv)


def make_filter(given: dict[str, Any]) -> Filter:
    """The filter that the options ask for. Raises usage errors that name what is valid."""
    from storage.values import Filter, Sort

    if given["as_json"] and given["as_csv"]:
        raise typer.BadParameter("--json and --csv cannot both be had")
    if not given["new"] and (given["as_"] is not None or given["peek"]):
        raise typer.BadParameter("--as and --peek are for --new")
    if given["as_"] is not None and not given["as_"].strip():
        raise typer.BadParameter("--as needs a name")
    try:
        sort = Sort(given["sort"].lower())
    except ValueError:
        raise typer.BadParameter(
            f"{given['sort']!r} is no order; the orders are: {', '.join(SORTS)}"
        ) from None
    if sort is Sort.RANK and not given["query"].strip():
        raise typer.BadParameter("--sort rank needs a --query whose matches can be ranked")
    languages = tuple(one.lower() for one in split(given["lang"]))
    for language in languages:
        if language not in LANGUAGES:
            raise typer.BadParameter(f"{language!r} is not read; the languages are: {', '.join(LANGUAGES)}")
    now = context.now()
    since = midnight(parse_days(given["since"], now=now)[0]) if given["since"] else None
    until = midnight(parse_days(given["until"], now=now)[1]) if given["until"] else None
    if since is not None and until is not None and since >= until:
        raise typer.BadParameter("--until is before --since")
    paged = given["limit"] is None and (given["page"] > 1 or not (given["as_json"] or given["as_csv"]))
    if given["new"] and not given["peek"] and given["page"] > 1:
        raise typer.BadParameter("what is new has no pages: ask again for the rest")
    return Filter(
        reader=(given["as_"] or DEFAULT_READER).strip() if given["new"] else None,
        peek=given["peek"],
        since=since,
        until=until,
        query=given["query"],
        nationality=countries(given["nationality"]),
        country=countries(given["country"]),
        stage=words(given["stage"], Stage, "stage"),
        drug=words(given["drug"], Drug, "drug"),
        kind=words(given["kind"], Kind, "kind"),
        language=languages,
        source=tuple(split(given["source"])),
        sort=sort,
        page=given["page"],
        limit=TABLE_ROWS if paged else given["limit"],
    )


@contextmanager
def asked_engine(ctx: typer.Context, wanted: Filter) -> Iterator[Engine]:
    """The database, opened so that asking neither makes a file nor needs to be allowed to write one."""
    engine = _open(ctx, wanted)
    try:
        yield engine
    finally:
        engine.dispose()


def _open(ctx: typer.Context, wanted: Filter) -> Engine:
    from pipeline.errors import StorageReadOnlyError
    from storage.engine import open_database

    url = context.database_of(ctx)
    try:
        engine = open_database(url, read_only=True)
    except StorageReadOnlyError:
        # It is of an earlier version: the first command that needs it upgrades it.
        return open_database(url)
    if wanted.reader is None or wanted.peek:
        return engine
    engine.dispose()
    return open_database(url)


def _listed(found: Found[Row]) -> dict[str, Any]:
    return {"total": found.total, "page": found.page, "limit": found.limit}


def tell(found: Found[Row], wanted: Filter, what: str, *, as_data: bool) -> None:
    """What the list does not show, on stderr."""
    shown = len(found.rows)
    many = f"{found.total} {what}{'' if found.total == 1 else 's'}"
    if found.total == 0:
        if not as_data:
            say(f"Nothing new for {wanted.reader!r}." if wanted.reader else f"No {what}s fit.")
    elif shown == found.total:
        if not as_data:
            say(f"{many}.")
    elif wanted.reader is not None and not wanted.peek:
        say(f"{shown} of {many}; the others are still new: ask again, or set --limit.")
    elif shown == 0:
        say(f"Page {found.page} is empty: there are {many} in all.")
    else:
        first = (found.page - 1) * (found.limit or 0) + 1
        say(f"{first}–{first + shown - 1} of {many}; --page {found.page + 1} shows the next, --limit more.")
