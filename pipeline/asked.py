"""What a person means who names a country, a date or a word of the codebook. Pure.

Everything that is not understood is a QueryError that names what would be. Options of the command line
and parameters of an address are read by the same functions.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from pipeline.errors import QueryError
from pipeline.vocabulary import UNKNOWN_COUNTRY

Word = TypeVar("Word", bound=StrEnum)


def check_country(value: str) -> str:
    """An ISO 3166-1 code in capitals, from a code or an English name; XX is "not known"."""
    # 0.1 s to import, and only needed where a country is named.
    import pycountry

    wanted = value.strip()
    if wanted.upper() == UNKNOWN_COUNTRY:
        return UNKNOWN_COUNTRY
    found = pycountry.countries.get(alpha_2=wanted.upper())
    if found is None and len(wanted) > 2:
        try:
            found = pycountry.countries.lookup(wanted)
        except LookupError:
            found = None
    if found is not None:
        return str(found.alpha_2)
    names = {country.name.casefold(): country for country in pycountry.countries}
    names |= {
        country.common_name.casefold(): country
        for country in pycountry.countries
        if hasattr(country, "common_name")
    }
    near = difflib.get_close_matches(wanted.casefold(), names, n=3, cutoff=0.6)
    hint = (
        "did you mean " + " or ".join(f"{names[each].alpha_2} ({names[each].name})" for each in near) + "?"
        if near
        else "use a code of two letters (ISO 3166) such as PE, NL or TH, an English name, or XX for not known"
    )
    raise QueryError(f"{value!r} is no country; {hint}")


def countries(values: Sequence[str] | None) -> tuple[str, ...]:
    """Codes of all that are named, by several options or with commas between."""
    return tuple(dict.fromkeys(check_country(one) for one in split(values)))


def split(values: Sequence[str] | None) -> list[str]:
    """The values of an option that may be given several times, or once with commas."""
    return [piece.strip() for value in values or () for piece in value.split(",") if piece.strip()]


def words(values: Sequence[str] | None, valid: type[Word], what: str) -> tuple[Word, ...]:
    """Members of an enum of the codebook; the error names all that there are."""
    found = []
    for value in split(values):
        try:
            found.append(valid(value.lower().replace("-", "_")))
        except ValueError:
            raise QueryError(
                f"{value!r} is no {what}; the {what}s are: {', '.join(one.value for one in valid)}"
            ) from None
    return tuple(found)


_AGO = re.compile(r"(\d{1,5})([dw])")
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def parse_days(value: str, *, now: datetime) -> tuple[date, date]:
    """The first day that ``value`` means, and the day after its last one: a day, a month, a year,
    today, yesterday, or 7d or 2w ago. Days are those of UTC."""
    wanted = value.strip().lower()
    today = now.astimezone(UTC).date()
    try:
        if wanted in ("today", "yesterday"):
            first = today - timedelta(days=wanted == "yesterday")
            return first, first + timedelta(days=1)
        if (ago := _AGO.fullmatch(wanted)) is not None:
            first = today - timedelta(days=int(ago[1]) * (7 if ago[2] == "w" else 1))
            return first, first + timedelta(days=1)
        if (day := _DAY.fullmatch(wanted)) is not None:
            first = date(int(day[1]), int(day[2] or 1), int(day[3] or 1))
            if day[3]:
                return first, first + timedelta(days=1)
            if day[2]:
                return first, (first + timedelta(days=31)).replace(day=1)
            return first, date(first.year + 1, 1, 1)
    except (ValueError, OverflowError):
        pass
    raise QueryError(
        f"{value!r} is no date; write 2026-03-01, 2026-03, 2026, today, yesterday, 7d or 2w (ago)"
    )


def midnight(day: date) -> datetime:
    """The beginning of a day, UTC."""
    return datetime.combine(day, time(), UTC)
