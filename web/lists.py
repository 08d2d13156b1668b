"""What all lists have: pages to turn, and a document of one page. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from storage.values import Found
from web.asking import DEEPEST

Row = TypeVar("Row")

MOST_COUNTED = 10_000
"""How far the rows of a list are counted: to count a million takes longer than to show some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """Where in a list one is."""

    first: int  # the number of the first row, from 1; 0 where there is none
    last: int
    total: int
    more: bool  # there are more than ``total``
    page: int
    before: int | None  # the page before
    after: int | None

    @classmethod
    def of(cls, found: Found[Any]) -> Turned:
        limit = found.limit or max(1, found.total)
        first = (found.page - 1) * limit + 1
        last = first + len(found.rows) - 1
        after = last < found.total and found.page * limit <= DEEPEST and found.rows
        return cls(
            first=first if found.rows else 0,
            last=last if found.rows else 0,
            total=found.total - found.more,
            more=found.more,
            page=found.page,
            before=found.page - 1 if found.page > 1 else None,
            after=found.page + 1 if after else None,
        )

    @classmethod
    def through(cls, rows: int, *, page: int, limit: int) -> Turned:
        """The same of a list that is there as a whole."""
        first, last = (page - 1) * limit + 1, min(page * limit, rows)
        return cls(
            first=first if first <= rows else 0,
            last=last if first <= rows else 0,
            total=rows,
            more=False,
            page=page,
            before=page - 1 if page > 1 else None,
            after=page + 1 if last < rows else None,
        )


def listed(found: Found[Row], what: str, shape: Callable[[Row], Any]) -> dict[str, Any]:
    """One page of a list as ``--json`` of the command has it. ``total`` ends at MOST_COUNTED; ``more`` says
    whether it did."""
    return {
        "total": found.total - found.more,
        "more": found.more,
        "page": found.page,
        "limit": found.limit,
        what: [shape(row) for row in found.rows],
    }
