"""When a rule's messages are due: hours of sending and quiet times in its zone. Pure.

A digest belongs to the hour at which it was due, as a moment in UTC; that moment is its window's name.
An hour that a change of clocks leaves out is the first moment after the gap; one that comes twice is
its first. So a day has one digest, whatever its length.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.errors import ConfigError
from storage.alert_values import Rhythm, Rule


def zone_of(rule: Rule) -> ZoneInfo:
    """The rule's time zone. Raises ConfigError for a name that does not exist."""
    try:
        return ZoneInfo(rule.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"The rule {rule.name!r} has a time zone that does not exist: {rule.zone!r}.", key=rule.name
        ) from error


def last_hour(rule: Rule, now: datetime) -> datetime | None:
    """The latest hour of sending at or before ``now``, in UTC; None for instant rules, which have none."""
    local = now.astimezone(zone_of(rule))
    match rule.rhythm:
        case Rhythm.INSTANT:
            return None
        case Rhythm.HOURLY:
            return _full_hour(local)
        case Rhythm.DAILY | Rhythm.WEEKLY:
            return next(at for at in _hours(rule, local.date(), -1) if at <= now)


def next_hour(rule: Rule, now: datetime) -> datetime | None:
    """The first hour of sending after ``now``, in UTC; None for instant rules."""
    local = now.astimezone(zone_of(rule))
    match rule.rhythm:
        case Rhythm.INSTANT:
            return None
        case Rhythm.HOURLY:
            return _full_hour(local) + timedelta(hours=1)
        case Rhythm.DAILY | Rhythm.WEEKLY:
            return next(at for at in _hours(rule, local.date(), +1) if at > now)


def due_window(rule: Rule, now: datetime, closed: datetime | None) -> datetime | None:
    """The window that is to be seen to now; None while there is none. ``closed`` is the latest that was
    seen to; a rule that never had one begins with the first hour of sending after it was made. Hours
    that passed while nothing ran are caught up by one."""
    at = last_hour(rule, now)
    begin = closed or rule.created
    return at if at is not None and (begin is None or at > begin) else None


def quiet_until(rule: Rule, now: datetime) -> datetime | None:
    """When the quiet time in which ``now`` lies ends, in UTC; None when it lies in none."""
    at = now.astimezone(zone_of(rule))
    end: datetime | None = None
    # A quiet evening may lead into a quiet day and that into a quiet night: eight days see the end of all.
    for _ in range(24):
        pause = _pause(rule, at)
        if pause is None:
            break
        end = at = pause
    return end.astimezone(UTC) if end is not None else None


def _pause(rule: Rule, local: datetime) -> datetime | None:
    """The end of the quiet hours or the quiet day in which ``local`` lies."""
    zone = local.tzinfo
    assert isinstance(zone, ZoneInfo)
    if local.weekday() in rule.quiet_days and len(set(rule.quiet_days)) < 7:
        return _at(local.date() + timedelta(days=1), time(), zone).astimezone(zone)
    if rule.quiet_from is None or rule.quiet_until is None or rule.quiet_from == rule.quiet_until:
        return None
    begin, end = time.fromisoformat(rule.quiet_from), time.fromisoformat(rule.quiet_until)
    clock = local.time().replace(tzinfo=None)
    over_midnight = end < begin
    inside = clock >= begin or clock < end if over_midnight else begin <= clock < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and clock >= begin else 0)
    until = _at(day, end, zone)
    # Where clocks are set back, the end may lie before a moment that is still inside: it comes again.
    if until <= local:
        until = datetime.combine(day, end, zone).replace(fold=1).astimezone(UTC)
    return until.astimezone(zone) if until > local else None


def _hours(rule: Rule, day: date, step: int) -> list[datetime]:
    """The hours of sending around ``day``, nearest first into the direction of ``step``."""
    zone = zone_of(rule)
    # One day on the other side of today, for zones that are a day ahead.
    days = (day + timedelta(days=step * offset) for offset in range(-1, 16))
    return [
        _at(each, time(rule.hour), zone)
        for each in days
        if rule.rhythm is Rhythm.DAILY or each.weekday() == rule.weekday
    ]


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment at which clocks in the zone first show this; the first after a gap that has no such."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _full_hour(local: datetime) -> datetime:
    """The moment of the latest full hour of local clocks."""
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return local.astimezone(UTC) - past


def window_name(at: datetime) -> str:
    """How a window is called: its hour of sending in UTC, "2026-03-29T05:00Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
