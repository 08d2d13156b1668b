"""What speaks for each drug of an article as one of a record; ``drug_sets`` puts them together."""

from __future__ import annotations

from functools import cache

from pipeline.fields.case import Candidate, Case
from pipeline.fold import fold
from pipeline.lexicon import load_lexicon
from pipeline.mentions import Mention

MINE = frozenset({"mine", "mine, run on", "shared", "shared, run on"})
CROSSED = (
    "here",
    "own sentence",
    "title",
    "one before",
    "one after",
    "with weight",
    "far",
    "mine",
    "mine, run on",
    "shared",
    "shared, run on",
    "others'",
    "others', run on",
    "nobody's",
    "ground own",
    "ground other",
    "not here, others here",
    "not mine, others mine",
    "nearest",
    "farther than another",
    "here, next",
)


@cache
def ambiguous_words(language: str) -> frozenset[str]:
    """The lexicon's words that often mean something else, folded."""
    return frozenset(fold(word) for word in load_lexicon(language).raw["ambiguous"].get("words", ()))


def candidates(case: Case) -> tuple[Candidate, ...]:
    """The drugs that the article names, each once, with its best position."""
    doc, sentence = case.doc, case.group.sentence
    named: dict[str, list[Mention]] = {}
    for mention in doc.mentions:
        if mention.label.section == "drugs" and mention.label.key != "generic":
            named.setdefault(mention.label.key, []).append(mention)
    everything = sum(len(m) for m in named.values()) or 1
    gap = {code: _gap(case, mentions) for code, mentions in named.items()}
    closest = min(gap.values(), default=0)
    inside = {sentence, *case.own}
    here = {code for code, mentions in named.items() if any(m.sentence in inside for m in mentions)}
    mine = {code for code, mentions in named.items() if any(_mine(case, m) for m in mentions)}
    generic = {
        m.sentence
        for m in doc.mentions
        if (m.label.section == "drugs" and m.label.key == "generic")
        or (m.label.section, m.label.key) == ("offence", "drug")
    }
    unnamed = not here and not generic.isdisjoint(inside)
    doubtful = ambiguous_words(doc.article.language)
    late = sentence > 2 and all(s > 2 for s in case.own)
    out = []
    for code, mentions in named.items():
        signals: dict[str, float] = {}
        for mention in mentions:
            for name, value in case.nearness(mention.start).items():
                signals[name] = max(signals.get(name, 0.0), value)
            if case.reading.profiles[mention.sentence].quantity:
                signals["with weight"] = 1.0
        signals |= {
            "bias": 1.0,
            case.kind: 1.0,
            code: 1.0,
            "share": len(mentions) / everything,
            "only drug": float(len(named) == 1),
            f"{case.kind} only drug": float(len(named) == 1),
            "not here, others here": float(code not in here and bool(here)),
            "not mine, others mine": float(code not in mine and bool(mine)),
            "nearest": float(gap[code] == closest),
            "farther than another": min(gap[code] - closest, 6) / 6,
            "gap": min(gap[code], 8) / 8,
            f"gap {case.kind}": min(gap[code], 8) / 8,
            "only after it": float(all(m.sentence > sentence for m in mentions)),
            "late": float(late),
            "late, only others'": float(late and not any(_mine(case, m) for m in mentions)),
            "late, only drug": float(late and len(named) == 1),
            "only by a doubtful word": float(all(doc.folded[m.start : m.end] in doubtful for m in mentions)),
            f"{code}, others named": float(len(named) > 1),
            f"{code}, others here": float(bool(here - {code})),
            # "Four more are held for drugs": which, the sentence does not say.
            "unnamed here": float(unnamed),
            f"{case.kind} unnamed here": float(unnamed),
            "unnamed here, not mine": float(unnamed and code not in mine),
            "nothing here": float(not here and not unnamed),
            "only one here, another": float(len(here) == 1 and code not in here),
            f"{case.kind} only one here, another": float(len(here) == 1 and code not in here),
        }
        for name in CROSSED:
            if signals.get(name):
                signals[f"{case.kind} {name}"] = signals[name]
        out.append(Candidate(code, {name: value for name, value in signals.items() if value}))
    return tuple(out)


def _mine(case: Case, mention: Mention) -> bool:
    """Whether a drug is named in a sentence of this record's people (the title says little)."""
    return case.told(mention.sentence) and case.whose(mention.sentence) in MINE


def _gap(case: Case, mentions: list[Mention]) -> int:
    """Sentences between the phrase and the nearest mention, in the record's own sentences none."""
    return min(
        0 if m.sentence in case.own else abs(m.sentence - case.group.sentence) + (not case.told(m.sentence))
        for m in mentions
    )
