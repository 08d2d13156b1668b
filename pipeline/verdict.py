"""Is the article relevant? Its surest nationality and the article as a whole, weighed together."""

from __future__ import annotations

import math

from pipeline.model import probability, weigh
from pipeline.signals import article_signals
from pipeline.understand import Understanding, Weights

THRESHOLD = 0.5


def _logit(chance: float) -> float:
    chance = min(max(chance, 1e-3), 1 - 1e-3)
    return math.log(chance / (1.0 - chance))


def verdict_signals(understanding: Understanding) -> dict[str, float]:
    """Signals of the verdict."""
    out = {"bias": 1.0}
    chances = sorted((p for _, p in understanding.nations), reverse=True)
    if chances:
        out["surest nationality"] = _logit(chances[0])
        out["second nationality"] = chances[1] if len(chances) > 1 else 0.0
    else:
        out["no nationality"] = 1.0
    reading = understanding.reading
    for name, value in article_signals(reading.doc, reading.profiles).items():
        if value:
            out[name] = value
    return out


def judge(understanding: Understanding, weights: Weights) -> tuple[bool, float]:
    """The verdict and its probability."""
    score = probability(weigh(weights["verdict"], verdict_signals(understanding)))
    return score >= THRESHOLD, score
