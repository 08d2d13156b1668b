"""scrapy-redis' queue and duplicate filter, as this crawl needs them.

scrapy-redis keeps one queue for all hosts, forgets what a worker takes, and writes requests as pickles.
Here each host has its queue, who takes from it holds the host, and what was taken is remembered until
it is acknowledged; what is written are tasks as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from scrapy_redis.dupefilter import RFPDupeFilter  # type: ignore[import-untyped]
from scrapy_redis.queue import Base  # type: ignore[import-untyped]

from crawler.cluster import scripts, tasks
from crawler.cluster.tasks import FEED, Task
from pipeline.errors import DataError

CHUNK = 500
"""Tasks that are put in by one call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a call brought."""

    alive: bool  # False: this worker was taken for dead
    let_go: tuple[str, ...] = ()  # hosts that it holds no more
    tasks: tuple[tuple[str, str, Task | DataError], ...] = ()  # host, id, task or what is wrong with it
    rests: Mapping[str, float] | None = None  # host:port → seconds since 1970 until which it rests


class TaskFilter(RFPDupeFilter):  # type: ignore[misc]
    """Knows tasks by their id; asked and written to by the script that puts tasks in, at one stroke."""

    def request_fingerprint(self, request: Task) -> str:
        """The id of a task."""
        return request.id


class HostQueue(Base):  # type: ignore[misc]
    """The queues of all hosts, seen by one worker. Each method is one script in Redis and raises the
    errors of redis; see scripts.py for what is kept."""

    def __init__(
        self, server: Any, spider: Any, key: str, serializer: Any = tasks, *, worker: str = ""
    ) -> None:
        super().__init__(server, spider, key, serializer)
        self.worker = worker
        self.filter = TaskFilter(server, f"{key}seen")
        self._scripts = {
            name: server.register_script(getattr(scripts, name.upper()))
            for name in ("join", "beat", "put", "take", "sync", "done", "over", "leave")
        }

    def _call(self, name: str, *arguments: Any) -> Any:
        return self._scripts[name](keys=[self.key], args=arguments)

    def __len__(self) -> int:
        """Tasks that wait, in the queues of hosts whom nobody holds."""
        hosts = self.server.zrange(f"{self.key}hosts", 0, -1)
        return sum(self.server.llen(f"{self.key}queue:{host.decode()}") for host in hosts)

    def workers(self) -> int:
        """Workers that are alive."""
        seconds, micro = self.server.time()
        return int(self.server.zcount(f"{self.key}workers", seconds * 1000 + micro // 1000, "+inf"))

    def join(self, *, seconds: float, name: str) -> str:
        """Begin as a worker that adds tasks; the name of the round, which is ``name`` for the first."""
        known: bytes = self._call("join", self.worker, int(seconds * 1000), name)
        return known.decode()

    def seeded(self) -> None:
        """Nothing more is added of this worker's own accord."""
        self.server.srem(f"{self.key}seeding", self.worker)

    def beat(self, *, seconds: float, name: str) -> int:
        """Say that the worker lives: 1; 0 when it was taken for dead, -1 when the round is not there."""
        return int(self._call("beat", self.worker, int(seconds * 1000), name))

    def know(self, sources: Mapping[str, bytes]) -> None:
        """Let every worker know sources, by slug."""
        if sources:
            self.server.hset(f"{self.key}sources", mapping=sources)

    def source(self, slug: str) -> bytes | None:
        """A source as JSON; None when nobody made it known."""
        return cast("bytes | None", self.server.hget(f"{self.key}sources", slug))

    def push(self, request: Task | Sequence[Task]) -> int:
        """Let tasks of one kind wait, the feeds before all pages; how many of them were new."""
        waiting = [request] if isinstance(request, Task) else request
        added = 0
        for start in range(0, len(waiting), CHUNK):
            chunk = waiting[start : start + CHUNK]
            words: list[str | bytes] = []
            for task in chunk:
                words += (self.filter.request_fingerprint(task), task.host, self.serializer.dumps(task))
            added += int(self._call("put", int(chunk[0].kind == FEED), self.filter.key, *words))
        return added

    def pop(self, timeout: float = 0) -> None:
        """scrapy-redis' way to take one request; tasks are taken by hosts, see ``take``."""
        return

    def take(self, *, hosts: int, window: int, in_hand: Mapping[str, int]) -> Taken:
        """Tasks of the hosts that the worker holds, and of further ones up to its share of all.

        ``window``: so many of one host at once; ``in_hand``: of each host that it holds.
        """
        words = [word for host, count in in_hand.items() for word in (host, count)]
        alive, let_go, taken, rests = self._call("take", self.worker, hosts, window, *words)
        if not alive:
            return Taken(alive=False)
        pairs = zip(taken[::2], taken[1::2], strict=True)
        return Taken(
            alive=True,
            let_go=tuple(host.decode() for host in let_go),
            tasks=tuple((host.decode(), *self._decode(element)) for host, element in pairs),
            rests={
                _word(host): float(until) / 1000 for host, until in zip(rests[::2], rests[1::2], strict=True)
            },
        )

    def _decode(self, element: bytes) -> tuple[str, Task | DataError]:
        name, _, told = element.partition(b"\n")
        try:
            return _word(name), self.serializer.loads(told)
        except DataError as error:
            return _word(name), error

    def sync(self, ids: Iterable[str]) -> tuple[str, ...]:
        """After a call whose answer was lost: what the worker does not have goes back; its hosts."""
        return tuple(_word(host) for host in self._call("sync", self.worker, *ids))

    def done(
        self,
        ids: Sequence[str],
        *,
        look: bytes = b"",
        slug: str = "",
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """Tasks are done with: they do not come back. ``look`` and ``slug`` belong to a feed."""
        words = [word for name, number in (counts or {}).items() for word in (name, number)]
        self._call("done", self.worker, self.filter.key, look, slug, *ids, "", *words)

    def rest(self, host: str, until: float) -> None:
        """A server wants rest, until so many seconds since 1970."""
        self.server.hset(f"{self.key}rests", host, str(int(until * 1000)))

    def over(self) -> bool:
        """Whether nothing waits, nobody holds anything and nobody is about to add something."""
        return bool(self._call("over"))

    def leave(self) -> tuple[dict[str, bytes], dict[str, int], dict[str, bytes]] | None:
        """Give back what is held. Who is the last ends the round and is told looks, counts of pages and
        sources; the others None."""
        last, *told = self._call("leave", self.worker, self.filter.key)
        if not last:
            return None
        looks, pages, sources = (
            {_word(name): value for name, value in zip(each[::2], each[1::2], strict=True)} for each in told
        )
        return looks, {name: int(number) for name, number in pages.items()}, sources

    def clear(self) -> None:
        """Forget all of this crawl, whoever works at it."""
        names = list(self.server.scan_iter(match=f"{self.key}*", count=1000))
        if names:
            self.server.delete(*names)


def _word(name: bytes) -> str:
    return name.decode("utf-8", "replace")
