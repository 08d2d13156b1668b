"""One question → one answer: the series, what was seen meanwhile, and whether it changed.

This is what the command line and pages draw. Pieces of time of which too little was seen, and the
one that is not over, are left out wherever a change is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

from sqlalchemy import Engine

from pipeline.changes import Change, Rate, change_points, compare, swings
from pipeline.clues import Days
from pipeline.errors import QueryError
from pipeline.gaps import COMPLETE
from pipeline.periods import Bucket, say_days, say_when, years_of
from pipeline.vocabulary import Kind
from storage.panels import Panel, cover
from storage.trend_values import Coverage, EventSeries, FigureLine, Line, Question, Split
from storage.trends import event_series

A_YEAR, PER_ARTICLES = "cases a year", "cases per 10,000 articles"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReport:
    """A series of events with all that it must be read with."""

    asked: Question  # with the outlets of a fixed panel in ``source``
    series: EventSeries
    coverage: Coverage
    over: tuple[bool, ...]  # of each bucket, whether its time is over
    panel: tuple[str, ...] | None  # the outlets of a fixed panel; None: all
    changes: tuple[Change, ...]
    notes: tuple[str, ...]  # sentences that belong under the chart

    def complete(self, place: int) -> bool:
        """Whether the bucket can be compared with others."""
        share = self.coverage.shares[place]
        return self.over[place] and self.whole(place) and (share is None or share >= COMPLETE)

    def whole(self, place: int) -> bool:
        """Whether all of the bucket was asked for."""
        piece, asked = self.series.buckets[place], self.asked
        begun = asked.first is None or asked.first <= piece.first
        return begun and (asked.last is None or piece.last <= asked.last)

    def rate(self, line: Line, place: int) -> float | None:
        """Cases per 10,000 articles seen from the same outlets in the same time. Where lines are outlets
        these are its own; by language none are known."""
        split = self.asked.split if line.key else None
        if self.asked.language or split is Split.LANGUAGE:
            return None
        counts = self.coverage.articles
        if split is Split.SOURCE:
            counts = self.coverage.by_source.get(line.key, (0,) * len(counts))
        articles = counts[place]
        return line.tallies[place].cases / articles * 10_000 if articles else None


def event_report(
    engine: Engine,
    asked: Question,
    panel: Panel,
    *,
    now: datetime,
    fixed: bool = False,
    rates: bool = False,
    changes: bool = False,
    periods: tuple[Days, Days] | None = None,
    lines: bool = True,
) -> EventReport:
    """The series with its coverage. ``fixed`` keeps to the outlets that were followed for the whole
    time; ``changes`` looks for change points, ``periods`` compares two periods, both by cases a year
    or, with ``rates``, by cases per 10,000 articles; without ``lines`` only the whole is counted. Raises
    QueryError, and ConfigError where a test is asked for and the extra is not there."""
    if rates and asked.language:
        raise QueryError(
            "How many articles were seen is known by outlet, not by language: "
            "name outlets with --source instead of --lang.",
            key="rate",
        )
    if periods is not None:
        ends = [day for days in periods for day in days]
        asked = replace(asked, first=min(ends), last=max(ends))
    today = now.astimezone(UTC).date().toordinal()
    series = event_series(engine, asked if lines else replace(asked, split=None))
    panel = panel.of(asked.source)
    chosen: tuple[str, ...] | None = None
    if fixed and series.buckets:
        span = (series.buckets[0].first, series.buckets[-1].last)
        panel = panel.fixed(span[0], min(span[1], today - 1))
        if not panel.outlets:
            raise QueryError(
                f"No outlet was followed for all of {say_days(span)}: choose a shorter time.", key="panel"
            )
        chosen = panel.sources
        asked = replace(asked, source=chosen, first=asked.first or span[0], last=asked.last or span[1])
        series = event_series(engine, asked if lines else replace(asked, split=None))
    by_source = lines and asked.split is Split.SOURCE
    coverage = cover(panel, series.buckets, asked.source or None, by_source=by_source)
    report = EventReport(
        asked=asked,
        series=series,
        coverage=coverage,
        over=tuple(piece.last < today for piece in series.buckets),
        panel=chosen,
        changes=(),
        notes=(),
    )
    found: tuple[Change, ...] = ()
    said: list[str] = []
    if periods is not None:
        found = (_compared(report, periods, rates=rates),)
    elif changes:
        found, said = _changes(report, rates=rates)
    return replace(
        report, changes=found, notes=(*said, *_notes(report, tested=changes or periods is not None))
    )


def _exposures(report: EventReport, *, rates: bool) -> list[float]:
    """How much there was to count in each bucket; 0 for one that is left out."""
    found = []
    for place, piece in enumerate(report.series.buckets):
        size = report.coverage.articles[place] / 10_000 if rates else years_of(piece.days)
        found.append(size if report.complete(place) else 0.0)
    return found


def _changes(report: EventReport, *, rates: bool) -> tuple[tuple[Change, ...], list[str]]:
    counts = [tally.cases for tally in report.series.whole.tallies]
    exposures = _exposures(report, rates=rates)
    places, swing = change_points(counts, exposures)
    if not places:
        enough = sum(exposure > 0 for exposure in exposures) >= 8
        return (), ["No change point." if enough else "Too few complete pieces of time to look for changes."]
    edges = [0, *places, len(counts)]
    rated = [_rate(report, range(*span), exposures) for span in pairwise(edges)]
    unit = PER_ARTICLES if rates else A_YEAR
    return tuple(compare(one, other, swing=swing, unit=unit) for one, other in pairwise(rated)), []


def _compared(report: EventReport, periods: tuple[Days, Days], *, rates: bool) -> Change:
    exposures = _exposures(report, rates=rates)
    pieces = report.series.buckets
    sides = []
    for first, last in periods:
        inside = [place for place, piece in enumerate(pieces) if first <= piece.first and piece.last <= last]
        if not any(exposures[place] for place in inside):
            raise QueryError(
                f"Nothing in {say_days((first, last))} is complete enough to be compared"
                f" (by {report.asked.step.value}): {_reasons(report, inside)}."
                " Choose another time, shorter pieces with --by, or --panel fixed.",
                key="compare",
            )
        sides.append(replace(_rate(report, inside, exposures), said=say_days((first, last))))
    used = [place for place, exposure in enumerate(exposures) if exposure]
    tallies = report.series.whole.tallies
    swing = swings([tallies[place].cases for place in used], [exposures[place] for place in used])
    return compare(*sides, swing=swing, unit=PER_ARTICLES if rates else A_YEAR)


def _rate(report: EventReport, places: Iterable[int], exposures: Sequence[float]) -> Rate:
    used = [place for place in places if exposures[place]]
    pieces = report.series.buckets
    return Rate(
        count=sum(report.series.whole.tallies[place].cases for place in used),
        years=sum(exposures[place] for place in used),
        said=say_days((pieces[used[0]].first, pieces[used[-1]].last)),
    )


def _reasons(report: EventReport, places: Iterable[int]) -> str:
    found: dict[str, None] = {}
    for place in places:
        if not report.over[place]:
            found["it is not over"] = None
        elif not report.whole(place):
            found["only a part of it is asked for"] = None
        found.update((f"{gap.source} {gap.lack.value}", None) for gap in report.coverage.gaps[place][:2])
    names = list(found)
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "") or "no data"


def _notes(report: EventReport, *, tested: bool) -> list[str]:
    notes = []
    pieces = report.series.buckets
    lacking = [place for place in range(len(pieces)) if report.over[place] and not report.complete(place)]
    if lacking:
        spans = _spans(lacking)
        labels = ", ".join(_named(pieces, span) for span in spans[:6])
        more = f" and {len(spans) - 6} more" if len(spans) > 6 else ""
        left = ", and left out of every comparison" if tested else ""
        notes.append(f"Incomplete{left}: {labels}{more} ({_reasons(report, lacking)}).")
    if pieces and not report.over[-1]:
        notes.append(f"{pieces[-1].label} is not over.")
    if pieces and not report.coverage.outlets and not report.asked.source:
        notes.append(
            "How complete this is cannot be said: no outlet was followed for eight weeks,"
            " with articles on twenty days."
        )
    if report.panel is not None:
        many = len(report.panel)
        notes.append(f"Only the {many} outlet{'s' * (many != 1)} followed for the whole time.")
    if report.series.undated:
        undated = report.series.undated
        notes.append(f"Left out because nothing says when: {undated} case{'s' * (undated != 1)}.")
    if late := report.series.late:
        were = (
            "was first heard of at a later stage than its arrest or charge, and stands"
            if late == 1
            else ("were first heard of at a later stage than their arrest or charge, and stand")
        )
        notes.append(f"{late} case{'s' * (late != 1)} {were} under the day of that.")
    if report.series.vague:
        vague = "1 case is" if report.series.vague == 1 else f"{report.series.vague} cases are"
        notes.append(
            f"{vague} dated less exactly than that: the day nearest to the first report stands for it."
        )
    return notes


def _spans(places: Sequence[int]) -> list[tuple[int, int]]:
    """Places that follow one another, as first and last."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def _named(pieces: Sequence[Bucket], span: tuple[int, int]) -> str:
    first, last = (pieces[place].label for place in span)
    return first if first == last else f"{first} to {last}"


def flow_changes(lines: Iterable[FigureLine], *, tested: bool) -> tuple[tuple[FigureLine, Change], ...]:
    """Each flow compared with the one before it that is counted alike and does not overlap with it.
    ``tested`` adds the exact comparison, for which the extra is needed."""
    found = []
    for line in lines:
        last = None
        for each in line.standing:
            if each.kind is not Kind.FLOW or each.per_year is None:
                continue
            years = years_of(each.days)
            rate = Rate(
                count=each.per_year.number * years,
                years=years,
                said=say_when(each.when) if each.when else say_days(each.days),
                at_least=each.per_year.at_least,
                about=each.per_year.about,
            )
            if last is not None and last[0] < each.days[0]:
                change = compare(last[1], rate) if tested else Change(before=last[1], after=rate, p=None)
                found.append((line, change))
            last = (each.days[1], rate)
    return tuple(found)
