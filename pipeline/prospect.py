"""The second step: how likely are the words of a whole text to tell of a foreign drug detainee?

Between the screen, which asks for a drug word and a custody word anywhere, and the full reading,
which costs twenty times as much: one pass of a word automaton, and a few counts of how close words
for drugs, custody and foreigners stand together, weighed by the weights "prospect".
"""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from pipeline.fold import fold
from pipeline.lexicon import GAP, GERMAN_ENDINGS, load_lexicon
from pipeline.model import Weights, probability, weigh
from pipeline.types import Article

DRUG, CUSTODY, FOREIGN = 1, 2, 4
PROMISING = 0.08
"""Under this chance an article is not read in full. On labelled articles it keeps 99 percent
of the relevant ones (docs/accuracy.md)."""


@cache
def _automaton(language: str) -> tuple[AhoCorasick, list[int], list[bool]]:
    raw = load_lexicon(language).raw
    forms: dict[str, tuple[int, bool]] = {}

    def add(form: str, group: int) -> None:
        piece = form.split(GAP)[0].strip()
        written = fold(piece.split("*")[0]).strip()
        if len(written) > 1:
            known = forms.get(written, (0, False))
            forms[written] = (known[0] | group, known[1] or "*" in piece)

    for section, key, group in (
        *(("drugs", key, DRUG) for key in raw["drugs"]),
        ("offence", "drug", DRUG),
        ("people", "mule", DRUG | FOREIGN),
        *(("custody", key, CUSTODY) for key in raw["custody"]),
        ("people", "prisoner", CUSTODY),
        *(("foreign", key, FOREIGN) for key in raw["foreign"]),
        ("people", "national", FOREIGN),
        ("people", "nationality_of", FOREIGN),
    ):
        for form in raw[section].get(key, ()):
            add(form, group)
    for peoples in raw["nationality"].values():
        for key in ("one", "many", "country"):
            for form in peoples.get(key, ()):
                add(form, FOREIGN)
        for form in peoples.get("adjective", ()):
            for ending in GERMAN_ENDINGS if language == "de" else ("",):
                add(form + ending, FOREIGN)
    patterns = list(forms)
    automaton = AhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest)
    return automaton, [forms[p][0] for p in patterns], [forms[p][1] for p in patterns]


def _close(ones: list[int], others: list[int], reach: int) -> list[int]:
    """Those of ``ones`` that have one of ``others`` within ``reach`` characters; both are sorted."""
    out = []
    for one in ones:
        at = bisect_left(others, one - reach)
        if at < len(others) and others[at] <= one + reach:
            out.append(one)
    return out


def word_starts(text: str, language: str, sorts: tuple[int, ...]) -> list[list[int]]:
    """Where in the folded text words of each sort begin, in order."""
    automaton, groups, open_ended = _automaton(language)
    folded = fold(text)
    size = len(folded)
    hits: list[list[int]] = [[] for _ in sorts]
    for index, start, end in automaton.find_matches_as_indexes(folded):
        if start and folded[start - 1].isalnum():
            continue
        if not open_ended[index] and end < size and folded[end].isalnum():
            continue
        for sort, where in zip(sorts, hits, strict=True):
            if groups[index] & sort:
                where.append(start)
    return hits


def prospect_signals(text: str, title_end: int, language: str) -> dict[str, float]:
    """The signals of a text; ``title_end`` is the length of its first line, 0 without a title."""
    drugs, custody, foreign = word_starts(text, language, (DRUG, CUSTODY, FOREIGN))
    thousands = max(len(text), 300) / 1000
    held = _close(drugs, custody, 150)
    all_three = _close(held, foreign, 250)
    out = {
        "bias": 1.0,
        "drugs, density": math.log1p(len(drugs) / thousands),
        "custody, density": math.log1p(len(custody) / thousands),
        "foreign, density": math.log1p(len(foreign) / thousands),
        "drugs": math.log1p(len(drugs)),
        "custody": math.log1p(len(custody)),
        "drugs by custody": math.log1p(len(held)),
        "all three": math.log1p(len(all_three)),
        "all three, density": math.log1p(len(all_three) / thousands),
        "all three somewhere": float(bool(all_three)),
        "drugs never by custody": float(not held),
        "drugs by foreigners": math.log1p(len(_close(drugs, foreign, 120))),
        "custody by foreigners": math.log1p(len(_close(custody, foreign, 120))),
        "custody near drugs": math.log1p(len(_close(custody, drugs, 400))),
        "drug in title": float(any(start < title_end for start in drugs)),
        "custody in title": float(any(start < title_end for start in custody)),
        "foreign in title": float(any(start < title_end for start in foreign)),
    }
    return {name: value for name, value in out.items() if value}


def prospect(article: Article, weights: Weights) -> float:
    """The chance of an article by its words alone; linear in its length."""
    signals = prospect_signals(article.text, len(article.title), article.language)
    return probability(weigh(weights["prospect"], signals))
