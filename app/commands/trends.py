"""``detainee-watch trends``: cases, stocks and flows along time, each kind by itself."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from app import context
from app.commands.asking import (
    Country,
    Csv,
    DrugOption,
    Json,
    KindOption,
    Lang,
    Nationality,
    Query,
    Source,
    StageOption,
    asked_engine,
    make_filter,
)
from app.console import draw, say, write_csv, write_json
from app.options import parse_days

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from pipeline.clues import Days
    from storage.trend_found import Answer, Options
    from storage.trend_values import Question, Show
    from storage.values import Filter

EXAMPLES = """\b
Examples:
  detainee-watch trends --by month --since 2024                       cases and people, a line a month
  detainee-watch trends --split country --svg countries.svg           a line a country, as a picture
  detainee-watch trends --by month --per-10000 --panel fixed          per 10,000 articles, same outlets
  detainee-watch trends --nationality NL --compare 2019/2021 --compare 2022/2024
  detainee-watch trends --kind stock --nationality MX --show ranking  who holds most Mexicans
  detainee-watch trends --kind flow --nationality MX --country PE     arrests a year, by period
  detainee-watch trends --show first --months 12                      pairs seen again after a year

Events, stocks and flows are never added; --split kind sets them side by side."""


STEPS = ("day", "week", "month", "quarter", "year")
SPLITS = ("nationality", "country", "pair", "drug", "stage", "kind", "source", "language")
DATES = ("event", "article", "act")
LINES = 12
"""Lines of a chart and rows of a table, unless --limit says otherwise; --json and --csv have all."""

Word = TypeVar("Word", bound=StrEnum)


def trends(
    ctx: typer.Context,
    show: Annotated[
        str, typer.Option("--show", metavar="WHAT", help="series, matrix, funnel, sentences, ranking, first.")
    ] = "series",
    kind: KindOption = None,
    by: Annotated[str, typer.Option("--by", metavar="STEP", help=", ".join(STEPS))] = "year",
    split: Annotated[str | None, typer.Option("--split", metavar="WHAT", help=", ".join(SPLITS))] = None,
    dated: Annotated[
        str,
        typer.Option(
            "--dated",
            metavar="DAY",
            help="Which day counts: event (it began), article (first report), act (latest stage).",
        ),
    ] = "event",
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="From this day, month or year on.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Up to it; a month to its end.")] = None,
    per_10000: Annotated[
        bool, typer.Option("--per-10000", help="Also per 10,000 articles seen from the same outlets.")
    ] = False,
    panel: Annotated[
        str, typer.Option("--panel", metavar="WHICH", help="all, or fixed: outlets followed all the time.")
    ] = "all",
    changes: Annotated[
        bool, typer.Option("--changes", help="Where does it change, and is it chance? (extra: stats)")
    ] = False,
    compare: Annotated[
        list[str] | None,
        typer.Option("--compare", metavar="PERIOD", help="Twice: the periods to compare, as 2019/2021."),
    ] = None,
    months: Annotated[
        int, typer.Option("--months", min=1, metavar="N", help="With --show first: how long there was none.")
    ] = 12,
    query: Query = "",
    nationality: Nationality = None,
    country: Country = None,
    stage: StageOption = None,
    drug: DrugOption = None,
    lang: Lang = None,
    source: Source = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="Lines of a chart, rows of a table.")
    ] = LINES,
    as_json: Json = False,
    as_csv: Csv = False,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Draw it into a file. (extra: charts)")
    ] = None,
    dark: Annotated[bool, typer.Option("--dark", help="With --svg: light on dark.")] = False,
) -> None:
    """Draw what happened along time: distinct cases and the people in them, how many are held
    (stocks), how many came over a period (flows).

    The filters are those of 'records'; --since and --until are about the event or the figure, not the
    article. A case is counted once, however many articles report it. Pieces of time of which outlets
    are missing are marked, and never compared.
    """
    given = locals()
    from app.trend_answers import drawn
    from storage.trend_found import Options
    from storage.trend_values import Show

    wanted = make_filter(given | {"new": False, "as_": None, "peek": False, "sort": "newest", "page": 1})
    asked, days = _question(given, wanted)
    what = _word(show, Show, "--show")
    if panel not in ("all", "fixed"):
        raise typer.BadParameter(f"{panel!r} is no panel; the panels are: all, fixed")
    options = Options(fixed=panel == "fixed", rates=per_10000, changes=changes, periods=days, months=months)
    with asked_engine(ctx, wanted) as engine:
        views = _views(engine, asked, what, options)
        # The sentences of figures are read when they are asked for.
        if as_json:
            documents = [view.document(None) for view in views]
        elif as_csv:
            rows = [row for view in views for row in view.rows()]
    if svg is not None:
        _draw_svg(views, svg, dark=dark, limit=limit)
    if as_json:
        write_json(documents[0] if split != "kind" else {"trends": documents})
    elif as_csv:
        columns = list(dict.fromkeys(name for view in views for name in view.columns))
        write_csv(columns, rows)
    elif svg is None:
        for view in views:
            for piece in drawn(view, limit):
                draw(piece)
    if not (as_json or as_csv):
        for note in dict.fromkeys(note for view in views for note in view.notes):
            say(note)


def _question(given: dict[str, Any], shared: Filter) -> tuple[Question, tuple[Days, Days] | None]:
    """What is asked, and the two periods that are to be compared; ``shared`` has the filters that other
    lists have too."""
    from pipeline.periods import Step
    from storage.trend_values import DatedBy, Question, Split
    from storage.trends import one_kind

    now = context.now()
    split = _word(given["split"], Split, "--split") if given["split"] else None
    kind = one_kind(()) if split is Split.KIND else one_kind(shared.kind)
    periods = given["compare"] or []
    if len(periods) not in (0, 2):
        raise typer.BadParameter("--compare needs two periods: --compare 2019/2021 --compare 2022/2024")
    first = parse_days(given["since"], now=now)[0].toordinal() if given["since"] else None
    last = parse_days(given["until"], now=now)[1].toordinal() - 1 if given["until"] else None
    compared = [_period(period) for period in periods]
    if compared and compared[0][1] >= compared[1][0]:
        raise typer.BadParameter("--compare: the first period must end before the second begins")
    asked = Question(
        kind=kind,
        step=_word(given["by"], Step, "--by"),
        split=split,
        by=_word(given["dated"], DatedBy, "--dated"),
        first=first,
        last=last,
        nationality=shared.nationality,
        country=shared.country,
        stage=shared.stage,
        drug=shared.drug,
        source=shared.source,
        language=shared.language,
        query=shared.query,
    )
    return asked, (compared[0], compared[1]) if compared else None


def _period(text: str) -> Days:
    from pipeline.clues import days_of

    if (days := days_of(text)) is None:
        raise typer.BadParameter(f"{text!r} is no period; write 2019, 2019/2021 or 2019-04/2020-03")
    return days


def _word(text: str, valid: type[Word], what: str) -> Word:
    try:
        return valid(text.strip().lower())
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not known to {what}; it takes: {', '.join(one.value for one in valid)}"
        ) from None


def _views(engine: Engine, asked: Question, show: Show, options: Options) -> tuple[Answer, ...]:
    from dataclasses import replace

    from pipeline.vocabulary import Kind
    from storage.trend_answers import answer
    from storage.trend_values import Split

    now = context.now()
    if asked.split is not Split.KIND:
        return (answer(engine, asked, show, options, now=now),)
    kinds = (replace(asked, kind=kind, split=None) for kind in Kind)
    return tuple(answer(engine, each, show, options, now=now) for each in kinds)


def _draw_svg(views: tuple[Answer, ...], path: Path, *, dark: bool, limit: int) -> None:
    from pipeline.charts import draw_svg

    charts = [chart for view in views for chart in view.charts(limit)]
    if not charts:
        say(f"There is nothing to draw; {path} was not written.")
        return
    path.write_text(draw_svg(charts, dark=dark), encoding="utf-8")
    say(f"Drawn: {path}")
