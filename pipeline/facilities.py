"""Words for airports, prisons, ports and checkpoints beside the name of a place: "aeropuerto de Lima"."""

from __future__ import annotations

import re

from pipeline.fold import fold
from pipeline.gazetteer_table import Words

# The word for a facility as it is folded, and which it is. Plurals are not here: "prisons of Lima" are many.
FACILITY = {
    **dict.fromkeys(("aeropuerto", "aeroporto", "aeroport", "airport", "flughafen"), "airport"),
    **dict.fromkeys(("luchthaven", "vliegveld"), "airport"),
    **dict.fromkeys(
        ("prison", "jail", "penitentiary", "carcel", "penal", "prision", "penitenciaria"), "prison"
    ),
    **dict.fromkeys(
        ("presidio", "cadeia", "penitenciario", "reclusorio", "gefangnis", "haftanstalt"), "prison"
    ),
    **dict.fromkeys(
        ("jva", "gevangenis", "carcere", "penitenziario", "hmp", "remand", "detention"), "prison"
    ),
    **dict.fromkeys(("correctional", "justizvollzugsanstalt"), "prison"),
    **dict.fromkeys(("port", "seaport", "harbour", "harbor", "puerto", "porto", "haven", "hafen"), "port"),
    **dict.fromkeys(("checkpoint", "crossing"), "border_post"),
}
_ONLY_AFTER = (
    "jail",
    "seaport",
    "penitentiary",
    "checkpoint",
    "crossing",
    "remand",
    "detention",
    "correctional",
)
_ONLY_BEFORE = (
    "aeropuerto",
    "aeroporto",
    "aeroport",
    "puerto",
    "porto",
    "carcel",
    "penal",
    "jva",
    "hmp",
    "carcere",
)
# German and Dutch put what sort of a prison it is into one word: "Frauengefängnis", "containerhaven".
# The whole word goes first: a "luchthaven" is no "haven".
_COMPOUND = ("gefangnis", "haftanstalt", "flughafen", "hafen", "gevangenis", "luchthaven", "haven")
_SORT = rf"(?:[^\W\d_]{{2,16}}?(?={'|'.join(_COMPOUND)}))??"
_BEFORE = re.compile(
    rf"(?<![^\W_])(?:complejo |complexo |centro |centre |terminal )?{_SORT}"
    rf"({'|'.join(word for word in FACILITY if word not in _ONLY_AFTER)})"
    r"(?: international| internacional| internazionale| nacional| femenin[oa]| feminina?| central)*"
    r"(?: de mujeres| de hombres| militar)?"
    r"(?: (?:de|del|da|do|di|du|des|von|van|of|la|el|las|los|le|al|d['’]|dell['’]|de l['’]))*[ '’-]*$"
)
_AFTER = re.compile(
    r"(?:['’]s)?[ -](?:(?:international|intl|central|main|women['’]s|high[- ]security|maximum[- ]security|"
    r"federal|district|county)[ -])*"
    rf"({'|'.join(word for word in FACILITY if word not in _ONLY_BEFORE)})(?![^\W_])"
    r"(?: (?:centre|center|facility|prison))?"
)
_NEAR = {
    kind: re.compile(rf"(?<![^\W_]){_SORT}(?:{'|'.join(word for word, k in FACILITY.items() if k == kind)})")
    for kind in sorted(set(FACILITY.values()))
}


def with_facility(folded: str, start: int, end: int, *, after: int) -> tuple[int, int, str] | None:
    """Return the span that takes in the word for a facility beside it, and which facility it is."""
    before = _BEFORE.search(folded, max(after, start - 70), start)
    if before:
        return before.start(), end, FACILITY[before.group(1)]
    behind = _AFTER.match(folded, end, end + 60)
    if behind:
        return start, behind.end(), FACILITY[behind.group(1)]
    return None


def facility_near(words: Words, start: int, end: int, kind: str) -> bool:
    """Whether a word for such a facility stands in the same line a little before or after."""
    near = _NEAR.get(kind)
    if near is None:
        return False
    before = words.folded[max(0, start - 45) : start].rpartition("\n")[2]
    after = words.folded[end : end + 30].partition("\n")[0]
    return bool(near.search(before) or near.search(after))


def names_facility(text: str) -> bool:
    """Whether a word for a facility is part of a place's text: "Hafen von Rotterdam", not "Rotterdam"."""
    return any(word in FACILITY for word in fold(text).split())
