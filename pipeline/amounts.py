"""Numbers of people that may be known only from below. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.clues import Days
from pipeline.periods import years_of
from pipeline.vocabulary import Bound, Per


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number and how it is meant. A sum is "at least" as soon as one of its parts is."""

    number: float = 0
    at_least: bool = False
    about: bool = False  # also where a part is an upper bound: the sum is neither then

    def __add__(self, other: Amount) -> Amount:
        return Amount(
            number=self.number + other.number,
            at_least=self.at_least or other.at_least,
            about=self.about or other.about,
        )

    @property
    def bound(self) -> str:
        """exact | about | at_least, as the codebook calls it."""
        return (Bound.AT_LEAST if self.at_least else Bound.ABOUT if self.about else Bound.EXACT).value

    @property
    def text(self) -> str:
        """In words: "at least 1,234", "about 40"."""
        word = "at least " if self.at_least else "about " if self.about else ""
        return word + say_number(self.number)

    @property
    def short(self) -> str:
        """With a sign: "≥ 1,234"."""
        sign = "≥" if self.at_least else "~" if self.about else ""
        return sign + say_number(self.number)


def amount_of(count: int, bound: Bound) -> Amount:
    """One count as a record has it."""
    return Amount(number=count, at_least=bound is Bound.AT_LEAST, about=bound in (Bound.ABOUT, Bound.AT_MOST))


_A_YEAR = {Per.YEAR: 1.0, Per.MONTH: 12.0, Per.WEEK: 365.2425 / 7, Per.DAY: 365.2425}


def per_year(count: int, bound: Bound, per: Per | None, days: Days) -> Amount:
    """A flow as a rate per year: an average as it is, a number over its period."""
    amount = amount_of(count, bound)
    rate = count * _A_YEAR[per] if per else count / years_of(days)
    return Amount(number=rate, at_least=amount.at_least, about=amount.about)


def say_number(number: float) -> str:
    """A number for people: whole from a hundred on, else with up to one place."""
    if number >= 100:
        return f"{round(number):,}"
    return f"{number:.1f}".removesuffix(".0") if number >= 1 or number == 0 else f"{number:.2g}"
