"""Figures of an article: what a bare number may count.

    "Of these, 10 were nabbed in Indonesia" → a number with a country: signals for each way to read it

Whether a bare number is a figure of foreign detainees at all, and of which nationality, is weighed
by the model "figure" from the signals given here.
"""

from __future__ import annotations

from itertools import pairwise

from pipeline.fields.case import Reading
from pipeline.figure_words import figure_words as figure_words
from pipeline.fold import fold
from pipeline.groups import Group
from pipeline.measures.numbers import Number
from pipeline.mentions import PEOPLE, Document
from pipeline.signals import in_custody
from pipeline.vocabulary import UNKNOWN_COUNTRY
from pipeline.wholes import COUNTED, whole_signals

SHORT = 6  # words of a sentence that says little but a number: "Oggi ce ne sono ventisei."
ONE_IN = frozenset(
    {("in",), ("in", "every"), ("de", "cada"), ("em", "cada"), ("sur",), ("su",), ("op",), ("op", "de")}
)
LEAST_NOUN = 3  # letters that a noun of many has more than
CLOSE = 4  # words between two phrases of one list
OWN_COUNT = COUNTED


def counts_people(number: Number) -> bool:
    """Whether a number may count people: a whole one that measures nothing else."""
    return (
        number.role in PEOPLE
        and number.value is not None
        and number.value >= 1
        and number.value == int(number.value)
    )


def shares_of_ten(doc: Document) -> frozenset[int]:
    """Where the numbers of "nine out of ten", "nueve de cada diez" begin: they count nobody."""
    found: set[int] = set()
    for number in doc.numbers if "cada" in doc.words else ():
        word = doc.word_at(number.start)
        if word > 1 and doc.words[word - 1] == "cada" and doc.words[word - 2] in ("de", "em"):
            found.add(number.start)  # "um em cada 12", where "um" may be an article
    for one, other in pairwise(doc.numbers):
        if one.value is None or other.value is None or one.value >= other.value:
            continue
        between = fold(doc.text[one.end : other.start]).replace("'", " ").split()
        if one.value == 1 and other.value <= 100 and tuple(between) in ONE_IN:
            found |= {one.start, other.start}
        if other.value not in (2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 100):
            continue
        if 1 <= len(between) <= 3 and all(w in figure_words("ratio") for w in between):
            found |= {one.start, other.start}
    return frozenset(found)


def rulers(groups: tuple[Group, ...], sentence: int) -> tuple[str, ...]:
    """Whose people a bare number of a sentence may count: the last ones spoken of, those of the last
    figure, those most spoken of, and foreigners where any are."""
    named = [g for g in groups if g.form != "attribute" and not g.form.startswith("number")]
    if not named:
        return ()
    before = [g for g in named if g.sentence <= sentence]
    out = [before[-1].nationality if before else named[0].nationality]
    many = [g for g in before if not g.singular]
    out += [many[-1].nationality] if many else []
    times: dict[str, int] = {}
    for g in named:
        times[g.nationality] = times.get(g.nationality, 0) + (2 if not g.singular else 1)
    out.append(max(times, key=lambda n: times[n]))
    if UNKNOWN_COUNTRY in times:
        out.append(UNKNOWN_COUNTRY)
    return tuple(dict.fromkeys(out))


def _size(value: int) -> str:
    return (
        "1"
        if value == 1
        else "2-4"
        if value < 5
        else "5-19"
        if value < 20
        else "20-99"
        if value < 100
        else "100-999"
        if value < 1000
        else "1000+"
    )


def _is_noun(doc: Document, word: int) -> bool:
    """Whether the look of a word behind a number tells a noun of many from a verb: "two bases"."""
    said, language = doc.words[word], doc.article.language
    if any(said in figure_words(key) for key in ("totals", "sex", "cases")):
        return False
    if language == "de":
        return doc.text[doc.starts[word]].isupper()
    if language == "it":
        return said.endswith(("i", "e"))
    return said.endswith("s") and said not in figure_words("other") and len(said) > LEAST_NOUN


def _words_around(doc: Document, group: Group) -> dict[str, float]:
    """What the words before and after the number say."""
    out: dict[str, float] = {}
    low, high = doc.first_word[group.sentence], doc.first_word[group.sentence + 1]
    after = doc.words[group.last + 1 : min(group.last + 4, high)]
    before = doc.words[max(group.first - 4, low) : group.first]
    for key in ("sex", "cases", "things", "totals"):
        words = figure_words(key)
        out[f"then {key}"] = float(bool(after) and after[0] in words)
        out[f"soon {key}"] = float(any(w in words for w in after[1:]))
    out["after parts"] = float(any(w in figure_words("parts") for w in before))
    out["then parts"] = float(any(w in figure_words("parts") for w in after[:2]))
    for offset in range(1, 4):
        for m in doc.at_word.get(group.last + offset, ()):
            section, key = m.label.section, m.label.key
            if section in ("people", "custody", "drugs", "offence", "nationality", "foreign", "status"):
                out[f"then {section}" if offset == 1 else f"soon {section}"] = 1.0
                if section in ("people", "custody"):
                    out[f"soon {section} {key}"] = 1.0
    for m in doc.by_sentence[group.sentence]:
        if m.label.section in ("custody", "offence", "drugs") and 0 < group.first - m.last <= 5:
            out[f"behind {m.label.section}"] = 1.0
        if (
            m.label.section == "people"
            and m.label.key in ("prisoner", "mule")
            and 0 < group.first - m.last <= 5
        ):
            out["behind prisoners"] = 1.0
    verbs = figure_words("verbs")
    out["after a verb"] = float(any(w in verbs for w in before[-2:]))
    out["then a verb"] = float(any(w in verbs for w in after[:2]))
    gap = doc.text[group.end : doc.starts[group.last + 1]].strip(" \u00a0") if after else "."
    known = bool(doc.at_word.get(group.last + 1)) or (
        bool(after) and (after[0] in verbs or not after[0].isalpha())
    )
    out["then an unknown word"] = float(not gap and not known)
    out["then a noun of things"] = float(not gap and not known and _is_noun(doc, group.last + 1))
    tail = doc.text[group.end : group.end + 3].strip()
    out["then stop"] = float(tail[:1] in (",", ".", ";", ")", "(", ":") or not tail)
    head = doc.text[max(group.start - 2, 0) : group.start].strip()
    out["after bracket"] = float(head[-1:] == "(")
    out["at the start"] = float(group.first == low)
    return {name: value for name, value in out.items() if value}


def _share_of(reading: Reading, country: str) -> float:
    """How much of the article's evidence for places of custody speaks for a country."""
    weights = [
        (e.country, e.weight * (2.0 if e.link == "in" or e.kind in ("force", "authority") else 1.0))
        for e in reading.evidence
        if e.kind != "abroad"
    ]
    return sum(w for c, w in weights if c == country) / max(sum(w for _, w in weights), 1.0)


def _then_people(doc: Document, group: Group) -> bool:
    """ "Bulgarien mit sieben Festgenommenen", "Bolivia, con 555 presos": what one number of a list counts."""
    word = group.last + 1
    if word >= len(doc.words) or doc.sentence_of[word] != group.sentence:
        return False
    return any(m.label.section in ("people", "custody") for m in doc.at_word.get(word, ()))


def figure_signals(reading: Reading, index: int) -> dict[str, float]:
    """The signals of the question whether a bare number counts detainees of this nationality."""
    doc, group = reading.doc, reading.groups[index]
    s, form, value = group.sentence, group.form, group.count or 0
    here = reading.profiles[s]
    out: dict[str, float] = {"bias": 1.0, form: 1.0}
    about: dict[str, float] = dict(_words_around(doc, group))
    about[f"size {_size(value)}"] = 1.0
    about["custody here"] = float(in_custody(here))
    about["drug here"] = float(bool(here.drugs) or here.offence or "mule" in here.people)
    about["other crime here"] = float(here.other)
    for cue in here.figures:
        about[f"cue {cue}"] = 1.0
    about["percent here"] = float(
        any(x.start <= group.end + 60 and x.start >= group.start - 60 for x in doc.shares)
    )
    about["title"] = float(s == 0)
    about["short sentence"] = float(doc.first_word[s + 1] - doc.first_word[s] <= SHORT)
    about["weight here"] = float(here.quantity)
    about["age here"] = float(any(n.role == "age" and doc.sentence_at(n.start) == s for n in doc.numbers))
    dates = {d.kind for d in doc.dates if doc.sentence_at(d.start) == s}
    for kind in dates:
        about[f"date {kind}"] = 1.0
    near = [g for g in reading.groups if abs(g.sentence - s) <= 1 and g.form != "attribute"]
    named = [g for g in reading.groups if g.form != "attribute" and not g.form.startswith("number")]
    counted = [g for g in named if g.counted_by in OWN_COUNT and (g.count or 0) > 1]
    about["counted people here"] = min(sum(g.sentence == s for g in counted), 3) / 3
    about["counted people before"] = float(
        any(g.sentence in (s - 1, s) and g.start < group.start for g in counted)
    )
    about["smaller than the one before"] = float(
        any(g.sentence in (s - 1, s) and (g.count or 0) > value for g in counted)
    )
    about["numbers here"] = (
        min(len({g.start for g in near if g.sentence == s and g.form.startswith("number")}), 6) / 6
    )
    about["numbers near"] = min(len({g.start for g in near if g.form.startswith("number")}), 10) / 10
    about["numbers of article"] = (
        min(sum(counts_people(n) and (n.value or 0) >= 10 for n in doc.numbers), 12) / 12
    )
    about["counted people of article"] = min(len(counted), 8) / 8
    about["figures of article"] = min(sum((g.count or 0) >= 10 for g in counted), 4) / 4
    about["said with people"] = float(any(g.count == value for g in counted))
    if 14 <= value <= 90:
        ahead, behind = (
            doc.text[max(group.start - 2, 0) : group.start].strip(),
            doc.text[group.end : group.end + 1],
        )
        about["age between commas"] = float(ahead == "," and behind in (",", ".", ";"))
        about["age after a preposition"] = float(
            behind in (",", ".", ";", " ")
            and group.first > 0
            and doc.words[group.first - 1] in figure_words("before_age")
        )
    if form == "number":
        paired = [
            g
            for g in near
            if g.sentence == s and g.country and g.start <= group.start < g.end and g.count == value
        ]
        listed = {g.start for g in near if g.sentence == s and g.country}
        about["beside a country"] = float(bool(paired))
        about["beside a country in a list"] = float(bool(paired) and len(listed) > 1)
    for name, weight in about.items():
        if weight:
            out[name] = weight
            out[f"{form}: {name}"] = weight
    whose: dict[str, float] = {}
    before = [g for g in named if g.start < group.start]
    mine = group.nationality
    whose["last"] = float(bool(before) and before[-1].nationality == mine)
    many = [g for g in before if not g.singular]
    whose["last of many"] = float(bool(many) and many[-1].nationality == mine)
    sized = [g for g in before if g.counted_by in OWN_COUNT and (g.count or 0) >= 5]
    whose["last figure"] = float(bool(sized) and sized[-1].nationality == mine)
    whose["share"] = sum(g.nationality == mine for g in named) / max(len(named), 1)
    whose["most"] = float(
        bool(named)
        and whose["share"]
        >= max(sum(g.nationality == n for g in named) for n in {g.nationality for g in named}) / len(named)
    )
    whose["only one"] = float(len({g.nationality for g in named}) == 1)
    whose["here"] = float(any(g.sentence == s and g.nationality == mine for g in named))
    whose["one before"] = float(any(g.sentence == s - 1 and g.nationality == mine for g in named))
    whose["one before, short sentence"] = whose["one before"] * about["short sentence"]
    whose["unspoken"] = float(not any(g.nationality == mine for g in named))
    whose["foreign"] = float(mine == UNKNOWN_COUNTRY)
    sizes = {g.nationality: max(g.count or 0, 0) for g in sorted(counted, key=lambda g: g.count or 0)}
    whose["largest figure"] = float(bool(sizes) and sizes.get(mine, 0) == max(sizes.values()))
    whose["figure"] = float(sizes.get(mine, 0) >= 5)
    whose["foreigners spoken of"] = float(any(g.nationality == UNKNOWN_COUNTRY for g in named))
    whose["outlet's own"] = float(mine == doc.article.outlet_country)
    at_home = _share_of(reading, mine)
    whose["home"] = at_home
    whose["home leads"] = float(at_home >= 0.5)
    whose["abroad said"] = float(any(e.kind == "abroad" for e in reading.evidence))
    whose["larger figure"] = float(any(g.nationality == mine and (g.count or 0) > value for g in counted))
    whose["title"] = float(any(g.sentence == 0 and g.nationality == mine for g in named))
    foreign = [g for g in counted if g.nationality == UNKNOWN_COUNTRY and (g.count or 0) > value]
    whose["part of a foreign figure"] = float(bool(foreign))
    whose["part of a foreign figure said before"] = float(any(g.start < group.start for g in foreign))
    if form == "number of":
        whose["home, part of a foreign figure"] = at_home * bool(foreign)
        whose["away, part of a foreign figure"] = float(bool(foreign) and at_home < 0.3)
        leader = max(
            sorted({g.nationality for g in named}),
            key=lambda n: sum(g.nationality == n for g in named),
            default="",
        )
        whose["foreigners are the theme"] = float(leader == UNKNOWN_COUNTRY)
        whose["one nationality is the theme"] = float(
            leader != UNKNOWN_COUNTRY and sum(g.nationality == leader for g in named) * 2 > len(named)
        )
    if group.country:
        there = _share_of(reading, group.country)
        whose["share there"] = there
        whose["lead there"] = float(there >= 0.5)
        whose["to another of one"] = float(any(g.nationality == group.country for g in named))
    for name, weight in whose.items():
        if weight:
            out[f"whose {name}"] = weight
            out[f"{form}: whose {name}"] = weight
            if mine == UNKNOWN_COUNTRY:
                out[f"foreign: whose {name}"] = weight
    if form != "number":
        low = doc.first_word[s]
        place = next((p for p in doc.places if group.start <= p.start < group.end), None)
        if place is not None:
            word = doc.word_at(place.start)
            preps = set(doc.words[max(word - 2, low) : word])
            out[f"{form}: in"] = float(bool(preps & figure_words("inside")))
            out[f"{form}: from"] = float(bool(preps & figure_words("outside")))
            out[f"{form}: bare"] = float(not preps & (figure_words("inside") | figure_words("outside")))
        same = {g.start: g for g in reading.groups if g.form == form and abs(g.sentence - s) <= 1}
        out[f"{form}: list"] = min(len(same), 5) / 5
        out[f"{form}: list then people"] = float(any(_then_people(doc, g) for g in same.values()))
        locals_near = any("home" in p.status for p in reading.profiles[max(s - 1, 0) : s + 2])
        out[f"{form}: locals near"] = float(locals_near)
        out |= whole_signals(reading, group)
    return {name: round(weight, 4) for name, weight in out.items() if weight}
