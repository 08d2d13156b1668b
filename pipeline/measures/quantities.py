"""Weights of a text in kilograms, and amounts of drugs that have no weight."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from pipeline.measures.numerals import Numeral
from pipeline.measures.reading import Reading, read_text
from pipeline.measures.roles import bound_of, decimal_reading, is_range
from pipeline.measures.tokens import Phrases
from pipeline.measures.words import section, tagged
from pipeline.vocabulary import Bound


class UnitKind(StrEnum):
    """What an amount is measured in."""

    MASS = "mass"
    LITRE = "litre"
    PLANT = "plant"
    PILL = "pill"
    DOSE = "dose"


KILOGRAMS = {
    "kilogram": 1.0,
    "gram": 0.001,
    "milligram": 0.000_001,
    "tonne": 1000.0,  # news outside the United States writes "ton" for it too
    "short_ton": 907.184_74,
    "pound": 0.453_592_37,
    "metric_pound": 0.5,  # German Pfund, Dutch pond
    "ounce": 0.028_349_523,
    "metric_ounce": 0.1,  # Dutch ons, Italian etto
    "stone": 6.350_293,
    "quintal": 100.0,
    "maund": 37.324,  # of Pakistan and India
    "arroba": 11.5,  # of Spain and Spanish America
    "arroba_br": 15.0,  # of Brazil
    "metric_centner": 50.0,  # German Zentner
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """An amount at ``text[start:end]``, number and unit."""

    start: int
    end: int
    kg: float | None  # None where the unit is no weight, or the number is "dozens of"
    unit: UnitKind
    bound: Bound
    duplicate: bool = False  # the same weight again in another unit: "377 kilos (831 pounds)"


@dataclass(frozen=True, slots=True)
class _Units:
    units: Phrases
    fractions: Phrases
    and_half: Phrases
    plus: Phrases
    same: Phrases
    stop: Phrases


@dataclass(frozen=True, slots=True)
class _Weight:
    """A quantity while it is still being put together, on tokens ``[first, last)``."""

    first: int
    last: int
    kg: float | None
    unit: UnitKind
    name: str
    bound: Bound
    duplicate: bool = False


@cache
def _units(language: str) -> _Units:
    table = section(language, "units")
    names = {**tagged(table["mass"]), **tagged(table["other"])}
    return _Units(
        units=Phrases({**{f"- {name}": tag for name, tag in names.items()}, **names}),
        fractions=Phrases(dict(table["fractions"])),
        and_half=Phrases(dict(table["and_half"])),
        plus=Phrases(dict.fromkeys(table["plus"], "plus")),
        same=Phrases(dict.fromkeys(table["same"], "same")),
        stop=Phrases(dict.fromkeys(table["not_mass"], "stop")),
    )


_DIGITS = re.compile(r"\d+")
_POINT = re.compile(
    r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})*\.(?:\d{1,2}|\d{4,})|0\.\d+|\d{1,3}(?:,\d{3}){2,})(?![\d.,]*\d)"
)
_COMMA = re.compile(
    r"(?<![\d.,])(?:\d{1,3}(?:\.\d{3})*,(?:\d{1,2}|\d{4,})|0,\d+|\d{1,3}(?:\.\d{3}){2,})(?![\d.,]*\d)"
)


def decimal_sign(text: str, language: str) -> str:
    """The sign that stands before decimals in this text: Mexican Spanish writes as English does."""
    points = commas = 0
    for digits in _DIGITS.finditer(text):
        start, end = digits.span()
        if text[end : end + 1] in (".", ","):
            points += _POINT.match(text, start) is not None
            commas += _COMMA.match(text, start) is not None
    if points != commas:
        return "." if points > commas else ","
    return "." if language == "en" else ","


class _Finder:
    def __init__(self, reading: Reading) -> None:
        self.tokens = reading.tokens
        self.language = reading.language
        self.units = _units(reading.language)
        self.numerals = reading.numerals
        self.sign = decimal_sign(reading.tokens.folded, reading.language)

    def _value(self, numeral: Numeral, name: str) -> float | None:
        """The number where a weight is counted: "1,200" may be a decimal fraction."""
        if numeral.decimal is None:
            return numeral.value
        if numeral.separator == "'":
            return numeral.decimal
        if name in ("gram", "milligram"):
            # Nobody weighs grams to the milligram in groups of three unless the whole text does.
            return numeral.decimal if numeral.separator == self.sign and self.sign != "," else numeral.value
        if numeral.separator == self.sign:
            # "1,500 kilos" is no way to write one and a half.
            round_number = name == "kilogram" and numeral.value is not None and numeral.value % 100 == 0
            return numeral.value if round_number else numeral.decimal
        if name == "tonne" and self.sign == ("." if self.language == "en" else ",") == numeral.separator:
            return decimal_reading(numeral, self.language)
        return numeral.value

    def find(self) -> list[_Weight]:
        found: list[_Weight] = []
        free = 0
        starts = {numeral.first: position for position, numeral in enumerate(self.numerals)}
        fractions = self.units.fractions.begins(self.tokens)
        for index in sorted(fractions | starts.keys()):
            if index < free:
                continue
            weight = self._fraction(index) if index in fractions else None
            if weight is None and index in starts:
                position = starts[index]
                before = self.numerals[position - 1] if position else None
                weight = self._counted(self.numerals[position], before)
            if weight is not None:
                found.append(weight)
                free = weight.last
        return self._merged(found)

    def _unit(self, index: int) -> tuple[int, str] | None:
        """(index after it, unit's name) of a unit that begins at ``index``."""
        tokens = self.tokens
        if index in tokens.breaks or not tokens.close(index):
            return None
        if self.units.stop.at(tokens, index) is not None:
            return None
        hit = self.units.units.at(tokens, index)
        if hit is None:
            return None
        word = tokens.words[hit.last - 1]
        # One letter is a unit only next to digits, and "g." or "t-" are not other words.
        if len(word) == 1 and word.isalpha() and tokens.word(hit.last) in ("'", "8", "-"):
            return None
        return hit.last, hit.tag

    def _made(self, first: int, last: int, value: float | None, name: str, bound: Bound) -> _Weight:
        if name in KILOGRAMS:
            kg = None if value is None else round(value * KILOGRAMS[name], 9)
            return _Weight(first, last, kg, UnitKind.MASS, name, bound)
        return _Weight(first, last, None, UnitKind(name), name, bound)

    def _fraction(self, index: int) -> _Weight | None:
        """ "half a tonne", "medio kilo", "anderthalb Kilo"."""
        hit = self.units.fractions.at(self.tokens, index)
        if hit is None:
            return None
        found = self._unit(hit.last)
        if found is None or found[1] not in KILOGRAMS:
            return None
        probe = Numeral(first=index, last=hit.last, value=float(hit.tag), form="words")
        return self._made(
            index, found[0], float(hit.tag), found[1], bound_of(self.tokens, probe, self.language)
        )

    def _counted(self, numeral: Numeral, before: Numeral | None) -> _Weight | None:
        tokens = self.tokens
        last, extra = numeral.last, 0.0
        if numeral.form != "article":
            half = self.units.and_half.after(tokens, last)
            if half is not None and self._unit(half.last) is not None:
                last, extra = half.last, float(half.tag)
        found = self._unit(last)
        linked = tokens.word(last) in ("of", "de", "d", "di", "von", "van") and tokens.close(last)
        if found is None and linked and numeral.form != "article" and not numeral.plain:
            # "dozens of kilos", "un millón de gramos"
            found = self._unit(last + 2 if tokens.word(last + 1) == "'" else last + 1)
        if found is None:
            return None
        last, name = found
        if name not in KILOGRAMS and numeral.form == "article":
            return None
        if len(tokens.words[last - 1]) == 1 and numeral.form != "digits":
            return None
        value = self._value(numeral, name)
        first = numeral.first
        if before is not None and self._torn(before, numeral):
            # "7, 5 chili": a decimal fraction with a blank in it.
            value, first = float(f"{before.value:.0f}.{tokens.words[numeral.first]}"), before.first
        if value is not None:
            half = self.units.and_half.after(tokens, last)
            if half is not None and not extra:
                last, extra = half.last, float(half.tag)
            value += extra
        bound = bound_of(tokens, numeral, self.language)
        if before is not None and before.form != "article" and is_range(tokens, before, numeral):
            # "between 4 and 5 kilos": one amount, its upper end.
            low = self._value(before, name)
            if low is not None and value is not None and low < value:
                first, bound = before.first, Bound.ABOUT
        return self._made(first, last, value, name, bound)

    def _torn(self, before: Numeral, numeral: Numeral) -> bool:
        """Whether two numerals are one that a blank after its comma has torn apart."""
        tokens = self.tokens
        return (
            self.language != "en"
            and before.plain and numeral.plain and before.value is not None
            and numeral.first == before.last + 1
            and tokens.words[before.last] == "," and tokens.gap(before.last) == ""
            and len(tokens.words[numeral.first]) <= 2
            and tokens.word(before.first - 1) != ","
        )  # fmt: skip

    def _merged(self, found: list[_Weight]) -> list[_Weight]:
        """Sum "2 kilos and 300 grams"; mark "(831 pounds)" after 377 kilos."""
        tokens = self.tokens
        result: list[_Weight] = []
        for weight in found:
            if result and result[-1].unit is UnitKind.MASS is weight.unit and weight.kg is not None:
                previous = result[-1]
                gap = weight.first - previous.last
                if previous.kg is not None and gap <= 4 and weight.first not in tokens.breaks:
                    smaller = KILOGRAMS[weight.name] < KILOGRAMS[previous.name]
                    plus = self.units.plus.at(tokens, previous.last)
                    joined = gap == 0 or (plus is not None and plus.last == weight.first)
                    whole = previous.kg / KILOGRAMS[previous.name]
                    if (
                        smaller and joined and weight.kg < KILOGRAMS[previous.name]
                        and abs(whole - round(whole)) < 1e-6 and not _same(previous.kg, weight.kg)
                    ):  # fmt: skip
                        total = round(previous.kg + weight.kg, 9)
                        result[-1] = replace(previous, last=weight.last, kg=total)
                        continue
                if previous.kg is not None and gap <= 14 and weight.name != previous.name:
                    weight = replace(weight, duplicate=self._repeats(previous, weight))
            result.append(weight)
        return result

    def _repeats(self, previous: _Weight, weight: _Weight) -> bool:
        tokens = self.tokens
        if previous.kg is None or weight.kg is None or not _same(previous.kg, weight.kg):
            return False
        between = tokens.words[previous.last : weight.first]
        if "(" in between or not between:
            return True
        return any(
            self.units.same.at(tokens, index) is not None or tokens.word(index) in (",", "/", "-")
            for index in range(previous.last, weight.first)
        )

    def quantities(self) -> list[Quantity]:
        tokens = self.tokens
        return [
            Quantity(
                start=tokens.starts[weight.first], end=tokens.ends[weight.last - 1],
                kg=weight.kg, unit=weight.unit, bound=weight.bound, duplicate=weight.duplicate,
            )
            for weight in self.find()
        ]  # fmt: skip


def _same(first: float, second: float) -> bool:
    return first > 0 and second > 0 and 0.93 < first / second < 1.07


def quantities_in(reading: Reading) -> tuple[Quantity, ...]:
    """All amounts of a text that was read."""
    return tuple(_Finder(reading).quantities())


def find_quantities(text: str, language: str) -> tuple[Quantity, ...]:
    """All amounts of ``text`` in order: weights, and litres, plants, pills and doses without one.

    Raises:
        LexiconError: ``language`` is none of ``LANGUAGES``.
    """
    return quantities_in(read_text(text, language))
