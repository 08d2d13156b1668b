"""What the operator is told without having asked: sources that break, fall silent or recover, runs
that do not succeed, finds that are far fewer than usual. Each comes once.

    changes of health (stored by the crawl) ┐
    runs and finds, looked at now ──────────┴→ events, by key → one message of all that are untold
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import fmean, pvariance

from storage.health_values import HealthEvent

RUN_HOURS = 26
"""A daily crawl may be late by two hours."""
WEEKS, LEAST_WEEKS = 8, 4
"""Weeks before the last one that say what is usual, and how many of them there must be."""
LEAST_FINDS = 5.0
"""Where fewer are usual in a week, none at all may be chance."""
IMPROBABLE = 0.001
SHOWN = 30
"""Sources that a message names; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorMessage:
    """A message to whoever runs the program. Plain text."""

    key: str  # the same for the same events
    subject: str
    body: str
    events: tuple[HealthEvent, ...]  # those that it tells


def operator_message(events: Sequence[HealthEvent], *, advice: dict[str, str]) -> OperatorMessage | None:
    """One message of all events that were not told yet; None where there is none. ``advice`` has
    what to do, by slug."""
    if not events:
        return None
    lines: list[str] = []
    for kind, title in _TITLES.items():
        these = [event for event in events if event.kind == kind]
        if not these:
            continue
        lines += [title, ""]
        for event in these[:SHOWN]:
            name = f"{event.source}: " if event.source else ""
            state = f"{event.state.value}, " if event.state and kind == "broke" else ""
            lines.append(f"  {name}{state}{event.detail}".rstrip(", "))
            if kind != "recovered" and (todo := advice.get(event.source)):
                lines.append(f"      → {todo}")
        if len(these) > SHOWN:
            lines.append(f"  and {len(these) - SHOWN} more")
        lines.append("")
    lines.append("'detainee-watch sources health' shows all sources, 'detainee-watch doctor' the rest.")
    return OperatorMessage(
        key=f"operator:{events[-1].key}",
        subject=f"detainee-watch: {_subject(events)}",
        body="\n".join(lines) + "\n",
        events=tuple(events),
    )


_TITLES = {
    "no-run": "No crawl has succeeded",
    "few-finds": "Far fewer finds than usual",
    "broke": "Sources that broke",
    "silent": "Sources that fell silent",
    "recovered": "Sources that recovered",
    "running": "Crawls succeed again",
    "finds": "Finds are as usual again",
}


def _subject(events: Sequence[HealthEvent]) -> str:
    """The gravest first: "no crawl for 26 hours, 2 sources broke"."""
    counts = {kind: sum(event.kind == kind for event in events) for kind in _TITLES}
    parts = []
    for kind, word in (("broke", "broke"), ("silent", "fell silent"), ("recovered", "recovered")):
        if n := counts[kind]:
            parts.append(f"{n} source{'s' * (n > 1)} {word}")
    first = {
        "no-run": "no crawl has succeeded",
        "few-finds": "far fewer finds than usual",
        "running": "crawls succeed again",
        "finds": "finds are as usual again",
    }
    return ", ".join([words for kind, words in first.items() if counts[kind]] + parts)


def run_event(
    last_success: datetime | None, first_run: datetime | None, last: HealthEvent | None, now: datetime
) -> HealthEvent | None:
    """Whether crawls have stopped to succeed, or succeed again. ``last`` is the latest event of
    either kind; without any run there is nothing to say."""
    since = last_success or first_run
    if since is None:
        return None
    late = now - since > timedelta(hours=RUN_HOURS)
    told = last is not None and last.kind == "no-run"
    if late and not told:
        words = f"since {_moment(last_success)}" if last_success else f"since the first one, {_moment(since)}"
        return _event("no-run", f"no crawl has succeeded {words}: see 'detainee-watch doctor'", now)
    if told and not late:
        return _event("running", f"a crawl succeeded on {_moment(since)}", now)
    return None


def finds_event(weeks: Sequence[int], last: HealthEvent | None, now: datetime) -> HealthEvent | None:
    """Whether relevant finds are far below the usual, or as usual again. ``weeks`` are the finds of
    each week, the latest last."""
    if len(weeks) <= LEAST_WEEKS:
        return None
    few = finds_are_few(weeks[-1], weeks[:-1])
    told = last is not None and last.kind == "few-finds"
    if few and not told:
        words = f"{weeks[-1]} relevant articles in the last seven days; {fmean(weeks[:-1]):.0f} are usual"
        return _event("few-finds", words, now)
    if told and not few and weeks[-1] >= fmean(weeks[:-1]) / 2:
        return _event("finds", f"{weeks[-1]} relevant articles in the last seven days", now)
    return None


def finds_are_few(found: int, before: Sequence[int]) -> bool:
    """Whether so few are improbable where earlier weeks had ``before``: less than half, and less
    likely than 1 in 1,000 under a negative binomial as wide as those weeks were."""
    mean = fmean(before)
    if mean < LEAST_FINDS or found >= mean / 2:
        return False
    variance = max(pvariance(before) * len(before) / (len(before) - 1), mean * 1.2)
    # size and share of the negative binomial with this mean and variance
    size, share = mean * mean / (variance - mean), mean / variance
    chance = math.fsum(
        math.exp(
            math.lgamma(k + size)
            - math.lgamma(size)
            - math.lgamma(k + 1)
            + size * math.log(share)
            + k * math.log1p(-share)
        )
        for k in range(found + 1)
    )
    return chance < IMPROBABLE


def finds_by_week(days: Sequence[tuple[date, int, int]], today: date) -> tuple[int, ...]:
    """Relevant articles of each of the last weeks, oldest first, from (day, seen, relevant). The
    weeks end with yesterday; those before the first one in which anything was seen are left out."""
    sums = [[0, 0] for _ in range(WEEKS + 1)]
    for day, seen, relevant in days:
        week = ((today - day).days - 1) // 7
        if 0 <= week <= WEEKS:
            sums[week][0] += seen
            sums[week][1] += relevant
    first = max((week for week, (seen, _) in enumerate(sums) if seen), default=-1)
    # The first week was perhaps not watched from its beginning.
    return tuple(relevant for _, relevant in reversed(sums[:first]))


def _event(kind: str, detail: str, now: datetime) -> HealthEvent:
    return HealthEvent(
        key=f":{kind}:{now.isoformat()}", source="", at=now, kind=kind, state=None, detail=detail
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
