"""What every lexicon file must hold: the shape that the tests of the single languages share."""

from __future__ import annotations

import tomllib
import unicodedata
from importlib.resources import files
from typing import Any

import pycountry

KEYS: dict[str, tuple[str, ...]] = {
    "foreign": (
        "abroad",
        "one",
        "many",
        "adjective",
        "regions_one",
        "regions_many",
        "regions_adjective",
        "compatriot_one",
        "compatriot_many",
    ),
    "people": (
        "one",
        "many",
        "pair",
        "trio",
        "group",
        "mule",
        "prisoner",
        "national",
        "nationality_of",
        "origin",
        "passport",
        "language",
        "resident",
        "police",
        "things",
    ),
    "custody": (
        "arrested",
        "charged",
        "convicted",
        "imprisoned",
        "death_row",
        "executed",
        "released",
        "transferred",
        "died",
        "death_sentence",
        "life_sentence",
    ),
    "drugs": (
        "cocaine",
        "heroin",
        "opium",
        "cannabis",
        "methamphetamine",
        "amphetamine",
        "mdma",
        "fentanyl",
        "ketamine",
        "lsd",
        "khat",
        "precursors",
        "synthetic",
        "other",
        "generic",
    ),
    "offence": ("drug", "other"),
    "status": (
        "at_large",
        "killed",
        "extradition_pending",
        "victim",
        "not_custody",
        "unfound",
        "no_drug",
        "suspected",
        "witness",
        "behind",
        "home",
    ),
    "traps": ("pharma", "doping", "fiction", "policy", "sport", "migration", "politics", "economy"),
    "figures": ("stock", "flow", "average", "of_whom"),
    "function": (
        "articles_one",
        "articles",
        "of_from",
        "in_at",
        "and_or",
        "pronouns_one",
        "pronouns_many",
        "both",
        "by",
        "negation",
        "articles_many",
        "verb_one",
        "verb_many",
    ),
    "ambiguous": ("words",),
}
"""The sections of a lexicon and their keys; [meta] and [nationality] have a shape of their own."""

_CODES = """
    AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI
    CL CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT
    GW GY HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT
    LU LV LY MA MC MD ME MG MH MK ML MM MN MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH
    PK PL PT PW PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN
    TO TR TT TV TZ UA UG US UY UZ VA VC VE VN VU WS YE ZA ZM ZW HK MO TW PS XK PR GF
"""
COUNTRIES = tuple(_CODES.split())
"""The states of the world, and the territories that are held apart from them in the news."""


def load(language: str) -> dict[str, Any]:
    """The lexicon of a language as it stands in the package."""
    return tomllib.loads((files("pipeline") / "lexicon" / f"{language}.toml").read_text("utf-8"))


def fold(form: str) -> str:
    """A form without case and accents, as it is compared with the text."""
    decomposed = unicodedata.normalize("NFD", form.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def person_forms(lexicon: dict[str, Any], endings: tuple[str, ...] = ("",)) -> dict[str, set[str]]:
    """Each folded person form and adjective, with the countries that have it."""
    forms: dict[str, set[str]] = {}
    for code, entry in lexicon["nationality"].items():
        adjectives = [stem + ending for stem in entry["adjective"] for ending in endings]
        for form in (*entry["one"], *entry["many"], *adjectives):
            forms.setdefault(fold(form), set()).add(code)
    return forms


def country_forms(lexicon: dict[str, Any]) -> dict[str, set[str]]:
    """Each folded country name, with the countries that have it."""
    forms: dict[str, set[str]] = {}
    for code, entry in lexicon["nationality"].items():
        for form in entry["country"]:
            forms.setdefault(fold(form), set()).add(code)
    return forms


def lists(lexicon: dict[str, Any]) -> dict[str, list[str]]:
    """Every list of the file by its dotted name, the lists of [nationality] included."""
    found: dict[str, list[str]] = {}
    for section, keys in lexicon.items():
        for key, value in keys.items():
            if isinstance(value, list):
                found[f"{section}.{key}"] = value
            elif isinstance(value, dict):
                found |= {f"{section}.{key}.{field}": words for field, words in value.items()}
    return found


def faults(lexicon: dict[str, Any], language: str) -> list[str]:
    """What is wrong with the shape of a lexicon, a sentence for each; empty when it is sound."""
    wrong: list[str] = []
    if lexicon["meta"] != {"language": language}:
        wrong.append("[meta] does not name the language")
    if set(lexicon) != {"meta", "nationality", *KEYS}:
        wrong.append(f"sections differ: {set(lexicon) ^ {'meta', 'nationality', *KEYS}}")
    for section, keys in KEYS.items():
        if set(lexicon.get(section, {})) != set(keys):
            wrong.append(f"[{section}] has other keys: {set(lexicon.get(section, {})) ^ set(keys)}")
        wrong += [f"[{section}] {key} is empty" for key in keys if not lexicon.get(section, {}).get(key)]
    for code, entry in lexicon["nationality"].items():
        if code != "XK" and pycountry.countries.get(alpha_2=code) is None:
            wrong.append(f"{code} is no country")
        if set(entry) != {"one", "many", "adjective", "country"}:
            wrong.append(f"{code} has other fields")
        wrong += [f"{code} has no {field}" for field in ("one", "many", "country") if not entry[field]]
    wrong += [f"{code} is missing" for code in COUNTRIES if code not in lexicon["nationality"]]
    for name, words in lists(lexicon).items():
        for word in words:
            if not word or word != " ".join(word.split()):
                wrong.append(f"{name}: {word!r} is empty or has stray spaces")
            if "*" in word and not all(len(part.rstrip("*")) > 2 for part in word.split() if "*" in part):
                wrong.append(f"{name}: {word!r} would match too much")
        if len({word.casefold() for word in words}) != len(words):
            wrong.append(f"{name} has a word twice")
    return wrong
