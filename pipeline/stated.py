"""The country that a figure's own clause names: "In Panama, 94 Mexicans are held"."""

from __future__ import annotations

from dataclasses import replace

from pipeline.fields.case import Reading
from pipeline.figures import OWN_COUNT
from pipeline.groups import Group
from pipeline.nations import is_named
from pipeline.understand import Held
from pipeline.vocabulary import UNKNOWN_COUNTRY

OPENS = 3  # words from the start of a sentence in which it opens with a place
BESIDE = 8  # words between a figure and the place that its clause names
MANY = 10  # people that are more than a case mostly has
COUNTED = OWN_COUNT


def is_tally(group: Group) -> bool:
    """Whether a phrase counts more people than a case mostly has."""
    return group.counted_by in COUNTED and (group.count or 0) >= MANY


def stated(reading: Reading, held: Held) -> Held:
    """A figure is of the country that its own clause names: "In Panama, 94 Mexicans are held"."""
    group, doc = held.group, reading.doc
    if group.country or not (is_tally(group) or not is_named(group)):
        return held
    low = doc.first_word[group.sentence]
    inside = [
        e
        for e in reading.evidence
        if e.sentence == group.sentence
        and e.link == "in"
        and not e.counted  # "auf Afghanistan entfielen 49, auf Deutschland 33": a list's own countries
        and e.country not in (group.nationality, UNKNOWN_COUNTRY)
    ]
    opening = [e for e in inside if e.word - low <= OPENS]
    near = [e for e in inside if -BESIDE <= e.word - group.first <= BESIDE]
    named = {e.country for e in near} or {e.country for e in opening}
    if not named and _divides_lands(reading, group):
        # "Spain leads with 487 Dutch prisoners, ahead of France (201)": a list's first country.
        named = {
            e.country
            for e in reading.evidence
            if e.sentence == group.sentence
            and e.kind == "country"
            and e.link == "none"
            and e.word - low <= OPENS
            and e.country != group.nationality
        }
        if len(named) == 1:
            return replace(held, country=named.pop())
    if any(e.joined > 1 for e in near):
        return held  # "in Belgium and the Netherlands": neither alone
    if len(named) == 1 and (near or held.country not in {e.country for e in inside}):
        return replace(held, country=named.pop())
    return held


def _divides_lands(reading: Reading, group: Group) -> bool:
    """Whether a counted phrase stands in a list of countries that hold people of its nationality."""
    return is_named(group) and any(
        g.form == "number at" and g.nationality == group.nationality and g.sentence == group.sentence
        for g in reading.groups
    )
