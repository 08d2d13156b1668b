"""Is the article relevant? Its surest nationality and the article as a whole, weighed together."""

from __future__ import annotations

import math

from pipeline.model import probability, weigh
from pipeline.signals import article_signals
from pipeline.understand import Understanding, Weights

THRESHOLD = 0.5
HOPELESS = 0.02  # the most that an article may have that names no drug, no custody or nobody


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


def _possible(understanding: Understanding) -> bool:
    """Whether a drug and a custody are named at all, in whatever way."""
    doc, profiles = understanding.reading.doc, understanding.reading.profiles
    custody = any(p.custody or p.people or p.term for p in profiles) or any(
        p.kind == "prison" for p in doc.places
    )
    drug = any(p.drugs or p.offence for p in profiles) or any(m.label.key == "mule" for m in doc.mentions)
    return custody and drug


def judge(understanding: Understanding, weights: Weights) -> tuple[bool, float]:
    """The verdict and its probability."""
    signals = verdict_signals(understanding)
    score = probability(weigh(weights["verdict"], signals))
    if "no nationality" in signals or not _possible(understanding):
        score = min(score, HOPELESS)
    return score >= THRESHOLD, score
