"""Pick the weightiest candidate of a field."""

from __future__ import annotations

import math

from pipeline.fields.case import Candidate
from pipeline.model import weigh


def choose(options: tuple[Candidate, ...], weights: dict[str, float]) -> tuple[Candidate, float]:
    """The best candidate and its share among all (softmax), first one on a tie. Needs at least one."""
    scores = [weigh(weights, option.signals) for option in options]
    top = max(range(len(options)), key=lambda i: scores[i])
    total = sum(math.exp(max(score - scores[top], -60.0)) for score in scores)
    return options[top], 1.0 / total
