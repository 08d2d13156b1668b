"""Numerals as they are written: digits with any separators, words, compounds, collectives.

This is the first reading, before anyone asks what is counted. ``numbers.py`` says what a numeral
may mean; quantities, terms, dates and shares look at what stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from pipeline.measures.numberwords import number_words, read_digits
from pipeline.measures.tokens import Tokens
from pipeline.measures.words import section

TENS = frozenset({"decenas", "dezenas", "dizaines", "decine", "tientallen"})
Form = Literal["digits", "words", "article", "collective", "vague"]

_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 0.333, "⅔": 0.667}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """One numeral on tokens ``[first, last)``."""

    first: int
    last: int
    value: float | None  # None for "dozens", "hundreds"
    form: Form
    decimal: float | None = None  # the other reading of "1.288" or "1,288": a decimal fraction
    separator: str = ""  # the sign that makes it ambiguous: "." or ","
    at_least: int | None = None  # the least that a vague one stands for
    about: bool = False  # "une quinzaine"
    plain: bool = False  # digits without any separator or sign


class _Reader:
    """Reads the numerals of one text; positions are token indices."""

    def __init__(self, tokens: Tokens, language: str) -> None:
        self.tokens = tokens
        self.language = language
        self.words = number_words(language)

    def digits(self, first: int) -> Numeral | None:
        tokens = self.tokens
        written, last = tokens.words[first], first + 1
        # "1 288": groups of three after a space.
        if written.isdecimal() and len(written) <= 3 and not written.startswith("0"):
            joined = written
            while (
                last < len(tokens)
                and len(tokens.words[last]) == 3
                and tokens.words[last].isdecimal()
                and tokens.gap(last) == " "
                and (self.language != "en" or not self._follows_month(first))
                and last - first < 4
            ):
                joined += tokens.words[last]
                last += 1
            following = tokens.word(last)
            if last > first + 1 and following[:1].isdecimal() and tokens.gap(last) == " ":
                joined, last = written, first + 1  # a phone number, a row of numbers
            written = joined
        reading = read_digits(written, self.language)
        if reading is None:
            return None
        value, decimal, separator = reading
        sign = tokens.text[tokens.starts[last]] if last < len(tokens) else ""
        if (
            sign in _FRACTIONS
            and tokens.gap(last) in ("", " ")
            and tokens.ends[last] - tokens.starts[last] == 1
        ):
            # "17½ years"
            return Numeral(first=first, last=last + 1, value=value + _FRACTIONS[sign], form="digits")
        plain = last == first + 1 and written.isdecimal()
        return self._thousands(
            Numeral(
                first=first, last=last, value=value, form="digits",
                decimal=decimal, separator=separator, plain=plain,
            )
        )  # fmt: skip

    def _follows_month(self, first: int) -> bool:
        """ "On May 13 437 foreigners were counted": a day and a number, not one number."""
        return self.tokens.word(first - 1) in section(self.language, "time")["months"]

    def _thousands(self, numeral: Numeral) -> Numeral:
        """ "31 mil 200", "1.5 million", "2 Tausend"."""
        tokens, words = self.tokens, self.words
        last, value = numeral.last, numeral.value
        if value is None:
            return numeral
        if numeral.decimal is not None and tokens.word(last) in words.big and tokens.close(last):
            value = numeral.decimal
        word = tokens.word(last) if tokens.close(last) else ""
        if word == "-" and tokens.word(last + 1) in words.big and tokens.gap(last + 1) == "":
            last, word = last + 1, tokens.word(last + 1)
        factor = 1000 if word in words.thousand else words.big.get(word)
        if not factor:
            return numeral
        value, last = value * factor, last + 1
        rest = tokens.word(last)
        if factor == 1000 and rest.isdecimal() and len(rest) <= 3 and tokens.gap(last) == " ":
            value, last = value + int(rest), last + 1
        value = int(value) if float(value).is_integer() else value
        return replace(numeral, last=last, value=value, decimal=None, separator="", plain=False)

    def spelled(self, first: int) -> Numeral | None:
        """A numeral in words that begins at ``first``."""
        tokens, words = self.tokens, self.words
        total = current = 0
        last = index = first
        only_article = True
        seen = False
        while index < len(tokens) and index - first < 24:
            word = tokens.words[index]
            at = index
            if seen:
                if not tokens.close(index):
                    break
                if word == "-" and tokens.gap(index) == "" and tokens.gap(index + 1) == "":
                    at += 1
                elif word in words.joiners and self._joins(current, total, tokens.word(index + 1)):
                    at += 1
                    if tokens.word(at) == "-":
                        at += 1
                if at > index and not (at < len(tokens) and tokens.close(at)):
                    break
                word = tokens.word(at)
                if at > index and word in words.joiners:
                    at += 1
                    word = tokens.word(at)
            value = words.value(word)
            if value is None and word in words.articles and (not seen or at > index):
                value = 1
            elif value is not None and not (word in words.articles and not seen):
                only_article = False
            if value is not None:
                if value >= 1000:
                    if seen:
                        break
                    total += value
                elif not self._fits(current, value, word):
                    break
                elif self.language == "fr" and current % 100 == 4 and word in ("vingt", "vingts"):
                    current += 76
                else:
                    current += value
            elif word in words.hundred and (current < 20) and (seen or self._starts_hundred()):
                current, only_article = max(current, 1) * 100, False
            elif (
                word in words.thousand
                and current < 1000
                and not total % 1_000_000
                and (seen or self.language != "en")
            ):
                total, current, only_article = total + max(current, 1) * 1000, 0, False
                rest = tokens.word(at + 1)
                if rest.isdecimal() and len(rest) == 3 and tokens.gap(at + 1) == " ":
                    # "mil 013", a way of Mexican newspapers.
                    return self._made(first, at + 2, total + int(rest))
            elif word in words.big and seen and not total:
                total, current, only_article = max(current, 1) * words.big[word], 0, False
            else:
                break
            seen, last = True, at + 1
            index = last
        if not seen:
            return None
        if only_article and last == first + 1:
            return Numeral(first=first, last=last, value=1, form="article")
        return self._made(first, last, total + current)

    def _made(self, first: int, last: int, value: int) -> Numeral:
        return Numeral(first=first, last=last, value=value, form="words")

    def _starts_hundred(self) -> bool:
        return self.language in ("fr", "de", "nl", "it")

    def _joins(self, current: int, total: int, following: str) -> bool:
        """Whether "and" may stand here inside a number."""
        if following in self.words.articles:
            following = next(iter(self.words.articles)) if self.language != "en" else ""
        elif following not in self.words.small and following not in self.words.hundred:
            return False
        value = self.words.small.get(following, 1)
        match self.language:
            case "en":
                return bool(following) and (
                    (current >= 100 and current % 100 == 0) or (current == 0 and total >= 1000)
                )
            case "es":
                return 30 <= current % 100 <= 90 and current % 10 == 0 and value < 10
            case "pt":
                if current:
                    return (current % 100 == 0 and value < 100) or (
                        20 <= current % 100 <= 90 and current % 10 == 0 and value < 10
                    )
                return total > 0 and (value <= 100 or value % 100 == 0)
            case "fr":
                return 20 <= current % 100 <= 70 and current % 10 == 0 and value in (1, 11)
        return False

    def _fits(self, current: int, value: int, word: str) -> bool:
        """Whether ``value`` may be added to what was read of this group of three."""
        if current == 0:
            return True
        low = current % 100
        if value >= 100:
            return False
        if self.language == "fr":
            if word in ("vingt", "vingts") and low == 4:
                return True
            if low in (60, 80):
                return value < 20
        if low == 0:
            return True
        return low >= 20 and low % 10 == 0 and value < 10 and self.language in ("en", "fr", "es", "pt")

    def read(self, first: int) -> Numeral | None:
        """The numeral that begins at token ``first``, if any."""
        tokens, words = self.tokens, self.words
        word = tokens.words[first]
        if word[0].isdecimal():
            numeral = self.digits(first)
            if numeral is None:
                return None
        elif word in words.starters or words.value(word) is not None:
            numeral = self.spelled(first)
        else:
            return None
        if numeral is None or numeral.form == "article":
            grouped = self._collective(first, numeral)
            return grouped or numeral
        return self._collective(first, numeral) or numeral

    def _collective(self, first: int, before: Numeral | None) -> Numeral | None:
        """ "a dozen", "two dozen", "half a dozen", "dozens", "une quinzaine"."""
        tokens, words = self.tokens, self.words
        factor: float = 1
        index = first
        if before is not None:
            if before.value is None:
                return None
            factor, index = before.value, before.last
        half = tokens.word(index) in words.halves
        if half:
            index += 1
            while tokens.word(index) in words.articles or tokens.word(index) == "-":
                index += 1
            factor = 0.5
        elif tokens.word(index) in words.quantifiers and before is not None and before.form == "article":
            index += 1
        if index > first and not tokens.close(index):
            return None
        word = tokens.word(index)
        start, end = first, index + 1
        if index < len(tokens) and tokens.text[tokens.starts[index] : tokens.ends[index]] in words.cased:
            value, about = words.cased[tokens.text[tokens.starts[index] : tokens.ends[index]]], False
        elif word in words.collectives:
            value, about = words.collectives[word]
        elif word in words.vague:
            least = words.vague[word]
            if before is not None and before.form != "article" and not half:
                # "Dozens" are two dozen at least, "tres decenas" thirty, "dos centenares" two hundred.
                one = 10 if word in TENS else least // 2
                decimal = before.decimal if one == 12 else None
                return replace(
                    before, last=end, value=int(factor * one), form="collective", decimal=decimal, plain=False
                )
            return Numeral(first=start, last=end, value=None, form="vague", at_least=least)
        else:
            return None
        if half and before is not None and before.form not in ("article",):
            return None
        if value < 10 and factor != 1:
            return None  # "two couples" are not two
        total = float(factor * value)
        return Numeral(
            first=start, last=end, value=int(total) if total.is_integer() else total,
            form="collective", about=about,
        )  # fmt: skip


def read_numerals(tokens: Tokens, language: str) -> tuple[Numeral, ...]:
    """All numerals of a text in order, without overlaps; articles ("un", "a") are among them."""
    reader = _Reader(tokens, language)
    result: list[Numeral] = []
    free = 0
    for index in sorted(tokens.digits() | tokens.where(reader.words.beginning(tokens.latest.keys()))):
        if index < free:
            continue
        numeral = reader.read(index)
        if numeral is not None:
            result.append(numeral)
            free = numeral.last
    return tuple(result)
