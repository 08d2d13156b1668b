"""Is the article relevant? Its surest nationality and the article as a whole, weighed together."""

from __future__ import annotations

import math
from functools import cache

from pipeline.fold import fold
from pipeline.lexicon import load_lexicon
from pipeline.listed import list_signals
from pipeline.mentions import Document
from pipeline.model import Weights, probability, weigh
from pipeline.signals import article_signals, theme_signals
from pipeline.understand import Understanding

THRESHOLD = 0.4
DOUBTFUL = 0.65  # an article whose words alone promise less (pipeline/prospect.py) is rarely relevant
DAMPED = 0.7  # what the score of such a one is worth: it must be 0.57 to pass
OF_THE_SUREST = ("nation: told whole",)
"""Signals of the surest nationality that the verdict hears of by themselves."""
HOPELESS = 0.02  # the most that an article may have that names no drug or nobody


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
        surest = max(understanding.nations, key=lambda one: one[1])[0]
        for name in OF_THE_SUREST:
            if surest.signals.get(name):
                out[name] = surest.signals[name]
    else:
        out["no nationality"] = 1.0
    reading = understanding.reading
    for name, value in article_signals(reading.doc, reading.profiles).items():
        if value:
            out[name] = value
    return out | sure_signals(reading.doc) | list_signals(reading) | theme_signals(reading.doc)


@cache
def _ambiguous(language: str) -> frozenset[str]:
    """The lexicon's words that often mean something else, folded."""
    return frozenset(fold(word) for word in load_lexicon(language).raw["ambiguous"].get("words", ()))


def _drug_words(doc: Document) -> set[str]:
    """The words that speak of drugs, folded."""
    return {
        doc.folded[m.start : m.end]
        for m in doc.mentions
        if m.label.section == "drugs"
        or (m.label.section, m.label.key) in (("offence", "drug"), ("people", "mule"))
    }


def _custody_words(doc: Document) -> set[str]:
    """The words that speak of custody, folded; a term and a prison are one without a name."""
    words = {
        doc.folded[m.start : m.end]
        for m in doc.mentions
        if m.label.section == "custody" or (m.label.section, m.label.key) == ("people", "prisoner")
    }
    if any(t.kind == "imposed" for t in doc.terms) or any(p.kind == "prison" for p in doc.places):
        words.add("")
    return words


def sure_signals(doc: Document) -> dict[str, float]:
    """Whether drugs and custody are named for sure: by a word that means nothing else, or by two. Custody
    may be told in words that no lexicon has ("she shares a bucket with forty others"), so this is weighed."""
    ambiguous = _ambiguous(doc.article.language)
    drugs, custody = _drug_words(doc), _custody_words(doc)
    out = {
        "no sure drug": len(drugs) < 2 and drugs <= ambiguous,
        "no sure custody": len(custody) < 2 and custody <= ambiguous,
        "no custody": not custody,
    }
    return {name: 1.0 for name, value in out.items() if value}


def judge(understanding: Understanding, weights: Weights, chance: float) -> tuple[bool, float]:
    """The verdict and its probability; ``chance`` is that of the words alone (pipeline/prospect.py)."""
    score = verdict_chance(understanding, weights)
    if chance < DOUBTFUL:
        score *= DAMPED
    return score >= THRESHOLD, score


def verdict_chance(understanding: Understanding, weights: Weights) -> float:
    """The probability of the verdict, whatever the words alone promise."""
    signals = verdict_signals(understanding)
    score = probability(weigh(weights["verdict"], signals))
    if "no nationality" in signals or not _drug_words(understanding.reading.doc):
        return min(score, HOPELESS)
    return score
