"""Phrases whose people are told by where they come from: lists, journeys, towns."""

from __future__ import annotations

import pytest

from pipeline.understand import read
from tests.pipeline.told import people, told


def _named(language: str, text: str) -> list[tuple[str, int | None]]:
    return [(g.nationality, g.count) for g in people(language, text) if g.form != "origin"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Two men from Syria, three from Poland and five from Ghana were held."),
        ("es", "Cayeron dos hombres de Siria, tres de Polonia y cinco de Ghana."),
        ("pt", "Foram presos dois homens da Síria, três da Polónia e cinco do Gana."),
        ("fr", "Deux hommes de Syrie, trois de Pologne et cinq du Ghana sont détenus."),
        ("de", "Zwei Männer aus Syrien, drei aus Polen und fünf aus Ghana sind in Haft."),
        ("it", "In cella due uomini provenienti dalla Siria, tre dalla Polonia e cinque dal Ghana."),
        ("nl", "Twee mannen uit Syrië, drie uit Polen en vijf uit Ghana zitten vast."),
    ],
)
def test_a_list_goes_on_with_numbers_alone(language: str, text: str) -> None:
    assert _named(language, text) == [("SY", 2), ("PL", 3), ("GH", 5)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "19 stammten aus Spanien, 14 aus dem Irak und zwölf aus Nigeria."),
        ("nl", "Negentien kwamen uit Spanje, veertien uit Irak en twaalf uit Nigeria."),
    ],
)
def test_each_country_of_a_list_keeps_its_own_number(language: str, text: str) -> None:
    assert _named(language, text) == [("ES", 19), ("IQ", 14), ("NG", 12)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Une Ivoirienne en provenance de Jamaïque est détenue."),
        ("fr", "Un Français originaire de Jamaïque est détenu."),
        ("it", "Una ghanese proveniente dalla Giamaica è stata arrestata."),
    ],
)
def test_who_has_a_nationality_is_not_of_where_they_came_from(language: str, text: str) -> None:
    assert "JM" not in dict(_named(language, text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "A relação já não tem só o Gana, com 53, e de Espanha há 42."),
        ("pt", "Até à véspera não se sabia nada do Gana e de Espanha."),
    ],
)
def test_and_of_is_not_is_of(language: str, text: str) -> None:
    assert "ES" not in dict(_named(language, text))


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("de", "Die Bremerhavener Kellnerin sitzt in Quito.", "DE"),
        ("de", "Eine Göttingerin sitzt in Quito.", "DE"),
        ("nl", "Een Eindhovense verpleegster zit vast in Quito.", "NL"),
        ("nl", "Een Zwolse verpleegster zit vast in Quito.", "NL"),
        ("fr", "Lannion. La sage-femme lannionnaise est détenue à Quito.", "FR"),
        ("fr", "Né à Lannion, le Lannionnais est détenu à Quito.", "FR"),
        ("it", "VIAREGGIO. Due cugini viareggini sono in cella a Quito.", "IT"),
        ("es", "ALCORCÓN. Un alcorconense está preso en Quito.", "ES"),
    ],
)
def test_people_are_called_after_towns_that_no_list_names(language: str, text: str, code: str) -> None:
    assert code in dict(_named(language, text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Bremerhavener Polizei schweigt."),
        ("de", "Der Anwalt Peter Bremerhavener schweigt."),
        ("fr", "Lannion. Le tribunal lannionnais a jugé."),
        ("es", "LIBERTAD. Las libertades son de todos."),
    ],
)
def test_an_authority_or_a_family_is_nobody_of_that_town(language: str, text: str) -> None:
    assert _named(language, text) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Auf die Spur der pakistanischen Bewohner kam man früh.", None),
        ("Die türkischen Fahrer sind in Haft.", None),
        ("Der türkische Fahrer ist in Haft.", 1),
        ("Mit der türkischen Fahrerin sprach niemand.", 1),
        ("Der Anwalt der türkischen Mutter schwieg.", 1),
    ],
)
def test_a_german_adjective_tells_many_from_one(text: str, count: int | None) -> None:
    assert [n for _, n in _named("de", text)] == [count]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("it", "Gli arresti sono 154; 131 riguardano cittadini stranieri.", 131),
        ("fr", "Le bilan concerne 37 ressortissants étrangers.", 37),
        ("es", "Los casos afectan a 37 ciudadanos extranjeros.", 37),
    ],
)
def test_foreign_nationals_are_people_whatever_stands_before(language: str, text: str, count: int) -> None:
    assert ("XX", count) in _named(language, text)


@pytest.mark.parametrize(
    ("language", "text", "listed"),
    [
        (
            "fr",
            "Cent Belges sont détenus. La France en garde à elle seule 43, contre 7 au Pérou et 6 au Chili.",
            43,
        ),
        (
            "it",
            "Sono cento gli italiani detenuti. La Francia ne ha da sola 43, contro 7 in Perù e 6 in Cile.",
            43,
        ),
    ],
)
def test_a_country_before_its_number_belongs_to_a_list(language: str, text: str, listed: int) -> None:
    groups = read(told(language, text)).groups
    assert ("FR", listed) in {(g.country, g.count) for g in groups if g.form == "number at"}


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "A woman from Southampton is held in Quito.", "GB"),
        ("es", "Dos jóvenes de Buenaventura están presos en Quito.", "CO"),
        ("pt", "Uma mulher de Setúbal está presa em Quito.", "PT"),
        ("fr", "Un homme de Charleroi est détenu à Quito.", "BE"),
        ("de", "Ein Mann aus Bremerhaven sitzt in Quito in Haft.", "DE"),
        ("it", "Un uomo di Livorno è in cella a Quito.", "IT"),
        ("nl", "Twee jongens uit Rotterdam zitten vast in Quito.", "NL"),
    ],
)
def test_towns_known_for_their_ports_have_people(language: str, text: str, code: str) -> None:
    assert code in dict(_named(language, text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "Een man van de haven van Rotterdam weet van niets."),
        ("it", "Un uomo del porto di Livorno non sa niente."),
        ("en", "A man at the port of Southampton knew nothing."),
    ],
)
def test_a_port_itself_has_none(language: str, text: str) -> None:
    assert _named(language, text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Les onze musiciens, tous surinamais, sont détenus.", {"SR"}),
        ("Deux hommes, tous deux polonais, sont détenus.", {"PL"}),
        ("Deux hommes, l'un polonais, l'autre roumain, sont détenus.", {"PL", "RO"}),
        ("Le chauffeur, polonais, et sa compagne (roumaine) sont détenus.", {"PL", "RO"}),
        ("Les armées française, britannique et allemande y étaient.", set()),
    ],
)
def test_french_adjectives_said_of_people_stand_for_them(text: str, wanted: set[str]) -> None:
    said = {g.nationality for g in people("fr", text) if g.form in ("noun", "person+noun")}
    assert said == wanted


def test_the_one_and_the_other_have_a_country_each() -> None:
    assert dict(_named("de", "Der eine ist Pole, der andere kommt aus Rumänien.")).keys() == {"PL", "RO"}


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "An Albanian migrant is held.", "AL"),
        ("es", "Un inmigrante marroquí está preso.", "MA"),
        ("pt", "Um imigrante cabo-verdiano está preso.", "CV"),
        ("fr", "Un requérant d'asile guinéen est détenu.", "GN"),
        ("de", "Ein afghanischer Asylwerber ist in Haft.", "AF"),
        ("it", "Un extracomunitario nigeriano è in cella.", "NG"),
        ("nl", "Een Algerijnse asielzoeker zit vast.", "DZ"),
    ],
)
def test_a_foreigner_whose_nationality_is_said_is_one_person(language: str, text: str, code: str) -> None:
    assert [(g.nationality, g.head) for g in people(language, text)] == [(code, "person")]


def test_another_ones_roots_are_not_theirs() -> None:
    said = people("de", "Zwei Brüder mit kosovarischen Wurzeln, deutsche Staatsbürger, sitzen ein.")
    assert {(g.nationality, g.form) for g in said} == {("XK", "origin"), ("DE", "noun+person")}
