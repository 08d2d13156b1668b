"""From a point of a trend to what is behind it. Pure."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from storage.trend_found import Answer, Funnel, Matrix, Ranking, Series
from storage.trend_values import DatedBy, Question, Split
from web.drawing import Row

MOST_OUTLETS = 40
"""Outlets of a fixed panel that an address has room for."""


def pairs_of(asked: Question) -> list[tuple[str, str]] | None:
    """The parameters of the cases that a question counts; None where an address has no room for them."""
    if len(asked.source) > MOST_OUTLETS:
        return None
    found = [("since", _iso(asked.first)), ("until", _iso(asked.last))]
    found += [("dated", asked.by.value)] if asked.by is not DatedBy.EVENT else []
    found += [("query", asked.query)]
    for name, values in (
        ("nationality", asked.nationality),
        ("country", asked.country),
        ("stage", asked.stage),
        ("drug", asked.drug),
        ("lang", asked.language),
        ("source", asked.source),
    ):
        found += [(name, str(value)) for value in values]
    return [(name, value) for name, value in found if value]


def _iso(day: int | None) -> str:
    return "" if day is None else date.fromordinal(day).isoformat()


def cases_link(asked: Question, split: Split | None = None, line: str = "", **more: str) -> str:
    """The address of the cases behind a point; ``more``: from and to of a piece of time, ever."""
    begun = _begun(asked)
    if begun is None:
        return ""
    pairs = [("split", split.value), ("line", line)] if split is not None and line else []
    pairs += [(name.rstrip("_"), value) for name, value in more.items() if value]
    return "/trends/cases?" + "&".join(part for part in (begun, urlencode(pairs)) if part)


@lru_cache(maxsize=100)  # a page has a thousand links of one question
def _begun(asked: Question) -> str | None:
    pairs = pairs_of(asked)
    return None if pairs is None else urlencode(pairs)


def link_of(answer: Answer, row: Row) -> str:
    """The address behind a row of a chart."""
    if "article" in row:
        return f"/articles/{row['article']}"
    if not row["value"]:
        return ""
    asked, of = answer.asked, row.get("of", "")
    match answer.found:
        case Series():
            return cases_link(asked, asked.split, of, from_=row["first"], to=row["last"])
        case Ranking(split=split):
            return cases_link(asked, split, of)
        case Matrix():
            return cases_link(asked, Split.PAIR, of)
        case Funnel():
            return cases_link(asked, ever=of)
        case _:
            return ""
