"""The words of a text that the program took notice of, as spans of which none lies over another. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.fields.case import Reading
from pipeline.groups import Group


class Sort(StrEnum):
    """What a mark is; the order is that in which they win where two lie over one another."""

    PEOPLE = "people"  # a phrase that names people of a nationality
    CUSTODY = "custody"
    DRUG = "drug"
    WEIGHT = "weight"
    TERM = "term"  # a prison term
    SHARE = "share"
    PLACE = "place"
    DATE = "date"
    OTHER = "other crime"
    TRAP = "other theme"
    ATTRIBUTE = "nationality of a thing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A piece of the text: half open offsets, and what it was taken for."""

    start: int
    end: int
    sort: Sort
    note: str  # a country, a stage, a number


def find_marks(reading: Reading, numbers: Collection[Group]) -> tuple[Mark, ...]:
    """All marks in the order of the text; of numbers that may count people, those of ``numbers``."""
    order = list(Sort)
    taken = bytearray(len(reading.doc.text) + 1)
    out = []
    for mark in sorted(
        _all(reading, numbers), key=lambda m: (order.index(m.sort), m.start - m.end, m.start, m.note)
    ):
        if mark.end > mark.start and not any(taken[mark.start : mark.end]):
            taken[mark.start : mark.end] = b"\x01" * (mark.end - mark.start)
            # A note that only repeats the word ("cocaine") says nothing.
            same = reading.doc.text[mark.start : mark.end].casefold() == mark.note.casefold()
            out.append(replace(mark, note="") if same else mark)
    return tuple(sorted(out, key=lambda mark: mark.start))


def _all(reading: Reading, numbers: Collection[Group]) -> Iterator[Mark]:
    doc = reading.doc
    for group in reading.groups:
        if group.form == "attribute":
            yield Mark(start=group.start, end=group.end, sort=Sort.ATTRIBUTE, note=group.nationality)
        elif not group.form.startswith("number") or group in numbers:
            many = "" if group.count is None else f" ×{group.count}"
            yield Mark(start=group.start, end=group.end, sort=Sort.PEOPLE, note=f"{group.nationality}{many}")
    for m in doc.mentions:
        section, key = m.label.section, m.label.key
        note = key.replace("_", " ")
        if section == "custody" or (section, key) == ("people", "prisoner"):
            yield Mark(start=m.start, end=m.end, sort=Sort.CUSTODY, note=note)
        elif section == "drugs" or (section, key) in (("offence", "drug"), ("people", "mule")):
            named = section == "drugs" and key != "generic"
            yield Mark(start=m.start, end=m.end, sort=Sort.DRUG, note=note if named else "")
        elif (section, key) == ("offence", "other"):
            yield Mark(start=m.start, end=m.end, sort=Sort.OTHER, note="")
        elif section == "traps":
            yield Mark(start=m.start, end=m.end, sort=Sort.TRAP, note=note)
    for quantity in doc.quantities:
        note = "" if quantity.kg is None else f"{quantity.kg:g} kg"
        yield Mark(start=quantity.start, end=quantity.end, sort=Sort.WEIGHT, note=note)
    for term in doc.terms:
        if term.kind == "duration":
            continue  # "two weeks" of anything
        years = term.years if isinstance(term.years, str) else f"{term.years:g} years"
        yield Mark(start=term.start, end=term.end, sort=Sort.TERM, note=f"{years}, {term.kind}")
    for share in doc.shares:
        yield Mark(start=share.start, end=share.end, sort=Sort.SHARE, note=f"{share.percent:g} %")
    for place in doc.places:
        note = f"{place.countries[0]}, {place.kind.replace('_', ' ')}"
        yield Mark(start=place.start, end=place.end, sort=Sort.PLACE, note=note)
    for when in doc.dates:
        yield Mark(start=when.start, end=when.end, sort=Sort.DATE, note=when.value)
