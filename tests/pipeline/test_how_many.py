"""How many people of a nationality there are, as lists and figures say it."""

from __future__ import annotations

import pytest

from tests.pipeline.told import people


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Foreigners account for 541 of the 1,266 prisoners."),
        ("es", "Los extranjeros representan 541 de los 1.266 presos."),
        ("pt", "Os estrangeiros representam 541 dos 1.266 presos."),
        ("fr", "Les étrangers représentent 541 des 1 266 détenus."),
        ("it", "Gli stranieri sono 541 su 1.266 detenuti."),
        ("de", "Ausländer stellen 541 der 1266 Häftlinge."),
        ("nl", "Buitenlanders vormen 541 van de 1266 gevangenen."),
        ("en", "Foreigners, 541 of them, fill the wing."),
        ("es", "Los extranjeros, 541 en total, llenan el pabellón."),
        ("pt", "Os estrangeiros, 541 ao todo, enchem a ala."),
        ("en", "Nine in ten of the 541 foreigners are held for drugs."),
        ("es", "Nueve de cada diez de los 541 extranjeros están por drogas."),
        ("pt", "O número de estrangeiros presos subiu para 541."),
        ("nl", "Het aantal buitenlandse gevangenen steeg tot 541."),
    ],
)
def test_the_number_is_that_of_the_people(language: str, text: str) -> None:
    assert [(g.nationality, g.count) for g in people(language, text)] == [("XX", 541)]


def test_people_in_the_plural_have_no_noun_behind_them() -> None:
    assert [(g.nationality, g.count) for g in people("en", "Nigerians account for 92.")] == [("NG", 92)]


def test_what_follows_and_is_another_country() -> None:
    found = people("es", "De Nigeria hay 92 presos y de Ghana 14.")
    assert ("GH", 92) not in [(g.nationality, g.count) for g in found]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("es", "Tres decenas de daneses están presos.", 30),
        ("es", "Dos centenares de daneses están presos.", 200),
        ("es", "Dos docenas de daneses están presos.", 24),
        ("pt", "Três dezenas de dinamarqueses estão presos.", 30),
        ("fr", "Deux centaines de Danois sont en prison.", 200),
        ("it", "Tre decine di danesi sono in carcere.", 30),
    ],
)
def test_tens_and_hundreds_are_counted(language: str, text: str, count: int) -> None:
    assert [(g.nationality, g.count) for g in people(language, text)] == [("DK", count)]


@pytest.mark.parametrize(
    "text",
    [
        "A South African Airways flight from Lima was searched.",
        "Staff of Korean Air found the drugs.",
        "The bag came off a Turkish Airlines plane.",
        "He wore a Danish national team shirt.",
        "The Danish national anthem was played.",
    ],
)
def test_airlines_and_teams_are_nobody(text: str) -> None:
    assert people("en", text) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "One in 12 Danes is held."),
        ("es", "Uno de cada 12 daneses está preso."),
        ("pt", "Um em cada 12 dinamarqueses está preso."),
    ],
)
def test_one_in_twelve_are_no_twelve(language: str, text: str) -> None:
    assert [g.count for g in people(language, text)] == [None]
