"""Number words of a language, and digits with any separators."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import cache

from pipeline.measures.words import section

COMPOUNDING = frozenset(("de", "nl", "it"))  # languages that write numbers as one word
_LONGEST = 15  # digits; longer runs are no numbers that news counts with
_GROUPED = re.compile(r"\d{1,3}(?:[.,']\d{3})+")


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The number words of one language."""

    language: str
    small: dict[str, int]  # 1…99 as one word, and the hundreds that are words ("doscientos")
    hundred: frozenset[str]
    thousand: frozenset[str]
    big: dict[str, int]  # million…
    articles: frozenset[str]
    joiners: frozenset[str]  # "and", "y"
    collectives: dict[str, tuple[int, bool]]  # value, and whether it is "about"
    cased: dict[str, int]  # only as written: "Paar" = 2, "paar" = some
    vague: dict[str, int]
    halves: frozenset[str]  # "media" docena
    quantifiers: frozenset[str]  # "a few", "several" hundred
    starters: frozenset[str]  # any word that may begin a numeral

    def beginning(self, words: Set[str]) -> Set[str]:
        """Those of ``words`` that may begin a numeral."""
        found: Set[str] = self.starters.intersection(words)
        if self.language in COMPOUNDING:
            # A compound that is no starter has a thousand in it.
            for name in self.thousand:
                found |= {word for word in words if name in word and self.value(word) is not None}
        return found

    def value(self, word: str) -> int | None:
        """The value of one word, compounds of German, Dutch and Italian among them."""
        value = self.small.get(word)
        compounding = self.language in COMPOUNDING and 7 <= len(word) <= 48
        if value is None and compounding and word not in self.vague:
            return _compound_value(self.language, word)
        return value


def _compounds(language: str, units: dict[str, int], tens: dict[str, int]) -> dict[str, int]:
    """21…99 where a language writes them as one word."""
    result: dict[str, int] = {}
    digits = {word: value for word, value in units.items() if value < 10}
    for ten, tens_value in tens.items():
        for unit, value in digits.items():
            if language in ("de", "nl"):
                result[f"{unit}{'und' if language == 'de' else 'en'}{ten}"] = tens_value + value
            elif language == "it":
                stem = ten[:-1] if unit[0] in "uo" else ten
                result[stem + unit] = tens_value + value
                if unit == "uno":
                    result[stem + "un"] = tens_value + value
    return result


@cache
def number_words(language: str) -> NumberWords:
    """The section [numbers] of a language with all its compounds, loaded once."""
    table = section(language, "numbers")
    units: dict[str, int] = table["units"]
    tens: dict[str, int] = table["tens"]
    small = {**units, **tens, **_compounds(language, units, tens)}
    hundred = frozenset(table["hundred"])
    if language in ("de", "nl", "it"):
        below = {word: value for word, value in small.items() if value < 100}
        for name in hundred:
            factors = {"": 1, **{word: value for word, value in units.items() if value < 20}}
            for factor, times in factors.items():
                if times == 1 and factor and language != "de":
                    continue
                stem = factor + name
                small.setdefault(stem, times * 100)
                for word, value in below.items():
                    for link in ("", "und", "en"):
                        small.setdefault(stem + link + word, times * 100 + value)
                    if language == "it" and word[0] in "o":
                        small.setdefault(stem[:-1] + word, times * 100 + value)
    small.update(table["hundreds"])
    return NumberWords(
        language=language,
        small=small,
        hundred=hundred,
        thousand=frozenset(table["thousand"]),
        big=table["big"],
        articles=frozenset(table["articles"]),
        joiners=frozenset(table["joiners"]),
        collectives={
            **{word: (value, False) for word, value in table["collective"].items()},
            **{word: (value, True) for word, value in table["collective_about"].items()},
        },
        cased=table["collective_cased"],
        vague=table["vague"],
        halves=frozenset(table["half"]),
        quantifiers=frozenset(table["quantifiers"]),
        starters=frozenset(
            {
                *small,
                *hundred,
                *table["thousand"],
                *table["articles"],
                *table["half"],
                *table["vague"],
                *table["collective"],
                *table["collective_about"],
                *map(str.lower, table["collective_cased"]),
            }
        ),
    )


def _compound_value(language: str, word: str) -> int | None:
    """Value of a German, Dutch or Italian compound with a thousand in it."""
    words = number_words(language)
    for name in words.thousand:
        left, found, right = word.partition(name)
        if not found:
            continue
        if left and left not in words.small and left not in words.articles:
            continue
        times = words.small.get(left, 1)
        for link in ("und", "en", ""):
            rest = right.removeprefix(link) if link else right
            if not rest:
                return times * 1000
            if rest in words.small:
                return times * 1000 + words.small[rest]
    return None


def read_digits(written: str, language: str) -> tuple[float, float | None, str] | None:
    """(value, other reading as a decimal, ambiguous sign) of digits with separators."""
    if sum(character.isdecimal() for character in written) > _LONGEST:
        return None
    signs = [character for character in written if not character.isdecimal()]
    if not signs:
        return int(written), None, ""
    if _GROUPED.fullmatch(written) and len(set(signs)) == 1:
        whole = int("".join(character for character in written if character.isdecimal()))
        # "32'867" groups thousands in Switzerland and is a decimal fraction in Spain.
        if len(signs) == 1 and (signs[0] in ".," or language in ("es", "it")):
            fraction = float(re.sub(r"[.,']", ".", written))
            if written.startswith("0"):
                return fraction, None, ""
            return whole, fraction, signs[0]
        return whole, None, ""
    if len(set(signs)) == 1 and len(signs) > 1:
        return None  # a date, a version, a dotted clause
    if (len(signs) > 1 and signs[-1] == "'") or (
        len(signs) > 1 and not _GROUPED.fullmatch(re.split(r"[.,](?=\d+$)", written)[0])
    ):
        return None
    cut = max(written.rfind("."), written.rfind(","), written.rfind("'"))
    whole_part = "".join(character for character in written[:cut] if character.isdecimal())
    return float(f"{int(whole_part)}.{int(written[cut + 1 :]):0{len(written) - cut - 1}d}"), None, ""
