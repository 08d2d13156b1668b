"""The shared frontier as one worker sees it: what it holds, in the reactor's thread, and the calls to Redis.

    put → Redis ──take──→ held ──→ fetched ──→ done (once it stands in the database)
                    └ in hand: so many of each host are on their way

Calls are made in a thread of their own, one after the other, and repeated for a while when the server is
away: it may only restart.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar

from crawler.cluster import scripts
from crawler.cluster.queue import HostQueue
from crawler.cluster.server import PREFIX, connect, is_passing, shown_server, translated
from crawler.cluster.tasks import Task
from crawler.outcomes import NotAskedError
from pipeline.errors import FrontierError

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

BEATS = 6
"""So often in the time of a lease a worker says that it lives."""
AGAIN_SECONDS = 0.5
"""Between two tries of a call while the server is away."""


class SharedFrontier:
    """One worker's part in the frontier of the database ``name``."""

    def __init__(self, url: str, name: str, *, lease_seconds: float, hosts: int, window: int) -> None:
        """``hosts``: as many are held at most; ``window``: tasks of one host in hand at most. Raises
        ConfigError and FrontierError as ``connect`` does."""
        self.shown = shown_server(url)
        server = connect(url)
        machine = "".join(c for c in socket.gethostname() if c.isalnum() or c in "-.")
        self.worker = f"{machine}-{os.getpid()}-{secrets.token_hex(3)}"
        self.queue = HostQueue(server, SimpleNamespace(name="watch"), f"{PREFIX}{name}:", worker=self.worker)
        self._turn = server.register_script(scripts.TURN)
        self._lease_seconds = lease_seconds
        self._hosts, self._window = hosts, window
        self._round = ""
        self._left = False
        self._unsure = False  # an answer was lost: what was taken with it is not known here
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="redis")
        self._given_up = threading.Event()
        self.ending = asyncio.Event()
        self.over = False
        self.held: dict[str, Task] = {}  # by id; taken and not acknowledged
        self._in_hand: dict[str, int] = {}  # host that is held → tasks that are not fetched yet
        self._on_the_way: set[str] = set()  # ids of those

    # Before the reactor runs, and after.

    def others(self) -> int:
        """How many workers are at it. Raises FrontierError."""
        with translated(self.shown):
            return self.queue.workers()

    def leave(self) -> tuple[dict[str, bytes], dict[str, int], dict[str, bytes]] | None:
        """Give back what is held; what was seen of the sources, for the last worker of the round."""
        if self._left or not self._round:
            return None
        self._left = True
        self._given_up.set()
        self._thread.shutdown(wait=True)
        with translated(self.shown):
            return self.queue.leave()

    # While it runs.

    async def call(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """A call of the queue, beside the reactor. Raises FrontierError."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, partial(self._patiently, method, *args, **kwargs))
        except RuntimeError as error:
            # The thread takes nothing more: the worker has left.
            raise FrontierError("The crawl has ended.", key=self.shown) from error

    def _patiently(self, method: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        deadline = time.monotonic() + self._lease_seconds
        while True:
            try:
                with translated(self.shown):
                    return method(*args, **kwargs)
            except FrontierError as error:
                self._unsure = True
                late = time.monotonic() > deadline
                if late or not is_passing(error.__cause__) or self._given_up.wait(AGAIN_SECONDS):
                    raise
                logger.warning("%s Trying again", error)

    async def join(self) -> None:
        """Begin, as one who adds tasks of its own accord. Raises FrontierError."""
        name = secrets.token_hex(4)
        self._round = await self.call(self.queue.join, seconds=self._lease_seconds, name=name)

    async def beat(self) -> None:
        """Say that the worker lives, until this is cancelled: while it ends it still saves what it has.
        Raises FrontierError when it must not go on."""
        while True:
            state = await self.call(self.queue.beat, seconds=self._lease_seconds, name=self._round)
            if state < 1:
                raise self._lost(known=state < 0)
            await asyncio.sleep(self._lease_seconds / BEATS)

    def _lost(self, *, known: bool) -> FrontierError:
        if known:
            words = f"The Redis server {self.shown} has lost what it held"
        else:
            words = (
                f"This worker did not answer for {self._lease_seconds:.0f} seconds; what it held was given "
                "to others"
            )
        return FrontierError(f"{words}. Nothing is lost: the next crawl goes on.", key=self.shown)

    async def put(self, tasks: Sequence[Task]) -> None:
        """Let tasks wait; those that were put in before are left out. Raises FrontierError."""
        if tasks:
            await self.call(self.queue.push, tasks)

    @property
    def room(self) -> bool:
        """Whether more tasks could be had."""
        most = 4 * self._hosts
        return len(self._on_the_way) < most and (
            len(self._in_hand) < self._hosts or any(n <= self._window // 2 for n in self._in_hand.values())
        )

    async def take(self) -> tuple[tuple[tuple[str, Task], ...], Mapping[str, float]]:
        """Further tasks with their ids, as far as this worker's share goes, and the servers that rest.
        Raises FrontierError."""
        if self._unsure:
            self._unsure = False
            for host in await self.call(self.queue.sync, tuple(self.held)):
                self._in_hand.setdefault(host, 0)
        took = await self.call(
            self.queue.take, hosts=self._hosts, window=self._window, in_hand=dict(self._in_hand)
        )
        if not took.alive:
            raise self._lost(known=False)
        for host in took.let_go:
            self._in_hand.pop(host, None)
        found = []
        for host, name, task in took.tasks:
            self._in_hand.setdefault(host, 0)
            if not isinstance(task, Task):
                logger.warning("Left out of the shared frontier: %s", task)
                await self.call(self.queue.done, [name])
            elif name != task.id or host != task.host:
                logger.warning("Left out of the shared frontier: a task under another one's name")
                await self.call(self.queue.done, [name])
            else:
                self.held[name] = task
                self._on_the_way.add(name)
                self._in_hand[host] += 1
                found.append((name, task))
        return tuple(found), took.rests or {}

    def fetched(self, name: str) -> None:
        """A task has its answer; its host may be asked for more."""
        task = self.held.get(name)
        if task is not None and name in self._on_the_way:
            self._on_the_way.discard(name)
            self._in_hand[task.host] = max(self._in_hand.get(task.host, 1) - 1, 0)

    async def done(
        self,
        names: Sequence[str],
        *,
        look: bytes = b"",
        slug: str = "",
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """What became of tasks stands in the database: they do not come back. Raises FrontierError."""
        for name in names:
            self.fetched(name)
        await self.call(self.queue.done, names, look=look, slug=slug, counts=counts)
        for name in names:
            self.held.pop(name, None)

    async def turn(self, host: str, delay: float) -> None:
        """Wait until the host may be asked, ``delay`` seconds after whoever was there before. Raises
        FrontierError, and NotAskedError when the crawl is ending."""
        key = f"{PREFIX}clock:{host}"
        wait = await self.call(self._turn, keys=[key], args=[round(delay * 1000)])
        with suppress(TimeoutError):
            await asyncio.wait_for(self.ending.wait(), int(wait) / 1000)
        if self.ending.is_set():
            raise NotAskedError("the crawl is ending")
