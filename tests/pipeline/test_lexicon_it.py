"""The Italian lexicon: its shape, its countries, and forms that are easily given to the wrong one."""

from __future__ import annotations

import pytest

from tests.pipeline.lexicon_shape import country_forms, faults, fold, load, person_forms

LEXICON = load("it")
PERSONS = person_forms(LEXICON)
PLACES = country_forms(LEXICON)


def test_the_file_has_every_section_and_country() -> None:
    assert faults(LEXICON, "it") == []


def test_no_form_stands_for_two_countries() -> None:
    assert {form: codes for form, codes in PERSONS.items() if len(codes) > 1} == {}
    assert {form: codes for form, codes in PLACES.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("nigeriane", "NG"),
        ("nigerino", "NE"),
        ("nigerini", "NE"),
        ("dominicane", "DO"),
        ("congolesi", "CD"),
        ("guineano", "GN"),
        ("guyanese", "GY"),
        ("marocchine", "MA"),
        ("turche", "TR"),
        ("greci", "GR"),
        ("polacchi", "PL"),
        ("slovacche", "SK"),
        ("cechi", "CZ"),
        ("belgi", "BE"),
        ("cipriote", "CY"),
        ("vietnamite", "VN"),
        ("rumeni", "RO"),
        ("romene", "RO"),
        ("pachistano", "PK"),
        ("bengalesi", "BD"),
        ("cingalese", "LK"),
        ("malesi", "MY"),
        ("maliani", "ML"),
        ("gambiani", "GM"),
        ("zambiana", "ZM"),
        ("statunitensi", "US"),
        ("scozzese", "GB"),
        ("ceceni", "RU"),
        ("kosovare", "XK"),
        ("ticinesi", "CH"),
        ("albanesi", "AL"),
    ],
)
def test_a_demonym_belongs_to_its_country(form: str, code: str) -> None:
    assert PERSONS[fold(form)] == {code}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Guinea Equatoriale", "GQ"),
        ("Guinea-Bissau", "GW"),
        ("Papua Nuova Guinea", "PG"),
        ("Repubblica Democratica del Congo", "CD"),
        ("Repubblica del Congo", "CG"),
        ("Repubblica Dominicana", "DO"),
        ("Dominica", "DM"),
        ("Niger", "NE"),
        ("Emirati", "AE"),
        ("Costa d'Avorio", "CI"),
        ("Corea del Nord", "KP"),
    ],
)
def test_a_name_belongs_to_its_country(name: str, code: str) -> None:
    assert PLACES[fold(name)] == {code}


@pytest.mark.parametrize("word", ["turco", "romano", "fermo", "grazia", "fumo", "corriere"])
def test_ordinary_words_are_marked_as_ambiguous(word: str) -> None:
    assert word in LEXICON["ambiguous"]["words"]


def test_a_report_to_the_prosecutor_is_no_custody() -> None:
    custody = {word for words in LEXICON["custody"].values() for word in words}
    assert "denunciati a piede libero" in LEXICON["status"]["not_custody"]
    assert not any(word.startswith(("denunciat", "segnalat", "deferit")) for word in custody)


def test_the_name_of_newspapers_is_no_drug_offence() -> None:
    assert not any(word.startswith("corriere*") for word in LEXICON["offence"]["drug"])
