"""Numbers that count nobody."""

from __future__ import annotations

import pytest

from pipeline.understand import read
from tests.pipeline.told import told


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "es",
            "Había extranjeros. Los cultivos sumaban 61.200 hectáreas en 2010, contra 59.900 un año antes.",
        ),
        ("en", "Foreigners were held. Police seized 120 kilos, against 80 a year before."),
        ("de", "Ausländer wurden gefasst. Es waren 120 Kilo, gegenüber 80 im Vorjahr."),
        ("pt", "Há brasileiros presos. Oferecem 10, 15 mil reais por uma viagem."),
        ("en", "Jamaicans were held. They are paid five or ten thousand dollars."),
        ("en", "Jamaicans are held. The hall empties at four."),
        ("es", "Hay colombianos presos. La puerta se abre a las cuatro."),
        ("pt", "Há angolanos presos. A porta abre às quatro."),
        ("it", "Ci sono albanesi in carcere. La porta si apre alle quattro."),
        ("nl", "Er zitten Turken vast. De deur gaat open om vier."),
    ],
)
def test_measures_money_and_hours_count_nobody(language: str, text: str) -> None:
    assert not [g for g in read(told(language, text)).groups if g.form.startswith("number")]


def test_a_number_held_against_people_counts_people() -> None:
    groups = read(told("en", "The jail held 120 Jamaicans, against 80 a year before.")).groups
    assert 80 in [g.count for g in groups]
