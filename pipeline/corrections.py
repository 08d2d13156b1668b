"""What a person says of a record, field by field: read, checked, and laid over what the program says. Pure.

A correction is kept as JSON has it: codes and words as text, drugs as a list, a sentence as years or as a
word. A field that is not named stays the program's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, TypeVar

from pipeline.asked import check_country, split, words
from pipeline.clues import days_of
from pipeline.errors import QueryError
from pipeline.types import Record, Span
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound, Drug, Kind, Per, Stage

Word = TypeVar("Word", bound=StrEnum)
Value = str | int | float | list[str] | None

FIELDS: Final = (
    "nationality",
    "country",
    "count",
    "bound",
    "per",
    "kind",
    "stage",
    "drugs",
    "quantity_kg",
    "sentence",
    "drug_share",
    "when",
    "place",
    "evidence",
)
"""The fields that a person may correct, in the order of the codebook."""
NEEDED: Final = ("nationality", "country", "kind", "stage", "evidence")
"""Those that a record that a person adds must have."""
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "bound": tuple(Bound),
    "per": tuple(Per),
    "kind": tuple(Kind),
    "stage": tuple(Stage),
    "drugs": tuple(Drug),
}
NOTHING: Final = frozenset({"", "-", "none", "null"})
MOST_TEXT: Final = 2_000
MOST_COUNT: Final = 10_000_000
MOST_NUMBER: Final = 10_000_000.0
MOST_YEARS: Final = 2_000.0
_DAY = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_WHEN = re.compile(rf"{_DAY}(?:/{_DAY})?", re.ASCII)


def read_field(name: str, given: str) -> Value:
    """The value of a field as a person writes it; "", "-" and "none" stand for not known. Raises
    QueryError, its key the field's name, with what would be right."""
    reader = _READERS.get(name)
    if reader is None:
        raise QueryError(f"{name!r} is no field of a record; the fields are: {', '.join(FIELDS)}", key=name)
    try:
        return reader(given.strip())
    except QueryError as error:
        raise QueryError(f"{name}: {error}", key=name) from None


def read_fields(given: Mapping[str, str]) -> dict[str, Value]:
    """Several fields; see read_field."""
    return {name: read_field(name, value) for name, value in given.items()}


def corrected(record: Record, fields: Mapping[str, Any], text: str) -> Record:
    """``record`` with what a person gave in its place; ``text`` is the article's."""
    changes: dict[str, Any] = {}
    for name, value in fields.items():
        match name:
            case "kind":
                changes[name] = Kind(value)
            case "stage":
                changes[name] = Stage(value)
            case "bound":
                changes[name] = Bound(value)
            case "per":
                changes[name] = Per(value) if value else None
            case "drugs":
                changes[name] = tuple(Drug(one) for one in sorted(value))
            case "evidence":
                changes[name] = place_evidence(value, text)
            case _:
                changes[name] = value
    return replace(record, **changes)


def made(fields: Mapping[str, Any], text: str) -> Record:
    """A record of a person's own."""
    bare = Record(
        nationality=UNKNOWN_COUNTRY,
        country=UNKNOWN_COUNTRY,
        count=None,
        kind=Kind.EVENT,
        stage=Stage.ARRESTED,
        drugs=(),
        quantity_kg=None,
        sentence=None,
        drug_share=None,
        when=None,
        place=None,
        evidence=Span(start=0, end=0, text=""),
    )
    return corrected(bare, fields, text)


def place_evidence(evidence: str, text: str) -> Span:
    """The sentence where it stands in ``text``; an outlet may have taken it out since, and it then stands
    nowhere (0 to 0)."""
    start = text.find(evidence) if evidence else -1
    if start < 0:
        return Span(start=0, end=0, text=evidence)
    return Span(start=start, end=start + len(evidence), text=evidence)


def check_evidence(evidence: str, text: str) -> str:
    """``evidence`` as it stands in ``text``, white space aside. Raises QueryError where it does not."""
    if evidence in text:
        return evidence
    words_of = evidence.split()
    at = 0
    while words_of and (at := text.find(words_of[0], at)) >= 0:
        end = at
        for word in words_of:
            gap = end
            while gap < len(text) and text[gap].isspace():
                gap += 1
            if not text.startswith(word, gap):
                break
            end = gap + len(word)
        else:
            return text[at:end]
        at += 1
    raise QueryError(
        "evidence: this sentence does not stand in the article; copy it word for word.", key="evidence"
    )


def as_fields(record: Record) -> dict[str, Value]:
    """All fields of a record as a correction would give them."""
    return {
        "nationality": record.nationality,
        "country": record.country,
        "count": record.count,
        "bound": record.bound.value,
        "per": record.per.value if record.per else None,
        "kind": record.kind.value,
        "stage": record.stage.value,
        "drugs": [drug.value for drug in record.drugs],
        "quantity_kg": record.quantity_kg,
        "sentence": record.sentence,
        "drug_share": record.drug_share,
        "when": record.when,
        "place": record.place,
        "evidence": record.evidence.text,
    }


def written(value: Value) -> str:
    """A value as a person would write it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:.10g}" if isinstance(value, float) else str(value)


# -- one reader a field -------------------------------------------------------------------------------


def _known(value: str) -> str | None:
    return None if value.casefold() in NOTHING else value


def _word(valid: type[Word], what: str, *, default: Word | None = None) -> Callable[[str], Value]:
    def read(value: str) -> Value:
        if _known(value) is None:
            if default is None:
                raise QueryError(f"needs one of: {', '.join(valid)}")
            return default.value
        found = words([value], valid, what)
        if len(found) != 1:
            raise QueryError(f"takes one of: {', '.join(valid)}")
        return found[0].value

    return read


def _country(value: str) -> Value:
    if _known(value) is None:
        return UNKNOWN_COUNTRY
    return check_country(value)


def _count(value: str) -> Value:
    if _known(value) is None:
        return None
    plain = value.replace(",", "").replace(" ", "")
    if not plain.isascii() or not plain.isdigit() or not 0 < len(plain) <= 9:
        raise QueryError(f"{value!r} is no number of people; write 12, or nothing where it is not known")
    number = int(plain)
    if not 1 <= number <= MOST_COUNT:
        raise QueryError(f"{number:,} people are not possible")
    return number


def _number(most: float, what: str) -> Callable[[str], Value]:
    def read(value: str) -> Value:
        if _known(value) is None:
            return None
        try:
            number = float(value.replace(",", ".")) if value.count(",") <= 1 else math.nan
        except ValueError:
            number = math.nan
        if not 0 <= number <= most:
            raise QueryError(f"{value!r} is no {what}; write a number such as 12 or 0.5, without a unit")
        return number

    return read


def _sentence(value: str) -> Value:
    if value.casefold() in ("life", "death"):
        return value.casefold()
    years = value.removesuffix("years").removesuffix("year").strip()
    try:
        return _number(MOST_YEARS, "sentence")(years)
    except QueryError:
        raise QueryError(f"{value!r} is no sentence; write years as a number, life or death") from None


def _when(value: str) -> Value:
    if _known(value) is None:
        return None
    if _WHEN.fullmatch(value) is None or days_of(value) is None:
        raise QueryError(f"{value!r} is no date; write 2014, 2014-04, 2018-12-20 or a period 2010/2014-04")
    return value


def _per(value: str) -> Value:
    return None if _known(value) is None else _word(Per, "period")(value)


def _drugs(value: str) -> Value:
    if _known(value) is None:
        return []
    return sorted({drug.value for drug in words(split([value]), Drug, "drug")})


def _text(value: str) -> Value:
    return (" ".join(value.split())[:MOST_TEXT] or None) if _known(value) is not None else None


def _evidence(value: str) -> Value:
    if not value:
        raise QueryError("needs the sentence of the article that says it")
    return value[:MOST_TEXT]


_READERS: Mapping[str, Callable[[str], Value]] = {
    "nationality": _country,
    "country": _country,
    "count": _count,
    "bound": _word(Bound, "bound", default=Bound.EXACT),
    "per": _per,
    "kind": _word(Kind, "kind"),
    "stage": _word(Stage, "stage"),
    "drugs": _drugs,
    "quantity_kg": _number(MOST_NUMBER, "weight in kilograms"),
    "sentence": _sentence,
    "drug_share": _number(100.0, "percentage"),
    "when": _when,
    "place": _text,
    "evidence": _evidence,
}
