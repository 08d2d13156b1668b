"""Is it a change? Against what is known: rates compared, points found where they are and nowhere else."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest

from pipeline.changes import Rate, change_points, compare, swings


def poisson(rate: float, chance: random.Random) -> int:
    """A number of events that come one by one (Knuth's way)."""
    end, number, product = math.exp(-rate), 0, chance.random()
    while product > end:
        number, product = number + 1, product * chance.random()
    return number


def series(rates: Sequence[float], seed: int) -> list[int]:
    chance = random.Random(seed)
    return [poisson(rate, chance) for rate in rates]


BEFORE = Rate(count=90, years=9, said="2001–2009")
AFTER = Rate(count=37 * 52 / 12, years=52 / 12, said="2010–April 2014")


def test_the_sentence_that_can_be_quoted() -> None:
    change = compare(BEFORE, AFTER)
    said = "from 10 a year in 2001–2009 to 37 a year in 2010–April 2014: 3.7 times, p < 0.001"
    assert change.text == said
    assert change.factor == pytest.approx(3.7)
    assert change.p is not None
    assert change.p < 1e-12


@pytest.mark.parametrize(
    ("before", "after", "tail"),
    [
        (False, True, "to at least 37 a year in 2010–April 2014: at least 3.7 times"),
        (True, False, "to 37 a year in 2010–April 2014: at most 3.7 times"),
        (True, True, "both are lower bounds, so that how many times is not known"),
    ],
)
def test_lower_bounds_stay_lower_bounds(before: bool, after: bool, tail: str) -> None:
    one = Rate(count=90, years=9, said="2001–2009", at_least=before)
    other = Rate(count=37 * 52 / 12, years=52 / 12, said="2010–April 2014", at_least=after)
    text = compare(one, other).text
    assert text.endswith(tail)
    assert "p <" not in text
    assert before is ("from at least 10" in text)


def test_chance_is_called_chance() -> None:
    text = compare(Rate(count=3, years=1, said="2020"), Rate(count=5, years=1, said="2021")).text
    assert text == "from 3 a year in 2020 to 5 a year in 2021: 1.7 times, p = 0.52"
    # Nothing in either is no change.
    nothing = compare(Rate(count=0, years=1, said="2020"), Rate(count=0, years=1, said="2021"))
    assert nothing.p is None
    assert nothing.factor is None


def test_a_steady_series_has_no_change_points() -> None:
    found = [change_points(series([5.0] * 72, seed), [1.0] * 72)[0] for seed in range(60)]
    assert sum(bool(places) for places in found) <= 1


def test_a_change_is_found_where_it_is() -> None:
    found = [change_points(series([4.0] * 36 + [9.0] * 36, seed), [1.0] * 72)[0] for seed in range(20)]
    assert sum(len(places) == 1 for places in found) >= 19
    assert sum(abs(places[0] - 36) <= 3 for places in found) >= 17


def test_what_is_left_out_makes_no_change() -> None:
    rates = [6.0] * 24 + [1.0] * 8 + [6.0] * 24
    counts = series(rates, 3)
    seen, _ = change_points(counts, [1.0] * 56)
    assert len(seen) == 2
    left_out, _ = change_points(counts, [1.0] * 24 + [0.0] * 8 + [1.0] * 24)
    assert left_out == ()


def test_less_to_see_is_no_change_in_a_rate() -> None:
    exposures = [1.0] * 30 + [0.3] * 30
    counts = series([8 * exposure for exposure in exposures], 5)
    assert len(change_points(counts, [1.0] * 60)[0]) == 1
    assert change_points(counts, exposures)[0] == ()


def test_waves_are_no_changes() -> None:
    chance = random.Random(11)
    # Each month arrests come in groups of four, or none do.
    counts = [4 * poisson(1.5, chance) for _ in range(72)]
    assert swings(counts, [1.0] * 72) > 2
    assert change_points(counts, [1.0] * 72)[0] == ()


def test_a_short_series_is_not_judged() -> None:
    assert change_points([1, 9, 1, 9, 9], [1.0] * 5) == ((), 1.0)
