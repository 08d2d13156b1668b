"""The latest stage that is reported for the people of a record."""

from __future__ import annotations

from pipeline.fields.case import Candidate, Case
from pipeline.vocabulary import Stage

DEATH = "death_sentence"


def candidates(case: Case) -> tuple[Candidate, ...]:
    """The nine stages, with where each is named as seen from the group."""
    doc, profiles, group = case.doc, case.reading.profiles, case.group
    s = group.sentence
    named = [set(p.custody) for p in profiles]
    total = sum(len(n) for n in named) or 1
    death = any(m.label.key == DEATH for m in doc.mentions)
    out = []
    for stage in Stage:
        where = [i for i, n in enumerate(named) if stage in n]
        signals = {stage: 1.0, f"{case.kind} {stage}": 1.0}
        if where:
            signals["named"] = 1.0
            signals[f"named {stage}"] = 1.0
            signals["share"] = len(where) / total
            signals["last named"] = float(max(where) == max((i for i, n in enumerate(named) if n), default=-1))
        if s in where:
            signals["here"] = 1.0
            signals[f"here {stage}"] = 1.0
            word = profiles[s].custody[stage]
            signals["near"] = 1.0 / (1.0 + abs(word - group.first) / 4.0)
            nearest = min(profiles[s].custody.values(), key=lambda w: abs(w - group.first))
            signals["nearest"] = float(nearest == word)
            signals["only one here"] = float(len(named[s]) == 1)
        if 0 in where:
            signals["title"] = 1.0
            signals[f"title {stage}"] = 1.0
        if 1 in where or 2 in where:
            signals["lead"] = 1.0
        if any(i in where for i in (s - 1, s + 1)):
            signals["next to"] = 1.0
            signals[f"next to {stage}"] = 1.0
        if any(i in where for i in case.own):
            signals["own sentence"] = 1.0
        if profiles[s].term:
            signals[f"term {stage}"] = 1.0
        if any(p.term for p in profiles):
            signals[f"term somewhere {stage}"] = 1.0
        for people in profiles[s].people:
            signals[f"{people} {stage}"] = 1.0
        if group.head in ("prisoner", "mule"):
            signals[f"head {group.head} {stage}"] = 1.0
        if death:
            signals[f"death {stage}"] = 1.0
        out.append(Candidate(stage, signals))
    return tuple(out)
