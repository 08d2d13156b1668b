"""Alerts while a long crawl still runs, so that "instant" does not mean "at its end"."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.alerting import Summary
    from app.settings import Settings

EVERY = 60.0
"""Seconds between two rounds."""
PATIENCE = 90.0
"""Seconds that the end waits for a round that is under way."""


class Meanwhile:
    """Sends what is due every so often, in a thread of its own, until the block ends. A round that fails is
    the last: what is due goes at the end of the crawl, which tells of the fault."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime], *, every: float = EVERY) -> None:
        self._settings, self._clock, self._every = settings, clock, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
        self.rounds: list[Summary] = []

    def __enter__(self) -> Meanwhile:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        # Nothing is loaded, and no file opened, for a crawl that is over before the first round.
        while not self._over.wait(self._every):
            try:
                self._round()
            except Exception:
                return

    def _round(self) -> None:
        from app.alerting import send_due
        from storage.engine import open_database

        engine = open_database(self._settings.database_url.get_secret_value())
        try:
            self.rounds.append(send_due(self._settings, engine, self._clock(), clock=self._clock))
        finally:
            engine.dispose()
