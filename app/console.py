"""How things are said: data on stdout, all else on stderr; nothing that a page sent can steer either."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 100
"""Columns of a table that goes into a file or a pipe."""

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_RAW_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FORMULA = re.compile(r"[\s\x00-\x1f\"']*[=+\-@＝＋－＠|%]")


def plain(text: str) -> str:
    """``text`` on one line, without control characters, escapes of terminals and marks of direction."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


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
    """A sentence for the person, on stderr; lines of a message stay lines."""
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


def json_text(value: Any, *, indent: int | None = None) -> str:
    """JSON in UTF-8; times in ISO 8601 with their zone. What could steer a terminal is escaped."""
    dumped = json.dumps(value, ensure_ascii=False, indent=indent, default=_as_json, allow_nan=False)
    # Such characters stand only inside strings, where the escape means the same.
    return _RAW_IN_JSON.sub(lambda match: f"\\u{ord(match.group()):04x}", dumped)


def write_json(value: Any) -> None:
    """One JSON document on stdout."""
    write(json_text(value, indent=2) + "\n")


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """CSV on stdout with a header. A text that a spreadsheet would run as a formula gets a ' before it."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([csv_cell(row.get(name)) for name in columns])


def csv_cell(value: Any) -> str | int | float:
    """One cell: lists are joined by "; ", nothing is an empty cell, texts are made harmless."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return value
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return csv_cell("; ".join(str(each) for each in value))
        case _:
            text = _UNPRINTABLE.sub(" ", str(value))
            return f"'{text}" if _FORMULA.match(text) else text


def _as_json(value: object) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Enum():
            return value.value
        case tuple() | set() | frozenset():
            return list(value)
        case _:
            return str(value)
