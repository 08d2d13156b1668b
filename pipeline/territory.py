"""The evidence for countries in a text.

Evidence is a place of the gazetteer, a nationality on an authority ("Thai court") or on the ground
("a Thai jail"), an embassy, or a word for "abroad". Whose country of custody it speaks for is
weighed in ``countries.py``.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

from pipeline.acting import has_landed
from pipeline.groups import Group
from pipeline.mentions import Document, Mention
from pipeline.namings import as_adjective, is_person, listed_words
from pipeline.points import find_points
from pipeline.vocabulary import UNKNOWN_COUNTRY
from pipeline.ways import STOPS, Trace, find_elsewhere, trace

FORCES = frozenset({"police", "customs", "agency", "court", "prison"})
SPOTS = frozenset({"airport", "port", "border_post"})
AWAY = frozenset({"from", "to", "journey", "left", "envoy", "except", "home", "beside", "seeks", "sent"})
"""Links of places where nobody is held by what they say."""
INSIDE = frozenset({"in", "date", "handed", "acts"})
POINTED = 0.6  # the weight of "there" and "the kingdom"
MOST = 80  # pieces of evidence that are looked at for one phrase
LEAD = 2  # sentences that are looked at for every phrase
BEING = frozenset(
    {"son", "sean", "eran", "sono", "siano", "erano", "sao", "sejam", "eram"}
)  # "no son panameños"
HOMES = frozenset({"home", "citizen of", "origin"})  # forms of phrases that name their people by a place
OF_THE_PLACE = 4  # words between "High Court" and the place that it is of
LISTED = frozenset({"country", "city", "region"})
LIST_STEP = 6  # words from one place of a list to the next
LEAVING = frozenset({"from", "journey", "left", "envoy"})
PASSED_ON = frozenset({"in", "partly", "told", "from", "to", "journey", "left", "except"})
NEAREST = 5.0  # words at which a custody word's pull on a place is half


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sign of a country in the text."""

    country: str
    sentence: int
    word: int
    # country, city, region, spot, force, authority, ground (a nationality on it), envoy, abroad, there
    kind: str
    # how it stands there: in, partly (in), told (in), lives (in), date (line), handed (over to), sent (home),
    # from, to, journey, left (for home), acts (on prisoners), beside (a border), envoy, except,
    # home (of the people whom it names), seeks (whom its force looks for), none
    link: str
    weight: float
    custody: float = 0.0  # 0…1, how near a custody word of its sentence stands
    joined: int = 1  # countries that its sentence names in one breath: "in Belgium and the Netherlands"
    counted: bool = False  # it has a number of its own in a list: "Algeria (96), Albania (81)"
    reached: bool = False  # somebody lands there, or comes home to it


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


def _is_denied(signs: Trace, mention: Mention, low: int) -> bool:
    """Whether people are said not to be of a nationality, which tells in whose prisons they are counted:
    "los presos que no son panameños"."""
    words, first = signs.doc.words, mention.first
    if mention.label.key == "one" or first <= low:
        return False
    if words[first - 1] in signs.ways.denied:
        return True
    return first - 2 >= low and words[first - 2] in signs.ways.denied and words[first - 1] in BEING


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
        elif _is_denied(signs, mention, low):
            note(mention, "ground", "in", 0.8)  # "non-Spanish prisoners", "ohne österreichischen Pass"
        elif mention.first not in persons and beside & ways.ground:
            # "Al confine svizzero", "an der tschechischen Grenze": mostly on this side of it.
            link = "beside" if beside & ways.borders else signs.link(mention.first)
            note(mention, "ground", link, 0.7)
    return list(found.values())


def _is_named_beside(doc: Document, index: int, word: int) -> bool:
    """Whether a force that several countries have has its own named beside it: "les douanes algériennes",
    "the High Court in Lagos"."""
    place = doc.places[index]
    if len(place.countries) < 2:
        return False
    last = doc.word_at(place.end - 1)
    if any(m.label.section == "nationality" for w in (word - 1, last + 1) for m in doc.at_word.get(w, ())):
        return True
    for other in doc.places[index + 1 : index + 2]:
        gap = doc.word_at(other.start) - last
        return gap <= OF_THE_PLACE and not any(c in STOPS for c in doc.text[place.end : other.start])
    return False


def _goes_on(
    signs: Trace, ends: dict[int, int], counted: frozenset[int], one: Evidence, other: Evidence
) -> bool:
    """Whether two places are of one list: only commas, "and", articles and "in" between them, no number."""
    doc = signs.doc
    if one.sentence != other.sentence or not 0 < other.word - one.word <= LIST_STEP:
        return False
    end = ends.get(one.word)
    if end is None:
        return False
    last = doc.word_at(end - 1)
    between = doc.text[end : doc.starts[other.word]]
    ands = {
        w for w in range(last + 1, other.word) if any(m.label.key == "and_or" for m in doc.at_word.get(w, ()))
    }
    return (
        not any(c in between for c in STOPS)
        and (bool(ands) or "," in between)
        and all(
            w not in counted
            and (w in ands or w in signs.articles or w in signs.of or doc.words[w] in signs.ways.inside)
            for w in range(last + 1, other.word)
        )
    )


def _join(signs: Trace, found: list[Evidence]) -> list[Evidence]:
    """Places of one list stand as its first: "bound for Spain, Italy and France"."""
    out = list(found)
    ends = {signs.doc.word_at(p.start): p.end for p in signs.doc.places}
    counted = frozenset(signs.doc.word_at(n.start) for n in signs.doc.numbers)
    at = 0
    while at < len(out):
        end = at + 1
        while (
            end < len(out)
            and {out[end - 1].kind, out[end].kind} <= LISTED
            and _goes_on(signs, ends, counted, out[end - 1], out[end])
        ):
            end += 1
        if end - at > 1:
            link = out[at].link
            many = len({e.country for e in out[at:end]})
            out[at:end] = [
                replace(e, joined=many, link=link if e.link == "none" and link in PASSED_ON else e.link)
                for e in out[at:end]
            ]
        at = end
    return out


def _is_their_origin(signs: Trace, foreign: set[int], word: int) -> bool:
    """Whether a word for "abroad" says who people are, not where: "overseas nationals", "un couple
    étranger", "two women from abroad"."""
    if signs.link(word) == "in":
        return False
    before = signs.doc.words[max(word - 2, 0) : word]
    return word in foreign or any(w in signs.ways.origin for w in before)


def find_evidence(doc: Document, groups: tuple[Group, ...]) -> tuple[Evidence, ...]:
    """All evidence for countries, in order of the text."""
    signs = trace(doc)
    named = {w: g for g in groups if g.form in ("noun", "noun+person") for w in range(g.first, g.last + 1)}
    homes = {w for g in groups if g.form in HOMES for w in range(g.first, g.last + 1)}
    listed = listed_words(doc, groups)
    found = []
    for index, place in enumerate(doc.places):
        if not place.countries:
            continue
        word = doc.word_at(place.start)
        if place.kind == "country" and is_person(doc, named, word):
            continue
        kind = _sort(place.kind)
        if kind == "force" and _is_named_beside(doc, index, word):
            continue
        link = "envoy" if kind == "envoy" else signs.link(word)
        if kind in LISTED and signs.is_street(word):
            continue
        if link == "from" and kind == "force":
            # "The guards of the prison of Mataram", "an officer of the Guardia Civil": it happens there.
            link = "in" if place.kind in ("prison", "court") else "none"
        if word in homes and link in ("from", "none"):
            link = "home"
        if kind == "force" and signs.is_seeking(word, doc.word_at(place.end - 1)):
            link = "seeks"
        sentence = doc.sentence_of[word] if doc.sentence_of else 0
        custody = _custody(doc, sentence, word)
        weight = place.weight
        if kind == "country" and link != "home":
            said = as_adjective(signs, place.start, place.end)
            if said == "things":
                continue
            if said:
                kind, link, weight = said, link if said == "ground" else "none", 0.8
        reached = link not in LEAVING and has_landed(doc, word)
        found.append(
            Evidence(
                place.countries[0], sentence, word, kind, link, weight, custody,
                counted=word in listed, reached=reached,
            )
        )  # fmt: skip
    found += _adjectives(doc, signs, groups)
    foreign = {
        w
        for g in groups
        if g.nationality == UNKNOWN_COUNTRY and g.last > g.first
        for w in range(g.first, g.last + 1)
    }
    for word in find_elsewhere(signs):
        if _is_their_origin(signs, foreign, word):
            continue
        sentence = doc.sentence_of[word]
        custody = _custody(doc, sentence, word)
        found.append(Evidence(UNKNOWN_COUNTRY, sentence, word, "abroad", "none", 0.8, custody))
    found.sort(key=lambda e: e.word)
    found = _join(signs, found)
    for item in tuple(found):
        if item.link == "except" and signs.is_outside(item.word):
            found.append(replace(item, country=UNKNOWN_COUNTRY, kind="abroad", link="none", weight=0.8))
    for point in find_points(signs, found):
        sentence = doc.sentence_of[point.word]
        custody = _custody(doc, sentence, point.word)
        link = "home" if point.word in homes else "in"
        found.append(Evidence(point.country, sentence, point.word, "there", link, POINTED, custody))
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
