"""Counts by "all of them", and shares that are none.

"Four men, all of them Albanians"    → four
"eight in ten are foreigners"        → no count
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace

from pipeline.figures import OWN_COUNT, figure_words, shares_of_ten
from pipeline.groups import Group
from pipeline.measures.numbers import Number
from pipeline.mentions import Document
from pipeline.vocabulary import UNKNOWN_COUNTRY

ALL_REACH = 4  # words between "all of them" and the nationality
ALL_BACK = 14  # words between a number and "all of them"
MOST_OF_A_CASE = 60  # a case has no more people than this
TALLY_REACH = 24  # words between the people of a tally and its number
LONGEST_LIST = 60  # names of one list
LIST_REACH = 4  # words between two names of one list
SHARING = frozenset({"noun", "noun+person", "person+noun", "citizen of", "home", "loose", "headless"})
GLOSS = 16  # characters between a share and the number that says it once more
PEOPLE_REACH = 4  # words from a number to the people that it counts
PEOPLE_KEYS = frozenset({"one", "many", "pair", "trio", "group", "mule", "prisoner", "national"})
RATIO_REACH = 6  # words between "four in ten" and the people


def counted(group: Group, number: Number) -> Group:
    """The phrase with a number as its own."""
    value = int(number.value or 0)
    return replace(group, count=value, bound=number.bound, counted_by="near", singular=value == 1)


def all_of_them(doc: Document, groups: list[Group], numbers: list[Number]) -> list[Group]:
    """ "Four men, all of them Albanians", "quatre hommes, tous de nationalité albanaise": they are four."""
    every, starts = figure_words("all_of"), [n.start for n in numbers]
    out = []
    for g in groups:
        low = doc.first_word[g.sentence]
        near = range(max(low, g.first - ALL_REACH), g.first + 1)
        word = next((w for w in reversed(near) if doc.words[w] in every), None)
        if word is None or g.form == "attribute" or (g.counted_by in OWN_COUNT and (g.count or 0) > 1):
            out.append(g)
            continue
        between = doc.text[doc.ends[word] : g.start]
        at = bisect_left(starts, doc.starts[word]) - 1
        number = numbers[at] if at >= 0 else None
        if (
            word - low <= 2
            and (g.count is None or g.counted_by == "form")
            and not any(c in between for c in ",;:.()")
        ):
            before = _told_before(doc, groups, g, numbers[max(at - LONGEST_LIST, 0) : at + 1])
            if before is not None:
                out.append(replace(counted(g, before), form="person+noun" if g.form == "loose" else g.form))
                continue
        if (
            number is not None
            and 1 < (number.value or 0) <= MOST_OF_A_CASE
            and low <= doc.word_at(number.start)
            and word - doc.word_at(number.start) <= ALL_BACK
            and not any(c in between for c in ",;:.()")
        ):
            g = replace(counted(g, number), form="person+noun" if g.form == "loose" else g.form)
        out.append(g)
    return out


def _told_before(doc: Document, groups: list[Group], group: Group, numbers: list[Number]) -> Number | None:
    """ "Nine crew were held. All are Ukrainians.": the number of people that the sentence before tells of,
    where it is the only one and nobody's nationality is with it."""
    former = group.sentence - 1
    if former < 0 or any(
        g.sentence == former
        and g.form in SHARING
        and g.nationality not in (UNKNOWN_COUNTRY, group.nationality)
        for g in groups
    ):
        return None
    high = doc.first_word[group.sentence]
    found = []
    for number in numbers:
        word = doc.word_at(max(number.end - 1, number.start))
        if doc.sentence_of[word] != former or not 1 < (number.value or 0) <= MOST_OF_A_CASE:
            continue
        near = range(word, min(word + PEOPLE_REACH, high))
        if any(
            m.label.section == "people" and m.label.key in PEOPLE_KEYS
            for w in near
            for m in doc.at_word.get(w, ())
        ):
            found.append(number)
    return found[0] if len({n.value for n in found}) == 1 else None


def tallied(doc: Document, groups: list[Group], numbers: list[Number]) -> list[Group]:
    """ "The number of Pakistanis beheaded since 2014 has reached 42": the number that a tally comes to."""
    tally, reaching = figure_words("tally"), figure_words("reaching")
    starts = [n.start for n in numbers]
    out = list(groups)
    for index, g in enumerate(groups):
        if g.form == "attribute" or not (g.count is None or g.counted_by == "form"):
            continue
        low, high = doc.first_word[g.sentence], doc.first_word[g.sentence + 1]
        if not any(w in tally for w in doc.words[max(low, g.first - 3) : g.last]):
            continue
        # "El número de paquistaníes": the noun is one, its people are many.
        out[index] = g = replace(g, count=None, singular=False, counted_by="the")
        at = bisect_left(starts, g.end)
        if at >= len(numbers) or (numbers[at].value or 0) < 2:
            continue
        word = doc.word_at(starts[at])
        later = groups[index + 1].first if index + 1 < len(groups) else high
        between = doc.text[g.end : starts[at]]
        if (
            word < min(high, g.last + TALLY_REACH)
            and word < later
            and doc.words[word - 1] in reaching
            and not any(w in tally for w in doc.words[g.last + 1 : word])
            and not any(c in between for c in ";.:()")
        ):
            out[index] = counted(g, numbers[at])
    return out


def no_ratio(doc: Document, groups: list[Group]) -> list[Group]:
    """ "Eight in ten are foreigners", "dos de cada diez connacionales": shares, which count nobody."""
    ratio = sorted(doc.word_at(at) for at in shares_of_ten(doc))
    if not ratio:
        return groups
    out, starts = [], {n.start for n in doc.numbers}
    for g in groups:
        at = bisect_left(ratio, g.last + 1) - 1
        last = ratio[at] if at >= 0 else -1
        own = g.counted_by == "near" and g.first > last and g.start in starts  # "of the 92 foreigners"
        if own:
            out.append(g)
            continue
        if g.form != "attribute" and last >= doc.first_word[g.sentence] and g.first - last <= RATIO_REACH:
            g = replace(g, count=None, counted_by="none", singular=False)
        out.append(g)
    return out


def _goes_on(doc: Document, former: Group, group: Group, *, articles: bool = False) -> bool:
    """Whether only commas, "and" and prepositions stand between two names of one list; with ``articles``
    the names may have one."""
    if group.sentence != former.sentence or not former.last < group.first <= former.last + LIST_REACH:
        return False
    joints = figure_words("and") | figure_words("outside") | figure_words("inside")
    between = doc.text[former.end : group.start]
    if not articles and group.counted_by == "the":
        return False
    return all(w in joints for w in doc.words[former.last + 1 : group.first]) and not any(
        c in between for c in ";:.()"
    )


def _papers_behind(doc: Document, lead: Group) -> bool:
    """ "Four men of Bulgarian, Iraqi and French nationality": where adjectives stand before their noun."""
    high = min(doc.first_word[lead.sentence + 1], lead.last + 2 * LONGEST_LIST)
    for word in range(lead.last + 1, high):
        if doc.words[word] in figure_words("papers"):
            return word > lead.last + 1
        sections = {m.label.section for m in doc.at_word.get(word, ())}
        if "nationality" not in sections and doc.words[word] not in figure_words("and"):
            return False
    return False


def shared(doc: Document, groups: list[Group]) -> list[Group]:
    """ "Fourteen people, Chileans and Peruvians", "four men from Bulgaria, Iraq and France": one number for
    several nationalities says of none how many they are, unless there are as many as nationalities."""
    out = list(groups)
    named = [i for i, g in enumerate(groups) if g.form in SHARING and g.nationality != UNKNOWN_COUNTRY]
    at = 0
    while at < len(named):
        lead, members = groups[named[at]], [named[at]]
        before = doc.words[max(lead.first - 2, doc.first_word[lead.sentence]) : lead.last + 1]
        papers = any(w in figure_words("papers") for w in before) or _papers_behind(doc, lead)
        for index in named[at + 1 : at + LONGEST_LIST]:
            g, former = groups[index], groups[members[-1]]
            free = g.counted_by in ("none", "copula") or (g.counted_by == "form" and papers)
            own = g.counted_by == "copula" and g.count != lead.count
            if (
                not free
                or own
                or g.nationality == lead.nationality
                or (g.singular and not papers)
                or not _goes_on(doc, former, g)
            ):
                break
            members.append(index)
        last = groups[members[-1]]
        former = groups[members[-2]] if len(members) > 1 else last
        joined = any(w in figure_words("and") for w in doc.words[former.last + 1 : last.first])
        many = lead.counted_by in ("near", "copula") and (lead.count or 0) > 1
        if papers and lead.counted_by == "form":  # "de nacionalidades búlgara e iraquí"
            many = len(before) > 1 and before[-2] in figure_words("nationalities")
        if joined and many and not any(w in figure_words("each") for w in before):
            one = lead.counted_by == "near" and lead.count == len({groups[i].nationality for i in members})
            for index in members:
                out[index] = replace(
                    groups[index],
                    count=1 if one else None,
                    counted_by="copula" if one else "none",
                    singular=one,
                )
        at += len(members)
    return out


def _row(doc: Document, numbers: list[Number], at: int, size: int) -> list[Number]:
    """``size`` numbers from ``at`` on between which only commas and "and" stand; fewer where not."""
    row = numbers[at : at + 1]
    for number in numbers[at + 1 : at + size]:
        first, last = doc.word_at(row[-1].end - 1) + 1, doc.word_at(number.start)
        between = doc.text[row[-1].end : number.start]
        if not all(w in figure_words("and") for w in doc.words[first:last]) or between.strip(
            " ,\u00a0"
        ).count(","):
            break
        if any(c in between for c in ";:.()\n"):
            break
        row.append(number)
    return row


def respectively(doc: Document, groups: list[Group], numbers: list[Number]) -> list[Group]:
    """ "Los dominicanos y los mexicanos, 96 y 94": as many numbers behind a list as it has names."""
    starts = [n.start for n in numbers]
    out = list(groups)
    named = [i for i, g in enumerate(groups) if g.form in SHARING]
    at = 0
    while at < len(named):
        members = [named[at]]
        for index in named[at + 1 : at + LONGEST_LIST]:
            if not _goes_on(doc, groups[members[-1]], groups[index], articles=True):
                break
            members.append(index)
        at += len(members)
        last = groups[members[-1]]
        first = bisect_left(starts, last.end)
        if len(members) < 2 or first >= len(numbers) or any(groups[i].singular for i in members):
            continue
        gap = doc.text[last.end : starts[first]]
        between = doc.words[last.last + 1 : doc.word_at(starts[first])]
        row = _row(doc, numbers, first, len(members) + 1)
        if (
            len(row) == len(members)
            and (gap.strip() in (",", ":", "(", ", :") or between)
            and all(w in figure_words("company") for w in between)
            and not any(c in gap for c in ";.\n")
        ):
            for index, number in zip(members, row, strict=True):
                out[index] = counted(groups[index], number)
    return out


def glossed(doc: Document, groups: list[Group], numbers: list[Number]) -> list[Group]:
    """ "Nigerians make up 22 per cent, or 119": the number says the share once more, in people."""
    out = list(groups)
    ends, begins = [s.end for s in doc.shares], [g.start for g in groups]
    for number in numbers:
        at = bisect_right(ends, number.start) - 1
        share = doc.shares[at] if at >= 0 and number.start - ends[at] <= GLOSS else None
        word = doc.word_at(number.start)
        if share is None or word == 0 or doc.words[word - 1] not in figure_words("that_is"):
            continue
        first, low = doc.word_at(share.start), bisect_right(begins, share.start) - 1
        while low >= 0 and out[low].form == "attribute":
            low -= 1
        if low < 0 or out[low].counted_by in ("near", "article"):
            continue
        g = out[low]
        between = doc.text[g.end : share.start]
        if (
            g.sentence != doc.sentence_at(number.start)
            or not 0 < first - g.last <= ALL_BACK
            or any(c in between for c in ";:.")
        ):
            continue
        out[low] = replace(counted(g, number), counted_by="copula")
        for later in range(low + 1, min(low + 4, len(out))):
            g = out[later]
            if g.counted_by == "copula" and g.count == number.value and 0 < g.start - number.end <= GLOSS:
                out[later] = replace(g, count=None, counted_by="none")
    return out
