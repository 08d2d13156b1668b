"""Bare numbers that count nobody, or nobody new.

"200 fewer than a year before", "trenta in meno"      → a difference
"not one Briton"                                      → none
"Poles make up 9 per cent, Czechs 4"                  → shares
"330 citizens, 298 men and 32 women"                  → parts by sex of a number that is told
"two thirds of the total", "dois terços"              → a fraction
"all but four hold a foreign passport"                → an exception
"61,200 hectares, against 59,900 a year before"       → as much of what was measured
"10, 15 mil reais"                                    → money
"the halls empty at four", "a las cuatro,"            → the hour
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from pipeline.figure_words import figure_words
from pipeline.figures import counts_people
from pipeline.left_out import is_left_out
from pipeline.measures.numbers import Number
from pipeline.measures.roles import Role
from pipeline.mentions import Document

DIFFERENCE_REACH = 1  # words behind a number up to "fewer": "trenta in meno"
LONGEST_LIST = 60  # shares of one list
MEASURED = frozenset({Role.WEIGHT, Role.MONEY, Role.DISTANCE, Role.DURATION, Role.OBJECT})
TIMES = frozenset({Role.YEAR, Role.DATE, Role.CLOCK})
AS_BEFORE_REACH = 12  # words between a measure and the number that is held against it
LAST_HOUR = 12
HOURS: Mapping[str, str] = {"en": "at", "pt": "às", "it": "alle", "de": "um", "nl": "om"}
"""Prepositions before an hour."""
LARGEST_PART = 10  # "three quarters": the upper number of a fraction is below it
ROUNDED = 0.02  # by how much of it a sum may differ: "3,3 mil", of whom 2,500 and 832
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
    """The two numbers of "298 men and 32 women" where their sum is told as well, exactly or in round
    numbers."""
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
            and _is_told((former.value or 0) + (number.value or 0), told)
        ):
            found |= {former.start, number.start}
        former = number
    return frozenset(found)


def _is_told(total: float, told: set[int]) -> bool:
    return any(abs(number - total) <= ROUNDED * total for number in told)


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


def excepted(doc: Document) -> frozenset[int]:
    """Where the numbers begin of "all but four", "todos menos tres", "alle bis auf zwei"."""
    if figure_words("but").isdisjoint(doc.words) and "na" not in doc.words:
        return frozenset()
    return frozenset(n.start for n in doc.numbers if counts_people(n) and is_left_out(doc, n))


def _is_measure_again(doc: Document, number: Number, index: int) -> bool:
    """ "61,200 hectares, against 59,900 a year before": as much of what the number before it measures."""
    word = doc.word_at(number.start)
    if not word or doc.words[word - 1] not in figure_words("against"):
        return False
    former = next((n for n in reversed(doc.numbers[:index]) if n.role not in TIMES), number)
    if former.role not in MEASURED:
        return False
    after = _word_after(doc, number)
    noun = after < len(doc.words) and any(
        m.label.section in ("people", "nationality", "foreign") for m in doc.at_word.get(after, ())
    )
    near = word - doc.word_at(former.start) <= AS_BEFORE_REACH
    return near and not noun and doc.sentence_at(former.start) == doc.sentence_of[word]


def _is_money(doc: Document, number: Number, index: int) -> bool:
    """ "10, 15 mil reais", "five or ten thousand dollars": the lower of two sums."""
    then = doc.numbers[index + 1] if index + 1 < len(doc.numbers) else None
    if then is None or then.role != Role.MONEY:
        return False
    gap = doc.text[number.end : then.start].replace(",", " ").split()
    return len(gap) <= 1 and all(word in figure_words("or") for word in gap) and then.start > number.end


def _is_hour(doc: Document, number: Number) -> bool:
    """ "The halls empty at four.", "a las cuatro,": an hour in words, and nothing that it counts."""
    word, tail = doc.word_at(number.start), doc.text[number.end : number.end + 1]
    if not 1 <= (number.value or 0) <= LAST_HOUR or doc.text[number.start].isdigit() or word < 2:
        return False
    if tail not in ("", ".", ",", ";", ":", "\n"):
        return False
    before = doc.text[doc.starts[word - 1] : doc.ends[word - 1]].casefold()
    if before in ("las", "la"):
        return doc.words[word - 2] == "a" and doc.article.language == "es"
    return before == HOURS.get(doc.article.language)


def nobody(doc: Document) -> frozenset[int]:
    """Where the numbers begin that count nobody, or nobody new."""
    people = [n for n in doc.numbers if counts_people(n)]
    return (
        _sexes(doc)
        | listed_shares(doc)
        | excepted(doc)
        | {n.start for n in people if _is_difference(doc, n) or _is_denied(doc, n) or _is_fraction(doc, n)}
        | {
            n.start
            for index, n in enumerate(doc.numbers)
            if counts_people(n)
            and (_is_measure_again(doc, n, index) or _is_money(doc, n, index) or _is_hour(doc, n))
        }
    )
