"""One passage that tells it all, in an article that is about something else.

"At that time two young Australians were facing execution in Malaysia for drug smuggling" may stand in the
memoirs of a nurse: nothing that the rest says should speak against it. So where an article as a whole is
not relevant, a sentence that names people of a nationality, their custody, drugs and a country that is not
theirs is read once more with its neighbours, as if they were an article of their own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.fields.case import Reading
from pipeline.model import Weights
from pipeline.nations import tells_whole
from pipeline.prospect import CUSTODY, DRUG, FOREIGN, PROMISING, word_starts
from pipeline.types import Article
from pipeline.understand import Understanding, read, weigh_reading
from pipeline.verdict import judge, verdict_chance

SURE = 0.5  # the probability of its own from which a passage is believed
BESIDE = 1  # sentences before and after the one that tells it all
MOST = 6  # passages of one article that are looked at
FEWEST = 8  # sentences of an article of which a passage is but a part


@dataclass(frozen=True, slots=True)
class Settled:
    """The verdict on an article, and that on which its records stand."""

    understanding: Understanding  # of the whole article, or of the passage by which it is relevant
    score: float
    relevant: bool


def settle(
    article: Article, weights: Weights, chance: float, whole: Callable[[Article], Reading]
) -> Settled | None:
    """The verdict on an article whose words alone have ``chance`` (pipeline/prospect.py), which ``whole``
    reads; None where it promises too little to be read, and no passage does."""
    if chance < PROMISING:
        return _told_in_passing(article, _by_words(article), weights)
    understanding = weigh_reading(whole(article), weights)
    relevant, score = judge(understanding, weights, chance)
    passing = None
    if not relevant:
        passing = _told_in_passing(article, _by_reading(understanding.reading), weights)
    return passing or Settled(understanding, score, relevant)


def _told_in_passing(article: Article, sentences: list[int], weights: Weights) -> Settled | None:
    """The passage around one of these sentences that is surest to report a foreign drug detainee; None where
    none does. All its offsets are those of the article."""
    if len(article.segments) < FEWEST:
        return None
    found = []
    for sentence in sentences[:MOST]:
        understanding = weigh_reading(read(passage(article, sentence)), weights)
        if any(nation.signals.get("nation: told whole") for nation, _ in understanding.nations):
            found.append(Settled(understanding, verdict_chance(understanding, weights), relevant=True))
    best = max(found, key=lambda one: one.score, default=None)
    return best if best is not None and best.score >= SURE else None


def passage(article: Article, sentence: int) -> Article:
    """A sentence and its neighbours as an article without a title; the rest of the text is blank."""
    segments = article.segments
    low, high = max(sentence - BESIDE, 0), min(sentence + BESIDE, len(segments) - 1)
    while low < sentence and _is_title(article, low):
        low += 1
    kept = segments[low : high + 1]
    start, end = kept[0].start, kept[-1].end
    return replace(article, title="", text=" " * start + article.text[start:end], segments=kept)


def _is_title(article: Article, sentence: int) -> bool:
    return bool(article.title) and article.segments[sentence].paragraph == 0


def _by_reading(reading: Reading) -> list[int]:
    """The sentences that tell it all."""
    found = {group.sentence for index, group in enumerate(reading.groups) if tells_whole(reading, index)}
    return sorted(number for number in found if not _is_title(reading.doc.article, number))


def _by_words(article: Article) -> list[int]:
    """The sentences that have a word for drugs, one for custody and one for foreigners."""
    starts = [segment.start for segment in article.segments]
    sentences = [
        {bisect_right(starts, at) - 1 for at in where}
        for where in word_starts(article.text, article.language, (DRUG, CUSTODY, FOREIGN))
    ]
    found = set.intersection(*sentences)
    return sorted(number for number in found if number >= 0 and not _is_title(article, number))
