"""How much of a drug the group was held with, in kilograms."""

from __future__ import annotations

from pipeline.fields.case import Candidate, Case


def candidates(case: Case) -> tuple[Candidate, ...]:
    """No weight, each weight of the article, and the sums of those in one sentence."""
    doc = case.doc
    loads = [q for q in doc.quantities if q.kg is not None and not q.duplicate]
    out = [Candidate(None, {"none": 1.0, f"none {case.kind}": 1.0, "none, some given": float(bool(loads)),
                            "none, some here": float(any(doc.sentence_at(q.start) == case.group.sentence for q in loads))})]  # fmt: skip
    if not loads:
        return tuple(out)
    largest = max(q.kg or 0.0 for q in loads)
    by_sentence: dict[int, list[tuple[int, float]]] = {}
    seen: dict[float, int] = {}
    for number, load in enumerate(loads):
        kg = load.kg or 0.0
        sentence = doc.sentence_at(load.start)
        by_sentence.setdefault(sentence, []).append((load.start, kg))
        seen[kg] = seen.get(kg, 0) + 1
        profile = case.reading.profiles[sentence]
        signals = case.nearness(load.start)
        signals |= {
            "weight": 1.0, "first": float(number == 0), "largest": float(kg == largest), "only": float(len(loads) == 1),
            "with drug": float(bool(profile.drugs)), "figure": float(case.kind != "event"), "tiny": float(kg < 0.001),
            "flow here": float("flow" in profile.figures), "huge": float(kg > 5000),
        }  # fmt: skip
        near_drug = min(
            (abs(m.start - load.end) for m in doc.by_sentence[sentence] if m.label.section == "drugs"), default=999
        )
        signals["drug next to it"] = float(near_drug < 25)
        out.append(Candidate(kg, signals))
    for sentence, parts in by_sentence.items():
        if len(parts) > 1:
            signals = case.nearness(parts[0][0])
            signals |= {"sum": 1.0, "sum of two": float(len(parts) == 2), "figure": float(case.kind != "event"),
                        "sum all": float(len(by_sentence) == 1),
                        "sum many drugs": float(len(case.reading.profiles[sentence].drugs - {"generic"}) > 1)}  # fmt: skip
            out.append(Candidate(sum(kg for _, kg in parts), signals))
    return tuple(out)
