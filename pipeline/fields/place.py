"""The prison, or else the airport, port, border post or city of the custody."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files

from pipeline.facilities import with_facility
from pipeline.fields.case import Candidate, Case
from pipeline.fields.place_names import find_facilities, find_heads, find_names
from pipeline.fold import fold
from pipeline.gazetteer import Place
from pipeline.lexicon import WORD

KINDS = frozenset({"city", "region", "airport", "port", "border_post", "prison", "court", "other"})
MINE = frozenset({"mine", "mine, run on", "shared", "shared, run on"})
# What a place is, beside the word by which it is known.
GENERIC = frozenset(
    ["airport", "aeropuerto", "aeroport", "aeroporto", "flughafen", "luchthaven", "vliegveld",
     "international", "internacional", "internazionale", "internationale",
     "prison", "carcel", "penal", "prisao", "prigione",
     "gefangnis", "gevangenis", "jail", "port", "harbour", "station"]
)  # fmt: skip


BEFORE = 3  # words between "the court" and its town
REACH = 70  # characters around an unknown name in which a word for a prison or an airport may stand
WIDER = 18  # characters between a small place and the known one that says where it is
NARROWER = 4  # words between a place and the wider one that says where it is: "Anjuna, qui a Goa"


def known_by(name: str | None) -> str | None:
    """The word by which a place is known: "Kuala Lumpur" and its airport are witnesses of each other."""
    if name is None:
        return None
    words = fold(name).replace("-", " ").split()
    return next((w for w in reversed(words) if w not in GENERIC), name)


def candidates(case: Case) -> tuple[Candidate, ...]:
    """No place, each place of the text in the country of custody, and names after "in"."""
    doc = case.doc
    places = [
        p for p in doc.places if p.kind in KINDS and case.country in p.countries[:3] and not _is_bare(p.text)
    ]
    here = any(doc.sentence_at(p.start) == case.group.sentence for p in places)
    mine = any(case.whose(doc.sentence_at(p.start)).startswith(("mine", "shared")) for p in places)
    sort = "event" if case.kind == "event" else "figure"
    none = {
        "none": 1.0,
        f"none {case.kind}": 1.0,
        f"none, some {sort}": float(bool(places)),
        f"none, here {case.kind}": float(here),
        f"none, mine {sort}": float(mine),
        f"none {case.stage} {sort}": 1.0,
        f"none late {sort}": float(case.group.sentence > 2),
        f"none late, not here {sort}": float(case.group.sentence > 2 and not here),
        "none abroad": float(case.country == "XX"),
    }
    kinds = {p.kind for p in places}
    for kind in ("prison", "airport", "city"):
        many = len({known_by(p.text) for p in places if p.kind == kind})
        if many:
            none[f"none, {kind} {case.kind}"] = 1.0
            none[f"none, one {kind} {case.kind}"] = float(many == 1)
    links = {e.word: e.link for e in case.reading.evidence}
    times: dict[str, int] = {}
    for place in places:
        key = fold(place.text)
        times[key] = times.get(key, 0) + 1
    acts = _acts(case)
    names = {kind: {fold(p.text) for p in places if p.kind == kind} for kind in kinds}
    own = {
        p.kind
        for p in places
        if case.whose(doc.sentence_at(p.start)) in MINE
        and (
            p.kind != "prison"
            or doc.paragraph_of[doc.sentence_at(p.start)] <= doc.paragraph_of[case.group.sentence] + 1
        )
    }
    before = [n for n, p in enumerate(places) if p.start < case.group.start]
    latest = {places[n].kind: n for n in before}  # the last one of each kind before the phrase
    found: dict[str, Candidate] = {}
    for number, place in enumerate(places):
        word = doc.word_at(place.start)
        whole = _in_full(place, places)
        key = fold(whole)
        signals = {
            place.kind: 1.0,
            f"{place.kind} {case.kind}": 1.0,
            f"{place.kind} {case.stage}": 1.0,
            f"first {sort}": float(number == 0),
            "weight": place.weight,
            f"only {sort}": float(len(places) == 1),
            f"link {links.get(word, 'none')}": 1.0,
            f"{place.kind} link {links.get(word, 'none')}": 1.0,
            f"times {sort}": min(times.get(key, 1), 4) / 4,
            f"beside my prison {sort}": float("prison" in own and place.kind != "prison"),
            f"beside my airport {sort}": float("airport" in own and place.kind not in ("airport", "prison")),
            f"beside my city {sort}": float("city" in own and place.kind in ("region", "court", "other")),
            "beside a prison": float("prison" in kinds and place.kind != "prison"),
            "beside an airport": float("airport" in kinds and place.kind in ("city", "region")),
            f"only {place.kind}": float(len(names[place.kind]) == 1),
            f"only {place.kind} {sort}": float(len(names[place.kind]) == 1),
            f"last {place.kind} before {sort}": float(latest.get(place.kind) == number),
            f"last before {sort}": float(bool(before) and before[-1] == number),
            f"next after {sort}": float(number == len(before)),
            "likeliest country": float(place.countries[0] == case.country),
        }
        signals |= _beside(case, places, number)
        _add(found, key, whole, _where(case, place.start, sort, place.kind, acts, signals))
    taken = {w for p in doc.places for w in range(doc.word_at(p.start), doc.word_at(p.end - 1) + 1)}
    unknown = list(find_names(case, taken))
    times_said = Counter(doc.words) if unknown else {}
    placed = {doc.sentence_at(p.start) for p in places}
    none["none, unknown here"] = float(any(doc.sentence_at(u[0]) == case.group.sentence for u in unknown))
    starts = {p.start: p for p in doc.places if p.kind in KINDS or p.kind == "country"}
    for start, name, facility in unknown:
        wider = _wider_behind(case, start + len(name), starts)
        again = all(times_said.get(word, 2) > 1 for word in fold(name).split())
        signals = {
            "unknown, said again": float(again),
            f"unknown, said again {sort}": float(again),
            "unknown, known in its sentence": float(doc.sentence_at(start) in placed),
            "unknown": 1.0,
            f"unknown {sort}": 1.0,
            f"unknown {doc.article.language}": 1.0,
            "unknown, facility": float(facility),
            "unknown, places": float(bool(places)),
            "unknown, in a wider": float(wider),
            f"unknown, in a wider {sort}": float(wider),
            "unknown, of a court": float(_is_of_a_court(case, start)),
        }
        kind, written = _sort_of(case, start, start + len(name))
        if _is_bare(written):
            continue
        if kind != "unknown":
            signals |= {
                kind: 1.0,
                f"{kind} {case.kind}": 1.0,
                f"{kind} {case.stage}": 1.0,
                f"unknown {kind}": 1.0,
                f"only {kind}": float(kind not in kinds),
                f"only {kind} {sort}": float(kind not in kinds),
            }
        _add(found, fold(name), written, _where(case, start, sort, kind, acts, signals))
    named = list(find_facilities(case, taken))
    keys = {candidate.value: key for key, candidate in found.items()}
    times_named = Counter(fold(name) for _, name, _ in named)
    for start, name, kind in named:
        signals = {
            "named facility": 1.0,
            f"named {kind}": 1.0,
            f"named {kind} {case.kind}": 1.0,
            f"named {kind} {case.stage}": 1.0,
            f"named facility, said again {sort}": float(times_named[fold(name)] > 1),
            f"only {kind}": float(kind not in kinds),
            f"only {kind} {sort}": float(kind not in kinds),
            "named facility, places": float(bool(places)),
        }
        _add(found, keys.get(name, fold(name)), name, _where(case, start, sort, kind, acts, signals))
    for start, name in find_heads(case, taken):
        signals = {
            "head": 1.0,
            f"head {sort}": 1.0,
            f"head {case.stage}": 1.0,
            "head, places": float(bool(places)),
        }
        _add(found, fold(name), name, _where(case, start, sort, "head", acts, signals))
    return (Candidate(None, none), *found.values())


def _in_full(place: Place, places: list[Place]) -> str:
    """The name that the text writes out for an airport or prison known by its first letters: "IGI"."""
    letters = place.text.split()[0]
    if not (letters.isupper() and 3 <= len(letters) <= 5):
        return place.text
    for other in places:
        names = [word[0] for word in other.text.split() if word[0].isupper()]
        every = [word[0].upper() for word in other.text.split() if len(word) > 2]
        known = ("".join(names), "".join(every))
        if (
            other.kind == place.kind
            and other.text != place.text
            and any(k.startswith(letters) for k in known)
        ):
            return other.text
    return place.text


@cache
def _words(name: str) -> frozenset[str]:
    """A set of ``data/place_words.toml``: bare, courts or forces."""
    table = tomllib.loads(files("pipeline").joinpath("data/place_words.toml").read_text(encoding="utf-8"))
    return frozenset(table[name].split())


def _is_bare(name: str) -> bool:
    """Whether a name says what a place is and not which: "maison d'arrêt" is in every town."""
    bare = GENERIC | _words("bare")
    return all(word in bare for word in WORD.findall(fold(name)))


def _beside(case: Case, places: list[Place], number: int) -> dict[str, float]:
    """Whether a place is a court's or a force's, and whether a wider or narrower one stands beside it."""
    doc, place = case.doc, places[number]
    sort = "event" if case.kind == "event" else "figure"
    word, last = doc.word_at(place.start), doc.word_at(place.end - 1)
    low = doc.first_word[doc.sentence_of[word]]
    before = set(doc.words[max(low, word - BEFORE) : word])
    out: dict[str, float] = {}
    if before & _words("courts") or doc.words[last + 1 : last + 2] == ("court",):
        out |= {"of a court": 1.0, f"of a court {case.stage}": 1.0, f"{place.kind} of a court": 1.0}
    elif before & _words("forces") or (last + 1 < len(doc.words) and doc.words[last + 1] in _words("forces")):
        out |= {"of a force": 1.0, f"of a force {case.stage}": 1.0, f"{place.kind} of a force": 1.0}
    for one, other, name in ((number, number + 1, "in a wider"), (number - 1, number, "around a narrower")):
        if one < 0 or other >= len(places):
            continue
        gap = doc.text[places[one].end : places[other].start]
        if len(gap.split()) <= NARROWER and "," in gap and not set(gap) & set(".;:\n"):
            out |= {f"{name} {sort}": 1.0, f"{place.kind} {name}": 1.0}
    return out


def _sort_of(case: Case, start: int, end: int) -> tuple[str, str]:
    """What the word beside an unknown name makes of it, and the name with that word: "Kashimpur jail"."""
    text = case.doc.text
    low, high = max(start - REACH, 0), min(end + REACH, len(text))
    beside = with_facility(fold(text[low:high]), start - low, end - low, after=0)
    if beside is None:
        return "unknown", text[start:end]
    return beside[2], text[low + beside[0] : low + beside[1]]


def _wider_behind(case: Case, end: int, starts: dict[int, Place]) -> bool:
    """Whether a comma or a bracket and a known place of the country follow: "Havelock, nelle Andamane"."""
    gap = case.doc.text[end : end + WIDER]
    if gap[:1] not in (",", " ") or gap.lstrip()[:1] not in (",", "("):
        return False
    return any(end <= at <= end + WIDER and case.country in starts[at].countries[:3] for at in starts)


def _is_of_a_court(case: Case, start: int) -> bool:
    """Whether a word for a court stands little before a name: "la corte di Sanvito"."""
    word = case.doc.word_at(start)
    low = case.doc.first_word[case.doc.sentence_of[word]]
    return bool(set(case.doc.words[max(low, word - BEFORE) : word]) & _words("courts"))


def _add(found: dict[str, Candidate], key: str, text: str, signals: dict[str, float]) -> None:
    """Mentions of one name speak for it together; it is written as in its first."""
    kept = found.setdefault(key, Candidate(text, signals))
    for name, weight in signals.items():
        kept.signals[name] = max(kept.signals.get(name, 0.0), weight)


def _acts(case: Case) -> dict[int, list[tuple[int, str]]]:
    """Sentence → the acts that have happened in it, by word."""
    out: dict[int, list[tuple[int, str]]] = {}
    for act in case.doc.acts:
        if act.fact:
            out.setdefault(case.doc.sentence_at(act.start), []).append(
                (case.doc.word_at(act.start), act.stage)
            )
    return out


def _where(
    case: Case,
    start: int,
    sort: str,
    kind: str,
    acts: dict[int, list[tuple[int, str]]],
    signals: dict[str, float],
) -> dict[str, float]:
    near = case.nearness(start)
    sentence, word = case.doc.sentence_at(start), case.doc.word_at(start)
    signals |= near
    signals |= {f"{sort} {name}": value for name, value in near.items()}
    for name in ("here", "mine", "mine, run on", "own sentence", "same paragraph"):
        if name in near:
            signals[f"{kind} {name}"] = near[name]
    if acts.get(sentence):
        at, stage = min(acts[sentence], key=lambda a: abs(a[0] - word))
        signals["near an act"] = 1.0 / (1.0 + abs(at - word) / 4.0)
        signals[f"near {stage}"] = signals["near an act"]
        signals[f"{kind} near {stage}"] = signals["near an act"]
        signals["near the stage"] = signals["near an act"] * (stage == case.stage)
        signals["near the arrest"] = signals["near an act"] * (stage == "arrested")
    return signals
