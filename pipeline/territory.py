"""Where is somebody held? The evidence for each country, and its features for one group.

Evidence is a place of the gazetteer, a nationality on an authority ("Thai court"), a word for
"abroad", or the outlet's own country. Which of them is the country of custody of a group is
weighed by ``model.py`` from the features given here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pipeline.groups import Group
from pipeline.mentions import Document
from pipeline.vocabulary import UNKNOWN_COUNTRY

FORCES = frozenset({"police", "customs", "agency", "court", "prison"})
SPOTS = frozenset({"airport", "port", "border_post"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sign of a country in the text."""

    country: str
    sentence: int
    word: int
    kind: str  # country, city, region, spot, force, authority (a nationality on police…), abroad
    link: str  # the word before it: in, from, to, none
    weight: float


def find_evidence(doc: Document, groups: tuple[Group, ...]) -> tuple[Evidence, ...]:
    """All evidence for countries, in order of the text."""
    links: dict[int, str] = {}
    for mention in doc.mentions:
        if mention.label.section == "function":
            key = mention.label.key
            if key in ("in_at", "of_from"):
                for word in range(mention.first, mention.last + 1):
                    links[word] = "in" if key == "in_at" else "from"
    articles = {
        m.first for m in doc.mentions if m.label.section == "function" and m.label.key.startswith("articles")
    }
    found = []
    for place in doc.places:
        if not place.countries:
            continue
        word = doc.word_at(place.start)
        before = word - 1
        if before in articles and before not in links:
            before -= 1
        kind = place.kind if place.kind in ("country", "city", "region") else "spot" if place.kind in SPOTS else "force"
        if place.kind == "embassy":
            continue
        link = links.get(before, "none") if before >= 0 else "none"
        found.append(
            Evidence(place.countries[0], doc.sentence_of[word] if doc.sentence_of else 0, word, kind, link, place.weight)
        )
    for group in groups:
        if group.form == "attribute" and group.head == "police":
            found.append(Evidence(group.nationality, group.sentence, group.first, "authority", "none", 0.9))
    for mention in doc.mentions:
        if mention.label.section == "foreign" and mention.label.key == "abroad":
            found.append(Evidence(UNKNOWN_COUNTRY, mention.sentence, mention.first, "abroad", "none", 0.8))
    found.sort(key=lambda e: e.word)
    return tuple(found)


def candidates(doc: Document, evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    """Countries in which people may be held, their own among them, most mentioned first."""
    counts: Counter[str] = Counter()
    for item in evidence:
        counts[item.country] += 1
    home = doc.article.outlet_country
    if home:
        counts[home] += 0
    counts[UNKNOWN_COUNTRY] += 0
    return tuple(c for c, _ in counts.most_common(14))


def country_features(
    doc: Document, evidence: tuple[Evidence, ...], group: Group, country: str, people: frozenset[str]
) -> dict[str, float]:
    """The features of ``country`` as the place of custody of ``group``; names are the weights' names.

    ``people``: the nationalities that some group of the article has.
    """
    out: dict[str, float] = {"bias": 1.0}
    mine = [e for e in evidence if e.country == country]
    total = len(evidence) or 1
    out["share"] = sum(e.weight for e in mine) / max(sum(e.weight for e in evidence), 1.0)
    out["share in"] = sum(e.link == "in" for e in mine) / max(sum(e.link == "in" for e in evidence), 1)
    here = [e for e in mine if e.sentence == group.sentence]
    others_here = any(e.country != country for e in evidence if e.sentence == group.sentence)
    if here:
        out["same sentence"] = 1.0
        if not others_here:
            out["alone in sentence"] = 1.0
        for item in here:
            out[f"here {item.kind}"] = 1.0
            out[f"here {item.link}"] = 1.0
        distance = min(abs(e.word - group.first) for e in here)
        out["near"] = 1.0 / (1.0 + distance / 5.0)
        after = [e for e in evidence if e.word > group.last and e.sentence == group.sentence]
        if after and after[0].country == country:
            out["next after"] = 1.0
    previous = [e for e in evidence if e.sentence < group.sentence]
    if previous:
        last = previous[-1]
        gap = group.sentence - last.sentence
        if last.country == country and not here and not others_here:
            out["ruling"] = 1.0 if gap <= 2 else 0.5
        strong = [e for e in previous if e.kind in ("force", "authority", "spot") or e.link == "in"]
        if strong and strong[-1].country == country:
            out["ruling strong"] = 1.0 if not others_here else 0.4
    following = [e for e in evidence if e.sentence > group.sentence]
    if following and following[0].country == country:
        out["next"] = 1.0 if not here else 0.3
    if any(e.sentence == 0 for e in mine):
        out["title"] = 1.0
    if any(e.sentence == 1 for e in mine):
        out["lead"] = 1.0
    paragraph = doc.paragraph_of[group.sentence]
    same = [e for e in evidence if doc.paragraph_of[e.sentence] == paragraph]
    if any(e.country == country for e in same):
        out["paragraph"] = 1.0
        if all(e.country == country for e in same):
            out["alone in paragraph"] = 1.0
    for kind in ("force", "authority", "spot", "country"):
        part = [e for e in evidence if e.kind == kind]
        if part:
            out[f"share {kind}"] = sum(e.country == country for e in part) / len(part)
    first = next(iter(evidence), None)
    if first is not None and first.country == country:
        out["first"] = 1.0
    if country == doc.article.outlet_country:
        out["outlet"] = 1.0
        if not mine:
            out["outlet only"] = 1.0
        if total < 3:
            out["outlet few places"] = 1.0
    elif not mine:
        out["unseen"] = 1.0
    if country == group.nationality:
        out = {f"own: {name}": value for name, value in out.items()}
        return out
    if country in people:
        out["has people"] = 1.0
    figure = (group.count or 0) >= 10 or group.form.startswith("number")
    sort = "figure" if figure else "case"
    for name in ("same sentence", "ruling", "ruling strong", "outlet", "title", "first", "paragraph", "next after"):
        if out.get(name):
            out[f"{sort}: {name}"] = out[name]
    if country == UNKNOWN_COUNTRY:
        out = {"abroad": 1.0, f"abroad {sort}": 1.0, "abroad here": float(bool(here)), "abroad in article": float(bool(mine)),
               f"abroad here {sort}": float(bool(here)), "abroad, places here": float(others_here),
               f"abroad, places here {sort}": float(others_here),
               "abroad, own": float(group.nationality == doc.article.outlet_country),
               "abroad in lead": float(any(e.sentence <= 1 for e in mine)), "abroad, no places": float(not previous)}  # fmt: skip
        return out
    froms = sum(e.link == "from" for e in mine)
    out["from share"] = froms / max(len(mine), 1)
    return out
