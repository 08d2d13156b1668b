"""Prisons, airports and ports whose names no gazetteer has, as the place of a record."""

from __future__ import annotations

import pytest

from pipeline.fields import place
from pipeline.records import case_of
from pipeline.understand import read
from tests.pipeline.told import told


def _places(language: str, text: str) -> dict[str | None, dict[str, float]]:
    reading = read(told(language, text, "XX"))
    group = next(g for g in reading.groups if g.nationality == "PL")
    return {
        c.value: c.signals for c in place.candidates(case_of(reading, group, "XX", "event", (group,), ()))
    }


@pytest.mark.parametrize(
    ("language", "text", "name", "kind"),
    [
        ("en", "A Pole was arrested. He says Sondabar jail is cold.", "Sondabar jail", "prison"),
        ("en", "A Pole was arrested. HMP Sondabar is full.", "HMP Sondabar", "prison"),
        ("de", "Ein Pole wurde verhaftet. Die JVA Sondabar ist voll.", "JVA Sondabar", "prison"),
        ("es", "Un polaco fue detenido. El penal de Sondabar lo espera.", "penal de Sondabar", "prison"),
        ("fr", "Un Polonais a été arrêté. La prison de Sondabar est pleine.", "prison de Sondabar", "prison"),
        (
            "it",
            "Un polacco è stato arrestato. Il carcere di Sondabar è pieno.",
            "carcere di Sondabar",
            "prison",
        ),
        ("nl", "Een Pool is opgepakt. De haven van Sondabar ligt stil.", "haven van Sondabar", "port"),
        ("pt", "Um polaco foi detido. O aeroporto de Sondabar fechou.", "aeroporto de Sondabar", "airport"),
    ],
)
def test_a_facility_has_a_name_that_nobody_knows(language: str, text: str, name: str, kind: str) -> None:
    assert _places(language, text)[name][f"named {kind}"] == 1.0


def test_what_ends_at_a_stop_names_no_facility() -> None:
    assert not any(
        "named facility" in s for s in _places("en", "A Pole was sent to jail. Anna wept.").values()
    )
