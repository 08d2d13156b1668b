"""The German lexicon: its shape, its countries, and forms that are easily given to the wrong one."""

from __future__ import annotations

import pytest

from tests.pipeline.lexicon_shape import country_forms, faults, fold, load, person_forms

LEXICON = load("de")
PERSONS = person_forms(LEXICON, endings=("", "e", "er", "en", "em", "es"))
PLACES = country_forms(LEXICON)


def test_the_file_has_every_section_and_country() -> None:
    assert faults(LEXICON, "de") == []


def test_no_form_stands_for_two_countries() -> None:
    assert {form: codes for form, codes in PERSONS.items() if len(codes) > 1} == {}
    assert {form: codes for form, codes in PLACES.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("Nigrer", "NE"),
        ("Nigerianerin", "NG"),
        ("Dominikanerinnen", "DO"),
        ("Kongolesen", "CD"),
        ("Guineer", "GN"),
        ("guinea-bissauische", "GW"),
        ("Guyanerin", "GY"),
        ("Koreaner", "KR"),
        ("nordkoreanischer", "KP"),
        ("Briten", "GB"),
        ("Schottin", "GB"),
        ("Türken", "TR"),
        ("Franzosen", "FR"),
        ("Französin", "FR"),
        ("Chinesen", "CN"),
        ("Rumänin", "RO"),
        ("Weissrussin", "BY"),
        ("weißrussischen", "BY"),
        ("Polin", "PL"),
        ("Tirolerin", "AT"),
        ("Schweizer", "CH"),
        ("Deutscher", "DE"),
        ("Deutschen", "DE"),
        ("Kosovo-Albaner", "XK"),
        ("Tschetschene", "RU"),
        ("Filipina", "PH"),
        ("US-Amerikanerin", "US"),
        ("Ivorer", "CI"),
        ("Sambier", "ZM"),
        ("Gambier", "GM"),
        ("Jemeniten", "YE"),
    ],
)
def test_a_demonym_belongs_to_its_country(form: str, code: str) -> None:
    assert PERSONS[fold(form)] == {code}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Äquatorialguinea", "GQ"),
        ("Guinea-Bissau", "GW"),
        ("Papua-Neuguinea", "PG"),
        ("DR Kongo", "CD"),
        ("Republik Kongo", "CG"),
        ("Dominikanischen Republik", "DO"),
        ("Dominica", "DM"),
        ("Grossbritannien", "GB"),
        ("VAE", "AE"),
        ("Elfenbeinküste", "CI"),
        ("Hongkong", "HK"),
    ],
)
def test_a_name_belongs_to_its_country(name: str, code: str) -> None:
    assert PLACES[fold(name)] == {code}


@pytest.mark.parametrize("word", ["Polen", "Schweizer", "Este", "Malteser", "Gras", "sitzt", "Pilze"])
def test_ordinary_words_are_marked_as_ambiguous(word: str) -> None:
    assert word in LEXICON["ambiguous"]["words"]


def test_cases_stand_on_the_side_of_their_number() -> None:
    entry = LEXICON["nationality"]["CO"]
    assert {"Kolumbianer", "Kolumbianers", "Kolumbianerin"} == set(entry["one"])
    assert {"Kolumbianer", "Kolumbianern", "Kolumbianerinnen"} == set(entry["many"])
    weak = LEXICON["nationality"]["BG"]
    assert "Bulgaren" in weak["one"]
    assert "Bulgaren" in weak["many"]


def test_separable_verbs_are_held_apart_and_together() -> None:
    assert {"nahm … fest", "festgenommen*"} <= set(LEXICON["custody"]["arrested"])
    assert {"lieferte … aus", "ausgeliefert"} <= set(LEXICON["custody"]["transferred"])
