"""The share of a stock or flow that is held for drugs."""

from __future__ import annotations

from pipeline.fields.case import Candidate, Case


def candidates(case: Case) -> tuple[Candidate, ...]:
    """None, 100 (the figure counts drug cases only), and each percentage of the text."""
    doc = case.doc
    if case.kind == "event":
        return (Candidate(None, {"event": 1.0}),)
    s = case.group.sentence
    here = case.reading.profiles[s]
    drug = here.offence or bool(here.drugs) or "mule" in here.people
    drug_before = any(
        p.offence or p.drugs or "mule" in p.people for p in case.reading.profiles[max(0, s - 2) : s]
    )
    given = [q for q in doc.shares if doc.sentence_at(q.start) in (s, s + 1)]
    common = {
        "drug here": float(drug),
        "drug before": float(drug_before),
        "mule": float("mule" in here.people or case.group.head == "mule"),
        "share near": float(bool(given)),
        case.kind: 1.0,
        "other crime here": float(here.other),
        "title drug": float(bool(case.reading.profiles[0].drugs or case.reading.profiles[0].offence)),
        "offence here": float(here.offence),
    }
    out = [
        Candidate(None, {f"none {k}": v for k, v in common.items()} | {"none": 1.0}),
        Candidate(100, {f"all {k}": v for k, v in common.items()} | {"all": 1.0}),
    ]
    for share in doc.shares:
        sentence = doc.sentence_at(share.start)
        profile = case.reading.profiles[sentence]
        signals = case.nearness(share.start)
        signals |= {
            "percent": 1.0,
            "percent with drug": float(profile.offence or bool(profile.drugs)),
            "percent low": float(share.percent < 30),
            "percent high": float(share.percent > 70),
        }
        near_drug = min(
            (
                abs(m.start - share.end)
                for m in doc.by_sentence[sentence]
                if m.label.section == "drugs" or (m.label.section == "offence" and m.label.key == "drug")
            ),
            default=999,
        )
        signals["percent near drug"] = 1.0 / (1.0 + near_drug / 40.0)
        out.append(Candidate(share.percent, signals))
    return tuple(out)
