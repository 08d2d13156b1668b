"""Is it a change? Two rates compared exactly, and the points at which a series of counts changes. Pure.

Counts are taken as Poisson: what comes by itself, one by one. Where a series swings more than that
(arrests come in waves), counts and exposures are divided by how much more, so that a wave is not
called a change. scipy and ruptures are in the extra ``stats``; they are loaded when they are needed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.amounts import Amount, say_number
from pipeline.errors import ConfigError

SURE = 0.01
"""A change point is one when chance gives as much in less than one of a hundred series."""
LEAST_PIECES = 8
"""Pieces of time that a series must have before change points are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A count over a stretch of time."""

    count: float
    years: float  # how long, or another exposure in the same unit for both rates
    said: str  # the period in words
    at_least: bool = False
    about: bool = False

    @property
    def a_year(self) -> Amount:
        return Amount(number=self.count / self.years, at_least=self.at_least, about=self.about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Two rates compared. ``p`` is None where it was not asked for or cannot be had."""

    before: Rate
    after: Rate
    p: float | None
    unit: str = "a year"

    @property
    def factor(self) -> float | None:
        """How many times the second rate is of the first."""
        first = self.before.count / self.before.years
        return self.after.count / self.after.years / first if first else None

    @property
    def text(self) -> str:
        """The sentence that can be quoted."""
        before, after = self.before, self.after
        said = f"from {self._rate(before)} in {before.said} to {self._rate(after)} in {after.said}"
        tail = [part for part in (self._times(), self._chance()) if part]
        return f"{said}: {', '.join(tail)}" if tail else said

    def _rate(self, rate: Rate) -> str:
        amount = rate.a_year.text
        return f"{amount} {self.unit.replace('cases', 'case') if amount == '1' else self.unit}"

    def _times(self) -> str:
        factor = self.factor
        if not factor:
            return ""
        low, high = self.before.at_least, self.after.at_least
        if low and high:
            return "both are lower bounds, so that how many times is not known"
        word = "at most " if low else "at least " if high else ""
        if not word and (self.before.about or self.after.about):
            word = "about "
        return f"{word}{_times(factor)}"

    def _chance(self) -> str:
        if self.p is None or self.before.at_least or self.after.at_least:
            return ""
        return say_chance(self.p)


def _times(factor: float) -> str:
    if factor >= 10:
        return f"{say_number(round(factor))} times"
    return f"{factor:.1f} times" if factor >= 0.95 else f"{factor:.2g} times"


def say_chance(p: float) -> str:
    """p as papers give it."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def compare(before: Rate, after: Rate, *, swing: float = 1.0, unit: str = "a year") -> Change:
    """The exact comparison of two Poisson rates (the E-test of scipy.stats.poisson_means_test). Raises
    ConfigError without scipy."""
    test = _poisson_means_test()
    counts = [round(each.count / swing) for each in (before, after)]
    p = None
    if any(counts):
        p = float(test(counts[0], before.years / swing, counts[1], after.years / swing).pvalue)
    return Change(before=before, after=after, p=p, unit=unit)


def change_points(counts: Sequence[float], exposures: Sequence[float]) -> tuple[tuple[int, ...], float]:
    """The places in the series at which its rate changes (each the first of the new rate), and how
    much more it swings than chance alone would have it. Raises ConfigError without the extra.

    ``exposures`` say how much there was to count in each piece; one of 0 is passed over. A place
    counts only when the exact comparison of what lies on either side of it holds for so many places
    as were looked at.
    """
    kept = [place for place, exposure in enumerate(exposures) if exposure > 0]
    if len(kept) < LEAST_PIECES:
        return (), 1.0
    values = [float(counts[place]) for place in kept]
    weights = [float(exposures[place]) for place in kept]
    swing = swings(values, weights)
    ends = _segments([value / swing for value in values], [weight / swing for weight in weights])
    while ends:
        edges = [0, *ends, len(values)]
        chances = []
        for first, middle, last in zip(edges, edges[1:], edges[2:], strict=False):
            one = Rate(count=sum(values[first:middle]), years=sum(weights[first:middle]), said="")
            other = Rate(count=sum(values[middle:last]), years=sum(weights[middle:last]), said="")
            chances.append(compare(one, other, swing=swing).p)
        worst = max(range(len(ends)), key=lambda place: _or_one(chances[place]))
        if _or_one(chances[worst]) * len(values) < SURE:
            break
        del ends[worst]
    return tuple(kept[end] for end in ends), swing


def swings(values: Sequence[float], weights: Sequence[float]) -> float:
    """How many times more a series swings from piece to piece than Poisson counts do, at least 1. A
    single jump between two levels counts little in it."""
    ratios = []
    for (one, first), (other, second) in zip(
        zip(values, weights, strict=True), zip(values[1:], weights[1:], strict=True), strict=False
    ):
        expected = (one + other) / (first + second)
        if expected:
            variance = expected * (1 / first + 1 / second)
            ratios.append((one / first - other / second) ** 2 / variance)
    if not ratios:
        return 1.0
    ratios.sort()
    kept = ratios[: max(1, math.ceil(len(ratios) * 0.95))]
    return max(1.0, sum(kept) / len(kept))


def _or_one(p: float | None) -> float:
    return 1.0 if p is None else p


def _segments(values: Sequence[float], weights: Sequence[float]) -> list[int]:
    """Where ruptures cuts the series, by the likelihood of Poisson counts."""
    ruptures, numpy = _ruptures()
    counted = numpy.concatenate(([0.0], numpy.cumsum(values)))
    exposed = numpy.concatenate(([0.0], numpy.cumsum(weights)))

    class Cost(ruptures.base.BaseCost):  # type: ignore[misc,name-defined]
        """Minus the logarithm of the likelihood, but for what does not depend on the cuts."""

        model = ""
        min_size = 2

        def fit(self, signal: object) -> Cost:
            self.signal = signal
            return self

        def error(self, start: int, end: int) -> float:
            count = counted[end] - counted[start]
            exposure = exposed[end] - exposed[start]
            return float(-count * math.log(count / exposure)) if count > 0 else 0.0

    found = ruptures.Pelt(custom_cost=Cost(), min_size=2, jump=1).fit(numpy.array(values).reshape(-1, 1))
    ends: list[int] = [int(end) for end in found.predict(pen=math.log(len(values)))]
    return ends[:-1]


NEEDS_STATS = "Whether it is a change is tested with scipy and ruptures: pip install 'detainee-watch[stats]'."


def _poisson_means_test() -> Any:
    try:
        from scipy.stats import poisson_means_test  # type: ignore[import-untyped]
    except ImportError as error:
        raise ConfigError(NEEDS_STATS, key="stats") from error
    return poisson_means_test


def _ruptures() -> tuple[Any, Any]:
    try:
        import numpy
        import ruptures  # type: ignore[import-untyped]
    except ImportError as error:
        raise ConfigError(NEEDS_STATS, key="stats") from error
    return ruptures, numpy
