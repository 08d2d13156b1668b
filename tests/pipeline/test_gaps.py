"""What is normal for an outlet, the days on which it is missing, and what that makes of a month."""

from __future__ import annotations

import random

import pytest

from pipeline.gaps import COMPLETE, Followed, Hole, Lack, follow, lacking

Day = tuple[int, int, int]


def days(first: int, last: int, *, daily: int = 4, seed: int = 1, missing: range = range(0)) -> list[Day]:
    """An outlet with about ``daily`` articles a day, half as many at weekends."""
    chance = random.Random(seed)
    found = []
    for day in range(first, last + 1):
        normal = daily if day % 7 < 5 else daily / 2
        seen = max(0, round(chance.gauss(normal, normal**0.5)))
        if day not in missing and seen:
            found.append((day, seen, 1 if day % 9 == 0 else 0))
    return found


def followed(found: list[Day], until: int) -> Followed:
    outlet = follow("outlet", found, until)
    assert outlet is not None
    return outlet


def test_an_outlet_that_publishes_as_it_is_used_to_has_no_gaps() -> None:
    for seed in range(20):
        outlet = followed(days(1000, 1800, seed=seed), 1800)
        assert outlet.holes == ()
        assert outlet.first in (1000, 1001)
        assert outlet.daily == pytest.approx(4 * 6 / 7, rel=0.2)


def test_an_outage_is_found_by_its_days() -> None:
    (hole,) = followed(days(1000, 1800, missing=range(1300, 1330)), 1800).holes
    assert abs(hole.first - 1300) <= 2
    assert abs(hole.last - 1329) <= 2
    assert hole.lack is Lack.SILENT


def test_an_outlet_that_ends_is_missing_to_the_end() -> None:
    (hole,) = followed(days(1000, 1700), 1800).holes
    assert (hole.last, abs(hole.first - 1701) <= 2) == (1800, True)


def test_a_feed_may_bring_old_articles_when_it_is_first_read() -> None:
    old = [(200, 1, 0), (450, 1, 0), (990, 2, 0)]
    assert followed(old + days(1000, 1800), 1800).first in (990, 1000)


def test_of_a_few_articles_nothing_is_known() -> None:
    assert follow("outlet", days(1000, 1030), 1030) is None
    assert follow("outlet", [(1000 + 40 * n, 1, 1) for n in range(12)], 1500) is None


def outlet(source: str, first: int, *holes: Hole, daily: float = 4.0) -> Followed:
    return Followed(source=source, first=first, last=1360, daily=daily, relevant=0.5, holes=holes)


PIECES = ((1001, 1030), (1031, 1060))


def test_shares_of_what_is_normal() -> None:
    blocked = Hole(first=1046, last=1060, lack=Lack.BLOCKED)
    panel = (outlet("one", 1001), outlet("two", 1001, blocked), outlet("three", 1031))
    shares, gaps = lacking(panel, PIECES)
    assert shares == pytest.approx((2 / 3, 5 / 6))
    assert [(gap.source, gap.lack, gap.days) for gap in gaps[0]] == [("three", Lack.LATER, 30)]
    assert [(gap.source, gap.lack, gap.days) for gap in gaps[1]] == [("two", Lack.BLOCKED, 15)]


def test_a_small_outlet_for_a_day_leaves_a_month_complete() -> None:
    day = Hole(first=1005, last=1005, lack=Lack.SILENT)
    shares, gaps = lacking((outlet("one", 1001), outlet("two", 1001, day)), PIECES)
    assert shares[0] is not None
    assert COMPLETE <= shares[0] < 1
    assert gaps[0][0].source == "two"


def test_an_outlet_weighs_by_what_it_finds_too() -> None:
    small = Followed(
        source="small",
        first=1001,
        last=1360,
        daily=1.0,
        relevant=0.9,
        holes=(Hole(first=1001, last=1030, lack=Lack.SILENT),),
    )
    large = Followed(source="large", first=1001, last=1360, daily=99.0, relevant=0.1, holes=())
    assert lacking((small, large), PIECES)[0] == pytest.approx((0.1, 1.0))


def test_without_outlets_nothing_is_said() -> None:
    assert lacking((), PIECES) == ((None, None), ((), ()))
