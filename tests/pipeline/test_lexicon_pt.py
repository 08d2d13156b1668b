"""The Portuguese lexicon: every section, every country, and the tricky forms in the right place."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pycountry
import pytest

from pipeline.fold import fold

FILE = files("pipeline") / "lexicon" / "pt.toml"
LEXICON: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
NATIONALITY: dict[str, dict[str, list[str]]] = LEXICON["nationality"]
PERSONS = ("one", "many", "adjective")
NOBODY_LIVES_THERE = {"AQ", "BV", "GS", "HM", "IO", "SJ", "TF", "UM"}

# A form and the one country that it stands for.
DEMONYMS = """
    nigeriano NG, nigerino NE, congolesa CD, coreanos KR, norte-coreano KP, guineense GW,
    bissau-guineense GW, guineano GN, equato-guineense GQ, dominicana DO, dominiquense DM, indiano IN,
    marfinense CI, inglesas GB, escocês GB, norte-irlandês GB, galesa GB, irlandesa IE, catalães ES,
    galego ES, porto-riquenha PR, honconguês HK, taiwanesa TW, palestino PS, palestiniana PS, kosovar XK,
    checheno RU, norte-americanos US, estadunidense US, cabo-verdianas CV, caboverdiano CV,
    são-tomense ST, santomense ST, moçambicana MZ, angolanos AO, timorense TL, sul-africana ZA,
    canadense CA, canadiano CA, polonesa PL, polaco PL, tcheca CZ, checo CZ, romena RO, holandesas NL,
    neerlandês NL, israelita IL, israelense IL, letã LV, alemães DE, alemã DE, suíças CH, dinamarquesa DK,
    croatas HR, húngaras HU, vietnamita VN, vietnamiana VN, iraniano IR, sul-sudanês SS, sudaneses SD,
    surinamesa SR, guianense GY, franco-guianense GF, mauriciano MU, mauritano MR, maliano ML, malaio MY,
    paraguaia PY, cipriota CY,
"""
NAMES = """
    Inglaterra GB, Dubai AE, Níger NE, Nigéria NG, Dominica DM, República Dominicana DO, Guiné GN,
    Guiné-Bissau GW, Guiné Equatorial GQ, Holanda NL, Birmânia MM, RDC CD, Coreia KR, EUA US,
    Costa do Marfim CI, Irão IR, Irã IR, Polônia PL, Cabo Verde CV,
"""

# A stage and a form that must tell it.
STAGES = """
    arrested preso em flagrante, charged arguido, convicted condenada, imprisoned atrás das grades,
    death_row corredor da morte, executed fuzilado, released absolvido, transferred extraditado,
    died morreu na prisão, death_sentence pena de morte, life_sentence prisão perpétua,
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
    """ "no Peru" or "prisão de Angola" must not read as a group of people."""
    names = {fold(n) for forms in NATIONALITY.values() for n in forms["country"]}
    persons = {fold(n) for forms in NATIONALITY.values() for key in PERSONS for n in forms[key]}
    assert names & persons <= set()


@pytest.mark.parametrize("line", [x.strip() for x in STAGES.split(",") if x.strip()])
def test_each_stage_of_custody_has_its_plain_word(line: str) -> None:
    stage, form = line.split(" ", 1)
    assert any(_fits(entry, form) for entry in LEXICON["custody"][stage])


@pytest.mark.parametrize("word", ["Peru", "polaco", "Granada", "Guiné", "Chade", "Reunião", "Geórgia", "Irã"])
def test_ordinary_words_are_marked_as_ambiguous(word: str) -> None:
    assert word in LEXICON["ambiguous"]["words"]
