"""Phrases that name a people and nobody of it who could be in hand.

"of Indian origin", "libanesischer Herkunft"   an origin, in languages where that is no nationality
"la mafia japonesa", "seis bandas mexicanas"   organisations
"nossos colegas mexicanos"                     officials of another state
"Mexican marines seized a boat"                those who act for a state, nobody having counted them
"the Afghanistan veteran"                      somebody who was there once
"where 4,000 Nigerians live"                   a people of the place, in a sentence without custody
"for Afghan dealers"                           who sent, paid or sold (pipeline/bystanders.py)

A nationality that is named only so is nobody's in the article.
"""

from __future__ import annotations

from pipeline.figure_words import figure_words
from pipeline.group import Group
from pipeline.mentions import PEOPLE, Document

LIVING_BEFORE, LIVING_AFTER = 4, 2  # words from "live" to the people, and from them to "live"
GERMANIC = frozenset({"en", "de", "nl"})  # languages whose adjectives stand before their nouns


def is_nobody(doc: Document, group: Group, links: dict[str, float]) -> bool:
    """Whether nobody whom the phrase names could be in hand."""
    if group.form == "origin" or links.get("behind it all"):
        return True
    words, after = doc.words[group.first : group.last + 1], _noun_after(doc, group)
    if any(word.startswith(tuple(figure_words("colleagues"))) for word in (*words, after)):
        return True
    if after in figure_words("gangs") or _lives_there(doc, group) or _acts(doc, group, after):
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


def _acts(doc: Document, group: Group, after: str) -> bool:
    """ "Mexican marines seized", "expertos mexicanos": several who act for a state, nobody having counted
    them. "Two American soldiers" may well be in hand."""
    if group.singular or group.count is not None:
        return False
    before = group.first - 1
    if not figure_words("no_more").isdisjoint(doc.words[max(before - 1, 0) : group.last + 2]):
        return False  # "ex soldados estadounidenses" are nobody's agents
    near = {*doc.words[group.first : group.last + 1], after}
    if doc.article.language not in GERMANIC and before >= doc.first_word[group.sentence]:
        near.add(doc.words[before])
    return not figure_words("officials").isdisjoint(near)


def _lives_there(doc: Document, group: Group) -> bool:
    """ "Onde vivem famílias angolanas", "In der Stadt leben 4000 Nigerianer", "foreigners living here"."""
    if group.singular or (group.count or 2) == 1 or group.head == "prisoner":
        return False
    low, high = doc.first_word[group.sentence], doc.first_word[group.sentence + 1]
    before = range(max(low, group.first - LIVING_BEFORE), group.first)
    after = range(group.last + 1, min(group.last + 1 + LIVING_AFTER, high))
    said = figure_words("living")
    if not any(doc.words[w] in said for w in (*before, *after)):
        return False
    return not any(
        m.label.section == "custody" or m.label.key == "prisoner" for m in doc.by_sentence[group.sentence]
    )


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
