"""People whom their town or their state makes foreign, in invented sentences of every language."""

from __future__ import annotations

import pytest

from pipeline.groups import find_groups
from pipeline.mentions import read_document
from pipeline.townspeople import forms_of, townspeople
from pipeline.vocabulary import LANGUAGES
from tests.pipeline.told import told


def people(language: str, text: str, country: str | None = None) -> list[tuple[str, str, int | None]]:
    """Nationality, form and count of the phrases that name people."""
    groups = find_groups(read_document(told(language, text, country)))
    return [(g.nationality, g.form, g.count) for g in groups if g.form != "attribute"]


@pytest.mark.parametrize(
    ("language", "country", "text", "expected"),
    [
        ("en", "HK", "Ignacio, 41, of Colombia, was sentenced over cocaine.", ("CO", "home", 1)),
        ("it", "IT", "Tonio, 58 anni, di Sciacca, è in carcere per cocaina.", ("IT", "home", 1)),
        ("en", "GB", "A couple from Hastings were arrested with cocaine.", ("GB", "home", 2)),
        ("pt", "BR", "Um casal de Chapecó foi preso com cocaína.", ("BR", "home", 2)),
        ("nl", "NL", "Een vrouw uit Krommenie zit vast wegens drugs.", ("NL", "home", 1)),
        ("de", "DE", "Der Mann aus Wanne-Eickel wurde mit Heroin verhaftet.", ("DE", "home", 1)),
        ("en", "GB", "Gavin Hollin, 37, from Ossettby, was on remand in Kingston.", ("GB", "home", 1)),
        ("it", "IT", "Mirco Balsi, 42 anni, di Fiscagliola, è stato arrestato.", ("IT", "home", 1)),
        ("fr", "CA", "Jean Tibeau, 34 ans, de Repentignette, est détenu.", ("CA", "home", 1)),
        ("pt", "BR", "João Salvo, 34 anos, de Xaximirim, foi preso.", ("BR", "home", 1)),
        ("de", "AT", "Der Zimmermann aus dem Bezirk Zwettlach sitzt in Haft.", ("AT", "home", 1)),
        ("nl", "NL", "De man uit de gemeente Kromveen zit vast.", ("NL", "home", 1)),
        ("en", "GB", "Mr Urbas, of Ostrowki, western Poland, admitted it.", ("PL", "home", 1)),
        ("en", "IE", "John Smeeth, of Leeds, England, was jailed.", ("GB", "home", 1)),
        ("en", "IE", "Two men from Leeds, England, were jailed.", ("GB", "home", 2)),
        ("es", "MX", "Los cuatro ocupantes dijeron ser de Tumaquito, Colombia.", ("CO", "home", 4)),
        ("en", "KE", "Kenya has asked Hanoi to spare one of its nationals.", ("KE", "citizen of", 1)),
        (
            "fr",
            "CH",
            "Nairobi a déposé un recours en faveur d'une de ses ressortissantes.",
            ("KE", "citizen of", 1),
        ),
        ("es", "ES", "Kenia ha pedido que perdonen a una de sus ciudadanas.", ("KE", "citizen of", 1)),
        (
            "de",
            "DE",
            "Kenia bat darum, eine seiner Staatsbürgerinnen zu verschonen.",
            ("KE", "citizen of", 1),
        ),
    ],
)
def test_who_is_named_by_town_or_state(
    language: str, country: str, text: str, expected: tuple[str, str, int]
) -> None:
    assert expected in people(language, text, country)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "Une Caennaise de 35 ans a été arrêtée.", ("FR", "noun", 1)),
        ("fr", "Un homme nancéien a été arrêté.", ("FR", "person+noun", 1)),
        ("it", "La donna pratese è stata arrestata.", ("IT", "person+noun", 1)),
        ("es", "La rosarina fue detenida.", ("AR", "noun", 1)),
        ("de", "Der 41-jährige Grazer wurde verhaftet.", ("AT", "noun", 1)),
        ("nl", "De 52-jarige Kempenaar zit vast.", ("BE", "person+noun", 1)),
        ("pt", "A jovem cuiabana foi presa.", ("BR", "person+noun", 1)),
        ("en", "The Sydneysider was arrested.", ("AU", "noun", 1)),
    ],
)
def test_townspeople(language: str, text: str, expected: tuple[str, str, int]) -> None:
    assert expected in people(language, text)


@pytest.mark.parametrize(
    ("language", "country", "text"),
    [
        ("en", "GB", "Malaysia, 12, of them five women, was next."),
        ("de", "DE", "Die Grazer Polizei schwieg."),
        ("nl", None, "Een vrouw uit Krommenie zit vast."),  # whose outlet is of no country
        ("en", "GB", "They told its nationals nothing."),
        ("en", "PH", "It says that people from Africa were held."),
        ("es", "MX", "Un profesor habló en la Universidad de Tumaquito, Colombia."),
    ],
)
def test_nobody_is_named(language: str, country: str | None, text: str) -> None:
    assert people(language, text, country) == []


def test_an_age_after_one_name_is_no_number_of_people() -> None:
    document = read_document(told("en", "Ignacio, 41, of Colombia, was sentenced."))
    assert [number.role for number in document.numbers] == ["age"]


@pytest.mark.parametrize(
    ("word", "language", "one", "many"),
    [
        ("vigués", "es", ("vigués", "viguesa"), ("vigueses", "viguesas")),
        ("comasco", "it", ("comasco", "comasca"), ("comaschi", "comasche")),
        ("Manceau", "fr", ("Manceau", "Mancelle"), ("Manceaux", "Mancelles")),
        ("Grazer", "de", ("Grazer", "Grazers", "Grazerin"), ("Grazer", "Grazern", "Grazerinnen")),
        ("Hagenees", "nl", ("Hagenees",), ("Hagenezen",)),
    ],
)
def test_forms(word: str, language: str, one: tuple[str, ...], many: tuple[str, ...]) -> None:
    assert forms_of(word, language) == (one, many)


def test_each_language_has_some() -> None:
    assert all(townspeople(language) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("language", "text", "nationality"),
    [
        ("en", "Jane Orlan, from Hull, was held in Lima.", "GB"),
        ("es", "Juan Orlan, de Murcia, fue detenido en Lima.", "ES"),
        ("pt", "Maria Orlan, de Braga, foi detida em Lima.", "PT"),
        ("fr", "Marie Orlan, de Lyon, a été arrêtée à Lima.", "FR"),
        ("de", "Thomas Orlan, aus Graz, wurde in Lima verhaftet.", "AT"),
        ("it", "Marco Orlan, di Bergamo, è stato arrestato a Lima.", "IT"),
        ("nl", "Peter Orlan, uit Breda, is in Lima aangehouden.", "NL"),
    ],
)
def test_a_name_between_commas_has_a_home(language: str, text: str, nationality: str) -> None:
    assert people(language, text) == [(nationality, "home", 1)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Jane Orlan, of Hull, was held in Lima."),
        ("es", "El aeropuerto Jorge Chávez, de Lima, abrió ayer."),
        ("en", "The late flight, from Lima, was searched."),
    ],
)
def test_other_names_before_a_town_are_nobodys_home(language: str, text: str) -> None:
    assert people(language, text) == []
