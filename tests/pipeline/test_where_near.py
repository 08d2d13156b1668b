"""Places by what is around them: outskirts, the same jail, a prison in one word, what is far back."""

from __future__ import annotations

import pytest

from pipeline.gazetteer import find_places
from pipeline.understand import read
from tests.pipeline.told import told


def _evidence(language: str, text: str, country: str | None = None) -> list[tuple[str, str, str]]:
    return [(e.country, e.kind, e.link) for e in read(told(language, text, country)).evidence]


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("en", "They sleep in the outskirts of Addis Ababa.", "ET"),
        ("es", "Duermen en un pabellón en las afueras de Iquique.", "CL"),
        ("pt", "Dormem num pavilhão nos arredores de Adis Abeba.", "ET"),
        ("fr", "Elles dorment dans un bloc aux abords de Rabat.", "MA"),
        ("it", "Dormono in un blocco alla periferia di Cusco.", "PE"),
    ],
)
def test_the_outskirts_of_a_town_are_in_its_country(language: str, text: str, country: str) -> None:
    assert any(where == country and link in ("in", "lives") for where, _, link in _evidence(language, text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "She is held in Lima. A Pole sits in the same wing."),
        ("es", "Está presa en Lima. Una polaca duerme en el mismo pabellón."),
        ("pt", "Está presa em Lima. Uma polaca dorme na mesma ala."),
        ("fr", "Elle est détenue à Lima. Une Polonaise dort dans la même cellule."),
        ("de", "Sie sitzt in Lima ein. Eine Polin sitzt in derselben Zelle."),
        ("it", "È detenuta a Lima. Una polacca dorme nella stessa cella."),
        ("nl", "Zij zit vast in Lima. Een Poolse zit in dezelfde vleugel."),
    ],
)
def test_the_same_jail_is_where_the_last_one_is(language: str, text: str) -> None:
    assert ("PE", "there", "in") in _evidence(language, text)


def test_there_is_the_only_country_told_of_however_far() -> None:
    filler = "Nobody knows why. It is a long story. Few will tell it. Some laugh. Others do not. "
    text = f"Three were held in Lima. {filler}Two more are held there."
    assert ("PE", "there", "in") in _evidence("en", text, "GB")
    text = f"One was held in Quito. Three were held in Lima. {filler}Two more are held there."
    assert ("PE", "there", "in") not in _evidence("en", text, "GB")


@pytest.mark.parametrize(
    ("language", "text", "name", "kind"),
    [
        ("de", "Sie sitzt im Frauengefängnis von Lima.", "Frauengefängnis von Lima", "prison"),
        ("de", "Die Ladung lag im Containerhafen von Koper.", "Containerhafen von Koper", "port"),
        ("de", "Er landete auf dem Flughafen Wien.", "Flughafen Wien", "airport"),
        ("nl", "Zij zit in de vrouwengevangenis van Ezeiza.", "vrouwengevangenis van Ezeiza", "prison"),
        ("nl", "Hij landde op luchthaven Schiphol.", "luchthaven Schiphol", "airport"),
    ],
)
def test_a_compound_says_what_a_place_is(language: str, text: str, name: str, kind: str) -> None:
    assert (name, kind) in [(p.text, p.kind) for p in find_places(text, language)]


def test_a_prison_of_a_towns_name_is_known_by_the_word_behind_it() -> None:
    (first, *_) = find_places("Sie sitzt in Santa Mónica, dem Frauengefängnis der Hauptstadt.", "de")
    assert (first.kind, first.countries[0]) == ("prison", "PE")
    (first, *_) = find_places("Sie wohnt in Santa Mónica am Meer.", "de")
    assert (first.kind, first.countries[0]) == ("city", "US")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Police across the Balkans were told."),
        ("it", "Un carico dai Balcani."),
        ("de", "Das Heroin kam vom Balkan."),
        ("nl", "De heroïne kwam van de Balkan."),
    ],
)
def test_the_balkans_are_no_region_of_one_country(language: str, text: str) -> None:
    assert find_places(text, language) == ()


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("en", "He is on remand at HMP Dodds.", "BB"),
        ("en", "She was taken to Fox Hill prison.", "BS"),
        ("nl", "Hij zit in Koraal Specht.", "CW"),
        ("de", "Er sitzt in Litla-Hraun ein.", "IS"),
        ("pt", "Foi detido no aeroporto de Mavalane.", "MZ"),
        ("es", "El barco fue retenido en el puerto de Koper.", "SI"),
        ("fr", "Il a été arrêté à l'aéroport de Bamako-Sénou.", "ML"),
        ("it", "È stato fermato nel porto di Capodistria.", "SI"),
    ],
)
def test_prisons_and_ports_of_small_countries_are_known(language: str, text: str, country: str) -> None:
    assert country in {p.countries[0] for p in find_places(text, language)}


def test_a_queen_is_no_airport() -> None:
    assert all(p.countries[0] != "AW" for p in find_places("Queen Beatrix pardoned him in May.", "en"))
