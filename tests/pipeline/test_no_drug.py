"""Drugs that are said not to be there."""

from __future__ import annotations

import pytest

from pipeline.understand import read
from tests.pipeline.told import told


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The dogs went over the boat and no drugs were found."),
        ("es", "El detenido no llevaba droga, sino dos pasaportes."),
        ("pt", "Na bagagem não havia droga."),
        ("fr", "Les chiens n'ont flairé aucune drogue."),
        ("de", "Im Wagen lag kein Rauschgift."),
        ("it", "Nella valigia nessuna droga."),
        ("nl", "In de koffer zaten geen drugs."),
    ],
)
def test_drugs_that_are_not_there_are_none(language: str, text: str) -> None:
    profile = read(told(language, text)).profiles[0]
    assert "no_drug" in profile.status
    assert not profile.drugs
    assert not profile.offence
