"""Ages of persons, by which reports of one case agree for years.

What counts people or measures terms must not take an age for either; here an age must not be missed,
and a term that is taken for one does little harm. So the two have rules of their own.
"""

from __future__ import annotations

import re

from pipeline.measures import Role
from pipeline.mentions import Document

_YEARS = r"(?:años|anos|ans|anni)"
# "…, 32, …", "… (32 años) …", "…, de 32 anos, …": the number stands by itself beside a name.
_APART = re.compile(r"(?:,|\(|–|—) ?(?:de |di )?$"), re.compile(rf"(?: ?{_YEARS})? ?[,).;–—]")
# "un hombre de 32 años", "un Français de 36 ans", "un magazziniere di 29 anni".
_OF = (
    re.compile(r"(\w+),? (?:de|di) $"),
    re.compile(rf" {_YEARS}\b(?! (?:de |di |d['’])?(?:pris|cár|carc|recl|cade|emp|con))"),
)
_NO_PERSON = frozenset(
    {"pena", "penas", "condena", "condenas", "peine", "peines", "prisión", "prisão", "prison", "reclusão"}
    | {"reclusión", "reclusione", "cárcel", "carcere", "máximo", "mínimo", "mínima", "máxima", "más", "mais"}
    | {"menos", "plus", "moins", "più", "meno", "después", "depois", "après", "dopo", "cabo", "partir"}
    | {"es", "é", "est", "è", "será", "sería", "seria", "serait", "sarebbe"}
    | {"durante", "período", "periodo", "plazo", "término", "total", "sentencia", "condanna", "cerca"}
)
YOUNGEST, OLDEST = 14, 90


def find_ages(doc: Document, sentences: frozenset[int]) -> frozenset[int]:
    """The ages of the persons of these sentences, in years."""
    found: set[int] = set()
    terms = [(term.start, term.end) for term in doc.terms if term.kind != "duration"]
    for number in doc.numbers:
        value = number.value
        if not isinstance(value, int) or not YOUNGEST <= value <= OLDEST:
            continue
        if doc.sentence_at(number.start) not in sentences:
            continue
        if number.role is Role.AGE:
            found.add(value)
        elif number.role in (Role.DURATION, Role.PLAIN):
            before = doc.text[max(number.start - 24, 0) : number.start]
            after = doc.text[number.end : number.end + 24]
            of = _OF[0].search(before)
            if of:
                # What else is said here of years, a term perhaps, is not said of this number.
                sure = of[1].casefold() not in _NO_PERSON and _OF[1].match(after)
            else:
                term = any(start <= number.start < end for start, end in terms)
                sure = not term and _APART[0].search(before) and _APART[1].match(after)
            if sure:
                found.add(value)
    return frozenset(found)
