"""The verdict on an article, with its reasons."""

from __future__ import annotations

import math
from functools import lru_cache

from pipeline.model import START, Weights, adds, load_weights
from pipeline.nations import Nation, away_signals
from pipeline.passages import Settled, settle
from pipeline.prospect import prospect
from pipeline.types import Article, Assessment, Reason, Span
from pipeline.understand import Understanding, read, understand
from pipeline.verdict import verdict_signals

UNPROMISING = "unpromising"
"""The reason of articles whose words for drugs, custody and foreigners stand too far apart."""
REASONS = 12  # how many reasons a verdict shows
LEAST = 0.15  # log-odds; weaker signals are no reasons
DECIDED = 0.5  # log-odds; where a nationality is nearer to the middle, its signals are not blown up
SUREST = "surest nationality"
NO_REASONS = frozenset({START, SUREST})  # where every article starts, and what others come to


@lru_cache(maxsize=4)
def settled(article: Article) -> Settled | None:
    """The verdict on an article by the weights of the package; the last few are kept."""
    weights = load_weights()
    return settle(article, weights, prospect(article, weights), read)


def understood(article: Article) -> Understanding:
    """That on which an article's records stand, or would stand."""
    found = settled(article)
    return understand(article) if found is None else found.understanding


def assess(article: Article) -> Assessment:
    """Whether a foreign drug detainee is reported; never raises on any text."""
    weights, found = load_weights(), settled(article)
    if found is None:
        score = round(prospect(article, weights), 4)
        return Assessment(relevant=False, score=score, reasons=(Reason(rule=UNPROMISING, weight=0.0),))
    understanding = found.understanding
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
    return Assessment(relevant=found.relevant, score=round(found.score, 4), reasons=tuple(reasons[:REASONS]))


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
