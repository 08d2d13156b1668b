"""The facts that a query can ask for: how each is written, and whether a record has it. Pure.

nationality:MX  country:PE,BO  stage:convicted  drug:fentanyl  kind:stock
count>=5  quantity>100  quantity>500g  sentence:death  sentence:life  sentence>=20
new_pair:12m  stage_changed  lang:es  source:insightcrime
"""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable
from functools import cache

from alerts.normal import words_of
from alerts.tree import Fact
from pipeline.types import Record
from pipeline.vocabulary import LANGUAGES, UNKNOWN_COUNTRY, Drug, Kind, Stage

CHOICES: dict[str, tuple[str, ...]] = {
    "stage": tuple(stage.value for stage in Stage),
    "drug": tuple(drug.value for drug in Drug),
    "kind": tuple(kind.value for kind in Kind),
    "lang": LANGUAGES,
}
COUNTRIES = ("nationality", "country")
NUMBERS = ("count", "quantity", "sentence")
NAMES = (*COUNTRIES, *CHOICES, *NUMBERS, "new_pair", "stage_changed", "source", "scope", "title")
"""Everything that may stand before a colon, a sign of comparison, or for itself."""
SIGNS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
UNITS = {
    "count": {"": 1.0},
    "quantity": {"": 1.0, "kg": 1.0, "g": 0.001, "t": 1000.0},
    "sentence": {"": 1.0, "y": 1.0, "m": 1 / 12},
}
DAYS = {"d": 1, "w": 7, "m": 30.4375, "y": 365.25}
LONGEST_DAYS = 100 * 366
_NUMBER = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)([a-z]*)", re.IGNORECASE)


class Unclear(Exception):
    """A value that makes no sense; says why. The parser knows the place."""


def read_fact(name: str, sign: str, written: str, start: int, end: int) -> Fact:
    """The fact ``name`` ``sign`` ``written`` ("=" stands for a colon too). Raises Unclear."""
    if name == "stage_changed":
        return Fact(start, end, name, "=", ())
    pieces = [piece.strip() for piece in written.split(",")]
    if not all(pieces):
        raise Unclear(f"a value must follow {name!r}, as in {example(name)}.")
    if sign != "=" and name not in NUMBERS:
        raise Unclear(f"{name!r} has no more or less; write it as {example(name)}.")
    values: list[str | float] = []
    for piece in pieces:
        values.append(_value(name, sign, piece))
    if len(values) > 1 and name in (*NUMBERS, "new_pair") and sign != "=":
        raise Unclear(f"only one number can follow '{name}{sign}'.")
    return Fact(start, end, name, sign, tuple(dict.fromkeys(values)))


def example(name: str) -> str:
    """How a fact is written."""
    examples = {
        "nationality": "nationality:MX",
        "country": "country:PE",
        "stage": "stage:convicted",
        "drug": "drug:fentanyl",
        "kind": "kind:stock",
        "lang": "lang:es",
        "count": "count>=5",
        "quantity": "quantity>100",
        "sentence": "sentence:death or sentence>=20",
        "new_pair": "new_pair:12m",
        "source": "source:insightcrime",
        "scope": "scope:all",
        "title": "title:mule",
    }
    return examples.get(name, name)


def _value(name: str, sign: str, piece: str) -> str | float:
    if name in COUNTRIES:
        return _country(piece)
    if name in CHOICES:
        value = piece.lower().replace("-", "_")
        if value not in CHOICES[name]:
            raise Unclear(f"{piece!r} is no {name}; {_nearest(value, CHOICES[name])}")
        return value
    if name == "source":
        if not words_of(piece):
            raise Unclear(f"a name must follow 'source:', as in {example(name)}.")
        return piece.lower()
    if name == "sentence" and piece.lower() in ("death", "life"):
        if sign != "=":
            raise Unclear(f"{piece!r} is no number of years; write sentence:{piece.lower()}.")
        return piece.lower()
    found = _NUMBER.fullmatch(piece)
    unit = found.group(2).lower() if found else ""
    if name == "new_pair":
        if found is None or unit not in DAYS or not 1 <= float(found.group(1)) * DAYS[unit] <= LONGEST_DAYS:
            raise Unclear(f"{piece!r} is no span of time; write 90d, 8w, 12m or 2y, as in {example(name)}.")
        return float(round(float(found.group(1)) * DAYS[unit]))
    if found is None or unit not in UNITS[name]:
        units = {"quantity": " (kilograms, or with g or t)", "sentence": " (years), life or death"}
        raise Unclear(f"{piece!r} is no number{units.get(name, '')}; write it as {example(name)}.")
    return round(float(found.group(1)) * UNITS[name][unit], 6)


def _nearest(value: str, words: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(value, words, n=1, cutoff=0.7)
    return f"did you mean {near[0]}?" if near else f"it is one of {', '.join(words)}."


@cache
def _country(piece: str) -> str:
    """An ISO 3166-1 code, from a code or an English name."""
    import pycountry  # 0.1 s to import, and only needed where a country is named

    wanted = piece.replace("_", " ").strip()
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
    names = {
        getattr(country, key).casefold(): country
        for country in pycountry.countries
        for key in ("name", "common_name")
        if hasattr(country, key)
    }
    near = difflib.get_close_matches(wanted.casefold(), names, n=1, cutoff=0.6)
    if near:
        country = names[near[0]]
        raise Unclear(f"{piece!r} is no country; did you mean {country.alpha_2} ({country.name})?")
    raise Unclear(
        f"{piece!r} is no country; use a code of two letters (ISO 3166) such as PE or MX, an English "
        "name, or XX for not known."
    )


def has_value(record: Record, name: str, value: str | float) -> bool:
    """Whether the record has one of the facts that are a matter of being equal."""
    match name:
        case "nationality":
            return record.nationality == value
        case "country":
            return record.country == value
        case "stage":
            return record.stage.value == value
        case "kind":
            return record.kind.value == value
        case "drug":
            return any(drug.value == value for drug in record.drugs)
        case _:
            return record.sentence == value


def number_of(record: Record, name: str) -> float | None:
    """The number of the record that ``name`` is about; None where it has none."""
    match name:
        case "count":
            return record.count
        case "quantity":
            return record.quantity_kg
        case _:
            return record.sentence if isinstance(record.sentence, int | float) else None


def source_fits(slug: str, name: str) -> bool:
    """Whether an outlet is so named: ``insightcrime`` fits ``insightcrime-en``; ``insight*`` too."""
    wanted = " ".join(words_of(name))
    there = f" {' '.join(words_of(slug))} "
    return f" {wanted}" in there if name.endswith("*") else f" {wanted} " in there
