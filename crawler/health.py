"""The history of a source and what a run saw of it → the state that it is in, in words, and what to do.

    look ─ failed? ── yes ─→ state of the failure, points, a pause that grows
             │ no
      what is normal? ← habit.py: silence;  pages: text, length, dates;  seconds
             │
    the first finding of: empty, pages that cannot be read, silent, moved, slow ─→ else ok, unchanged

Pure: judge() decides, storage keeps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler import habit, page_health
from pipeline.types import Source
from pipeline.vocabulary import FeedState, SourceState
from storage.health_values import HealthEvent, History, Look, Normal, Recent, SourceHealth

POINTS: dict[SourceState, float] = {
    SourceState.MALFORMED: 1,
    SourceState.BLOCKED: 1,
    SourceState.GONE: 1,
    SourceState.ROBOTS_DENIED: 1,
    SourceState.FORBIDDEN_ADDRESS: 1,
    SourceState.REDIRECT_LOOP: 1,
    SourceState.TOO_LARGE: 1,
    SourceState.HTTP_ERROR: 0.5,
    SourceState.TRUNCATED: 0.5,
    SourceState.TIMEOUT: 0.5,
    SourceState.OVER_QUOTA: 0.5,
    SourceState.CONNECTION: 0.25,
}
"""How much a failure counts: what passes by itself counts less."""
BROKEN = 2.0
"""From so many points on a source is broken, and the operator is told."""
LONGEST_PAUSE = timedelta(days=14)
"""A source is asked rarely rather than never: dead feeds come back."""
FADE_LOOKS = 30.0
FREEZE = timedelta(days=60)
"""So long a collapse teaches nothing; after that it is how the outlet is."""
SLOW_TIMES, SLOW_SECONDS, ENOUGH_LOOKS = 5.0, 10.0, 5.0
"""So many times the usual time of a fetch is slow, when it is also so many seconds; after so many looks."""
OFFLINE_SHARE, OFFLINE_LEAST = 0.8, 5
"""Where so large a share of so many sources cannot be reached, the network here is down."""


def judge(
    past: SourceHealth | None, look: Look, source: Source, history: History | None = None
) -> SourceHealth:
    """How a source stands after a look. ``history`` is what is stored of one without a past.

    A look that did not come to its end (interrupted, resting) is not to be judged: ValueError.
    """
    if look.state in (FeedState.INTERRUPTED, FeedState.RESTING):
        raise ValueError(f"{look.source}: nothing was seen of it")
    known = past if past is not None else _begin(look, history)
    if look.elsewhere:
        if past is not None:
            return replace(past, checked=look.at)
        return replace(known, state=SourceState.OFFLINE, detail="the network here was down", checked=look.at)
    if look.state.failed:
        return _failed(known, past, look)
    return _answered(known, past, look, source)


def _begin(look: Look, history: History | None) -> SourceHealth:
    """What is known before the first judgement."""
    normal, last_new = Normal(), None
    if history is not None:
        normal, last_new = habit.begin_from(history), history.last_new
    return SourceHealth(
        source=look.source,
        state=SourceState.OK,
        detail="",
        since=look.at,
        checked=look.at,
        last_success=history.last_success if history else None,
        last_new=last_new,
        normal=normal,
    )


def _failed(known: SourceHealth, past: SourceHealth | None, look: Look) -> SourceHealth:
    """After a look in which the feed could not be had."""
    over = look.status == 429 or (look.status == 503 and look.retry_after is not None)
    state = SourceState.OVER_QUOTA if over else SourceState(look.state.value)
    weight = POINTS[state]
    if state is SourceState.CONNECTION and look.detail.startswith("TLS"):
        weight = 0.5
    points = known.points + weight
    pause = min(points * timedelta(days=1) * (0.95 - 0.1 * _spread(look.source)), LONGEST_PAUSE)
    if look.retry_after is not None:
        pause = max(pause, timedelta(seconds=look.retry_after))
    return replace(
        known,
        state=state,
        detail=look.detail or state.value,
        since=known.since if past is not None and known.points else look.at,
        checked=look.at,
        points=points,
        failures=known.failures + 1,
        due=look.at + pause,
        alarm=known.alarm or points >= BROKEN,
    )


def _answered(known: SourceHealth, past: SourceHealth | None, look: Look, source: Source) -> SourceHealth:
    """After a look in which the feed was had."""
    normal, last_new = known.normal, known.last_new
    if look.new and last_new is not None:
        whole = look.new >= look.entries
        normal, last_new = habit.learn(
            normal, last_new=last_new, now=look.at, times=look.times, new=look.new, whole=whole
        )
    elif look.new:
        normal, newest = habit.begin_with(look.times, look.at)
        last_new = newest or look.at
    recent = page_health.add_recent(known.recent, look)
    state, detail = _finding(look, source, normal=normal, recent=recent, last_new=last_new)
    if state is not SourceState.REDESIGNED or (
        known.state is SourceState.REDESIGNED and look.at - known.since >= FREEZE
    ):
        normal = page_health.learn_pages(normal, look)
    keep = 0.5 ** (1 / FADE_LOOKS)
    normal = replace(normal, looks=keep * normal.looks + 1, seconds=keep * normal.seconds + look.seconds)
    same = past is not None and (state.well == known.state.well) and (state.well or state is known.state)
    alarm = not state.well and (
        state is not SourceState.EMPTY
        or (known.state is SourceState.EMPTY and last_new is None)
        or (last_new is not None and habit.is_silent(normal, source.expect, last_new, look.at))
        or known.alarm
    )
    return replace(
        known,
        state=state,
        detail=detail,
        since=known.since if same and not known.points else look.at,
        checked=look.at,
        last_success=look.at,
        last_new=last_new,
        points=0.0,
        failures=0,
        due=None,
        alarm=alarm,
        normal=normal,
        recent=recent,
    )


def _finding(
    look: Look,
    source: Source,
    *,
    normal: Normal,
    recent: Recent,
    last_new: datetime | None,
) -> tuple[SourceState, str]:
    """The state of a source whose feed came, with the words that say why."""
    if look.state is FeedState.EMPTY:
        if source.via == "listing" and (normal.arrivals or normal.pages or last_new):
            return SourceState.REDESIGNED, "its listing page has no link any more where they used to be"
        return SourceState.EMPTY, look.detail or "its feed has no entry"
    if (found := page_health.finding(normal, recent)) is not None:
        return found
    if last_new is not None and habit.is_silent(normal, source.expect, last_new, look.at):
        usual = normal.entries_a_week or source.expect
        return SourceState.SILENT, f"nothing new since {last_new:%Y-%m-%d}; {_usual(usual)} are usual"
    if look.moved_to:
        return SourceState.MOVED, f"it has moved to {look.moved_to}"
    seconds = normal.usual_seconds or 0.0
    if normal.looks >= ENOUGH_LOOKS and look.seconds > max(SLOW_SECONDS, SLOW_TIMES * seconds):
        return SourceState.SLOW, f"it took {look.seconds:.0f} s; {seconds:.1f} s are usual"
    return SourceState(look.state.value), ""


def _usual(entries: float) -> str:
    """ "12 a week" or, where that is less than one, "3 a month"."""
    return f"{entries:.0f} a week" if entries >= 1.5 else f"{entries * habit.WEEKS_A_MONTH:.1f} a month"


def _spread(slug: str) -> float:
    """A number from 0 to 1 that is always the same for a source: pauses do not all end at once."""
    return hashlib.blake2b(slug.encode(), digest_size=2).digest()[0] / 255


def rests(health: SourceHealth | None, now: datetime) -> str:
    """Why a source is not asked now, in words; "" when it is."""
    if health is None or health.due is None or now >= health.due:
        return ""
    why = f"after {health.failures} failures" if health.failures > 1 else "after a failure"
    return f"rests until {health.due:%Y-%m-%d %H:%M} UTC {why} ({health.state.value})"


def network_is_down(looks: Sequence[Look]) -> bool:
    """Whether so many sources were out of reach at once that the trouble must be at this end."""
    unreachable = sum(look.state in (FeedState.CONNECTION, FeedState.TIMEOUT) for look in looks)
    return len(looks) >= OFFLINE_LEAST and unreachable >= OFFLINE_SHARE * len(looks)


def change(past: SourceHealth | None, now: SourceHealth) -> HealthEvent | None:
    """What the operator is to be told of, if anything."""
    before = past is not None and past.alarm
    if before == now.alarm:
        return None
    if now.alarm:
        kind = "silent" if now.state is SourceState.SILENT else "broke"
        detail = now.detail
    else:
        assert past is not None
        kind, detail = "recovered", f"it was {past.state.value} since {past.since:%Y-%m-%d}"
    return HealthEvent(
        key=f"{now.source}:{kind}:{now.checked.isoformat()}",
        source=now.source,
        at=now.checked,
        kind=kind,
        state=now.state,
        detail=detail,
    )


def same_place(one: str, other: str) -> bool:
    """Whether two addresses differ in nothing that matters: scheme, www, a last slash."""

    def plain(url: str) -> str:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"

    return plain(one) == plain(other)
