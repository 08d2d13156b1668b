"""The kinds of an article's phrases, decided together: a case, a stock or a flow.

phrases of one sentence   are of one kind
figures that go on        tend to be of the kind of the one before
a number said twice       is of one kind
"""

from __future__ import annotations

import math

from pipeline.fields import kind
from pipeline.fields.case import Case, Reading
from pipeline.majorities import MOST
from pipeline.model import Weights, weigh
from pipeline.nations import is_named
from pipeline.understand import Held
from pipeline.vocabulary import Kind
from pipeline.wholes import COUNTED

STAY = 1.0  # how much a figure tends to be of the kind of the one before it, in log-odds
STAY_BARE = 2.5  # the same where its sentence tells neither of a state nor of an act
GOES_ON = 3  # sentences over which it does
SAME = 0.5  # 0: phrases of one sentence are independent witnesses; 1: they say the same
KINDS = tuple(str(k) for k in Kind)


def _kind_scores(reading: Reading, held: Held, weights: Weights) -> dict[str, float]:
    """Log-probabilities of the kinds; a bare number is a figure."""
    options = kind.candidates(Case(reading, held.group, held.country))
    scores = {str(c.value): weigh(weights["kind"], c.signals) for c in options}
    top = max(scores.values())
    total = top + math.log(sum(math.exp(s - top) for s in scores.values()))
    scores = {k: s - total for k, s in scores.items()}
    if not is_named(held.group) or held.group.counted_by == MOST:
        scores[Kind.EVENT] = -50.0
    return scores


def kinds_of(reading: Reading, phrases: list[Held], weights: Weights) -> dict[int, str]:
    """The kind of each phrase: counted phrases of one sentence are of one kind, and figures go on.

    Sentences with counted phrases are a chain in which each tends to be of the kind of the one
    before it, so that a bare list has the kind of the sentence that introduced it.
    """
    scores = {id(h): _kind_scores(reading, h, weights) for h in phrases}
    out = {i: max(s, key=lambda k: s[k]) for i, s in scores.items()}
    by_sentence: dict[int, list[Held]] = {}
    for h in phrases:
        if h.group.counted_by in COUNTED:
            by_sentence.setdefault(h.group.sentence, []).append(h)
    chain = sorted(by_sentence)
    best: list[dict[str, tuple[float, str]]] = []  # kind → score of the best way to it, kind before it
    for at, sentence in enumerate(chain):
        # Phrases of one sentence say much the same: their mean counts, a little more where they are many.
        members = by_sentence[sentence]
        own = {k: sum(scores[id(h)][k] for h in members) / len(members) ** SAME for k in KINDS}
        if not at:
            best.append({k: (own[k], k) for k in KINDS})
            continue
        stay = STAY if sentence - chain[at - 1] <= GOES_ON else 0.0
        if stay and kind.is_bare(reading, sentence):
            stay = STAY_BARE
        step = {}
        for k in KINDS:
            value, former = max((best[-1][o][0] + (stay if o == k else 0.0), o) for o in KINDS)
            step[k] = (own[k] + value, former)
        best.append(step)
    current = ""
    for at in range(len(chain) - 1, -1, -1):
        current = best[at + 1][current][1] if current else max(KINDS, key=lambda k: best[at][k][0])
        for h in by_sentence[chain[at]]:
            out[id(h)] = current
    _agree(phrases, scores, out)
    return out


def _agree(phrases: list[Held], scores: dict[int, dict[str, float]], kinds: dict[int, str]) -> None:
    """A number that is said twice of one people is of one kind: of those taken, the likelier."""
    same: dict[tuple[str, int], list[Held]] = {}
    for h in phrases:
        if is_named(h.group) and (h.group.count or 0) > 1:
            same.setdefault((h.group.nationality, h.group.count or 0), []).append(h)
    for members in same.values():
        taken = {kinds[id(h)] for h in members}
        if len(taken) > 1:
            best = max(sorted(taken), key=lambda k: sum(scores[id(h)][k] for h in members))
            kinds.update({id(h): best for h in members})
