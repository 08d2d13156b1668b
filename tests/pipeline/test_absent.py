"""People who are not of a nationality, and people of whom there is none."""

from __future__ import annotations

import pytest

from pipeline.groups import Group
from pipeline.understand import read
from tests.pipeline.told import told


def people(language: str, text: str) -> list[Group]:
    """The phrases of people in a text without a title."""
    groups = read(told(language, text)).groups
    return [g for g in groups if g.form != "attribute" and not g.form.startswith("number")]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "Of the inmates, 98 do not hold Swiss citizenship.", 98),
        ("en", "Twelve of them are not Norwegians.", 12),
        ("es", "En la cárcel hay 131 mujeres que no son argentinas.", 131),
        ("es", "De los presos, 57 no tienen nacionalidad española.", 57),
        ("pt", "Desses, 228 não são brasileiros.", 228),
        ("fr", "Près de la moitié, soit 418, n'ont pas la nationalité luxembourgeoise.", 418),
        ("fr", "Les 12 détenus ne sont pas français.", 12),
        ("it", "Di loro, 40 non hanno la cittadinanza italiana.", 40),
        ("de", "Von den Häftlingen besitzen 71 keinen Schweizer Pass.", 71),
        ("de", "Im Haus leben 60 Menschen, 35 von ihnen ohne österreichische Staatsbürgerschaft.", 35),
        ("nl", "Van hen zijn er zeven geen Belgen.", 7),
        ("nl", "Dat waren 280 mensen, van wie 150 zonder Belgisch paspoort.", 150),
    ],
)
def test_who_is_not_of_a_nationality_is_foreign(language: str, text: str, count: int) -> None:
    assert [(g.nationality, g.count) for g in people(language, text)] == [("XX", count)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Not one Briton was executed."),
        ("en", "No Dutchman is held there."),
        ("es", "Ningún español fue ejecutado, ni un solo mexicano."),
        ("es", "Hasta ayer no había un solo mexicano en prisión."),
        ("pt", "Nenhum brasileiro foi preso."),
        ("fr", "Aucun Français n'a été exécuté."),
        ("it", "Nessun italiano è in carcere; non c'è neppure un albanese."),
        ("de", "Kein Deutscher wurde verhaftet."),
        ("nl", "Geen enkele Nederlander zit vast."),
    ],
)
def test_where_there_is_none_nobody_is_counted(language: str, text: str) -> None:
    assert {g.count for g in people(language, text)} <= {None}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He is not a Spaniard."),
        ("en", "The man, who has no German passport, kept silent."),
        ("es", "El detenido no es un español."),
        ("it", "Lui non ha la cittadinanza italiana."),
        ("de", "Er besitzt keinen deutschen Pass."),
    ],
)
def test_who_one_person_is_not_says_nothing(language: str, text: str) -> None:
    assert people(language, text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("No fewer than 12 Britons were held.", ("GB", 12)),
        ("Not only Spaniards were held.", ("ES", None)),
        ("The two Britons do not know why.", ("GB", 2)),
    ],
)
def test_other_words_of_denial_leave_people_alone(text: str, wanted: tuple[str, int | None]) -> None:
    assert [(g.nationality, g.count) for g in people("en", text)] == [wanted]
