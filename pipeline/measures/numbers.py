"""Numbers of a text, each with its bound and with what it certainly does not count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.measures.reading import Reading, read_text
from pipeline.measures.roles import Role, bound_of, decimal_reading
from pipeline.vocabulary import Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number at ``text[start:end]``; words that bound it ("more than") stand outside."""

    start: int
    end: int
    value: int | float | None  # None for "dozens"
    bound: Bound
    role: Role
    at_least: int | None = None  # what "dozens" is at least, else None


def numbers_in(reading: Reading) -> tuple[Number, ...]:
    """All numbers of a text that was read; ordinals and the articles "a", "un" are none."""
    tokens = reading.tokens
    result: list[Number] = []
    for numeral, role in zip(reading.numerals, reading.roles, strict=True):
        if numeral.form == "article" or role is Role.ORDINAL:
            continue
        value = numeral.value
        if role in (Role.WEIGHT, Role.DISTANCE, Role.PERCENT) and numeral.decimal is not None:
            value = decimal_reading(numeral, reading.language)
        result.append(
            Number(
                start=tokens.starts[numeral.first],
                end=tokens.ends[numeral.last - 1],
                value=int(value) if isinstance(value, float) and value.is_integer() else value,
                bound=bound_of(tokens, numeral, reading.language),
                role=role,
                at_least=numeral.at_least,
            )
        )
    return tuple(_ages_go_on(tokens.text, result))


AGES_GAP = re.compile(r"\s*(?:,|[-–]|,?\s(?:and|to|y|e|et|à|a|und|bis|en|tot|ed|i)\b(?:\s(?:i|los|die))?)\s*")
AGES_END = re.compile(r"\s*(?:[,.;)\n]|$|(?:and|y|e|et|und|en|ed)\b)")
BETWEEN = re.compile(r"\b(?:between|from|entre|zwischen|von|tra|fra|tussen|van)\s$", re.IGNORECASE)
OLDEST = 99


def _ages_go_on(text: str, numbers: list[Number]) -> Iterator[Number]:
    """ "aged between 24 and 41", "aged 24, 30 and 41": what follows an age in its list is one too."""
    former: Number | None = None
    for number in numbers:
        age = number.role is Role.PLAIN and isinstance(number.value, int) and 10 <= number.value <= OLDEST
        if (
            former is not None
            and age
            and AGES_GAP.fullmatch(text, former.end, number.start)
            and (
                AGES_END.match(text, number.end)
                or BETWEEN.search(text, max(former.start - 12, 0), former.start)
            )
        ):
            number = replace(number, role=Role.AGE)
        former = number if number.role is Role.AGE and text[number.start].isdigit() else None
        yield number


def find_numbers(text: str, language: str) -> tuple[Number, ...]:
    """All numbers of ``text`` in order.

    Raises:
        LexiconError: ``language`` is none of ``LANGUAGES``.
    """
    return numbers_in(read_text(text, language))
