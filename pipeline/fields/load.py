"""How much of a drug the group was held with, in kilograms."""

from __future__ import annotations

from pipeline.fields.case import Candidate, Case
from pipeline.fields.drugs import MINE

TINY, HUGE = 0.001, 5000.0  # kilograms
SUM = 6  # sentences apart that the parts of one load may lie


def candidates(case: Case) -> tuple[Candidate, ...]:
    """No weight, each weight of the article, the sums of those in one sentence and in the record's own."""
    doc, s = case.doc, case.group.sentence
    loads = [q for q in doc.quantities if q.kg is not None and not q.duplicate]
    places = [doc.sentence_at(q.start) for q in loads]
    mine = [p for p in places if case.told(p) and case.whose(p) in MINE]
    sort = "event" if case.kind == "event" else "figure"
    late = s > 2 and all(i > 2 for i in case.own)
    none = {
        "none": 1.0,
        f"none {case.kind}": 1.0,
        f"none, some given {sort}": float(bool(loads)),
        f"none, some here {sort}": float(s in places),
        f"none, some mine {sort}": float(bool(mine)),
        f"none, late {sort}": float(late),
        f"none, late, none mine {sort}": float(late and not mine),
        f"none, no drug mine {sort}": float(
            not any(case.whose(m.sentence) in MINE for m in doc.mentions if m.label.section == "drugs")
        ),
        f"none {case.stage} {sort}": 1.0,
    }
    out = [Candidate(None, none)]
    if not loads:
        return tuple(out)
    largest = max(q.kg or 0.0 for q in loads)
    gap = [0 if p in case.own else abs(p - s) + (not case.told(p)) for p in places]
    closest = min(gap)
    by_sentence: dict[int, list[int]] = {}
    found: dict[float, dict[str, float]] = {}
    for number, (load, sentence) in enumerate(zip(loads, places, strict=True)):
        kg = load.kg or 0.0
        by_sentence.setdefault(sentence, []).append(number)
        profile = case.reading.profiles[sentence]
        near = case.nearness(load.start)
        near_drug = min(
            (abs(m.start - load.end) for m in doc.by_sentence[sentence] if m.label.section == "drugs"),
            default=999,
        )
        signals = near | {f"{sort} {name}": value for name, value in near.items()}
        signals |= {
            "weight": 1.0,
            f"weight {sort}": 1.0,
            "first": float(number == 0),
            "largest": float(kg == largest),
            "only": float(len(loads) == 1),
            "with drug": float(bool(profile.drugs)),
            "tiny": float(kg < TINY),
            "flow here": float("flow" in profile.figures),
            "huge": float(kg > HUGE),
            "drug next to it": float(near_drug < 25),
            "not mine, others mine": float(bool(mine) and sentence not in mine),
            "nearest": float(gap[number] == closest),
            "farther than another": min(gap[number] - closest, 6) / 6,
            "one of several here": float(places.count(sentence) > 1),
            "late": float(late),
            "first of mine": float(bool(mine) and sentence == mine[0]),
        }
        _add(found, kg, signals)
    for sentence, parts in by_sentence.items():
        if len(parts) > 1:
            signals = {f"sum {name}": value for name, value in case.nearness(loads[parts[0]].start).items()}
            drugs = case.reading.profiles[sentence].drugs - {"generic"}
            signals |= {
                "sum": 1.0,
                "sum of two": float(len(parts) == 2),
                f"sum {sort}": 1.0,
                "sum all": float(len(by_sentence) == 1),
                "sum many drugs": float(len(drugs) > 1),
                "sum one drug": float(len(drugs) <= 1),
                "sum nearest": float(gap[parts[0]] == closest),
                "sum one of several": float(len(drugs) < len(parts)),
            }
            _add(found, sum(loads[p].kg or 0.0 for p in parts), signals)
    together = [n for n, p in enumerate(places) if p in mine and abs(p - s) <= SUM]
    if len({places[n] for n in together}) > 1:
        signals = {
            "sum of mine": 1.0,
            f"sum of mine {sort}": 1.0,
            "sum of mine, two": float(len(together) == 2),
            "sum of mine, all": float(len(together) == len(loads)),
        }
        _add(found, sum(loads[n].kg or 0.0 for n in together), signals)
    out += [Candidate(kg, signals) for kg, signals in found.items()]
    return tuple(out)


def _add(found: dict[float, dict[str, float]], kg: float, signals: dict[str, float]) -> None:
    """The same weight said twice is one candidate."""
    kept = found.get(kg)
    if kept is None:
        found[kg] = signals
        return
    for name, value in signals.items():
        kept[name] = max(kept.get(name, 0.0), value)
    kept["said twice"] = 1.0
