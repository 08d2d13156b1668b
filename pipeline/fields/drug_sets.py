"""The drugs of a record, chosen together: a text names the drugs of one case in one breath.

Each drug has its signals (``pipeline.fields.drugs``); a set of them adds up those of its drugs, and says
besides how the text puts it together: as the drugs of one sentence, of all that is told of these people,
or of what is called "the same drug" later.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache

from pipeline.fields.case import Candidate, Case
from pipeline.fields.drugs import MINE, candidates
from pipeline.figures import figure_words

SAME = 2  # words before "substance" within which it is called the same
Codes = frozenset[str]


def drug_sets(case: Case) -> tuple[Candidate, ...]:
    """No drug, each alone, those of each sentence and of several: values are sorted tuples of codes."""
    each = {str(c.value): c.signals for c in candidates(case)}
    named = _named(case)
    unions = _unions(case, named)
    lead = case.group.sentence
    own = {lead, *case.own}
    nearest = min(named, key=lambda s: (s not in own, not case.told(s), abs(s - lead)), default=-1)
    found: dict[Codes, dict[str, float]] = {frozenset(): {"no drug": 1.0}}
    for code in each:
        found.setdefault(frozenset({code}), {})
    for sentence, codes in named.items():
        signals = found.setdefault(codes, {})
        signals["those of a sentence"] = 1.0
        if sentence == nearest:
            signals["those of the nearest sentence"] = 1.0
    for name, codes in unions.items():
        if codes:
            found.setdefault(codes, {})[f"those of {name}"] = 1.0
    sort = "event" if case.kind == "event" else "figure"
    several = min(len(each), 4)
    out = []
    for chosen, signals in found.items():
        size = min(len(chosen), 4)
        signals[f"{size} drugs"] = 1.0
        if not chosen:
            signals |= {f"no drug, one of {name}": 1.0 for name, codes in unions.items() if codes}
            signals[f"no drug, {several} named"] = 1.0
        signals["part of the nearest sentence"] = float(
            nearest in named and bool(chosen & named[nearest]) and not chosen >= named[nearest]
        )
        signals |= {f"{sort}: {name}": value for name, value in signals.items()}
        signals[f"{case.kind}: {size} drugs"] = 1.0
        for code in chosen:
            for name, value in each[code].items():
                signals[name] = signals.get(name, 0.0) + value
        out.append(Candidate(tuple(sorted(chosen)), {n: v for n, v in signals.items() if v}))
    return tuple(out)


def _named(case: Case) -> dict[int, Codes]:
    """Sentence → the drugs that it names."""
    found: dict[int, set[str]] = {}
    for mention in case.doc.mentions:
        if mention.label.section == "drugs" and mention.label.key != "generic":
            found.setdefault(mention.sentence, set()).add(mention.label.key)
    return {sentence: frozenset(codes) for sentence, codes in found.items()}


def _unions(case: Case, named: dict[int, Codes]) -> dict[str, Codes]:
    """Which drugs several sentences name together, or what a word of a sentence points back to."""

    def of(sentences: Iterable[int]) -> Codes:
        return frozenset(code for s in sentences for code in named.get(s, ()))

    doc, lead = case.doc, case.group.sentence
    own = {lead, *case.own}
    meant = _meant(case, named)
    mine = {s for s in {*named, *meant} if case.told(s) and case.whose(s) in MINE} | own
    after, before = {s + 1 for s in own}, {s - 1 for s in own}
    out = {
        "its sentences": of(own),
        "its first sentence": of((lead,)),
        "these people": of(mine),
        "this country": of(s for s in named if case.ground(s) in ("own", "both")),
        "the title": of(() if case.told(0) else (0,)),
        "the text": of(named),
        "its sentences and the title": of(own | {0}),
        "its sentences and the next": of(own | after),
        "its sentences and those before": of(own | before),
        "its sentences and those around": of(own | after | before),
        "its paragraph": of(s for s in named if doc.paragraph_of[s] == doc.paragraph_of[lead]),
    }
    for s in sorted(mine & meant.keys()):
        for name, codes in meant[s].items():
            out.setdefault(f"{name} here" if s in own else f"{name} of theirs", codes)
    return out


def _meant(case: Case, named: dict[int, Codes]) -> dict[int, dict[str, Codes]]:
    """Sentence → the drugs named last, where "the same substance", "the drug" or a bare weight means them."""
    doc = case.doc
    order = sorted(named)
    out: dict[int, dict[str, Codes]] = {}

    def note(name: str, s: int) -> None:
        last = bisect_left(order, s) - 1
        if last >= 0 and s not in named:
            out.setdefault(s, {}).setdefault(name, named[order[last]])

    for word in _words_for_stuff(doc.words):
        s = doc.sentence_of[word]
        low = doc.first_word[s]
        if word == low or any(m.first <= word <= m.last and m.last > m.first for m in doc.by_sentence[s]):
            continue
        former = doc.words[max(word - SAME, low) : word]
        if any(w in figure_words("same") for w in former):
            note("the same drug", s)
        elif former[-1] in figure_words("that_stuff"):
            note("that drug", s)
    for quantity in doc.quantities:
        if quantity.kg is not None:
            note("a bare weight", doc.sentence_at(quantity.start))
    return out


@lru_cache(maxsize=8)
def _words_for_stuff(words: tuple[str, ...]) -> tuple[int, ...]:
    """Where a text speaks of a "substance"; the same text is asked for each of its records."""
    stuff = figure_words("stuff")
    return tuple(at for at, word in enumerate(words) if word in stuff)
