"""What all lists have: what was asked for, pages to turn, a document of one page, and one of all rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from storage.chosen import is_looked_at
from storage.facets import COUNTED
from storage.values import Filter, Found, Sort
from web.answers import MOST_ROWS, as_csv, site_of
from web.asking import DEEPEST, LISTED, Given, read_filter, read_given

Row = TypeVar("Row")

MOST_COUNTED = 10_000
"""How far the rows of a list are counted: to count a million takes longer than to show some."""
MOST_LOOKED_AT = COUNTED
"""The same where each row must be looked at for what is asked."""


def asked_of(request: Request, known: Sequence[str] = LISTED) -> tuple[Given, Filter]:
    """The parameters of an address, each of them one that is ``known``, and the filter that they say."""
    given = read_given(request.query_params.multi_items(), known)
    return given, read_filter(given, now=site_of(request).now())


def counted(wanted: Filter) -> Filter:
    """The filter with the bound up to which its rows are counted."""
    return replace(wanted, counted=MOST_LOOKED_AT if is_looked_at(wanted) else MOST_COUNTED)


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


def whole(wanted: Filter) -> Filter:
    """The filter of a document that has all rows at once."""
    return replace(wanted, page=1, limit=MOST_ROWS, counted=MOST_ROWS)


def csv_of(
    request: Request,
    found: Found[Row],
    name: str,
    columns: Sequence[str],
    row: Callable[[Row], Mapping[str, Any]],
) -> Response:
    """All rows as a table, and in a header how many there are."""
    total = {"X-Total-Count": str(found.total)}
    return as_csv(request, name, columns, map(row, found.rows), headers=total)


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
