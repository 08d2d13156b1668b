"""Article → Understanding: everything that the program reads out of one article.

read            words, mentions, measures, places, phrases, links           (no weights)
nations         which nationalities are held for drugs, in another country  (weights "nationality", "away")
held            how much each phrase speaks of that, and where they are     ("held", "country")
records         phrases of one nationality, country and figure are one record; kind, stage,
                count, drugs, load, term, date, place                       (a weight set each)
verdict         the article as a whole                                      ("verdict")
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.bystanders import add_bystanders
from pipeline.chains import add_chains
from pipeline.countries import candidates, country_features, custody_evidence, held_in_several
from pipeline.denials import settle_denials
from pipeline.fields.case import Reading
from pipeline.figures import figure_signals
from pipeline.groups import Group, find_groups
from pipeline.home import home_doubt
from pipeline.implied import find_implied
from pipeline.links import find_links
from pipeline.lists import find_number_groups
from pipeline.majorities import settle_majorities
from pipeline.mentions import read_document
from pipeline.model import Model, Weights, load_weights, probability, weigh
from pipeline.nations import NOBODY, Nation, away_signals, find_nations, is_named, phrase_signals
from pipeline.nobodies import is_nobody
from pipeline.signals import article_signals, read_profiles
from pipeline.tallies import settle_counts
from pipeline.territory import find_evidence, nearest
from pipeline.types import Article
from pipeline.vocabulary import UNKNOWN_COUNTRY

NO_FIGURES = Model({"bias": -9.0})  # without weights no bare number is believed
FIGURE_FLOOR = 0.12  # bare numbers below this are left aside
MOST_PHRASES = 300
"""Phrases of each sort that are weighed, the first ones. Each is held against the whole text: a page of
nothing but nationalities must not take minutes."""
LIST_GAP = 4  # words between two phrases of one list


@dataclass(frozen=True, slots=True)
class Held:
    """A phrase with what was decided about its people."""

    group: Group
    nation: float  # probability, if the article is relevant, that this nationality is held for drugs
    probability: float  # the same for this very phrase
    country: str  # of custody
    certainty: float  # of the country
    home: float = 0.0  # how likely it is that they are in their own country


@dataclass(frozen=True, slots=True)
class Understanding:
    """A reading with its nationalities and phrases weighed."""

    reading: Reading
    nations: tuple[tuple[Nation, float], ...]  # with the probability that it is held, and not at home
    held: tuple[Held, ...]


def read(article: Article) -> Reading:
    """All mentions, phrases, places and links of an article."""
    doc = read_document(article)
    named = settle_denials(doc, find_groups(doc)[:MOST_PHRASES])
    named = settle_majorities(doc, settle_counts(doc, named))
    numbers = find_number_groups(doc, named)[:MOST_PHRASES]
    groups = tuple(sorted((*named, *numbers), key=lambda g: (g.start, g.end, g.form, g.nationality)))
    profiles, evidence = read_profiles(doc), find_evidence(doc, groups)
    own, implied = find_implied(doc, profiles, groups, evidence)
    if own is not None:
        groups = tuple(sorted((*groups, own), key=lambda g: (g.start, g.end, g.form, g.nationality)))
    links = add_bystanders(doc, groups, add_chains(doc, groups, profiles, find_links(doc, groups)))
    if own is not None:
        index = groups.index(own)
        links[index] = links.get(index, {}) | implied
    return Reading(doc, profiles, groups, evidence, links)


def people_of(reading: Reading) -> frozenset[str]:
    """The nationalities that some phrase gives to people."""
    return frozenset(g.nationality for g in reading.groups if is_named(g))


def country_of(
    reading: Reading, group: Group, weights: Weights, people: frozenset[str]
) -> tuple[str, float, float]:
    """The likeliest country of custody for a phrase, its share among the candidates and that of its own."""
    if group.country:
        return group.country, 1.0, 0.0
    evidence = custody_evidence(nearest(reading.evidence, group.sentence), group)
    if held_in_several(evidence, group):
        return UNKNOWN_COUNTRY, 1.0, 0.0
    options = candidates(reading.doc, evidence)
    scores = {
        c: probability(weigh(weights["country"], country_features(reading.doc, evidence, group, c, people)))
        for c in options
    }
    best = max(options, key=scores.__getitem__)
    total = sum(scores.values()) or 1.0
    home = scores.get(group.nationality, 0.0) if group.nationality != UNKNOWN_COUNTRY else 0.0
    return best, scores[best] / total, home / total


def held_signals(reading: Reading, index: int) -> dict[str, float]:
    """All signals of the question whether a phrase speaks of foreign drug detainees."""
    group = reading.groups[index]
    signals = phrase_signals(reading, index)
    signals |= article_signals(reading.doc, reading.profiles)
    signals |= home_doubt(reading, group.nationality, frozenset((group.sentence,)))
    signals["nobody in hand"] = float(is_nobody(reading.doc, group, reading.links.get(index, {})))
    return {name: value for name, value in signals.items() if value}


def _with_peers(reading: Reading, nations: tuple[Nation, ...], chance: dict[str, float]) -> dict[str, float]:
    """Nationalities of one list ("two Dutchmen, a Briton and a Pole") lend each other their chance."""
    peers: dict[str, set[str]] = {n.nationality: set() for n in nations}
    named = [g for g in reading.groups if is_named(g) or g.form == "number of"]
    for left, right in pairwise(named):
        if left.sentence == right.sentence and 0 <= right.first - left.last <= LIST_GAP:
            for one, other in ((left, right), (right, left)):
                if one.nationality in peers and other.nationality in chance:
                    peers[one.nationality].add(other.nationality)
    return {
        n: max(p, (p + 2 * max((chance[o] for o in peers[n]), default=0.0)) / 3) if peers[n] else p
        for n, p in chance.items()
    }


def weigh_reading(reading: Reading, weights: Weights) -> Understanding:
    """Weigh every nationality and phrase of a reading."""
    found = find_nations(reading)
    nations = tuple(
        (
            n,
            0.0
            if n.signals.get(NOBODY)
            else probability(weigh(weights["nationality"], n.signals))
            * probability(weigh(weights["away"], away_signals(n))),
        )
        for n in found
    )
    # Of two views of a nationality, in any article and in one that is relevant, the middle.
    members = {
        n.nationality: math.sqrt(p * probability(weigh(weights["member"], n.signals))) for n, p in nations
    }
    chance = _with_peers(reading, found, members)
    held = []
    people = people_of(reading)
    for index, group in enumerate(reading.groups):
        if group.form == "attribute":
            continue
        bare = group.form.startswith("number")
        if bare:
            own = probability(weigh(weights.get("figure", NO_FIGURES), figure_signals(reading, index)))
            if own < FIGURE_FLOOR:
                continue
        else:
            own = probability(weigh(weights["held"], held_signals(reading, index)))
        country, certainty, home = country_of(reading, group, weights, people)
        held.append(Held(group, chance.get(group.nationality, 0.0), own, country, certainty, home))
    return Understanding(reading, nations, tuple(held))


@lru_cache(maxsize=4)
def understand(article: Article) -> Understanding:
    """An article weighed by the weights of the package; the last few are kept."""
    return weigh_reading(read(article), load_weights())
