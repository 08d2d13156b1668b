"""Whose figure a list of countries divides."""

from __future__ import annotations

import pytest

from pipeline.fields.case import Reading
from pipeline.understand import read
from pipeline.wholes import find_whole, whole_signals
from tests.pipeline.told import told


def _reading(text: str, language: str) -> Reading:
    return read(told(language, text))


@pytest.mark.parametrize(
    ("language", "text", "whose"),
    [
        ("en", "There are 900 foreigners in Chilean jails. Peru has 240 and Colombia 173.", "foreigners"),
        ("de", "In Haft sitzen 900 Ausländer. Dahinter folgen Peru (240) und Brasilien (173).", "foreigners"),
        ("pt", "Há 900 brasileiros presos no exterior: Portugal (240) e Espanha (173).", "others"),
    ],
)
def test_the_figure_before_says_whose_list_it_is(language: str, text: str, whose: str) -> None:
    reading = _reading(text, language)
    listed = [g for g in reading.groups if g.form == "number of"]
    assert len(listed) == 2
    for group in listed:
        whole = find_whole(reading, group)
        assert whole is not None
        assert whole.count == 900
        assert any(f"divides {whose}" in name for name in whole_signals(reading, group))
