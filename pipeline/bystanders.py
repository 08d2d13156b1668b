"""The signal that the people of a phrase are others than those in hand: who sent, paid, sold
or tells of them.

"bought them from Afghan dealers", "travaillé pour une filière irlandaise", "a Brazilian journalist"

A nationality that is named only so is not held.
"""

from __future__ import annotations

from pipeline.figure_words import figure_words
from pipeline.groups import Group
from pipeline.lexicon import GAP
from pipeline.mentions import Document
from pipeline.peoples import PeopleWords, Phrase, people_words

REACH = 3  # words between such a phrase and the people
LIST_REACH = 3  # words between two phrases of one list
GAP_WORDS = 5  # words that a gap stands for at most
HELD_AFTER = "any custody after it"
NEAR = 0.4  # how close a custody word is that says that they are in hand too
STOPS = frozenset(";:.()\n")


def add_bystanders(
    doc: Document, groups: tuple[Group, ...], links: dict[int, dict[str, float]]
) -> dict[int, dict[str, float]]:
    """The links of each group with this signal."""
    words = people_words(doc.article.language)
    out = dict(links)
    former: Group | None = None  # the last one that is behind it
    for index, group in enumerate(groups):
        if group.form == "attribute" or group.form.startswith("number"):
            continue
        # "Recruited by an Albanian, who was arrested too": he is in hand after all.
        goes_on = former is not None and _goes_on(doc, former, group)
        behind = _is_behind(doc, group, words) or _tells(doc, group) or goes_on
        if behind and out.get(index, {}).get(HELD_AFTER, 0.0) < NEAR:
            out[index] = out.get(index, {}) | {"behind it all": 1.0}
            former = group
    return out


def _goes_on(doc: Document, former: Group, group: Group) -> bool:
    """ "Hired by two men, a Brazilian and a Belgian": the next of the same list."""
    if group.sentence != former.sentence or not 0 < group.first - former.last <= LIST_REACH:
        return False
    between = doc.text[doc.ends[former.last] : doc.starts[group.first]]
    return not any(c in STOPS for c in between) and all(
        any(m.label.section == "function" for m in doc.at_word.get(w, ()))
        for w in range(former.last + 1, group.first)
    )


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


def _tells(doc: Document, group: Group) -> bool:
    """ "A Brazilian journalist", "der Schweizer Kriminologe": who tells of a case and is no part of it."""
    high = doc.first_word[group.sentence + 1]
    return any(w in figure_words("tellers") for w in doc.words[group.first : min(group.last + 2, high)])


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
