"""Counts by "all of them", and shares that are none.

"Four men, all of them Albanians"    → four
"eight in ten are foreigners"        → no count
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from pipeline.figures import OWN_COUNT, figure_words, shares_of_ten
from pipeline.groups import Group
from pipeline.measures.numbers import Number
from pipeline.mentions import Document

ALL_REACH = 4  # words between "all of them" and the nationality
ALL_BACK = 14  # words between a number and "all of them"
MOST_OF_A_CASE = 60  # a case has no more people than this
TALLY_REACH = 24  # words between the people of a tally and its number
RATIO_REACH = 6  # words between "four in ten" and the people


def counted(group: Group, number: Number) -> Group:
    """The phrase with a number as its own."""
    value = int(number.value or 0)
    return replace(group, count=value, bound=number.bound, counted_by="near", singular=value == 1)


def all_of_them(doc: Document, groups: list[Group], numbers: list[Number]) -> list[Group]:
    """ "Four men, all of them Albanians", "quatre hommes, tous de nationalité albanaise": they are four."""
    every, starts = figure_words("all_of"), [n.start for n in numbers]
    out = []
    for g in groups:
        low = doc.first_word[g.sentence]
        near = range(max(low, g.first - ALL_REACH), g.first + 1)
        word = next((w for w in reversed(near) if doc.words[w] in every), None)
        if word is None or g.form == "attribute" or (g.counted_by in OWN_COUNT and (g.count or 0) > 1):
            out.append(g)
            continue
        between = doc.text[doc.ends[word] : g.start]
        at = bisect_left(starts, doc.starts[word]) - 1
        number = numbers[at] if at >= 0 else None
        if (
            number is not None
            and 1 < (number.value or 0) <= MOST_OF_A_CASE
            and low <= doc.word_at(number.start)
            and word - doc.word_at(number.start) <= ALL_BACK
            and not any(c in between for c in ",;:.()")
        ):
            g = replace(counted(g, number), form="person+noun" if g.form == "loose" else g.form)
        out.append(g)
    return out


def tallied(doc: Document, groups: list[Group], numbers: list[Number]) -> list[Group]:
    """ "The number of Pakistanis beheaded since 2014 has reached 42": the number that a tally comes to."""
    tally, reaching = figure_words("tally"), figure_words("reaching")
    starts = [n.start for n in numbers]
    out = list(groups)
    for index, g in enumerate(groups):
        if g.form == "attribute" or not (g.count is None or g.counted_by == "form"):
            continue
        low, high = doc.first_word[g.sentence], doc.first_word[g.sentence + 1]
        if not any(w in tally for w in doc.words[max(low, g.first - 3) : g.last]):
            continue
        # "El número de paquistaníes": the noun is one, its people are many.
        out[index] = g = replace(g, count=None, singular=False, counted_by="the")
        at = bisect_left(starts, g.end)
        if at >= len(numbers) or (numbers[at].value or 0) < 2:
            continue
        word = doc.word_at(starts[at])
        later = groups[index + 1].first if index + 1 < len(groups) else high
        between = doc.text[g.end : starts[at]]
        if (
            word < min(high, g.last + TALLY_REACH)
            and word < later
            and doc.words[word - 1] in reaching
            and not any(w in tally for w in doc.words[g.last + 1 : word])
            and not any(c in between for c in ";.:()")
        ):
            out[index] = counted(g, numbers[at])
    return out


def no_ratio(doc: Document, groups: list[Group]) -> list[Group]:
    """ "Eight in ten are foreigners", "dos de cada diez connacionales": shares, which count nobody."""
    ratio = sorted(doc.word_at(at) for at in shares_of_ten(doc))
    if not ratio:
        return groups
    out = []
    for g in groups:
        at = bisect_left(ratio, g.last + 1) - 1
        last = ratio[at] if at >= 0 else -1
        if g.form != "attribute" and last >= doc.first_word[g.sentence] and g.first - last <= RATIO_REACH:
            g = replace(g, count=None, counted_by="none", singular=False)
        out.append(g)
    return out
