"""When an article was published: the first plausible date in the order of trust, with its origin."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pipeline.vocabulary import DateOrigin

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing on the web is older; earlier dates are default values of some program."""

LATEST_AHEAD = timedelta(days=1)
"""How far ahead of now a date may lie: clocks and time zones differ, the future is not news."""

_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}(?!\d))?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")


def publication_date(
    *,
    now: datetime,
    given: datetime | None = None,
    feed: datetime | None = None,
    json_ld: Iterable[str] = (),
    meta: Iterable[str] = (),
    html: str | None = None,
) -> tuple[datetime | None, DateOrigin | None]:
    """The first plausible date (aware UTC) of the origins in the order of trust, and that origin.

    A date without a time is midnight UTC. What lies before 1990 or more than a day after ``now`` is
    passed over. ``(None, None)`` when nothing is left.
    """
    ways: tuple[tuple[DateOrigin, Iterable[datetime | str | None]], ...] = (
        (DateOrigin.GIVEN, (given,)),
        (DateOrigin.FEED, (feed,)),
        (DateOrigin.JSON_LD, json_ld),
        (DateOrigin.META, meta),
        (DateOrigin.HTML, (html,)),
    )
    for origin, values in ways:
        for value in values:
            moment = parse_moment(value) if isinstance(value, str) else value
            if moment is not None and is_plausible(moment, now=now):
                return moment.astimezone(UTC), origin
    return None, None


def is_plausible(moment: datetime, *, now: datetime) -> bool:
    """Whether an article can have appeared then. ``moment`` without a zone is never plausible."""
    return moment.tzinfo is not None and EARLIEST <= moment <= now + LATEST_AHEAD


def parse_moment(text: str) -> datetime | None:
    """A date as machines write it (ISO 8601, RFC 2822, Unix time) → aware UTC, or None.

    Dates written for people ("3 May", "05/03/2014") are not read: their order of day and month is a guess.
    """
    value = text.strip()[:80]
    try:
        if found := _ISO.match(value):
            year, month, day, hour, minute, second, zone = found.groups()
            return _moment((year, month, day, hour, minute, second), zone)
        if _EPOCH.fullmatch(value):
            return datetime.fromtimestamp(int(value[:10]), UTC)
        if found := _COMPACT.fullmatch(value):
            year, month, day, hour, minute, second, zone = found.groups()
            return _moment((year, month, day, hour, minute, second), zone)
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _moment(numbers: tuple[str | None, ...], zone: str | None) -> datetime:
    """Raises ValueError for a day that is in no calendar, OverflowError at the edges of time."""
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    if hour == 24:
        hour = 0
    moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
        moment = moment - shift if zone[0] == "+" else moment + shift
    return moment
