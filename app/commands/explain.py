"""``detainee-watch explain``: one page as the program sees it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import context
from app.console import say, write_json
from app.handed import parse_published
from pipeline.errors import DataError, QueryError

if TYPE_CHECKING:
    from pipeline.explain import Explanation
    from pipeline.types import Article, Outcome

EXAMPLES = """\b
Examples:
  detainee-watch explain article.html
  detainee-watch explain https://outlet.example/story --html why.html
  detainee-watch explain 12                        a stored article, by its number
  detainee-watch explain --record 381              the article of a stored record"""


def explain(
    ctx: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|URL|ID", help="A page or text (- is standard input), or an article's number."
        ),
    ],
    record: Annotated[bool, typer.Option("--record", help="The number is that of a record.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page for a browser instead.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    published: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When it was published, where the page does not say it."),
    ] = None,
    outlet_country: Annotated[
        str | None,
        typer.Option(metavar="CC", help="The outlet's country (ISO 3166), where the text names none."),
    ] = None,
) -> None:
    """Show why a page was read as it was: its text with everything that was noticed, what spoke for and
    against the verdict, and for each field of each record what else it could have been.

    A number is that of an article ('articles' lists them), which is read again from its stored text.
    """
    if html is not None and as_json:
        raise typer.BadParameter("--html and --json cannot both be had")
    try:
        moment = parse_published(published)
    except DataError as error:
        raise typer.BadParameter(str(error)) from error
    country = None
    if outlet_country is not None:
        from app.options import check_country

        country = check_country(outlet_country)
    stored = what.isdecimal() and not Path(what).exists()
    if record and not stored:
        raise typer.BadParameter("--record needs the number of a record")
    if stored:
        name, explained = _stored(ctx, int(what), record=record)
    else:
        name, explained = what, _handed(ctx, what, moment, country)
    if as_json:
        from app.explain_shapes import explanation_shape

        write_json({"input": name} | explanation_shape(explained))
    elif html is not None:
        from app.explain_html import explanation_html

        html.write_text(explanation_html(name, explained), encoding="utf-8")
        verdict = "relevant" if explained.relevant else "not relevant"
        say(f"{html}: {verdict}, {len(explained.records)} records.")
    else:
        from app.explain_text import show_explanation

        show_explanation(name, explained)


def _handed(ctx: typer.Context, what: str, moment: datetime | None, country: str | None) -> Explanation:
    """A file, an address or standard input. Raises DataError for what cannot be read."""
    from app.commands.read import read_pages
    from pipeline.process import process, read_page
    from pipeline.types import Rejected, Source

    now = context.now()
    ((_, page),) = read_pages(ctx, [what], moment, now)
    if isinstance(page, str):
        raise DataError(f"{what}: {page}", key=what)
    source = None
    if country is not None:
        source = Source(slug="", name="", url=what, via="listing", language="", country=country, expect=1.0)
    outcome = process(page, source=source, now=now)
    article = _article_of(what, outcome)
    if not article.segments:
        # The first look was enough for the reading; to explain it, it is read to the end.
        full = read_page(page, source=source, now=now)
        if isinstance(full, Rejected):
            raise DataError(f"{what}: {full.reason.value}", key=what)
        article = full
    return _explained(outcome, article)


def _stored(ctx: typer.Context, number: int, *, record: bool) -> tuple[str, Explanation]:
    """An article of the database, read again. Raises QueryError where there is none."""
    from app.commands.asking import asked_engine
    from pipeline.process import process_text
    from storage.queries import article_of_record, read_article
    from storage.values import Filter

    with asked_engine(ctx, Filter()) as engine:
        which = article_of_record(engine, number) if record else number
        article = read_article(engine, which) if which is not None else None
    if article is None:
        what = "record" if record else "article"
        raise QueryError(f"There is no {what} {number}; '{what}s' lists their numbers.", key=str(number))
    if not article.text:
        raise DataError(
            f"The text of article {article.id} was taken away when its time was over; nothing is left to "
            "explain its records by but their sentences ('records').",
            key=str(article.id),
        )
    name = article.url or f"article {article.id}"
    outcome = process_text(
        article.url,
        article.title,
        article.body,
        language=article.language,
        published=article.published,
        outlet_country=article.outlet_country,
        source_slug=article.source,
        now=context.now(),
    )
    return name, _explained(outcome, _article_of(name, outcome))


def _article_of(name: str, outcome: Outcome) -> Article:
    from pipeline.types import Rejected

    if isinstance(outcome, Rejected):
        detail = f": {outcome.detail}" if outcome.detail else ""
        raise DataError(
            f"{name} was not read: {outcome.reason.value}{detail}. docs/operations.md says what that means.",
            key=name,
        )
    return outcome.article


def _explained(outcome: Outcome, article: Article) -> Explanation:
    from pipeline.explain import explain
    from pipeline.process import NO_RECORD, SCREENED_OUT
    from pipeline.relevance import UNPROMISING
    from pipeline.types import Rejected

    assert not isinstance(outcome, Rejected)
    rules = {reason.rule for reason in outcome.assessment.reasons}
    stopped = next((rule for rule in (SCREENED_OUT, UNPROMISING, NO_RECORD) if rule in rules), "")
    return explain(article, stopped=stopped)
