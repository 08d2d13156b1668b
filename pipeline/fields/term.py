"""The sentence that was imposed: years, life, death or none."""

from __future__ import annotations

from pipeline.fields.case import Candidate, Case
from pipeline.fields.drugs import MINE

LEAST, MOST = 0.5, 40.0  # years: a span of time outside of these is no term that nobody calls one


def _acts(case: Case) -> dict[int, list[tuple[str, int]]]:
    """Sentence → the acts that have happened in it, with their words."""
    out: dict[int, list[tuple[str, int]]] = {}
    for act in case.doc.acts:
        if act.fact:
            out.setdefault(case.doc.sentence_at(act.start), []).append(
                (act.stage, case.doc.word_at(act.start))
            )
    return out


def candidates(case: Case) -> tuple[Candidate, ...]:
    """No sentence, and each term of the article."""
    doc = case.doc
    ages = {n.start for n in doc.numbers if n.role == "age"}
    firm = [t for t in doc.terms if t.kind != "duration"]
    spans = [
        t
        for t in doc.terms
        if t.kind == "duration" and t.start not in ages and LEAST <= float(t.years) <= MOST
    ]
    terms = sorted((*firm, *spans), key=lambda t: t.start)
    acts = _acts(case)
    none = {
        "none": 1.0,
        f"none {case.stage}": 1.0,
        f"none {case.kind}": 1.0,
        "none, some": float(bool(firm)),
        "none, some here": float(any(doc.sentence_at(t.start) == case.group.sentence for t in firm)),
        f"none, some mine {case.stage}": float(
            any(case.whose(doc.sentence_at(t.start)) in MINE for t in firm)
        ),
    }
    out = [Candidate(None, none)]
    years = [float(t.years) for t in firm if isinstance(t.years, (int, float))]
    for term in terms:
        sentence = doc.sentence_at(term.start)
        signals = case.nearness(term.start)
        sort = term.years if isinstance(term.years, str) else "years"
        signals |= {
            f"{term.kind}": 1.0,
            f"{term.kind} {case.stage}": 1.0,
            f"{sort} {case.stage}": 1.0,
            f"{sort} {case.kind}": 1.0,
            "longest": float(sort == "years" and float(term.years) == max(years, default=0.0)),
            "longest here": float(
                sort == "years"
                and float(term.years)
                >= max(
                    (
                        float(t.years)
                        for t in firm
                        if not isinstance(t.years, str) and doc.sentence_at(t.start) == sentence
                    ),
                    default=0.0,
                )
            ),
            "only": float(len(firm) == 1 and term.kind != "duration"),
            f"imposed {case.kind}": float(term.kind == "imposed"),
        }
        at = doc.word_at(term.start)
        for stage, word in acts.get(sentence, ()):
            if stage in ("convicted", "imprisoned", "death_row", "charged"):
                name = f"{term.kind} near {stage}"
                signals[name] = max(signals.get(name, 0.0), 1.0 / (1.0 + abs(word - at) / 4.0))
        for name in (
            "mine",
            "mine, run on",
            "shared",
            "own sentence",
            "here, next",
            "here, behind others",
            "others'",
        ):
            if name in signals:
                signals[f"{term.kind} {name}"] = signals[name]
        for name in ("here", "title"):
            if name in signals:
                signals[f"{name} {term.kind}"] = 1.0
        out.append(Candidate(term.years, signals))
    return tuple(out)
