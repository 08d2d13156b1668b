"""The verdict on an article, with its reasons."""

from __future__ import annotations

from pipeline.model import load_weights
from pipeline.nations import away_signals
from pipeline.types import Article, Assessment, Reason, Span
from pipeline.understand import understand
from pipeline.verdict import judge, verdict_signals

REASONS = 12  # how many reasons a verdict shows
LEAST = 0.15  # log-odds; weaker signals are no reasons


def assess(article: Article) -> Assessment:
    """Whether a foreign drug detainee is reported; never raises on any text."""
    understanding = understand(article)
    weights = load_weights()
    relevant, score = judge(understanding, weights)
    reasons: list[Reason] = []
    if understanding.nations:
        nation, _ = max(understanding.nations, key=lambda pair: pair[1])
        group = understanding.reading.groups[nation.phrases[0]]
        span = Span(start=group.start, end=group.end, text=article.text[group.start : group.end])
        held, away = weights["nationality"], weights["away"]
        asked = away_signals(nation)
        parts = (
            (name, held.get(name, 0.0) * value + away.get(name, 0.0) * asked.get(name, 0.0))
            for name, value in nation.signals.items()
        )
        reasons += [
            Reason(rule=name, weight=round(weight, 3), span=span)
            for name, weight in parts
            if abs(weight) >= LEAST
        ]
    parts = (
        (name, weights["verdict"].get(name, 0.0) * value)
        for name, value in verdict_signals(understanding).items()
    )
    reasons += [Reason(rule=name, weight=round(weight, 3)) for name, weight in parts if abs(weight) >= LEAST]
    reasons.sort(key=lambda reason: -abs(reason.weight))
    return Assessment(relevant=relevant, score=round(score, 4), reasons=tuple(reasons[:REASONS]))
