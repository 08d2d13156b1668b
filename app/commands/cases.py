"""``detainee-watch cases``: each case once, however many articles report it."""

from __future__ import annotations

from typing import Annotated

import typer

from app import context
from app.commands.asking import (
    As,
    Country,
    Csv,
    DrugOption,
    Json,
    KindOption,
    Lang,
    Limit,
    Nationality,
    New,
    Page,
    Peek,
    Query,
    Since,
    SortOption,
    Source,
    StageOption,
    Until,
    asked_engine,
    make_filter,
    tell,
)
from app.console import say, write_csv, write_json

EXAMPLES = """\b
Examples:
  detainee-watch cases --new                          what this reader was not shown yet
  detainee-watch cases --nationality MX --country CN --json
  detainee-watch cases show 12                        stages, reports, sentences, disagreements
  detainee-watch cases merge 12 40                    40 is the same case as 12
  detainee-watch cases split 12 381 382               these records are another case"""

app = typer.Typer(no_args_is_help=False, rich_markup_mode=None)
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="Number of a case; a merged one leads on.")]


@app.callback(invoke_without_command=True, epilog=EXAMPLES, short_help="List cases, each counted once.")
def cases(
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
    """List cases: the reports of one arrest, trial, sentence and release, across outlets, languages
    and years, joined and counted once.

    Options as for 'records'; a case is listed with all its reports when one of them fits. --stage is
    the latest stage of the case. With --new a case comes again when a report of it is added.
    """
    if ctx.invoked_subcommand is not None:
        return
    from storage.case_shapes import CASE_COLUMNS, case_csv, case_shape
    from storage.cases import find_cases

    wanted = make_filter(locals())
    with asked_engine(ctx, wanted) as engine:
        found = find_cases(engine, wanted)
    if as_json:
        write_json([case_shape(case) for case in found.rows])
    elif as_csv:
        write_csv(CASE_COLUMNS, map(case_csv, found.rows))
    elif found.rows:
        from app.case_tables import show_cases

        show_cases(found.rows)
    tell(found, wanted, "case", as_data=as_json or as_csv)


@app.command("show", short_help="All that is known of one case.")
def show(ctx: typer.Context, case: Number, as_json: Json = False) -> None:
    """Show one case: its stages, its reports with their sentences, and where they disagree."""
    from storage.cases import read_case
    from storage.values import Filter

    with asked_engine(ctx, Filter()) as engine:
        found = read_case(engine, case)
    if as_json:
        from storage.case_shapes import case_shape

        write_json(case_shape(found))
    else:
        from app.case_tables import show_case

        show_case(found)


@app.command("merge", short_help="Say that two cases are one.")
def merge(
    ctx: typer.Context,
    one: Annotated[int, typer.Argument(metavar="A", min=1, help="The case whose number remains.")],
    other: Annotated[int, typer.Argument(metavar="B", min=1, help="The case that is the same one.")],
) -> None:
    """Say that two cases are one. A remains, the number of B leads to it, and the decision holds,
    also when articles are read again."""
    from storage.engine import open_database
    from storage.repository import Repository

    repository = Repository(open_database(context.database_of(ctx)))
    try:
        remains = repository.merge_cases(one, other, now=context.now())
    finally:
        repository.engine.dispose()
    say(f"Case {other} is a part of case {remains} now.")


@app.command("split", short_help="Say that records are another case.")
def split(
    ctx: typer.Context,
    case: Number,
    records: Annotated[
        list[int], typer.Argument(metavar="RECORD…", help="Numbers of records; 'cases show' lists them.")
    ],
) -> None:
    """Say that some records of a case are another one. They become a case of their own, the two are
    not joined again, and the decision holds, also when articles are read again."""
    from storage.engine import open_database
    from storage.repository import Repository

    repository = Repository(open_database(context.database_of(ctx)))
    try:
        new = repository.split_case(case, records, now=context.now())
    finally:
        repository.engine.dispose()
    say(
        f"Case {new} has {len(set(records))} record{'s' if len(set(records)) > 1 else ''} of case {case} now."
    )
