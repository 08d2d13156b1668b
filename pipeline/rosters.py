"""People who are counted by being listed: names, ages, couples.

"los ecuatorianos Ana Paz, Luis Mora y Juan Rey"    → three names
"un 25enne e un 24enne, tunisini"                    → two ages
"un couple de Brésiliens"                            → two
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.figures import figure_words
from pipeline.groups import Group
from pipeline.measures.numbers import Number
from pipeline.mentions import PEOPLE, Document

TAIL = 200  # characters behind a phrase in which its names are listed
JOINTS = (" y ", " e ", " and ", " et ", " und ", " en ")
COUPLE = {"pair": 2, "trio": 3}
OF_TWO = 2  # "a Dutch mother and daughter": such a pair goes on behind the phrase
PAIR_REACH = 8  # words from the start of such a pair to its nationality
PAIR_GAP = 4  # words from its end to it: ", de nationalité serbe"
AGE_WORDS = 4  # of "34-year-old"
NOUNS = frozenset({"one", "many", "pair", "trio", "prisoner", "mule", "national"})
MOST_COUPLES = 5
MOST_OF_BOTH = 60  # men and women of one case
YOUNGEST, OLDEST = 14, 95


def names_after(doc: Document, group: Group) -> int:
    """How many capitalised names follow a phrase as a list; names themselves are not kept."""
    tail = doc.text[group.end : group.end + TAIL]
    stop = min((at for at in (tail.find(mark) for mark in ".;:\n(") if at >= 0), default=len(tail))
    listed = tail[:stop]
    for joint in JOINTS:
        listed = listed.replace(joint, ",")
    names = 0
    for part in listed.split(","):
        words = part.split()
        # A headline in capitals lists nobody.
        if not (2 <= len(words) <= 5 and all(w[0].isupper() or len(w) <= 3 for w in words)) or all(
            w.isupper() for w in words
        ):
            break
        names += 1
    return names


def ages_beside(doc: Document, group: Group) -> int:
    """How many ages the sentence of a phrase tells."""
    segment = doc.article.segments[group.sentence]
    return sum(n.role == "age" and segment.start <= n.start < segment.end for n in doc.numbers)


def _couples(doc: Document, group: Group) -> Group:
    """ "dos parejas de mexicanos": two couples are four people."""
    for number in doc.numbers:
        if number.start > group.end:
            break
        if number.start < group.start or not number.value or not 2 <= number.value <= MOST_COUPLES:
            continue
        after = doc.word_at(number.end - 1) + 1
        if after <= group.last and doc.words[after] in figure_words("couples"):
            return replace(group, count=2 * int(number.value))
    return group


def _with_other_sex(doc: Document, group: Group, numbers: dict[int, Number]) -> Group:
    """ "Un uomo e due donne romene", "ein Mann und zwei Frauen aus Polen": together they are three."""
    low, word = doc.first_word[group.sentence], group.first - 1
    if (
        group.count is None
        or group.counted_by not in ("near", "article")
        or group.form not in ("person+noun", "home", "citizen of")
        or word - 2 < low
        or doc.words[word] not in figure_words("and")
        or doc.words[word - 1] not in figure_words("persons_by_sex")
        or not any(w in figure_words("persons_by_sex") for w in doc.words[group.first : group.last + 1])
    ):
        return group
    if doc.text[doc.ends[word - 2] : group.start].count(" ") != 3:
        return group
    number = numbers.get(word - 2)
    one = any(m.label.key == "articles_one" for m in doc.at_word.get(word - 2, ()))
    more = int(number.value or 0) if number is not None and number.role in PEOPLE else int(one)
    if not more or group.count + more > MOST_OF_BOTH:
        return group
    return replace(
        group,
        count=group.count + more,
        counted_by="near",
        singular=False,
        first=word - 2,
        start=doc.starts[word - 2],
    )


def _pair_before(doc: Document, group: Group) -> list[str]:
    """ "Un père et son fils, de nationalité serbe": the pair of whom a nationality is said behind a comma."""
    low = doc.first_word[group.sentence]
    return [
        m.label.key
        for word in range(max(low, group.first - PAIR_REACH), group.first)
        for m in doc.at_word.get(word, ())
        if m.label.section == "people" and m.label.key in COUPLE and 1 <= group.first - m.last <= PAIR_GAP
    ]


def _of_two_ages(doc: Document, group: Group) -> Group:
    """ "Ein 34-jähriger und ein 28-jähriger Marokkaner", "un 34enne e un 28enne marocchini": an age with an
    article of its own before "and" is another person of the same phrase."""
    low, word = doc.first_word[group.sentence], group.first - 1
    if group.count != 1 or group.counted_by != "article" or word - 2 < low:
        return group
    if doc.words[word] not in figure_words("and"):
        return group
    ages = {doc.word_at(n.start) for n in doc.numbers if n.role == "age" and n.start < group.start}
    for at in range(word - 1, max(low, word - AGE_WORDS) - 1, -1):
        labels = doc.at_word.get(at, ())
        if at in ages:
            if at == low or not any(m.label.key == "articles_one" for m in doc.at_word.get(at - 1, ())):
                return group
            first = at - 1
            return replace(
                group, count=2, counted_by="near", singular=False, first=first, start=doc.starts[first]
            )
        # "34-year-old" itself is one word for a person and no noun.
        if at - 1 not in ages and any(
            m.label.section in ("nationality", "foreign")
            or (m.label.section == "people" and m.label.key in NOUNS)
            for m in labels
        ):
            return group
    return group


def told_ages(doc: Document, groups: tuple[Group, ...]) -> frozenset[int]:
    """Where numbers begin that are ages though nothing near them says so.

    "A man of 70 from Hereford", "a youth worker, 43, from Leeds", "a welder, now 61, who": a number
    between commas counts people only behind a place or a phrase of many ("Angola, 229, and Peru, 12").
    """
    many = {g.last for g in groups if g.form != "attribute" and not g.singular}
    places = {doc.word_at(p.end - 1) for p in doc.places if p.kind == "country"}
    found = set()
    for number in doc.numbers:
        value = number.value
        word = doc.word_at(number.start)
        if value is None or not YOUNGEST <= value <= OLDEST:
            continue
        if not doc.text[number.start].isdigit():
            continue
        if not word or doc.sentence_of[word - 1] != doc.sentence_of[word]:
            continue
        ahead = doc.text[doc.ends[word - 1] : number.start].strip()
        behind = doc.text[number.end : number.end + 1]
        back = word - 1
        said = doc.words[back]
        if said in ("now", "then") and not ahead and behind in (",", ".", ";"):
            found.add(number.start)
        elif said == "of" and not ahead and doc.article.language == "en" and back:
            kinds = {m.label.key for m in doc.at_word.get(back - 1, ()) if m.label.section == "people"}
            if ("one" in kinds and "many" not in kinds) or any(
                g.last == back - 1 and g.singular for g in groups
            ):
                found.add(number.start)
        elif ahead == "," and behind in (",", ";"):
            kinds = {m.label.key for m in doc.at_word.get(back, ()) if m.label.section == "people"}
            if back not in many and back not in places and "many" not in kinds and "prisoner" not in kinds:
                found.add(number.start)
    return frozenset(found)


def settle_rosters(doc: Document, groups: list[Group]) -> list[Group]:
    """Phrases of many with the number of names that follow them, and couples that an article led."""
    out = []
    numbers = {doc.word_at(max(n.end - 1, n.start)): n for n in doc.numbers}
    for g in groups:
        g = _of_two_ages(doc, _with_other_sex(doc, g, numbers))
        if g.form != "attribute" and g.count is None and not g.singular:
            names = names_after(doc, g) or _told_before(doc, g)
            if names > 1:
                g = replace(g, count=names, counted_by="near")
        elif g.form != "attribute" and g.count == 1 and g.counted_by in ("article", "form"):
            inside = [
                m.label.key
                for word in range(g.first, g.last + 1)
                for m in doc.at_word.get(word, ())
                if m.label.section == "people"
                and m.label.key in COUPLE
                and (m.last <= g.last or m.last - m.first >= OF_TWO)
            ]
            if not inside and g.form == "citizen of" and g.counted_by == "form":
                inside = _pair_before(doc, g)
            if inside:
                g = replace(g, count=COUPLE[inside[0]], counted_by="near", singular=False)
        elif g.form != "attribute" and g.counted_by == "near":
            g = _couples(doc, g)
        out.append(g)
    return _without_parts(out)


def _told_before(doc: Document, group: Group) -> int:
    """ "Una madre y su hija, bolivianas", "the trio, Germans": how many stand before the comma, or 0."""
    at = group.first - 1
    if at < doc.first_word[group.sentence] or doc.text[doc.ends[at] : group.start].strip() != ",":
        return 0
    keys = (
        m.label.key
        for m in doc.by_sentence[group.sentence]
        if m.last == at and m.label.section == "people" and m.label.key in COUPLE
    )
    return max((COUPLE[key] for key in keys), default=0)


def _without_parts(groups: list[Group]) -> list[Group]:
    """ "Fifty men and five women from this country": the women of a sum are no phrase of their own."""
    sums = {(g.nationality, g.last): g for g in groups if g.form != "attribute" and (g.count or 0) > 1}
    out = []
    for g in groups:
        whole = sums.get((g.nationality, g.last))
        if whole is None or whole.first >= g.first or (g.count or 0) >= (whole.count or 0):
            out.append(g)
    return out
