"""Numbers of a text, each with its bound and with what it certainly does not count."""

from __future__ import annotations

from dataclasses import dataclass

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
    return tuple(result)


def find_numbers(text: str, language: str) -> tuple[Number, ...]:
    """All numbers of ``text`` in order.

    Raises:
        LexiconError: ``language`` is none of ``LANGUAGES``.
    """
    return numbers_in(read_text(text, language))
