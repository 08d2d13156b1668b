"""Numbers that count people without naming them: lists by country, and figures that go on.

    "Peru 271, Colombia 192 and Italy 191"        → number at / number of: the country beside it
    "three each from Israel, Russia and Britain"  → one number, several countries
    "of whom 886 were held for drugs offences"    → number: whoever was spoken of before

Whether a country beside a number is where people are held ("at") or where they come from ("of"), and
whose people a bare number counts, is left open here: every reading is given and weighed later.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from pipeline.figures import counts_people, figure_words, rulers, shares_of_ten
from pipeline.groups import Group
from pipeline.measures.numbers import Number
from pipeline.mentions import Document
from pipeline.no_people import nobody
from pipeline.pairing import COMPANY, Spot, pairs_of
from pipeline.rosters import told_ages
from pipeline.vocabulary import UNKNOWN_COUNTRY
from pipeline.ways import trace

LONGEST_SHORT = 6  # characters of a country's abbreviation
BEFORE = 60  # characters before a phrase in which its number stands
LARGEST = 60_000  # no country holds more foreigners for drugs
HELD_IN: Mapping[str, frozenset[str]] = {
    "en": frozenset({"in"}),
    "es": frozenset({"en"}),
    "pt": frozenset({"em", "no", "na", "nos", "nas"}),
    "fr": frozenset({"en", "au", "aux"}),
    "de": frozenset({"in", "im"}),
    "it": frozenset({"in", "nel", "nei", "nella", "negli", "nelle"}),
    "nl": frozenset({"in"}),
}
"""Prepositions that say where people are, and never where they are from."""
MOST = 120  # bare numbers of an article that are looked at


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


def _is_place(doc: Document, number: Number, spot: Spot) -> bool:
    """ "Eleven of them sentenced in El Salvador and one in Costa Rica": where they are, not who."""
    word = doc.word_at(spot.start)
    low = doc.word_at(number.end - 1) + 1 if number.end <= spot.start else word - 2
    for at in range(word - 1, max(word - 3, low - 1, -1), -1):
        if any(c in doc.text[doc.ends[at] : doc.starts[at + 1]] for c in ",;:.()\n"):
            return False
        if doc.words[at] in HELD_IN[doc.article.language]:
            return True
    return False


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
        if g.counted_by == "near" and g.form in ("person+noun", "citizen of")
        for number in doc.numbers[bisect_left(starts, g.start) : bisect_left(starts, g.end)]
    }
    claimed |= shares_of_ten(doc) | told_ages(doc, groups) | nobody(doc)
    named = {
        (g.nationality, g.sentence): g.end
        for g in groups
        if g.counted_by in ("near", "copula") and g.form in ("home", "headless", "citizen of")
    }  # "19 kamen aus Spanien, 14 aus Rumänien": Spain has its number
    signs = trace(doc)
    spots_of: dict[int, list[Spot]] = {}
    for place in doc.places:
        if place.kind == "country" and place.countries:
            if signs.is_left_out(doc.word_at(place.start)):
                continue
            if named.get((place.countries[0], doc.sentence_at(place.start))) == place.end:
                continue
            if _is_adjective(doc, place.start, place.end):
                continue
            spots_of.setdefault(doc.sentence_at(place.start), []).append(
                Spot(place.countries[0], place.start, place.end)
            )
    for word, said in enumerate(doc.words):
        if word and said in figure_words("continents") and doc.words[word - 1] in figure_words("outside"):
            if any(s.start <= doc.starts[word] < s.end for s in spots_of.get(doc.sentence_of[word], ())):
                continue  # "África do Sul"
            spot = Spot(UNKNOWN_COUNTRY, doc.starts[word], doc.ends[word])
            spots_of.setdefault(doc.sentence_of[word], []).append(spot)
    numbers_of: dict[int, list[Number]] = {}
    for number in [n for n in doc.numbers if counts_people(n) and n.start not in claimed][:MOST]:
        numbers_of.setdefault(doc.sentence_at(number.start), []).append(number)
    out = []
    for sentence, numbers in numbers_of.items():
        ruling = rulers(groups, sentence)
        spots = sorted(spots_of.get(sentence, []), key=lambda s: s.start)
        paired = pairs_of(doc, sentence, numbers, spots)
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
            if ruling and _is_place(doc, number, spot):
                continue
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
