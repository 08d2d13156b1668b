"""Digests from hit to mailbox: at their hour, once, also when clocks change, and not in quiet times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from app.alerting import Summary, send_due
from storage import outbox_lists
from storage.alert_values import Rhythm, Rule, RuleState
from storage.alerts import set_state
from storage.engine import writing
from tests.alerts.post import Box, add, count, found, plain_text, settings_for

Post = tuple[Box, int]
BERLIN = ZoneInfo("Europe/Berlin")


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=BERLIN).astimezone(UTC)  # type: ignore[misc,arg-type]


def daily(engine: Engine, **fields: Any) -> Rule:
    values: dict[str, Any] = {"rhythm": Rhythm.DAILY, "hour": 8, "zone": "Europe/Berlin"}
    return add(engine, made=at(2026, 3, 1, 12), **{**values, **fields})


def test_a_daily_digest_at_its_hour_and_once(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    rule = daily(engine)
    found(engine, rule, 1, at=at(2026, 3, 1, 13))
    found(engine, rule, 2, at=at(2026, 3, 2, 7))
    early = send_due(settings, engine, at(2026, 3, 2, 7, 59))
    assert (early.sent, early.delays[0].hits, early.delays[0].until) == (0, 2, at(2026, 3, 2, 8))
    assert send_due(settings, engine, at(2026, 3, 2, 8)).sent == 1
    assert box.messages()[0]["Subject"] == "lima: 2 new, Mon 2 Mar 2026"
    found(engine, rule, 3, at=at(2026, 3, 2, 9))
    for hour in (9, 15, 23):
        assert send_due(settings, engine, at(2026, 3, 2, hour)).sent == 0
    assert send_due(settings, engine, at(2026, 3, 3, 8, 5)).sent == 1
    assert "Story 3." in plain_text(box.messages()[1])
    assert len({str(message["Message-ID"]) for message in box.messages()}) == 2


def test_a_quiet_day_does_not_make_the_next_hit_early(engine: Engine, post: Post, tmp_path: Path) -> None:
    _, port = post
    settings = settings_for(port, tmp_path)
    rule = daily(engine)
    assert send_due(settings, engine, at(2026, 3, 2, 8)) == Summary(), "nothing new: no mail"
    found(engine, rule, 1, at=at(2026, 3, 2, 10))
    assert send_due(settings, engine, at(2026, 3, 2, 10, 5)).sent == 0
    assert send_due(settings, engine, at(2026, 3, 3, 8)).sent == 1


def test_one_crawl_a_day_tells_what_it_found_itself(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    rule = daily(engine)
    for day in range(2, 6):
        now = at(2026, 3, day, 5, 17)
        found(engine, rule, day, at=now)
        send_due(settings, engine, now)
    assert [
        text for message in box.messages() for text in plain_text(message).splitlines() if "Story" in text
    ] == [f"Story {day}." for day in (3, 2, 4, 5)]
    assert len(box.taken) == 3, "the first hour of sending after the rule was made is on its second day"


@pytest.mark.parametrize("hour", [1, 2, 3, 8])
@pytest.mark.parametrize("begin", [at(2026, 3, 27, 12), at(2026, 10, 23, 12)])
def test_one_digest_a_day_when_clocks_change(
    engine: Engine, post: Post, tmp_path: Path, hour: int, begin: datetime
) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    rule = add(engine, made=begin, rhythm=Rhythm.DAILY, hour=hour, zone="Europe/Berlin")
    now, number = begin, 0
    while now < begin + timedelta(days=4):
        found(engine, rule, number, at=now)
        number += 1
        send_due(settings, engine, now)
        now += timedelta(minutes=60)
    days = [str(message["Subject"]).rpartition(", ")[2] for message in box.messages()]
    assert len(days) == len(set(days)) == 4
    told = count(engine, "SELECT sum(hits) FROM outbox")
    assert told + count(engine, "SELECT count(*) FROM alert_hits WHERE message_id IS NULL") == number


def test_quiet_times_hold_back_and_lose_nothing(engine: Engine, post: Post, tmp_path: Path) -> None:
    _, port = post
    settings = settings_for(port, tmp_path)
    rule = add(
        engine,
        made=at(2026, 3, 1, 12),
        zone="Europe/Berlin",
        quiet_from="22:00",
        quiet_until="07:00",
        quiet_days=(5, 6),
    )
    found(engine, rule, 1, at=at(2026, 3, 6, 22))
    for now in (at(2026, 3, 6, 22), at(2026, 3, 7, 12), at(2026, 3, 8, 12), at(2026, 3, 9, 6, 59)):
        (delay,) = send_due(settings, engine, now).delays
        assert (delay.why, delay.until) == ("quiet time", at(2026, 3, 9, 7))
    assert send_due(settings, engine, at(2026, 3, 9, 7)).sent == 1


def test_a_paused_rule_sends_nothing_and_forgets_nothing(engine: Engine, post: Post, tmp_path: Path) -> None:
    _, port = post
    settings = settings_for(port, tmp_path)
    rule = daily(engine)
    found(engine, rule, 1, at=at(2026, 3, 1, 13))
    with writing(engine) as connection:
        set_state(connection, [rule.id or 0], RuleState.PAUSED, now=at(2026, 3, 1, 14))
    assert send_due(settings, engine, at(2026, 3, 4, 8)) == Summary()
    with writing(engine) as connection:
        set_state(connection, [rule.id or 0], RuleState.ACTIVE, now=at(2026, 3, 4, 9))
    assert send_due(settings, engine, at(2026, 3, 4, 9)).sent == 1


def test_very_many_cases_at_once_are_one_letter(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    rule = add(engine)
    for number in range(300):
        found(engine, rule, number)
    summary = send_due(settings_for(port, tmp_path), engine, at(2026, 3, 4, 12))
    assert (summary.hits, summary.messages, summary.sent) == (300, 1, 1)
    (row,) = outbox_lists.messages(engine)
    found_again = outbox_lists.message(engine, row.message_id[1:11])
    assert found_again is not None
    assert len(found_again[1]) == 300
    assert "and 275 more: detainee-watch alerts deliveries" in plain_text(box.messages()[0])
