"""Phrases that name people, and those that look as if they did, in small sentences of every language."""

from __future__ import annotations

import pytest

from pipeline.groups import Group, find_groups
from pipeline.mentions import read_document
from tests.pipeline.told import told


def groups(language: str, text: str) -> tuple[Group, ...]:
    """Every phrase of a text without a title."""
    article = told(language, text)
    return find_groups(read_document(article))


def phrases(language: str, text: str) -> list[tuple[str, str, int | None]]:
    """Nationality, form and count of each."""
    return [(g.nationality, g.form, g.count) for g in groups(language, text)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The Dominican Republic and French Guiana send no one."),
        ("en", "Two British Virgin Islands firms were named."),
        ("es", "La DEA, por sus siglas en inglés, lo buscaba."),
        ("es", "Fue detenido en el municipio de Miguel Alemán con fines de lucro."),
        ("fr", "Il ne parle ni arabe ni une autre langue."),
        ("it", "I controlli in Veneto e in Trentino continuano."),
        ("pt", "O homem fala inglês."),
        ("es", "Un pasajero del vuelo de Bogotá fue detenido."),
        ("de", "Die Ware kam kiloweise aus Polen und über Schweden."),
        ("nl", "De wagen reed via Polen."),
        ("de", "Weltweit sitzen Leute in ausländischen Gefängnissen."),
        ("fr", "Ils sont dans des prisons étrangères, hors de nos frontières."),
        ("nl", "Overal ter wereld zitten ze vast."),
        ("en", "A German shepherd found the bags."),
        ("it", "Zico, pastore tedesco di quattro anni, ha fiutato lo zaino."),
        ("en", "Twelve were English teachers."),
        ("es", "Suben y bajan del río."),
        ("nl", "De Jamaicaanse senaat vergadert."),
        ("nl", "Het schip kwam uit Cozumel."),
        ("de", "Das Boot stammt aus Ecuador."),
        ("en", "The boat was Dutch."),
        ("es", "El barco es panameño."),
        ("it", "Il veliero è francese."),
        ("it", "Le persiane erano chiuse giorno e notte."),
    ],
)
def test_places_languages_and_names_are_no_people(language: str, text: str) -> None:
    assert [p for p in phrases(language, text) if p[1] not in ("attribute", "loose")] == []


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "A woman from the Czech Republic was held.", ("CZ", "citizen of", 1)),
        ("fr", "Basile, un autre Belge, partage sa cellule.", ("BE", "noun", 1)),
        ("fr", "Les jeunes Maliens ont été arrêtés.", ("ML", "person+noun", None)),
        ("de", "Vier von ihnen stammen nach Angaben der Polizei aus Togo.", ("TG", "headless", 4)),
        ("de", "Drei der Männer kommen laut Zoll aus Benin.", ("BJ", "citizen of", 3)),
        ("en", "A Nepal national was caught.", ("NP", "citizen of", 1)),
        ("en", "The army of his native Turkey trained the man.", ("TR", "citizen of", 1)),
        ("pt", "Um cidadão da República Democrática do Congo foi detido.", ("CD", "citizen of", 1)),
        ("fr", "Une voyageuse avec un passeport français.", ("FR", "citizen of", 1)),
        ("es", "Un hombre de origen colombiano fue detenido.", ("CO", "citizen of", 1)),
        ("it", "Arrestato un giovane di origini albanesi.", ("AL", "origin", 1)),
        ("en", "A man of Indian origin was charged.", ("IN", "origin", 1)),
        ("en", "A Norwegian-flagged carrier was boarded.", ("NO", "attribute", 1)),
        ("es", "El Ejército Mexicano lo detuvo.", ("MX", "attribute", 1)),
        ("es", "Cayó un jefe del cártel de Sinaloa.", ("MX", "resident", 1)),
        ("nl", "Een Spaanse werd aangehouden.", ("ES", "noun", 1)),
        ("nl", "De Spaanse zit vast.", ("ES", "noun", 1)),
        ("en", "Vietnamese came next.", ("VN", "noun", None)),
        ("en", "A Jamaican-born US citizen was held.", ("JM", "attribute", 1)),
        ("en", "A Jamaican-born model was held.", ("JM", "noun+person", 1)),
        ("es", "La mujer, de 30 años y nacionalidad polaca, calló.", ("PL", "citizen of", 1)),
        ("pt", "O condutor, de 40 anos e nacionalidade polaca, calou-se.", ("PL", "citizen of", 1)),
        ("fr", "Son conducteur, de nationalité polonaise, se tait.", ("PL", "citizen of", 1)),
        ("it", "La donna, 30 anni, di nazionalità polacca, tace.", ("PL", "citizen of", 1)),
        ("de", "Der Fahrer mit polnischer Staatsangehörigkeit schweigt.", ("PL", "citizen of", 1)),
        ("nl", "Een vrouw met de Poolse nationaliteit zwijgt.", ("PL", "citizen of", 1)),
        ("nl", "Honderd van hen zijn buitenlander.", ("XX", "foreign", 100)),
        ("nl", "Hun Braziliaanse begeleidster kreeg drie jaar.", ("BR", "noun+person", 1)),
        ("en", "A Filipino second officer got 18 years.", ("PH", "noun+person", 1)),
        ("fr", "Un négociant chinois fut jugé.", ("CN", "person+noun", 1)),
        ("en", "He was Dutch, 44, and ill.", ("NL", "noun", 1)),
        ("fr", "Pilote et copilote sont boliviens.", ("BO", "noun", None)),
        ("nl", "De schipper is Nederlands.", ("NL", "noun", 1)),
    ],
)
def test_how_a_people_is_named(language: str, text: str, wanted: tuple[str, str, int | None]) -> None:
    assert wanted in phrases(language, text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Chinese man arrested at the airport.", 1),
        ("The Swiss was fined.", 1),
        ("The Swiss were fined.", None),
        ("Two Japanese were jailed.", 2),
        ("A Vietnamese was jailed.", 1),
    ],
)
def test_a_form_that_is_one_and_many_is_counted_by_its_neighbours(text: str, count: int | None) -> None:
    assert [p[2] for p in phrases("en", text)] == [count]


def test_people_of_a_gang_are_not_called_by_their_home() -> None:
    said = phrases("en", "The Sinaloa Cartel is strong. Two Sinaloa operatives were held, and a Leeds woman.")
    assert [form for _, form, _ in said] == ["resident", "resident", "home"]


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "The Afghanistan veteran was jailed.", ["resident"]),
        ("en", "A Leeds resident was jailed.", ["resident"]),
        ("es", "Un veterano de Vietnam fue condenado.", ["resident"]),
        ("de", "Ein Veteran aus Afghanistan wurde verurteilt.", ["resident"]),
        ("en", "Police seized weed which is believed to have come from Thailand.", []),
        ("en", "A pensioner was bust with Brazilian cocaine.", ["attribute"]),
        ("de", "In Schweden wird streng kontrolliert.", []),
        ("de", "Zwei Schweden wurden verhaftet.", ["noun"]),
        ("nl", "De chauffeur reed naar Polen.", []),
    ],
)
def test_what_is_said_with_a_place_or_a_people_and_is_no_home(
    language: str, text: str, wanted: list[str]
) -> None:
    assert [form for _, form, _ in phrases(language, text)] == wanted


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Seis bandas mexicanas reclutan a menores."),
        ("it", "La mafia giapponese è forte."),
        ("en", "A Mexican gang recruits minors."),
    ],
)
def test_a_gang_of_a_people_is_a_group(language: str, text: str) -> None:
    assert [g.head for g in groups(language, text)] == ["group"]
