"""Counts that a phrase itself does not hold: behind it, shared by a list, or plain from its form.

"españoles (49), mexicanos (19)"     → the phrases get the counts behind them
"Italiens et Turcs, 190 chacun"      → both get 190
"34 other foreigners"                → 34
"le Français", "der Niederländer"    → one
"sus compatriotas"                   → of the nationality last spoken of, where the outlet's own is not meant
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from pipeline.behind import BEHIND, as_people, behind, is_plural, take_back
from pipeline.figures import CLOSE, OWN_COUNT, counts_people, figure_words
from pipeline.groups import Group
from pipeline.measures.numbers import Number
from pipeline.mentions import Document
from pipeline.no_people import excepted, listed_shares
from pipeline.quantifiers import all_of_them, counted, glossed, no_ratio, respectively, shared, tallied
from pipeline.rosters import settle_rosters
from pipeline.vocabulary import UNKNOWN_COUNTRY

CLAIM = 40  # characters within which a phrase has a number of the same value already
WITH_REACH = 75  # characters between a phrase and the number that it comes with
VERB_REACH = 7  # words between a phrase and the verb that says how many they are


def settle_counts(doc: Document, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The same phrases with the counts and nationalities that their surroundings give them."""
    percents, but = listed_shares(doc), excepted(doc)
    numbers = [n for n in doc.numbers if counts_people(n) and n.start not in percents | but]
    out = [_without_these(g, but) for g in _compatriots(doc, groups)]
    out = [_by_form(doc, g) for g in out]
    out = _before(doc, out, numbers)
    out = behind(doc, out, numbers)
    out = respectively(doc, out, numbers)
    out = _after_verb(doc, out, numbers)
    out = _with_number(doc, out, numbers)
    out = all_of_them(doc, out, numbers)
    out = shared(doc, out)
    out = tallied(doc, glossed(doc, out, numbers), numbers)
    out = no_ratio(doc, out)
    return tuple(settle_rosters(doc, _share_each(doc, out)))


def _without_these(group: Group, but: frozenset[int]) -> Group:
    """ "All but four of them are foreigners": how many those are is not said."""
    left_out = group.counted_by == "near" and group.start in but
    return replace(group, count=None, counted_by="none", singular=False) if left_out else group


def _compatriots(doc: Document, groups: tuple[Group, ...]) -> list[Group]:
    """Compatriots are of the outlet's country only where nobody else is spoken of."""
    named = [
        g
        for g in groups
        if g.form not in ("compatriot", "attribute", "home", "region") and g.nationality != UNKNOWN_COUNTRY
    ]
    known = {id(g) for g in named}
    said = {g.nationality for g in named}
    if not named or all(g.form != "compatriot" for g in groups):
        return list(groups)
    out = []
    last = ""
    for g in groups:
        if id(g) in known:
            last = g.nationality
        if g.form == "compatriot" and g.nationality not in said:
            times = {n: sum(o.nationality == n for o in named) for n in said}
            g = replace(g, nationality=last or max(sorted(times), key=lambda n: times[n]))
        out.append(g)
    return out


def _by_form(doc: Document, group: Group) -> Group:
    """ "Le Français": an article that only one person can have."""
    if (
        group.counted_by == "the"
        and group.count is None
        and doc.words[group.first] in figure_words("the_one")
        and not is_plural(doc, group)
    ):
        return replace(group, count=1, counted_by="form", singular=True)
    return group


def _before(doc: Document, groups: list[Group], numbers: list[Number]) -> list[Group]:
    """ "34 other foreigners": the number stands one word before the phrase."""
    ends = {doc.word_at(max(n.end - 1, n.start)): n for n in numbers}
    other = figure_words("other")
    out = []
    for g in groups:
        uncounted = g.counted_by in ("the", "none") and g.count is None and not g.singular
        lent = g.counted_by == "article" and doc.words[g.first] in other  # Dutch "andere", Spanish "otros"
        if g.form != "attribute" and g.first and (uncounted or lent):
            number = ends.get(g.first - 1)
            if number is None and doc.words[g.first - 1] in other:
                number = ends.get(g.first - 2)
            if number is not None and doc.sentence_at(number.start) == g.sentence and number.start < g.start:
                between = doc.text[number.end : g.start]
                if not any(c in between for c in ",.;:()\n"):
                    g = replace(counted(g, number), first=doc.word_at(number.start), start=number.start)
        out.append(g)
    return out


def _after_verb(doc: Document, groups: list[Group], numbers: list[Number]) -> list[Group]:
    """ "Los colombianos presos allí son 163", "foreigners account for 541 of the 1,266": the number stands
    behind the verb of its people."""
    starts = [n.start for n in numbers]
    taken = {
        n.start
        for g in groups
        if g.count is not None
        for n in numbers[bisect_left(starts, g.start - CLAIM) : bisect_left(starts, g.start + CLAIM)]
        if n.value == g.count
    }
    out = list(groups)
    for index, g in enumerate(groups):
        if g.form == "attribute" or g.count is not None or g.singular:
            continue
        following = next(
            (o.first for o in groups[index + 1 : index + 4] if not o.singular and o.form != "attribute"),
            len(doc.words),
        )
        end = min(g.last + VERB_REACH, doc.first_word[g.sentence + 1] - 1, following - 1)
        verbs = [w for w in range(g.last + 1, end + 1) if doc.words[w] in figure_words("be")]
        # "The Spaniards, who once were 120, are now 44": what stands between commas is of another time.
        verb = next((w for w in verbs if doc.text[g.end : doc.starts[w]].count(",") != 1), None)
        if verb is None:
            continue
        gap = doc.text[g.end : doc.starts[verb]]
        at = bisect_left(starts, doc.ends[verb])
        number = numbers[at] if at < len(numbers) and doc.word_at(starts[at]) - verb <= 4 else None
        if (
            number is None
            or (number.start in taken and not _is_lent(groups, index, number))
            or any(c in gap for c in ";:\n")
            or gap.count(",") == 1
        ):
            continue
        word = doc.word_at(max(number.end - 1, number.start))
        tail = doc.text[number.end : number.end + 2].strip()
        stops = tail[:1] in (",", ".", ";", ":", "(") or not tail
        then = doc.words[word + 1] if word + 1 < len(doc.words) else ""
        parts = then in figure_words("outside") | figure_words("of_a_whole") or then in (
            "y",
            "and",
            "e",
            "und",
            "et",
            "en",
        )
        if (stops or parts) and doc.sentence_at(number.start) == g.sentence and (number.value or 0) > 1:
            out[index] = replace(as_people(counted(g, number)), counted_by="copula")
            take_back(out, index, number)
    return out


def _is_lent(groups: list[Group], index: int, number: Number) -> bool:
    """Whether a number was only lent to a phrase further on in the sentence."""
    return any(
        g.counted_by == "copula" and g.count == number.value and g.start > number.start
        for g in groups[index + 1 : index + 3]
    )


def _with_number(doc: Document, groups: list[Group], numbers: list[Number]) -> list[Group]:
    """ "Les Yéménites constituent le groupe le plus touché, avec 37 suppliciés": "with" says how many."""
    starts = [n.start for n in numbers]
    spots = sorted(p.start for p in doc.places if p.kind == "country")
    out = list(groups)
    for index, g in enumerate(groups):
        if g.form == "attribute" or g.count is not None or g.singular:
            continue
        at = bisect_left(starts, g.end)
        if at >= len(numbers) or starts[at] - g.end > WITH_REACH:
            continue
        number = numbers[at]
        between = doc.text[g.end : number.start]
        other = any(g.end <= o.start < number.start for o in groups[index + 1 : index + 4])
        place = bisect_left(spots, g.end) < bisect_left(spots, number.start)
        if (
            other
            or place
            or any(c in between for c in ".;:\n")
            or doc.sentence_at(number.start) != g.sentence
        ):
            continue
        before = doc.words[doc.word_at(number.start) - 1]
        opened = between.rstrip(" ").endswith("(")
        if (opened or before in figure_words("company")) and not _is_claimed(
            groups[max(index - 2, 0) : index + 6], number
        ):
            out[index] = as_people(counted(g, number))
            take_back(out, index, number)
    return out


def _is_claimed(groups: list[Group], number: Number) -> bool:
    return any(
        g.counted_by == "near" and g.count == number.value and g.start - 30 <= number.start < g.end + BEHIND
        for g in groups
    )


def _share_each(doc: Document, groups: list[Group]) -> list[Group]:
    """ "two each from Pakistan, Poland and Georgia": the later names of the list have the count too."""
    each = figure_words("each")
    for index in range(1, len(groups)):
        former, group = groups[index - 1], groups[index]
        if (
            group.counted_by not in OWN_COUNT
            and former.counted_by in OWN_COUNT
            and former.sentence == group.sentence
            and 0 < group.first - former.last <= CLOSE
            and any(w in each for w in doc.words[max(former.first - 3, 0) : former.last + 1])
        ):
            groups[index] = replace(
                group, count=former.count, bound=former.bound, counted_by="near", singular=former.singular
            )
    return groups
