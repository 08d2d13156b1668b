"""Hours of sending and quiet times, also on the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.windows import due_window, last_hour, next_hour, quiet_until, window_name
from pipeline.errors import ConfigError
from storage.alert_values import Rhythm, Rule

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Lima",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Africa/Casablanca",
)


def rule(**fields: Any) -> Rule:
    values: dict[str, Any] = {"name": "lima", "query": "x", "address": "mailto:anna@example.org"}
    return Rule(**{**values, "rhythm": Rhythm.DAILY, "hour": 8, "zone": "Europe/Berlin", **fields})


def berlin(*moment: int, fold: int = 0) -> datetime:
    return datetime(*moment, tzinfo=BERLIN, fold=fold)  # type: ignore[misc,arg-type]


def windows(one: Rule, begin: datetime, end: datetime, step: timedelta) -> list[datetime]:
    """The windows that are seen to when somebody looks every ``step``."""
    closed: datetime | None = None
    found = []
    now = begin
    while now < end:
        at = due_window(one, now, closed)
        if at is not None:
            found.append(at)
            closed = at
        now += step
    return found


def test_a_daily_rule_is_due_at_its_hour_and_once() -> None:
    one = rule(created=berlin(2026, 3, 3, 12))
    assert due_window(one, berlin(2026, 3, 4, 7, 59), None) is None
    at = due_window(one, berlin(2026, 3, 4, 8), None)
    assert at == berlin(2026, 3, 4, 8)
    assert due_window(one, berlin(2026, 3, 4, 8), at) is None
    assert due_window(one, berlin(2026, 3, 5, 7, 59), at) is None
    assert due_window(one, berlin(2026, 3, 5, 8), at) == berlin(2026, 3, 5, 8)


def test_a_new_rule_begins_with_the_next_hour_of_sending() -> None:
    one = rule(created=berlin(2026, 3, 4, 10))
    assert due_window(one, berlin(2026, 3, 4, 11), None) is None
    assert due_window(one, berlin(2026, 3, 5, 8), None) == berlin(2026, 3, 5, 8)


def test_what_was_missed_is_made_up_for_once() -> None:
    one = rule(created=berlin(2026, 3, 1, 10))
    at = due_window(one, berlin(2026, 3, 9, 3), berlin(2026, 3, 2, 8))
    assert at == berlin(2026, 3, 8, 8)
    assert due_window(one, berlin(2026, 3, 9, 4), at) is None


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("day", [datetime(2026, 3, 29), datetime(2026, 10, 25)])  # noqa: DTZ001
def test_each_day_has_one_digest_when_clocks_change(hour: int, day: datetime) -> None:
    begin = day.replace(tzinfo=BERLIN) - timedelta(days=1)
    found = windows(
        rule(hour=hour),
        begin.astimezone(UTC),
        begin.astimezone(UTC) + timedelta(hours=72),
        timedelta(minutes=10),
    )
    inside = [at.astimezone(BERLIN) for at in found if at >= begin]
    assert [at.date() for at in inside] == sorted({at.date() for at in inside})
    assert len([at for at in inside if at.date() == day.date()]) == 1


def test_an_hour_that_does_not_exist_is_the_first_moment_after_the_gap() -> None:
    at = last_hour(rule(hour=2), berlin(2026, 3, 29, 12))
    assert at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert at.astimezone(BERLIN).hour == 3


def test_an_hour_that_comes_twice_is_the_first() -> None:
    assert last_hour(rule(hour=2), berlin(2026, 10, 25, 12)) == datetime(2026, 10, 25, 0, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)])
def test_an_hourly_rule_has_as_many_digests_as_the_day_has_hours(
    day: tuple[int, int, int], hours: int
) -> None:
    begin = berlin(*day).astimezone(UTC)
    end = (berlin(*day) + timedelta(days=1)).astimezone(UTC)
    found = windows(rule(rhythm=Rhythm.HOURLY), begin, end, timedelta(minutes=7))
    assert len(found) == len(set(found)) == hours


def test_the_hours_of_a_zone_that_is_off_by_a_half() -> None:
    one = rule(rhythm=Rhythm.HOURLY, zone="Asia/Kathmandu")
    assert last_hour(one, datetime(2026, 3, 4, 9, 20, tzinfo=UTC)) == datetime(2026, 3, 4, 9, 15, tzinfo=UTC)


def test_a_weekly_rule() -> None:
    one = rule(rhythm=Rhythm.WEEKLY, weekday=2)
    assert last_hour(one, berlin(2026, 3, 4, 7)) == berlin(2026, 2, 25, 8)
    assert last_hour(one, berlin(2026, 3, 4, 8)) == berlin(2026, 3, 4, 8)
    assert next_hour(one, berlin(2026, 3, 4, 8)) == berlin(2026, 3, 11, 8)


def test_an_instant_rule_has_no_windows() -> None:
    one = rule(rhythm=Rhythm.INSTANT)
    assert last_hour(one, berlin(2026, 3, 4)) is next_hour(one, berlin(2026, 3, 4)) is None


@given(
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    weekly=st.booleans(),
    weekday=st.integers(0, 6),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
)
@settings(max_examples=300, deadline=None)
def test_the_last_hour_is_before_and_the_next_after(
    zone: str, hour: int, weekly: bool, weekday: int, now: datetime
) -> None:
    now = now.replace(tzinfo=UTC)
    one = rule(zone=zone, hour=hour, weekday=weekday, rhythm=Rhythm.WEEKLY if weekly else Rhythm.DAILY)
    last, after = last_hour(one, now), next_hour(one, now)
    assert last is not None
    assert after is not None
    assert last <= now < after
    assert after - last <= timedelta(days=8 if weekly else 1, hours=2)
    assert last_hour(one, after) == after
    assert next_hour(one, last) == after


def test_quiet_hours_over_midnight() -> None:
    one = rule(quiet_from="22:00", quiet_until="07:00")
    assert quiet_until(one, berlin(2026, 3, 4, 21, 59)) is None
    assert quiet_until(one, berlin(2026, 3, 4, 23)) == berlin(2026, 3, 5, 7)
    assert quiet_until(one, berlin(2026, 3, 5, 6, 59)) == berlin(2026, 3, 5, 7)
    assert quiet_until(one, berlin(2026, 3, 5, 7)) is None


def test_quiet_days_and_the_hours_that_follow_them() -> None:
    one = rule(quiet_days=(5, 6), quiet_from="22:00", quiet_until="07:00")
    assert quiet_until(one, berlin(2026, 3, 6, 23)) == berlin(2026, 3, 9, 7), "Friday night to Monday morning"
    assert quiet_until(one, berlin(2026, 3, 9, 8)) is None


@pytest.mark.parametrize(
    ("begin", "end", "now", "until"),
    [
        # The end of the quiet time does not exist: the first moment after the gap.
        ("00:00", "02:30", berlin(2026, 3, 29, 1), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # It comes twice: within the second 02:15 the first 02:30 is past.
        ("01:00", "02:30", berlin(2026, 10, 25, 2, 15), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("01:00", "02:30", berlin(2026, 10, 25, 2, 15, fold=1), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_quiet_hours_when_clocks_change(begin: str, end: str, now: datetime, until: datetime) -> None:
    assert quiet_until(rule(quiet_from=begin, quiet_until=end), now.astimezone(UTC)) == until


def test_no_moment_of_the_hour_that_comes_twice_is_quiet_by_mistake() -> None:
    for fold in (0, 1):
        assert quiet_until(rule(), berlin(2026, 10, 25, 2, 15, fold=fold).astimezone(UTC)) is None


def test_no_quiet_time_is_for_ever() -> None:
    assert quiet_until(rule(quiet_days=tuple(range(7))), berlin(2026, 3, 4)) is None
    assert quiet_until(rule(quiet_from="08:00", quiet_until="08:00"), berlin(2026, 3, 4, 8)) is None


def test_a_zone_that_does_not_exist() -> None:
    with pytest.raises(ConfigError, match="Mars/Base"):
        last_hour(rule(zone="Mars/Base"), berlin(2026, 3, 4))


def test_a_window_is_named_by_its_moment() -> None:
    assert window_name(berlin(2026, 3, 29, 8)) == "2026-03-29T06:00Z"
