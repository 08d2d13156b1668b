"""``detainee-watch review``: what a person says of articles and records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import context
from app.console import json_text, plain, say, write, write_json

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from pipeline.estimates import Share
    from storage.marks import Reviewed

EXAMPLES = """\b
Examples:
  detainee-watch review                                article by article, by keys
  detainee-watch review list --json                    the queue, most in doubt first
  detainee-watch review mark 12 reject
  detainee-watch review correct 381 count=3 stage=convicted
  detainee-watch review add 12 nationality=NL country=PE kind=event stage=arrested evidence='Two Dutch …'
  detainee-watch review stats                          how much is right, how much is missed
  detainee-watch review export labels.jsonl"""

app = typer.Typer(no_args_is_help=False, rich_markup_mode=None)
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who says it; your login name if not given.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
Lang = Annotated[
    list[str] | None, typer.Option("--lang", metavar="LANG", help="Articles in these languages only.")
]
Source = Annotated[list[str] | None, typer.Option("--source", metavar="SLUG", help="Of these sources only.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=3_000, metavar="N", help="How many at most.")]
Which = Annotated[str, typer.Argument(metavar="ARTICLE", help="Number of an article, or an address.")]
Number = Annotated[int, typer.Argument(metavar="RECORD", min=1, help="Number of a record.")]
Fields = Annotated[
    list[str], typer.Argument(metavar="FIELD=VALUE…", help="A field of the codebook and what it is.")
]


@app.callback(invoke_without_command=True, epilog=EXAMPLES, short_help="Say what is right and what is wrong.")
def review(
    ctx: typer.Context,
    by: By = None,
    lang: Lang = None,
    source: Source = None,
) -> None:
    """Judge articles one by one: accept, reject, correct. What you say stands above what the program says
    in every list, export, trend and case, also when articles are read again.

    Those most in doubt come first; between them come some that were drawn at random, by which 'review
    stats' estimates how much is right and how much is missed.
    """
    if ctx.invoked_subcommand is not None:
        return
    from app.review_terminal import review_at_terminal

    with _writing(ctx) as engine:
        _draw(engine)
        review_at_terminal(engine, by=_name(by), languages=tuple(lang or ()), sources=tuple(source or ()))


@app.command("list", short_help="What is to be judged next.")
def list_(
    ctx: typer.Context, lang: Lang = None, source: Source = None, limit: Limit = 25, as_json: Json = False
) -> None:
    """List what is to be judged next, most in doubt first, with what was drawn at random between."""
    from storage.review import find_queue
    from storage.shapes import waiting_shape

    with _writing(ctx) as engine:
        _draw(engine)
        found = find_queue(engine, limit=limit, languages=tuple(lang or ()), sources=tuple(source or ()))
    if as_json:
        write_json([waiting_shape(each) for each in found])
        return
    if not found:
        say("Nothing waits to be judged.")
        return
    from app.review_screen import show_queue

    show_queue(found)


@app.command("mark", short_help="Accept or reject an article.")
def mark(
    ctx: typer.Context,
    article: Which,
    verdict: Annotated[str, typer.Argument(metavar="accept|reject|clear", help="What you say of it.")],
    by: By = None,
) -> None:
    """Say that an article is about foreign drug detainees, or is not; 'clear' takes your word back.

    A page that was read and not kept is told by its address; when you accept it, the next crawl fetches it.
    """
    from storage.marks import mark_article

    said = {"accept": True, "reject": False, "clear": None}
    if verdict not in said:
        raise typer.BadParameter("say accept, reject or clear", param_hint="VERDICT")
    with _writing(ctx) as engine:
        done = mark_article(
            engine, _article(article), relevant=said[verdict], by=_name(by), now=context.now()
        )
    _tell(done)


@app.command("correct", short_help="Correct fields of a record.")
def correct(ctx: typer.Context, record: Number, fields: Fields, by: By = None) -> None:
    """Say what fields of a record are. An empty value says that it is not known: count= sentence=."""
    from pipeline.corrections import read_fields
    from storage.marks import correct_record

    given = read_fields(_pairs(fields))
    with _writing(ctx) as engine:
        _tell(correct_record(engine, record, given, by=_name(by), now=context.now()))


@app.command("add", short_help="Add a record.")
def add(ctx: typer.Context, article: Which, fields: Fields, by: By = None) -> None:
    """Add a record that the program does not see; it needs nationality, country, kind, stage and evidence,
    the sentence of the article that says it."""
    from pipeline.corrections import read_fields
    from storage.marks import add_record

    given = read_fields(_pairs(fields))
    with _writing(ctx) as engine:
        _tell(add_record(engine, _article(article), given, by=_name(by), now=context.now()))


@app.command("remove", short_help="Remove a record.")
def remove(ctx: typer.Context, record: Number, by: By = None) -> None:
    """Say that there is no such record."""
    from storage.marks import remove_record

    with _writing(ctx) as engine:
        _tell(remove_record(engine, record, by=_name(by), now=context.now()))


@app.command("restore", short_help="Take back what was said of a record.")
def restore(ctx: typer.Context, record: Number, by: By = None) -> None:
    """Take back what people said of a record: it is again as the program reads it."""
    from storage.marks import restore_record

    with _writing(ctx) as engine:
        _tell(restore_record(engine, record, by=_name(by), now=context.now()))


@app.command("undo", short_help="Take back your last step.")
def undo(ctx: typer.Context, by: By = None) -> None:
    """Take back your last step; again, the one before it."""
    from storage.marks import undo as take_back

    with _writing(ctx) as engine:
        done = take_back(engine, by=_name(by), now=context.now())
    if done is None:
        say("There is nothing to take back.")
    else:
        _tell(done)


@app.command("stats", short_help="How much is right, and how much is missed.")
def stats(ctx: typer.Context, as_json: Json = False) -> None:
    """Show what was judged, and what follows from it: precision and recall of what is shown, with the
    interval in which they lie in 95 of 100 such draws. Only what was drawn at random counts for these."""
    from app.commands.asking import asked_engine
    from storage.review_sums import read_sums
    from storage.values import Filter

    with asked_engine(ctx, Filter()) as engine:
        sums = read_sums(engine)
    if as_json:
        write_json(sums_shape(sums))
    else:
        from app.review_screen import show_sums

        show_sums(sums)


@app.command("export", short_help="Write what was judged as labelled data.")
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of JSON lines; - is standard output.")],
) -> None:
    """Write every judged article whose text is kept as one line of JSON: text, verdict and records, for
    training and for measuring. Who judged is not in it."""
    from app.commands.asking import asked_engine
    from storage.review_sums import labelled
    from storage.values import Filter

    number = 0
    with asked_engine(ctx, Filter()) as engine:
        lines = (json_text(each) + "\n" for each in labelled(engine))
        if str(file) == "-":
            for number, line in enumerate(lines, 1):  # noqa: B007 - the last one is how many there are
                write(line)
        else:
            with file.open("w", encoding="utf-8", errors="backslashreplace") as out:
                for number, line in enumerate(lines, 1):  # noqa: B007
                    out.write(line)
    say(f"{number:,} judged article{'' if number == 1 else 's'} written.")


# -- shapes -------------------------------------------------------------------------------------------


def share_shape(share: Share | None) -> dict[str, Any] | None:
    """An estimate with its interval."""
    if share is None:
        return None
    return {
        "value": round(share.value, 4),
        "low": round(share.low, 4),
        "high": round(share.high, 4),
        "answers": share.answers,
    }


def sums_shape(sums: Any) -> dict[str, Any]:
    """What was judged, as --json shows it."""
    estimates = ("precision", "missed", "recall", "record_precision")
    plain_ones = (
        "accepted", "rejected", "turned", "corrected", "added", "removed", "fields", "shown", "hidden",
        "drawn", "last",
    )  # fmt: skip
    return {name: getattr(sums, name) for name in plain_ones} | {
        name: share_shape(getattr(sums, name)) for name in estimates
    }


# -- what a person means ------------------------------------------------------------------------------


@contextmanager
def _writing(ctx: typer.Context) -> Iterator[Engine]:
    from storage.engine import open_database

    engine = open_database(context.database_of(ctx))
    try:
        yield engine
    finally:
        engine.dispose()


def _draw(engine: Engine) -> None:
    from random import SystemRandom

    from storage.review_draws import draw_samples

    draw_samples(engine, now=context.now(), chance=SystemRandom())


def _name(given: str | None) -> str:
    from app.person import login_name

    return login_name() if given is None else given


def _article(given: str) -> int | str:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else given


def _pairs(given: list[str]) -> dict[str, str]:
    out = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign:
            raise typer.BadParameter(f"{plain(each)!r} is no field=value", param_hint="FIELD=VALUE")
        out[name.strip()] = value
    return out


def _tell(done: Reviewed) -> None:
    from app.review_screen import told

    say(told(done))
