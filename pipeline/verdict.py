"""Is the article relevant? The phrases' chances and the article as a whole, weighed together."""

from __future__ import annotations

import math

from pipeline.fields.case import Reading
from pipeline.model import probability, weigh
from pipeline.signals import article_signals
from pipeline.understand import Held, Weights

THRESHOLD = 0.5


def article_verdict_signals(reading: Reading, held: tuple[Held, ...]) -> dict[str, float]:
    """Signals of the verdict: the surest phrases, and the article's own signals."""
    out = {"bias": 1.0}
    people = [h for h in held if h.group.form != "attribute" and h.country != h.group.nationality]
    chances = sorted((h.probability for h in people), reverse=True)
    if chances:
        out["surest phrase"] = math.log(max(chances[0], 1e-4) / max(1.0 - chances[0], 1e-4))
        out["second phrase"] = chances[1] if len(chances) > 1 else 0.0
        out["sure phrases"] = min(sum(c > 0.5 for c in chances), 5) / 5
    else:
        out["no phrase"] = 1.0
    for name, value in article_signals(reading.doc, reading.profiles).items():
        if value:
            out[name] = value
    return out


def judge(reading: Reading, held: tuple[Held, ...], weights: Weights) -> tuple[bool, float]:
    """The verdict and its probability."""
    score = probability(weigh(weights["verdict"], article_verdict_signals(reading, held)))
    return score >= THRESHOLD, score
