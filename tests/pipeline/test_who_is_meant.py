"""Names of peoples and places that denote nobody in hand, and those that do, in every language."""

from __future__ import annotations

import pytest

from pipeline.groups import Group
from pipeline.understand import read
from tests.pipeline.told import told


def _groups(language: str, text: str, country: str | None = None) -> tuple[Group, ...]:
    return read(told(language, text, country)).groups


def _people(language: str, text: str, country: str | None = None) -> set[str]:
    nobody = ("attribute", "origin")
    return {
        g.nationality
        for g in _groups(language, text, country)
        if g.form not in nobody and not g.form.startswith("number")
    }


def _counts(language: str, text: str, country: str | None = None) -> dict[str, int | None]:
    return {
        g.nationality: g.count
        for g in _groups(language, text, country)
        if g.form != "attribute" and not g.form.startswith("number")
    }


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He travelled on a forged Greek passport."),
        ("es", "Viajaba con un pasaporte griego falso."),
        ("pt", "Viajava com um passaporte grego falsificado."),
        ("fr", "Il voyageait avec un faux passeport grec."),
        ("de", "Er reiste mit einem gefälschten griechischen Pass."),
        ("it", "Viaggiava con un passaporto greco falso."),
        ("nl", "Hij reisde met een vals Grieks paspoort."),
    ],
)
def test_the_bearer_of_a_forged_passport_is_of_another_country(language: str, text: str) -> None:
    assert "GR" not in _people(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "La directora buscó una profesora de portugués."),
        ("pt", "A diretora arranjou uma professora de português."),
        ("fr", "Elle suit des cours de portugais."),
        ("it", "La direttrice ha trovato un'insegnante di portoghese."),
    ],
)
def test_a_language_that_is_taught_is_nobody(language: str, text: str) -> None:
    assert "PT" not in _people(language, text)


@pytest.mark.parametrize(
    ("language", "text", "nationality"),
    [
        ("en", "Of the Malaysians, 11 were ethnic Indians.", "IN"),
        ("de", "Es war ein ethnischer Albaner.", "AL"),
        ("nl", "Het was een etnische Albanees.", "AL"),
        ("fr", "Le verdict dominicain restera lettre morte.", "DO"),
        ("es", "La sentencia boliviana quedó firme.", "BO"),
        ("it", "La condanna peruviana è definitiva.", "PE"),
        ("en", "The model Jed Texas accused the police.", "US"),
        ("en", "Officers stopped swallowers off the Malaga flight.", "ES"),
        ("en", "Members of the Mongols were held.", "MN"),
        ("en", "The secretary for foreign affairs spoke on Monday.", "XX"),
        ("es", "Eran los tripulantes que remontaron la ría de Aldán.", "RU"),
        ("es", "Llegaron los migrantes deportados desde Italia.", "IT"),
        ("fr", "Trois hommes expulsés d'Italie sont arrivés.", "IT"),
        ("it", "Sono tre uomini estradati dalla Spagna.", "ES"),
        ("en", "Two men extradited from Spain arrived.", "ES"),
        ("pt", "Cabo Verde tem 731 presos, seguido de Angola.", "AO"),
        ("de", "Polen und Tschechien haben reagiert.", "PL"),
        ("de", "Polen hat die Auslieferung beantragt.", "PL"),
        ("nl", "Tsjechië, Polen en Slowakije werken samen.", "PL"),
    ],
)
def test_what_denotes_no_people(language: str, text: str, nationality: str) -> None:
    assert nationality not in _people(language, text)


@pytest.mark.parametrize(
    ("language", "text", "nationality"),
    [
        ("en", "A Leeds woman was held.", "GB"),
        ("es", "Detuvieron a tres hombres de la provincia de Lima.", "PE"),
        ("es", "El preso es un hombre oriundo de Lima.", "PE"),
        ("en", "A man with a Greek passport was held.", "GR"),
        ("de", "Ein Mann deutscher Nationalität sitzt in Haft.", "DE"),
        ("en", "Prisoners from Spain were freed.", "ES"),
        ("de", "Zwei Polen und ein Tscheche sitzen in Haft.", "PL"),
        ("de", "Polen und Tschechen sitzen in Haft.", "PL"),
        ("nl", "Polen en Tsjechen zitten vast.", "PL"),
    ],
)
def test_what_denotes_people_all_the_same(language: str, text: str, nationality: str) -> None:
    assert nationality in _people(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Two women from this country were detained."),
        ("es", "Detuvieron a dos mujeres de este país."),
        ("pt", "Foram detidas duas mulheres de este país."),
        ("it", "Sono state fermate due donne di questo paese."),
    ],
)
def test_this_country_is_the_outlets(language: str, text: str) -> None:
    assert _counts(language, text, "MY").get("MY") == 2


@pytest.mark.parametrize(
    ("language", "text", "nationality", "count"),
    [
        ("en", "Nine crew of a carrier were held. All are Ukrainians.", "UA", 9),
        ("en", "Twelve men were held. All have the citizenship of Tajikistan.", "TJ", 12),
        ("es", "Fueron detenidas siete personas. Todos son colombianos.", "CO", 7),
        ("pt", "Foram detidos sete homens. Todos são angolanos.", "AO", 7),
        ("fr", "Sept hommes ont été arrêtés. Tous sont albanais.", "AL", 7),
        ("de", "Vier Männer sitzen in Haft. Alle besitzen die serbische Staatsangehörigkeit.", "RS", 4),
        ("it", "Sette uomini sono stati arrestati. Sono tutti albanesi.", "AL", 7),
        ("nl", "Zeven mannen zijn opgepakt. Het zijn allemaal Albanezen.", "AL", 7),
        ("de", "Eine Handvoll Schweizer sitzt in Haft.", "CH", None),
        ("de", "Die größte Gruppe bilden serbische Staatsangehörige mit 187 Insassen.", "RS", 187),
        ("nl", "Een handvol Zwitsers zit vast.", "CH", None),
        ("nl", "Een reeks Polen is opgepakt.", "PL", None),
        ("en", "The five were linked to a Nigerian ring.", "NG", None),
        ("de", "Die fünf wurden mit einer nigerianischen Bande gesehen.", "NG", None),
    ],
)
def test_how_many_there_are(language: str, text: str, nationality: str, count: int | None) -> None:
    counts = _counts(language, text)
    assert nationality in counts
    assert counts[nationality] == count


def test_a_decade_of_life_counts_nobody() -> None:
    groups = _groups("fr", "Un Suisse, la trentaine, et trois Belges sont écroués au Maroc.")
    assert all(g.count != 30 for g in groups)


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "The prison holds 400 women from 40 countries.", 400),
        ("es", "Hay 131 mujeres de 23 nacionalidades.", 131),
        ("pt", "Há 131 mulheres de 23 países.", 131),
        ("fr", "On y compte 300 détenues de 40 nationalités.", 300),
        ("de", "Dort sitzen 300 Häftlinge aus 40 Ländern.", 300),
        ("it", "Vi sono 400 detenuti di 33 nazionalità.", 400),
        ("nl", "Er zitten 300 gevangenen uit 40 landen.", 300),
    ],
)
def test_people_of_many_countries_are_foreigners(language: str, text: str, count: int) -> None:
    assert _counts(language, text).get("XX") == count


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A roofer from Graz was held."),
        ("es", "Un plomero de Graz fue detenido."),
        ("pt", "Um padeiro de Graz foi detido."),
        ("fr", "Un plâtrier de Graz a été écroué."),
        ("de", "Ein Dachdecker aus Graz sitzt in Haft."),
        ("it", "Un imbianchino di Graz è in carcere."),
        ("nl", "Een dakdekker uit Graz zit vast."),
    ],
)
def test_people_are_known_by_their_trade(language: str, text: str) -> None:
    assert _counts(language, text).get("AT") == 1


def test_all_of_a_sentence_of_others_are_not_counted() -> None:
    text = "Nine Poles of the crew were held. All are friends of Ukrainians."
    assert _counts("en", text)["UA"] is None
