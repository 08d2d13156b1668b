"""Cursors: where a page of a list begins, as a word that goes with an address. Pure.

A cursor holds the place of the last row of the page before, and a mark of the list to which it belongs,
so that it is not taken for a place in another one.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipeline.errors import QueryError

Place = tuple[int | str | datetime, ...]
"""What the rows are ordered by, of one row."""


def write_cursor(place: Place, of: object) -> str:
    """The cursor of a place in the list ``of`` (anything whose repr says which list it is)."""
    plain = [{"t": each.isoformat()} if isinstance(each, datetime) else each for each in place]
    packed = json.dumps([mark(of), *plain], separators=(",", ":"), ensure_ascii=True)
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_cursor(cursor: str, of: object, kinds: Sequence[type]) -> Place | None:
    """The place of a cursor, None for an empty one. Raises QueryError for one that is broken or belongs
    to another list; ``kinds`` are the types of the place."""
    if not cursor:
        return None
    try:
        packed = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        of_list, *plain = json.loads(packed.decode("ascii"))
        place = tuple(_value(each) for each in plain)
    except (ValueError, TypeError, RecursionError) as error:
        raise QueryError("That is no cursor of this program.", key="cursor") from error
    if of_list != mark(of):
        raise QueryError("The cursor belongs to another list: begin again without it.", key="cursor")
    if len(place) != len(kinds) or not all(map(_is, place, kinds)):
        raise QueryError("That is no cursor of this program.", key="cursor")
    return place


def mark(of: object) -> str:
    """What a list is known by."""
    return hashlib.sha256(repr(of).encode("utf-8", "replace")).hexdigest()[:12]


def _value(plain: Any) -> Any:
    if isinstance(plain, dict):
        moment = datetime.fromisoformat(plain["t"])
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        return moment
    return plain


def _is(value: Any, kind: type) -> bool:
    if kind is int:
        return type(value) is int and abs(value) < 2**62
    return isinstance(value, kind)
