"""Is this the case that we already know?

    article, records → reports (clues.py, grouping.py) → how alike (alike.py) → which case (here)

A report joins the case that it fits best, when it fits it well; a wrong join is worse than a missed
one. It may show that two known cases are one: choose_cases returns them all, the best first. Pure:
the candidates come from storage/casebook.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.alike import compare_all, likeness
from pipeline.clues import Report

JOIN = 0.4
"""Log-odds from which a report is of a known case."""
MERGE = 0.9
"""Log-odds from which two known cases, both fitting one report, are one."""
GROWN = 1.5
"""The same for a case that does not fit the report, but the case that has the report now."""
STAY = 1.0
"""What a report that is read again has in favour of the case in which it was."""
CROWD = 0.4
"""What each e-fold of rivals takes away: where many are held of one nationality in one country at
one time, likeness says less."""
CROWD_DAYS = 45
"""How near in time a case must have been reported to be a rival."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHead:
    """A known case as far as choosing needs it."""

    id: int
    reports: tuple[Report, ...]
    articles: frozenset[tuple[int, str]] = frozenset()  # that report it, each with a nationality
    apart: frozenset[int] = frozenset()  # cases that a person holds apart from it


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A case that a report may be of."""

    head: CaseHead
    odds: float  # log-odds, rivals counted
    signals: dict[str, float]


def fits(report: Report, known: Sequence[CaseHead], *, was: int | None = None) -> tuple[Fit, ...]:
    """The cases that the report fits, best first; of two alike the older one. ``was`` is the number
    of the case in which the report stood before."""
    near = [head.id for head in known if _near(report, head)]
    out: list[Fit] = []
    for head in known:
        signals = compare_all((report,), head.reports)
        if not signals:
            continue
        rivals = sum(number != head.id for number in near)
        odds = likeness(signals) - CROWD * math.log1p(rivals) + (STAY if head.id == was else 0.0)
        if odds > JOIN:
            out.append(Fit(head=head, odds=odds, signals=signals))
    return tuple(sorted(out, key=lambda fit: (-fit.odds, fit.head.id)))


def choose_case(report: Report, known: Sequence[CaseHead]) -> CaseHead | None:
    """The known case that the report is of; None: a new one."""
    found = fits(report, known)
    return found[0].head if found else None


def choose_cases(
    report: Report, known: Sequence[CaseHead], *, was: int | None = None
) -> tuple[CaseHead, ...]:
    """The case that the report is of, then those that turn out to be the same one: they fit the
    report and each other, no article tells them apart, and nobody holds them apart."""
    found = fits(report, known, was=was)
    if not found:
        return ()
    out = [found[0].head]
    fitting = [fit.head for fit in found[1:]]
    others = [head for head in known if head.id not in {fit.head.id for fit in found}]
    for head, least in (*((head, MERGE) for head in fitting), *((head, GROWN) for head in others)):
        if all(_one(head, other, report, least) for other in out):
            out.append(head)
    return tuple(out)


def _one(head: CaseHead, other: CaseHead, report: Report, least: float) -> bool:
    if head.articles & other.articles or other.id in head.apart or head.id in other.apart:
        return False
    return likeness(compare_all((*other.reports, report), head.reports)) > least


def _near(report: Report, head: CaseHead) -> bool:
    """Whether people of a nationality of the report's were in the news at the same time."""
    return any(
        report.seen is not None
        and other.seen is not None
        and abs(report.seen - other.seen) <= CROWD_DAYS
        and report.country == other.country
        and bool(report.nationalities & other.nationalities)
        for other in head.reports
    )
