"""Report ↔ rows, both directions side by side. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from pipeline.clues import Report
from pipeline.copies import bands, number_of
from pipeline.vocabulary import Drug, Stage

_STEP = 0.05
"""Weights are looked up by their logarithm in steps of this; a step and its neighbours take in every
weight that compare() may call the same."""
_LARGE = 4
"""From how many people on a count alone is worth a look-up."""

NAME, HINT, SOUND = "name", "hint", "sound"
"""The sorts of rows of case_names."""


def name_rows(report: Report) -> list[tuple[int, str]]:
    """The hashes of a report's names with their sorts, each once."""
    found: dict[int, str] = {}
    for numbers, sort in ((report.names, NAME), (report.hints, HINT), (report.sounds, SOUND)):
        for number in numbers:
            found.setdefault(number, sort)
    return sorted(found.items())


def clues_values(report: Report) -> dict[str, Any]:
    """What is stored of a report as JSON: all but names and people, which have rows of their own."""
    return {
        "country": report.country,
        "stage": report.stage.value,
        "drugs": sorted(drug.value for drug in report.drugs),
        "kilos": report.kilos,
        "weights": sorted(report.weights),
        "sentence": report.sentence,
        "act": list(report.act) if report.act else None,
        "seen": report.seen,
        "dates": sorted(list(days) for days in report.dates),
        "births": sorted(report.births),
        "homes": sorted(report.homes),
        "spots": sorted(report.spots),
        "numbers": sorted(report.numbers),
        "copy": list(report.copy),
        "alone": report.alone,
        "language": report.language,
    }


def report_from(
    clues: dict[str, Any],
    people: Iterable[tuple[str, int | None]],
    names: Iterable[tuple[int, str]],
) -> Report:
    """The report of its rows; which records it is made of is not loaded."""
    act = clues["act"]
    called: dict[str, set[int]] = {sort: set() for sort in (NAME, HINT, SOUND)}
    for number, sort in names:
        called[sort].add(number)
    return Report(
        country=clues["country"],
        people=tuple(sorted(people, key=lambda each: each[0])),
        stage=Stage(clues["stage"]),
        drugs=frozenset(map(Drug, clues["drugs"])),
        kilos=clues["kilos"],
        weights=frozenset(clues["weights"]),
        sentence=clues["sentence"],
        act=(act[0], act[1]) if act else None,
        seen=clues["seen"],
        dates=frozenset((first, last) for first, last in clues["dates"]),
        births=frozenset(clues["births"]),
        homes=frozenset(clues["homes"]),
        spots=frozenset(clues["spots"]),
        names=frozenset(called[NAME]),
        hints=frozenset(called[HINT]),
        sounds=frozenset(called[SOUND]),
        numbers=frozenset(clues["numbers"]),
        copy=tuple(clues["copy"]),
        alone=clues["alone"],
        language=clues["language"],
    )


def stored_keys(report: Report) -> frozenset[int]:
    """The keys under which a report is found."""
    return frozenset((*bands(report.copy), *_weight_keys(report, around=0), *_count_keys(report)))


def asked_keys(report: Report) -> frozenset[int]:
    """The keys under which reports of the same case may lie."""
    return frozenset((*bands(report.copy), *_weight_keys(report, around=1), *_count_keys(report)))


def _weight_keys(report: Report, *, around: int) -> list[int]:
    if not report.kilos or len(f"{report.kilos:.3g}".replace(".", "").strip("0")) < 2:
        return []  # 2 kg, 10 kg, 500 g: too many are caught with just that
    step = round(math.log(report.kilos) / _STEP)
    return [
        number_of(f"kg|{report.country}|{nationality}|{near}")
        for nationality in report.nationalities
        for near in range(step - around, step + around + 1)
    ]


def _count_keys(report: Report) -> list[int]:
    return [
        number_of(f"count|{report.country}|{nationality}|{count}")
        for nationality, count in report.people
        if count is not None and count >= _LARGE
    ]
