"""The verdict on an article, with its reasons."""

from __future__ import annotations

from pipeline.model import load_weights
from pipeline.nations import Nation, away_signals
from pipeline.prospect import prospect
from pipeline.types import Article, Assessment, Reason, Span
from pipeline.understand import Understanding, Weights, understand
from pipeline.verdict import judge, verdict_signals

REASONS = 12  # how many reasons a verdict shows
LEAST = 0.15  # log-odds; weaker signals are no reasons
SUREST = "surest nationality"
NO_REASONS = frozenset({"bias", SUREST})  # where every article starts, and what others come to


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
    out = {
        name: weights["verdict"].get(name, 0.0) * value
        for name, value in verdict_signals(understanding).items()
    }
    nation = surest(understanding)
    if nation is None:
        return out
    heed = weights["verdict"].get(SUREST, 0.0)
    held, away = weights["nationality"], weights["away"]
    asked = away_signals(nation)
    for name, value in nation.signals.items():
        own = held.get(name, 0.0) * value + away.get(name, 0.0) * asked.get(name, 0.0)
        out[name] = out.get(name, 0.0) + heed * own
    return out
