"""Numbers that count people without naming them: lists by country, and figures that go on.

    "Peru 271, Colombia 192 and Italy 191"        → number at / number of: the country beside it
    "three each from Israel, Russia and Britain"  → one number, several countries
    "of whom 886 were held for drugs offences"    → number: whoever was spoken of before

Whether a country beside a number is where people are held ("at") or where they come from ("of"), and
whose people a bare number counts, is left open here: every reading is given and weighed later.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from pipeline.figures import counts_people, figure_words, rulers, shares_of_ten
from pipeline.fold import fold
from pipeline.groups import Group
from pipeline.measures.numbers import Number
from pipeline.mentions import Document
from pipeline.no_people import nobody
from pipeline.rosters import told_ages
from pipeline.vocabulary import UNKNOWN_COUNTRY
from pipeline.ways import trace

LONGEST_SHORT = 6  # characters of a country's abbreviation
NEAR = 45  # characters between a number and the country that it belongs to
ONE_GAP = 16  # the same for "one"
BEFORE = 60  # characters before a phrase in which its number stands
COMPANY = 75  # the same where the number comes "with" the country
JOINT = 8  # characters between the countries and the numbers of "Peru and Chile with 12 and 9"
CLAUSE = ";\n"  # a list is paired within a clause
LARGEST = 60_000  # no country holds more foreigners for drugs
MOST = 120  # bare numbers of an article that are looked at


@dataclass(frozen=True, slots=True)
class _Spot:
    country: str
    start: int
    end: int


def _gap(number: Number, spot: _Spot) -> int:
    return number.start - spot.end if spot.end <= number.start else spot.start - number.end


def _reach(text: str, number: Number) -> int:
    """How far before a number its country may stand: "Spain comes first by a distance, with 2,290"."""
    before = fold(text[max(number.start - 8, 0) : number.start]).split()
    return COMPANY if before and before[-1] in figure_words("company") else NEAR


def _has_each(text: str) -> bool:
    return any(word.strip(",.;:()").casefold() in figure_words("each") for word in text.split())


def _in_order(numbers: list[Number], spots: list[_Spot], text: str) -> bool:
    """ "Tailandia y Malasia, cuatro y dos": all countries, then as many numbers, and nothing else."""
    if len(numbers) != len(spots) or len(numbers) < 2 or spots[-1].end > numbers[0].start:
        return False
    gaps = [text[a.end : b.start] for a, b in pairwise(spots)]
    gaps += [text[a.end : b.start] for a, b in pairwise(numbers)]
    gap = text[spots[-1].end : numbers[0].start]
    joints = figure_words("and") | figure_words("outside") | figure_words("inside")
    return (
        all(all(fold(w) in joints for w in g.replace(",", " ").split()) for g in gaps)
        and len(gap) <= JOINT
        and all(fold(w) in figure_words("company") for w in gap.replace(",", " ").split())
    )


def _pairs(numbers: list[Number], spots: list[_Spot], text: str) -> list[tuple[Number, _Spot]]:
    """Pair the numbers of a clause with countries, all with the one before or all with the one after."""
    if _in_order(numbers, spots, text):
        return list(zip(numbers, spots, strict=True))
    before: list[tuple[Number, _Spot]] = []
    after: list[tuple[Number, _Spot]] = []
    for index, number in enumerate(numbers):
        low = numbers[index - 1].end if index else -1
        high = numbers[index + 1].start if index + 1 < len(numbers) else 10**9
        left = [
            s
            for s in spots
            if low <= s.start and s.end <= number.start and _gap(number, s) <= _reach(text, number)
        ]
        right = [s for s in spots if number.end <= s.start and s.end <= high and _gap(number, s) <= NEAR]
        if number.value == 1:
            # "Tanzania", enumera uno de los voluntarios: one is often a pronoun.
            left = [s for s in left if _gap(number, s) <= ONE_GAP]
            right = [s for s in right if _gap(number, s) <= ONE_GAP]
        if left:
            before.append((number, left[-1]))
            if _has_each(text[number.end : number.end + 12]) or _has_each(text[left[-1].end : number.start]):
                before += [(number, s) for s in left[:-1]]
        if right:
            after.append((number, right[0]))
            if _has_each(text[number.end : right[0].start]):
                after += [(number, s) for s in right[1:]]
    if len(before) != len(after):
        return before if len(before) > len(after) else after
    gap_before = sum(_gap(n, s) for n, s in before)
    gap_after = sum(_gap(n, s) for n, s in after)
    return before if gap_before <= gap_after else after


def _clauses(
    doc: Document, sentence: int, numbers: list[Number], spots: list[_Spot]
) -> list[tuple[Number, _Spot]]:
    """The pairs of a sentence, clause by clause."""
    borders = [
        i
        for n in numbers[:1]
        for i in range(doc.article.segments[sentence].start, doc.article.segments[sentence].end)
        if doc.text[i] in CLAUSE
    ]
    parts: dict[int, tuple[list[Number], list[_Spot]]] = {}
    for number in numbers:
        parts.setdefault(bisect_right(borders, number.start), ([], []))[0].append(number)
    for spot in spots:
        parts.setdefault(bisect_right(borders, spot.start), ([], []))[1].append(spot)
    return [pair for ns, ss in parts.values() if ns and ss for pair in _pairs(ns, ss, doc.text)]


def _is_adjective(doc: Document, start: int, end: int) -> bool:
    """ "28,500 U.S. troops", "UK prisons": an abbreviation before a noun is no country of a list."""
    if doc.article.language != "en" or not doc.text[start:end].replace(".", "").isupper():
        return False
    if end - start > LONGEST_SHORT:
        return False
    word = doc.word_at(max(end - 1, start)) + 1
    if (
        word >= len(doc.words)
        or doc.text[end : doc.starts[word]].strip(" .")
        or not doc.words[word].isalpha()
    ):
        return False
    labels = doc.at_word.get(word, ())
    small = any(m.label.section == "function" for m in labels) or doc.words[word] in figure_words("verbs")
    return not small and doc.text[doc.starts[word]].islower()


def find_number_groups(doc: Document, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Groups for the plain numbers that no phrase has claimed, with what each may count."""
    starts = [n.start for n in doc.numbers]
    claimed = {
        number.start
        for g in groups
        if g.counted_by in ("near", "copula") and g.count is not None
        for number in doc.numbers[
            bisect_left(starts, g.start - BEFORE) : bisect_left(starts, g.end + COMPANY)
        ]
        if number.value == g.count
    }
    # "Un uomo e due donne romene": what stands inside a counted phrase is no figure of its own.
    claimed |= {
        number.start
        for g in groups
        if g.counted_by == "near" and g.form == "person+noun"
        for number in doc.numbers[bisect_left(starts, g.start) : bisect_left(starts, g.end)]
    }
    claimed |= shares_of_ten(doc) | told_ages(doc, groups) | nobody(doc)
    named = {
        (g.nationality, g.sentence): g.end
        for g in groups
        if g.counted_by in ("near", "copula") and g.form in ("home", "headless", "citizen of")
    }  # "19 kamen aus Spanien, 14 aus Rumänien": Spain has its number
    signs = trace(doc)
    spots_of: dict[int, list[_Spot]] = {}
    for place in doc.places:
        if place.kind == "country" and place.countries:
            if signs.is_left_out(doc.word_at(place.start)):
                continue
            if named.get((place.countries[0], doc.sentence_at(place.start))) == place.end:
                continue
            if _is_adjective(doc, place.start, place.end):
                continue
            spots_of.setdefault(doc.sentence_at(place.start), []).append(
                _Spot(place.countries[0], place.start, place.end)
            )
    for word, said in enumerate(doc.words):
        if word and said in figure_words("continents") and doc.words[word - 1] in figure_words("outside"):
            spot = _Spot(UNKNOWN_COUNTRY, doc.starts[word], doc.ends[word])
            spots_of.setdefault(doc.sentence_of[word], []).append(spot)
    numbers_of: dict[int, list[Number]] = {}
    for number in [n for n in doc.numbers if counts_people(n) and n.start not in claimed][:MOST]:
        numbers_of.setdefault(doc.sentence_at(number.start), []).append(number)
    out = []
    for sentence, numbers in numbers_of.items():
        ruling = rulers(groups, sentence)
        spots = sorted(spots_of.get(sentence, []), key=lambda s: s.start)
        paired = _clauses(doc, sentence, numbers, spots)
        for number, spot in paired:
            start, end = min(number.start, spot.start), max(number.end, spot.end)
            first, last = doc.word_at(start), doc.word_at(end - 1)
            value = int(number.value or 0)
            one = value == 1
            out += [
                Group(
                    n,
                    value,
                    number.bound,
                    one,
                    "number at",
                    "none",
                    first,
                    last,
                    start,
                    end,
                    sentence,
                    "list",
                    spot.country,
                )
                for n in ruling
                if n != spot.country and spot.country != UNKNOWN_COUNTRY
            ]
            out.append(
                Group(
                    spot.country,
                    value,
                    number.bound,
                    one,
                    "number of",
                    "none",
                    first,
                    last,
                    start,
                    end,
                    sentence,
                    "list",
                )
            )
        listed = {number.start for number, _ in paired}
        for number in numbers:
            if (number.value or 0) > LARGEST or (len(paired) > 1 and number.start in listed):
                continue
            if number.value == 1 or (number.value == 100 and not doc.text[number.start].isdecimal()):
                continue  # a pronoun; "per cento"
            first = last = doc.word_at(number.start)
            value = int(number.value or 0)
            out += [
                Group(
                    n,
                    value,
                    number.bound,
                    value == 1,
                    "number",
                    "none",
                    first,
                    last,
                    number.start,
                    number.end,
                    sentence,
                    "near",
                )
                for n in ruling
            ]
    return tuple(sorted(out, key=lambda g: (g.start, g.end, g.nationality, g.form)))
