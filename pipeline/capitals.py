"""Rare words with a capital: names of persons, villages, ships and firms, by which reports of one
case are recognised across outlets and languages.

Nothing here says whose name it is, and nothing but keyed hashes of what is found is ever stored.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib.resources import files

from pipeline.mentions import Document

MOST = 24
"""Names kept of one telling, the most frequent first."""
_VOWELS = re.compile(r"(?<=.)[aeiouyhw]+")
_DOUBLE = re.compile(r"(.)\1+")
_TAIL = re.compile(r"['’]s?$")
_SHORTEST = 3
_DATES = frozenset(
    {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
    | {"mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun"}
)
_SOUND = 3  # letters that a sound must have to be told from others


@cache
def common_capitals() -> frozenset[str]:
    """Words that often have a capital in news in general; pipeline/data/README.md says how they were
    counted."""
    table = files("pipeline.data").joinpath("common_capitals.txt").read_text("utf-8")
    return frozenset(table.split())


def find_capitals(doc: Document, sentences: frozenset[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rare capitalised words of these sentences, folded, the most frequent first, then in the
    order of the text; and those that may only have a capital because a sentence begins with them.
    At most MOST of each.

    A word at the beginning of a sentence is sure when the next one has a capital too or when it has
    one elsewhere inside a sentence; a word that the article also writes small never counts, nor do
    places, nationalities and other words that the lexicons know.
    """
    known = {word for mention in doc.mentions for word in range(mention.first, mention.last + 1)}
    spots = [(place.start, place.end) for place in doc.places]
    common = common_capitals()
    small: set[str] = set()
    inside: set[str] = set()
    running: set[str] = set()  # in German every noun has a capital, but only names stand two by two
    found: list[tuple[int, str, bool]] = []
    spot = 0
    for index, (start, end) in enumerate(zip(doc.starts, doc.ends, strict=True)):
        surface = doc.text[start:end]
        word = _TAIL.sub("", doc.words[index])
        if surface[:1].islower():
            small.add(word)
            continue
        while spot < len(spots) and spots[spot][1] <= start:
            spot += 1
        if spot < len(spots) and spots[spot][0] < end:
            continue
        if len(word) < _SHORTEST or not word.replace("'", "").isalpha() or index in known or word in common:
            continue
        if not surface[:1].isupper() or word in _DATES:
            continue
        if doc.article.language == "de" and (_goes_on(doc, index) or _goes_on(doc, index - 1)):
            running.add(word)
        opens = _opens(doc, index)
        if not opens:
            inside.add(word)
        found.append((index, word, opens and not _goes_on(doc, index)))
    counts: Counter[str] = Counter()
    doubts: Counter[str] = Counter()
    for index, word, doubtful in found:
        if doc.article.language == "de" and word not in running:
            continue
        if doc.sentence_of[index] in sentences and word not in small:
            (counts if word in inside or not doubtful else doubts)[word] += 1
    sure = tuple(word for word, _ in counts.most_common(MOST))
    return sure, tuple(word for word, _ in doubts.most_common(MOST) if word not in counts)


def sound(word: str) -> str:
    """The word without what outlets spell differently: "donnelly" and "donelly", "rahman" and
    "rehman". Empty where too little is left."""
    bare = _VOWELS.sub("", _DOUBLE.sub(r"\1", word.replace("ck", "k").replace("ph", "f")))
    bare = _DOUBLE.sub(r"\1", bare)
    return bare if len(bare) >= _SOUND else ""


def _opens(doc: Document, index: int) -> bool:
    """Whether the word is the first of its sentence or of a quotation."""
    sentence = doc.sentence_of[index]
    if doc.first_word[sentence] == index:
        return True
    gap = doc.text[doc.ends[index - 1] : doc.starts[index]]
    return any(mark in gap for mark in ':"“„«¿¡')


def _goes_on(doc: Document, index: int) -> bool:
    """Whether the next word stands right behind and has a capital, as in a full name."""
    if index < 0 or index + 1 >= len(doc.words) or doc.sentence_of[index + 1] != doc.sentence_of[index]:
        return False
    gap = doc.text[doc.ends[index] : doc.starts[index + 1]]
    return gap in (" ", "\u00a0") and all(doc.text[doc.starts[each]].isupper() for each in (index, index + 1))
