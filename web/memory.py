"""What was counted a moment ago, so that it need not be counted again for the next reader."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

SECONDS = 60.0
"""How old a count may be. The rows of a list are always those of the moment."""
MOST = 200
"""Answers that are kept."""


class Memory:
    """Answers by their questions, for a minute."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def get(self, question: Hashable, answer: Callable[[], T]) -> T:
        """The answer that is kept, or the one that is made now."""
        now = time.monotonic()
        with self._lock:
            at, kept = self._kept.get(question, (float("-inf"), None))
        if now - at < self._seconds:
            found: T = kept
            return found
        made = answer()
        with self._lock:
            self._kept.pop(question, None)
            while len(self._kept) >= MOST:
                # The oldest stands first.
                del self._kept[next(iter(self._kept))]
            self._kept[question] = (time.monotonic(), made)
        return made
