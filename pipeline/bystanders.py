"""The signal that the people of a phrase are others than those in hand: who sent, paid or sold.

"bought them from Afghan dealers", "travaillé pour une filière irlandaise"

A nationality that is named only so is not held.
"""

from __future__ import annotations

from pipeline.groups import Group
from pipeline.lexicon import GAP
from pipeline.mentions import Document
from pipeline.peoples import PeopleWords, Phrase, people_words

REACH = 3  # words between such a phrase and the people
GAP_WORDS = 3  # words that a gap stands for at most
HELD_AFTER = "any custody after it"
NEAR = 0.4  # how close a custody word is that says that they are in hand too
STOPS = frozenset(";:.()\n")


def add_bystanders(
    doc: Document, groups: tuple[Group, ...], links: dict[int, dict[str, float]]
) -> dict[int, dict[str, float]]:
    """The links of each group with this signal."""
    words = people_words(doc.article.language)
    out = dict(links)
    for index, group in enumerate(groups):
        if group.form == "attribute" or group.form.startswith("number"):
            continue
        # "Recruited by an Albanian, who was arrested too": he is in hand after all.
        if _is_behind(doc, group, words) and out.get(index, {}).get(HELD_AFTER, 0.0) < NEAR:
            out[index] = out.get(index, {}) | {"behind it all": 1.0}
    return out


def _is_behind(doc: Document, group: Group, words: PeopleWords) -> bool:
    low = doc.first_word[group.sentence]
    # The phrase may begin with what stands before its people: "the pills from Afghan dealers".
    first = next((w for w in range(group.first, group.last + 1) if _names(doc, w, group)), group.first)
    for last in range(first - 1, max(low, first - 1 - REACH) - 1, -1):
        if any(c in STOPS for c in doc.text[doc.ends[last] : doc.starts[last + 1]]):
            return False
        if any(_ends(doc, phrase, last, low) for phrase in words.behind.get(doc.words[last], ())):
            return True
    return False


def _names(doc: Document, word: int, group: Group) -> bool:
    return any(m.label.code == group.nationality for m in doc.at_word.get(word, ()))


def _ends(doc: Document, phrase: Phrase, last: int, low: int) -> bool:
    """Whether a phrase ends at the word ``last``."""
    at = last
    for place in range(len(phrase) - 1, -1, -1):
        if phrase[place] == GAP:
            inner = phrase[:place]
            return any(_ends(doc, inner, at - skip, low) for skip in range(GAP_WORDS + 1))
        if at < low or doc.words[at] != phrase[place]:
            return False
        at -= 1
    return True
