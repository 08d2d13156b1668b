"""Weights in kilograms and amounts without a weight; shares."""

from __future__ import annotations

import pytest

from pipeline.measures import UnitKind, find_quantities, find_shares
from pipeline.vocabulary import Bound


@pytest.mark.parametrize(
    ("language", "text", "kg"),
    [
        ("en", "1.5 kilograms of heroin", 1.5),
        ("en", "1,200 kg of cocaine", 1200),
        ("en", "4.252 kg of heroin", 4.252),
        ("en", "half a tonne of hashish", 500),
        ("en", "a kilo and a half of opium", 1.5),
        ("en", "two and a half kilos", 2.5),
        ("en", "1.5 million grams", 1500),
        ("en", "three maunds of charas", 111.972),
        ("en", "ten ounces", 0.28349523),
        ("en", "17½ kilos", 17.5),
        ("es", "medio kilo de cocaína", 0.5),
        ("es", "dos toneladas y media", 2500),
        ("es", "4 kilos 225 gramos de cannabis", 4.225),
        ("es", "1,2 kg de cocaína", 1.2),
        ("es", "1.200 kilos de cocaína", 1200),
        ("es", "llevaba 32'867 kilos", 32.867),
        ("de", "anderthalb Kilo Heroin", 1.5),
        ("de", "ein halbes Kilo", 0.5),
        ("de", "zwei Pfund Gras", 1),
        ("it", "mezzo chilo di coca", 0.5),
        ("it", "tre etti di hashish", 0.3),
        ("fr", "un demi-kilo d'héroïne", 0.5),
        ("fr", "1,7 tonne de cocaïne", 1700),
        ("nl", "anderhalve kilo heroïne", 1.5),
        ("nl", "twee ons wiet", 0.2),
        ("pt", "meia tonelada de maconha", 500),
        ("pt", "dois quilos e meio", 2.5),
    ],
)
def test_weights(language: str, text: str, kg: float) -> None:
    (quantity,) = find_quantities(text, language)
    assert quantity.kg == pytest.approx(kg)
    assert quantity.unit is UnitKind.MASS


def test_the_text_tells_which_sign_is_decimal() -> None:
    """Mexican papers write 12.5 and 1,200 as English ones do."""
    (first, second) = find_quantities("Hallaron 12.5 kilos y luego 1,200 kilos", "es")
    assert (first.kg, second.kg) == (12.5, 1200)


def test_a_conversion_is_marked() -> None:
    first, second = find_quantities("377 kilos (831 pounds) of cocaine", "en")
    assert (first.duplicate, second.duplicate) == (False, True)


def test_two_drugs_are_two_weights() -> None:
    found = find_quantities("2 kilos of cocaine and 300 grams of heroin", "en")
    assert [quantity.kg for quantity in found] == [2, 0.3]
    assert not any(quantity.duplicate for quantity in found)


def test_a_range_is_one_weight() -> None:
    (quantity,) = find_quantities("between 4 and 5 kilos", "en")
    assert (quantity.kg, quantity.bound) == (5, Bound.ABOUT)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("600 pills", UnitKind.PILL),
        ("40 plants", UnitKind.PLANT),
        ("350 ml of the liquid", UnitKind.LITRE),
        ("12 doses", UnitKind.DOSE),
    ],
)
def test_amounts_without_weight(text: str, unit: UnitKind) -> None:
    (quantity,) = find_quantities(text, "en")
    assert (quantity.kg, quantity.unit) == (None, unit)


def test_money_is_no_weight() -> None:
    assert find_quantities("fined 500 pounds sterling", "en") == ()


@pytest.mark.parametrize(
    ("language", "text", "percent", "bound"),
    [
        ("en", "97 percent of them", 97, Bound.EXACT),
        ("es", "el 83,4 % de ellos", 83.4, Bound.EXACT),
        ("de", "sieben von zehn Häftlingen", 70, Bound.EXACT),
        ("en", "three quarters of them", 75, Bound.EXACT),
        ("fr", "la moitié des détenus", 50, Bound.EXACT),
        ("it", "due terzi dei detenuti", 66.7, Bound.EXACT),
        ("en", "more than 90 per cent", 90, Bound.AT_LEAST),
        ("es", "nueve de cada diez", 90, Bound.EXACT),
        ("nl", "driekwart van hen", 75, Bound.EXACT),
        ("pt", "mais de 70% cumprem", 70, Bound.AT_LEAST),
    ],
)
def test_shares(language: str, text: str, percent: float, bound: Bound) -> None:
    (share,) = find_shares(text, language)
    assert (share.percent, share.bound) == (percent, bound)


def test_what_is_no_share() -> None:
    assert find_shares("half a kilo, half an hour, 250 percent", "en") == ()
