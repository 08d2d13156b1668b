"""Shares of a text in percent: "97 percent", "sieben von zehn", "three quarters"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.measures.numerals import Numeral
from pipeline.measures.reading import Reading, read_text
from pipeline.measures.roles import bound_of
from pipeline.measures.tokens import Phrases
from pipeline.measures.words import section
from pipeline.vocabulary import Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share at ``text[start:end]``."""

    start: int
    end: int
    percent: float  # 0…100
    bound: Bound


@dataclass(frozen=True, slots=True)
class _Shares:
    percent: Phrases
    out_of: Phrases
    out_of_before: Phrases
    fractions: Phrases


@cache
def _shares(language: str) -> _Shares:
    table = section(language, "shares")
    stops: dict[str, float | None] = dict.fromkeys(table["not_fraction"], -1.0)
    return _Shares(
        percent=Phrases(dict.fromkeys(table["percent"], "%")),
        out_of=Phrases(dict.fromkeys(table["out_of"], "of")),
        out_of_before=Phrases(dict.fromkeys(table["out_of_before"], "of"), backward=True),
        fractions=Phrases({**dict(table["fractions"]), **stops}),
    )


def shares_in(reading: Reading) -> tuple[Share, ...]:
    """All shares of a text that was read."""
    tokens, language, numerals = reading.tokens, reading.language, reading.numerals
    rules = _shares(language)
    found: dict[int, Share] = {}

    def add(first: int, last: int, percent: float | None, probe: Numeral) -> None:
        if percent is not None and 0 <= percent <= 100:
            start = tokens.starts[first]
            bound = bound_of(tokens, probe, language)
            found[start] = Share(start=start, end=tokens.ends[last - 1], percent=percent, bound=bound)

    for position, numeral in enumerate(numerals):
        value = numeral.decimal if numeral.decimal is not None else numeral.value
        hit = rules.percent.after(tokens, numeral.last)
        if hit is not None and tokens.gap(numeral.last) in ("", " "):
            add(numeral.first, hit.last, value, numeral)
            continue
        # "seven out of ten": the whole is a round number, and the part is smaller.
        following = numerals[position + 1] if position + 1 < len(numerals) else None
        if following is None or value is None or not following.value or value > following.value:
            continue
        between = rules.out_of.after(tokens, numeral.last)
        if between is not None and between.last == following.first and float(value).is_integer():
            wholes = (2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 100, 1000)
            word = tokens.words[numeral.last]
            if following.value in wholes and not (word == "in" and following.value > 10):
                share = round(100 * value / following.value, 1)
                add(numeral.first, following.last, share, numeral)
    for fraction in rules.fractions.find(tokens):
        if fraction.tag >= 0 and tokens.starts[fraction.first] not in found:
            probe = Numeral(first=fraction.first, last=fraction.last, value=fraction.tag, form="words")
            add(fraction.first, fraction.last, float(fraction.tag), probe)
    return tuple(found[start] for start in sorted(found))


def find_shares(text: str, language: str) -> tuple[Share, ...]:
    """All shares of ``text`` in order, those over 100 percent left out.

    Raises:
        LexiconError: ``language`` is none of ``LANGUAGES``.
    """
    return shares_in(read_text(text, language))
