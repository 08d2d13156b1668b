"""Countries that act, that people leave for home, and places that only name a court or a street."""

from __future__ import annotations

import pytest

from pipeline.countries import country_features
from pipeline.home import home_doubt
from pipeline.understand import read
from tests.pipeline.told import people, told


def links(text: str, language: str) -> set[tuple[str, str]]:
    """Country and link of all evidence in a text."""
    return {(e.country, e.link) for e in read(told(language, text)).evidence}


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("en", "Vietnam has quietly executed a Laotian for heroin.", "VN"),
        ("en", "His mother wept after Peru freed him.", "PE"),
        ("es", "Lima ha entregado a Portugal a una mujer presa por cocaína.", "PE"),
        ("es", "La familia supo que Vietnam ahorcó a los dos.", "VN"),
        ("pt", "O Peru libertou ontem um português preso por tráfico.", "PE"),
        ("fr", "Le Vietnam pend un Laotien pour de l'héroïne.", "VN"),
        ("de", "Vietnam hat am Freitag einen Laoten wegen Heroins hingerichtet.", "VN"),
        ("de", "Peru schickt einen kranken Häftling heim.", "PE"),
        ("it", "Il Perù ha scarcerato una donna detenuta per droga.", "PE"),
        ("nl", "Vietnam laat een Fransman vrij die voor heroïne vastzat.", "VN"),
    ],
)
def test_a_country_does_something_to_prisoners(language: str, text: str, country: str) -> None:
    assert (country, "acts") in links(text, language)


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("en", "Peru, where he was arrested, has many beaches.", "PE"),
        ("es", "Perú ganó el partido; fue detenido un hincha.", "PE"),
        ("de", "Peru ist schön. Er wurde verhaftet.", "PE"),
    ],
)
def test_a_country_beside_an_arrest_does_not_act(language: str, text: str, country: str) -> None:
    assert country in {c for c, _ in links(text, language)}
    assert (country, "acts") not in links(text, language)


@pytest.mark.parametrize(
    ("language", "text", "left", "reached"),
    [
        ("en", "The nurse is back from Peru: she landed at Helsinki on Monday.", "PE", "FI"),
        ("es", "La enfermera volvió de Perú y el lunes aterrizó en Lisboa.", "PE", "PT"),
        ("pt", "A enfermeira voltou do Peru e na segunda aterrou em Madrid.", "PE", "ES"),
        ("fr", "L'infirmière est revenue du Pérou ; elle a atterri lundi à Lisbonne.", "PE", "PT"),
        (
            "de",
            "Die Pflegerin ist aus Peru zurückgekehrt. Am Montag ist sie in Lissabon gelandet.",
            "PE",
            "PT",
        ),
        ("it", "L'infermiera è tornata dal Perù; lunedì è atterrata a Lisbona.", "PE", "PT"),
        ("nl", "De verpleegster is terug uit Peru. Maandag landde zij in Lissabon.", "PE", "PT"),
    ],
)
def test_people_come_home(language: str, text: str, left: str, reached: str) -> None:
    evidence = read(told(language, text)).evidence
    assert (left, "left") in {(e.country, e.link) for e in evidence}
    assert [e.country for e in evidence if e.reached] == [reached]


def test_who_comes_home_was_held_elsewhere() -> None:
    text = "Peru has freed a Finn jailed over cocaine. The Finn landed at Helsinki on Monday."
    reading = read(told("en", text, "FI"))
    group = next(g for g in reading.groups if g.nationality == "FI")
    names = frozenset({"FI"})
    held = country_features(reading.doc, reading.evidence, group, "PE", names)
    own = country_features(reading.doc, reading.evidence, group, "FI", names)
    assert held["acts share"] == held["home reached"] == own["own: home reached"] == 1.0
    assert home_doubt(reading, "FI", frozenset({group.sentence}))["home: reached"] == 1.0


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("en", "The High Court of Mombasa jailed two men.", "KE"),
        ("es", "Un juez de Cusco los mandó a prisión.", "PE"),
        ("pt", "O Tribunal Regional de Bissau condenou os quatro.", "GW"),
        ("fr", "La cour d'appel de Dakar a confirmé la peine.", "SN"),
        ("de", "Der Richter von Denpasar glaubte ihm nicht.", "ID"),
        ("it", "Il tribunale di Lugano lo ha condannato.", "CH"),
        ("nl", "De rechtbank van Lima veroordeelde hem.", "PE"),
    ],
)
def test_a_court_sits_in_its_town(language: str, text: str, country: str) -> None:
    assert (country, "in") in links(text, language)


def test_a_judge_of_people_from_a_town_does_not_sit_there() -> None:
    assert ("PE", "in") not in links("El juez envió a la cárcel a dos vecinos de Cusco.", "es")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "They were stopped on Lima Street."),
        ("es", "Estarán quince días en la carceleta de la avenida España."),
        ("pt", "Foram detidos na rua de Angola."),
        ("fr", "Ils ont été arrêtés rue de Lisbonne."),
        ("it", "Sono stati fermati in via Londra."),
    ],
)
def test_a_street_is_no_place_of_its_name(language: str, text: str) -> None:
    assert not links(text, language)


def test_a_full_name_behind_a_nationality_is_a_person() -> None:
    (malaysian,) = people("en", "The body of Malaysian Nilam Perakash was handed over.")
    (british,) = people("en", "Letters to the British Medical Journal were sent.") or [None]
    assert (malaysian.form, malaysian.count) == ("noun", 1)
    assert british is None or british.form == "loose"
