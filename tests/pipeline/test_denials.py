"""Nationalities that are denied, in small sentences of every language."""

from __future__ import annotations

import pytest

from tests.pipeline.told import people


def phrases(language: str, text: str) -> list[tuple[str, int | None]]:
    """Nationality and count of every phrase that names people, of a text without a title."""
    return [(g.nationality, g.count) for g in people(language, text)]


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "Of the prisoners in the wing, 228 are not Brazilians.", 228),
        ("en", "About 40 of them do not hold British citizenship.", 40),
        ("en", "Twelve non-Panamanian prisoners sleep in the corridor.", 12),
        ("es", "En el penal hay 1.480 internos que no son panameños.", 1480),
        ("es", "De ellos, 43 no tienen nacionalidad española.", 43),
        ("pt", "Destes, 228 não são brasileiros.", 228),
        ("pt", "A cadeia guarda 41 presas nascidas fora do Brasil.", 41),
        ("fr", "Près des trois quarts, soit 418, n'ont pas la nationalité luxembourgeoise.", 418),
        ("fr", "Le rapport compte 75 détenus non marocains.", 75),
        ("de", "Von den 98 Eingewiesenen besitzen 71 keinen Schweizer Pass.", 71),
        ("de", "Dort sitzen 812 Menschen, 307 von ihnen ohne österreichische Staatsbürgerschaft.", 307),
        ("it", "Di loro 30 non hanno la cittadinanza italiana.", 30),
        ("it", "In quel carcere 64 non sono italiani.", 64),
        ("nl", "Er zitten 871 mensen, van wie 580 zonder Belgisch paspoort.", 580),
        ("nl", "Van hen hebben 31 niet de Nederlandse nationaliteit.", 31),
    ],
)
def test_those_who_lack_a_nationality_are_foreigners(language: str, text: str, wanted: int) -> None:
    assert phrases(language, text) == [("XX", wanted)]


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("en", "He is not a Mexican but a Cuban.", ["CU"]),
        ("es", "El detenido no es mexicano.", []),
        ("pt", "O suspeito não é português.", []),
        ("fr", "Il n'est pas français.", []),
        ("de", "Er ist kein Deutscher.", []),
        ("it", "Il ragazzo non è italiano.", []),
        ("nl", "De man is geen Nederlander.", []),
    ],
)
def test_what_is_denied_of_one_is_nobodys(language: str, text: str, left: list[str]) -> None:
    assert [nationality for nationality, _ in phrases(language, text)] == left


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The guards did not beat the two Brazilians."),
        ("es", "No golpearon a los dos panameños."),
        ("de", "Nicht weit davon wohnten zwei Schweizer."),
        ("fr", "On n'a pas entendu les deux Marocains."),
    ],
)
def test_a_denied_act_leaves_the_people(language: str, text: str) -> None:
    assert [count for nationality, count in phrases(language, text) if nationality != "XX"] == [2]


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
    assert phrases(language, text) == [("XX", count)]


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
    assert {count for _, count in phrases(language, text)} <= {None}


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
    assert phrases(language, text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("No fewer than 12 Britons were held.", ("GB", 12)),
        ("Not only Spaniards were held.", ("ES", None)),
        ("The two Britons do not know why.", ("GB", 2)),
    ],
)
def test_other_words_of_denial_leave_people_alone(text: str, wanted: tuple[str, int | None]) -> None:
    assert phrases("en", text) == [wanted]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "No solo españoles fueron detenidos."),
        ("it", "Non c'è solo un romeno in quella cella."),
        ("fr", "Pas seulement des Belges ont été arrêtés."),
    ],
)
def test_not_only_denies_nothing(language: str, text: str) -> None:
    assert phrases(language, text)[0][0] in {"ES", "RO", "BE"}
