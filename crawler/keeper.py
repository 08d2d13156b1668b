"""What a run must know of its sources before it asks them, and what it found, kept for the next one.

    before: how each source stands, which servers rest, robots.txt of the last hours
    after:  looks → judge() → source_health, events for the operator, rests, robots.txt

One statement each, not one a source: a run may have thousands.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawler.frontier import host_of
from crawler.health import change, judge, network_is_down, rests
from pipeline.types import FeedEntry, Source
from storage.health import feed_memories, load_health, load_rests, load_robots, save_health
from storage.health_history import load_history
from storage.health_values import HostRest, Look, Robots, SourceHealth
from storage.values import FeedMemory

if TYPE_CHECKING:
    from sqlalchemy import Engine

logger = logging.getLogger(__name__)


class Keeper:
    """The memory of a run, loaded at its start and saved at its end."""

    def __init__(self, engine: Engine, sources: Sequence[Source], *, now: datetime) -> None:
        self._engine = engine
        self._sources = {source.slug: source for source in sources}
        self.health: dict[str, SourceHealth] = load_health(engine)
        self.resting: dict[str, datetime] = load_rests(engine, now=now)  # host → until
        self._memories = feed_memories(engine)
        self._robots = load_robots(engine, now=now)
        self._new_robots: dict[str, Robots] = {}
        self._new_rests: dict[str, HostRest] = {}

    def renew(self, sources: Iterable[Source]) -> None:
        """Know further sources, and how all stand now: other workers may have saved since."""
        self._sources |= {source.slug: source for source in sources}
        self.health = load_health(self._engine)

    def knows(self, slug: str) -> bool:
        """Whether a source of this name can be judged."""
        return slug in self._sources

    # Before a request.

    def memory(self, source: Source) -> FeedMemory | None:
        """What the request for a source's feed needs; None when nothing of this address is known."""
        url, memory = self._memories.get(source.slug, ("", None))
        return memory if url == source.url else None

    def rest(self, source: Source, now: datetime, *, paused: bool) -> str:
        """Why a source is not asked now, in words; "" when it is. ``paused``: pauses after failures
        count; what its server asked for always does."""
        until = self.resting.get(host_of(source.url))
        if until is not None and now < until:
            return f"its server asked for rest until {until:%Y-%m-%d %H:%M} UTC"
        return rests(self.health.get(source.slug), now) if paused else ""

    def awake(self, entries: Iterable[FeedEntry]) -> tuple[FeedEntry, ...]:
        """Those of ``entries`` whose server has not asked for rest."""
        return tuple(entry for entry in entries if host_of(entry.url) not in self.resting)

    def robots(self, root: str) -> bytes | None:
        """The robots.txt of a server as it was fetched not long ago; None when it is to be asked."""
        found = self._robots.get(root)
        return found.body if found is not None else None

    # After an answer.

    def found_robots(self, root: str, body: bytes, now: datetime) -> None:
        """Remember a robots.txt for the next run."""
        self._new_robots[root] = Robots(root=root, fetched=now, body=body)

    def asked_for_rest(self, host: str, seconds: float, now: datetime) -> None:
        """Remember that a server asked to be left alone."""
        if seconds > 0:
            self._new_rests[host] = HostRest(host=host, until=now + timedelta(seconds=seconds))

    def save(self, looks: Sequence[Look], *, now: datetime) -> None:
        """Judge what was seen, and keep it. Raises the StorageError tree."""
        if network_is_down(looks):
            logger.warning("Nearly all sources failed: the network here seems to be down")
            looks = [replace(look, elsewhere=look.state.failed) for look in looks]
        unknown = [look.source for look in looks if look.source not in self.health]
        histories = load_history(self._engine, unknown, now=self._begin(looks, now)) if unknown else {}
        healths, events = [], []
        for look in looks:
            past = self.health.get(look.source)
            health = judge(past, look, self._sources[look.source], histories.get(look.source))
            healths.append(health)
            if (event := change(past, health)) is not None:
                events.append(event)
        save_health(
            self._engine,
            healths,
            events,
            robots=self._new_robots.values(),
            rests=self._new_rests.values(),
            now=now,
        )
        self.health |= {health.source: health for health in healths}

    @staticmethod
    def _begin(looks: Sequence[Look], now: datetime) -> datetime:
        """Before this moment lies the history: what this run stored is in its looks."""
        return min((look.at for look in looks), default=now)
