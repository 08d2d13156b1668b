"""The French lexicon: its shape, its countries, and forms that are easily given to the wrong one."""

from __future__ import annotations

import pytest

from tests.pipeline.lexicon_shape import country_forms, faults, fold, load, person_forms

LEXICON = load("fr")
PERSONS = person_forms(LEXICON)
PLACES = country_forms(LEXICON)


def test_the_file_has_every_section_and_country() -> None:
    assert faults(LEXICON, "fr") == []


def test_no_form_stands_for_two_countries() -> None:
    assert {form: codes for form, codes in PERSONS.items() if len(codes) > 1} == {}
    assert {form: codes for form, codes in PLACES.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("Nigérians", "NG"),
        ("Nigériane", "NG"),
        ("Nigérien", "NE"),
        ("Nigérienne", "NE"),
        ("Dominicaine", "DO"),
        ("Dominiquais", "DM"),
        ("Congolais", "CD"),
        ("Guinéenne", "GN"),
        ("Bissau-Guinéens", "GW"),
        ("Équato-Guinéen", "GQ"),
        ("Guyanaise", "GF"),
        ("Guyanien", "GY"),
        ("Sud-Coréenne", "KR"),
        ("Nord-Coréen", "KP"),
        ("Suissesses", "CH"),
        ("Grecque", "GR"),
        ("Turques", "TR"),
        ("Burkinabè", "BF"),
        ("Écossaise", "GB"),
        ("Québécois", "CA"),
        ("Tchétchènes", "RU"),
        ("Kosovares", "XK"),
        ("Sahraoui", "EH"),
        ("Hongkongais", "HK"),
        ("Surinamaise", "SR"),
        ("Thaïe", "TH"),
        ("Dubaïote", "AE"),
        ("Sud-Africaines", "ZA"),
        ("Centrafricain", "CF"),
    ],
)
def test_a_demonym_belongs_to_its_country(form: str, code: str) -> None:
    assert PERSONS[fold(form)] == {code}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Guinée équatoriale", "GQ"),
        ("Guinée-Bissau", "GW"),
        ("Papouasie-Nouvelle-Guinée", "PG"),
        ("RDC", "CD"),
        ("RCA", "CF"),
        ("Congo-Brazzaville", "CG"),
        ("République dominicaine", "DO"),
        ("Dominique", "DM"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("Émirats", "AE"),
        ("États-Unis", "US"),
        ("Guyane", "GF"),
        ("Guyana", "GY"),
    ],
)
def test_a_name_belongs_to_its_country(name: str, code: str) -> None:
    assert PLACES[fold(name)] == {code}


@pytest.mark.parametrize("word", ["kiwi", "tricolore", "arrêté", "tour", "herbe", "étranger", "recherché"])
def test_ordinary_words_are_marked_as_ambiguous(word: str) -> None:
    assert word in LEXICON["ambiguous"]["words"]


@pytest.mark.parametrize("adjective", ["suisse", "turc", "indienne", "dominicain", "guinéen", "congolais"])
def test_common_adjectives_of_nationality_need_no_capital(adjective: str) -> None:
    # A nationality that is marked as ambiguous counts only with a capital, which an adjective never has.
    assert adjective not in LEXICON["ambiguous"]["words"]
    assert fold(adjective) in PERSONS


def test_feminine_and_plural_stand_on_their_side() -> None:
    entry = LEXICON["nationality"]["CO"]
    assert entry["one"] == ["Colombien", "Colombienne"]
    assert entry["many"] == ["Colombiens", "Colombiennes"]
