"""What holds the crawl back: how many pages, and how many bytes of them, may be in hand."""

from __future__ import annotations

import asyncio
from collections import deque


class Slots:
    """So many pages and so many bytes in hand, and no more; those that wait come in their order."""

    def __init__(self, pages: int, size: int) -> None:
        self._pages = pages
        self._bytes = size
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def acquire(self, size: int) -> None:
        """Wait for a slot. The last page that is let in may go beyond the bytes."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        self._admit()
        await turn

    def release(self, size: int) -> None:
        """Give a slot back."""
        self._pages += 1
        self._bytes += size
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self._pages > 0 and self._bytes > 0:
            size, turn = self._waiting.popleft()
            self._pages -= 1
            self._bytes -= size
            turn.set_result(None)
