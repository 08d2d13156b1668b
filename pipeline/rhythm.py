"""How often something is done: each day at an hour, every so often, or as often as it pays.

    "05:17" → Daily     "2h" → Every     "adaptive" → Adaptive     "off" → Off

Pure values: when the next time is, and whether one was missed, is decided in app/due.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=31)
"""Between what an interval may lie; anything shorter is no manners, anything longer is forgotten."""

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_INTERVAL = re.compile(r"(\d{1,5})\s*([mhd])", re.ASCII)
_HOUR = re.compile(r"(\d{1,2})(?::(\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day at this hour; in which zone is said elsewhere."""

    at: time


@dataclass(frozen=True, slots=True)
class Every:
    """Every so often, counted from the last time."""

    interval: timedelta


@dataclass(frozen=True, slots=True)
class Adaptive:
    """As often as what is found each time makes worth while. Only of sources."""


@dataclass(frozen=True, slots=True)
class Off:
    """Never by itself."""


Rhythm = Daily | Every | Adaptive | Off


def parse_interval(text: str) -> timedelta:
    """ "30m", "2h", "7d". Raises ValueError with what is right."""
    found = _INTERVAL.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is no interval; write 30m, 2h or 7d")
    interval = int(found[1]) * _UNITS[found[2]]
    if not SHORTEST <= interval <= LONGEST:
        raise ValueError(f"{text!r} must be between 5m and 31d")
    return interval


def parse_hour(text: str) -> time:
    """ "5", "05:17". Raises ValueError with what is right."""
    found = _HOUR.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError(f"{text!r} is no hour of the day; write 05:17")
    return time(int(found[1]), int(found[2] or 0))


def parse_rhythm(text: str) -> Daily | Every | Off:
    """A job's rhythm: an hour, an interval, or off. Raises ValueError with what is right."""
    word = text.strip().lower()
    if word == "off":
        return Off()
    if _INTERVAL.fullmatch(word):
        return Every(parse_interval(word))
    try:
        return Daily(parse_hour(word))
    except ValueError as error:
        raise ValueError(
            f"{text!r} is no rhythm; write 05:17 (each day), 2h (every so often) or off"
        ) from error


def parse_source_rhythm(text: str, daily: time) -> Daily | Every | Adaptive:
    """A source's rhythm: daily (at the hour of the crawl), adaptive or an interval. Raises ValueError."""
    word = text.strip().lower()
    if word == "daily":
        return Daily(daily)
    if word == "adaptive":
        return Adaptive()
    try:
        return Every(parse_interval(word))
    except ValueError as error:
        if _INTERVAL.fullmatch(word):
            raise
        raise ValueError(
            f"{text!r} is no rhythm; write daily, adaptive, or an interval such as 2h"
        ) from error


def interval_words(interval: timedelta) -> str:
    """An interval as it is written: "2h", "90m", "7d"."""
    minutes = round(interval.total_seconds() / 60)
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"
