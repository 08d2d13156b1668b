"""How things are said: data on stdout, all else on stderr; nothing that a page sent can steer either."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from app.masking import masked_in
from storage.cells import csv_cell, json_text, plain

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "csv_cell",
    "draw",
    "err",
    "json_text",
    "out",
    "plain",
    "say",
    "warn",
    "write",
    "write_csv",
    "write_json",
]

WIDTH = 100
"""Columns of a table that goes into a file or a pipe."""


@cache
def out() -> Console:
    """Where tables go. Colour only on a terminal, and not when NO_COLOR is set."""
    return _console(stderr=False)


@cache
def err() -> Console:
    """Where progress, warnings and errors go."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


def draw(what: Any) -> None:
    """A table or text of rich on stdout. Into a file or pipe it goes without spaces at the ends of lines."""
    if out().is_terminal:
        out().print(what)
        return
    with out().capture() as captured:
        out().print(what)
    write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def say(message: str) -> None:
    """A sentence for the person, on stderr; lines of a message stay lines, passwords become stars."""
    message = masked_in(message)
    lines = (plain(line) if line.strip() else "" for line in message.split("\n"))
    # Only the indentation of a message of ours is kept; all else in a line is made harmless.
    indents = (line[: len(line) - len(line.lstrip(" "))] for line in message.split("\n"))
    print("\n".join(i + line for i, line in zip(indents, lines, strict=True)), file=sys.stderr, flush=True)


def warn(message: str) -> None:
    """A warning on stderr."""
    say(f"warning: {message}")


def write(text: str) -> None:
    """Text of ours on stdout, as it is."""
    sys.stdout.write(text)


def write_json(value: Any) -> None:
    """One JSON document on stdout."""
    write(json_text(value, indent=2) + "\n")


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """CSV on stdout with a header. A text that a spreadsheet would run as a formula gets a ' before it."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([csv_cell(row.get(name)) for name in columns])
