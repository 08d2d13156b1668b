"""The sentence that was imposed: years, life, death or none."""

from __future__ import annotations

from pipeline.fields.case import Candidate, Case


def candidates(case: Case) -> tuple[Candidate, ...]:
    """No sentence, and each term of the article."""
    doc = case.doc
    terms = [t for t in doc.terms if t.kind != "duration"]
    none = {"none": 1.0, f"none {case.stage}": 1.0, f"none {case.kind}": 1.0, "none, some": float(bool(terms)),
            "none, some here": float(any(doc.sentence_at(t.start) == case.group.sentence for t in terms))}  # fmt: skip
    out = [Candidate(None, none)]
    years = [float(t.years) for t in terms if isinstance(t.years, (int, float))]
    for term in terms:
        sentence = doc.sentence_at(term.start)
        signals = case.nearness(term.start)
        sort = term.years if isinstance(term.years, str) else "years"
        signals |= {
            f"{term.kind}": 1.0, f"{term.kind} {case.stage}": 1.0, f"{sort} {case.stage}": 1.0, f"{sort} {case.kind}": 1.0,
            "longest": float(sort == "years" and float(term.years) == max(years)),
            "longest here": float(sort == "years" and float(term.years) >= max(
                (float(t.years) for t in terms if not isinstance(t.years, str) and doc.sentence_at(t.start) == sentence), default=0.0)),
            "only": float(len(terms) == 1), f"imposed {case.kind}": float(term.kind == "imposed"),
        }  # fmt: skip
        for name in ("here", "title"):
            if name in signals:
                signals[f"{name} {term.kind}"] = 1.0
        out.append(Candidate(term.years, signals))
    return tuple(out)
