"""The prison, or else the airport, port, border post or city of the custody."""

from __future__ import annotations

from pipeline.fields.case import Candidate, Case

KINDS = frozenset({"city", "region", "airport", "port", "border_post", "prison", "court", "other"})


def candidates(case: Case) -> tuple[Candidate, ...]:
    """No place, and each place of the text that lies in the country of custody."""
    doc = case.doc
    places = [
        p for p in doc.places if p.kind in KINDS and case.country in p.countries[:3]
    ]
    here = any(doc.sentence_at(p.start) == case.group.sentence for p in places)
    out = [Candidate(None, {"none": 1.0, f"none {case.kind}": 1.0, "none, some": float(bool(places)), "none, here": float(here),
                            f"none, here {case.kind}": float(here)})]  # fmt: skip
    kinds = {p.kind for p in places}
    links = {e.word: e.link for e in case.reading.evidence}
    times: dict[str, int] = {}
    for place in places:
        times[place.text] = times.get(place.text, 0) + 1
    for number, place in enumerate(places):
        signals = case.nearness(place.start)
        word = doc.word_at(place.start)
        signals |= {
            place.kind: 1.0, f"{place.kind} {case.kind}": 1.0, "first": float(number == 0), "weight": place.weight,
            "only": float(len(places) == 1), f"link {links.get(word, 'none')}": 1.0,
            "times": min(times[place.text], 4) / 4, f"{case.kind} here": signals.get("here", 0.0),
            "beside a prison": float("prison" in kinds and place.kind != "prison"),
            "beside an airport": float("airport" in kinds and place.kind in ("city", "region")),
        }  # fmt: skip
        out.append(Candidate(place.text, signals))
    return tuple(out)
