"""The verdict on an article, with its reasons."""

from __future__ import annotations

import math

from pipeline.model import START, Weights, adds, load_weights
from pipeline.nations import Nation, away_signals
from pipeline.prospect import prospect
from pipeline.types import Article, Assessment, Reason, Span
from pipeline.understand import Understanding, understand
from pipeline.verdict import judge, verdict_signals

REASONS = 12  # how many reasons a verdict shows
LEAST = 0.15  # log-odds; weaker signals are no reasons
DECIDED = 0.5  # log-odds; where a nationality is nearer to the middle, its signals are not blown up
SUREST = "surest nationality"
NO_REASONS = frozenset({START, SUREST})  # where every article starts, and what others come to


def assess(article: Article, chance: float | None = None) -> Assessment:
    """Whether a foreign drug detainee is reported; never raises on any text. ``chance``: what prospect()
    says of the article, where it was asked already."""
    understanding = understand(article)
    weights = load_weights()
    chance = prospect(article, weights) if chance is None else chance
    relevant, score = judge(understanding, weights, chance)
    nation = surest(understanding)
    span = None
    if nation is not None:
        group = understanding.reading.groups[nation.phrases[0]]
        span = Span(start=group.start, end=group.end, text=article.text[group.start : group.end])
    reasons = [
        Reason(
            rule=name,
            weight=round(weight, 3),
            span=span if nation is not None and name in nation.signals else None,
        )
        for name, weight in contributions(understanding, weights).items()
        if abs(weight) >= LEAST and name not in NO_REASONS
    ]
    reasons.sort(key=lambda reason: -abs(reason.weight))
    return Assessment(relevant=relevant, score=round(score, 4), reasons=tuple(reasons[:REASONS]))


def surest(understanding: Understanding) -> Nation | None:
    """The nationality that is most surely held for drugs."""
    return max(understanding.nations, key=lambda pair: pair[1])[0] if understanding.nations else None


def contributions(understanding: Understanding, weights: Weights) -> dict[str, float]:
    """What each signal adds to the verdict, in log-odds. A signal of the surest nationality adds through
    it, by as much as the verdict heeds it; one that the verdict also has itself is one sum."""
    signals = verdict_signals(understanding)
    out = adds(weights["verdict"], signals)
    nation = surest(understanding)
    if nation is None:
        return out
    sure = signals[SUREST]
    heed = out.get(SUREST, 0.0) / math.copysign(max(abs(sure), DECIDED), sure)
    for model, asked in (("nationality", nation.signals), ("away", away_signals(nation))):
        for name, own in adds(weights[model], asked).items():
            out[name] = out.get(name, 0.0) + heed * own
    return out
