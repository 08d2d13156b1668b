"""Figures seen together: the numbers of one list, round numbers beside exact ones, and lone ones."""

from __future__ import annotations

from pipeline.groups import Group
from pipeline.nations import is_named
from pipeline.understand import Held
from pipeline.vocabulary import Bound, Kind
from pipeline.wholes import COUNTED

LEAST_ROUND = 20  # a round number below it is no rounder way to say another
ROUND = 0.1  # how far a round number lies at most from the one that it stands for


def list_chances(held: tuple[Held, ...]) -> dict[int, float]:
    """The mean chance of the numbers of one list that are read alike: they are figures together."""
    lists: dict[tuple[int, str, str], list[Held]] = {}
    for h in held:
        if h.group.form in ("number at", "number of"):
            whose = h.group.nationality if h.group.country else ""
            lists.setdefault((h.group.sentence, h.group.form, whose), []).append(h)
    return {
        id(h): sum(o.probability for o in members) / len(members)
        for members in lists.values()
        if len({h.group.start for h in members}) > 1
        for h in members
    }


def read_alike(numbers: list[Held]) -> list[Held]:
    """Bare numbers with one reading for each list: its countries are either those where people come from or
    those where people of one nationality are held, whichever is likelier on the mean."""
    readings: dict[int, dict[str, list[Held]]] = {}
    for h in numbers:
        if h.group.form in ("number at", "number of"):
            whose = h.group.nationality if h.group.country else ""
            readings.setdefault(h.group.sentence, {}).setdefault(whose, []).append(h)
    best: dict[int, str] = {}
    for sentence, by_whose in readings.items():
        lists = {w: part for w, part in by_whose.items() if len({h.group.start for h in part}) > 1}
        if lists:
            best[sentence] = max(lists, key=lambda w: _mean(lists[w]))
    return [
        h
        for h in numbers
        if h.group.form == "number"
        or best.get(h.group.sentence) in (None, h.group.nationality if h.group.country else "")
    ]


def _mean(members: list[Held]) -> float:
    return sum(h.probability for h in members) / len(members)


def _zeros(count: int) -> int:
    text = str(count)
    return len(text) - len(text.rstrip("0"))


def rounds(group: Group, other: Group) -> bool:
    """Whether a figure says in round numbers ("nearly seven hundred") what another says exactly (694).

    A round number that is meant exactly does so only in the title or lead, and only when it is very round.
    """
    count, exact = group.count, other.count
    if not count or not exact or count < LEAST_ROUND or not _zeros(count):
        return False
    very = len(str(count)) - _zeros(count) == 1 or _zeros(count) > 1
    loose = group.bound != Bound.EXACT or (very and group.sentence <= 1)
    return loose and _zeros(exact) < _zeros(count) and abs(count - exact) <= ROUND * exact


def without_lone_ones(phrases: list[Held], kinds: dict[int, str]) -> tuple[list[Held], dict[int, str]]:
    """The phrases without figures of one person that are none, and the kinds of the rest.

    A stock or flow of one stands in a list ("12 in Pakistan, one in the Emirates"). Elsewhere "one
    Briton" is a case, "the wrong one" counts nobody, and a singular that is not counted at all ("in
    foreign prisons", "Albanian citizenship") is no figure.
    """
    kept: list[Held] = []
    told = dict(kinds)
    for h in phrases:
        if kinds[id(h)] != Kind.EVENT and h.group.count == 1:
            counted = h.group.counted_by in (*COUNTED, "article") or not is_named(h.group)
            listed = counted and any(
                o is not h
                and o.group.sentence == h.group.sentence
                and (o.group.counted_by in COUNTED or not is_named(o.group))
                for o in phrases
            )
            if not listed and not (counted and is_named(h.group)):
                continue
            if not listed:
                told[id(h)] = Kind.EVENT
        kept.append(h)
    return (kept, told) if kept else (phrases, kinds)
