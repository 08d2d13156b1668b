"""How a value is written into a cell of CSV or into JSON, on the screen and in exports alike. Pure."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from enum import Enum
from typing import Any

UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]+"
)
"""Control characters, escapes of terminals, marks of direction, invisible characters, halves of
surrogate pairs."""
LIST_SEPARATOR = "; "
"""Between the values of a list in a cell."""
_RAW_IN_JSON = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
_FORMULA = re.compile(r"[\s\x00-\x1f\"']*[=+\-@＝＋－＠|%]")


def plain(text: str) -> str:
    """``text`` on one line, without control characters, escapes of terminals and marks of direction."""
    return " ".join(UNPRINTABLE.sub(" ", text).split())


def csv_cell(value: Any) -> str | int | float:
    """One cell: lists are joined by "; ", nothing is an empty cell. A text that a spreadsheet would
    run as a formula gets a ' before it; one that would be two lines is one."""
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
            return csv_cell(LIST_SEPARATOR.join(str(each) for each in value))
        case _:
            text = UNPRINTABLE.sub(" ", str(value))
            return f"'{text}" if _FORMULA.match(text) else text


def json_text(value: Any, *, indent: int | None = None) -> str:
    """JSON in UTF-8; times in ISO 8601 with their zone. What could steer a terminal is escaped."""
    dumped = json.dumps(value, ensure_ascii=False, indent=indent, default=_as_json, allow_nan=False)
    # Such characters stand only inside strings, where the escape means the same.
    return _RAW_IN_JSON.sub(lambda match: json.dumps(match.group())[1:-1], dumped)


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
