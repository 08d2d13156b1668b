"""The evidence for countries in a text.

Evidence is a place of the gazetteer, a nationality on an authority ("Thai court") or on the ground
("a Thai jail"), an embassy, or a word for "abroad". Whose country of custody it speaks for is
weighed in ``countries.py``.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from pipeline.groups import Group
from pipeline.mentions import Document, Mention
from pipeline.vocabulary import UNKNOWN_COUNTRY
from pipeline.ways import Trace, find_elsewhere, trace

FORCES = frozenset({"police", "customs", "agency", "court", "prison"})
SPOTS = frozenset({"airport", "port", "border_post"})
AWAY = frozenset({"from", "to", "journey", "envoy"})  # links of places where nobody is held by what they say
INSIDE = frozenset({"in", "date", "handed"})
MOST = 80  # pieces of evidence that are looked at for one phrase
LEAD = 2  # sentences that are looked at for every phrase
NEAREST = 5.0  # words at which a custody word's pull on a place is half


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sign of a country in the text."""

    country: str
    sentence: int
    word: int
    kind: str  # country, city, region, spot, force, authority, ground (a nationality on it), envoy, abroad
    link: str  # how it stands there: in, date (line), handed (over to), from, to, journey, envoy, none
    weight: float
    custody: float = 0.0  # 0…1, how near a custody word of its sentence stands


def _sort(kind: str) -> str:
    if kind in ("country", "city", "region"):
        return kind
    return "spot" if kind in SPOTS else "envoy" if kind == "embassy" else "force"


def _custody(doc: Document, sentence: int, word: int) -> float:
    gaps = [
        m.first - word if m.first > word else max(word - m.last, 0)
        for m in doc.by_sentence[sentence]
        if m.label.section == "custody"
    ]
    return round(1.0 / (1.0 + min(gaps) / NEAREST), 3) if gaps else 0.0


def _is_person(doc: Document, groups: dict[int, Group], word: int) -> bool:
    """Whether what looks like a country's name is one person or several ("le Suisse", "un'Argentina")."""
    group = groups.get(word)
    if group is None:
        return False
    before = doc.words[word - 1] if word else ""
    masculine = doc.article.language == "fr" and before in ("le", "du", "au", "les", "des", "aux")
    return masculine or group.counted_by in ("article", "near", "copula")


def _adjectives(doc: Document, signs: Trace, groups: tuple[Group, ...]) -> list[Evidence]:
    """Nationalities on authorities, envoys and the ground: "Thai court", "Irish consul", "suelo suizo"."""
    found: dict[int, Evidence] = {}
    persons = {g.first: g for g in groups if g.form not in ("attribute", "loose")}
    ways = signs.ways

    def note(mention: Mention, kind: str, link: str, weight: float) -> None:
        found.setdefault(
            mention.first,
            Evidence(
                mention.label.code, mention.sentence, mention.first, kind, link, weight,
                _custody(doc, mention.sentence, mention.first),
            ),
        )  # fmt: skip

    attributes = {
        w for g in groups if g.form == "attribute" and g.head == "police" for w in range(g.first, g.last + 1)
    }
    for mention in doc.mentions:
        if mention.label.section != "nationality":
            continue
        low, high = doc.first_word[mention.sentence], doc.first_word[mention.sentence + 1]
        # The noun stands behind the adjective or before it, at most one word between.
        before = range(max(low, mention.first - 2), mention.first)
        after = range(mention.last + 1, min(high, mention.last + 3))
        close = {doc.words[w] for w in (*before, *after)}
        beside = {doc.words[w] for w in (*before[-1:], *after[:1])}
        if close & ways.envoys and not attributes.isdisjoint(range(mention.first, mention.last + 1)):
            note(mention, "envoy", "envoy", 0.9)
        elif mention.first in attributes:
            note(mention, "authority", "none", 0.9)
        elif mention.first not in persons and beside & ways.ground:
            note(mention, "ground", signs.link(mention.first), 0.7)
    return list(found.values())


def find_evidence(doc: Document, groups: tuple[Group, ...]) -> tuple[Evidence, ...]:
    """All evidence for countries, in order of the text."""
    signs = trace(doc)
    named = {w: g for g in groups if g.form in ("noun", "noun+person") for w in range(g.first, g.last + 1)}
    found = []
    for place in doc.places:
        if not place.countries:
            continue
        word = doc.word_at(place.start)
        if place.kind == "country" and _is_person(doc, named, word):
            continue
        kind = _sort(place.kind)
        link = "envoy" if kind == "envoy" else signs.link(word)
        sentence = doc.sentence_of[word] if doc.sentence_of else 0
        custody = _custody(doc, sentence, word)
        found.append(Evidence(place.countries[0], sentence, word, kind, link, place.weight, custody))
    found += _adjectives(doc, signs, groups)
    for word in find_elsewhere(signs):
        sentence = doc.sentence_of[word]
        custody = _custody(doc, sentence, word)
        found.append(Evidence(UNKNOWN_COUNTRY, sentence, word, "abroad", "none", 0.8, custody))
    found.sort(key=lambda e: e.word)
    return tuple(found)


def nearest(evidence: tuple[Evidence, ...], sentence: int) -> tuple[Evidence, ...]:
    """The evidence of the lead and what stands nearest to a sentence, so that a long article stays quick."""
    if len(evidence) <= MOST:
        return evidence
    lead = min(bisect_left(evidence, LEAD + 1, key=_sentence), MOST // 4)
    middle = bisect_left(evidence, sentence, key=_sentence)
    low = max(lead, min(middle - MOST // 2, len(evidence) - MOST))
    return evidence[:lead] + evidence[low : low + MOST]


def _sentence(item: Evidence) -> int:
    return item.sentence
