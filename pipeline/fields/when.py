"""The date of the act that gives the stage, or the moment or period of a figure."""

from __future__ import annotations

from pipeline.fields.case import Candidate, Case


def candidates(case: Case) -> tuple[Candidate, ...]:
    """No date, each date of the text, and the day of publication."""
    doc = case.doc
    published = doc.article.published
    dates = doc.dates
    here = any(doc.sentence_at(d.start) == case.group.sentence for d in dates)
    base = {"none": 1.0, f"none {case.kind}": 1.0, "none, date here": float(here), "none, dates": float(bool(dates)),
            "none, published": float(published is not None)}  # fmt: skip
    out = [Candidate(None, base)]
    if published is not None:
        value = published.date().isoformat()
        out.append(
            Candidate(value, {"publication": 1.0, f"publication {case.kind}": 1.0, "publication, date here": float(here),
                              "publication, no dates": float(not dates)})
        )  # fmt: skip
    for number, date in enumerate(dates):
        signals = case.nearness(date.start)
        sentence = doc.sentence_at(date.start)
        signals |= {
            f"{date.kind}": 1.0, f"{date.kind} {case.kind}": 1.0, "relative": float(date.relative), "first": float(number == 0),
            "only": float(len(dates) == 1), f"{case.kind} here": signals.get("here", 0.0),
        }  # fmt: skip
        stages = case.reading.profiles[sentence].custody
        signals["with the stage"] = float(case.stage in stages)
        if stages:
            word = doc.word_at(date.start)
            signals["near custody"] = 1.0 / (1.0 + min(abs(w - word) for w in stages.values()) / 4.0)
            if case.stage in stages:
                signals["near the stage"] = 1.0 / (1.0 + abs(stages[case.stage] - word) / 4.0)
        for cue in ("stock", "flow"):
            if cue in case.reading.profiles[sentence].figures:
                signals[f"cue {cue} {case.kind}"] = 1.0
        if published is not None:
            gap = abs(int(date.value[:4]) - published.year)
            signals["same year"] = float(gap == 0)
            signals["years away"] = min(gap, 5) / 5
            signals["published that day"] = float(date.value == published.date().isoformat())
        out.append(Candidate(date.value, signals))
    return tuple(out)
