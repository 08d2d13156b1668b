"""What the sentences that go on about a phrase's people say: "the 34-year-old", "los detenidos", "he".

A person is named once and then told of in sentences that name nobody else. A phrase's chain is its
own sentence and those that follow until a phrase of another nationality comes, at most REACH of
them. What is said in the chain is said of the phrase's people.
"""

from __future__ import annotations

from pipeline.charges import DRUG, OTHER
from pipeline.groups import Group
from pipeline.mentions import Document
from pipeline.signals import Profile, in_custody

REACH = 4  # sentences after the phrase's own
PEOPLE_FORMS = frozenset(
    {"noun", "noun+person", "person+noun", "citizen of", "foreign", "compatriot", "region", "home"}
)


def find_chains(doc: Document, groups: tuple[Group, ...]) -> dict[int, tuple[int, ...]]:
    """Index of a group that names a nationality → its sentences, its own first."""
    named: dict[int, set[str]] = {}
    for group in groups:
        if group.form in PEOPLE_FORMS:
            named.setdefault(group.sentence, set()).add(group.nationality)
    total = len(doc.by_sentence)
    # Where paragraphs hold several sentences, a new one is a new matter; elsewhere each is a sentence.
    long = total > 1.7 * len(set(doc.paragraph_of[:total]))
    out = {}
    for index, group in enumerate(groups):
        if group.form == "attribute" or group.form.startswith("number"):
            continue
        chain = [group.sentence]
        for sentence in range(group.sentence + 1, min(group.sentence + REACH + 1, total)):
            others = named.get(sentence, set())
            if long and group.sentence > 2 and doc.paragraph_of[sentence] != doc.paragraph_of[group.sentence]:
                break
            if others and (group.nationality not in others or len(others) > 1):
                break
            if others or (group.sentence == 0 and doc.article.title):
                # Its own next phrase has a chain of its own; a title's people are named again below.
                break
            chain.append(sentence)
        out[index] = tuple(chain)
    return out


def chain_signals(
    group: Group, chain: tuple[int, ...], profiles: tuple[Profile, ...], links: dict[str, float]
) -> dict[str, float]:
    """Signals of a phrase and its chain, with what stands together in them."""
    parts = [profiles[i] for i in chain]
    here = parts[0]
    linked = max((value for name, value in links.items() if name.startswith("any custody")), default=0.0)
    mule = group.head == "mule"
    prisoner = group.head == "prisoner"
    custody_here = linked > 0 or prisoner
    custody = custody_here or any(in_custody(p) for p in parts)
    drug_here = mule or bool(here.drugs) or here.offence
    drug = drug_here or any(p.drugs or p.offence or "mule" in p.people for p in parts)
    named = any(p.drugs - {"generic"} for p in parts)
    other = any(p.other for p in parts)
    person = group.form in PEOPLE_FORMS or group.form == "implied"
    status = set().union(*(p.status for p in parts))
    held_for = frozenset[str]().union(*(p.held_for for p in parts))
    near = sum(1 for p in parts if p.custody and (p.drugs or p.offence))
    out = {
        "chain: custody": custody,
        "chain: drug": drug,
        "chain: named drug": named,
        "chain: weight": any(p.quantity for p in parts),
        "chain: term": any(p.term for p in parts),
        "chain: other crime": other,
        "chain: long": len(chain) > 2,
        "held: custody and drug here": person and custody_here and drug_here,
        "held: custody here, drug later": person and custody_here and drug and not drug_here,
        "held: drug here, custody later": person and custody and not custody_here and drug_here,
        "held: both later": person and custody and drug and not custody_here and not drug_here,
        "held: one sentence of both": person and near > 0,
        "held: custody, no drug": person and custody and not drug,
        "held: drug, no custody": person and drug and not custody,
        "held: neither": person and not drug and not custody,
        "held: custody, other crime, no drug": person and custody and other and not drug,
        "held: custody, drug and other crime": person and custody and other and drug,
        "held: custody, drug, no other crime": person and custody and drug and not other,
        "held: named drug and weight": person and custody and named and any(p.quantity for p in parts),
        "held: for drugs": person and DRUG in held_for,
        "held: for another crime": person and OTHER in held_for,
        "held: for another crime alone": person and held_for == {OTHER},
        "held: loose": not person and custody and drug,
    }
    for name in status:
        out[f"chain: {name}"] = True
        if person and custody:
            out[f"held: custody and {name}"] = True
    for stage in {s for p in parts for s in p.custody}:
        if drug and person:
            out[f"held: {stage} and drug"] = True
    return {name: 1.0 for name, value in out.items() if value}


def add_chains(
    doc: Document,
    groups: tuple[Group, ...],
    profiles: tuple[Profile, ...],
    links: dict[int, dict[str, float]],
) -> dict[int, dict[str, float]]:
    """The links of each group with the signals of its chain."""
    out = dict(links)
    for index, chain in find_chains(doc, groups).items():
        own = links.get(index, {})
        out[index] = own | chain_signals(groups[index], chain, profiles, own)
    return out
