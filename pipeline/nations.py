"""Is a nationality held for drugs in this article? The signals of all its phrases together.

A person is told of in many sentences, and only some of them say "arrested" or "cocaine": so the
question is asked once for each nationality of an article, not for each phrase.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.fields.case import Reading
from pipeline.groups import Group
from pipeline.home import home_doubt, is_ground
from pipeline.nobodies import is_nobody
from pipeline.signals import article_signals, group_signals
from pipeline.vocabulary import UNKNOWN_COUNTRY

SURE_FORMS = frozenset({"noun", "noun+person", "person+noun", "citizen of", "foreign"})
NOBODY = "nation: nobody who could be in hand"
HELD = (
    "custody and drug here",
    "custody here, drug later",
    "drug here, custody later",
    "one sentence of both",
)
BEYOND = frozenset({"at_large", "unfound", "witness", "killed", "victim"})
REPORTED = frozenset({"not_custody after it", "not_custody before it"})
HELD_LOOSELY = ("both later", "loose")
AWAY = (
    "home",
    "away",
    "abroad",
    "no place",
    "outlet",
    "own",
    "nation: ",
    "as: ",
    "so: ",
    "people: ",
    "only one",
    "one of several",
    "form: ",
    "head: ",
    "counted",
    "said again",
    "attributes",
    "implied: ",
    "held: ",
    "bias",
    "chain: home",
    "sentence: home",
    "sentence: extradition_pending",
    "sentence: at_large",
)  # how signals begin that may tell whether people are in another country than their own


@dataclass(frozen=True, slots=True)
class Nation:
    """One nationality of an article with its phrases and signals."""

    nationality: str
    phrases: tuple[int, ...]  # indexes into Reading.groups
    signals: dict[str, float]


def away_signals(nation: Nation) -> dict[str, float]:
    """The signals of the question whether people, if they are held, are held in another country."""
    return {name: value for name, value in nation.signals.items() if name.startswith(AWAY)}


def is_named(group: Group) -> bool:
    """Whether the phrase itself names its people's nationality (and is no "Mexican border")."""
    return group.form != "attribute" and not group.form.startswith("number")


def phrase_signals(reading: Reading, index: int) -> dict[str, float]:
    """The signals of one phrase, with what it is linked to and what is said of its people later."""
    group = reading.groups[index]
    signals = group_signals(reading.doc, reading.profiles, group, reading.groups)
    return signals | reading.links.get(index, {})


def _together(groups: list[Group], signals: dict[str, float], nationality: str) -> dict[str, float]:
    """Signals that mean something only side by side: how people are named, whether they are at home,
    and whether custody and drugs are said of them."""
    forms = {g.form for g in groups}
    people = bool(forms & SURE_FORMS)
    sort = "people" if people else next(iter(sorted(forms)))
    held = any(signals.get(f"held: {name}") for name in HELD)
    loosely = any(signals.get(f"held: {name}") for name in HELD_LOOSELY)
    state = "held" if held else "perhaps" if loosely else "not"
    if nationality == UNKNOWN_COUNTRY:
        place = "foreign"
    elif signals.get("home: leads") or signals.get("home: outlet, no other place"):
        place = "home"
    else:
        place = "away"
    out = {f"as: {sort}": 1.0, f"as: {sort}, {place}": 1.0, f"so: {state}, {place}": 1.0}
    if place == "home" and signals.get("away: here alone"):
        out[f"so: {state}, home, elsewhere here"] = 1.0
    if people:
        out[f"people: {state}, {place}"] = 1.0
        only = "only one" if signals.get("nation: only one") else "one of several"
        out[f"{only}: {state}, {place}"] = 1.0
    return out


def _beyond(reading: Reading, sentence: int) -> bool:
    """Whether a sentence or the next one tells of people whom nobody has in hand, or who only saw it."""
    return any(p.status & BEYOND for p in reading.profiles[sentence : sentence + 2])


def tells_whole(reading: Reading, index: int) -> bool:
    """Whether the sentence of a phrase says it all of its people."""
    return is_named(reading.groups[index]) and _told_whole(
        reading, reading.groups[index], phrase_signals(reading, index)
    )


def _told_whole(reading: Reading, group: Group, signals: dict[str, float]) -> bool:
    """Whether one sentence says it all: people of a nationality, custody, drugs and a place that is not
    their own. Then it matters little what else an article is about: "at that time two young Australians
    were facing execution in Malaysia for drug smuggling" may stand in the memoirs of a nurse."""
    profile = reading.profiles[group.sentence]
    if group.form not in SURE_FORMS or profile.status & (BEYOND | {"extradition_pending"}):
        return False
    linked = signals.get("any custody after it", 0.0) + signals.get("any custody before it", 0.0)
    if not linked and group.head != "prisoner":
        return False
    if not (profile.drugs or profile.offence or group.head == "mule"):
        return False
    here = [e for e in reading.evidence if e.sentence == group.sentence and is_ground(e)]
    return bool(here) and all(e.country != group.nationality for e in here)


def find_nations(reading: Reading) -> tuple[Nation, ...]:
    """Every nationality that some phrase names, in order of the text."""
    phrases: dict[str, list[int]] = {}
    for index, group in enumerate(reading.groups):
        if is_named(group):
            phrases.setdefault(group.nationality, []).append(index)
    whole = article_signals(reading.doc, reading.profiles)
    own = {index: phrase_signals(reading, index) for indexes in phrases.values() for index in indexes}
    total = sum(map(len, phrases.values())) or 1
    most = max(map(len, phrases.values()), default=0)
    out = []
    for number, (nationality, indexes) in enumerate(phrases.items()):
        groups = [reading.groups[i] for i in indexes]
        sentences = frozenset(g.sentence for g in groups)
        signals: dict[str, float] = {}
        for index in indexes:
            for name, value in own[index].items():
                signals[name] = max(signals.get(name, 0.0), value)
        signals |= whole
        signals |= home_doubt(reading, nationality, sentences)
        linked = [
            own[i].get("any custody after it", 0.0) + own[i].get("any custody before it", 0.0)
            for i in indexes
        ]
        rivals = [
            own[i].get("any custody after it", 0.0) + own[i].get("any custody before it", 0.0)
            for other, those in phrases.items() if other != nationality for i in those
        ]  # fmt: skip
        signals |= {
            "nation: only one": float(len(phrases) == 1),
            "nation: first": float(number == 0),
            "nation: phrases": min(len(indexes), 6) / 6,
            "nation: share": len(indexes) / total,
            "nation: how many": min(len(phrases), 8) / 8,
            "nation: most said": float(len(indexes) == most),
            "nation: attributes": min(
                sum(g.form == "attribute" and g.nationality == nationality for g in reading.groups), 4
            )
            / 4,
            "nation: lead": float(any(s <= 2 for s in sentences)),
            "nation: custody and drug sentences": min(
                sum(own[i].get("sentence: custody and drug", 0.0) for i in indexes), 3
            )
            / 3,
            "nation: counted": float(any(g.counted_by in ("near", "copula") for g in groups)),
            "nation: all singular": float(all(g.singular for g in groups)),
            "nation: unknown": float(nationality == UNKNOWN_COUNTRY),
            "nation: best custody link": max(linked),
            "nation: rivals have none": float(max(linked) > 0 and max(rivals, default=0.0) == 0.0),
            "nation: a rival has it": float(max(linked) == 0 and max(rivals, default=0.0) > 0.0),
            "nation: never in hands": float(
                all(_beyond(reading, reading.groups[i].sentence) for i in indexes)
            ),
            "nation: reported, never held": float(
                max(linked) == 0 and any(own[i].keys() & REPORTED for i in indexes)
            ),
            "nation: never in hands, once": float(
                any(reading.profiles[reading.groups[i].sentence].status & BEYOND for i in indexes)
            ),
            "nation: behind it all": float(all(own[i].get("behind it all") for i in indexes)),
            "nation: told whole": float(
                any(_told_whole(reading, reading.groups[i], own[i]) for i in indexes)
            ),
            NOBODY: float(
                all(is_nobody(reading.doc, reading.groups[i], reading.links.get(i, {})) for i in indexes)
            ),
            "nation: only one, drug and custody": float(
                len(phrases) == 1 and bool(whole.get("article: drug and custody in one sentence"))
            ),
        }
        signals |= _together(groups, signals, nationality)
        out.append(Nation(nationality, tuple(indexes), {k: round(v, 4) for k, v in signals.items() if v}))
    return tuple(out)
