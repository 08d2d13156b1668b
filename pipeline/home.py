"""Are people of a nationality at home in an article: is their country where it happens?

A Sri Lankan arrested in Sri Lanka among foreigners is no foreign detainee, nor is somebody held in
their own country until they are extradited. The signals compare the country with all others that the
text speaks of, as ground of what happens: journeys, origins and embassies are none.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from pipeline.fields.case import Reading
from pipeline.territory import AWAY, INSIDE, Evidence, nearest
from pipeline.vocabulary import UNKNOWN_COUNTRY

ACTING = frozenset({"force", "authority", "spot"})  # kinds of evidence that say where something happens
FORCES = frozenset({"force", "authority"})
STATE = dict.fromkeys(("GF", "GP", "MQ", "RE", "YT", "PM", "BL", "MF"), "FR")
"""Parts of a state with a code of their own whose people are at home in all of it."""
PASSING = 0.3  # what a place on a journey counts as ground
MARGIN = 4.0  # difference of grounds at which nothing more is proven


def _passed(item: Evidence) -> bool:
    """Whether people only pass a place or come from it. "The terminal of the airport", "the judges of the
    court" have the small word of an origin, and it happens there all the same."""
    return item.link in AWAY and not (item.link == "from" and item.kind in ACTING)


def is_ground(item: Evidence) -> bool:
    """Whether something happens where a piece of evidence is: a force, an airport, "in" a place."""
    return (
        item.country != UNKNOWN_COUNTRY
        and item.kind not in ("abroad", "envoy")
        and not _passed(item)
        and (item.kind in ACTING or item.link in INSIDE)
    )


def _ground(item: Evidence) -> float:
    """How much a piece of evidence makes its country the ground of what happens."""
    if item.kind in ("abroad", "envoy"):
        return 0.0
    if _passed(item):
        return item.weight * PASSING
    return item.weight * (2.0 if item.kind in FORCES or item.link in INSIDE else 1.0)


def _ruling(evidence: tuple[Evidence, ...], sentences: frozenset[int], first: str) -> list[str]:
    """For each sentence the country of the last such evidence in it or before, ``first`` before any."""
    at = [bisect_right(evidence, s, key=lambda e: e.sentence) for s in sentences]
    return [evidence[i - 1].country if i else first for i in at]


def home_doubt(reading: Reading, nationality: str, sentences: frozenset[int]) -> dict[str, float]:
    """Signals that people of ``nationality``, named in ``sentences``, may be at home."""
    evidence = nearest(reading.evidence, min(sentences)) if len(sentences) == 1 else reading.evidence
    if nationality == UNKNOWN_COUNTRY:
        return {
            "abroad said": float(any(e.kind == "abroad" for e in evidence)),
            "no place": float(not evidence),
        }
    same = {
        nationality,
        STATE.get(nationality, nationality),
        *(t for t, s in STATE.items() if s == nationality),
    }
    evidence = tuple(
        replace(e, country=nationality) if e.country in same and e.country != nationality else e
        for e in evidence
    )
    envoys = frozenset(e.country for e in evidence if e.kind == "envoy")
    places = tuple(e for e in evidence if e.kind not in ("envoy", "abroad"))
    outlet = reading.doc.article.outlet_country
    grounds: dict[str, float] = {}
    acts: dict[str, float] = {}
    for e in places:
        grounds[e.country] = grounds.get(e.country, 0.0) + _ground(e)
        if not _passed(e):
            acts[e.country] = acts.get(e.country, 0.0) + e.custody * e.weight
    own = tuple(e for e in places if e.country == nationality)
    away = tuple(e for e in places if e.country != nationality)
    mine, rivals = grounds.pop(nationality, 0.0), max(grounds.values(), default=0.0)
    held, held_away = acts.pop(nationality, 0.0), max(acts.values(), default=0.0)
    first = places[0].country if places else outlet or ""
    strong = tuple(e for e in places if not _passed(e) and (e.kind in ACTING or e.link in INSIDE))
    ruling = _ruling(strong, sentences, first)
    title = [e for e in places if e.sentence == 0 and not _passed(e)]
    leads = mine > rivals
    everywhere = all(c == nationality for c in ruling)
    begins = first == nationality
    stay = tuple(e for e in own if not _passed(e))
    # "214 Ghanaians serve time outside the country": no single place is the ground.
    beyond = any(e.kind == "abroad" and e.sentence in sentences for e in evidence)
    # "The customs of Atambua, Indonesia, caught two Timorese": the sentence has a country of its own.
    here = [e for e in strong if e.sentence in sentences and e.country != nationality]
    alone = [e for e in here if not any(o.sentence == e.sentence for o in stay)]
    out = {
        "home: leads": float(leads),
        "home: margin": max(-1.0, min(1.0, (mine - rivals) / MARGIN)),
        "home: share": mine / max(mine + sum(grounds.values()), 1.0),
        "home: rules": sum(c == nationality for c in ruling) / max(len(ruling), 1),
        "home: rules everywhere": float(everywhere),
        "home: custody leads": float(held > held_away),
        "home: custody share": held / max(held + sum(acts.values()), 0.5),
        "home: outlet, no other place": float(not away and outlet == nationality),
        "home: here": float(any(e.sentence in sentences for e in own)),
        "home: custody here": max((e.custody for e in stay if e.sentence in sentences), default=0.0),
        "home: force": float(any(e.kind in FORCES for e in own)),
        "home: force share": sum(e.kind in FORCES for e in own)
        / max(sum(e.kind in FORCES for e in places), 1),
        "home: title": float(any(e.sentence == 0 for e in stay)),
        "home: first": float(begins),
        "home: surely": float(leads and everywhere and begins),
        "home: title alone": float(bool(title) and all(e.country == nationality for e in title)),
        "home: date line": float(any(e.link == "date" for e in own)),
        "home: sent there": float(any(e.link == "sent" for e in own)),
        "home: reached": float(any(e.reached for e in own)),
        "home: envoy": float(nationality in envoys),
        "away: here": float(bool(here)),
        "away: here alone": float(bool(alone)),
        "away: custody here": max((e.custody for e in alone), default=0.0),
        "away: rules once": float(any(c != nationality for c in ruling)),
        "away: none": float(not away),
        "away: date line": float(any(e.link == "date" for e in away)),
        "away: first": float(bool(places) and places[0].country != nationality),
        "abroad: here": float(beyond),
        "abroad: here, the outlet's own": float(beyond and nationality == outlet),
    }
    return {name: round(value, 4) for name, value in out.items() if value}
