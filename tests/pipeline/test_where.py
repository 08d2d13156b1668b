"""Where people are held, and whether they are at home: the evidence and what it says."""

from __future__ import annotations

import pytest

from pipeline.home import home_doubt
from pipeline.segments import split_sentences
from pipeline.territory import MOST, find_evidence, nearest
from pipeline.types import Article
from pipeline.understand import read
from pipeline.ways import load_ways


def article(text: str, language: str, outlet: str | None = None) -> Article:
    return Article(
        url="",
        source="",
        title="",
        text=text,
        language=language,
        published=None,
        date_origin=None,
        outlet_country=outlet,
        segments=split_sentences(text, language, has_title=False),
    )


def links(text: str, language: str) -> set[tuple[str, str]]:
    """Country and link of all evidence in a text."""
    return {(e.country, e.link) for e in read(article(text, language)).evidence}


@pytest.mark.parametrize(
    ("language", "text", "country", "link"),
    [
        ("en", "She had come off a flight from Lima with two kilos.", "PE", "journey"),
        ("es", "La mujer llegó en un vuelo procedente de Bogotá.", "CO", "journey"),
        ("es", "Los dos aterrizaron desde Hong Kong con una maleta.", "HK", "journey"),
        ("pt", "O passageiro vinha de Lisboa com uma mala.", "PT", "journey"),
        ("fr", "Le passager d'un vol en provenance de Caracas a été interpellé.", "VE", "journey"),
        ("de", "Der Kurier kam mit einem Flug aus Panama.", "PA", "journey"),
        ("it", "Il corriere era sbarcato da un volo proveniente da Madrid.", "ES", "journey"),
        ("nl", "De koerier kwam met een vlucht uit Paramaribo.", "SR", "journey"),
        ("en", "The cocaine was bound for Belgium.", "BE", "to"),
        ("de", "Die Ware sollte nach Dänemark gehen.", "DK", "to"),
        ("en", "He was extradited to Norway in May.", "NO", "handed"),
        ("en", "He was arrested in the northern city of Chiang Mai.", "TH", "in"),
        ("es", "Fue detenida en la ciudad de Quito.", "EC", "in"),
        ("it", "È rinchiuso nel carcere di Lisbona.", "PT", "in"),
        ("en", "NAIROBI, Kenya - Two people were charged.", "KE", "date"),
        ("en", "The Irish embassy is helping the family.", "IE", "envoy"),
        ("es", "La embajada irlandesa sigue el caso.", "IE", "envoy"),
    ],
)
def test_a_place_is_linked_to_what_happens(language: str, text: str, country: str, link: str) -> None:
    assert (country, link) in links(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He has spent four years in a Peruvian jail."),
        ("es", "Pasó cuatro años en una cárcel peruana."),
        ("pt", "Passou quatro anos numa cadeia peruana."),
        ("fr", "Il a passé quatre ans dans une prison péruvienne."),
        ("de", "Er saß vier Jahre in einem peruanischen Gefängnis."),
        ("it", "Ha passato quattro anni in un carcere peruviano."),
        ("nl", "Hij zat vier jaar in een Peruaanse gevangenis."),
    ],
)
def test_a_nationality_on_a_jail_is_a_place(language: str, text: str) -> None:
    evidence = read(article(text, language)).evidence
    assert [(e.country, e.kind) for e in evidence] == [("PE", "ground")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "More than 300 Filipinos are in foreign jails."),
        ("es", "Hay 300 mexicanos presos en otros países."),
        ("pt", "Há 300 brasileiros presos no exterior."),
        ("fr", "Quelque 300 Français sont détenus à l'étranger."),
        ("de", "Rund 300 Deutsche sitzen im Ausland in Haft."),
        ("it", "Sono 300 gli italiani detenuti all'estero."),
        ("nl", "Er zitten 300 Nederlanders vast in het buitenland."),
    ],
)
def test_abroad_is_a_place_without_a_name(language: str, text: str) -> None:
    assert any(e.kind == "abroad" and e.custody > 0 for e in read(article(text, language)).evidence)


def test_one_swiss_is_no_switzerland() -> None:
    assert not read(article("Un Suisse a été arrêté avec deux amis.", "fr")).evidence
    assert read(article("Il a été arrêté en Suisse avec deux amis.", "fr")).evidence[0].country == "CH"


def test_passengers_of_a_flight_have_no_nationality_by_it() -> None:
    reading = read(article("Drie passagiers van een vlucht uit Colombia zijn aangehouden.", "nl"))
    assert not [g for g in reading.groups if g.nationality == "CO" and g.form == "home"]


def test_who_is_held_where_everything_happens_may_be_at_home() -> None:
    text = (
        "QUITO, Ecuador - Police in Quito arrested four Ecuadorians and a Hungarian on Monday. "
        "The Ecuadorians had packed cocaine in a warehouse in Guayaquil. The drug was bound for Spain."
    )
    reading = read(article(text, "en", "EC"))
    own = home_doubt(reading, "EC", frozenset((0, 1)))
    foreign = home_doubt(reading, "HU", frozenset((0,)))
    assert own["home: leads"] == own["home: first"] == own["home: rules everywhere"] == 1.0
    assert not [name for name in foreign if name.startswith("home: ") and name != "home: margin"]
    assert foreign["home: margin"] < 0 < own["home: margin"]


def test_the_foreign_without_a_country_have_no_home() -> None:
    reading = read(article("Two foreigners were arrested in Quito. Their families live abroad.", "en"))
    assert home_doubt(reading, "XX", frozenset((0,))) == {"abroad said": 1.0, "no place": 0.0}


def test_a_long_article_shows_its_lead_and_what_is_near() -> None:
    reading = read(article("He was held in Peru. " + "She was held in Quito. " * 300, "en"))
    evidence = find_evidence(reading.doc, reading.groups)
    seen = nearest(evidence, 200)
    assert len(evidence) == 301
    assert len(seen) <= MOST * 1.25
    assert seen[0].country == "PE"
    assert {190, 200, 210} <= {e.sentence for e in seen}


@pytest.mark.parametrize("language", ["en", "es", "pt", "fr", "de", "it", "nl"])
def test_every_language_has_its_words_for_ways(language: str) -> None:
    ways = load_ways(language)
    assert all((ways.inside, ways.to, ways.origin, ways.journey, ways.ground, ways.near, ways.envoys))
    assert ways.elsewhere
