"""What the people of towns and regions are called, in all forms: "un Lillois", "la pratese", "der Grazer".

A local paper does not write that its own are nationals; a home town says it. The names are data
(``data/townspeople.toml``); the other forms follow each language's endings.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

# Ending of the masculine → other endings of one, endings of many, with blanks between; the longest that fits.
ENDINGS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "es": {"o": ("a", "os as"), "és": ("esa", "eses esas"), "í": ("", "íes"), "ín": ("ina", "ines inas"),
           "": ("", "s")},
    "pt": {"o": ("a", "os as"), "": ("", "s")},
    "it": {"o": ("a", "i e"), "co": ("ca", "chi che"), "e": ("", "i")},
    "fr": {
        "s": ("se", "s ses"), "n": ("ne", "ns nes"), "ien": ("ienne", "iens iennes"),
        "éen": ("éenne", "éens éennes"),
        "yen": ("yenne", "yens yennes"), "on": ("onne", "ons onnes"), "eau": ("elle", "eaux elles"),
        "at": ("ate", "ats ates"), "aud": ("aude", "auds audes"), "er": ("ère", "ers ères"), "": ("", "s"),
    },
    "de": {"er": ("ers erin", "er ern erinnen"), "e": ("en in", "en")},
    "nl": {"er": ("", "ers"), "aar": ("", "aars aren"), "ees": ("", "ezen"), "ing": ("", "ingen"),
           "t": ("", "ten"), "": ("", "")},
    "en": {"man": ("", "men"), "woman": ("", "women"), "": ("", "s")},
}  # fmt: skip


@cache
def townspeople(language: str) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Country → the names of one and of many, of all its towns."""
    with (files("pipeline") / "data" / "townspeople.toml").open("rb") as file:
        names = tomllib.load(file).get(language, {})
    out = {}
    for country, words in names.items():
        forms = [forms_of(word, language) for word in words.split()]
        one = tuple(form for singular, _ in forms for form in singular)
        out[country] = (one, tuple(form for _, plural in forms for form in plural))
    return out


def forms_of(word: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The forms of one person and of several."""
    endings = ENDINGS[language]
    ending = max((end for end in endings if word.endswith(end)), key=len)
    stem = word[: len(word) - len(ending)]
    one, many = (tuple(stem + other for other in others.split()) for others in endings[ending])
    return (word, *one), many
