"""Does an article list countries with a number each, and of whom: of prisoners, of couriers, of visitors?

A table in prose names nobody ("Spain has 51, Mexico 33 and Bolivia 29"): that it tells of foreign
detainees follows from what stands around it.
"""

from __future__ import annotations

from pipeline.fields.case import Reading
from pipeline.nations import is_named
from pipeline.signals import in_custody
from pipeline.vocabulary import UNKNOWN_COUNTRY

COUNTED = frozenset({"near", "copula"})
BEFORE, AFTER = 3, 3  # sentences around the list that may say what it counts
MOST = 6  # countries from which on more say no more


def _longest(reading: Reading) -> tuple[int, int]:
    """The sentence in which the longest list begins, which may run on into the next, and its countries."""
    listed: dict[int, set[str]] = {}
    for group in reading.groups:
        counted = group.count is not None and group.counted_by in COUNTED and is_named(group)
        if group.form == "number at":
            listed.setdefault(group.sentence, set()).add(group.country)
        elif group.nationality != UNKNOWN_COUNTRY and (group.form == "number of" or counted):
            listed.setdefault(group.sentence, set()).add(group.nationality)
    lengths = {s: len(own | listed.get(s + 1, set())) for s, own in listed.items()}
    first = min(lengths, key=lambda s: (-lengths[s], s), default=0)
    return first, lengths.get(first, 0)


def list_signals(reading: Reading) -> dict[str, float]:
    """Signals of the article's longest list, of two countries at least; none where there is no list."""
    sentence, length = _longest(reading)
    if length < 2:
        return {}
    around = reading.profiles[max(0, sentence - BEFORE) : sentence + AFTER]
    held = any(in_custody(p) for p in around)
    drugs = any(p.drugs or p.offence or "mule" in p.people for p in around)
    other = any(p.other for p in around)
    foreign = any(g.nationality == UNKNOWN_COUNTRY and is_named(g) for g in reading.groups)
    size = (min(length, MOST) - 1) / (MOST - 1)
    out = {
        "list": True,
        "list: held": held,
        "list: drugs": drugs,
        "list: foreigners": foreign,
        "list: held and drugs": held and drugs,
        "list: held, drugs, foreigners": held and drugs and foreign,
        "list: held and other crime": held and other,
    }
    return {name: 1.0 if name == "list" else size for name, value in out.items() if value} | {
        "list: size": size
    }
