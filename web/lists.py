"""What all lists have: pages to turn. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from storage.values import Found
from web.asking import DEEPEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """Where in a list one is."""

    first: int  # the number of the first row, from 1; 0 where there is none
    last: int
    total: int
    page: int
    before: int | None  # the page before
    after: int | None

    @classmethod
    def of(cls, found: Found[Any]) -> Turned:
        limit = found.limit or max(1, found.total)
        first = (found.page - 1) * limit + 1
        last = first + len(found.rows) - 1
        more = last < found.total and found.page * limit <= DEEPEST and found.rows
        return cls(
            first=first if found.rows else 0,
            last=last if found.rows else 0,
            total=found.total,
            page=found.page,
            before=found.page - 1 if found.page > 1 else None,
            after=found.page + 1 if more else None,
        )
