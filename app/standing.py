"""``crawl --stay``: a worker that stands by, and works whenever another puts something into Redis.

    look into Redis ──→ work waits ──→ a process 'crawl --join', to the end of the round ──→ look again

Each round is a process of its own: robots.txt and how sources fare are read anew, and what a long life
gathers is given back.
"""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app import context
from app.jobs import program_of
from pipeline.errors import FrontierError

if TYPE_CHECKING:
    from app.settings import Settings
    from crawler.cluster.server import Lookout

LOOK_SECONDS = 1.0
"""Between two looks whether there is work."""
AFTER_FAILURE_SECONDS = 30.0
"""A round that failed is not followed by the next at once: what was wrong may still be."""


class Standing:
    """A worker that waits for work until it is told to end."""

    def __init__(
        self,
        settings: Settings,
        redis_url: str,
        *,
        config: Path | None,
        say: Callable[[str], None],
        quiet: bool,
    ) -> None:
        self._settings = settings
        self._redis_url = redis_url
        self._config = config
        self._say = say
        self._quiet = quiet
        self._stopping = threading.Event()
        self._running: subprocess.Popen[bytes] | None = None

    def work(self, limit: float | None) -> int:
        """Until SIGTERM or SIGINT, or until ``limit`` seconds are over; the exit code. Raises ConfigError,
        FrontierError and the StorageError tree when it cannot begin."""
        lookout = self._lookout()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        if limit is not None:
            over = threading.Timer(limit, self._stop)
            over.daemon = True
            over.start()
        told = ""
        if not self._quiet:
            self._say(f"Standing by for work in {lookout.shown}.")
        while not self._stopping.is_set():
            try:
                waits, told = lookout.work_waits(), ""
            except FrontierError as error:
                if str(error) != told:
                    told = str(error)
                    self._say(f"{told} Waiting for it.")
                waits = False
            pause = LOOK_SECONDS
            if waits and self._round() == context.FAILURE:
                pause = AFTER_FAILURE_SECONDS
            self._stopping.wait(pause)
        return context.OK

    def _lookout(self) -> Lookout:
        from crawler.cluster.server import Lookout
        from storage.engine import open_database
        from storage.sharing import frontier_name

        engine = open_database(self._settings.database_url.get_secret_value())
        try:
            name = frontier_name(engine)
        finally:
            engine.dispose()
        return Lookout(self._redis_url, name)

    def _round(self) -> int:
        """Take part until nothing is left; how that ended."""
        arguments = ["crawl", "--join", *(["--quiet"] if self._quiet else [])]
        if self._redis_url != self._settings.redis_url.get_secret_value():
            arguments += ["--redis", self._redis_url]
        # A session of its own: Ctrl-C at the terminal is ours, who pass it on.
        self._running = subprocess.Popen(  # noqa: S603  our own program
            program_of(self._config, arguments), stdin=subprocess.DEVNULL, start_new_session=True
        )
        if self._stopping.is_set():
            self._running.send_signal(signal.SIGINT)
        return self._running.wait()

    def _stop(self, *_: object) -> None:
        self._stopping.set()
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(signal.SIGINT)
