"""The templates of dates and periods, compiled from the section [time]."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.measures.tokens import Phrases
from pipeline.measures.words import section, tagged

AFTER_A_MONTH = ("this_year", "last_year", "year_before_last", "same_year", "year_after")
"""The tags whose phrases name a year that a day or month before them is of."""


@dataclass(frozen=True, slots=True)
class TimeWords:
    """The words of time of one language, templates compiled."""

    phrases: Phrases
    moments: Phrases
    months: dict[str, int]
    cased: frozenset[str]
    weekdays: dict[str, int]
    ordinals: frozenset[str]
    ordinal_words: dict[str, int]
    future: Phrases
    month_first: bool
    named: frozenset[str]  # words that are a slot each: months, weekdays, days


@cache
def time_words(language: str) -> TimeWords:
    """The section [time] of a language, loaded once."""
    table = section(language, "time")
    moments: list[str] = table["moments"]
    templates: dict[str, list[str]] = dict(table["templates"])
    # A month alone is a date only after one of these words, which then belong to the span.
    led = [f"{before} {moment}" for before in table["month_after"] for moment in (*moments, "<m>", "<y>")]
    templates["date"] = [*moments, "<y>", *led]
    for tag in AFTER_A_MONTH:
        # "in June last year", "im Juni desselben Jahres": else the month would be read alone.
        after = [one for one in templates[tag] if one.startswith(("<m>", "<d>"))]
        templates[tag] = [
            *templates[tag],
            *(f"{word} {one}" for word in table["month_after"] for one in after),
        ]
    # "in 2010 and 2011", "im Januar bis März 2004"
    ranges = templates["range"]
    templates["range"] = [
        *ranges,
        *(f"{before} {one}" for before in table["month_after"] for one in ranges if one.startswith("<")),
    ]
    return TimeWords(
        phrases=Phrases(tagged(templates)),
        moments=Phrases(
            dict.fromkeys([*moments, "<m>", "<y>", "<d>", *table["moments_in_ranges"]], "date")
            | dict.fromkeys(table["now"], "now")
        ),
        months=table["months"],
        cased=frozenset(table["months_cased"]),
        weekdays=table["weekdays"],
        ordinals=frozenset(table["ordinal"]),
        ordinal_words=table["ordinal_words"],
        future=Phrases(dict.fromkeys(table["future"], "future"), backward=True),
        month_first=table["order"] == "mdy",
        named=frozenset((*table["months"], *table["weekdays"], *table["ordinal_words"])),
    )
