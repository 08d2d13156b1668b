"""Kinds of figures: what their dates say of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.fields import kind
from pipeline.records import case_of
from pipeline.understand import read
from tests.pipeline.told import told


def _signals(language: str, text: str) -> dict[str, float]:
    reading = read(told(language, text, "MA", published=datetime(2020, 6, 15, tzinfo=UTC)))
    group = next(g for g in reading.groups if g.nationality == "PL" and not g.form.startswith("number"))
    stock, *_ = (
        c for c in kind.candidates(case_of(reading, group, "MA", "stock", (group,), ())) if c.value == "stock"
    )
    return stock.signals


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "As at 31 March there were 28 Poles in the prisons."),
        ("en", "There were 28 Poles in the prisons at the end of 2019."),
        ("de", "Zum 31. März saßen 28 Polen ein."),
        ("de", "Ende 2019 saßen 28 Polen ein."),
        ("es", "Al 31 de marzo había 28 polacos presos."),
        ("es", "Al cierre de 2019 había 28 polacos presos."),
        ("fr", "Au 31 mars, 28 Polonais étaient détenus."),
        ("it", "Al 31 marzo i detenuti polacchi erano 28."),
        ("nl", "Per 31 maart zaten er 28 Polen vast."),
        ("pt", "No fim de 2019 havia 28 polacos presos."),
    ],
)
def test_a_day_of_counting_says_so(language: str, text: str) -> None:
    signals = _signals(language, text)
    assert signals["stock: as of"] == 1.0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "On 31 March 28 Poles were arrested."),
        ("es", "El 31 de marzo fueron detenidos 28 polacos."),
        ("fr", "Le 31 mars, 28 Polonais ont été arrêtés."),
        ("it", "Il 31 marzo sono stati arrestati 28 polacchi."),
        ("en", "From 1 January to 31 March 28 Poles were arrested."),
    ],
)
def test_a_day_of_an_act_is_none_of_counting(language: str, text: str) -> None:
    assert "stock: as of" not in _signals(language, text)


def test_a_list_has_the_time_of_the_sentence_before() -> None:
    signals = _signals("en", "As at 31 March the prisons held 90. Twenty-eight Poles lead the list.")
    assert signals["stock: before: as of"] == signals["stock: before: date day"] == 1.0
    signals = _signals("en", "The police held 90 from May to June 2019. Twenty-eight Poles lead the list.")
    assert signals["stock: before: date period"] == 1.0
