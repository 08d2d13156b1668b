"""Worker processes that die, hang and fail, and the calls that must not suffer from it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from crawler.pool import PoolBrokenError, WorkerDiedError, WorkerPool
from crawler.slots import Slots


def square(number: int) -> int:
    return number * number


def die(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def hang() -> None:
    time.sleep(60)


def fail(text: str) -> None:
    raise LookupError(text)


class UnpicklableError(Exception):
    def __reduce__(self) -> Any:
        raise TypeError("not to be pickled")


def fail_oddly() -> None:
    raise UnpicklableError("odd")


def big(size: int) -> bytes:
    return b"x" * size


def in_pool(work: Callable[[WorkerPool], Awaitable[None]], *, seconds: float = 20, workers: int = 2) -> None:
    async def main() -> None:
        pool = WorkerPool(workers, seconds=seconds)
        try:
            await work(pool)
        finally:
            pool.close()

    asyncio.run(main())


def test_every_call_gets_its_own_answer() -> None:
    async def work(pool: WorkerPool) -> None:
        answers = await asyncio.gather(*(pool.run(square, n) for n in range(100)))
        assert answers == [n * n for n in range(100)]
        assert len(await pool.run(big, 20_000_000)) == 20_000_000

    in_pool(work)


def test_only_the_culprit_pays_for_a_dead_worker() -> None:
    async def work(pool: WorkerPool) -> None:
        calls = [pool.run(die if n % 10 == 3 else square, n) for n in range(60)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        for n, answer in enumerate(answers):
            if n % 10 == 3:
                assert isinstance(answer, WorkerDiedError)
            else:
                assert answer == n * n

    in_pool(work)


def test_a_call_that_takes_too_long_is_ended() -> None:
    async def work(pool: WorkerPool) -> None:
        hanging = asyncio.ensure_future(pool.run(hang))
        assert await pool.run(square, 3) == 9
        with pytest.raises(WorkerDiedError):
            await hanging
        assert await pool.run(square, 4) == 16

    in_pool(work, seconds=1)


def test_exceptions_come_back_as_themselves_or_by_their_name() -> None:
    async def work(pool: WorkerPool) -> None:
        with pytest.raises(LookupError, match="gone"):
            await pool.run(fail, "gone")
        with pytest.raises(RuntimeError, match="UnpicklableError: odd"):
            await pool.run(fail_oddly)

    in_pool(work, workers=1)


def test_a_pool_whose_workers_never_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(pool: WorkerPool) -> None:
        results = await asyncio.gather(*(pool.run(square, n) for n in range(5)), return_exceptions=True)
        assert all(isinstance(result, PoolBrokenError) for result in results)
        with pytest.raises(PoolBrokenError):
            await pool.run(square, 1)

    monkeypatch.setattr("crawler.reading.serve", big)  # returns without a word
    in_pool(work)


def test_slots_hold_back_by_number_and_by_bytes() -> None:
    async def main() -> None:
        slots = Slots(3, 100)
        order: list[int] = []

        async def enter(number: int, size: int) -> None:
            await slots.acquire(size)
            order.append(number)

        tasks = [asyncio.ensure_future(enter(n, 60)) for n in range(4)]
        await asyncio.sleep(0.01)
        assert order == [0, 1]  # the second goes over the bytes, the third waits
        slots.release(60)
        await asyncio.sleep(0.01)
        assert order == [0, 1, 2]
        slots.release(60)
        slots.release(60)
        await asyncio.gather(*tasks)
        assert order == [0, 1, 2, 3]

    asyncio.run(main())
