"""Shares and their intervals, from things that were drawn at random. Pure.

Wilson, E. B. (1927): Probable inference, the law of succession, and statistical inference. His interval
stays inside 0 and 1 and is honest with few answers, where the usual one is not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

Z95 = 1.959964
"""Standard deviations on each side that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An estimated share with its 95 % interval."""

    value: float  # 0 to 1
    low: float
    high: float
    answers: int  # on how many answers it rests


def wilson(share: float, number: float, *, z: float = Z95) -> tuple[float, float]:
    """Wilson's interval of a share that was found among ``number`` answers; with weights, their effective
    number. Of none, all is possible."""
    if number <= 0:
        return 0.0, 1.0
    middle = share + z * z / (2 * number)
    reach = z * math.sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    below = 1 + z * z / number
    # At the ends rounding must not leave a hair's breadth.
    low = 0.0 if share <= 0 else max(0.0, (middle - reach) / below)
    high = 1.0 if share >= 1 else min(1.0, (middle + reach) / below)
    return low, high


def weighted_share(answers: Iterable[tuple[bool, float]]) -> Share | None:
    """The share of yes among answers with the weight of each; None without any. What weights differ
    counts as fewer answers (Kish): (sum of weights) squared by the sum of their squares."""
    known = tuple(answers)
    total = sum(weight for _, weight in known)
    if total <= 0:
        return None
    value = sum(weight for yes, weight in known if yes) / total
    low, high = wilson(value, total * total / sum(weight * weight for _, weight in known))
    return Share(value=value, low=low, high=high, answers=len(known))


def recall_of(shown: int, right: Share | None, hidden: int, missed: Share | None) -> Share | None:
    """Of all that is relevant, the share that is shown: ``right`` is the share of the ``shown`` that is
    relevant, ``missed`` that of the ``hidden``. The ends pair the worst of one with the worst of the
    other, so the interval holds at least 95 %."""
    if right is None or missed is None:
        return None

    def part(found: float, lost: float) -> float:
        return shown * found / (shown * found + hidden * lost) if shown * found + hidden * lost else 1.0

    return Share(
        value=part(right.value, missed.value),
        low=part(right.low, missed.high),
        high=part(right.high, missed.low),
        answers=right.answers + missed.answers,
    )
