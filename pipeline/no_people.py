"""Bare numbers that count nobody, or nobody new.

"200 fewer than a year before", "trenta in meno"      → a difference
"not one Briton"                                      → none
"Poles make up 9 per cent, Czechs 4"                  → shares
"330 citizens, 298 men and 32 women"                  → parts by sex of a number that is told
"two thirds of the total", "dois terços"              → a fraction
"""

from __future__ import annotations

from bisect import bisect_left

from pipeline.figure_words import figure_words
from pipeline.figures import counts_people
from pipeline.measures.numbers import Number
from pipeline.mentions import Document

DIFFERENCE_REACH = 1  # words behind a number up to "fewer": "trenta in meno"
LONGEST_LIST = 60  # shares of one list
LARGEST_PART = 10  # "three quarters": the upper number of a fraction is below it
SEX_REACH = 4  # words between the men and the women of a split


def _word_after(doc: Document, number: Number) -> int:
    return doc.word_at(max(number.end - 1, number.start)) + 1


def _is_difference(doc: Document, number: Number) -> bool:
    """ "200 fewer than", "trenta in meno", "zwölf mehr als"."""
    word = _word_after(doc, number)
    high = doc.first_word[doc.sentence_at(number.start) + 1]
    for at in range(word, min(word + DIFFERENCE_REACH + 1, high)):
        if any(c in doc.text[doc.ends[at - 1] : doc.starts[at]] for c in ",;:.()"):
            return False
        if doc.words[at - 1] in ("in", "de", "a") and doc.words[at] in figure_words("compared"):
            return True
        if doc.words[at] in figure_words("compared") and at + 1 < high:
            return doc.words[at + 1] in figure_words("than")
    return False


def _is_fraction(doc: Document, number: Number) -> bool:
    """ "Two thirds", "dois terços", "drei Viertel"."""
    word = _word_after(doc, number)
    return (
        (number.value or 0) < LARGEST_PART
        and word < len(doc.words)
        and doc.words[word] in figure_words("fractions")
        and doc.text[number.end : doc.starts[word]].strip(" \u00a0-") == ""
    )


def _sexes(doc: Document) -> frozenset[int]:
    """The two numbers of "298 men and 32 women" where their sum is told as well."""
    told = {int(n.value) for n in doc.numbers if counts_people(n) and n.value}
    found: set[int] = set()
    former: Number | None = None
    for number in doc.numbers:
        word = _word_after(doc, number)
        if not counts_people(number) or word >= len(doc.words) or doc.words[word] not in figure_words("sex"):
            continue
        if (
            former is not None
            and doc.word_at(number.start) - _word_after(doc, former) <= SEX_REACH
            and int((former.value or 0) + (number.value or 0)) in told
        ):
            found |= {former.start, number.start}
        former = number
    return frozenset(found)


def _is_denied(doc: Document, number: Number) -> bool:
    """ "Not one Briton", "pas un seul": nobody is counted."""
    word = doc.word_at(number.start)
    return (
        number.value == 1
        and word > doc.first_word[doc.sentence_at(number.start)]
        and doc.words[word - 1] in figure_words("denying")
    )


def listed_shares(doc: Document) -> frozenset[int]:
    """ "Mozambicans make up 29 per cent, Zimbabweans 22, Malawians 15": the later numbers are percents."""
    found: set[int] = set()
    if not doc.shares:
        return frozenset()
    ends = {m.last for m in doc.mentions if m.label.section == "nationality"}
    starts = [n.start for n in doc.numbers]
    for share in doc.shares:
        sentence = doc.sentence_at(share.start)
        at = bisect_left(starts, share.end)
        for number in doc.numbers[at : at + LONGEST_LIST]:
            if number.role == "percent" and doc.sentence_at(number.start) == sentence:
                continue
            word = doc.word_at(number.start)
            between = doc.text[share.end : number.start]
            listed = word - 1 in ends and doc.text[doc.ends[word - 1] : number.start].strip() == ""
            if (
                doc.sentence_at(number.start) != sentence
                or (number.value or 0) > 100
                or not listed
                or any(c in between for c in ";:.(")
            ):
                break
            found.add(number.start)
    return frozenset(found)


def nobody(doc: Document) -> frozenset[int]:
    """Where the numbers begin that count nobody, or nobody new."""
    people = [n for n in doc.numbers if counts_people(n)]
    return (
        _sexes(doc)
        | listed_shares(doc)
        | {n.start for n in people if _is_difference(doc, n) or _is_denied(doc, n) or _is_fraction(doc, n)}
    )
