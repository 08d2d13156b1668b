"""Time cut into pieces, periods in words, sums that are only known from below."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.amounts import Amount, amount_of, per_year, say_number
from pipeline.clues import days_of
from pipeline.periods import (
    Step,
    before_of,
    buckets,
    finder,
    label_of,
    say_days,
    say_when,
    start_of,
    years_of,
)
from pipeline.vocabulary import Bound, Per

DAYS = st.integers(date(1900, 1, 1).toordinal(), date(2100, 1, 1).toordinal())


@given(first=DAYS, length=st.integers(0, 1500), step=st.sampled_from(Step))
def test_pieces_follow_one_another_and_hold_all_days(first: int, length: int, step: Step) -> None:
    last = first + length
    pieces = buckets(first, last, step)
    assert pieces[0].first <= first
    assert pieces[-1].first <= last <= pieces[-1].last
    for one, other in pairwise(pieces):
        assert other.first == one.last + 1
    assert len({piece.label for piece in pieces}) == len(pieces)
    place = finder(pieces)(last)
    assert place == len(pieces) - 1
    assert start_of(last, step) == pieces[place].first


@pytest.mark.parametrize(
    ("step", "label"),
    [
        (Step.DAY, "2020-12-31"),
        (Step.WEEK, "2020-W53"),
        (Step.MONTH, "2020-12"),
        (Step.QUARTER, "2020-Q4"),
        (Step.YEAR, "2020"),
    ],
)
def test_labels(step: Step, label: str) -> None:
    day = date(2020, 12, 31).toordinal()
    assert label_of(start_of(day, step), step) == label


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2014", "2014"),
        ("2014-04", "April 2014"),
        ("2018-12-20", "20 December 2018"),
        ("2001/2009", "2001–2009"),
        ("2010/2014-04", "2010–April 2014"),
    ],
)
def test_periods_in_words(when: str, said: str) -> None:
    assert say_when(when) == said


def days(when: str) -> tuple[int, int]:
    found = days_of(when)
    assert found is not None
    return found


def test_days_are_said_as_short_as_they_can_be() -> None:
    assert say_days(days("2001/2009")) == "2001–2009"
    assert say_days(days("2010/2014-04")) == "January 2010–April 2014"
    assert say_days(days("2014-04-03")) == "3 April 2014"
    assert say_days((days("2014-04-03")[0], days("2014-04-09")[0])) == "3 April 2014–9 April 2014"


def test_the_length_of_a_period_in_years() -> None:
    assert years_of(days("2001/2009")) == 9
    assert years_of(days("2010/2014-04")) == pytest.approx(52 / 12)
    assert years_of((0 + 1, 365)) == pytest.approx(1.0, abs=0.001)


def test_the_period_before_goes_back_by_months_where_it_can() -> None:
    assert before_of(days("2022/2023")) == days("2020/2021")
    assert before_of(days("2022-03")) == days("2022-02")
    first, last = before_of((days("2022-03-05")[0], days("2022-03-08")[0]))
    assert (last - first, last) == (3, days("2022-03-04")[0])


def test_a_sum_is_at_least_as_soon_as_a_part_is() -> None:
    whole = amount_of(3, Bound.EXACT) + amount_of(30, Bound.AT_LEAST)
    assert (whole.text, whole.short, whole.bound) == ("at least 33", "≥33", "at_least")
    assert (whole + amount_of(7, Bound.ABOUT)).text == "at least 40"
    # With an upper bound among its parts a sum is neither.
    assert (amount_of(3, Bound.EXACT) + amount_of(5, Bound.AT_MOST)).text == "about 8"
    assert Amount().text == "0"


def test_flows_as_rates() -> None:
    period = days("2016/2019")
    assert per_year(10, Bound.EXACT, Per.YEAR, period).number == 10
    assert per_year(10, Bound.EXACT, Per.MONTH, period).number == 120
    assert per_year(40, Bound.AT_LEAST, None, period) == Amount(number=10, at_least=True)
    assert per_year(7, Bound.EXACT, Per.WEEK, period).number == pytest.approx(365.2425)


@pytest.mark.parametrize(
    ("number", "said"), [(37.0000001, "37"), (89.24, "89.2"), (35734, "35,734"), (0, "0"), (0.125, "0.12")]
)
def test_numbers_for_people(number: float, said: str) -> None:
    assert say_number(number) == said
