"""How many people the record is about."""

from __future__ import annotations

from itertools import pairwise

from pipeline.fields.case import Candidate, Case
from pipeline.groups import Group
from pipeline.mentions import PEOPLE


def _names(case: Case) -> int:
    """How many capitalised names follow the phrase as a list: "the Ecuadorians A B, C D and E F"."""
    doc, group = case.doc, case.group
    tail = doc.text[group.end : group.end + 200]
    stop = len(tail)
    for mark in ".;:\n(":
        at = tail.find(mark)
        if at >= 0:
            stop = min(stop, at)
    parts = tail[:stop].replace(" y ", ",").replace(" e ", ",").replace(" and ", ",").replace(" et ", ",").replace(" und ", ",").replace(" en ", ",").split(",")
    names = 0
    for part in parts:
        words = part.split()
        if 2 <= len(words) <= 5 and all(w[0].isupper() or len(w) <= 3 for w in words):
            names += 1
        else:
            break
    return names


def candidates(case: Case, phrases: tuple[Group, ...]) -> tuple[Candidate, ...]:
    """No count, the counts of the record's phrases, and plain numbers near them."""
    doc, group = case.doc, case.group
    found: dict[int | None, dict[str, float]] = {}

    def add(value: int | None, **signals: float) -> None:
        kept = found.setdefault(value, {})
        for name, weight in signals.items():
            kept[name] = max(kept.get(name, 0.0), weight)

    counted = [g for g in phrases if g.count is not None]
    singular = all(g.singular for g in phrases)
    add(None, **{"none": 1.0, f"none {case.kind}": 1.0, "none, counted": float(bool(counted)), "none, singular": float(singular)})
    for g in phrases:
        if g.count is None:
            continue
        signals = {f"said {g.counted_by}": 1.0, "said": 1.0, f"said {case.kind}": 1.0, "said here": float(g is group)}
        if g.count == 1:
            signals |= {"one": 1.0, f"one {case.kind}": 1.0, "one, others say more": float(any((o.count or 0) > 1 for o in counted)),
                        "one, plural too": float(any(not o.singular for o in phrases))}  # fmt: skip
        signals["times said"] = sum(o.count == g.count for o in counted) / max(len(counted), 1)
        add(g.count, **signals)
    if singular and not counted:
        add(1, **{"one by form": 1.0})
    names = _names(case)
    if names:
        add(names, names=1.0, **{"names many": float(names > 1 and not group.singular)})
    taken = {doc.word_at(n.end - 1) for g in case.reading.groups if g.count is not None for n in doc.numbers if g.start <= n.start < g.end}
    for before, number in pairwise((None, *doc.numbers)):
        del before
        if number is None or number.role not in PEOPLE or not number.value or number.value != int(number.value):
            continue
        sentence = doc.sentence_at(number.start)
        if abs(sentence - group.sentence) > 2 and sentence > 2:
            continue
        # "He was Vietnamese, 44, and had no right to be here": an age.
        if 14 <= number.value <= 90 and doc.text[group.end : number.start].strip() == ",":
            continue
        near = case.nearness(number.start)
        word = doc.word_at(max(number.end - 1, number.start))
        people = any(
            m.label.section == "people" and m.label.key in ("one", "many", "mule", "prisoner", "national", "group")
            and 0 < m.first - word <= 3 for m in doc.by_sentence[sentence]
        )  # fmt: skip
        prefix = "number"
        signals = {f"{prefix} {name}": value for name, value in near.items() if name in
                   ("here", "near", "one before", "one after", "title", "lead", "own sentence", "with custody", "far")}  # fmt: skip
        signals |= {prefix: 1.0, "number of people": float(people), "number counted": float(bool(counted)),
                    "number taken": float(word in taken), f"number {case.kind}": 1.0, "number, singular": float(singular),
                    "number one": float(number.value == 1), "number after": float(number.start > group.end)}  # fmt: skip
        add(int(number.value), **signals)
    return tuple(Candidate(value, signals) for value, signals in found.items())
