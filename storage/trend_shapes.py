"""Trends → the shapes that --json and --csv show; README.md describes them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.vocabulary import Kind

if TYPE_CHECKING:
    from pipeline.amounts import Amount
    from pipeline.changes import Change
    from pipeline.periods import Bucket
    from storage.trend_report import EventReport
    from storage.trend_values import (
        Cell,
        Figure,
        FigureLine,
        FirstSeen,
        Line,
        Ranked,
        Sentenced,
        StageCount,
        Tally,
    )

SERIES_COLUMNS = (
    "kind",
    "label",
    "from",
    "to",
    "key",
    "cases",
    "people",
    "people_bound",
    "articles",
    "per_10000",
    "seen_share",
    "complete",
)
FIGURE_COLUMNS = (
    "kind",
    "key",
    "nationality",
    "country",
    "stage",
    "place",
    "drugs_only",
    "source",
    "when",
    "from",
    "to",
    "count",
    "bound",
    "per",
    "per_year",
    "drug_share",
    "drugs",
    "record_id",
    "replaced_by",
    "outlet",
    "language",
    "published",
    "url",
    "evidence",
)


def iso(day: int | None) -> str | None:
    """A day as JSON has it."""
    return None if day is None else date.fromordinal(day).isoformat()


def tally_shape(tally: Tally) -> dict[str, Any]:
    return {"cases": tally.cases, "people": _number(tally.people), "people_bound": tally.people.bound}


def _number(amount: Amount) -> float | int:
    number = amount.number
    return int(number) if number == int(number) else round(number, 3)


def change_shape(change: Change) -> dict[str, Any]:
    """A change with the sentence that can be quoted."""
    sides = {
        name: {"period": rate.said, "rate": _number(rate.a_year), "bound": rate.a_year.bound}
        for name, rate in (("before", change.before), ("after", change.after))
    }
    factor = change.factor
    return {
        "text": change.text,
        **sides,
        "unit": change.unit,
        "factor": None if factor is None else round(factor, 4),
        "p": change.p,
    }


def head_shape(report: EventReport) -> dict[str, Any]:
    """What an answer about events is about."""
    asked, pieces = report.asked, report.series.buckets
    return {
        "kind": Kind.EVENT.value,
        "dated": asked.by.value,
        "split": asked.split.value if asked.split else None,
        "from": iso(pieces[0].first) if pieces else None,
        "to": iso(pieces[-1].last) if pieces else None,
        "panel": "all" if report.panel is None else list(report.panel),
        "outlets": report.coverage.outlets,
    }


def event_shape(report: EventReport, limit: int | None = None) -> dict[str, Any]:
    """A series of events, of so many lines."""
    series = report.series
    return {
        "kind": Kind.EVENT.value,
        "step": report.asked.step.value,
        **head_shape(report),
        "whole": _line_shape(report, series.whole),
        "series": [_line_shape(report, line) for line in series.lines[:limit]],
        "buckets": [_bucket_shape(report, place, piece) for place, piece in enumerate(series.buckets)],
        "changes": [change_shape(change) for change in report.changes],
        "notes": list(report.notes),
    }


def _line_shape(report: EventReport, line: Line) -> dict[str, Any]:
    points = []
    for place, (piece, tally) in enumerate(zip(report.series.buckets, line.tallies, strict=True)):
        points.append({"label": piece.label, **tally_shape(tally), "per_10000": rate_of(report, line, place)})
    return {"key": line.key or None, "total": tally_shape(line.total), "points": points}


def rate_of(report: EventReport, line: Line, place: int) -> float | None:
    """Cases per 10,000 articles, as far as anybody needs it."""
    rate = report.rate(line, place)
    return None if rate is None else round(rate, 3)


def _bucket_shape(report: EventReport, place: int, piece: Bucket) -> dict[str, Any]:
    share = report.coverage.shares[place]
    return {
        "label": piece.label,
        "from": iso(piece.first),
        "to": iso(piece.last),
        "articles": report.coverage.articles[place],
        "seen_share": None if share is None else round(share, 4),
        "complete": report.complete(place),
        "over": report.over[place],
        "missing": [
            {"source": gap.source, "why": gap.lack.value, "days": gap.days, "share": round(gap.share, 4)}
            for gap in report.coverage.gaps[place]
        ],
    }


def event_rows(report: EventReport) -> Iterator[dict[str, Any]]:
    """A line of CSV for each piece of time of each line; the whole has no key."""
    shape = event_shape(report)
    for line in (shape["whole"], *shape["series"]):
        for bucket, point in zip(shape["buckets"], line["points"], strict=True):
            yield {"kind": shape["kind"], "key": line["key"]} | bucket | point


def figure_shape(figure: Figure) -> dict[str, Any]:
    """One stock or flow with its sentence."""
    return {
        "when": figure.when,
        "from": iso(figure.days[0]),
        "to": iso(figure.days[1]),
        "count": figure.count,
        "bound": figure.bound.value,
        "per": figure.per.value if figure.per else None,
        "per_year": _number(figure.per_year) if figure.per_year else None,
        "drug_share": figure.drug_share,
        "drugs": [drug.value for drug in figure.drugs],
        "record_id": figure.record_id,
        "replaced_by": figure.replaced_by,
        "outlet": figure.outlet,
        "language": figure.language,
        "published": figure.published,
        "url": figure.url,
        "evidence": figure.evidence,
    }


def line_shape(line: FigureLine) -> dict[str, Any]:
    """One line of stocks or flows; ``source`` is the office whose figures they are."""
    return _line_head(line) | {"points": [figure_shape(each) for each in line.figures]}


def _line_head(line: FigureLine) -> dict[str, Any]:
    return {
        "key": line.key or None,
        "nationality": line.nationality,
        "country": line.country,
        "stage": line.stage.value,
        "place": line.place,
        "drugs_only": line.drugs_only,
        "source": line.by,
    }


def figure_rows(kind: Kind, lines: Iterable[FigureLine]) -> Iterator[dict[str, Any]]:
    for line in lines:
        for each in line.figures:
            yield {"kind": kind.value} | _line_head(line) | figure_shape(each)


def ranked_figures(
    ranked: Sequence[tuple[Figure, Figure | None]],
) -> list[dict[str, Any]]:
    """Places of a ranking of stocks or flows: the figure, and the one before it."""
    found = []
    for place, (figure, earlier) in enumerate(ranked, 1):
        change = factor = None
        if earlier is not None and figure.count is not None and earlier.count is not None:
            change = figure.count - earlier.count
            factor = round(figure.count / earlier.count, 4) if earlier.count else None
        found.append(
            {
                "place": place,
                "nationality": figure.nationality,
                "country": figure.country,
                "stage": figure.stage.value,
                "source": figure.by,
                **figure_shape(figure),
                "before": figure_shape(earlier) if earlier else None,
                "change": change,
                "factor": factor,
            }
        )
    return found


def ranking_shape(ranked: Iterable[Ranked]) -> list[dict[str, Any]]:
    return [
        {
            "place": place,
            "key": each.key,
            **tally_shape(each.tally),
            "cases_before": each.before.cases if each.before else None,
            "people_before": _number(each.before.people) if each.before else None,
            "change": each.tally.cases - each.before.cases if each.before else None,
            "place_before": each.place_before,
        }
        for place, each in enumerate(ranked, 1)
    ]


def matrix_shape(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    return [
        {"nationality": cell.nationality, "country": cell.country, **tally_shape(cell.tally)}
        for cell in cells
    ]


def funnel_shape(stages: Iterable[StageCount]) -> list[dict[str, Any]]:
    return [
        {
            "stage": each.stage.value,
            **tally_shape(each.ever),
            "cases_now": each.now.cases,
            "people_now": _number(each.now.people),
        }
        for each in stages
    ]


def sentences_shape(rows: Iterable[Sentenced]) -> list[dict[str, Any]]:
    names = ("drug", "least_kg", "below_kg", "cases", "sentenced", "years", "longest", "life", "death")
    return [{name: getattr(each, name) for name in names} for each in rows]


def first_shape(pairs: Iterable[FirstSeen], text: Mapping[int, str]) -> list[dict[str, Any]]:
    """``text`` has the sentence for each place."""
    return [
        {
            "nationality": each.nationality,
            "country": each.country,
            "day": iso(each.day),
            "last": iso(each.last),
            "case_id": each.case_id,
            "people": _number(each.people),
            "people_bound": each.people.bound,
            "text": text[place],
        }
        for place, each in enumerate(pairs)
    ]
