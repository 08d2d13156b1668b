"""Small models over named signals, applied without libraries: weights, and with some of them trees.

They are made by ``python -m bench.train`` from labelled articles and kept in ``data/weights.json``. A
weight is the log-odds that one unit of its signal adds. Trees say what weights cannot: that a signal
counts for more, or for nothing, beside another. Nothing here knows what a signal means.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import LexiconError

WEIGHTS = Path(__file__).parent / "data" / "weights.json"
START = "bias"  # the signal that every row has


@dataclass(frozen=True, slots=True)
class Node:
    """A question of a tree: is a signal above a limit? A branch is a further question or the answer."""

    signal: str
    limit: float
    below: Node | float
    above: Node | float
    mean: float  # of the answers under it, as often as they were given in training


@dataclass(frozen=True, slots=True)
class Model:
    """Weights and trees; with trees the log-odds are the mean of what both say."""

    weights: dict[str, float]
    start: float = 0.0  # the log-odds to which the trees' answers are added
    trees: tuple[Node | float, ...] = ()


Weights = dict[str, Model]  # by the model's name


@cache
def load_weights() -> Weights:
    """The models that belong to the program. Raises LexiconError when the file is unreadable."""
    try:
        found = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        return {name: _model(model) for name, model in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise LexiconError(f"data/weights.json cannot be read: {error}", key="weights") from error


def _model(found: dict[str, Any]) -> Model:
    signals = found.get("signals", [])
    trees = tuple(_node(tree, signals) for tree in found.get("trees", ()))
    return Model(weights=found["weights"], start=found.get("start", 0.0), trees=trees)


def _node(tree: Any, signals: list[str]) -> Node | float:
    if not isinstance(tree, list):
        return float(tree)
    signal, limit, below, above, mean = tree
    return Node(signals[signal], limit, _node(below, signals), _node(above, signals), mean)


def add_up(weights: dict[str, float], signals: dict[str, float]) -> float:
    """The sum of weight times value over the signals that have a weight."""
    total, weight_of = 0.0, weights.get
    for name, value in signals.items():
        weight = weight_of(name)
        if weight is not None:
            total += weight * value
    return total


def weigh(model: Model, signals: dict[str, float]) -> float:
    """The log-odds that a model gives to signals."""
    total = add_up(model.weights, signals)
    if not model.trees:
        return total
    answers, value_of = model.start, signals.get
    for node in model.trees:
        while not isinstance(node, float):
            node = node.above if value_of(node.signal, 0.0) > node.limit else node.below
        answers += node
    return (total + answers) / 2


def adds(model: Model, signals: dict[str, float]) -> dict[str, float]:
    """What each signal adds to ``weigh``: their sum. A question's answer adds by how much it moves the
    mean of what the tree may still say; where the trees start belongs to ``START``."""
    out = {name: model.weights.get(name, 0.0) * value for name, value in signals.items()}
    if not model.trees:
        return out
    out[START] = out.get(START, 0.0) + model.start
    for node in model.trees:
        out[START] += _mean(node)
        while not isinstance(node, float):
            chosen = node.above if signals.get(node.signal, 0.0) > node.limit else node.below
            out[node.signal] = out.get(node.signal, 0.0) + _mean(chosen) - node.mean
            node = chosen
    return {name: value / 2 for name, value in out.items()}


def questions(node: Node) -> Iterator[Node]:
    """A node and those under it."""
    yield node
    for branch in (node.below, node.above):
        if isinstance(branch, Node):
            yield from questions(branch)


def _mean(node: Node | float) -> float:
    return node if isinstance(node, float) else node.mean


def probability(logit: float) -> float:
    """Log-odds → probability, without overflow."""
    if logit >= 0:
        return 1.0 / (1.0 + math.exp(-min(logit, 60.0)))
    odds = math.exp(max(logit, -60.0))
    return odds / (1.0 + odds)
