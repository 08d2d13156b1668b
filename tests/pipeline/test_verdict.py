"""What is denied, what belongs to a force, and what must be named before anything is a verdict."""

from __future__ import annotations

import pytest

from pipeline.chains import find_chains
from pipeline.groups import find_groups
from pipeline.listed import list_signals
from pipeline.mentions import Document, read_document
from pipeline.nations import find_nations
from pipeline.relevance import assess
from pipeline.signals import article_signals, theme_signals
from pipeline.understand import read
from pipeline.verdict import sure_signals
from tests.pipeline.told import told


def document(language: str, text: str) -> Document:
    """Its mentions."""
    return read_document(told(language, text))


def sections(doc: Document) -> set[str]:
    """The sections of all mentions."""
    return {m.label.section for m in doc.mentions}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Nobody was arrested."),
        ("en", "The crew has not been detained."),
        ("es", "Nadie fue detenido en la operación."),
        ("pt", "Ninguém foi preso."),
        ("fr", "Le marin n'a pas été interpellé."),
        ("it", "L'uomo non è stato arrestato."),
        ("de", "Der Fahrer wurde nicht festgenommen."),
        ("nl", "Niemand is aangehouden."),
        ("de", "Festgenommen wurde niemand."),
        ("nl", "Aangehouden is er niemand."),
        ("it", "Arrestato nessuno."),
    ],
)
def test_denied_custody_is_no_custody(language: str, text: str) -> None:
    assert "custody" not in sections(document(language, text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "La Policía Antidrogas buscó al conductor."),
        ("en", "The Drug Enforcement Administration opened an office."),
    ],
)
def test_the_name_of_a_force_is_no_drug(language: str, text: str) -> None:
    assert not sections(document(language, text)) & {"drugs", "offence"}


def test_held_right_after_people_is_custody() -> None:
    doc = document("en", "Nigerian held near Delhi. The talks held near Delhi failed.")
    assert [(m.label.key, m.sentence) for m in doc.mentions if m.label.section == "custody"] == [
        ("arrested", 0)
    ]


def test_a_chain_ends_where_another_people_is_named() -> None:
    doc = document(
        "en",
        "A Briton was stopped in Lima. He had swallowed capsules. The man was arrested. "
        "A Spaniard came later. He was fined.",
    )
    groups = find_groups(doc)
    chains = {groups[i].nationality: chain for i, chain in find_chains(doc, groups).items()}
    assert chains == {"GB": (0, 1, 2), "ES": (3, 4)}


@pytest.mark.parametrize(
    "text",
    [
        "Two Spaniards were arrested in Lima after a robbery.",
        "The Norwegian won both speed races of the season ahead of a Briton.",
        "A woman was arrested in Lima with two kilos of cocaine.",
    ],
)
def test_no_verdict_without_people_a_custody_and_a_drug(text: str) -> None:
    assert not assess(told("en", text)).relevant


@pytest.mark.parametrize(
    ("language", "text", "nationality"),
    [
        ("en", "Two young Australians were facing execution in Malaysia for drug smuggling.", "AU"),
        ("es", "Un peruano fue detenido en España con cocaína.", "PE"),
        ("pt", "Um angolano foi preso no Brasil com cocaína.", "AO"),
        ("fr", "Deux Belges ont été arrêtés au Maroc avec du haschisch.", "BE"),
        ("de", "Ein Däne wurde in Thailand mit Heroin festgenommen.", "DK"),
        ("it", "Un tunisino è stato arrestato in Francia con eroina.", "TN"),
        ("nl", "Een Belg werd in Peru met cocaïne aangehouden.", "BE"),
    ],
)
def test_one_sentence_may_say_it_all(language: str, text: str, nationality: str) -> None:
    (nation,) = find_nations(read(told(language, text)))
    assert nation.nationality == nationality
    assert nation.signals["nation: told whole"] == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "Two young Australians were arrested in Sydney for drug smuggling.",  # at home
        "Two young Australians were arrested in Malaysia.",  # no drugs
        "Two young Australians are on the run in Malaysia over drug smuggling.",  # not in hand
        "Two young Australians were arrested for drug smuggling.",  # nowhere
    ],
)
def test_a_sentence_that_lacks_something_does_not(text: str) -> None:
    assert all("nation: told whole" not in n.signals for n in find_nations(read(told("en", text))))


def test_where_drugs_are_spoken_of() -> None:
    reading = read(told("en", "It rained. A man was arrested. He had heroin. Nobody saw it."))
    signals = article_signals(reading.doc, reading.profiles)
    assert signals["article: one drug sentence"] == signals["article: drug beside custody"] == 1.0
    assert signals["article: drugs late"] == 0.5


def test_what_an_article_is_about_is_counted_up_to_often() -> None:
    themes = theme_signals(
        document("en", "Cocaine, cocaine, cocaine, cocaine, cocaine: two Danes are in jail.")
    )
    assert themes["theme: drugs cocaine"] == 1.0
    assert 0.0 < themes["theme: custody imprisoned"] < 1.0
    assert not any(name.startswith(("theme: nationality", "theme: country")) for name in themes)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "The jail holds 90 foreigners, most of them for cocaine. Spain has 51, Mexico 33 and Bolivia 29.",
        ),
        ("es", "Hay 90 presos extranjeros por drogas. España aporta 51, México 33 y Bolivia 29."),
        (
            "pt",
            "A cadeia tem 90 estrangeiros presos por tráfico. A Espanha tem 51, o México 33 e a Bolívia 29.",
        ),
        (
            "fr",
            "La prison compte 90 étrangers détenus pour drogue: l'Espagne 51, le Mexique 33, la Bolivie 29.",
        ),
        (
            "it",
            "Il carcere ha 90 detenuti stranieri per droga: la Spagna 51, il Messico 33, la Bolivia 29.",
        ),
        (
            "de",
            "90 Ausländer sitzen wegen Kokain im Gefängnis: aus Spanien 51, aus Mexiko 33, aus Bolivien 29.",
        ),
        ("nl", "Er zitten 90 buitenlanders vast voor drugs: Spanje telt er 51, Mexico 33 en Bolivia 29."),
    ],
)
def test_a_list_of_countries_is_a_list_of_those_who_are_held(language: str, text: str) -> None:
    signals = list_signals(read(told(language, text)))
    assert signals["list: held, drugs, foreigners"] == signals["list: size"] > 0


def test_a_list_of_visitors_holds_nobody() -> None:
    signals = list_signals(read(told("en", "The fair drew 51 visitors from Spain and 33 from Mexico.")))
    assert signals
    assert not any(name.startswith("list: held") for name in signals)
    assert not list_signals(read(told("en", "The fair drew 51 visitors from Spain.")))


def test_a_word_that_often_means_something_else_is_not_sure() -> None:
    assert set(sure_signals(document("en", "A courier brought hash browns and a pizza."))) >= {"no custody"}
    assert "no sure drug" in sure_signals(document("en", "Hash was found."))
    assert not sure_signals(document("en", "A man was jailed over heroin."))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He said that he was recruited by a Dane."),
        ("es", "Su proveedor, un danés, sigue en su país."),
        ("pt", "O fornecedor é um dinamarquês."),
        ("fr", "Il aurait été recruté par un Danois."),
        ("it", "La droga era stata comprata da un danese."),
        ("de", "Der Lieferant soll ein Däne sein."),
        ("nl", "De ronselaar zou een Deen zijn."),
    ],
)
def test_who_stands_behind_a_case_is_told_from_who_is_held(language: str, text: str) -> None:
    reading = read(told(language, text))
    assert reading.groups
    assert any("behind before it" in signals for signals in reading.links.values())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "None of the three has so far been arrested."),
        ("es", "Ninguno de los tres ha sido todavía detenido."),
        ("pt", "Nenhum dos três homens foi ainda detido."),
        ("fr", "Aucun des trois hommes n'a encore été interpellé."),
        ("it", "Nessuno dei tre uomini è stato finora arrestato."),
        ("de", "Keiner der drei Männer wurde bisher verhaftet."),
        ("nl", "Vastgezet is niemand."),
    ],
)
def test_where_nobody_is_held_the_text_says_so(language: str, text: str) -> None:
    doc = document(language, text)
    assert "custody" not in sections(doc)
    assert any(m.label.key in ("not_custody", "at_large") for m in doc.mentions)


def test_a_clause_of_its_own_is_not_denied() -> None:
    assert "custody" in sections(document("en", "Nobody knew that he had been arrested."))


def test_the_possession_of_a_drug_is_no_custody() -> None:
    doc = document("it", "È stato denunciato per detenzione ai fini di spaccio.")
    assert "custody" not in sections(doc)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The man should be extradited to Laos."),
        ("es", "El hombre debe ser extraditado a Laos."),
        ("es", "Piden que sea extraditado a Laos."),
        ("pt", "Pedem que seja extraditado para o Laos."),
        ("fr", "Elle pourrait être extradée vers le Laos."),
        ("it", "Potrebbe essere estradata in Laos."),
        ("it", "Chiedono che siano estradati in Laos."),
        ("de", "Er könnte nach Laos ausgeliefert werden."),
        ("nl", "Hij kan aan Laos uitgeleverd worden."),
    ],
)
def test_an_extradition_that_may_come_is_none(language: str, text: str) -> None:
    labels = {(m.label.section, m.label.key) for m in document(language, text).mentions}
    assert ("status", "extradition_pending") in labels
    assert ("custody", "transferred") not in labels


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The man was extradited to Laos."),
        ("es", "El hombre fue extraditado a Laos."),
        ("fr", "Elle a été extradée vers le Laos."),
        ("it", "È stata estradata in Laos."),
        ("de", "Er wurde nach Laos ausgeliefert."),
        ("nl", "Hij is aan Laos uitgeleverd."),
    ],
)
def test_an_extradition_that_came_is_one(language: str, text: str) -> None:
    assert any(m.label.key == "transferred" for m in document(language, text).mentions)
