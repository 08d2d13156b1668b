"""Work by several processes: order, what is in hand, and an item that kills its worker."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from app.workers import FIRST, IN_HAND, WorkerDied, work_on

KILLERS = (FIRST + 5, FIRST + 6, FIRST + 30)


def double(number: int) -> int:
    return 2 * number


def double_or_die(number: int) -> int:
    if number in KILLERS:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def double_or_eat(number: int) -> int:
    if number not in KILLERS:
        return 2 * number
    try:
        # More than any worker may have; none of it is touched, so that a machine without a limit lives.
        return sum(len(bytes(64 * 1024 * 1024)) for _ in [bytes(64 * 1024 * 1024) for _ in range(100)])
    except MemoryError:
        return -1


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order(workers: int) -> None:
    results = list(work_on(range(FIRST + 40), double, workers=workers))
    assert results == [(n, 2 * n) for n in range(FIRST + 40)]


def test_nothing_in_nothing_out() -> None:
    assert list(work_on([], double, workers=2)) == []


def test_an_item_that_kills_its_worker_costs_only_itself() -> None:
    results = dict(work_on(range(FIRST + 40), double_or_die, workers=2))
    assert [n for n, result in results.items() if isinstance(result, WorkerDied)] == list(KILLERS)
    assert all(results[n] == 2 * n for n in results if n not in KILLERS)


def test_an_item_that_eats_memory_gets_no_more_than_its_share() -> None:
    results = dict(work_on(range(FIRST + 40), double_or_eat, workers=2))
    assert [n for n, result in results.items() if result == -1] == list(KILLERS)


def test_items_are_taken_as_they_are_needed() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(100_000):
            taken = number
            yield number

    results = work_on(items(), double, workers=2)
    for _ in range(FIRST + 10):
        next(results)
    results.close()  # type: ignore[attr-defined]
    assert taken <= FIRST + 10 + 2 * IN_HAND + 3


def test_a_failure_of_the_items_reaches_the_caller() -> None:
    def items() -> Iterator[int]:
        yield from range(FIRST + 3)
        raise OSError("the disk is gone")

    seen: list[int] = []
    with pytest.raises(OSError, match="the disk is gone"):
        seen.extend(number for number, _ in work_on(items(), double, workers=2))
    assert seen == list(range(FIRST + 3))
    assert threading.active_count() < 20
