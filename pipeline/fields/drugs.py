"""Which drugs a record is about: each code is decided for itself."""

from __future__ import annotations

from pipeline.fields.case import Candidate, Case


def candidates(case: Case) -> tuple[Candidate, ...]:
    """The drugs that the article names, each once, with its best position."""
    doc = case.doc
    total: dict[str, int] = {}
    best: dict[str, dict[str, float]] = {}
    for mention in doc.mentions:
        if mention.label.section != "drugs" or mention.label.key == "generic":
            continue
        code = mention.label.key
        total[code] = total.get(code, 0) + 1
        near = case.nearness(mention.start)
        kept = best.setdefault(code, {})
        for name, value in near.items():
            kept[name] = max(kept.get(name, 0.0), value)
        if case.reading.profiles[mention.sentence].quantity:
            kept["with weight"] = 1.0
    everything = sum(total.values()) or 1
    out = []
    for code, signals in best.items():
        signals[case.kind] = 1.0
        signals["share"] = total[code] / everything
        signals["only drug"] = float(len(total) == 1)
        signals[f"{case.kind} only drug"] = float(len(total) == 1)
        for name in ("here", "own sentence", "title", "one before", "one after", "with weight", "far"):
            if name in signals:
                signals[f"{case.kind} {name}"] = signals[name]
        signals["bias"] = 1.0
        signals[code] = 1.0
        out.append(Candidate(code, signals))
    return tuple(out)
