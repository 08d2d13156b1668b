"""Trees beside the weights of some models, by gradient boosting, and the file that both are kept in."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.ensemble import GradientBoostingClassifier

from pipeline.model import WEIGHTS, Model, Node, Weights

WITH_TREES = frozenset({"nationality", "away", "member", "held", "country", "figure", "split", "verdict"})
"""Models that judge one thing by itself. Those that choose between candidates gain nothing by trees."""
TREES = 200
RATE = 0.05  # what each tree's answer is worth
DEPTH = 4
PART = 0.5  # the share of the rows that a tree sees
FEW = 0.1  # the share of the signals among which a question is chosen
LEAST = 5  # rows under an answer; a signal that fewer rows have is left out


def grow(
    names: list[str], matrix: csr_matrix, labels: np.ndarray, importance: np.ndarray
) -> tuple[float, tuple[Node | float, ...]]:
    """Log-odds to start from, and trees. One row of ``matrix`` for each label, one column for each name."""
    common = np.flatnonzero(np.diff(matrix.tocsc().indptr) >= LEAST)
    dense = matrix.tocsc()[:, common].astype(np.float32).toarray()
    model = GradientBoostingClassifier(
        n_estimators=TREES, learning_rate=RATE, max_depth=DEPTH, subsample=PART,
        max_features=FEW, min_samples_leaf=LEAST, random_state=1,
    )  # fmt: skip
    model.fit(dense, labels, sample_weight=importance)
    chance = model.init_.class_prior_[1]
    kept = [names[index] for index in common]
    trees = tuple(_node(one[0].tree_, kept, 0) for one in model.estimators_)
    return round(float(np.log(chance / (1 - chance))), 4), trees


def _node(tree: Any, names: list[str], at: int) -> Node | float:
    if tree.children_left[at] < 0:
        return round(float(tree.value[at, 0, 0]) * RATE, 3)
    low, high = tree.children_left[at], tree.children_right[at]
    below, above = _node(tree, names, low), _node(tree, names, high)
    seen = tree.weighted_n_node_samples
    means = [branch if isinstance(branch, float) else branch.mean for branch in (below, above)]
    mean = float(np.average(means, weights=[seen[low], seen[high]]))
    return Node(names[tree.feature[at]], round(float(tree.threshold[at]), 4), below, above, round(mean, 3))


def write_weights(weights: Weights) -> None:
    """Write ``pipeline/data/weights.json``: a model a line."""
    lines = [
        f"{json.dumps(name)}: {json.dumps(_plain(weights[name]), ensure_ascii=False)}"
        for name in sorted(weights)
    ]
    WEIGHTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _plain(model: Model) -> dict[str, Any]:
    out: dict[str, Any] = {"weights": dict(sorted(model.weights.items()))}
    if model.trees:
        signals: dict[str, int] = {}
        trees = [_listed(tree, signals) for tree in model.trees]
        out |= {"start": model.start, "signals": list(signals), "trees": trees}
    return out


def _listed(node: Node | float, signals: dict[str, int]) -> Any:
    if isinstance(node, float):
        return node
    number = signals.setdefault(node.signal, len(signals))
    return [number, node.limit, _listed(node.below, signals), _listed(node.above, signals), node.mean]
