"""What concerns all sources: runs that do not succeed, finds that are few; and the message's words."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from app.operator import finds_are_few, finds_by_week, finds_event, operator_message, run_event
from pipeline.vocabulary import SourceState
from storage.health_values import HealthEvent

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def event(kind: str, source: str = "", state: SourceState | None = None, detail: str = "") -> HealthEvent:
    return HealthEvent(key=f"{source}:{kind}", source=source, at=NOW, kind=kind, state=state, detail=detail)


def test_26_hours_without_a_success() -> None:
    late, fine = NOW - timedelta(hours=26, minutes=1), NOW - timedelta(hours=25)
    first = run_event(late, late, None, NOW)
    assert first is not None
    assert first.kind == "no-run"
    assert run_event(late, late, first, NOW) is None
    assert run_event(fine, late, None, NOW) is None
    again = run_event(fine, late, first, NOW)
    assert again is not None
    assert again.kind == "running"
    assert run_event(None, None, None, NOW) is None
    # A run that never came to its end counts from the first one on.
    assert run_event(None, late, None, NOW) is not None


@pytest.mark.parametrize(
    ("found", "before", "few"),
    [
        (0, (12, 9, 15, 11, 10, 14, 13, 8), True),
        (6, (12, 9, 15, 11, 10, 14, 13, 8), False),
        (2, (3, 2, 4, 3, 2, 4), False),  # too few are usual
        (20, (100, 110, 90, 105), True),
        (20, (10, 200, 30, 160, 15, 140), False),  # it varies as much
    ],
)
def test_few_finds(found: int, before: tuple[int, ...], few: bool) -> None:
    assert finds_are_few(found, before) is few


def test_few_finds_are_rarely_chance() -> None:
    rng = random.Random(3)

    def week() -> int:
        return sum(rng.random() < 0.02 for _ in range(600))  # 12 on the average

    wrong = sum(finds_are_few(week(), [week() for _ in range(8)]) for _ in range(2_000))
    assert wrong <= 6


def test_weeks_end_with_yesterday_and_begin_with_the_second_one_watched() -> None:
    today = date(2026, 3, 2)
    days = [(today - timedelta(days=back), 10, 1) for back in range(40)]
    assert finds_by_week(days, today) == (7, 7, 7, 7, 7)
    assert finds_event((7, 7, 7, 7), None, NOW) is None
    few = finds_event((9, 9, 9, 9, 9, 0), None, NOW)
    assert few is not None
    assert few.kind == "few-finds"
    assert finds_event((9, 9, 9, 9, 0, 0), few, NOW) is None
    back = finds_event((9, 9, 9, 9, 0, 8), few, NOW)
    assert back is not None
    assert back.kind == "finds"


def test_the_message_says_what_matters_first() -> None:
    assert operator_message((), advice={}) is None
    events = (
        event("recovered", "b", SourceState.OK, "it was gone since 2026-02-01"),
        *(event("broke", f"a{n}", SourceState.GONE, "HTTP 404") for n in range(40)),
        event("no-run", detail="no crawl has succeeded since 2026-03-01"),
    )
    message = operator_message(events, advice={"a0": "open https://a.example/ and look"})
    assert message is not None
    assert message.subject == "detainee-watch: no crawl has succeeded, 40 sources broke, 1 source recovered"
    lines = message.body.splitlines()
    assert lines[0] == "No crawl has succeeded"
    assert "  a0: gone, HTTP 404" in lines
    assert "      → open https://a.example/ and look" in lines
    assert "  and 10 more" in lines
    assert "  b: it was gone since 2026-02-01" in lines
    assert message.events == events
