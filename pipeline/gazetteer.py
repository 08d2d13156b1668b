"""Places, airports, prisons, courts and forces that stand for a country.

The names are in data/places.tsv.gz (made by data/build.py). They are looked up word by word in a hash
table rather than by an automaton: only capitalised words can begin most names, so that a text of 3,000
characters asks some hundred questions, and the table is there after a fraction of a second.

A place's ``weight`` (0…1) says how surely the name means its likeliest country: 1.0 a country's name,
about 0.9 a city of millions, a known prison or force, 0.3 a small town that others share its name with.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from sys import intern
from typing import NamedTuple

from pipeline.errors import LexiconError
from pipeline.fold import fold

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


class _Entry(NamedTuple):
    kind: str
    flags: str  # U a f g s, see data/build.py
    countries: tuple[str, ...]
    weight: float
    common: str  # languages in which the name is a common word


class _Table(NamedTuple):
    names: dict[str, str]  # key → the rest of its line
    longest: dict[str, int]  # first word → most words that a name beginning with it has
    lower: frozenset[str]  # first words of names that need no capital
    given: frozenset[str]


_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_MARKS = re.compile(r"[\u0300-\u036f]")
_SPOTS = frozenset(("city", "region", "airport", "port", "prison", "border_post", "other"))

# Where a name that is also a word or a small town may be trusted.
_INSIDE = frozenset(
    """in at near outside around inside across throughout en em no na nos nas a au aux chez dans im bei nach te
    bij nabij ad nel nella nello nei negli presso hasta desde entre from to of de del della dello di da do d du
    des von aus van uit""".split()
)
_SURELY_INSIDE = frozenset(
    "in near outside en em im bei te bij nabij nel nella nello presso aus uit dans a".split()
)

# Capitalised words before a name that leave it a place.
_NOT_GIVEN = frozenset(
    """north south east west northern southern eastern western central greater downtown inner upper lower new
    norte sur sul nord sud est ouest este oeste nordre city state province county district port puerto porto
    airport aeropuerto aeroporto aeroport prison penal carcel the el la los las le les il lo gli die der das den
    het de of san santa sao saint st ciudad cidade ville villa stadt provincia estado region""".split()
)
_TITLES = frozenset(
    """mr mrs ms miss dr sr sra senor senora dona don herr frau mme mlle monsieur madame signor signora dottor
    judge justice juez jueza juiz juiza magistrate sergeant sgt inspector superintendent officer detective
    constable comisario capitan coronel general mayor sargento delegado president presidente minister ministro
    ministra senator senador lawyer abogado abogada advogado avocat avocate avvocato anwalt advocaat""".split()
)

_FACILITIES = {
    "airport": "aeropuerto aeroporto aeroport airport flughafen luchthaven vliegveld",
    "prison": (
        "prison jail penitentiary carcel penal prision penitenciaria presidio cadeia penitenciario reclusorio "
        "gefangnis haftanstalt jva justizvollzugsanstalt gevangenis carcere penitenziario hmp"
    ),
    "port": "port seaport harbour harbor puerto porto haven hafen",
    "border_post": "checkpoint crossing",
}
_FACILITY = {word: kind for kind, words in _FACILITIES.items() for word in words.split()}
_OPENERS = "|".join(sorted(_FACILITY.keys() - {"jail", "seaport", "penitentiary", "checkpoint", "crossing"}))
_CLOSERS = (
    "airport|flughafen|luchthaven|vliegveld|prison|jail|penitentiary|gefangnis|gevangenis|haftanstalt|seaport|"
    "port|harbour|harbor|hafen|haven|checkpoint|crossing|correctional|detention|remand"
)
_BEFORE = re.compile(
    rf"(?<![^\W_])(complejo |complexo |centro |centre |terminal )?({_OPENERS})"
    r"( international[e]?| internacional| internazionale| nacional| feminina?| femenino| masculina?| central)*"
    r"( de mujeres| de hombres| militar)?"
    r"( (de|del|da|do|di|du|des|von|van|of|la|el|las|los|le|d['’]|dell['’]|de l['’]|al))*[ '’-]*$"
)
_AFTER = re.compile(
    rf"(?:['’]s)?[ -](?:(?:[a-z]+-)?(?:elche|international|intl|central|main|women['’]s|high[- ]security|"
    rf"maximum[- ]security|federal|district|county)[ -])*({_CLOSERS})(?![^\W_])(?: (?:centre|center|facility|prison))?"
)


@cache
def _table() -> _Table:
    """Read the compiled gazetteer once in a process."""
    packed = (resources.files("pipeline") / "data" / "places.tsv.gz").read_bytes()
    names: dict[str, str] = {}
    longest: dict[str, int] = {}
    lower = set()
    try:
        for line in gzip.decompress(packed).decode().split("\n"):
            key, _, rest = line.partition("\t")
            names[key] = intern(rest)
            first, blank, _ = key.rpartition(":")[2].partition(" ")
            if blank:
                longest[first] = max(longest.get(first, 1), key.count(" ") + 1)
            if "a" in rest.split("\t", 2)[1]:
                lower.add(first)
        people = (resources.files("pipeline") / "data" / "names.toml").read_text(encoding="utf-8")
        given = frozenset(people.split('"""')[1].split())
    except (OSError, EOFError, UnicodeDecodeError, IndexError) as error:
        raise LexiconError(
            "data/places.tsv.gz cannot be read; make it with python -m pipeline.data.build"
        ) from error
    return _Table(names, longest, frozenset(lower), given)


@cache
def _entry(rest: str) -> _Entry:
    kind, flags, countries, weight, common = rest.split("\t")
    return _Entry(kind, flags, tuple(countries.split(",")), float(weight), common)


@dataclass(slots=True)
class _Words:
    """The words of a text with what the rules ask of them."""

    text: str
    folded: str
    spans: list[tuple[int, int]]
    keys: list[str]

    def capital(self, index: int) -> bool:
        char = self.text[self.spans[index][0]]
        return char.isupper() or char.istitle()

    def joined(self, index: int) -> bool:
        """Whether only blanks or a hyphen stand between this word and the next."""
        return self.text[self.spans[index][1] : self.spans[index + 1][0]] in (" ", "\xa0", "-", ". ")

    def opens(self, index: int) -> bool:
        """Whether the word begins a sentence or a line, where a capital says nothing."""
        before = self.text[max(0, self.spans[index][0] - 3) : self.spans[index][0]].rstrip(" \t\xa0\"'«“„‘(")
        return not before or before[-1] in ".!?:\n…»”"


def _words(text: str) -> _Words:
    folded = fold(text)
    spans, keys = [], []
    for found in _WORD.finditer(folded):
        spans.append(found.span())
        keys.append(_MARKS.sub("", found.group()))
    return _Words(text, folded, spans, keys)


def _in_capitals(words: _Words, start: int, end: int) -> bool:
    """Whether the words around are in capitals too, so that capitals mark no acronym."""
    around = [c for c in words.text[max(0, start - 25) : start] + words.text[end : end + 25] if c.isalpha()]
    return len(around) > 12 and sum(c.isupper() for c in around) > 0.8 * len(around)


def _spelled(words: _Words, first: int, last: int, entry: _Entry) -> bool:
    """Whether the words are written as a name of this sort is."""
    start, end = words.spans[first][0], words.spans[last][1]
    if "U" in entry.flags:
        written = [c for c in words.text[start:end] if c.isalpha()]
        if not all(c.isupper() for c in written):
            return False
        return len(written) > 4 or not _in_capitals(words, start, end)
    if "a" in entry.flags:
        return True
    if not words.capital(first) and (len(words.keys[first]) > 1 or first == last):
        return False
    return all(
        len(words.keys[i]) <= 3 or words.capital(i) or words.keys[i][0].isdigit()
        for i in range(first + 1, last + 1)
    )


def _is_person(
    words: _Words, first: int, last: int, entry: _Entry, language: str, given: frozenset[str]
) -> bool:
    """Whether the name is a piece of a person's name."""
    if entry.kind not in ("city", "region", "country") or len(entry.countries) == 0:
        return False
    odd = "g" in entry.flags or "s" in entry.flags
    if first > 0 and words.joined(first - 1) and words.capital(first - 1):
        before = words.keys[first - 1]
        gap = words.text[words.spans[first - 1][1] : words.spans[first][0]]
        if before in given and before not in _NOT_GIVEN and gap != "-":
            return entry.kind != "country" or odd
        if len(before) == 1 and gap == ". " and odd:
            return True
        if odd and before in _TITLES:
            return True
        if "s" in entry.flags and language != "de" and gap == " " and not words.opens(first - 1):
            return before not in _NOT_GIVEN and before not in _FACILITY
    if "g" in entry.flags and last + 1 < len(words.keys) and words.joined(last) and words.capital(last + 1):
        after = words.keys[last + 1]
        return after not in _FACILITY and after not in _NOT_GIVEN and language != "de"
    return False


def _with_facility(words: _Words, start: int, end: int) -> tuple[int, int, str] | None:
    """Return the span that takes in a word for an airport, prison or port beside it, and which it is."""
    before = _BEFORE.search(words.folded, max(0, start - 70), start)
    if before:
        return before.start(), end, _FACILITY[before.group(2)]
    after = _AFTER.match(words.folded, end, end + 60)
    if after:
        return start, after.end(), _FACILITY.get(after.group(1), "prison")
    return None


def _found(words: _Words, language: str, table: _Table) -> Iterable[tuple[int, int, _Entry]]:
    """Yield the longest names, left to right, as first word, last word and entry."""
    index, count = 0, len(words.keys)
    while index < count:
        key = words.keys[index]
        step = 1
        if words.capital(index) or key in table.lower or len(key) == 1:
            for size in range(min(table.longest.get(key, 1), count - index), 0, -1):
                name = key if size == 1 else " ".join(words.keys[index : index + size])
                rest = table.names.get(f"{language}:{name}") or table.names.get(name)
                last = index + size - 1
                if rest is None or (size > 1 and not _close(words, index, last)):
                    continue
                entry = _entry(rest)
                if _spelled(words, index, last, entry):
                    yield index, last, entry
                    step = size
                    break
        index += step


def _close(words: _Words, first: int, last: int) -> bool:
    """Whether the words of a name follow each other with no more than a comma or a sign between."""
    return all(
        len(gap := words.text[words.spans[i][1] : words.spans[i + 1][0]]) <= 3 and "\n" not in gap
        for i in range(first, last)
    )


def find_places(text: str, language: str) -> tuple[Place, ...]:
    """Return the places of ``text`` in order, without overlaps, resolved among each other.

    ``language`` is ISO 639-1; it decides which names are common words ("Reading", "Essen") and which
    country a name has first ("Salvador"). Any text is allowed; no name, no place.
    """
    table = _table()
    words = _words(text)
    out: list[Place] = []
    persons: set[str] = set()
    for first, last, entry in _found(words, language, table):
        start, end, kind, weight = words.spans[first][0], words.spans[last][1], entry.kind, entry.weight
        name = words.folded[start:end]
        if _is_person(words, first, last, entry, language, table.given):
            persons.add(name)
            continue
        before = words.keys[first - 1] if first > 0 else ""
        inside = before in _INSIDE
        if name in persons and not inside:
            continue
        if language in entry.common:
            if before not in _SURELY_INSIDE:
                continue
            weight = min(weight, 0.35)
        elif inside and kind in ("city", "region") and weight < 0.6:
            weight += 0.1
        elif "s" in entry.flags and not inside:
            weight *= 0.5
        if kind in _SPOTS:
            wider = _with_facility(words, start, end)
            if wider and (not out or wider[0] >= out[-1].end):
                start, end, kind = wider
                weight = max(weight, min(0.85, weight + 0.2))
            elif "f" in entry.flags:
                continue
        out.append(
            Place(
                start=start,
                end=end,
                text=text[start:end],
                countries=entry.countries,
                kind=kind,
                weight=weight,
            )
        )
    return resolve(_apart(out))


def _apart(places: list[Place]) -> tuple[Place, ...]:
    """Drop a place that the widened span before it already takes in."""
    out: list[Place] = []
    for place in places:
        if not out or place.start >= out[-1].end:
            out.append(place)
    return tuple(out)


def resolve(places: tuple[Place, ...], home: str | None = None) -> tuple[Place, ...]:
    """Return ``places`` with the countries of ambiguous names in the order that the others speak for.

    A country that the text names otherwise, surely and apart from this name, comes first; ``home`` (the
    outlet's country) counts as half a mention. Stable: resolving twice changes nothing.
    """
    sure: dict[str, float] = defaultdict(float)
    if home:
        sure[home] += 0.5
    for place in places:
        if len(place.countries) == 1 and place.weight >= 0.6 and place.kind != "embassy":
            sure[place.countries[0]] += place.weight
    if not sure:
        return places
    return tuple(_reordered(place, sure) if len(place.countries) > 1 else place for place in places)


def _reordered(place: Place, sure: dict[str, float]) -> Place:
    named = [country for country in place.countries if sure.get(country)]
    if not named:
        return place
    order = sorted(
        range(len(place.countries)),
        key=lambda i: -(1 / (i + 1) + 1.5 * min(1.0, sure.get(place.countries[i], 0.0))),
    )
    countries = tuple(place.countries[i] for i in order)
    weight = max(place.weight, 0.7 if len(named) == 1 else 0.55) if sure.get(countries[0]) else place.weight
    return replace(place, countries=countries, weight=weight)
