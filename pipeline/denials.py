"""Nationalities that are denied: who lacks that of the country is a foreigner.

"228 are not Brazilians", "71 keinen Schweizer Pass"     → foreigners
"détenus non marocains", "41 presas nascidas fora do …"  → foreigners
"he is not a Mexican"                                    → nobody of that nationality
"no Dutchman is held there", "ni un solo mexicano"       → nobody at all
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from pipeline.groups import Group
from pipeline.mentions import PEOPLE, Document
from pipeline.peoples import people_words
from pipeline.vocabulary import UNKNOWN_COUNTRY

REACH = 5  # words between the denial and the people's name
NUMBER_REACH = 7  # words between a number and the denial
STOPS = frozenset(",;:.()\n")
OWN_FORMS = frozenset({"foreign", "compatriot", "region", "resident", "origin"})  # what nobody denies so
EVEN = frozenset({"ni", "nem", "neppure", "nemmeno", "neanche"})  # "not even", before one of them
ONE = frozenset({"un", "una", "uno", "um", "uma"})
SINGLE = frozenset(["single", "solo", "sola", "unico", "unica", "so", "seul", "seule", "einzige", "einziger"])
"""What may stand between "one" and the people: "not a single Briton". Without it they are "only"."""
PERSONS = frozenset({"one", "many", "prisoner", "national", "mule"})


def settle_denials(doc: Document, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Make foreigners of several people who lack a nationality, and drop what is denied of one."""
    words = people_words(doc.article.language)
    numbers = [number.start for number in doc.numbers]
    out = []
    for group in groups:
        at = -1 if group.form in OWN_FORMS or group.form.startswith("number") else _denial(doc, group)
        if at < 0 and not _born_outside(doc, group):
            out.append(group)
            continue
        if at >= 0 and group.form != "attribute" and doc.words[at] in words.none | EVEN:
            continue
        first = min(at, group.first) if at >= 0 else group.first
        denied = _foreigners(doc, group, first, numbers)
        if denied is not None:
            out.append(denied)
        elif group.form == "attribute" and at >= 0:
            out.append(group)  # "it is not the Swiss police": still a sign of the country
    return tuple(out)


def _apart(doc: Document, left: int, right: int) -> bool:
    return any(c in STOPS for c in doc.text[doc.ends[left] : doc.starts[right]])


def _denial(doc: Document, group: Group) -> int:
    """The word that denies the phrase's nationality, or -1."""
    words = people_words(doc.article.language)
    low = doc.first_word[group.sentence]
    if doc.words[group.first] in words.none:
        return group.first  # "no Dutchman": the phrase begins with it
    inside = [w for w in range(group.last, group.first, -1) if doc.words[w] in words.lacking]
    if inside:
        # "Détenus non marocains": the denial stands inside the phrase, right before the people's name.
        after = doc.at_word.get(inside[0] + 1, ())
        return inside[0] if any(m.label.code == group.nationality for m in after) else -1
    for at in range(group.first - 1, max(low, group.first - 1 - REACH) - 1, -1):
        if _apart(doc, at, at + 1):
            return -1
        if doc.words[at] in words.lacking or doc.words[at] in words.none:
            return at
        if doc.words[at] in EVEN and doc.words[at + 1] in ONE:
            return at
        single = doc.words[at] in SINGLE and at > low and doc.words[at - 1] in words.having
        if doc.words[at] not in words.having and not single:
            return -1
    return -1


def _born_outside(doc: Document, group: Group) -> bool:
    """Whether the phrase says that its people were born outside its country."""
    if group.form not in ("citizen of", "home", "headless"):
        return False
    words = people_words(doc.article.language)
    said = doc.words[group.first : group.last + 1]
    return any(w in words.outside for w in said) and any(w in words.born for w in said)


def _foreigners(doc: Document, group: Group, first: int, numbers: list[int]) -> Group | None:
    """The phrase as one of foreigners; None where it speaks of one person or of nobody at all."""
    count = (
        group.count
        if group.counted_by in ("near", "copula")
        else _number(doc, first, group.sentence, numbers)
    )
    if count == 1:
        return None
    low = doc.first_word[group.sentence]
    person = group.head in ("person", "prisoner", "mule") or any(
        m.label.section == "people" and m.label.key in PERSONS and m.last == first - 1
        for w in range(max(low, first - 2), first)
        for m in doc.at_word.get(w, ())
    )
    if count is None and (not person or group.singular):
        return None
    return replace(
        group, nationality=UNKNOWN_COUNTRY, count=count,
        counted_by="near" if count else "none", singular=False, form="foreign",
        head="prisoner" if group.head == "prisoner" else "none", first=first, start=doc.starts[first],
    )  # fmt: skip


def _number(doc: Document, first: int, sentence: int, numbers: list[int]) -> int | None:
    """The number of those who lack it: right before the denial, or before their noun."""
    low = doc.first_word[sentence]
    at = bisect_left(numbers, doc.starts[first]) - 1
    if at < 0:
        return None
    number = doc.numbers[at]
    word = doc.word_at(max(number.end - 1, number.start))
    between = doc.text[number.end : doc.starts[first]]
    if word < max(low, first - NUMBER_REACH) or any(c in between for c in ";:.()"):
        return None
    if number.role not in PEOPLE or number.value is None or number.value < 2:
        return None
    return int(number.value)
