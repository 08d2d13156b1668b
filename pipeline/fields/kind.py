"""Is it a case, a stock at a moment or a flow over a period?"""

from __future__ import annotations

from pipeline.fields.case import Candidate, Case
from pipeline.mentions import PEOPLE
from pipeline.vocabulary import Kind


def candidates(case: Case) -> tuple[Candidate, ...]:
    """The three kinds, each with the same signals under its own names."""
    doc, group = case.doc, case.group
    here = case.reading.profiles[group.sentence]
    signals = {"bias": 1.0, f"form {group.form}": 1.0, f"head {group.head}": 1.0, f"counted {group.counted_by}": 1.0}
    count = group.count
    signals["one"] = float(count == 1)
    signals["few"] = float(count is not None and 1 < count <= 9)
    signals["tens"] = float(count is not None and 10 <= count <= 49)
    signals["many"] = float(count is not None and 50 <= count <= 299)
    signals["hundreds"] = float(count is not None and count >= 300)
    signals["no count"] = float(count is None)
    for cue in here.figures:
        signals[f"cue {cue}"] = 1.0
    for stage in here.custody:
        signals[f"custody {stage}"] = 1.0
    for people in here.people:
        signals[f"people {people}"] = 1.0
    signals["share here"] = float(any(doc.sentence_at(s.start) == group.sentence for s in doc.shares))
    for date in doc.dates:
        if doc.sentence_at(date.start) == group.sentence:
            signals[f"date {date.kind}"] = 1.0
    signals["weight here"] = float(here.quantity)
    signals["weight"] = float(bool(doc.quantities))
    signals["age here"] = float(any(n.role == "age" and doc.sentence_at(n.start) == group.sentence for n in doc.numbers))
    signals["age"] = float(any(n.role == "age" for n in doc.numbers))
    signals["shares"] = min(len(doc.shares), 4) / 4
    plain = [n for n in doc.numbers if n.role in PEOPLE and (n.value or 0) >= 20]
    signals["big numbers"] = min(len(plain), 8) / 8
    big = [n for n in plain if doc.sentence_at(n.start) == group.sentence]
    signals["big numbers here"] = min(len(big), 4) / 4
    counted = [g for g in case.reading.groups if g.sentence == group.sentence and (g.count or 0) > 1]
    signals["counted groups here"] = min(len(counted), 4) / 4
    signals["foreign"] = float(group.nationality == "XX")
    signals["in title"] = float(group.sentence == 0)
    return tuple(
        Candidate(kind, {f"{kind}: {name}": value for name, value in signals.items() if value}) for kind in Kind
    )
