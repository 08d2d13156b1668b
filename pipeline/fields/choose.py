"""Pick the weightiest candidate of a field."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Any

from pipeline.fields.case import Candidate
from pipeline.model import Model, weigh


def choose(options: tuple[Candidate, ...], model: Model) -> tuple[Candidate, float]:
    """The best candidate and its share among all (softmax), first one on a tie. Needs at least one."""
    scores = [weigh(model, option.signals) for option in options]
    top = max(range(len(options)), key=lambda i: scores[i])
    total = sum(math.exp(max(score - scores[top], -60.0)) for score in scores)
    return options[top], 1.0 / total


def choose_together(
    options: tuple[Candidate, ...], model: Model, key: Callable[[Any], Hashable]
) -> Candidate:
    """The best candidate of the best lot: candidates of one key are witnesses of much the same value."""
    scores = [weigh(model, option.signals) for option in options]
    top = max(scores)
    lots: dict[Hashable, float] = {}
    for option, score in zip(options, scores, strict=True):
        name = key(option.value)
        lots[name] = lots.get(name, 0.0) + math.exp(max(score - top, -60.0))
    best = max(lots, key=lambda name: lots[name])
    inside = (n for n, option in enumerate(options) if key(option.value) == best)
    return options[max(inside, key=lambda n: scores[n])]
