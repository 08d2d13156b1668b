"""Counts that a verb gives: "six are Pakistanis and one is Iranian", "39 hold Albanian citizenship"."""

from __future__ import annotations

from dataclasses import replace

from pipeline.figure_words import figure_words
from pipeline.group import Group
from pipeline.left_out import is_left_out
from pipeline.measures.numbers import Number
from pipeline.mentions import PEOPLE
from pipeline.phrases import Reader
from pipeline.vocabulary import UNKNOWN_COUNTRY

REACH = 7  # words between a number and the people behind it
MOSTLY_REACH = 3  # words from "mostly" to its people
PART_REACH = 4  # words between "among them" and the people
VERB_REACH = 3  # words between "have" and the passport
YOUNGEST, OLDEST = 14, 90  # years
LISTED = frozenset({"noun", "noun+person", "person+noun", "citizen of", "home"})  # forms of people in lists


def _counts_things(reader: Reader, number: int, first: int) -> bool:
    """ "300 files of Nigerians", "two gangs of Poles": the number counts what is of the people."""
    noun = number + 1
    return (
        noun < first - 1
        and reader.has(first - 1, "function", "of_from")
        and (reader.counts_apart(noun) or reader.is_band(noun))
        and reader.number_end[number].role != "case"
    ) or (noun == first and reader.is_band(noun))


def _is_age(reader: Reader, number: Number) -> bool:
    """ "He is nineteen and comes from Tirana", "a roofer of 39 who comes from Leeds"."""
    doc, word = reader.doc, reader.doc.word_at(number.start)
    if not YOUNGEST <= (number.value or 0) <= OLDEST or not word:
        return False
    if reader.has(word - 1, "function", "verb_one"):
        return True
    # "A roofer of 39", where not every trade is known.
    return (
        doc.words[word - 1] == "of"
        and word > 2
        and (reader.has(word - 2, "people", "one") or reader.has(word - 3, "function", "articles_one"))
    )


def _part_of(reader: Reader, number: Number, low: int) -> Number | None:
    """The number that is meant where ``number`` may be a whole: "two of the nine are Cambodians" is two,
    "of the 541, Nigerians" is none of them, any other number is itself."""
    doc, word = reader.doc, reader.doc.word_at(number.start) - 1
    if word < low or not reader.joined(word, word + 1):
        return number
    if doc.words[word] in figure_words("other") and not reader.has(word, "function", "of_from"):
        word -= 1  # "of the other 80", "of the nine"
    if (
        word > low
        and reader.has(word, "function", "articles")
        and not reader.has(word, "function", "of_from")
    ):
        word -= 1
    if word < low or not reader.has(word, "function", "of_from"):
        return number
    part = reader.number_end.get(word - 1) if word > low else None
    if part is not None and part.role in PEOPLE and (part.value or 0) < (number.value or 0):
        return part
    behind = doc.text[number.end : number.end + 1]
    return None if word == low and behind == "," else number


def _opens_a_part(reader: Reader, word: int, first: int) -> bool:
    """ "138 people, among them some Colombians", "zwölf Männer, darunter Polen": a part without a number is
    not as many as the whole."""
    if first - word > PART_REACH:
        return False
    said, then = reader.doc.words[word], reader.doc.words[word + 1]
    if said in figure_words("part_of") or said in figure_words("part_some"):
        return True
    return said in figure_words("part_among") and then in figure_words("part_them")


def _number_before(reader: Reader, group: Group, taken: set[int], named: set[int]) -> Number | None:
    """The number that a verb, "of them" or nothing at all binds to a phrase behind it."""
    doc = reader.doc
    low, _ = reader.bounds(group.sentence)
    for word in range(group.first - 1, max(low, group.first - REACH) - 1, -1):
        between = doc.text[doc.ends[word] : doc.starts[word + 1]]
        if any(c in between for c in ";:()") or word in named or _opens_a_part(reader, word, group.first):
            return None
        if group.first - word <= MOSTLY_REACH and doc.words[word] in figure_words("for_the_most_part"):
            return None  # "14 Verdächtige, großteils Serben"
        number = reader.number_end.get(word)
        if (
            number is None
            and doc.words[word] in figure_words("beside")
            and group.form not in ("citizen of", "headless")
            and doc.words[word + 1] not in ("be", "have")
        ):
            return None  # "the five were linked to a Nigerian ring", "ten were sold to Dutchmen"
        if number is None or number.role == "percent":
            continue  # "2,543, or 74.8 percent, were Thais"
        if number.role not in PEOPLE or not number.value or doc.word_at(number.start) in taken:
            return None
        if is_left_out(doc, number) or _counts_things(reader, word, group.first) or _is_age(reader, number):
            return None
        if doc.word_at(number.start) - 1 in named and reader.joined(
            doc.word_at(number.start) - 1, doc.word_at(number.start)
        ):
            return None  # "Zimbabweans 22, Malawians"
        part = _part_of(reader, number, low)
        return None if part is not None and is_left_out(doc, part) else part
    return None


def _has_paper(reader: Reader, group: Group) -> bool:
    """ "39 besitzen die albanische Staatsbürgerschaft", "397 have a Jamaican passport": many have it."""
    doc = reader.doc
    low, _ = reader.bounds(group.sentence)
    before = range(max(low, group.first - VERB_REACH), group.first)
    foreign = group.form == "foreign" and any(
        reader.has(w, "people", "passport") for w in range(group.first, group.last + 1)
    )
    return (foreign or group.form == "citizen of") and any(
        doc.words[w] in figure_words("having") and not reader.has(w, "function", "verb_one") for w in before
    )


def copula_counts(reader: Reader, groups: list[Group]) -> list[Group]:
    """ "Six are Pakistanis and one is Iranian", "twee van hen zijn Marokkanen"."""
    doc = reader.doc
    taken = {g.first for g in groups if g.counted_by == "near"}
    named = {g.last for g in groups if g.form in LISTED and g.nationality != UNKNOWN_COUNTRY}
    out = []
    for group in groups:
        paper = _has_paper(reader, group)
        if group.form != "attribute" and (group.counted_by not in ("near", "article") or paper):
            found = _number_before(reader, group, taken, named)
            if (
                found is not None
                and found.value is not None
                and (
                    paper
                    or not (group.singular and found.value > 1)
                    or reader.are(doc.word_at(found.end), group.first)
                )
            ):
                value = int(found.value)
                group = replace(
                    group, count=value, bound=found.bound, counted_by="copula",
                    singular=group.singular and value == 1,
                )  # fmt: skip
        out.append(group)
    return out
