"""Dates as a field: what a date stands for, and which one governs a phrase."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.fields import when
from pipeline.records import case_of
from pipeline.understand import read
from tests.pipeline.told import told

Signals = dict[str | None, dict[str, float]]


def _dates(language: str, text: str, nationality: str, country: str, kind: str) -> Signals:
    reading = read(told(language, text, country, published=datetime(2020, 6, 15, tzinfo=UTC)))
    named = (g for g in reading.groups if not g.form.startswith("number"))
    group = next(g for g in named if g.nationality == nationality)
    return {c.value: c.signals for c in when.candidates(case_of(reading, group, country, kind, (group,), ()))}


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "On 31 January 2019 there were 40; a year earlier 28 Poles were held.", "2018-01-31"),
        ("de", "Am 31. Januar 2019 waren es 40, ein Jahr zuvor saßen 28 Polen ein.", "2018-01-31"),
        ("es", "Al 31 de enero de 2019 eran 40, un año antes había 28 polacos presos.", "2018-01-31"),
        (
            "fr",
            "Au 31 janvier 2019 ils étaient 40, un an plus tôt 28 Polonais étaient détenus.",
            "2018-01-31",
        ),
        ("it", "Al 31 gennaio 2019 erano 40, un anno prima i polacchi detenuti erano 28.", "2018-01-31"),
        ("nl", "Op 31 januari 2019 waren het er 40, een jaar eerder zaten 28 Polen vast.", "2018-01-31"),
        ("pt", "Em 31 de janeiro de 2019 eram 40; um ano antes havia 28 polacos presos.", "2018-01-31"),
        (
            "en",
            "From January to May 2019 it was 40, and in 2018 the police held 28 Poles.",
            "2018-01/2018-05",
        ),
    ],
)
def test_a_year_may_be_the_day_or_the_months_of_another(language: str, text: str, value: str) -> None:
    found = _dates(language, text, "PL", "MA", "stock")
    assert found[value]["moved to stock"] == 1.0


def test_the_day_of_the_telling_is_not_moved_to_another_year() -> None:
    text = "There are 40, the warden said on 3 June 2020. In 2018 there were 28 Poles."
    assert "2018-06-03" not in _dates("en", text, "PL", "MA", "stock")


def test_a_flow_of_this_year_ends_with_the_publication() -> None:
    text = "In 2020 the police have arrested 12 Poles."
    assert "2020-01/2020-06" in _dates("en", text, "PL", "MA", "flow")
    assert "2020-01/2020-06" not in _dates("en", text, "PL", "MA", "stock")


def test_a_period_governs_as_a_whole() -> None:
    text = "From 2018 to 2019 the police arrested 12 Poles."
    found = _dates("en", text, "PL", "MA", "flow")
    assert found["2018/2019"]["figure governs"] == 1.0
    assert found["2018/2019"]["figure before 0"] == 1.0
    assert found["2019"]["end of a period"] == 1.0


def test_what_a_sentence_says_of_time_is_known_elsewhere() -> None:
    text = "Six were held in May. In 2014 nine Poles were held."
    found = _dates("en", text, "PL", "MA", "flow")
    assert found["2020-05"]["figure elsewhere, governed"] == 1.0
    assert found[None]["none governed flow"] == 1.0


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "There are 28 Poles in the cells, by the figures of March 2019.", "2019-03"),
        ("de", "Stichtag 31. März 2019: 28 Polen in Haft.", "2019-03-31"),
        ("es", "Son 28 los polacos presos, con corte a marzo de 2019.", "2019-03"),
        ("fr", "Selon les chiffres de mars 2019, 28 Polonais sont détenus.", "2019-03"),
        ("it", "Sono 28 i polacchi detenuti, dati aggiornati a marzo 2019.", "2019-03"),
        ("nl", "Op de peildatum 31 maart 2019 zaten 28 Polen vast.", "2019-03-31"),
        ("pt", "São 28 os polacos presos, segundo dados de março de 2019.", "2019-03"),
    ],
)
def test_the_date_of_the_records_says_so(language: str, text: str, value: str) -> None:
    assert _dates(language, text, "PL", "MA", "stock")[value]["stock of the data"] == 1.0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A Pole was arrested in May, police said on 3 June 2020."),
        ("de", "Ein Pole wurde im Mai verhaftet, teilte die Polizei am 3. Juni 2020 mit."),
        ("es", "Un polaco fue detenido en mayo, informó la policía el 3 de junio de 2020."),
        ("fr", "Un Polonais a été arrêté en mai, a déclaré la police le 3 juin 2020."),
        ("it", "Un polacco è stato arrestato a maggio, ha dichiarato la polizia il 3 giugno 2020."),
        ("nl", "Een Pool is in mei aangehouden, meldde de politie op 3 juni 2020."),
        ("pt", "Um polaco foi detido em maio, informou a polícia em 3 de junho de 2020."),
    ],
)
def test_the_day_on_which_it_was_told_says_so(language: str, text: str) -> None:
    found = _dates(language, text, "PL", "MA", "event")
    assert found["2020-06-03"].get("event of the telling") == 1.0
    assert "event of the telling" not in found["2020-05"]
