"""Nationalities that are denied, in small sentences of every language."""

from __future__ import annotations

import pytest

from pipeline.understand import read
from tests.pipeline.told import told


def phrases(language: str, text: str) -> list[tuple[str, int | None]]:
    """Nationality and count of every phrase that names people, of a text without a title."""
    found = read(told(language, text)).groups
    return [(g.nationality, g.count) for g in found if not g.form.startswith("number")]


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
