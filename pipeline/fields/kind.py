"""Is it a case, a stock at a moment or a flow over a period?"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache

from pipeline.fields.case import Candidate, Case, Reading
from pipeline.fields.when_values import inside
from pipeline.figures import figure_words
from pipeline.groups import Group
from pipeline.measures import When
from pipeline.mentions import PEOPLE, Document
from pipeline.vocabulary import UNKNOWN_COUNTRY, Kind

MOST = "most"  # how a phrase is counted that names the most of a figure's people
NOW_REACH = 6  # words around a figure in which "currently", "still" is said of its people
AS_OF = 2  # words before a date in which "as at", "corte al" stands
BACK = 3  # sentences before a list in which its verb may stand


def _nearest(reading: Reading, group: Group) -> str:
    """The stage of the custody word that stands nearest to the phrase in its sentence."""
    near = [
        (min(abs(m.first - group.last), abs(group.first - m.last)), m.label.key)
        for m in reading.doc.by_sentence[group.sentence]
        if m.label.section == "custody"
    ]
    return min(near)[1] if near else ""


@cache
def _stems(key: str) -> tuple[str, ...]:
    return tuple(sorted(figure_words(key)))


def _tells(reading: Reading, sentence: int, first: int) -> dict[str, float]:
    """Whether the words of a sentence tell of a state or of an act, and which stands nearer to ``first``."""
    doc = reading.doc
    low, high = doc.first_word[sentence], doc.first_word[sentence + 1]
    nearest: dict[str, int] = {}
    for word in range(low, high):
        for key in ("state", "act"):
            if doc.words[word].startswith(_stems(key)):
                nearest[key] = min(nearest.get(key, 99), abs(word - first))
    out = {f"tells {key}": 1.0 for key in nearest}
    if len(nearest) == 1:
        out[f"tells only {next(iter(nearest))}"] = 1.0
    if nearest:
        out[f"tells nearest {min(nearest, key=lambda k: nearest[k])}"] = 1.0
    return out


def is_bare(reading: Reading, sentence: int) -> bool:
    """Whether a sentence lists people without saying what happened to them or where they are."""
    here = reading.profiles[sentence]
    return not here.custody and not here.quantity and not _tells(reading, sentence, 0)


def _is_as_of(doc: Document, date: When) -> bool:
    """Whether a date is that at which something is counted: "as at 31 October", "al cierre de 2024"."""
    if date.kind == "period":
        return False
    first, last = doc.word_at(date.start), doc.word_at(date.end - 1)
    low = max(first - AS_OF, doc.first_word[doc.sentence_of[first]])
    if not figure_words("ends").isdisjoint(doc.words[low : last + 1]):
        return True
    return date.kind == "day" and not figure_words("as_of").isdisjoint(doc.words[low : first + 1])


def _dates_of(doc: Document, sentence: int) -> tuple[When, ...]:
    """The dates of a sentence; of a period and its ends the period."""
    segment = doc.article.segments[sentence]
    low = bisect_left(doc.dates, segment.start, key=_start)
    dates = doc.dates[low : bisect_left(doc.dates, segment.end, key=_start)]
    whole = inside(dates)
    return tuple(date for number, date in enumerate(dates) if whole[number] == number)


def _start(date: When) -> int:
    return date.start


def _times(reading: Reading, sentence: int) -> dict[str, float]:
    """What the dates of a sentence, or else of the ones before it, say: a day of counting or a period."""
    doc = reading.doc
    out: dict[str, float] = {}
    for back in range(min(BACK, sentence) + 1):
        here = _dates_of(doc, sentence - back)
        if here:
            where = "before: " if back else ""
            if any(_is_as_of(doc, d) for d in here):
                out[f"{where}as of"] = 1.0
            if back:
                out |= {f"before: date {d.kind}": 1.0 for d in here}
            break
    return out


def _sentence(reading: Reading, group: Group) -> dict[str, float]:
    """What the sentence of the phrase says, or the ones before it when it is a bare list."""
    doc, profiles = reading.doc, reading.profiles
    here = profiles[group.sentence]
    out: dict[str, float] = {}
    for cue in here.figures:
        out[f"cue {cue}"] = 1.0
    if "stock" in here.figures and "flow" not in here.figures:
        out["only stock"] = 1.0
    if "flow" in here.figures and "stock" not in here.figures:
        out["only flow"] = 1.0
    for stage in here.custody:
        out[f"custody {stage}"] = 1.0
    nearest = _nearest(reading, group)
    if nearest:
        out[f"nearest {nearest}"] = 1.0
    for people in here.people:
        out[f"people {people}"] = 1.0
    first = next((d for d in doc.dates if doc.sentence_at(d.start) == group.sentence), None)
    for date in doc.dates:
        if doc.sentence_at(date.start) == group.sentence:
            out[f"date {date.kind}"] = 1.0
    if first is not None and doc.word_at(first.start) - doc.first_word[group.sentence] <= 3:
        out[f"opens with {first.kind}"] = 1.0
    out |= _times(reading, group.sentence)
    tells = _tells(reading, group.sentence, group.first)
    out |= tells
    if not tells:
        for back in range(1, BACK + 1):
            former_tells = _tells(reading, group.sentence - back, 10**6) if group.sentence >= back else {}
            if former_tells:
                out |= {f"before: {name}": value for name, value in former_tells.items()}
                break
    if not here.custody and not here.figures:
        for back in range(1, BACK + 1):
            former = profiles[group.sentence - back] if group.sentence - back >= 0 else None
            if former is None:
                break
            if former.custody or former.figures:
                for stage in former.custody:
                    out[f"before: custody {stage}"] = 1.0
                for cue in former.figures:
                    out[f"before: cue {cue}"] = 1.0
                break
    return out


def _around(reading: Reading, group: Group) -> dict[str, float]:
    """What the sentence and the article hold besides: ages and weights of cases, the numbers of reports."""
    doc, here = reading.doc, reading.profiles[group.sentence]
    ages = [n for n in doc.numbers if n.role == "age"]
    plain = [n for n in doc.numbers if n.role in PEOPLE and (n.value or 0) >= 20]
    big = [n for n in plain if doc.sentence_at(n.start) == group.sentence]
    named = [g for g in reading.groups if not g.form.startswith("number") and g.form != "attribute"]
    counted = [g for g in reading.groups if g.sentence == group.sentence and (g.count or 0) > 1]
    return {
        "share here": float(any(doc.sentence_at(s.start) == group.sentence for s in doc.shares)),
        "weight here": float(here.quantity),
        "weight": float(bool(doc.quantities)),
        "age here": float(any(doc.sentence_at(n.start) == group.sentence for n in ages)),
        "age": float(bool(ages)),
        "shares": min(len(doc.shares), 4) / 4,
        "big numbers": min(len(plain), 8) / 8,
        "big numbers here": min(len(big), 4) / 4,
        "counted groups here": min(len(counted), 4) / 4,
        "figures of article": min(sum((g.count or 0) >= 10 for g in named), 6) / 6,
        "foreign": float(group.nationality == UNKNOWN_COUNTRY),
        "in title": float(group.sentence == 0),
    }


def candidates(case: Case) -> tuple[Candidate, ...]:
    """The three kinds, each with the same signals under its own names."""
    group, profiles = case.group, case.reading.profiles
    count = group.count
    size = (
        "many"
        if group.counted_by == MOST  # the most of a figure
        else "no count"
        if count is None
        else "one"
        if count == 1
        else "few"
        if count <= 9
        else "tens"
        if count <= 49
        else "many"
        if count <= 299
        else "hundreds"
    )
    signals = {
        "bias": 1.0,
        f"form {group.form}": 1.0,
        f"head {group.head}": 1.0,
        f"counted {group.counted_by}": 1.0,
        size: 1.0,
    }
    said = _sentence(case.reading, group)
    doc = case.doc
    beside = doc.words[max(doc.first_word[group.sentence], group.first - 3) : group.last + 3]
    if any(w in figure_words("more") for w in beside):
        said["more of them"] = 1.0
        if said.get("tells state"):
            said["more of them, state"] = 1.0
        if said.get("tells only state"):
            said["more of them, only state"] = 1.0
    near = doc.words[
        max(doc.first_word[group.sentence], group.first - NOW_REACH) : group.last + NOW_REACH + 1
    ]
    if size == "few" and any(w in figure_words("at_present") for w in near):
        said["at present"] = 1.0
    large = size in ("tens", "many", "hundreds") or group.form.startswith("number")
    figure = "figure" if large else "small"
    for name, value in said.items():
        signals[name] = value
        signals[f"{figure}: {name}"] = value
        if size == "few":
            signals[f"few: {name}"] = value
    for name in ("stock", "flow", "average"):
        share = sum(name in p.figures for p in profiles) / max(len(profiles), 1)
        signals[f"article: {name}"] = share
        signals[f"{figure}: article: {name}"] = share
    for stage in ("arrested", "imprisoned", "convicted", "executed", "death_row", "released", "charged"):
        share = sum(stage in p.custody for p in profiles) / max(sum(bool(p.custody) for p in profiles), 1)
        signals[f"{figure}: article: custody {stage}"] = share
    for stage in profiles[0].custody:
        signals[f"{figure}: title: custody {stage}"] = 1.0
    around = _around(case.reading, group)
    signals |= around
    signals[f"{size}, figures of article"] = around["figures of article"]
    return tuple(
        Candidate(kind, {f"{kind}: {name}": value for name, value in signals.items() if value})
        for kind in Kind
    )
