"""The figures of the development corpus do not fall below their floors.

Each article is judged by weights that have not seen it. ``python -m bench.floors`` raises the floors.
"""

from __future__ import annotations

import pytest

from bench.gold import DEV

pytestmark = pytest.mark.skipif(
    not DEV.is_file(), reason="the development corpus (../shared/corpus/dev.jsonl) is not here"
)


def test_the_corpus_is_the_one_that_the_floors_were_measured_on() -> None:
    from bench.floors import corpus_hash, read_floors

    assert read_floors()["corpus"] == corpus_hash()


def test_no_figure_is_under_its_floor() -> None:
    from bench.floors import below, measure, read_floors

    floors = read_floors()["floors"]
    assert floors["all"]["relevance F1"] > 0
    assert below(floors, measure()) == []


def test_a_fallen_figure_is_noticed() -> None:
    from bench.floors import below

    assert below({"all": {"pairs F1": 0.5}}, {"all": {"pairs F1": 0.49}})
    assert below({"all": {"pairs F1": 0.5}}, {"all": {}})
    assert not below({"all": {"pairs F1": 0.5}}, {"all": {"pairs F1": 0.5}})
