"""Which records of one article are about one case."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.mentions import Document
from pipeline.model import add_up
from pipeline.types import Record

TOGETHER = {
    "bias": -1.0,
    "same evidence": 3.0,
    "next sentence": 0.8,
    "same paragraph": 0.7,
    "paragraphs apart": -0.3,
    "same nationality": -2.5,
    "same stage": 0.5,
    "other stage": -0.6,
    "same drugs": 0.4,
    "other drugs": -1.5,
    "same weight": 1.5,
    "other weight": -2.0,
    "same sentence": 0.5,
    "other sentence": -0.5,
    "same date": 0.5,
    "other date": -1.0,
}
"""What speaks for two records of one article and one country being one case."""


def group_records(
    doc: Document, records: Sequence[Record], chosen: Sequence[int]
) -> tuple[tuple[int, ...], ...]:
    """Groups of places in ``records`` (of those in ``chosen``), in the order of the article. Records
    of two countries are never one group."""
    groups: list[list[int]] = []
    for index in chosen:
        fitting = [
            group
            for group in groups
            if records[group[0]].country == records[index].country
            and max(add_up(TOGETHER, together(doc, records[index], records[other])) for other in group) > 0
        ]
        joined = [index]
        for group in fitting:
            groups.remove(group)
            joined = [*group, *joined]
        groups.append(sorted(joined))
    return tuple(tuple(group) for group in sorted(groups))


def together(doc: Document, one: Record, other: Record) -> dict[str, float]:
    """The signals of TOGETHER for two records."""
    first, second = doc.sentence_at(one.evidence.start), doc.sentence_at(other.evidence.start)
    apart = abs(doc.paragraph_of[first] - doc.paragraph_of[second])
    out = {
        "bias": 1.0,
        "same evidence": float(first == second),
        "next sentence": float(abs(first - second) == 1),
        "same paragraph": float(first != second and apart == 0),
        "paragraphs apart": float(min(apart, 5)),
        "same nationality": float(one.nationality == other.nationality),
        "same stage": float(one.stage is other.stage),
        "other stage": float(one.stage is not other.stage),
    }
    pairs = (
        ("drugs", set(one.drugs) & set(other.drugs), one.drugs and other.drugs),
        ("weight", one.quantity_kg == other.quantity_kg, one.quantity_kg and other.quantity_kg),
        ("sentence", one.sentence == other.sentence, one.sentence and other.sentence),
        ("date", one.when == other.when, one.when and other.when),
    )
    for name, same, both in pairs:
        if both:
            out[f"same {name}" if same else f"other {name}"] = 1.0
    return {name: value for name, value in out.items() if value}
