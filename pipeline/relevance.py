"""The verdict on an article, with its reasons."""

from __future__ import annotations

from pipeline.model import load_weights
from pipeline.types import Article, Assessment, Reason, Span
from pipeline.understand import understand
from pipeline.verdict import article_verdict_signals, judge

REASONS = 8  # how many reasons a verdict shows


def assess(article: Article) -> Assessment:
    """Whether a foreign drug detainee is reported; never raises on any text."""
    reading, held = understand(article)
    weights = load_weights()
    relevant, score = judge(reading, held, weights)
    reasons = []
    people = [h for h in held if h.group.form != "attribute"]
    if people:
        surest = max(people, key=lambda h: h.probability)
        group = surest.group
        span = Span(start=group.start, end=group.end, text=reading.doc.text[group.start : group.end])
        parts = [(name, weights["held"].get(name, 0.0) * value) for name, value in surest.signals.items()]
        parts.sort(key=lambda p: -abs(p[1]))
        reasons = [Reason(rule=name, weight=round(weight, 3), span=span) for name, weight in parts[:REASONS] if weight]
    whole = [
        Reason(rule=name, weight=round(weights["verdict"].get(name, 0.0) * value, 3))
        for name, value in article_verdict_signals(reading, held).items()
        if abs(weights["verdict"].get(name, 0.0) * value) >= 0.2 and name != "bias"
    ]
    ordered = sorted((*reasons, *whole), key=lambda r: -abs(r.weight))
    return Assessment(relevant=relevant, score=round(score, 4), reasons=tuple(ordered[: REASONS * 2]))
