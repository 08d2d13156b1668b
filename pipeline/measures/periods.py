"""Calendar arithmetic: a phrase's tag and the publication date → a value in the codebook's form."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Moment:
    """A date of which any part may be unknown."""

    year: int | None
    month: int | None
    day: int | None

    def exists(self) -> bool:
        """Whether the calendar has it."""
        if self.year is None or not 1 <= self.year <= 9998:
            return False
        if self.month is None:
            return self.day is None
        if not 1 <= self.month <= 12:
            return False
        return self.day is None or 1 <= self.day <= monthrange(self.year, self.month)[1]


def written(moment: Moment) -> str:
    """``2014``, ``2014-04`` or ``2014-04-20``."""
    parts = [f"{moment.year:04d}"]
    if moment.month is not None:
        parts.append(f"{moment.month:02d}")
        if moment.day is not None:
            parts.append(f"{moment.day:02d}")
    return "-".join(parts)


def last_such_day(moment: Moment, anchor: date, *, future: bool) -> Moment | None:
    """The latest year in which ``moment`` is not after the anchor, the next one for the future."""
    limit = anchor + timedelta(days=1) if anchor < date.max else anchor
    candidates = [Moment(year, moment.month, moment.day) for year in range(anchor.year - 8, anchor.year + 2)]
    existing = [candidate for candidate in candidates if candidate.exists()]
    if moment.day is None:
        past = [one for one in existing if written(one) <= f"{anchor:%Y-%m}"]
        coming = [one for one in existing if written(one) >= f"{anchor:%Y-%m}"]
    else:
        past = [one for one in existing if written(one) <= limit.isoformat()]
        coming = [one for one in existing if written(one) >= anchor.isoformat()]
    if future:
        return coming[0] if coming else None
    return past[-1] if past else None


def months_before(day: date, count: int) -> date:
    """The first day of the month ``count`` months earlier."""
    index = max(day.year * 12 + day.month - 1 - count, 12)
    return date(index // 12, index % 12 + 1, 1)


def _days_before(day: date, count: int) -> date:
    return date.fromordinal(max(day.toordinal() - count, 1))


def _months(year: int, first: int, last: int) -> str:
    return f"{year:04d}-{first:02d}/{year:04d}-{last:02d}"


def relative_value(tag: str, slots: dict[str, int], published: date | None) -> str | None:
    """The value of a phrase; None for what lies in the future or cannot be said."""
    year = slots.get("y")
    if published is None:
        if year is None:
            return None
        published = date(year, 12, 31)
    pieces = _pieces(tag, slots, year, published)
    if pieces is not None:
        return pieces
    if tag in _DAYS:
        return _days_before(published, _DAYS[tag]).isoformat()
    if tag in _MONTHS:
        return f"{months_before(published, _MONTHS[tag]):%Y-%m}"
    if tag in _YEARS:
        month, day = slots.get("m"), slots.get("d")
        moment = Moment(published.year - _YEARS[tag], month, day)
        return written(moment) if moment.exists() else None
    count = slots.get("n", 1)
    match tag:
        case "weekday" | "weekday_last" if "w" not in slots:
            return None
        case "last_month_named" if "m" not in slots:
            return None
        case "weekday":
            return _days_before(published, (published.weekday() - slots["w"]) % 7).isoformat()
        case "weekday_last":
            return _days_before(published, (published.weekday() - slots["w"] - 1) % 7 + 1).isoformat()
        case "last_month_named":
            moment = Moment(published.year - (slots["m"] >= published.month), slots["m"], slots.get("d"))
            return written(moment) if moment.exists() else None
        case "year_to_date" if published.month == 12:
            return f"{published.year:04d}"  # all of it
        case "year_to_date":
            return f"{published.year:04d}-01/{published:%Y-%m}"
        case "week_this" | "week_last":
            return f"{_days_before(published, 0 if tag == 'week_this' else 7):%Y-%m}"
        case "days_ago":
            return _days_before(published, count).isoformat()
        case "weeks_ago":
            return f"{_days_before(published, 7 * count):%Y-%m}"
        case "months_ago":
            return f"{months_before(published, count):%Y-%m}"
        case "years_ago":
            return f"{max(published.year - count, 1):04d}"
        case "last_years":
            return f"{max(published.year - count, 1):04d}/{published:%Y-%m}"
        case "last_months":
            return f"{months_before(published, count):%Y-%m}/{published:%Y-%m}"
        case "last_days":
            return f"{published:%Y-%m}"
    return None


_DAYS = {"today": 0, "yesterday": 1, "day_before_yesterday": 2}
_MONTHS = {"month_this": 0, "month_last": 1}
_YEARS = {"this_year": 0, "last_year": 1, "year_before_last": 2}
_PARTS = {
    "half1": (1, 6),
    "half2": (7, 12),
    "quarter1": (1, 3),
    "quarter2": (4, 6),
    "quarter3": (7, 9),
    "quarter4": (10, 12),
}


def _pieces(tag: str, slots: dict[str, int], year: int | None, published: date) -> str | None:
    """Parts of a year: "the first ten months of 2011", "im ersten Halbjahr", "at the end of 2018"."""
    if tag.endswith("_last_year") and tag != "last_year":
        year, tag = published.year - 1, tag.removesuffix("_last_year")
    if tag == "year_end":
        return f"{published.year if year is None else year:04d}-12"
    if tag == "last_year_end":
        return f"{published.year - 1:04d}-12"
    if tag == "year_start":
        return f"{published.year if year is None else year:04d}-01"
    if tag == "first_months":
        parts = (1, slots.get("n", 1))
    elif tag in _PARTS:
        parts = _PARTS[tag]
    else:
        return None
    if not 1 <= parts[1] <= 12:
        return None
    if year is None:
        # The part of this year, unless it has not ended yet: then it is last year's.
        year = published.year - (published.month < parts[1])
    return _months(year, *parts)
