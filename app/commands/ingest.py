"""``detainee-watch ingest``: articles that were not crawled, through the same way into the database."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import context
from app.commands.read import MAX_FILE
from app.console import err, say, write_json
from app.handed import numbered_lines, parse_line, read_handed
from app.workers import WorkerDied, work_on
from pipeline.errors import DataError
from pipeline.vocabulary import Rejection

if TYPE_CHECKING:
    from pipeline.types import Outcome
    from storage.repository import Repository

EXAMPLES = """\b
Examples:
  detainee-watch ingest articles.jsonl
  detainee-watch ingest archive/                 every .jsonl, .html and .txt in it
  detainee-watch ingest articles.jsonl --source my-archive --skip-known

A line of JSON has text or html, and where known id, title, lang, url, published, outlet_country."""

BATCH = 100
"""Articles that are saved at once; what a stopped run has saved stays."""
SUFFIXES = (".jsonl", ".ndjson", ".html", ".htm", ".txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article on its way in, before it is parsed."""

    place: str  # "file:line" or the file's name
    body: bytes
    number: int  # of the line; 0 for a file of its own
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What reading a piece gave: an outcome, or an error in words."""

    outcome: Outcome | None
    error: str = ""


def ingest(
    ctx: typer.Context,
    what: Annotated[list[Path], typer.Argument(metavar="FILE.jsonl|DIR…", help="Files or folders.")],
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="The source that they are stored under.")
    ] = "",
    skip_known: Annotated[
        bool, typer.Option("--skip-known", help="Do not read again what is stored under the same address.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The counts as one JSON document.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing unless something fails.")] = False,
) -> None:
    """Read articles from files and store them as if they had been crawled.

    May be stopped and started again: what is stored already is recognised, by its address or else by
    its words, and not stored twice.
    """
    from alerts.matching import RuleMatcher
    from storage.engine import open_database
    from storage.repository import Repository

    files = list(_files(what))
    settings = context.settings_of(ctx)
    repository = Repository(open_database(settings.database_url.get_secret_value()), matcher=RuleMatcher())
    now = context.now()
    run = repository.start_run(command="ingest", now=now)
    tally = _Tally()
    ended = "failed"
    try:
        pieces: Iterator[Piece] = _pieces(files, tally)
        if skip_known:
            pieces = _unknown(pieces, repository, tally)
        batch: list[Outcome] = []
        work = partial(read_piece, source=source, now=now)
        for piece, result in work_on(pieces, work, workers=settings.workers):
            if isinstance(result, WorkerDied) or result.outcome is None:
                tally.bad(piece.place, str(result) if isinstance(result, WorkerDied) else result.error)
                continue
            if (problem := _unreadable(result.outcome)) is not None:
                tally.bad(piece.place, problem)
            batch.append(result.outcome)
            if len(batch) >= BATCH:
                _save(repository, batch, run, tally)
                _progress(tally, quiet=quiet)
        _save(repository, batch, run, tally)
        ended = "ok"
    except KeyboardInterrupt:
        ended = "interrupted"
        raise
    finally:
        repository.end_run(run, outcome=ended, now=context.now())
        repository.engine.dispose()
    if as_json:
        write_json(tally.shape(run))
    elif not quiet:
        say(tally.line())
    raise typer.Exit(context.FAILURE if tally.errors else context.OK)


def read_piece(piece: Piece, *, source: str, now: datetime) -> Read:
    """Read one article. Runs in a worker; never raises."""
    from pipeline.process import process
    from pipeline.types import FeedEntry, Page, Rejected

    if piece.number:
        try:
            handed = parse_line(piece.body, piece.number)
        except DataError as error:
            return Read(outcome=None, error=str(error))
        return Read(outcome=read_handed(handed, source=source, now=now))
    entry = FeedEntry(source=source, url="", title="", summary="", published=None)
    kind = "text/plain" if piece.plain else ""
    page = Page(entry=entry, url="", fetched=now, status=200, content_type=kind, body=piece.body)
    outcome = process(page, source=None, now=now)
    if isinstance(outcome, Rejected):
        # Only its words tell one rejected file from another.
        return Read(outcome=replace(outcome, page=replace(page, body=_digest(piece.body))))
    return Read(outcome=replace(outcome, article=replace(outcome.article, segments=())))


def _unreadable(outcome: Outcome) -> str | None:
    """What went wrong where reading itself failed; other rejections are outcomes like any."""
    reason, detail = getattr(outcome, "reason", None), getattr(outcome, "detail", "")
    return f"{reason}: {detail}" if reason is Rejection.UNREADABLE else None


class _Tally:
    """What came of all."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.new = self.revised = self.records = self.skipped = 0
        self.errors: list[dict[str, str]] = []

    def bad(self, place: str, error: str) -> None:
        self.errors.append({"at": place, "error": error})
        say(f"{place}: {error}")

    def shape(self, run: int) -> dict[str, Any]:
        return {
            "run": run,
            "read": sum(self.outcomes.values()),
            "outcomes": dict(sorted(self.outcomes.items())),
            "new": self.new,
            "revised": self.revised,
            "records": self.records,
            "skipped": self.skipped,
            "errors": self.errors,
        }

    def line(self) -> str:
        outcomes = ", ".join(f"{name} {number}" for name, number in self.outcomes.most_common()) or "nothing"
        read = sum(self.outcomes.values())
        parts = [f"{read} article{'s' * (read != 1)} read: {outcomes}", f"{self.new} new"]
        parts += [f"{self.revised} changed"] if self.revised else []
        parts += [f"{self.skipped} skipped as known"] if self.skipped else []
        parts += [f"{len(self.errors)} could not be read"] if self.errors else []
        return "; ".join(parts) + "."


def _save(repository: Repository, batch: list[Outcome], run: int, tally: _Tally) -> None:
    for saved in repository.save_all(tuple(batch), now=context.now(), run=run):
        tally.outcomes[saved.outcome] += 1
        tally.new += saved.new
        tally.revised += saved.revised
        tally.records += saved.records
    batch.clear()


def _progress(tally: _Tally, *, quiet: bool) -> None:
    if not quiet and not err().is_terminal:
        return
    if not quiet:
        err().print(
            f"{sum(tally.outcomes.values())} articles, {tally.outcomes['relevant']} relevant", end="\r"
        )


def _files(what: list[Path]) -> Iterator[Path]:
    """The files that are meant; all must be there before anything is stored."""
    for path in what:
        if path.is_dir():
            found = sorted(
                each for each in path.iterdir() if each.suffix.lower() in SUFFIXES and each.is_file()
            )
            if not found:
                raise DataError(f"{path}: there is no {', '.join(SUFFIXES)} file in it", key=str(path))
            yield from found
        elif not path.exists():
            raise DataError(f"{path}: there is no such file or folder", key=str(path))
        elif path.suffix.lower() not in SUFFIXES:
            raise DataError(f"{path}: is none of {', '.join(SUFFIXES)}", key=str(path))
        else:
            yield path


def _pieces(files: list[Path], tally: _Tally) -> Iterator[Piece]:
    for path in files:
        try:
            with path.open("rb") as file:
                if path.suffix.lower() not in (".jsonl", ".ndjson"):
                    body = file.read(MAX_FILE + 1)
                    if len(body) > MAX_FILE:
                        tally.bad(str(path), f"is larger than {MAX_FILE // 1024 // 1024} MB")
                    else:
                        yield Piece(place=str(path), body=body, number=0, plain=path.suffix.lower() == ".txt")
                    continue
                for number, line in numbered_lines(file):
                    yield Piece(place=f"{path}:{number}", body=line, number=number)
        except OSError as error:
            tally.bad(str(path), error.strerror or str(error))


def _unknown(pieces: Iterator[Piece], repository: Repository, tally: _Tally) -> Iterator[Piece]:
    """Those whose address is not stored yet; without an address all are read."""
    for piece in pieces:
        try:
            url = parse_line(piece.body, piece.number).url if piece.number else ""
        except DataError:
            url = ""
        if url and repository.known([url]):
            tally.skipped += 1
        else:
            yield piece


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()
