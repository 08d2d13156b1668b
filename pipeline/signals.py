"""Is this group of people held for drugs? The signals that speak for and against.

Signals look at the phrase itself, its sentence, the sentences around it, and the whole article.
Their names are the names of the weights in ``data/weights.json`` and of the reasons a reader sees.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.charges import charges
from pipeline.groups import Group
from pipeline.mentions import PEOPLE, Document
from pipeline.ways import trace

CUSTODY = (
    "arrested",
    "charged",
    "convicted",
    "imprisoned",
    "death_row",
    "executed",
    "released",
    "transferred",
    "died",
)
NO_THEME = frozenset({"nationality", "country", "function"})
"""Sections of words that say nothing of what an article is about."""
LEAD = 3  # sentences, the title's included, by which a drug case names its drug
OFTEN = 4  # from which more often says no more
INSIDE = frozenset({"prisoner", "inside"})
STRONG = frozenset({"convicted", "imprisoned", "death_row", "executed", "transferred", "arrested", "charged"})


@dataclass(frozen=True, slots=True)
class Profile:
    """What one sentence holds."""

    custody: dict[str, int]  # stage → first word
    drugs: frozenset[str]  # codes and "generic"
    offence: bool  # a drug offence is named
    other: bool  # another offence is named
    status: frozenset[str]  # at_large, killed, extradition_pending, victim, not_custody, home
    people: frozenset[str]  # mule, prisoner, inside (of a prison that is named)
    figures: frozenset[str]
    quantity: bool
    term: bool
    held_for: frozenset[str]  # what its custody is for: DRUG, OTHER (pipeline/charges.py)


def read_profiles(doc: Document) -> tuple[Profile, ...]:
    """One profile a sentence."""
    quantities = {doc.sentence_at(q.start) for q in doc.quantities}
    terms = {doc.sentence_at(t.start) for t in doc.terms if t.kind == "imposed"}
    # "Courier" and "dealer" tell of drugs only where drugs are spoken of.
    drugs_at_all = any(
        m.label.section == "drugs" or (m.label.section, m.label.key) == ("offence", "drug")
        for m in doc.mentions
    )
    jails = _in_prisons(doc)
    out = []
    for number, mentions in enumerate(doc.by_sentence):
        custody: dict[str, int] = {}
        drugs, status, people, figures = set(), set(), set(), set()
        offence = other = False
        for m in mentions:
            section, key = m.label.section, m.label.key
            if section == "custody":
                custody.setdefault(
                    {"death_sentence": "convicted", "life_sentence": "convicted"}.get(key, key), m.first
                )
            elif section == "drugs":
                drugs.add(key)
            elif section == "offence":
                offence, other = offence or key == "drug", other or key == "other"
            elif section == "status":
                status.add(key)
            elif section == "people" and (key == "prisoner" or (key == "mule" and drugs_at_all)):
                people.add(key)
            elif section == "figures":
                figures.add(key)
        if number in jails:
            people.add("inside")
        charged = custody and (drugs or offence or other)
        out.append(
            Profile(
                custody=custody,
                drugs=frozenset(drugs),
                offence=offence,
                other=other,
                status=frozenset(status),
                people=frozenset(people),
                figures=frozenset(figures),
                quantity=number in quantities,
                term=number in terms,
                held_for=frozenset(charges(doc, mentions)) if charged else frozenset(),
            )
        )
    return tuple(out)


def _in_prisons(doc: Document) -> frozenset[int]:
    """The sentences that tell of somebody in a prison that they name: "elle dort à la prison d'Arlon"."""
    prisons = [doc.word_at(p.start) for p in doc.places if p.kind == "prison"]
    if not prisons:
        return frozenset()
    signs = trace(doc)
    return frozenset(doc.sentence_of[word] for word in prisons if signs.link(word) == "in")


def in_custody(profile: Profile) -> bool:
    """Whether a sentence says that somebody is in hand: by its verb, a word for prisoners or the place."""
    return bool(profile.custody) or not profile.people.isdisjoint(INSIDE)


def _drug(profile: Profile) -> bool:
    return bool(profile.drugs) or profile.offence or "mule" in profile.people


def _of_no_trade(profile: Profile) -> bool:
    """Whether a sentence names no drug that is traded: "fa uso di psicofarmaci", "laissé sans méthadone"."""
    return not profile.offence and profile.drugs <= {"other"} and "mule" not in profile.people


def article_signals(doc: Document, profiles: tuple[Profile, ...]) -> dict[str, float]:
    """Signals of the whole article, the same for each of its groups."""
    count = max(len(profiles), 1)
    drug = sum(_drug(p) for p in profiles)
    custody = sum(in_custody(p) for p in profiles)
    both = sum(_drug(p) and in_custody(p) for p in profiles)
    other = sum(p.other for p in profiles)
    out = {
        "article: drug share": min(drug / count, 0.6),
        "article: custody share": min(custody / count, 0.6),
        "article: other crime share": min(other / count, 0.6),
        "article: drug": float(drug > 0),
        "article: custody": float(custody > 0),
        "article: drug and custody in one sentence": min(both, 3) / 3,
        "article: no drug and custody together": float(both == 0),
        "article: quantity": float(any(p.quantity for p in profiles)),
        "article: named drug": float(any(p.drugs - {"generic"} for p in profiles)),
        "article: more other crime than drugs": float(other > drug),
        "article: one drug sentence": float(drug == 1),
        "article: only other drugs": float(drug > 0 and all(_of_no_trade(p) for p in profiles)),
    }
    spoken = [i for i, p in enumerate(profiles) if _drug(p)]
    if spoken:
        near = any(in_custody(p) for i in spoken for p in profiles[max(0, i - 1) : i + 2])
        out["article: drug beside custody"] = float(near)
        out["article: drug in the lead"] = float(spoken[0] <= LEAD)
        out["article: drugs late"] = spoken[0] / count
    if profiles:
        out["title: drug"] = float(_drug(profiles[0]))
        out["title: custody"] = float(in_custody(profiles[0]))
        out["title: other crime"] = float(profiles[0].other)
    traps: dict[str, int] = {}
    for mention in doc.mentions:
        if mention.label.section == "traps":
            traps[mention.label.key] = traps.get(mention.label.key, 0) + 1
    for trap, times in traps.items():
        out[f"trap: {trap}"] = min(times, 4) / 4
    for mention in doc.by_sentence[0] if doc.by_sentence else ():
        if mention.label.section == "traps":
            out[f"title: {mention.label.key}"] = 1.0
    return out


def theme_signals(doc: Document) -> dict[str, float]:
    """What the article speaks of at all: how often each sort of word of the lexicon is said."""
    times: dict[str, int] = {}
    for m in doc.mentions:
        if m.label.section not in NO_THEME:
            name = f"theme: {m.label.section} {m.label.key}"
            times[name] = times.get(name, 0) + 1
    return {name: min(number, OFTEN) / OFTEN for name, number in times.items()}


def group_signals(
    doc: Document, profiles: tuple[Profile, ...], group: Group, groups: tuple[Group, ...]
) -> dict[str, float]:
    """Signals of one phrase, its sentence and its neighbourhood."""
    s = group.sentence
    here = profiles[s]
    out = {
        "bias": 1.0,
        f"form: {group.form}": 1.0,
        f"head: {group.head}": 1.0,
        f"counted: {group.counted_by}": 1.0,
    }
    custody, drug = in_custody(here), _drug(here)
    out["sentence: custody"] = float(custody)
    out["sentence: drug"] = float(drug)
    out["sentence: custody and drug"] = float(custody and drug)
    out["sentence: quantity"] = float(here.quantity)
    out["sentence: term"] = float(here.term)
    out["sentence: other crime"] = float(here.other)
    out["sentence: other crime, no drug"] = float(here.other and not drug)
    for status in here.status:
        out[f"sentence: {status}"] = 1.0
    for figure in here.figures:
        out[f"sentence: {figure}"] = 1.0
    for stage in here.custody:
        out[f"sentence: {stage}"] = 1.0
    if here.custody:
        nearest = min(abs(word - group.first) for word in here.custody.values())
        out["custody near"] = 1.0 / (1.0 + nearest / 4.0)
    around = [profiles[i] for i in (s - 1, s + 1) if 0 <= i < len(profiles)]
    out["next to: custody"] = float(any(in_custody(p) for p in around))
    out["next to: drug"] = float(any(_drug(p) for p in around))
    wide = [profiles[i] for i in range(max(0, s - 3), min(len(profiles), s + 4))]
    out["around: custody and drug"] = float(any(in_custody(p) for p in wide) and any(_drug(p) for p in wide))
    out["around: custody"] = float(any(in_custody(p) for p in wide))
    out["around: drug"] = float(any(_drug(p) for p in wide))
    out["around: quantity"] = float(any(p.quantity for p in wide))
    out["around: at large"] = float(any("at_large" in p.status for p in wide))
    out["around: other crime, no drug"] = float(
        any(p.other for p in wide) and not any(_drug(p) for p in wide)
    )
    out["in title"] = float(s == 0)
    out["position"] = min(s / max(len(profiles), 1), 1.0)
    out["count over one"] = float((group.count or 0) > 1)
    out["count huge"] = float((group.count or 0) > 60000)
    out["count a hundred or more"] = float(100 <= (group.count or 0) <= 60000)
    out["plural without number"] = float(not group.singular and group.count is None)
    ages = [n for n in doc.numbers if n.role == "age" and doc.sentence_at(n.start) == s]
    if ages:
        word = min((abs(doc.word_at(n.start) - group.last) for n in ages), default=99)
        out["age near"] = float(word <= 6)
    same = [g for g in groups if g.nationality == group.nationality and g.form != "attribute"]
    out["said again"] = min(len(same) - 1, 3) / 3
    out["attributes"] = float(
        any(g.form == "attribute" and g.nationality == group.nationality for g in groups)
    )
    if group.nationality == doc.article.outlet_country:
        out["outlet's own"] = 1.0
    named = [g for g in groups if g.form != "attribute" and not g.form.startswith("number")]
    share = sum(g.nationality == group.nationality for g in named) / max(len(named), 1)
    sort = "number" if group.form.startswith("number") else "named"
    out[f"{sort}: share of nationality"] = share
    out[f"{sort}: foreigners spoken of"] = float(any(g.nationality == "XX" for g in named))
    if sort == "number":
        for name in (
            "sentence: stock",
            "sentence: flow",
            "sentence: custody",
            "sentence: drug",
            "article: drug",
        ):
            if out.get(name):
                out[f"{group.form} {name}"] = 1.0
        out[f"{group.form} in list"] = (
            min(sum(g.form == group.form and g.sentence == s for g in groups), 6) / 6
        )
        out[f"{group.form} share"] = share
        out[f"{group.form} foreigners"] = float(any(g.nationality == "XX" for g in named))
        out[f"{group.form} outlet's own"] = float(group.nationality == doc.article.outlet_country)
        out[f"{group.form} said in sentence"] = float(
            any(g.sentence == s and g.nationality == group.nationality for g in named)
        )
        after = [
            m
            for m in doc.at_word.get(group.last + 1, ())
            if m.label.section in ("people", "custody", "drugs", "offence")
        ]
        for m in after:
            out[f"{group.form} before {m.label.section}"] = 1.0
        tail = doc.text[group.end : group.end + 2].strip()
        out[f"{group.form} before a stop"] = float(tail[:1] in (",", ".", ";", ")", "(") or not tail)
        former = [
            g
            for g in named
            if g.sentence in (s - 1, s) and (g.count or 0) > 1 and g.counted_by in ("near", "copula")
        ]
        out[f"{group.form} after a counted phrase"] = float(
            any(g.nationality == group.nationality for g in former)
        )
        out[f"{group.form} smaller than it"] = float(any((g.count or 0) > (group.count or 0) for g in former))
        out[f"{group.form} with a year"] = float(
            any(d.kind in ("year", "period", "month") and doc.sentence_at(d.start) == s for d in doc.dates)
        )
        out[f"{group.form} with a weight"] = float(here.quantity)
        out[f"{group.form} of whom"] = float("of_whom" in here.figures)
        out[f"{group.form} big numbers in article"] = (
            min(sum(n.role in PEOPLE and (n.value or 0) >= 10 for n in doc.numbers), 12) / 12
        )
        out[f"{group.form} first sentence"] = float(s <= 1)
        out[f"{group.form} large"] = float((group.count or 0) >= 20)
        out[f"{group.form} one"] = float(group.count == 1)
        places = [p for p in doc.places if p.kind == "country"]
        if group.country and places:
            out[f"{group.form} country share"] = sum(group.country in p.countries[:1] for p in places) / len(
                places
            )
    others = {g.nationality for g in groups if g.sentence == s and g.form != "attribute"} - {
        group.nationality
    }
    out["other nationalities here"] = min(len(others), 3) / 3
    return out
