"""The Dutch lexicon: its shape, its countries, and forms that are easily given to the wrong one."""

from __future__ import annotations

import pytest

from tests.pipeline.lexicon_shape import country_forms, faults, fold, load, person_forms

LEXICON = load("nl")
PERSONS = person_forms(LEXICON)
PLACES = country_forms(LEXICON)


def test_the_file_has_every_section_and_country() -> None:
    assert faults(LEXICON, "nl") == []


def test_no_form_stands_for_two_countries() -> None:
    assert {form: codes for form, codes in PERSONS.items() if len(codes) > 1} == {}
    assert {form: codes for form, codes in PLACES.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("Nigeriaanse", "NG"),
        ("Nigerezen", "NE"),
        ("Nigerese", "NE"),
        ("Dominicanen", "DO"),
        ("Congolezen", "CD"),
        ("Guineeërs", "GN"),
        ("Guyanezen", "GY"),
        ("Surinaamse", "SR"),
        ("Antilliaan", "CW"),
        ("Arubanen", "AW"),
        ("Fransen", "FR"),
        ("Engelsen", "GB"),
        ("Schotse", "GB"),
        ("Ieren", "IE"),
        ("Spaanse", "ES"),
        ("Spanjaarden", "ES"),
        ("Finnen", "FI"),
        ("Denen", "DK"),
        ("Polen", "PL"),
        ("Poolse", "PL"),
        ("Zweden", "SE"),
        ("Serviërs", "RS"),
        ("Indiase", "IN"),
        ("Indonesische", "ID"),
        ("Portugezen", "PT"),
        ("Portugese", "PT"),
        ("Thaise", "TH"),
        ("Zuid-Koreaan", "KR"),
        ("Noord-Koreanen", "KP"),
        ("Tsjetsjenen", "RU"),
        ("Kosovaren", "XK"),
        ("Filipijnse", "PH"),
        ("Vlaming", "BE"),
        ("Zwitserse", "CH"),
    ],
)
def test_a_demonym_belongs_to_its_country(form: str, code: str) -> None:
    assert PERSONS[fold(form)] == {code}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Equatoriaal-Guinea", "GQ"),
        ("Guinee-Bissau", "GW"),
        ("Papoea-Nieuw-Guinea", "PG"),
        ("Democratische Republiek Congo", "CD"),
        ("Congo-Brazzaville", "CG"),
        ("Dominicaanse Republiek", "DO"),
        ("Dominica", "DM"),
        ("VS", "US"),
        ("Verenigd Koninkrijk", "GB"),
        ("Ivoorkust", "CI"),
        ("Curaçao", "CW"),
        ("Frans-Guyana", "GF"),
    ],
)
def test_a_name_belongs_to_its_country(name: str, code: str) -> None:
    assert PLACES[fold(name)] == {code}


@pytest.mark.parametrize("word", ["Pool", "Let", "Est", "Schot", "vast", "straf", "uit"])
def test_ordinary_words_are_marked_as_ambiguous(word: str) -> None:
    assert word in LEXICON["ambiguous"]["words"]


def test_the_inflected_adjective_is_the_noun_for_a_woman() -> None:
    entry = LEXICON["nationality"]["CO"]
    assert entry["one"] == ["Colombiaan", "Colombiaanse"]
    assert entry["many"] == ["Colombianen", "Colombiaansen"]
    assert entry["adjective"] == ["Colombiaans", "Colombiaanse"]


def test_separable_verbs_are_held_apart_and_together() -> None:
    assert {"hield … aan", "aangehouden"} <= set(LEXICON["custody"]["arrested"])
    assert {"zit … vast", "vastzit"} <= set(LEXICON["custody"]["imprisoned"])
