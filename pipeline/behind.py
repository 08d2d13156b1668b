"""Counts right behind a phrase: "españoles (49)", "Polen, 412,", "Suisses et Turcs, 190 chacun"."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from pipeline.figures import CLOSE, OWN_COUNT, figure_words
from pipeline.fold import fold
from pipeline.groups import Group
from pipeline.measures.numbers import Number
from pipeline.mentions import Document
from pipeline.quantifiers import counted

PEOPLES = frozenset({"nationality", "foreign"})  # sections of the names of peoples
PLURALS = frozenset({"many", "regions_many", "compatriot_many"})
SINGULARS = frozenset({"one", "regions_one", "compatriot_one"})
NEXT_OF_LIST = 16  # characters between a number and the next name of a list of figures
BEHIND = 16  # characters between a phrase and the number behind it
ALTOGETHER = frozenset({"deles", "delas", "davon", "insgesamt", "zusammen", "altogether"})
OF_THEM = frozenset(
    {
        ("of", "them"), ("in", "all"), ("in", "total"), ("de", "ellos"), ("de", "ellas"), ("en", "total"),
        ("no", "total"), ("ao", "todo"), ("d", "entre"), ("au", "total"), ("en", "tout"), ("di", "loro"),
        ("in", "tutto"), ("in", "totale"),
        ("von", "ihnen"), ("van", "hen"), ("in", "totaal"), ("bij", "elkaar"),
    }
)  # fmt: skip
"""What follows a number that stands behind its people between commas."""
YOUNGEST, OLDEST = 14, 90  # years


def _is_behind(doc: Document, gap: str, number: Number) -> bool:
    """Whether a number after ``gap`` belongs to the phrase before the gap."""
    tail = doc.text[number.end : number.end + 24]
    bare = gap.strip(" \u00a0")
    if bare in ("(", "[", ":", "–", "—", "-", "=", ": (", ", ("):
        return True
    words = bare.strip(",").split()
    if (
        words
        and len(words) <= 2
        and fold(words[-1]) in figure_words("with")
        and not any(c in bare for c in ".;:()")
    ):
        then = fold(tail).replace(",", " ").replace(".", " ").split()[:1]
        return (
            not tail
            or (tail[:1] in ",.;) \n" and (tail.lstrip(" ")[:1] in ",.;)\n" or not then))
            or (bool(then) and any(then[0] in figure_words(key) for key in ("totals", "sex", "cases")))
        )
    if bare == "":  # "gli albanesi 91, i peruviani 20"
        return tail[:1] in (",", ";", ".", ")") or fold(tail).split()[:1] in (
            ["e"],
            ["y"],
            ["und"],
            ["and"],
            ["et"],
            ["en"],
        )
    if bare != ",":
        return False
    said = fold(tail).replace(",", " ").replace(".", " ").replace("'", " ").split()
    whole = said[:1] and (said[0] in ALTOGETHER or tuple(said[:2]) in OF_THEM)  # "Nigerians, 92 of them,"
    return bool(whole) or not tail.strip() or tail.lstrip(" ")[:1] in (",", ".", ";", "\n")


def as_people(group: Group) -> Group:
    """A name that has a number behind it ("Vietnamese came next with 440") is one of people."""
    return replace(group, form="noun") if group.form == "loose" else group


def _is_age(doc: Document, groups: list[Group], index: int, number: Number) -> bool:
    """ "He was Vietnamese, 44, and had": a number between commas behind a form that is one and many."""
    group = groups[index]
    if not YOUNGEST <= (number.value or 0) <= OLDEST or doc.text[group.end : number.start].strip() != ",":
        return False
    keys = {
        m.label.key
        for w in range(group.first, group.last + 1)
        for m in doc.at_word.get(w, ())
        if m.label.section in PEOPLES
    }
    following = groups[index + 1] if index + 1 < len(groups) else None
    listed = following is not None and following.start - number.end <= NEXT_OF_LIST
    return bool(keys & SINGULARS) and not listed and doc.text[number.end : number.end + 1] in (",", ".")


def behind(doc: Document, groups: list[Group], numbers: list[Number]) -> list[Group]:
    """Give phrases the number that stands right behind them, and take it from those it was lent to."""
    starts = [n.start for n in numbers]
    begins = [g.start for g in groups]
    out = list(groups)
    for index, group in enumerate(groups):
        if group.form == "attribute" or (group.counted_by in ("near", "list") and group.count is not None):
            continue
        at = bisect_left(starts, group.end)
        if at >= len(numbers) or starts[at] - group.end > BEHIND:
            continue
        number = numbers[at]
        after = bisect_left(begins, group.end)
        if after < len(groups) and groups[after].start < number.start:
            continue
        gap = doc.text[group.end : number.start]
        if "\n" in gap or doc.sentence_at(number.start) != group.sentence:
            continue
        each = fold(doc.text[number.end : number.end + 12]).split()[:1]
        distributes = bool(each) and each[0].strip(",.;") in figure_words("each")
        if group.singular and not distributes and (number.value or 0) > 1:
            continue
        if not distributes and not _is_behind(doc, gap, number):
            continue
        if _is_age(doc, groups, index, number):
            out[index] = replace(group, count=1, counted_by="form", singular=True)
            continue
        out[index] = as_people(counted(group, number))
        take_back(out, index, number)
        if distributes:
            _lend_back(out, index, number)
    return out


def take_back(groups: list[Group], index: int, number: Number) -> None:
    for later in range(index + 1, min(index + 3, len(groups))):
        g = groups[later]
        if g.counted_by == "copula" and g.count == number.value and g.sentence == groups[index].sentence:
            groups[later] = replace(g, count=None, counted_by="none")


def _lend_back(groups: list[Group], index: int, number: Number) -> None:
    """ "Italiens et Turcs, 190 chacun": the names before it in the list have the number too."""
    reach = index
    for earlier in range(index - 1, -1, -1):
        former = groups[earlier]
        if (
            former.sentence != groups[index].sentence
            or groups[reach].first - former.last > CLOSE
            or former.counted_by in OWN_COUNT
        ):
            break
        groups[earlier] = counted(former, number)
        reach = earlier


def is_plural(doc: Document, group: Group) -> bool:
    """Whether the words of a phrase behind its article are those of several: "o dobro de brasileiros",
    "la mayoría de presos", "60 Prozent der Deutschen", "a Nigerian gang"."""
    if doc.article.language == "de" and doc.words[group.first] == "der":
        return doc.words[group.last if group.form == "noun" else group.first + 1].endswith("en")
    words = range(group.first, group.last + 1)
    keys = {m.label.key for w in words for m in doc.at_word.get(w, ()) if m.label.section in PEOPLES}
    if keys & PLURALS and not keys & SINGULARS:
        return True
    return any(
        m.label.section == "people" and m.label.key == "group" for w in words for m in doc.at_word.get(w, ())
    )
