"""Does a figure count people who are to be put to death?

"541 of the 1,266 people awaiting the noose"          → said of the figure itself
"Of these, Nigerians make up 119 and Indonesians 84"  → said of the whole that it divides
"""

from __future__ import annotations

from bisect import bisect_right

from pipeline.fields.case import Case
from pipeline.groups import Group
from pipeline.mentions import PEOPLE, Document
from pipeline.vocabulary import Kind, Stage
from pipeline.wholes import find_whole

OF_THE = 3  # words behind a figure in which the whole stands that it is a part of: "541 of the 1,266"
AHEAD = 4  # sentences before a bare list in which it may be said what its people wait for
CERTAIN = 3.0  # how much more the main signal counts than those that it is made of
SENTENCED = frozenset({"convicted", "death_sentence"})  # custody words that go with waiting for death


def of_the_doomed(case: Case) -> dict[str, float]:
    """Where the text speaks of putting people to death, as seen from a figure; nothing for a case."""
    doc, group = case.doc, case.group
    if case.kind == Kind.EVENT:
        return {}
    words = [doc.word_at(act.start) for act in doc.acts if act.stage == Stage.DEATH_ROW]
    if not words:
        return {}
    sentences = [bisect_right(doc.first_word, word) - 1 for word in words]
    own = _beside(doc, group, words)
    whole = find_whole(case.reading, group)
    of_whole = whole is not None and _beside(doc, whole, words)
    told = set(case.reading.profiles[group.sentence].custody) - SENTENCED
    bare = group.sentence not in sentences and not told
    before = range(group.sentence - AHEAD, group.sentence)
    return {
        "doomed": CERTAIN * float(own or (bare and of_whole)),
        "doomed, said": float(own),
        "doomed, said of the whole": float(of_whole),
        "doomed, said of the whole of a bare figure": float(of_whole and bare),
        "doomed, in the title": float(sentences[0] == 0),
        "doomed, ahead of a bare figure": float(bare and any(at in before for at in sentences)),
        "doomed, share": len(set(sentences)) / max(len(doc.paragraph_of), 1),
    }


def _beside(doc: Document, group: Group, words: list[int]) -> bool:
    """Whether one of some words is said of a phrase: behind it and before the next number, or ahead of all.

    Of people without a number all is said that stands before them: "16 on death row, foreigners among them".
    """
    low, high = doc.first_word[group.sentence], doc.first_word[group.sentence + 1]
    others = [
        doc.word_at(number.start)
        for number in doc.numbers
        if number.role in PEOPLE and doc.sentence_at(number.start) == group.sentence
    ]
    first = min((*others, group.first)) if group.count is not None else group.first
    after = min((word for word in others if word > group.last + OF_THE), default=high)
    return any(low <= word < first or group.first < word < after for word in words)
