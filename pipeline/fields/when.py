"""The date of the act that gives the stage, or the moment or period of a figure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

from pipeline.fields.case import Candidate, Case
from pipeline.fields.when_values import derived, inside, latest_month
from pipeline.figures import figure_words
from pipeline.measures import When
from pipeline.mentions import Document
from pipeline.way_words import load_ways

OF_IT = 5  # words before a date in which the word stands that it belongs to
TOLD = 4  # words before a date in which it is said that somebody spoke
THEN_TOLD = 1  # the same behind it
CLAUSE = ";:()\n"  # a date behind one of these belongs to another figure of the list


def candidates(case: Case) -> tuple[Candidate, ...]:
    """No date, the day of publication, each date of the text, its year and the ends of its period."""
    doc = case.doc
    published = doc.article.published
    dates = tuple(d for n, d in enumerate(doc.dates) if not _is_of_a_birth(doc, n))
    sort = "event" if case.kind == "event" else "figure"
    sentences = [doc.sentence_at(d.start) for d in dates]
    here = any(s == case.group.sentence for s in sentences)
    mine = any(case.whose(s).startswith(("mine", "shared")) for s in sentences if s > 0)
    early = case.group.sentence <= 2 or any(s <= 2 for s in case.own)
    common = {
        "": 1.0,
        case.kind: 1.0,
        "date here": float(here),
        "dates": float(bool(dates)),
        "published": float(published is not None),
        "date in my scene": float(mine),
        f"{sort} early": float(early),
        f"{sort} late": float(not early),
        f"{sort} early, date here": float(early and here),
        f"{sort} late, date here": float(not early and here),
        "late, ground other": float(not early and case.ground(case.group.sentence).startswith("other")),
        "stage in title": float(case.stage in case.reading.profiles[0].custody),
        "mine in title": float(case.whose(0).startswith(("mine", "shared"))),
        f"{case.stage}": 1.0,
        f"{sort} far": min(case.group.sentence, 12) / 12,
    }
    found: dict[str | None, dict[str, float]] = {
        None: {f"none {name}": value for name, value in common.items()}
    }
    day = published.date().isoformat() if published is not None else ""
    if day:
        found[day] = {f"publication {name}": value for name, value in common.items()}
    around = _around(case, dates, sentences)
    if around.before:
        for value, signals in found.items():
            sign = "none" if value is None else "publication"
            signals |= {f"{sign} governed {sort}": 1.0, f"{sign} governed {case.kind}": 1.0}
    before, after = _ranks(case, dates, around.whole)
    close = latest_month(doc, dates)
    for number, date in enumerate(dates):
        signals = _signals(case, dates, sentences, number, sort, around)
        signals[f"{sort} before {min(before.get(number, 3), 3)}"] = 1.0
        signals[f"{sort} after {min(after.get(number, 3), 3)}"] = 1.0
        if published is not None:
            gap = abs(int(date.value[:4]) - published.year)
            signals["same year"] = float(gap == 0)
            signals[f"years away {sort}"] = min(gap, 5) / 5
            signals["published that month"] = float(date.value[:7] == day[:7])
        _add(found, date.value, signals)
        for name, value in derived(dates, number, around.whole, case.kind, close, told=day[:7]):
            _add(
                found,
                value,
                {f"{name} {key}": v for key, v in signals.items() if key in _KEPT or "before" in key}
                | {f"{name} {case.kind}": 1.0},
            )
    return tuple(Candidate(value, signals) for value, signals in found.items())


_KEPT = frozenset(
    {"here", "own sentence", "title", "relative", "with the stage", "mine", "figure here", "event here"}
    | {"of the same", "event governs", "figure governs", "figure first behind it"}
    | {"figure elsewhere, governed"}
)


_APART = frozenset(
    {"others'", "others', run on", "foreign", "rival sentence", "behind a rival", "far", "ground other"}
    | {"elsewhere, date here", "another with the stage", "another governs", "before", "after"}
    | {"here, behind others", "elsewhere, governed"}
)


def _add(found: dict[str | None, dict[str, float]], value: str, signals: dict[str, float]) -> None:
    """Two dates of one value speak for it together; what sets one of them apart counts if it does both."""
    kept = found.get(value)
    if kept is None:
        found[value] = signals
        return
    for name in (*signals, *(name for name in kept if name not in signals)):
        of_both = min if name.removeprefix("event ").removeprefix("figure ") in _APART else max
        kept[name] = of_both(kept.get(name, 0.0), signals.get(name, 0.0))
    kept["said twice"] = 1.0


def _ranks(
    case: Case, dates: tuple[When, ...], whole: tuple[int, ...]
) -> tuple[dict[int, int], dict[int, int]]:
    """How many dates stand between the phrase and a date, for those before it and for those after it. A
    period and its two ends are one."""
    at = bisect_left([d.start for d in dates], case.group.start)
    order = {n: rank for rank, n in enumerate(dict.fromkeys(whole))}
    first = order[whole[at]] if at < len(dates) else len(order)
    before = {number: max(first - 1 - order[whole[number]], 0) for number in range(at)}
    return before, {number: order[whole[number]] - first for number in range(at, len(dates))}


@dataclass(frozen=True, slots=True)
class _Around:
    """How the dates of an article lie about the phrase."""

    here: bool  # some stand in its sentence
    governor: int  # the last date before it in its sentence, else the first behind it; -1 without any
    before: bool  # the governor stands before it
    with_stage: bool  # one stands in a sentence of these people that tells of the stage
    times: Counter[int]  # sentence → dates in it, a period with its ends as one
    whole: tuple[int, ...]  # each date → the period of which it is an end, else itself


def _is_of_a_birth(doc: Document, number: int) -> bool:
    """ "Né en 1963": nobody was arrested then. The French "ne" only denies."""
    end = doc.word_at(doc.dates[number].start) + 1
    words = _words_before(doc, doc.dates, number)
    return any(
        w in figure_words("born") and (w != "ne" or doc.text[doc.ends[at] - 1] not in "eE")
        for at, w in enumerate(words, end - len(words))
    )


def _words_before(doc: Document, dates: tuple[When, ...], number: int) -> tuple[str, ...]:
    """The few words before a date, back to the date or sentence before it, and its own first one."""
    date = dates[number]
    first_word = doc.word_at(date.start)
    former = (
        doc.word_at(dates[number - 1].end - 1) + 1 if number and dates[number - 1].end <= date.start else 0
    )
    sentence = doc.sentence_at(date.start)
    return doc.words[max(first_word - OF_IT, doc.first_word[sentence], former) : first_word + 1]


def _is_of_the_telling(doc: Document, date: When, before: tuple[str, ...]) -> bool:
    """Whether on that day somebody spoke: "police said on Tuesday", "teilte gestern mit"."""
    told = load_ways(doc.article.language).told
    last = doc.word_at(date.end - 1) + 1
    high = min(last + THEN_TOLD, doc.first_word[doc.sentence_at(date.start) + 1])
    behind = doc.words[last:high] if doc.text[date.end : date.end + 1] == " " else ()
    return not told.isdisjoint((*before[-TOLD - 1 :], *behind))


def _around(case: Case, dates: tuple[When, ...], sentences: list[int]) -> _Around:
    whole = inside(dates)
    here = [n for n, s in enumerate(sentences) if s == case.group.sentence and whole[n] == n]
    before = [n for n in here if dates[n].start < case.group.start]
    times = Counter(s for n, s in enumerate(sentences) if whole[n] == n)
    with_stage = any(
        case.stage in case.reading.profiles[s].custody and case.whose(s).startswith(("mine", "shared"))
        for s in times
    )
    governor = before[-1] if before else here[0] if here else -1
    return _Around(bool(here), governor, bool(before), with_stage, times, whole)


def _signals(
    case: Case, dates: tuple[When, ...], sentences: list[int], number: int, sort: str, around: _Around
) -> dict[str, float]:
    doc, date, sentence = case.doc, dates[number], sentences[number]
    near = case.nearness(date.start)
    out = {f"{sort} {name}": value for name, value in near.items()}
    out |= near
    profile = case.reading.profiles[sentence]
    stages = profile.custody
    out |= {
        date.kind: 1.0,
        f"{date.kind} {case.kind}": 1.0,
        "relative": float(date.relative),
        f"first {sort}": float(number == 0),
        "only": float(len(dates) == 1),
        f"only {sort}": float(len(dates) == 1),
        f"{sort} with the stage": float(case.stage in stages),
        f"{sort} relative": float(date.relative),
        f"numbers here {sort}": float(bool(profile.figures)),
        "only one here": float(around.times[sentence] == 1),
    }
    before_date = _words_before(doc, dates, number)
    if any(w in figure_words("laws") for w in before_date):
        out["of a law"] = 1.0
    if any(w in figure_words("same_time") for w in before_date):
        out["of the same"] = 1.0
    if any(w in figure_words("records") for w in before_date):
        out[f"{sort} of the data"] = out[f"{case.kind} of the data"] = 1.0
    if _is_of_the_telling(doc, date, before_date):
        out[f"{sort} of the telling"] = 1.0
    out["end of a period"] = float(around.whole[number] != number)
    if sentence != case.group.sentence:
        out[f"{sort} elsewhere, date here"] = float(around.here)
        out[f"{sort} elsewhere, governed"] = float(around.before)
        out[f"{sort} another with the stage"] = float(around.with_stage and case.stage not in stages)
    else:
        if number == around.governor:
            out[f"{sort} governs" if around.before else f"{sort} first behind it"] = 1.0
            out[f"{sort} governs alone"] = float(around.before and around.times[sentence] == 1)
        elif around.before:
            out[f"{sort} another governs"] = 1.0
        low, high = sorted((date.start, case.group.start))
        between = doc.text[low:high]
        out[f"{sort} in the clause"] = float(not any(c in between for c in CLAUSE))
        if "," not in between:
            out[f"{sort} beside"] = 1.0
        out[f"{sort} here, {'after' if date.start > case.group.start else 'before'} it"] = 1.0
    if stages:
        word = doc.word_at(date.start)
        nearest = min(stages, key=lambda s: abs(stages[s] - word))
        out["near custody"] = 1.0 / (1.0 + abs(stages[nearest] - word) / 4.0)
        out["nearest is the stage"] = float(nearest == case.stage)
        out["nearest is another stage"] = float(nearest != case.stage)
        if case.stage in stages:
            out["near the stage"] = 1.0 / (1.0 + abs(stages[case.stage] - word) / 4.0)
    for cue in ("stock", "flow", "average"):
        if cue in profile.figures:
            out[f"cue {cue} {case.kind}"] = 1.0
    return out
