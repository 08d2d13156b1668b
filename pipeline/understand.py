"""Article → Understanding: everything that the program reads out of one article.

    read_document   words, sentences, mentions, measures, places
    find_groups     phrases that denote people of some nationality
    held            which of those people are drug detainees           (weights "held")
    country         where each of them is held                         (weights "country")
    records         phrases of one nationality, country and figure are one record;
                    kind, stage, count, drugs, load, term, date, place (a weight set each)
    verdict         relevant when a record is sure enough and the article as a whole allows it
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipeline.fields.case import Reading
from pipeline.groups import Group, find_groups
from pipeline.lists import find_number_groups
from pipeline.mentions import read_document
from pipeline.model import load_weights, probability, weigh
from pipeline.signals import article_signals, group_signals, read_profiles
from pipeline.territory import candidates, country_features, find_evidence
from pipeline.types import Article
from pipeline.vocabulary import UNKNOWN_COUNTRY

Weights = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Held:
    """A phrase with what was decided about its people."""

    group: Group
    probability: float  # that they are foreign drug detainees
    country: str  # of custody
    certainty: float  # of the country
    signals: dict[str, float]


def read(article: Article) -> Reading:
    """All mentions, phrases and places of an article."""
    doc = read_document(article)
    named = find_groups(doc)
    groups = tuple(sorted((*named, *find_number_groups(doc, named)), key=lambda g: (g.start, g.end, g.form, g.nationality)))
    return Reading(doc, read_profiles(doc), groups, find_evidence(doc, groups))


def people_of(reading: Reading) -> frozenset[str]:
    """The nationalities that some phrase gives to people."""
    return frozenset(g.nationality for g in reading.groups if g.form != "attribute" and not g.form.startswith("number"))


def country_of(reading: Reading, group: Group, weights: Weights) -> tuple[str, float]:
    """The likeliest country of custody for a phrase and its share among the candidates."""
    if group.country:
        return group.country, 1.0
    options = candidates(reading.doc, reading.evidence, group.nationality)
    if not options:
        return UNKNOWN_COUNTRY, 0.0
    people = people_of(reading)
    scores = [
        weigh(weights["country"], country_features(reading.doc, reading.evidence, group, c, people)) for c in options
    ]
    best = max(range(len(options)), key=lambda i: scores[i])
    total = sum(probability(s) for s in scores) or 1.0
    return options[best], probability(scores[best]) / total


def home_doubt(reading: Reading, group: Group) -> dict[str, float]:
    """Signals that the people of a phrase may be at home: its country is where it happens."""
    own = [e for e in reading.evidence if e.country == group.nationality]
    out: dict[str, float] = {}
    if own:
        out["home: places"] = len(own) / len(reading.evidence)
        out["home: here"] = float(any(e.sentence == group.sentence for e in own))
        out["home: in"] = float(any(e.link == "in" for e in own))
        out["home: force"] = float(any(e.kind in ("force", "authority") for e in own))
        out["home: force here"] = float(any(e.kind in ("force", "authority") and e.sentence == group.sentence for e in own))
        out["home: title"] = float(any(e.sentence == 0 for e in own))
    away = [e for e in reading.evidence if e.country != group.nationality]
    out["away: none"] = float(not away)
    out["away: here"] = float(any(e.sentence == group.sentence for e in away))
    out["away: force"] = float(any(e.kind in ("force", "authority") for e in away))
    out["away: in here"] = float(any(e.link == "in" and e.sentence == group.sentence for e in away))
    return out


def held_signals(reading: Reading, group: Group) -> dict[str, float]:
    """All signals of the question whether a phrase's people are foreign drug detainees."""
    signals = group_signals(reading.doc, reading.profiles, group, reading.groups)
    signals |= article_signals(reading.doc, reading.profiles)
    signals |= home_doubt(reading, group)
    return {name: value for name, value in signals.items() if value}


def find_held(reading: Reading, weights: Weights) -> tuple[Held, ...]:
    """Each phrase with its probability and its country, in order of the text."""
    out = []
    for group in reading.groups:
        signals = held_signals(reading, group)
        chance = probability(weigh(weights["held"], signals))
        country, certainty = country_of(reading, group, weights)
        out.append(Held(group, chance, country, certainty, signals))
    return tuple(out)


@lru_cache(maxsize=4)
def understand(article: Article) -> tuple[Reading, tuple[Held, ...]]:
    """The reading and the phrases of an article, by the weights of the package; the last few are kept."""
    reading = read(article)
    return reading, find_held(reading, load_weights())
