"""Which page is asked for next: a queue a host, and few requests at a time from each.

Scrapy's scheduler holds whole requests; 20,000 of them are memory, and a queue that is not divided
by host lets one slow outlet stand in the way of all. So entries wait here, and each host has only
so many requests in Scrapy's hands as keep it busy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from pipeline.types import FeedEntry


class Frontier:
    """Entries that wait for their fetch, by host, first in first out."""

    def __init__(self, window: int) -> None:
        """``window`` is how many requests of one host may be under way at once, queued ones included."""
        self._window = window
        self._waiting: dict[str, deque[FeedEntry]] = {}
        self._active: dict[str, int] = {}

    def __len__(self) -> int:
        return sum(len(queue) for queue in self._waiting.values())

    def push(self, entries: Iterable[FeedEntry]) -> set[str]:
        """Let entries wait; returns their hosts."""
        hosts = set()
        for entry in entries:
            host = host_of(entry.url)
            self._waiting.setdefault(host, deque()).append(entry)
            hosts.add(host)
        return hosts

    def take(self, host: str) -> Iterator[FeedEntry]:
        """The entries of a host that may be asked for now; each is under way until ``done``."""
        queue = self._waiting.get(host)
        while queue and self._active.get(host, 0) < self._window:
            self._active[host] = self._active.get(host, 0) + 1
            yield queue.popleft()
        if queue is not None and not queue:
            self._waiting.pop(host, None)

    def done(self, entry: FeedEntry) -> str:
        """An entry that was taken has its answer; returns its host, which may be taken from again."""
        host = host_of(entry.url)
        left = self._active.get(host, 0) - 1
        if left > 0:
            self._active[host] = left
        else:
            self._active.pop(host, None)
        return host


def host_of(url: str) -> str:
    """Host and port of an address; "" for what has none."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
