"""Is the article relevant? Its surest nationality and the article as a whole, weighed together."""

from __future__ import annotations

import math
from functools import cache

from pipeline.fold import fold
from pipeline.lexicon import load_lexicon
from pipeline.model import probability, weigh
from pipeline.signals import article_signals, theme_signals
from pipeline.understand import Understanding, Weights

THRESHOLD = 0.45
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
    return out | theme_signals(reading.doc)


@cache
def _ambiguous(language: str) -> frozenset[str]:
    """The lexicon's words that often mean something else, folded."""
    return frozenset(fold(word) for word in load_lexicon(language).raw["ambiguous"].get("words", ()))


def _possible(understanding: Understanding) -> bool:
    """Whether a drug and a custody are named at all: by a word that means nothing else, or by two."""
    doc = understanding.reading.doc
    ambiguous = _ambiguous(doc.article.language)
    drugs: set[str] = set()
    custody: set[str] = set()
    for m in doc.mentions:
        section, key = m.label.section, m.label.key
        said = doc.folded[m.start : m.end]
        if section == "drugs" or (section, key) in (("offence", "drug"), ("people", "mule")):
            drugs.add(said)
        elif section == "custody" or (section, key) == ("people", "prisoner"):
            custody.add(said)
    if any(t.kind == "imposed" for t in doc.terms) or any(p.kind == "prison" for p in doc.places):
        custody.add("")
    return all(len(words) > 1 or words - ambiguous for words in (drugs, custody))


def judge(understanding: Understanding, weights: Weights) -> tuple[bool, float]:
    """The verdict and its probability."""
    signals = verdict_signals(understanding)
    score = probability(weigh(weights["verdict"], signals))
    if "no nationality" in signals or not _possible(understanding):
        score = min(score, HOPELESS)
    return score >= THRESHOLD, score
