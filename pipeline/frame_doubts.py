"""Places beside people that are no home of theirs: the doubts of ``frames.py``.

"Jed Texas accused", "the crew who passed the mouth of the Aldan", "deported from Texas", "weed from Thailand"
"""

from __future__ import annotations

from pipeline.figure_words import figure_words
from pipeline.mentions import PEOPLE
from pipeline.phrases import Reader
from pipeline.way_words import load_ways

BELONGING = frozenset(
    {"of", "de", "del", "do", "des", "du", "d", "di", "della", "dello", "dell", "dei", "van"}
)
"""Prepositions by which a place belongs to the noun right before them."""

ANOTHER = ("articles", "articles_one", "pronouns_one", "pronouns_many")  # keys of what begins a new phrase
NAMED_REACH = 10  # words before a frame in which its people may have a nationality

REALM = frozenset(
    ["republic", "republica", "republique", "republik", "repubblica", "republiek", "kingdom", "reino"]
)


def before_place(reader: Reader, word: int, low: int) -> int:
    """The word before a place and what belongs to its name: "from | the Republic of Mali", "aus | der Stadt
    Graz", "de | la ciudad española de Cádiz"."""
    doc, towns = reader.doc, figure_words("settlements")
    probe = word - 1
    while probe >= low:
        link = reader.has(probe, "function", "of_from")
        named = probe > low and doc.words[probe - 1] in REALM
        town = doc.words[probe] in towns
        inner = probe > low and (doc.words[probe - 1] in towns or _is_of_a_town(reader, probe - 1, low))
        if not (
            (reader.has(probe, "function", "articles") and not link)
            or doc.words[probe] in REALM
            or named
            or (town and reader.joined(probe, probe + 1) and _opens(reader, probe, low))
            or (link and inner and doc.words[probe] in BELONGING and _opens(reader, probe - 1, low))
            or _is_of_a_town(reader, probe, low)
        ):
            break
        probe -= 1
    return probe


def _is_of_a_town(reader: Reader, word: int, low: int) -> bool:
    """ "The Turkish city", "la ciudad española": an adjective beside such a noun."""
    towns = figure_words("settlements")
    return reader.has(word, "nationality") and any(
        low <= w < len(reader.doc.words) and reader.doc.words[w] in towns for w in (word - 1, word + 1)
    )


def _opens(reader: Reader, word: int, low: int) -> bool:
    """Whether an article, "of" or "from" stands before a noun such as "city", its adjective passed."""
    at = word - 1
    while at > low and _is_of_a_town(reader, at, low):
        at -= 1
    return at >= low and (
        reader.has(at, "function", "articles", "of_from")
        or reader.doc.words[at] in figure_words("settlements")
    )


def is_surname(reader: Reader, word: int, low: int) -> bool:
    """ "The model Jed Texas accused": a place's name behind another unknown one is a person's."""
    before = word - 1
    return (
        before > low
        and reader.joined(before, word)
        and reader.joined(before - 1, before)
        and reader.capital(before)
        and not reader.capital(before - 1)
        and not reader.cover.get(before)
        and not reader.has(before - 1, "function")
        and reader.doc.words[before] not in load_ways(reader.language).near
    )


def belongs(reader: Reader, probe: int, low: int) -> bool:
    """ "Los tripulantes que remontaron la ría de Aldán": whether a noun with an article of its own stands
    before "of" and the place, so that the place is that noun's."""
    return (
        reader.doc.words[probe] in BELONGING
        and probe - 2 >= low
        and reader.kind(probe - 1) == "other"
        and reader.has(probe - 2, "function", "articles")
        and not reader.has(probe - 2, "function", "articles_one", "of_from")
        and not (probe - 3 >= low and reader.has(probe - 3, "function", "of_from"))
        and not reader.capital(probe - 1)
        and reader.doc.words[probe - 1] not in load_ways(reader.language).near
    )


def sent_back(reader: Reader, head: int, probe: int) -> bool:
    """ "Deportados desde Texas", "a man extradited from Spain": where they were, not who they are."""
    return any(
        reader.has(w, "custody", "transferred", "released")
        or reader.doc.words[w] in figure_words("sent_back")
        for w in range(head, probe)
    )


def of_drugs(reader: Reader, probe: int, low: int) -> bool:
    """ "Weed which is believed to have come from Thailand": what came from there is no person."""
    for at in range(probe, max(low, probe - 8) - 1, -1):
        if at < probe and not reader.joined(at, at + 1):
            return False
        if reader.has(at, "drugs"):
            return True
    return False


def already_named(reader: Reader, low: int, begin: int, code: str) -> bool:
    """ "Une Ivoirienne en provenance de São Paulo", "una nigeriana proveniente dal Brasile": whether those of
    whom a frame says where they come from have another nationality already.

    ``low``: the first word that may name them; ``begin``: the frame's first word.
    """
    doc = reader.doc
    for at in range(begin - 1, max(low, begin - NAMED_REACH) - 1, -1):
        if any(c in doc.text[doc.ends[at] : doc.starts[at + 1]] for c in ".;:()\n"):
            return False
        number = reader.number_end.get(at)
        if number is not None and number.role in PEOPLE:
            return False  # "deux Marocains et trois venus d'Algérie"
        if reader.has(at, "function", *ANOTHER) and at + 1 not in reader.number_at:
            return False  # "der eine ist Pole, der andere kommt aus Rumänien"
        codes = {m.label.code for m in reader.cover.get(at, ()) if m.label.section == "nationality"}
        if codes and not reader.has(at, "people", "police", "things"):
            return code not in codes
    return False
