"""Reviews by keys: one screen an article, one key a word."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from app import context
from app.console import out, plain, say
from app.review_screen import KEYS, screen, told
from pipeline.corrections import FIELDS, read_fields
from pipeline.errors import QueryError
from storage import marks
from storage.queries import read_article, records_of
from storage.review import Waiting, find_queue

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.values import RecordRow

AT_ONCE = 50
HELP = (
    "1 count=3 stage=convicted   what fields of record 1 are (field= : not known)\n"
    "+ nationality=NL country=PE kind=event stage=arrested evidence=SENTENCE   a record more\n"
    "- 1   there is no such record\n"
    f'Fields: {", ".join(FIELDS)}. Values with spaces go into "quotes". An empty line ends.'
)


def review_at_terminal(
    engine: Engine, *, by: str, languages: Sequence[str] = (), sources: Sequence[str] = ()
) -> None:
    """Asks for a word on one article after another until nothing waits, or q."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise typer.BadParameter(
            "reviewing by keys needs a terminal; 'review list' and 'review mark' do without one"
        )
    with by_keys():
        judged = _review(engine, by, languages, sources)
    say(f"You judged {judged:,}.")


def _review(engine: Engine, by: str, languages: Sequence[str], sources: Sequence[str]) -> int:
    """One screen after another; how many were judged."""
    skipped: set[str] = set()
    past: dict[str, Waiting] = {}
    judged = 0
    note = ""
    whole = False
    queue: list[Waiting] = []
    while True:
        if not queue:
            found = find_queue(engine, limit=AT_ONCE + len(skipped), languages=languages, sources=sources)
            queue = [each for each in found if each.key not in skipped]
        if not queue:
            say("Nothing more waits to be judged.")
            return judged
        each = queue[0]
        past[each.key] = each
        records = _show(engine, each, note, place=f"{judged:,} judged", whole=whole)
        note, key, whole = "", read_key(), False
        try:
            match key:
                case "a" | "r":
                    done = marks.mark_article(engine, each.key, relevant=key == "a", by=by, now=context.now())
                    note, judged = told(done), judged + 1
                    queue.pop(0)
                case "s":
                    skipped.add(each.key)
                    queue.pop(0)
                case "t":
                    whole = True
                case "e":
                    note = _edit(engine, each, records, by=by)
                case "u":
                    taken = marks.undo(engine, by=by, now=context.now())
                    note = told(taken) if taken else "There is nothing to take back."
                    if taken is not None and taken.record_id is None:
                        judged = max(0, judged - 1)
                        queue = [_again(engine, taken, past), *queue]
                case "q" | "\x03" | "\x04":
                    return judged
                case _:
                    note = KEYS
        except QueryError as error:
            note = str(error)


def _show(engine: Engine, each: Waiting, note: str, *, place: str, whole: bool) -> tuple[RecordRow, ...]:
    article = read_article(engine, each.article_id) if each.article_id is not None else None
    records = records_of(engine, each.article_id) if each.article_id is not None else ()
    console = out()
    console.clear()
    if note:
        console.print(plain(note), style="green")
    console.print(
        screen(
            each,
            article,
            records,
            place=place,
            height=console.height - (1 if note else 0),
            width=console.width,
            whole=whole,
        )
    )
    console.print(KEYS, style="bold")
    return records


def _again(engine: Engine, taken: marks.Reviewed, past: Mapping[str, Waiting]) -> Waiting:
    """What was taken back is asked for next."""
    why = ("you took your word back",)
    if taken.key in past:
        return replace(past[taken.key], why=why)
    stored = read_article(engine, taken.article_id) if taken.article_id is not None else None
    return Waiting(
        article_id=taken.article_id,
        key=taken.key,
        url=taken.url,
        title=taken.title,
        source=stored.source if stored else "",
        language=stored.language if stored else "",
        published=stored.published if stored else None,
        relevant=taken.relevant,
        score=None,
        doubt=0.0,
        why=why,
    )


def _edit(engine: Engine, each: Waiting, records: Sequence[RecordRow], *, by: str) -> str:
    """Lines that correct, add and remove records, until an empty one."""
    if each.article_id is None:
        return "The text of this page is not kept; there are no records to correct."
    out().print(HELP, style="dim")
    done: list[str] = []
    while True:
        try:
            with by_keys(on=False):
                line = input("edit> ").strip()
        except EOFError:
            line = ""
        if not line:
            return " ".join(done)
        try:
            said = edited(engine, each.article_id, records, line, by=by)
        except QueryError as error:
            said = str(error)
        else:
            done.append(said)
        out().print(plain(said), style="green")
        records = records_of(engine, each.article_id)


def edited(engine: Engine, article_id: int, records: Sequence[RecordRow], line: str, *, by: str) -> str:
    """Does what one line says; raises QueryError."""
    import shlex

    try:
        sign, *words = shlex.split(line)
    except ValueError:
        raise QueryError("A quotation mark is never closed.") from None
    now = context.now()
    if sign == "-":
        numbers = [_record(records, word) for word in words]
        if not numbers:
            raise QueryError("Say which: - 1")
        for number in numbers:
            done = marks.remove_record(engine, number, by=by, now=now)
        return told(done)
    pairs = dict(word.partition("=")[::2] for word in words)
    if not pairs or not all("=" in word for word in words):
        raise QueryError("Say which field is what: 1 count=3")
    if sign == "+":
        return told(marks.add_record(engine, article_id, read_fields(pairs), by=by, now=now))
    number = _record(records, sign)
    return told(marks.correct_record(engine, number, read_fields(pairs), by=by, now=now))


def _record(records: Sequence[RecordRow], word: str) -> int:
    """The number of the record that a person names by its place in the list."""
    place = int(word) if word.isascii() and word.isdigit() and len(word) < 10 else 0
    if not 1 <= place <= len(records):
        raise QueryError(f"There is no record {word} in this list.")
    return records[place - 1].id


@contextmanager
def by_keys(*, on: bool = True) -> Iterator[None]:
    """The terminal hands on each key at once and does not show it; with ``on`` False, lines again."""
    try:
        import termios
        import tty
    except ImportError:  # Windows has keys at once without this.
        yield
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        if on:
            # What was typed before is not thrown away.
            tty.setcbreak(terminal, termios.TCSADRAIN)
        else:
            lines = [*before]
            lines[3] |= termios.ICANON | termios.ECHO
            termios.tcsetattr(terminal, termios.TCSADRAIN, lines)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def read_key() -> str:
    """One key, in small letters; "q" when the terminal has gone."""
    try:
        import msvcrt

        return str(msvcrt.getwch()).lower()  # type: ignore[attr-defined,unused-ignore]
    except ImportError:
        pass
    terminal = sys.stdin.fileno()
    key = os.read(terminal, 1)
    if key == b"\x1b":
        # What follows an escape at once belongs to it: an arrow is one key and no letters.
        while select.select([terminal], [], [], 0.02)[0] and os.read(terminal, 1):
            pass
    return key.decode("ascii", "replace").lower() or "q"
