"""Which number of a sentence belongs to which country beside it?

"Peru 271, Colombia 192 and Italy 191"               → each number with the country before it
"61 in Tunisia and 38 in Algeria"                    → with the country after it
"three each from Israel, Russia and Britain"         → one number, several countries
"Germany, Holland and Italy, together 131"           → none: the number is of all of them
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from pipeline.figure_words import figure_words
from pipeline.fold import fold
from pipeline.measures.numbers import Number
from pipeline.mentions import Document

NEAR = 45  # characters between a number and the country that it belongs to
ONE_GAP = 16  # the same for "one"
COMPANY = 75  # the same where the number comes "with" the country
JOINT = 8  # characters between the countries and the numbers of "Peru and Chile with 12 and 9"
EACH_BEHIND = 32  # characters behind a number in which "each" may stand: "quinze prisonniers chacun"
OF_THE = frozenset({"dos", "das", "des", "dei", "degli", "delle"})
OF_THE_APART = frozenset({("of", "the"), ("de", "los"), ("de", "las"), ("van", "de"), ("von", "den")})
"""Words right before the number of a whole."""
CLAUSE = ";\n"  # a list is paired within a clause


@dataclass(frozen=True, slots=True)
class Spot:
    """A country's name in the text."""

    country: str
    start: int
    end: int


Pair = tuple[Number, Spot]


def _gap(number: Number, spot: Spot) -> int:
    return number.start - spot.end if spot.end <= number.start else spot.start - number.end


def _between(text: str, number: Number, spot: Spot) -> list[str]:
    """The words between a number and a country."""
    start, end = (spot.end, number.start) if spot.end <= number.start else (number.end, spot.start)
    words = text[start:end].replace("’", " ").replace("'", " ").split()
    return [fold(bare) for bare in (word.strip(",.;:()") for word in words) if bare]


def _reach(text: str, number: Number) -> int:
    """How far before a number its country may stand: "Spain comes first by a distance, with 2,290"."""
    before = fold(text[max(number.start - 8, 0) : number.start]).split()
    return COMPANY if before and before[-1] in figure_words("company") else NEAR


def _has_each(text: str) -> bool:
    return any(fold(word.strip(",.;:()")) in figure_words("each") for word in text.split())


def _each_behind(text: str, number: Number) -> bool:
    """ "quinze prisonniers chacun", "uno cada una": up to the next stop every name has the number."""
    tail = text[number.end : number.end + EACH_BEHIND]
    stop = min((at for at in map(tail.find, ",.;:()\n") if at >= 0), default=len(tail))
    return _has_each(tail[:stop])


def _in_order(numbers: list[Number], spots: list[Spot], text: str) -> bool:
    """ "Tailandia y Malasia, cuatro y dos": all countries, then as many numbers, and nothing else."""
    if len(numbers) != len(spots) or len(numbers) < 2 or spots[-1].end > numbers[0].start:
        return False
    gaps = [text[a.end : b.start] for a, b in pairwise(spots)]
    gaps += [text[a.end : b.start] for a, b in pairwise(numbers)]
    gap = text[spots[-1].end : numbers[0].start]
    joints = figure_words("and") | figure_words("outside") | figure_words("inside")
    return (
        all(all(fold(w) in joints for w in g.replace(",", " ").split()) for g in gaps)
        and len(gap) <= JOINT
        and all(fold(w) in figure_words("company") for w in gap.replace(",", " ").split())
    )


def _is_of_several(text: str, number: Number, spot: Spot) -> bool:
    """ "Italy, together 131", "eight from other countries, among them Iran", "two boats given by the United
    States": a number of more than the country, or of things that it gave."""
    words = _between(text, number, spot)
    if any(w in figure_words("together") for w in words):
        return True
    if number.end <= spot.start and any(w in figure_words("lands_many") for w in words):
        return True
    tail = fold(text[number.end : number.end + 24])
    stop = min((at for at in map(tail.find, ".;:()\n") if at >= 0), default=len(tail))
    if any(w.strip(",") in figure_words("together") for w in tail[:stop].split()[:3]):
        return True
    return number.end <= spot.start and bool(words) and words[-1] in figure_words("by_whom")


def _is_whole(text: str, number: Number) -> bool:
    """ "Ghana and Sudan account for most of the 780": the number is that of which they are a part."""
    before = fold(text[max(number.start - 12, 0) : number.start]).split()[-2:]
    return bool(before) and (before[-1] in OF_THE or tuple(before) in OF_THE_APART)


def _is_bound(text: str, number: Number, spot: Spot) -> bool:
    """Whether nothing but prepositions stands between: "61 en Tunisie", "12 aus Polen"."""
    words = _between(text, number, spot)
    small = figure_words("inside") | figure_words("outside") | figure_words("the_one")
    return (
        bool(words)
        and not any(c in text[number.end : spot.start] for c in ",;:()")
        and all(w in small for w in words)
        and (words[0] in figure_words("inside") or words[0] in figure_words("outside"))
    )


def _is_led_to(text: str, number: Number, spot: Spot) -> bool:
    """Whether a preposition or "with" binds a number to the country behind it: "siete vienen de Ghana",
    "y, con cuatro, Líbano"."""
    if number.end > spot.start:
        return False
    words = [w for w in _between(text, number, spot) if w not in ("the", "la", "las", "los", "les", "der")]
    if words:
        return words[-1] in figure_words("outside") or words[-1] in figure_words("inside")
    before = fold(text[max(number.start - 8, 0) : number.start]).split()
    return bool(before) and before[-1] in figure_words("company")


def _is_its_subject(text: str, number: Number, spot: Spot) -> bool:
    """ "La France en héberge à elle seule 143": nothing but words between a country and its number."""
    between = text[spot.end : number.start]
    return (
        spot.end <= number.start and _gap(number, spot) <= NEAR and not any(c in between for c in ",;:()–—")
    )


def _is_tied(text: str, number: Number, spot: Spot) -> bool:
    """ "South Africa and Angola tie with 96": the names before have it as well."""
    return any(w in figure_words("tied") for w in _between(text, number, spot))


def _lefts(text: str, numbers: list[Number], spots: list[Spot], index: int) -> list[Pair]:
    """A number with the countries before it that have it."""
    number = numbers[index]
    low = numbers[index - 1].end if index else -1
    near = [
        s
        for s in spots
        if low <= s.start and s.end <= number.start and _gap(number, s) <= _reach(text, number)
    ]
    last = near[-1] if near else None
    if last is None or _is_of_several(text, number, last) or _is_whole(text, number):
        return []
    shared = _each_behind(text, number) or _has_each(text[last.end : number.start])
    if number.value == 1 and not shared and _gap(number, last) > ONE_GAP:
        return []  # "Tanzania", enumera uno de los voluntarios: one is often a pronoun
    shared = shared or _is_tied(text, number, last)
    return [(number, last), *([(number, s) for s in near[:-1]] if shared else [])]


def _rights(text: str, numbers: list[Number], spots: list[Spot], index: int) -> list[Pair]:
    """A number with the countries behind it that have it."""
    number = numbers[index]
    high = numbers[index + 1].start if index + 1 < len(numbers) else 10**9
    near = [s for s in spots if number.end <= s.start and s.end <= high and _gap(number, s) <= NEAR]
    if not near or _is_of_several(text, number, near[0]):
        return []
    if number.value == 1 and _gap(number, near[0]) > ONE_GAP:
        return []
    shared = _has_each(text[number.end : near[0].start])
    return [(number, near[0]), *([(number, s) for s in near[1:]] if shared else [])]


def _pairs(numbers: list[Number], spots: list[Spot], text: str) -> list[Pair]:
    """Pair the numbers of a clause with countries, all with the one before or all with the one after;
    a number and a country that are left over side by side are a pair as well."""
    if _in_order(numbers, spots, text):
        return list(zip(numbers, spots, strict=True))
    before = [pair for index in range(len(numbers)) for pair in _lefts(text, numbers, spots, index)]
    after = [pair for index in range(len(numbers)) for pair in _rights(text, numbers, spots, index)]
    bound = bool(after) and all(_is_bound(text, n, s) for n, s in after)
    if bound and len(after) > 1 and len(after) >= len(before):
        chosen, other = after, before
    elif len(before) != len(after):
        chosen, other = (before, after) if len(before) > len(after) else (after, before)
    elif sum(_gap(n, s) for n, s in before) <= sum(_gap(n, s) for n, s in after):
        chosen, other = before, after
    else:
        chosen, other = after, before
    paired, named = {n.start for n, _ in chosen}, {s.start for _, s in chosen}
    return chosen + [
        (n, s)
        for n, s in other
        if n.start not in paired
        and s.start not in named
        and (_is_led_to(text, n, s) or _is_its_subject(text, n, s))
    ]


def pairs_of(doc: Document, sentence: int, numbers: list[Number], spots: list[Spot]) -> list[Pair]:
    """The pairs of a sentence, clause by clause."""
    borders = [
        i
        for n in numbers[:1]
        for i in range(doc.article.segments[sentence].start, doc.article.segments[sentence].end)
        if doc.text[i] in CLAUSE
    ]
    parts: dict[int, tuple[list[Number], list[Spot]]] = {}
    for number in numbers:
        parts.setdefault(bisect_right(borders, number.start), ([], []))[0].append(number)
    for spot in spots:
        parts.setdefault(bisect_right(borders, spot.start), ([], []))[1].append(spot)
    return [pair for ns, ss in parts.values() if ns and ss for pair in _pairs(ns, ss, doc.text)]
