"""The English lexicon: every section, every country, and the tricky forms in the right place."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pycountry
import pytest

from pipeline.fold import fold

FILE = files("pipeline") / "lexicon" / "en.toml"
LEXICON: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
NATIONALITY: dict[str, dict[str, list[str]]] = LEXICON["nationality"]
PERSONS = ("one", "many", "adjective")
NOBODY_LIVES_THERE = {"AQ", "BV", "GS", "HM", "IO", "SJ", "TF", "UM"}

# A form and the one country that it stands for.
DEMONYMS = """
    Nigerian NG, Nigerien NE, Congolese CD, Korean KR, North Korean KP, Guinean GN, Equatorial Guinean GQ,
    Bissau-Guinean GW, Papua New Guinean PG, Dominican DO, Indian IN, Batswana BW, Basotho LS, Ivorian CI,
    Scots GB, Welshmen GB, Northern Irishman GB, Irishwoman IE, Briton GB, Catalan ES, Puerto Rican PR,
    Hong Konger HK, Taiwanese TW, Gazan PS, Kosovar XK, Chechen RU, Aussies AU, Kiwis NZ, Pinoys PH,
    Filipina PH, Trini TT, Bajan BB, Kittitian KN, Vincentian VC, US citizens US, UK national GB, Dane DK,
    Poles PL, Polish PL, Swiss CH, South Sudanese SS, Sudanese SD, Emirati AE, Saudi SA, Surinamese SR,
    French Guianese GF, Mauritian MU, Mauritanian MR,
"""
NAMES = """
    England GB, Dubai AE, Niger NE, Nigeria NG, Dominica DM, Dominican Republic DO, Guinea GN,
    Guinea-Bissau GW, DRC CD, Burma MM, Republic of Congo CG, Korea KR, Swaziland SZ, Ivory Coast CI,
    USA US,
"""

# A stage and a form that must tell it.
STAGES = """
    arrested nabbed, charged indicted, convicted sentenced, imprisoned behind bars, death_row death row,
    executed beheaded, released acquitted, transferred extradited, died died in custody,
    death_sentence sentenced to death, life_sentence life imprisonment,
"""


def _pairs(text: str) -> list[tuple[str, str]]:
    return [tuple(x.strip().rsplit(" ", 1)) for x in text.split(",") if x.strip()]  # type: ignore[misc]


def _owners(form: str, *keys: str) -> set[str]:
    wanted = fold(form)
    return {
        code for code, forms in NATIONALITY.items() for key in keys if wanted in {fold(x) for x in forms[key]}
    }


def _fits(entry: str, form: str) -> bool:
    pieces, words = fold(entry).split(), fold(form).split()
    return len(pieces) == len(words) and all(
        word.startswith(piece[:-1]) if piece.endswith("*") else word == piece
        for piece, word in zip(pieces, words, strict=True)
    )


def test_every_country_with_people_is_there() -> None:
    countries = {c.alpha_2 for c in pycountry.countries} - NOBODY_LIVES_THERE | {"XK"}
    assert set(NATIONALITY) == countries


def test_every_country_has_a_name_and_a_demonym() -> None:
    for code, forms in NATIONALITY.items():
        assert set(forms) == {"one", "many", "adjective", "country"}, code
        for key in ("one", "many", "country"):
            assert forms[key], (code, key)


def test_no_form_stands_for_two_countries() -> None:
    seen: dict[tuple[str, bool], str] = {}
    for code, forms in NATIONALITY.items():
        for key in (*PERSONS, "country"):
            assert len(set(forms[key])) == len(forms[key]), (code, key)
            for form in forms[key]:
                assert seen.setdefault((fold(form), key == "country"), code) == code, form


def test_no_list_is_empty_or_holds_a_form_twice() -> None:
    for section, keys in LEXICON.items():
        if section in ("meta", "nationality"):
            continue
        for key, forms in keys.items():
            assert forms, (section, key)
            assert len(set(forms)) == len(forms), (section, key)
            assert all(form and form == " ".join(form.split()) for form in forms), (section, key)


def test_a_drug_word_names_one_drug() -> None:
    seen: dict[str, str] = {}
    for drug, forms in LEXICON["drugs"].items():
        for form in forms:
            assert seen.setdefault(fold(form), drug) == drug, form


def test_head_nouns_are_also_plain_person_nouns() -> None:
    """The number of a phrase is read off [people] one and many, so that every head noun stands there too."""
    persons = {*LEXICON["people"]["one"], *LEXICON["people"]["many"]}
    for key in ("mule", "prisoner", "national"):
        assert set(LEXICON["people"][key]) <= persons


@pytest.mark.parametrize(("form", "code"), _pairs(DEMONYMS))
def test_a_demonym_has_one_country(form: str, code: str) -> None:
    assert _owners(form, *PERSONS) == {code}


@pytest.mark.parametrize(("name", "code"), _pairs(NAMES))
def test_a_name_has_one_country(name: str, code: str) -> None:
    assert _owners(name, "country") == {code}


def test_a_bare_country_name_is_no_demonym() -> None:
    """ "in the US" or "a Singapore court" must not read as a group of people."""
    names = {fold(n) for forms in NATIONALITY.values() for n in forms["country"]}
    persons = {fold(n) for forms in NATIONALITY.values() for key in PERSONS for n in forms[key]}
    assert names & persons <= {"saudi"}


@pytest.mark.parametrize("line", [x.strip() for x in STAGES.split(",") if x.strip()])
def test_each_stage_of_custody_has_its_plain_word(line: str) -> None:
    stage, form = line.split(" ", 1)
    assert any(_fits(entry, form) for entry in LEXICON["custody"][stage])


@pytest.mark.parametrize(
    "word", ["Polish", "Turkey", "Jordan", "Chad", "Georgia", "Guinea", "Finn", "Jersey"]
)
def test_ordinary_words_are_marked_as_ambiguous(word: str) -> None:
    assert word in LEXICON["ambiguous"]["words"]
