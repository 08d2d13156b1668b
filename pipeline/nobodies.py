"""Phrases that name a people and nobody of it who could be in hand.

"of Indian origin", "libanesischer Herkunft"   an origin, in languages where that is no nationality
"la mafia japonesa", "seis bandas mexicanas"   organisations
"nossos colegas mexicanos"                     officials of another state
"the Afghanistan veteran"                      somebody who was there once
"for Afghan dealers"                           who sent, paid or sold (pipeline/bystanders.py)

A nationality that is named only so is nobody's in the article.
"""

from __future__ import annotations

from pipeline.figure_words import figure_words
from pipeline.group import Group
from pipeline.mentions import PEOPLE, Document

GERMANIC = frozenset({"en", "de", "nl"})  # languages whose adjectives stand before their nouns


def is_nobody(doc: Document, group: Group, links: dict[str, float]) -> bool:
    """Whether nobody whom the phrase names could be in hand."""
    if group.form == "origin" or links.get("behind it all"):
        return True
    words, after = doc.words[group.first : group.last + 1], _noun_after(doc, group)
    if any(word.startswith(tuple(figure_words("colleagues"))) for word in (*words, after)):
        return True
    if after in figure_words("gangs"):
        return True
    if group.form == "resident" and not figure_words("once_there").isdisjoint(words):
        return True
    band = _word_of(doc, group, "people", "group")
    # "El cártel de Sinaloa" is at home where its men are; "the Balkan Cartel" is of no country.
    gang = group.head == "group" or (
        group.form == "resident" and band >= 0 and _word_of(doc, group, "foreign") >= 0
    )
    if not gang or not figure_words("crews").isdisjoint(words):
        return False
    # "Seis bandas mexicanas" are six gangs, "una banda de ocho colombianos" eight people.
    return (group.count or 1) == 1 or (band >= 0 and _is_counted_before(doc, group, band))


def _noun_after(doc: Document, group: Group) -> str:
    """The word behind a phrase that ends with the people's name: "their Mexican colleagues"."""
    word = group.last + 1
    if doc.article.language not in GERMANIC or word >= len(doc.words):
        return ""
    return doc.words[word] if doc.text[doc.ends[group.last] : doc.starts[word]] == " " else ""


def _word_of(doc: Document, group: Group, section: str, key: str = "") -> int:
    """The first word of a phrase with a label of this section, and of this key where one is given; or -1."""
    for word in range(group.first, group.last + 1):
        for m in doc.at_word.get(word, ()):
            if m.label.section == section and key in ("", m.label.key):
                return word
    return -1


def _is_counted_before(doc: Document, group: Group, word: int) -> bool:
    """Whether the phrase's number stands before its ``word``."""
    return any(
        group.start <= n.start < doc.starts[word] and n.value == group.count and n.role in PEOPLE
        for n in doc.numbers
    )
