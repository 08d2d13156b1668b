"""People named by a town whose people no list names: "die Bremerhavener Kellnerin", "un vigile lannionnais".

In German and Dutch an ending makes an adjective of any town's name; the noun for a person behind it tells
it from a family's name. In French, Spanish, Portuguese and Italian such words are formed in many ways, and a
local paper names the town as well: a word with the ending of a people whose beginning is that of a town of
the same text is that town's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.fold import fold
from pipeline.gazetteer import Place
from pipeline.gazetteer_table import load_table
from pipeline.lexicon import Label

TOWNS = frozenset({"city", "port", "region"})
PERSON = frozenset({"one", "many", "pair", "trio", "mule", "prisoner", "national"})
KNOWN = frozenset({"nationality", "people", "foreign", "country"})  # words that are no unknown town's people
LEAST_STEM = 4  # letters
LEAST_TOWN = 5  # letters of a town whose people are known by its beginning
CUT = 2  # letters at the end of a town's name that its people's may lack
LEAST_WEIGHT = 0.3
WOMEN = frozenset({"erin", "erinnen"})
GERMANIC: Mapping[str, tuple[str, ...]] = {"de": ("erinnen", "erin", "er"), "nl": ("se",)}
"""Endings of a town's adjective, and of its people."""
LOST: Mapping[str, tuple[str, ...]] = {"de": ("", "en", "e"), "nl": ("", "le", "en", "e")}
"""What the town's own name has in its place: Göttinger, Karlsruher, Zwolse."""
ROMANCE: Mapping[str, tuple[str, str]] = {
    "fr": (
        "ais aise ois oise ien ienne ain aine een eenne",
        "aises oises iens iennes ains aines eens eennes",
    ),
    "it": ("ese ano ana ino ina", "esi ani ane ini ine"),
    "es": ("ense eno ena ano ana esa ino ina", "enses enos enas anos anas eses esas inos inas"),
    "pt": ("ense ano ana esa ino ina", "enses anos anas eses esas inos inas"),
}
"""Endings of one and of many, without accents."""
BEFORE: Mapping[str, frozenset[str]] = {
    "fr": frozenset({"un", "une", "le", "la", "les", "des", "deux", "trois", "quatre", "cinq"}),
    "it": frozenset(
        {"un", "uno", "una", "il", "lo", "la", "i", "gli", "le", "due", "tre", "quattro", "cinque"}
    ),
    "es": frozenset({"un", "una", "el", "la", "los", "las", "dos", "tres", "cuatro", "cinco"}),
    "pt": frozenset({"um", "uma", "o", "a", "os", "as", "dois", "duas", "tres", "quatro", "cinco"}),
}
"""Words before a town's people where no noun stands beside them."""
_KEYS = {
    language: {
        ending: key for key, text in zip(("one", "many"), forms, strict=True) for ending in text.split()
    }
    for language, forms in ROMANCE.items()
}
_ENDINGS = {language: tuple(keys) for language, keys in _KEYS.items()}


def town_labels(
    language: str,
    text: str,
    words: Sequence[str],
    starts: Sequence[int],
    ends: Sequence[int],
    places: Sequence[Place],
    labelled: Iterable[tuple[Label, int, int]],
) -> Iterator[tuple[int, Label]]:
    """Words that name people by their town, with their labels.

    ``labelled``: what else is known of the text's words: labels with their first and last word.
    """
    taken: set[int] = set()
    persons: set[int] = set()
    for label, first, last in labelled:
        if label.section in KNOWN:
            taken.update(range(first, last + 1))
        if label.section == "people" and label.key in PERSON:
            persons.add(first)
    if language in GERMANIC:
        yield from _of_any_town(language, text, words, starts, ends, taken, persons)
    elif language in ROMANCE:
        yield from _of_towns_here(language, text, words, starts, ends, places, taken, persons)


def _joined(text: str, starts: Sequence[int], ends: Sequence[int], left: int) -> bool:
    return left + 1 < len(starts) and text[ends[left] : starts[left + 1]] in (" ", "\xa0")


def _of_any_town(
    language: str,
    text: str,
    words: Sequence[str],
    starts: Sequence[int],
    ends: Sequence[int],
    taken: set[int],
    persons: set[int],
) -> Iterator[tuple[int, Label]]:
    table = load_table()
    endings = GERMANIC[language]
    for at, word in enumerate(words):
        if not word.endswith(endings) or at in taken or not text[starts[at]].isupper():
            continue
        ending = next(e for e in endings if word.endswith(e))
        noun = at + 1 in persons and _joined(text, starts, ends, at)
        if not noun and ending not in WOMEN:
            continue
        stem = word[: len(word) - len(ending)]
        if len(stem) < LEAST_STEM:
            continue
        for lost in LOST[language]:
            entry = table.find(stem + lost, language)
            if (
                entry
                and entry.kind in TOWNS
                and entry.weight >= LEAST_WEIGHT
                and language not in entry.common
            ):
                key = "adjective" if noun else "many" if ending.endswith("innen") else "one"
                yield at, Label("nationality", key, entry.countries[0], "title")
                break


def _of_towns_here(
    language: str,
    text: str,
    words: Sequence[str],
    starts: Sequence[int],
    ends: Sequence[int],
    places: Sequence[Place],
    taken: set[int],
    persons: set[int],
) -> Iterator[tuple[int, Label]]:
    towns: dict[str, tuple[str, str]] = {}  # beginning → whole name and country
    for place in places:
        name = fold(place.text)
        if place.kind in TOWNS and len(name) >= LEAST_TOWN and name.isalpha():
            towns.setdefault(name[: max(LEAST_STEM, len(name) - CUT)], (name, place.countries[0]))
    if not towns:
        return
    lengths = sorted({len(begin) for begin in towns}, reverse=True)
    keys, endings = _KEYS[language], _ENDINGS[language]
    for at, word in enumerate(words):
        if not word.endswith(endings) or at in taken or len(word) <= LEAST_TOWN:
            continue
        found = next((towns[word[:n]] for n in lengths if word[:n] in towns), None)
        if found is None or (word.startswith(found[0]) and len(word) - len(found[0]) < CUT):
            continue
        before = at > 0 and _joined(text, starts, ends, at - 1)
        beside = (before and at - 1 in persons) or (at + 1 in persons and _joined(text, starts, ends, at))
        alone = before and words[at - 1] in BEFORE[language]
        if not beside and not (alone and text[starts[at]].isupper() == (language == "fr")):
            continue
        ending = max((e for e in endings if word.endswith(e)), key=len)
        yield at, Label("nationality", keys[ending], found[1], "")
