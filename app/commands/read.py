"""``detainee-watch read``: pages, texts and lines of JSON, without a database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from app import context
from app.console import json_text, say, write, write_json
from app.handed import given_text, identity, locate, numbered_lines, parse_line, parse_published, read_handed
from app.shapes import outcome_shape, read_article_shape
from app.workers import WorkerDied, work_on
from pipeline.errors import DataError

if TYPE_CHECKING:
    from crawler.probe import Fetched
    from pipeline.types import Outcome, Page

EXAMPLES = """\b
Examples:
  detainee-watch read article.html notes.txt
  detainee-watch read https://outlet.example/story
  curl -s https://outlet.example/story | detainee-watch read -
  detainee-watch read --jsonl articles.jsonl > readings.jsonl"""

MAX_FILE = 50 * 1024 * 1024
"""Bytes of one page or text."""

Line = tuple[int, bytes]
"""A line of a JSONL file and its number, from 1."""


def read(
    ctx: typer.Context,
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE|URL|-]…", help="Pages or texts; - is standard input.", show_default=False
        ),
    ] = None,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help="One article a line in, one reading a line out, in the same order."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document instead of text for people.")
    ] = False,
    published: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When it was published, where the page does not say it."),
    ] = None,
    outlet_country: Annotated[
        str | None,
        typer.Option(metavar="CC", help="The outlet's country (ISO 3166), where the text names none."),
    ] = None,
) -> None:
    """Read articles and show the verdict and the records; nothing is stored."""
    if not what and sys.stdin.isatty():
        raise typer.BadParameter("name a file or an address, or - for standard input")
    names = what or ["-"]
    if jsonl:
        if published is not None or outlet_country is not None:
            raise typer.BadParameter("--published and --outlet-country are keys of each line with --jsonl")
        raise typer.Exit(_read_lines(ctx, names))
    try:
        moment = parse_published(published)
    except DataError as error:
        raise typer.BadParameter(str(error)) from error
    country = outlet_country.upper() if outlet_country else None
    if country is not None:
        from app.options import check_country

        country = check_country(country)
    raise typer.Exit(_read_pages(ctx, names, moment, country, as_json=as_json))


# -- lines ----------------------------------------------------------------------------------------


def _read_lines(ctx: typer.Context, names: list[str]) -> int:
    code = context.OK
    now = context.now()
    workers = context.settings_of(ctx).workers
    for _, answer in work_on(_lines(names), partial(answer_line, now=now), workers=workers):
        if isinstance(answer, WorkerDied):
            line, failed = json_text({"id": _[0], "error": str(answer)}), True
        else:
            line, failed = answer
        write(line + "\n")
        sys.stdout.flush()
        if failed:
            code = context.FAILURE
    return code


def answer_line(line: Line, *, now: datetime) -> tuple[str, bool]:
    """The line that answers a line, and whether that is an error. Runs in a worker; never raises."""
    number, raw = line
    try:
        handed = parse_line(raw, number)
    except DataError as error:
        key = identity(raw, number)
        return json_text({"id": key, "error": f"line {number}: {error}"}), True
    outcome = read_handed(handed, source="", now=now)
    shape: dict[str, Any] = {"id": handed.id, **outcome_shape(outcome)}
    if shape.get("rejected") == "unreadable":
        return json_text({"id": handed.id, "error": f"line {number}: unreadable: {shape['detail']}"}), True
    given = given_text(handed)
    for record, told in zip(getattr(outcome, "records", ()), shape["records"], strict=True):
        if handed.text is None:
            break
        start, end = locate(given, record)
        if start >= 0:
            told |= {"evidence": given[start:end], "start": start, "end": end}
    if handed.text is None and "rejected" not in shape:
        # Offsets into the text of a page mean nothing without that text.
        shape["text"] = outcome.article.text  # type: ignore[union-attr]
    return json_text(shape), False


def _lines(names: list[str]) -> Iterator[Line]:
    for name in names:
        if name == "-":
            yield from numbered_lines(sys.stdin.buffer)
        else:
            with _open(Path(name)) as file:
                yield from numbered_lines(file)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}", key=str(path)) from error


# -- pages ----------------------------------------------------------------------------------------


def _read_pages(
    ctx: typer.Context, names: list[str], published: datetime | None, country: str | None, *, as_json: bool
) -> int:
    from pipeline.process import process
    from pipeline.types import Rejected, Source

    now = context.now()
    shapes = []
    code = context.OK
    for name, page in read_pages(ctx, names, published, now):
        if isinstance(page, str):
            problem: str | None = page
        else:
            source = None
            if country is not None:
                source = Source(
                    slug="", name="", url=name, via="listing", language="", country=country, expect=1.0
                )
            outcome = process(page, source=source, now=now)
            problem = None
            if isinstance(outcome, Rejected):
                problem = f"{outcome.reason.value}{': ' + outcome.detail if outcome.detail else ''}"
        if problem is not None:
            code = context.FAILURE
            shapes.append({"input": name, "error": problem})
            say(f"{name}: {problem}")
            continue
        shapes.append({"input": name} | _page_shape(outcome))
        if not as_json:
            from app.tables import show_reading

            show_reading(name, outcome)
    if as_json:
        write_json({"readings": shapes})
    return code


def _page_shape(outcome: Outcome) -> dict[str, Any]:
    article = outcome.article  # type: ignore[union-attr]
    return read_article_shape(article) | outcome_shape(outcome)


def read_pages(
    ctx: typer.Context, names: list[str], published: datetime | None, now: datetime
) -> Iterator[tuple[str, Page | str]]:
    """Each input as a page, or as the sentence that says why it is none."""
    from pipeline.types import FeedEntry, Page

    def page(url: str, body: bytes, content_type: str, status: int = 200) -> Page:
        entry = FeedEntry(source="", url=url, title="", summary="", published=published)
        return Page(entry=entry, url=url, fetched=now, status=status, content_type=content_type, body=body)

    fetched = _fetch(ctx, [name for name in names if is_address(name)])
    for name in names:
        if name in fetched:
            got = fetched[name]
            if got.state.failed:
                yield name, f"{got.reason or got.state.value}{': ' + got.detail if got.detail else ''}"
            else:
                found = page(got.url, got.body, got.content_type, got.status or 200)
                yield name, replace(found, entry=replace(found.entry, url=got.asked))
            continue
        try:
            body = sys.stdin.buffer.read(MAX_FILE + 1) if name == "-" else _body(Path(name))
        except OSError as error:
            yield name, error.strerror or str(error)
            continue
        if len(body) > MAX_FILE:
            yield name, f"is larger than {MAX_FILE // 1024 // 1024} MB"
        elif not body.strip():
            yield name, "is empty"
        elif looks_like_lines(name, body):
            yield name, "has one JSON object a line; use --jsonl"
        else:
            kind = "text/plain" if name.lower().endswith((".txt", ".md", ".text")) else ""
            yield name, page("", body, kind)


def is_address(name: str) -> bool:
    """Whether an argument is an address and no file."""
    return name.lower().startswith(("http://", "https://"))


def looks_like_lines(name: str, body: bytes) -> bool:
    """Whether a file is JSONL, by its name or its first characters."""
    return name.lower().endswith((".jsonl", ".ndjson")) or body.lstrip()[:2] in (b'{"', b"[{")


def _body(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_FILE + 1)


def _fetch(ctx: typer.Context, urls: list[str]) -> dict[str, Fetched]:
    if not urls:
        return {}
    from crawler.probe import probe

    settings = context.settings_of(ctx)
    wanted = list(dict.fromkeys(urls))
    found = probe(
        wanted,
        contact=settings.contact,
        allow_hosts=settings.allow_hosts,
        timeout=settings.timeout,
        delay=settings.delay,
        honour=settings.honour,
    )
    return dict(zip(wanted, found, strict=True))
