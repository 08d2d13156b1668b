"""Figures of people who are to be put to death, told from those of prisoners."""

from __future__ import annotations

import pytest

from pipeline.fields.case import Case, Reading
from pipeline.fields.doomed import of_the_doomed
from pipeline.understand import read
from tests.pipeline.told import told


def _doomed(reading: Reading, count: int, kind: str = "stock") -> bool:
    group = next(g for g in reading.groups if g.count == count)
    return bool(of_the_doomed(Case(reading, group, "MY", kind=kind)).get("doomed"))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "In Malaysian jails 41 foreigners are awaiting the noose for drugs."),
        ("es", "En Malasia hay 41 extranjeros condenados a la pena capital por drogas."),
        ("pt", "Na Malásia, 41 estrangeiros receberam penas de morte por tráfico de drogas."),
        ("fr", "En Malaisie, 41 étrangers sont condamnés à mort pour trafic de drogue."),
        ("it", "In Malesia 41 stranieri per droga aspettano il boia."),
        ("de", "In Malaysia sind 41 Ausländer wegen Drogen zum Tode verurteilt."),
        ("nl", "In Maleisië wachten 41 buitenlanders wegens drugs op de galg."),
    ],
)
def test_a_figure_is_said_to_wait_for_death(language: str, text: str) -> None:
    reading = read(told(language, text))
    assert _doomed(reading, 41)
    assert not _doomed(reading, 41, kind="event")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "On death row in Malaysia are 90 foreigners. Nigeria has 41 and Thailand 20."),
        ("es", "En el corredor de la muerte de Malasia hay 90 extranjeros. Nigeria suma 41 y Tailandia 20."),
        (
            "fr",
            "Dans les couloirs de la mort, il y a 90 étrangers. Le Nigeria en compte 41, la Thaïlande 20.",
        ),
        ("de", "In Todeszellen sitzen 90 Ausländer. Dahinter folgen Nigeria (41) und Thailand (20)."),
    ],
)
def test_the_parts_of_a_figure_share_its_fate(language: str, text: str) -> None:
    assert _doomed(read(told(language, text)), 41)


def test_the_number_beside_is_of_its_own_fate() -> None:
    reading = read(told("en", "In China 41 Filipinos are on death row, 180 Filipinos serve fixed terms."))
    assert _doomed(reading, 41)
    assert not _doomed(reading, 180)
