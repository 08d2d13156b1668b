"""What the name of a country is besides a place: a person, a number's owner, an adjective."""

from __future__ import annotations

from pipeline.groups import Group
from pipeline.mentions import Document
from pipeline.ways import Trace

SHORT = 4  # letters of a country's abbreviation: "U.S.", "UAE"


def is_person(doc: Document, groups: dict[int, Group], word: int) -> bool:
    """Whether what looks like a country's name is one person or several ("le Suisse", "un'Argentina")."""
    group = groups.get(word)
    if group is None:
        return False
    before = doc.words[word - 1] if word else ""
    masculine = doc.article.language == "fr" and before in ("le", "du", "au", "les", "des", "aux")
    return masculine or group.counted_by in ("article", "near", "copula")


def listed_words(doc: Document, groups: tuple[Group, ...]) -> frozenset[int]:
    """The words of countries in a list of several with their numbers, whatever it counts."""
    lists: dict[int, set[str]] = {}
    for g in groups:
        if g.form == "number of":
            lists.setdefault(g.sentence, set()).add(g.nationality)
    words = (
        w
        for g in groups
        if g.form == "number of" and len(lists[g.sentence]) > 1
        for w in range(g.first, g.last + 1)
    )
    return frozenset(words)


def as_adjective(signs: Trace, start: int, end: int) -> str:
    """What an abbreviation says of the noun behind it: "ground" ("a U.S. jail"), "authority" ("UK police"),
    "things" ("U.S. dollars"), or nothing where it is the country's name."""
    doc = signs.doc
    short = doc.text[start:end].replace(".", "")
    word = doc.word_at(end - 1) + 1
    if doc.article.language != "en" or not short.isupper() or len(short) > SHORT or word >= len(doc.words):
        return ""
    if doc.text[end : doc.starts[word]].strip(" .") or not doc.text[doc.starts[word]].islower():
        return ""
    if any(m.label.section == "function" for m in doc.at_word.get(word, ())):
        return ""
    if doc.words[word] in signs.ways.ground:
        return "ground"
    kinds = {m.label.key for m in doc.at_word.get(word, ()) if m.label.section == "people"}
    return "authority" if "police" in kinds else "things" if kinds else ""
