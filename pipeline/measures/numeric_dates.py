"""Dates in figures alone: 17/02/2016, 17.2.16, 2016-02-17, 02/2016, 2012-13."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.measures.periods import Moment, written

_DIGITS = re.compile(r"\d+")
_NUMERIC = re.compile(
    r"(?<![\d/.-])(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})([/.-])(\d{1,2})\5(\d{4}|\d{2})|(\d{1,2})/((?:19|20)\d{2})|((?:19|20)\d{2})[-/](\d{2}))"
    r"(?![\d/]|[.-]\d)"
)


def numeric_dates(folded: str, *, month_first: bool) -> Iterator[tuple[int, int, str]]:
    """Start, end and value of each date of a folded text; ``month_first`` as it is written in America."""
    free = 0
    for digits in _DIGITS.finditer(folded):
        start, end = digits.span()
        if start < free or folded[end : end + 1] not in ("/", ".", "-"):
            continue
        match = _NUMERIC.match(folded, start)
        if match is None:
            continue
        free = match.end()
        value = _value(match, month_first=month_first)
        if value is not None:
            yield match.start(), match.end(), value


def _value(match: re.Match[str], *, month_first: bool) -> str | None:
    """A date in the codebook's form; None where there is no such day."""
    groups = match.groups()
    if groups[9]:
        # "2012-13" is the season or the two years.
        first = int(groups[9])
        return f"{first}/{first + 1}" if (first + 1) % 100 == int(groups[10]) else None
    if groups[7]:
        moment = Moment(int(groups[8]), int(groups[7]), None)
        return written(moment) if moment.exists() else None
    if groups[0]:
        year, month, day = int(groups[0]), int(groups[1]), int(groups[2])
    else:
        day, month, year = int(groups[3]), int(groups[5]), int(groups[6])
        if month_first or month > 12:
            day, month = month, day
        if len(groups[6]) == 2:
            if groups[4] == "-":
                return None
            year += 2000 if year < 70 else 1900
    moment = Moment(year, month, day)
    return written(moment) if moment.exists() and 1900 <= year <= 2100 else None
