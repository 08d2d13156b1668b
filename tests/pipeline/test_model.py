"""Weights and trees: what they say of signals, what each signal adds, and how they are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import model as models
from pipeline.errors import LexiconError
from pipeline.model import Model, Node, adds, load_weights, questions, weigh

HELD = Node("custody", 0.5, -1.0, Node("at home", 0.5, 2.0, -3.0, 1.0), 0.2)
BOTH = Model({"bias": -0.5, "custody": 1.0}, 0.4, (HELD, 0.1))


@pytest.mark.parametrize(
    ("signals", "weights", "trees"),
    [
        ({"bias": 1.0}, -0.5, 0.4 - 1.0 + 0.1),
        ({"bias": 1.0, "custody": 1.0}, 0.5, 0.4 + 2.0 + 0.1),
        ({"bias": 1.0, "custody": 1.0, "at home": 1.0}, 0.5, 0.4 - 3.0 + 0.1),
        ({"never heard of": 7.0}, 0.0, 0.4 - 1.0 + 0.1),
    ],
)
def test_weights_and_trees_say_their_mean(signals: dict[str, float], weights: float, trees: float) -> None:
    assert weigh(Model(BOTH.weights), signals) == pytest.approx(weights)
    assert weigh(BOTH, signals) == pytest.approx((weights + trees) / 2)


@pytest.mark.parametrize("signals", [{"bias": 1.0}, {"bias": 1.0, "custody": 1.0, "at home": 1.0}])
def test_what_signals_add_is_what_they_weigh(signals: dict[str, float]) -> None:
    for model in (BOTH, Model(BOTH.weights)):
        assert sum(adds(model, signals).values()) == pytest.approx(weigh(model, signals))


def test_a_question_adds_by_how_much_its_answer_moves_the_tree() -> None:
    found = adds(BOTH, {"bias": 1.0, "custody": 1.0, "at home": 1.0})
    assert found["custody"] == pytest.approx((1.0 + 0.8) / 2)
    assert found["at home"] == pytest.approx(-4.0 / 2)


def test_all_questions_of_a_tree() -> None:
    assert [node.signal for node in questions(HELD)] == ["custody", "at home"]


def test_every_model_of_the_program_adds_up() -> None:
    for model in load_weights().values():
        signals = dict.fromkeys(list(model.weights)[:40], 1.0)
        assert sum(adds(model, signals).values()) == pytest.approx(weigh(model, signals))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, text in enumerate(("{", "[]", json.dumps({"verdict": {"trees": []}}))):
        path = tmp_path / f"{number}.json"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setattr(models, "WEIGHTS", path)
        load_weights.cache_clear()
        with pytest.raises(LexiconError, match=r"weights\.json"):
            load_weights()
    monkeypatch.undo()
    load_weights.cache_clear()
