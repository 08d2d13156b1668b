"""Which figure does a list of countries divide?

    "1,046 foreigners … Nigeria (142), Algeria (96) and Albania (81)"   → countries that people come from
    "1,808 Brazilians abroad … Portugal (252), Spain (241)"             → countries where they are held

What decides is whose figure was spoken of before: one of foreigners, or one of a single nationality.
"""

from __future__ import annotations

from pipeline.fields.case import Reading
from pipeline.groups import Group
from pipeline.vocabulary import UNKNOWN_COUNTRY

COUNTED = frozenset({"near", "copula", "list"})  # how a phrase with a number of its own is counted
BACK = 6  # sentences before a list in which the figure that it divides may stand


def find_whole(reading: Reading, group: Group) -> Group | None:
    """The phrase whose people a listed number is a part of, or None: counted ones are preferred."""
    named = [
        g
        for g in reading.groups
        if g.form not in ("attribute", "loose")
        and not g.form.startswith("number")
        and not g.singular
        and g.end <= group.start
    ]
    near = [g for g in named if g.sentence >= group.sentence - BACK or g.sentence <= 1]
    larger = [g for g in near if g.counted_by in COUNTED and (g.count or 0) > (group.count or 0)]
    if larger:
        return larger[-1]
    return near[-1] if near else None


def whole_signals(reading: Reading, group: Group) -> dict[str, float]:
    """What a number beside a country divides: a figure of foreigners, of its own people, of others."""
    whole = find_whole(reading, group)
    size = len({g.start for g in reading.groups if g.sentence == group.sentence and g.form == group.form})
    sort = "list" if size > 1 else "one"
    if whole is None:
        return {f"{group.form}: divides nothing": 1.0, f"{group.form}, {sort}: divides nothing": 1.0}
    if whole.nationality == UNKNOWN_COUNTRY:
        whose = "foreigners"
    elif whole.nationality == group.nationality:
        whose = "its own"
    else:
        whose = "others"
    counted = "figure" if whole.counted_by in COUNTED else "people"
    here = [e for e in reading.evidence if e.sentence == whole.sentence]
    if any(e.kind == "abroad" for e in here):
        ground = "abroad"
    elif any(e.link == "in" and e.country not in (group.country, group.nationality) for e in here):
        ground = "placed"
    else:
        ground = "open"
    foreign = "foreign " if group.nationality == UNKNOWN_COUNTRY else ""
    names = (
        f"divides {counted}",
        f"divides {foreign}{whose}",
        f"divides {foreign}{whose} {counted}",
        f"divides {foreign}{whose}, {ground}",
    )
    out = {}
    for name in names:
        out[f"{group.form}: {name}"] = 1.0
        out[f"{group.form}, {sort}: {name}"] = 1.0
    return out
