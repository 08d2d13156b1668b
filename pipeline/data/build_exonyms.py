"""Names of places that one language alone has: the lexicons' countries, exonyms.toml, German cases.

Used by ``build.py``. A name that the gazetteer knows for the same country in every language is left out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import babel

HERE = Path(__file__).parent
LEXICON = HERE.parent / "lexicon"
_ODD = re.compile(r"[()\d]|^[a-zà-ÿ]|^.{1,2}$|^US-|^(?:[A-Z]\.)+[A-Z]?\.?$|^[A-Z]{2}\.$")
"""Names with an explanation, with a small article, or of initials that mean more than a country."""
NOT_ABROAD = frozenset(
    [
        "Penisola", "Belpaese", "Hexagone", "Bundesrepublik", "Bondsrepubliek", "Grand-Duché",
        "Groothertogdom", "Eidgenossenschaft", "Oltremanica", "Moldau", "Krim", "Crimea", "Crimée", "Crimeia",
        "Zim", "Formosa", "Salomon", "Marshalls", "Bretanha", "Flandre", "Caimán", "M'sia", "Oncle Sam",
        "Unión Americana",
        "Banda Oriental", "Old Mexico", "Insel Man", "Hashemite Kingdom", "République islamique",
        "Islamische Republik", "Repubblica Islamica",
    ]
)  # fmt: skip
"""Names in the lexicons that are also something else, or that a country has for itself."""


def lexicon_countries(language: str) -> Iterator[tuple[str, str]]:
    """Yield (name, alpha-2) of the countries as the lexicon of nationalities has them."""
    raw = tomllib.loads((LEXICON / f"{language}.toml").read_text(encoding="utf-8"))
    for country, forms in raw["nationality"].items():
        for name in forms.get("country", ()):
            if not _ODD.search(name) and name not in NOT_ABROAD:
                yield name, country


def exonyms() -> Iterator[tuple[str, str, str]]:
    """Yield (language, name, alpha-2) of towns and regions."""
    table = tomllib.loads((HERE / "exonyms.toml").read_text(encoding="utf-8"))
    for language, countries in table.items():
        for country, names in countries.items():
            yield from ((language, name, country) for name in names)


def german_cases(name: str) -> Iterator[str]:
    """Yield a German name in its other cases: "Österreichs", "der Dominikanischen Republik"."""
    words = name.split()
    if any(word in ("und", "of", "and", "de", "la") for word in words):
        return
    if len(words) > 1 and all(word[0].isupper() for word in words):
        bent = [re.sub(r"(?<=sch|igt|ten)(?:es|er|e)$", "en", word) for word in words[:-1]]
        if bent != words[:-1]:
            last = words[-1]
            yield from (
                " ".join((*bent, end)) for end in dict.fromkeys((last, last + "n" * last.endswith("e")))
            )
            if last.endswith("reich"):
                yield " ".join((*bent, last + "s"))
                yield " ".join((*(re.sub(r"en$", "e", word) for word in bent), last))
            return
    if not re.search(r"(?:[sxzß]|inseln|ische|en Staaten|land)$", name) or name.endswith("land"):
        yield name + "s"


def german_cases_of_places() -> Iterator[tuple[str, str]]:
    """Yield (name, name in another case) of all countries, and of towns that have a German name."""
    names = {
        re.sub(r"\s*\(.*?\)|, .*$", "", name)
        for code, name in babel.Locale.parse("de").territories.items()
        if len(code) == 2 and code.isalpha()
    }
    names |= {name for name, _ in lexicon_countries("de")}
    names |= {name for language, name, _ in exonyms() if language == "de"}
    for name in sorted(names):
        if len(name) > 3:
            yield from ((name, form) for form in german_cases(name))
