"""Values that a date stands for besides itself: after "on 30 April 2014" a year may be that day of it."""

from __future__ import annotations

from pipeline.measures import When
from pipeline.measures.said import moved
from pipeline.mentions import Document
from pipeline.vocabulary import Kind

BACK = 6  # dates before one of a year among which the day or the months are looked for


def inside(dates: tuple[When, ...]) -> tuple[int, ...]:
    """Each date → the period of which it is an end, else itself. The dates are in the order of the text."""
    out: list[int] = []
    outer = -1
    for number, date in enumerate(dates):
        if outer < 0 or date.end > dates[outer].end:
            outer = number
        out.append(outer)
    return tuple(out)


def latest_month(doc: Document, dates: tuple[When, ...]) -> str:
    """The month in which the text ends: that of publication, else the last one that it names; or empty."""
    if doc.article.published is not None:
        return f"{doc.article.published:%Y-%m}"
    ends = (d.value.rpartition("/")[2] for d in dates)
    return max((end[:7] for end in ends if len(end) >= len("2014-04")), default="")


def derived(
    dates: tuple[When, ...], number: int, whole: tuple[int, ...], kind: str, close: str, *, told: str
) -> list[tuple[str, str]]:
    """What else a date may stand for, each with the name of the relation.

    Its year, where a period began, where it ended; for a year the day or the months of another year that
    were named before; for a flow of the year of ``close`` the time until then. ``whole`` is what ``inside``
    makes of the dates, ``told`` the month of publication.
    """
    date = dates[number]
    if date.kind == "period":
        start, _, end = date.value.partition("/")
        out = [("opening of", start), ("closing of", end)]
        if start[:4] == end[:4]:
            out.append(("year of", start[:4]))
        return out
    if date.kind != "year":
        return [("year of", date.value[:4])]
    out = _same_of_another_year(dates, number, whole, told)
    if kind == Kind.FLOW and date.value == close[:4] and not close.endswith("-12"):
        out.append(("so far of", f"{date.value}-01/{close}"))
    return out


def _same_of_another_year(
    dates: tuple[When, ...], number: int, whole: tuple[int, ...], told: str
) -> list[tuple[str, str]]:
    """ "As of 31 January 2019 … a year earlier": the last day or months before that are of another year."""
    year = dates[number].value
    for at in range(number - 1, max(number - BACK, 0) - 1, -1):
        former = dates[at]
        if whole[at] != at or former.kind == "year" or (former.kind == "period" and "-" not in former.value):
            continue
        if former.kind == "day" and former.value[:7] == told:
            continue  # the day on which it is told
        last = former.value.rpartition("/")[2][:4]
        if last == year:
            return []
        value = moved(former.value, int(year) - int(last))
        return [] if value is None else [("moved to", value)]
    return []
