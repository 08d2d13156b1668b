"""Numbers that count people without naming them: lists by country, and figures that go on.

    "Peru 271, Colombia 192 and Italy 191"        → number at / number of: the country beside it
    "three each from Israel, Russia and Britain"  → one number, several countries
    "of whom 886 were held for drugs offences"    → number: whoever was spoken of before

Whether a country beside a number is where people are held ("at") or where they come from ("of") is
left open here: both are given and weighed later.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.groups import Group
from pipeline.measures.numbers import Number
from pipeline.mentions import PEOPLE, Document
from pipeline.vocabulary import UNKNOWN_COUNTRY

NEAR = 45  # characters between a number and the country that it belongs to
EACH = frozenset("each apiece cada chacun chacune je jeweils ciascuno ciascuna elk ieder".split())


@dataclass(frozen=True, slots=True)
class _Spot:
    country: str
    start: int
    end: int


def _pairs(numbers: list[Number], spots: list[_Spot], text: str) -> list[tuple[Number, _Spot]]:
    """Pair numbers with countries, all with the one before or all with the one after."""

    def distance(number: Number, spot: _Spot) -> int:
        return number.start - spot.end if spot.end <= number.start else spot.start - number.end

    before: list[tuple[Number, _Spot]] = []
    after: list[tuple[Number, _Spot]] = []
    for index, number in enumerate(numbers):
        low = numbers[index - 1].end if index else -1
        high = numbers[index + 1].start if index + 1 < len(numbers) else 10**9
        left = [s for s in spots if low <= s.start and s.end <= number.start and distance(number, s) <= NEAR]
        right = [s for s in spots if number.end <= s.start and s.end <= high and distance(number, s) <= NEAR]
        if left:
            before.append((number, left[-1]))
        if right:
            after.append((number, right[0]))
            if any(word.strip(",.;:") in EACH for word in text[number.end : right[0].start].split()):
                after += [(number, s) for s in right[1:]]
    if len(before) != len(after):
        return before if len(before) > len(after) else after
    gap_before = sum(distance(n, s) for n, s in before)
    gap_after = sum(distance(n, s) for n, s in after)
    return before if gap_before <= gap_after else after


def find_number_groups(doc: Document, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Groups for the plain numbers that no phrase has claimed, with what each may count."""
    claimed = {
        number.start
        for number in doc.numbers
        for g in groups
        if g.counted_by in ("near", "copula") and g.start - 60 <= number.start < g.end and number.value == g.count
    }
    spots_of: dict[int, list[_Spot]] = {}
    for place in doc.places:
        if place.kind == "country" and place.countries:
            spots_of.setdefault(doc.sentence_at(place.start), []).append(_Spot(place.countries[0], place.start, place.end))
    numbers_of: dict[int, list[Number]] = {}
    for number in doc.numbers:
        if number.role in PEOPLE and number.value is not None and number.value == int(number.value) and number.value >= 1:
            numbers_of.setdefault(doc.sentence_at(number.start), []).append(number)
    people = [g for g in groups if g.form != "attribute"]
    out = []
    for sentence, numbers in numbers_of.items():
        before = [g for g in people if g.sentence <= sentence]
        ruling = before[-1].nationality if before else (people[0].nationality if people else "")
        free = [n for n in numbers if n.start not in claimed]
        paired = _pairs(free, spots_of.get(sentence, []), doc.text)
        in_list = {n.start for n, _ in paired}
        for number, spot in paired:
            start, end = min(number.start, spot.start), max(number.end, spot.end)
            first, last = doc.word_at(start), doc.word_at(end - 1)
            value = int(number.value or 0)
            if ruling and ruling != spot.country:
                out.append(Group(ruling, value, number.bound, value == 1, "number at", "none", first, last, start, end, sentence, "list", spot.country))
            out.append(Group(spot.country, value, number.bound, value == 1, "number of", "none", first, last, start, end, sentence, "list"))
        for number in free:
            if number.start in in_list or not ruling:
                continue
            first = last = doc.word_at(number.start)
            value = int(number.value or 0)
            for nationality in {ruling, UNKNOWN_COUNTRY} if any(g.nationality == UNKNOWN_COUNTRY for g in before) else {ruling}:
                out.append(Group(nationality, value, number.bound, value == 1, "number", "none", first, last, number.start, number.end, sentence, "near"))
    return tuple(sorted(out, key=lambda g: (g.start, g.end, g.nationality, g.form)))
