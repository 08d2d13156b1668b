"""Small linear models over named signals: weights in ``data/weights.json``, applied without libraries.

The weights are made by ``python -m bench.train`` from labelled articles; each is the log-odds that
one unit of its signal adds. Nothing here knows what a signal means.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

from pipeline.errors import LexiconError

WEIGHTS = Path(__file__).parent / "data" / "weights.json"


@cache
def load_weights() -> dict[str, dict[str, float]]:
    """Model name → signal name → weight. Raises LexiconError when the file is unreadable."""
    try:
        weights: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LexiconError(f"data/weights.json cannot be read: {error}", key="weights") from error
    return weights


def weigh(weights: dict[str, float], signals: dict[str, float]) -> float:
    """The log-odds: the sum of weight times value over the signals that the model knows."""
    total, weight_of = 0.0, weights.get
    for name, value in signals.items():
        weight = weight_of(name)
        if weight is not None:
            total += weight * value
    return total


def probability(logit: float) -> float:
    """Log-odds → probability, without overflow."""
    if logit >= 0:
        return 1.0 / (1.0 + math.exp(-min(logit, 60.0)))
    odds = math.exp(max(logit, -60.0))
    return odds / (1.0 + odds)
