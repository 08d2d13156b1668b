"""Shares and their intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.estimates import Share, recall_of, weighted_share, wilson


@pytest.mark.parametrize(
    ("share", "number", "low", "high"),
    [
        # Brown, Cai, DasGupta (2001), and by hand.
        (0.0, 10, 0.0, 0.2775),
        (1.0, 10, 0.7225, 1.0),
        (0.5, 10, 0.2366, 0.7634),
        (0.9, 100, 0.8256, 0.9448),
        (0.0, 0, 0.0, 1.0),
    ],
)
def test_wilson(share: float, number: float, low: float, high: float) -> None:
    assert wilson(share, number) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.floats(0, 1), st.floats(0.01, 1e6))
def test_an_interval_holds_its_share(share: float, number: float) -> None:
    low, high = wilson(share, number)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1


def test_weights_count() -> None:
    assert weighted_share([]) is None
    equal = weighted_share([(True, 2.0), (False, 2.0)])
    assert equal == weighted_share([(True, 1.0), (False, 1.0)])
    heavy = weighted_share([(True, 3.0), (False, 1.0)])
    assert heavy is not None
    assert equal is not None
    assert heavy.value == 0.75
    assert heavy.high - heavy.low > 0.75, "unlike weights count as fewer answers"


def test_recall_pairs_the_worst_ends() -> None:
    right = Share(value=0.9, low=0.8, high=0.95, answers=50)
    missed = Share(value=0.001, low=0.0, high=0.01, answers=200)
    found = recall_of(1_000, right, 100_000, missed)
    assert found is not None
    assert found.value == pytest.approx(900 / 1_000)
    assert found.low == pytest.approx(800 / 1_800)
    assert found.high == 1.0
    assert found.answers == 250
    assert recall_of(1_000, None, 100_000, missed) is None
    assert recall_of(0, right, 0, missed) == Share(value=1.0, low=1.0, high=1.0, answers=250)
