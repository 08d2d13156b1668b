"""Phrases that name a people and nobody of it who could be in hand, in small sentences of every language."""

from __future__ import annotations

import pytest

from pipeline.home import home_doubt
from pipeline.nations import NOBODY, find_nations
from pipeline.understand import read
from tests.pipeline.told import people, told


def nobodies(language: str, text: str) -> set[str]:
    """The nationalities of which a text names nobody who could be in hand."""
    return {n.nationality for n in find_nations(read(told(language, text))) if n.signals.get(NOBODY)}


@pytest.mark.parametrize(
    ("language", "text", "nationality"),
    [
        ("en", "A trucker of Indian origin was charged over the cocaine.", "IN"),
        ("en", "The woman, who is originally from Laos, was arrested with heroin.", "LA"),
        ("fr", "Un patron d'origine congolaise a été condamné pour trafic.", "CD"),
        ("de", "Ein Mann libanesischer Herkunft wurde festgenommen.", "LB"),
        ("it", "Un uomo di origini albanesi è stato arrestato con la cocaina.", "AL"),
        ("nl", "Twee broers van Marokkaanse afkomst zijn opgepakt.", "MA"),
    ],
)
def test_an_origin_is_nobodys_nationality(language: str, text: str, nationality: str) -> None:
    assert nationality in nobodies(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Un danés de origen turco fue detenido con cocaína."),
        ("pt", "Um dinamarquês de origem turca foi detido com cocaína."),
    ],
)
def test_an_origin_beside_a_nationality_is_none(language: str, text: str) -> None:
    assert nobodies(language, text) == {"TR"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Un hombre de origen colombiano fue detenido con cocaína."),
        ("pt", "Um homem de origem angolana foi detido com cocaína."),
    ],
)
def test_an_origin_is_a_nationality_in_iberian_prose(language: str, text: str) -> None:
    assert nobodies(language, text) == set()


@pytest.mark.parametrize(
    ("language", "text", "nationality"),
    [
        ("en", "A Nigerian ring was behind the cocaine, detectives said.", "NG"),
        ("es", "La mafia japonesa controla el mercado de metanfetamina.", "JP"),
        ("es", "Seis bandas mexicanas tienen centros de mando en la frontera.", "MX"),
        ("en", "Two Albanian gangs fought over the heroin.", "AL"),
        ("de", "Türkische Clans streiten um das Kokain.", "TR"),
        ("nl", "Albanese bendes voeren de cocaïne in.", "AL"),
        ("it", "Il gruppo albanese comprava la cocaina dal porto.", "AL"),
        ("pt", "A quadrilha paraguaia enviava maconha por avião.", "PY"),
        ("fr", "La filière irlandaise a livré la cocaïne.", "IE"),
    ],
)
def test_an_organisation_is_nobody(language: str, text: str, nationality: str) -> None:
    found = {n.nationality for n in find_nations(read(told(language, text)))}
    assert nationality not in found - nobodies(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "Os nomes foram confirmados com os nossos colegas mexicanos."),
        ("es", "La policía avisó a sus colegas mexicanos."),
        ("it", "Gli agenti lavorano con i colleghi messicani."),
        ("en", "Detectives spoke to their Mexican colleagues."),
        ("de", "Die Fahnder fragten ihre mexikanischen Kollegen."),
    ],
)
def test_officials_of_another_state_are_not_in_hand(language: str, text: str) -> None:
    found = {n.nationality for n in find_nations(read(told(language, text)))}
    assert "MX" not in found - nobodies(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Mexican marines seized a boat with cocaine on Monday."),
        ("es", "Soldados colombianos hallaron un laboratorio de cocaína."),
        ("pt", "Militares colombianos acharam um laboratório de cocaína."),
        ("fr", "Des soldats colombiens ont saisi la cocaïne."),
        ("it", "Militari colombiani hanno trovato la cocaina."),
        ("de", "Mexikanische Soldaten haben Kokain gefunden."),
        ("nl", "Mexicaanse mariniers hebben cocaïne onderschept."),
    ],
)
def test_who_acts_for_a_state_is_not_in_hand(language: str, text: str) -> None:
    found = {n.nationality for n in find_nations(read(told(language, text)))}
    assert found <= nobodies(language, text)


def test_former_soldiers_may_be_in_hand() -> None:
    assert nobodies("en", "Former American soldiers were charged over the cocaine.") == set()
    assert nobodies("es", "Ex soldados estadounidenses fueron acusados por la cocaína.") == set()


def test_soldiers_who_are_counted_may_be_in_hand() -> None:
    assert nobodies("en", "Two American soldiers were arrested with cocaine.") == set()


def test_who_served_somewhere_is_not_from_there() -> None:
    assert "AF" in nobodies("en", "The Afghanistan veteran was locked up for possession of cocaine.")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A Jamaican crew was detained with cocaine."),
        ("en", "Two Nigerians of a Lagos ring were arrested."),
        ("es", "Una banda de ocho colombianos fue detenida."),
    ],
)
def test_particular_people_may_be_in_hand(language: str, text: str) -> None:
    assert nobodies(language, text) == set()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A passenger from Lima was arrested with cocaine."),
        ("nl", "Een reiziger uit Lima is aangehouden met cocaïne."),
        ("es", "Un pasajero de Lima fue detenido con cocaína."),
        ("en", "They came to the feast from near and far, from Brazil to New Zealand."),
        ("nl", "Van heinde en verre, van Brazilië tot Nieuw-Zeeland, kwamen ze kijken."),
        ("nl", "De man wordt door Japan gezocht."),
        ("es", "Josefina Vargas pidió licencia al Congreso."),
        ("es", "Entraron para balear a los cinco hombres."),
        ("en", "Three men in China accused of fraud wrote letters."),
    ],
)
def test_journeys_names_and_verbs_are_nobodys_home(language: str, text: str) -> None:
    assert people(language, text) == []


def test_two_thirds_are_no_two_people() -> None:
    (group,) = people("en", "Of the visitors, two thirds of them Russians, nobody complained.")
    assert (group.nationality, group.count) == ("RU", None)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "O bairro, onde vivem famílias angolanas, acordou com os estrondos. A droga estava ali."),
        ("es", "En el barrio viven 3.500 colombianos. La droga llegó después."),
        ("fr", "Quatre mille Maliens vivent dans le quartier, où circule la drogue."),
        ("de", "In der Stadt leben 4000 Nigerianer. Das Kokain kam später."),
        ("it", "In città vivono quattromila senegalesi. La droga è arrivata dopo."),
        ("nl", "Er wonen 4000 Nigerianen in de stad. De drugs kwamen later."),
        ("en", "About 4,000 Ghanaians live in the town. The cocaine came later."),
    ],
)
def test_who_lives_in_a_place_is_in_nobody_s_hands(language: str, text: str) -> None:
    found = {n.nationality for n in find_nations(read(told(language, text)))}
    assert found
    assert found == nobodies(language, text)


def test_prisoners_who_live_somewhere_are_in_hand() -> None:
    assert nobodies("es", "En la cárcel viven 40 colombianos presos por droga.") == set()


def test_people_of_overseas_france_are_at_home_in_france() -> None:
    reading = read(told("fr", "La police a arrêté à Paris quatre Guyanais.", "FR"))
    assert home_doubt(reading, "GF", frozenset({0})).get("home: leads") == 1.0
