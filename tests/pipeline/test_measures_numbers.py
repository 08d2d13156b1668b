"""Counts: values, bounds and what a number certainly does not count."""

from __future__ import annotations

import pytest

from pipeline.measures import Role, find_numbers
from pipeline.vocabulary import Bound


def values(text: str, language: str) -> list[float | None]:
    return [number.value for number in find_numbers(text, language) if number.role is Role.PLAIN]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "2,009 inmates and 2.009 others", [2009, 2009]),
        ("es", "hay 1.086 presos y 9,779 detenidos", [1086, 9779]),
        ("fr", "1 288 ressortissants", [1288]),
        ("de", "Es sitzen 14.000 Menschen, 1'500 in Bern", [14000, 1500]),
        ("en", "thirty-four Nigerians and one hundred and five Ghanaians", [34, 105]),
        ("es", "veintitrés mexicanos y treinta y un peruanos", [23, 31]),
        ("es", "mil trece españoles; mil 013 más; 31 mil 200 reos", [1013, 1013, 31200]),
        ("de", "dreiundzwanzig Deutsche, zweihundertfünf Polen, dreissig Schweizer", [23, 205, 30]),
        ("fr", "quatre-vingt-onze Français, soixante et onze Belges, deux cents autres", [91, 71, 200]),
        ("it", "ventitré italiani, ventotto albanesi, duecentodue romeni", [23, 28, 202]),
        ("nl", "drieëntwintig Nederlanders en tweeduizend anderen", [23, 2000]),
        ("pt", "vinte e três brasileiros e cento e vinte angolanos", [23, 120]),
        ("en", "half a dozen Britons, two dozen Poles, a dozen Spaniards", [6, 24, 12]),
        ("en", "a couple from Leeds, both of them", [2, 2]),
        ("de", "Das Paar wartete ein paar Stunden", [2]),
        ("en", "the first woman and the 21st man", []),
        ("es", "una mujer y un hombre", []),
    ],
)
def test_values(language: str, text: str, expected: list[float]) -> None:
    assert values(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "bound"),
    [
        ("en", "more than 30 Britons", Bound.AT_LEAST),
        ("en", "up to 30 Britons", Bound.AT_MOST),
        ("en", "some 200 Britons", Bound.ABOUT),
        ("es", "unos 200 españoles", Bound.ABOUT),
        ("es", "al menos doce españoles", Bound.AT_LEAST),
        ("fr", "une quinzaine de Français", Bound.ABOUT),
        ("de", "rund 200 Deutsche", Bound.ABOUT),
        ("it", "oltre 200 italiani", Bound.AT_LEAST),
        ("nl", "ongeveer 200 Nederlanders", Bound.ABOUT),
        ("pt", "pelo menos 20 brasileiros", Bound.AT_LEAST),
        ("en", "30 Britons", Bound.EXACT),
    ],
)
def test_bounds(language: str, text: str, bound: Bound) -> None:
    (number,) = find_numbers(text, language)
    assert number.bound is bound


@pytest.mark.parametrize(
    ("language", "text", "least"),
    [
        ("en", "dozens of Britons", 24),
        ("es", "decenas de españoles", 24),
        ("fr", "des dizaines de Français", 24),
        ("de", "Dutzende Deutsche", 24),
        ("it", "decine di italiani", 24),
        ("nl", "tientallen Nederlanders", 24),
        ("pt", "dezenas de brasileiros", 24),
        ("en", "hundreds of Britons", 200),
    ],
)
def test_vague_numbers(language: str, text: str, least: int) -> None:
    (number,) = find_numbers(text, language)
    assert (number.value, number.at_least, number.bound) == (None, least, Bound.AT_LEAST)


@pytest.mark.parametrize(
    ("language", "text", "role"),
    [
        ("en", "a woman aged 34", Role.AGE),
        ("en", "the 34-year-old", Role.AGE),
        ("es", "de 34 años de edad", Role.AGE),
        ("de", "ein 34-Jähriger", Role.AGE),
        ("en", "Jane Roe, 34, said", Role.AGE),
        ("en", "Jane Roe (34) said", Role.AGE),
        ("fr", "un Belge, la trentaine, au chômage", Role.AGE),
        ("fr", "la trentaine de Belges", Role.PLAIN),
        ("it", "un belga sulla trentina", Role.AGE),
        ("es", "un belga en la treintena", Role.AGE),
        ("es", "la treintena de belgas", Role.PLAIN),
        ("pt", "um belga na casa dos trinta", Role.AGE),
        ("de", "ein Belgier Mitte dreißig", Role.AGE),
        ("nl", "een Belg van eind dertig", Role.AGE),
        ("es", "MADRID, octubre 9.- Un belga", Role.DATE),
        ("en", "South Africa (34) and", Role.PLAIN),
        ("en", "Nigeria (34) and", Role.PLAIN),
        ("en", "since the law of 1985", Role.YEAR),
        ("en", "worth $500 there", Role.MONEY),
        ("es", "llevaba 3.000 euros", Role.MONEY),
        ("en", "carrying 12 kg", Role.WEIGHT),
        ("en", "97 percent of them", Role.PERCENT),
        ("en", "for 20 years", Role.DURATION),
        ("en", "Article 33 says", Role.LAW),
        ("es", "la Ley 30 dice", Role.LAW),
        ("de", "nach § 29 BtMG", Role.LAW),
        ("en", "on flight 447 from", Role.ROUTE),
        ("en", "swallowed 80 pellets", Role.OBJECT),
        ("es", "doce cápsulas", Role.OBJECT),
        ("es", "doce camioneros", Role.PLAIN),
        ("en", "20 truckers", Role.PLAIN),
        ("en", "203 arrests", Role.CASE),
        ("en", "on 12 May they", Role.DATE),
    ],
)
def test_roles(language: str, text: str, role: Role) -> None:
    assert [number.role for number in find_numbers(text, language)] == [role]


def test_both_ends_of_a_range_have_the_unit() -> None:
    roles = [number.role for number in find_numbers("between 20 and 30 years", "en")]
    assert roles == [Role.DURATION, Role.DURATION]


def test_offsets_point_into_the_text_as_written() -> None:
    text = "İstanbul’da ﬁne: quatre‑vingt‑onze Français"
    (number,) = find_numbers(text, "fr")
    assert text[number.start : number.end] == "quatre‑vingt‑onze"
    assert number.value == 91
