"""People of one nationality as one phrase names them."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.vocabulary import Bound


@dataclass(frozen=True, slots=True)
class Group:
    """People of one nationality as one phrase names them."""

    nationality: str  # ISO alpha-2 or XX
    count: int | None
    bound: Bound
    singular: bool  # the phrase denotes one person
    form: str  # how it is said: see FORMS
    head: str  # what the person noun says: mule, prisoner, national, person, group, police, things, none
    first: int  # words of the phrase
    last: int
    start: int  # characters
    end: int
    sentence: int
    counted_by: str  # near, copula, list, article, form, none: where the count came from
    country: str = ""  # of custody, where the phrase itself says it ("Peru 271, Colombia 192")


FORMS = (
    "noun", "noun+person", "person+noun", "loose", "citizen of", "home", "foreign", "region", "compatriot",
    "origin", "headless", "resident", "implied", "attribute", "number", "number at", "number of",
)  # fmt: skip
