"""The latest stage that is reported for the people of a record."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.fields.case import Candidate, Case
from pipeline.fields.doomed import of_the_doomed
from pipeline.measures.words import single_words
from pipeline.vocabulary import Stage

DEATH = "death_sentence"
ORDER = {
    Stage.ARRESTED: 0, Stage.CHARGED: 1, Stage.CONVICTED: 2, Stage.IMPRISONED: 3, Stage.DEATH_ROW: 3,
    Stage.EXECUTED: 4, Stage.RELEASED: 4, Stage.TRANSFERRED: 4, Stage.DIED: 5,
}  # fmt: skip
MINE = frozenset(
    f"{whose}{how}"
    for whose in ("mine", "shared", "foreign")
    for how in ("", ", run on", ", ahead", ", in all")
)
MODAL_REACH = 3  # words before a custody word in which "could", "would" make it no fact


@dataclass(slots=True)
class _Said:
    """Where one stage is named: sentences, and those in which it is only a possibility."""

    fact: list[int] = field(default_factory=list)
    maybe: list[int] = field(default_factory=list)


def _said(case: Case) -> dict[str, _Said]:
    doc = case.doc
    modal = single_words(doc.article.language, "terms", "modal")
    out: dict[str, _Said] = {stage: _Said() for stage in Stage}
    for mention in doc.mentions:
        if mention.label.section != "custody":
            continue
        said = out.get(
            {DEATH: "convicted", "life_sentence": "convicted"}.get(mention.label.key, mention.label.key)
        )
        if said is None:
            continue
        low = max(doc.first_word[mention.sentence], mention.first - MODAL_REACH)
        unsure = any(doc.words[w] in modal for w in range(low, mention.last + 1))
        (said.maybe if unsure else said.fact).append(mention.sentence)
    return out


def _linked(case: Case) -> dict[str, float]:
    """Signals of the custody words that the record's own phrases are linked to."""
    out: dict[str, float] = {}
    sentences = {case.group.sentence, *case.own}
    for index, group in enumerate(case.reading.groups):
        if group.sentence not in sentences or group.nationality != case.group.nationality:
            continue
        lead = group is case.group
        for name, value in case.reading.links.get(index, {}).items():
            if not name.startswith("custody "):
                continue
            _, stage, side = name.split(" ", 2)
            for key in (f"{stage}|linked {side}", f"{stage}|lead linked {side}" if lead else ""):
                if key:
                    out[key] = max(out.get(key, 0.0), value)
    return out


_Act = tuple[str, int, str, bool, float, int, int]


def _acts(case: Case, sure: bool = True) -> list[_Act]:
    """Every act, or hint at one, as (stage, sentence, whose, fact, nearness, words after it, own words)."""
    doc, out = case.doc, []
    for act in doc.acts:
        if act.sure != sure:
            continue
        sentence = doc.sentence_at(act.start)
        near = 0.0
        if sentence == case.group.sentence:
            near = 1.0 / (1.0 + abs(doc.word_at(act.start) - case.group.first) / 4.0)
        step = doc.word_at(act.start) - case.group.last if sentence == case.group.sentence else 0
        words = doc.text[act.start : act.end].count(" ") + 1
        out.append((act.stage, sentence, case.whose(sentence), act.fact, near, step, words))
    return out


def _of_acts(case: Case, acts: list[_Act], stage: str) -> dict[str, float]:
    """Signals of the acts that give this stage, against those of all."""
    s, order = case.group.sentence, ORDER[Stage(stage)]
    facts = [a for a in acts if a[3]]
    here = [a for a in facts if a[1] == s]
    mine = [a for a in facts if a[2] in MINE and case.told(a[1])]
    out: dict[str, float] = {}
    if not any(a[0] == stage for a in facts):
        out = {"act none": 1.0, f"act none {stage}": 1.0}
        if any(a[0] == stage for a in acts):
            out["act only maybe"] = 1.0
        return out
    if any(a[0] == stage for a in here):
        out["act here"] = out[f"act here {stage}"] = out[f"act here {case.kind}"] = 1.0
        out["act near"] = max(a[4] for a in here if a[0] == stage)
        out["act nearest"] = float(out["act near"] == max(a[4] for a in here))
        out["act only one here"] = float(len({a[0] for a in here}) == 1)
        after = [a for a in here if a[5] > 0]
        out["act next after"] = float(bool(after) and after[0][0] == stage)
        out[f"act next after {stage}"] = out["act next after"]
        out["act just before"] = float(any(a[0] == stage and -4 <= a[5] < 0 for a in here))
        out["act last here"] = float(here[-1][0] == stage)
        out["act of many words here"] = float(any(a[0] == stage and a[6] > 1 for a in here))
        out["act latest here"] = float(order == max(ORDER[Stage(a[0])] for a in here))
    elif not here:
        before = [a for a in facts if s - 4 <= a[1] < s]
        ruling = {a[0] for a in before if a[1] == before[-1][1]} if before else set()
        out["act ruling"] = out[f"act ruling {case.kind}"] = float(stage in ruling)
        out[f"act ruling {stage}"] = float(stage in ruling)
        following = [a for a in facts if s < a[1] <= s + 2]
        out["act following"] = float(any(a[0] == stage for a in following))
    if any(a[0] == stage for a in mine):
        out["act in mine"] = out[f"act in mine {stage}"] = 1.0
        out["act latest in mine"] = float(order == max(ORDER[Stage(a[0])] for a in mine))
        out[f"act latest in mine {case.kind}"] = out["act latest in mine"]
        out["act share of mine"] = sum(a[0] == stage for a in mine) / len(mine)
    out["act in title"] = float(any(a[0] == stage and a[1] == 0 for a in facts))
    out[f"act in title {stage}"] = out["act in title"]
    out["act in lead"] = float(any(a[0] == stage and 0 < a[1] <= 2 for a in facts))
    out["act share"] = sum(a[0] == stage for a in facts) / len(facts)
    out["act only others'"] = float(all(a[2].startswith("others'") for a in facts if a[0] == stage))
    out["act last"] = float(facts[-1][0] == stage)
    return out


def _of_hints(case: Case, hints: list[_Act], stage: str) -> dict[str, float]:
    """Signals of the words that only hint at this stage."""
    own = [h for h in hints if h[0] == stage and h[3]]
    if not own:
        return {}
    out = {"hint": 1.0, f"hint {stage}": 1.0}
    if any(h[1] == case.group.sentence for h in own):
        out["hint here"] = out[f"hint here {stage}"] = out[f"hint here {case.kind}"] = 1.0
        out["hint near"] = max(h[4] for h in own)
    if any(h[2] in MINE and case.told(h[1]) for h in own):
        out["hint in mine"] = out[f"hint in mine {stage}"] = 1.0
    if any(h[1] == 0 for h in own):
        out["hint in title"] = out[f"hint in title {stage}"] = 1.0
    return out


def candidates(case: Case) -> tuple[Candidate, ...]:
    """The nine stages, with where each is named as seen from the group."""
    doc, profiles, group = case.doc, case.reading.profiles, case.group
    s = group.sentence
    named = [set(p.custody) for p in profiles]
    total = sum(len(n) for n in named) or 1
    said, linked = _said(case), _linked(case)
    whose = [case.whose(i) for i in range(len(profiles))]
    mine = [i for i, w in enumerate(whose) if w in MINE and case.told(i)]
    # What rules a sentence without a custody word: the one before it that has any.
    ruling = next((named[i] for i in range(s - 1, max(s - 5, -1), -1) if named[i]), set())
    following = next((named[i] for i in range(s + 1, min(s + 4, len(named))) if named[i]), set())
    top_mine = max((ORDER[stage] for stage in Stage if set(said[stage].fact) & set(mine)), default=-1)
    top_own = max((ORDER[stage] for stage in Stage if set(said[stage].fact) & set(case.own)), default=-1)
    death = any(m.label.key == DEATH for m in doc.mentions)
    empty = not named[s]
    acts, hints = _acts(case), _acts(case, sure=False)
    imposed = {doc.sentence_at(t.start) for t in doc.terms if t.kind == "imposed"}
    doomed = of_the_doomed(case)
    out = []
    for stage in Stage:
        where = [i for i, n in enumerate(named) if stage in n]
        facts = set(said[stage].fact)
        signals = {stage: 1.0, f"{case.kind} {stage}": 1.0}
        if where:
            signals["named"] = 1.0
            signals[f"named {stage}"] = 1.0
            signals["share"] = len(where) / total
            signals["last named"] = float(
                max(where) == max((i for i, n in enumerate(named) if n), default=-1)
            )
            signals["only maybe"] = float(not facts)
            signals[f"only maybe {stage}"] = float(not facts)
        if s in where:
            signals["here"] = 1.0
            signals[f"here {stage}"] = 1.0
            signals[f"{case.kind} here {stage}"] = 1.0
            signals["here maybe"] = float(s not in facts)
            signals[f"here maybe {stage}"] = float(s not in facts)
            word = profiles[s].custody[stage]
            signals["near"] = 1.0 / (1.0 + abs(word - group.first) / 4.0)
            nearest = min(profiles[s].custody.values(), key=lambda w: abs(w - group.first))
            signals["nearest"] = float(nearest == word)
            signals["only one here"] = float(len(named[s]) == 1)
        elif empty:
            signals["ruling"] = float(stage in ruling)
            signals[f"ruling {stage}"] = float(stage in ruling)
            signals[f"ruling {case.kind}"] = float(stage in ruling)
            signals["following"] = float(stage in following)
            signals[f"following {stage}"] = float(stage in following)
        if 0 in where:
            signals["title"] = 1.0
            signals[f"title {stage}"] = 1.0
            if whose[0] in MINE:
                signals[f"title, mine {stage}"] = 1.0
                signals["title, mine"] = 1.0
            elif whose[0].startswith("others'"):
                signals["title, others'"] = 1.0
        if 1 in where or 2 in where:
            signals["lead"] = 1.0
        if any(i in where for i in (s - 1, s + 1)):
            signals["next to"] = 1.0
            signals[f"next to {stage}"] = 1.0
        if any(i in where for i in case.own):
            signals["own sentence"] = 1.0
            signals[f"own sentence {stage}"] = 1.0
            signals["own, latest"] = float(ORDER[stage] == top_own)
        in_mine = [i for i in mine if i in facts]
        if in_mine:
            signals["in mine"] = 1.0
            signals[f"in mine {stage}"] = 1.0
            signals["share of mine"] = len(in_mine) / max(sum(len(named[i]) for i in mine), 1)
            signals["mine, latest"] = float(ORDER[stage] == top_mine)
            signals[f"mine, latest {case.kind}"] = float(ORDER[stage] == top_mine)
        elif where and all(whose[i].startswith("others'") for i in where):
            signals["only others'"] = 1.0
        signals["something later in mine"] = float(top_mine > ORDER[stage])
        signals[f"something later in mine {stage}"] = float(top_mine > ORDER[stage])
        if profiles[s].term:
            signals[f"term {stage}"] = 1.0
        if imposed & set(mine):
            signals[f"term in mine {stage}"] = 1.0
        if imposed:
            signals[f"term somewhere {stage}"] = 1.0
        for people in profiles[s].people:
            signals[f"{people} {stage}"] = 1.0
        if group.head in ("prisoner", "mule"):
            signals[f"head {group.head} {stage}"] = 1.0
        if death:
            signals[f"death {stage}"] = 1.0
        if case.ground(s).startswith("other"):
            signals[f"ground other {stage}"] = 1.0
        signals |= _of_acts(case, acts, stage)
        signals |= _of_hints(case, hints, stage)
        signals |= {f"{name} {stage}": value for name, value in doomed.items() if value}
        for name, value in linked.items():
            which, _, rest = name.partition("|")
            if which == stage:
                signals[rest] = value
                signals[f"{rest} {stage}"] = value
        out.append(Candidate(stage, signals))
    return tuple(out)
