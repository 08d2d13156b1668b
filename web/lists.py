"""What all lists have: pages to turn, and a document of one page. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from storage.values import Filter, Found, Sort
from web.asking import DEEPEST

Row = TypeVar("Row")

MOST_COUNTED = 10_000
"""How far the rows of a list are counted: to count a million takes longer than to show some."""
MOST_SEARCHED = 2_000
"""The same where each row must be looked at for its words or for what its records say."""


def counted(wanted: Filter) -> Filter:
    """The filter with the bound up to which its rows are counted."""
    facts = (wanted.query, wanted.nationality, wanted.country, wanted.stage, wanted.drug, wanted.kind)
    return replace(wanted, counted=MOST_SEARCHED if any(facts) else MOST_COUNTED)


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
        further = last < found.total or (found.more and len(found.rows) == limit)
        after = further and found.page * limit <= DEEPEST and found.rows
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


def of_all(wanted: Filter) -> Filter:
    """The filter of all pages of a list, in whatever order: what counts of it depend on."""
    return replace(wanted, page=1, limit=None, sort=Sort.NEWEST)


def listed(found: Found[Row], what: str, shape: Callable[[Row], Any]) -> dict[str, Any]:
    """One page of a list as ``--json`` of the command has it. ``total`` ends at a bound; ``more`` says
    whether it did."""
    return {
        "total": found.total - found.more,
        "more": found.more,
        "page": found.page,
        "limit": found.limit,
        what: [shape(row) for row in found.rows],
    }
