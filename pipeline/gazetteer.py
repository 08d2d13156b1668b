"""Places, airports, prisons, courts and forces that stand for a country.

A place's ``weight`` (0…1) says how surely the name means its likeliest country: 1.0 a country's name,
about 0.9 a city of millions, a known prison or force, 0.3 a small town that others share its name with,
less for what is also a word or a family name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.facilities import FACILITY, facility_near, with_facility
from pipeline.gazetteer_table import Entry, Table, Words, load_table, read_words

KINDS = (
    "country", "city", "region", "airport", "port", "border_post", "prison", "court", "police", "customs",
    "agency", "embassy", "other",
)  # fmt: skip
"""What a place can be. "embassy" is a foreign ministry too: it speaks for the detainee's own country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A name in a text that stands for a country: ``text[start:end] == self.text`` always."""

    start: int
    end: int
    text: str
    countries: tuple[str, ...]  # ISO alpha-2, likeliest first, never empty
    kind: str  # one of KINDS
    weight: float  # 0…1, how surely it means countries[0]


_SPOTS = frozenset(("city", "region", "airport", "port", "prison", "border_post", "other"))
_FORCES = frozenset(("court", "police", "customs", "agency"))
_QUOTES = tuple("\"“”„«»‘’'")
_BIG = 0.8  # from this weight on a city is one even in quotation marks
LISTED_GAP = len(", and ")
_LARGE = 0.64  # from this weight on a town has about 100,000 people
NEAR_A_PRISON = 0.6  # the weight of a prison's name that a town has too, with a word for a prison nearby
_SMALL = 0.62  # up to this weight a town is too small to be named without a word for where


def find_places(text: str, language: str, home: str | None = None) -> tuple[Place, ...]:
    """Return the places of ``text`` in order, without overlaps, resolved among each other.

    ``language`` is ISO 639-1; it decides which names are common words ("Reading", "Essen") and which
    country a name means first ("Salvador"). ``home`` is the outlet's country, whose Brest is meant first. A
    word for an airport, prison, port or checkpoint beside a name is taken into its span ("aeropuerto de
    Lima"). Any text is allowed.
    """
    table = load_table()
    words = read_words(text)
    out: list[Place] = []
    persons: set[str] = set()
    for first, last, entry in _found(words, language, table):
        start, end = words.spans[first][0], words.spans[last][1]
        name = " ".join(words.keys[first : last + 1])
        before = words.keys[first - 1] if first > 0 else ""
        surely = before in table.rules["surely_inside"] and not _is_verb(words, first - 1, language)
        if _is_person(words, first, last, entry, language, table):
            persons.add(name)
            continue
        if (name in persons and not surely) or _is_airline(words, first, last, table):
            continue
        kind, countries, weight = entry.kind, entry.countries, entry.weight
        wider = (
            with_facility(words.folded, start, end, after=out[-1].end if out else 0)
            if kind in _SPOTS
            else None
        )
        if wider:
            start, end, kind = wider
            special = table.find(name, kind)
            if special and special.kind == kind and kind != entry.kind:
                others = [country for country in countries if country not in special.countries]
                countries, weight = (*special.countries, *others), 0.8
            weight = max(weight, min(0.85, weight + 0.2))
        elif "f" in entry.flags and not facility_near(words, start, end, entry.kind):
            continue
        else:
            weight = _trusted(words, first, last, entry, language, table, surely=surely)
            special = table.find(name, "prison") if kind == "city" else None
            if (
                special
                and special.kind == "prison"
                and special.countries[0] != countries[0]
                and facility_near(words, start, end, "prison")
            ):
                # "In Santa Mónica, dem Frauengefängnis von Lima": the prison of that name, not the town.
                others = [country for country in countries if country not in special.countries]
                kind, countries, weight = "prison", (*special.countries, *others), NEAR_A_PRISON
        if weight < 0.1:
            continue
        written = text[start:end]
        out.append(Place(start=start, end=end, text=written, countries=countries, kind=kind, weight=weight))
    return resolve(_apart(out), home)


def _found(words: Words, language: str, table: Table) -> Iterator[tuple[int, int, Entry]]:
    """Yield the longest names, left to right, as first word, last word and entry."""
    begin = table.beginning(words.keys, language)
    free = 0
    for number, key in enumerate(words.keys):
        if key not in begin or number < free:
            continue
        index, found = number, _longest(words, number, language, table)
        if found and found[0] == index + 1 and key in table.rules["articles"]:
            # "La Guardia Civil" is not La Guardia: an article gives way to a longer name after it.
            later = _longest(words, index + 1, language, table)
            if later and later[0] > found[0]:
                found, index = later, index + 1
        if found:
            yield index, *found
            free = found[0] + 1


def _is_verb(words: Words, index: int, language: str) -> bool:
    """Whether a French "a" is the verb and no "à": "il y a Nadia"."""
    start, end = words.spans[index]
    return language == "fr" and words.text[start:end] == "a"


def _longest(words: Words, first: int, language: str, table: Table) -> tuple[int, Entry] | None:
    """Return the last word and the entry of the longest name that begins with the word ``first``."""
    key = words.keys[first]
    if not (words.capital(first) or key in table.lower or len(key) == 1):
        return None
    longest = min(table.longest.get(key, 1), len(words.keys) - first)
    if longest > 1 and f"{key} {words.keys[first + 1]}" not in table.pairs:
        longest = 1
    for size in range(longest, 0, -1):
        last = first + size - 1
        entry = table.find(" ".join(words.keys[first : last + 1]), language)
        if entry and words.close(first, last) and _spelled(words, first, last, entry):
            return last, entry
    return None


def _spelled(words: Words, first: int, last: int, entry: Entry) -> bool:
    """Whether the words are written as a name of this sort is."""
    start, end = words.spans[first][0], words.spans[last][1]
    if "U" in entry.flags:
        written = [c for c in words.text[start:end] if c.isalpha()]
        if any(c.islower() for c in written):
            return False
        return len(written) > 4 or not words.in_capitals(start, end)
    if "a" in entry.flags:
        return True
    if not words.capital(first) and (len(words.keys[first]) > 1 or first == last):
        return False
    if "l" in entry.flags or entry.kind == "country":
        return True  # "Arabie saoudite", "Brabant wallon"
    rest = range(first + 1, last + 1)
    return all(len(words.keys[i]) <= 3 or words.capital(i) or words.keys[i][0].isdigit() for i in rest)


def _is_person(words: Words, first: int, last: int, entry: Entry, language: str, table: Table) -> bool:
    """Whether the name is a piece of a person's name."""
    if entry.kind not in ("city", "region", "country"):
        return False
    odd = "g" in entry.flags or "s" in entry.flags
    usual = table.rules["not_given"]
    if first > 0 and words.joined(first - 1) and words.capital(first - 1):
        before, gap = words.keys[first - 1], words.gap(first - 1)
        if before in table.given and before not in usual and gap != "-":
            return entry.kind != "country" or odd
        if odd and (before in table.rules["titles"] or (len(before) == 1 and gap == ". ")):
            return True
        if "s" in entry.flags and language != "de" and gap == " " and not words.opens(first - 1):
            return before not in usual and before not in FACILITY
    if "g" in entry.flags and language != "de" and last + 1 < len(words.keys) and words.joined(last):
        after = words.keys[last + 1]
        # "They are from Kenya. He…": what begins the next sentence is no surname.
        near = words.gap(last) in (" ", "-")
        return near and words.capital(last + 1) and after not in FACILITY and after not in usual
    return False


def _is_nickname(words: Words, first: int, last: int) -> bool:
    """Whether quotation marks stand around the name alone: 'known in the trade as "Hoover"'."""
    start, end = words.spans[first][0], words.spans[last][1]
    return words.text[max(start - 1, 0) : start] in _QUOTES and words.text[end : end + 1] in _QUOTES


def _is_airline(words: Words, first: int, last: int, table: Table) -> bool:
    """Whether the name is a piece of an airline's: "Air Luxor", "Kenya Airways", "un vuelo de Emirates"."""
    before = words.keys[first - 1] if first > 0 and words.joined(first - 1) else ""
    after = words.keys[last + 1] if last + 1 < len(words.keys) and words.joined(last) else ""
    if before in table.rules["airlines"] and words.capital(first - 1):
        return True
    if after in table.rules["airlines"]:
        return words.capital(last + 1)
    return words.keys[first : last + 1] == ["emirates"] and before not in ("the", "arab")


def _trusted(
    words: Words, first: int, last: int, entry: Entry, language: str, table: Table, *, surely: bool
) -> float:
    """Return the entry's weight as the words beside the name change it."""
    weight = entry.weight
    if first == last and words.keys[first] in table.rules["heads"] and _goes_on(words, last, table):
        return 0.0  # "Río Encajonado" is another place than Río
    if language in entry.common:
        # "Em Contagem": a large town is likelier behind "in" than a word that has no business there.
        most = 0.55 if weight >= _LARGE else 0.35
        return min(weight, most) if surely and entry.kind in _SPOTS else 0.0
    if weight < _BIG and entry.kind == "city" and _is_nickname(words, first, last):
        return 0.0
    if entry.kind not in ("city", "region") or weight > 0.8:
        return weight
    if surely:
        return weight + 0.1 if weight < _SMALL else weight
    if "g" in entry.flags or "s" in entry.flags:
        weight *= 0.4
    if weight > _SMALL or first == last == 0:
        return weight
    if language == "de":
        # Every noun has a capital there: a small town is known by the preposition before it.
        return (
            weight if words.opens(first) or words.keys[first - 1] in table.rules["inside"] else weight * 0.4
        )
    usual = table.rules["not_given"]
    joined = first > 0 and words.capital(first - 1) and words.gap(first - 1) == " "
    if joined and entry.kind == "city" and words.keys[first - 1] in table.rules["heads"]:
        return 0.0  # "Punta Coco" is another place than Coco
    if joined and not words.opens(first - 1):
        weight *= 1.0 if words.keys[first - 1] in usual else 0.4
    if last + 1 < len(words.keys) and words.capital(last + 1) and words.gap(last) == " ":
        weight *= 1.0 if words.keys[last + 1] in usual else 0.6
    return weight


def _goes_on(words: Words, last: int, table: Table) -> bool:
    """Whether a name of no meaning of its own follows at once."""
    after = last + 1
    return (
        after < len(words.keys)
        and words.capital(after)
        and words.gap(last) == " "
        and words.keys[after] not in table.rules["not_given"]
        and words.keys[after] not in FACILITY
    )


def _apart(places: list[Place]) -> tuple[Place, ...]:
    """Drop a place that the widened span before it already takes in."""
    out: list[Place] = []
    for place in places:
        if not out or place.start >= out[-1].end:
            out.append(place)
    return tuple(out)


def resolve(places: tuple[Place, ...], home: str | None = None) -> tuple[Place, ...]:
    """Return ``places`` with the countries of ambiguous names in the order that the others speak for.

    A country that the text names surely by another name comes first; ``home`` (the outlet's country)
    counts as half a mention. Offsets and texts stay as they are.
    """
    sure: dict[str, float] = defaultdict(float)
    if home:
        sure[home] += 0.5
    for place in places:
        if len(place.countries) == 1 and place.weight >= 0.6 and place.kind != "embassy":
            sure[place.countries[0]] += place.weight
    said = frozenset(country for country in sure if country != home or sure[country] > 0.5)
    return tuple(
        place if len(place.countries) == 1 or _is_listed(places, index) else _reordered(place, sure, said)
        for index, place in enumerate(places)
    )


def _is_listed(places: tuple[Place, ...], index: int) -> bool:
    """Whether a country's name stands in a list of countries: "two each from Poland and Georgia" means no
    state of another country, however much is said of that."""
    place = places[index]
    near = [
        *((p, place.start - p.end) for p in places[max(index - 1, 0) : index]),
        *((p, p.start - place.end) for p in places[index + 1 : index + 2]),
    ]
    return place.kind == "country" and any(
        other.kind == "country"
        and len(other.countries) == 1
        and other.countries[0] not in place.countries  # "Atlanta, Georgia, United States"
        and 0 < gap <= LISTED_GAP
        for other, gap in near
    )


def _reordered(place: Place, sure: dict[str, float], said: frozenset[str]) -> Place:
    named = [country for country in place.countries if sure.get(country)]
    if not named:
        return place
    most = max(1.0, *(sure[country] for country in named))
    score = {c: 1 / (i + 1) + 1.5 * sure.get(c, 0.0) / most for i, c in enumerate(place.countries)}
    countries = tuple(sorted(place.countries, key=lambda country: -score[country]))
    # A name that may be a word or a person is no surer for its country being named.
    if countries[0] not in named or place.weight < 0.25:
        return replace(place, countries=countries)
    alone = len(named) == 1
    weight = 0.7 if alone else 0.55
    if place.kind in _FORCES and not (alone and countries[0] in said):
        # A court that every country has is the outlet's own or one of two: that is no news.
        weight = min(weight, place.weight + 0.1)
    return replace(place, countries=countries, weight=max(place.weight, weight))
