"""Why an article was read as it was: marks in its text, what spoke for the verdict, and for every field of
every record the values that were possible.

It asks the same functions as the reading does, after it: a reading that nobody asks about does no work
for this. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.countries import candidates as country_candidates
from pipeline.countries import country_features, custody_evidence
from pipeline.drafts import Draft
from pipeline.fields import kind
from pipeline.fields.case import Candidate, Case
from pipeline.marks import Mark, find_marks
from pipeline.model import START, Model, Weights, adds, load_weights, probability, weigh
from pipeline.prospect import PROMISING, prospect
from pipeline.records import noted_records
from pipeline.relevance import SUREST, contributions, settled, understood
from pipeline.signal_words import describe_fact, is_described
from pipeline.territory import nearest
from pipeline.types import Article, Record
from pipeline.understand import Understanding, people_of
from pipeline.verdict import THRESHOLD, judge

OPTIONS = 5
"""Values of a field that are shown."""
SIGNALS = 4
"""What is shown of what spoke for a value."""
_LEAST = 0.1  # log-odds; weaker signals explain nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A signal with what it added."""

    name: str  # as the weights call it
    says: str  # in words
    weight: float  # log-odds; positive speaks for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A value that a field could have."""

    value: str
    share: float  # 0…1: how sure it was against the others
    chosen: bool
    signals: tuple[Weighed, ...]  # against the next best value, the weightiest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Why a field has its value."""

    name: str  # as in the codebook
    value: str
    why: str  # a sentence, where nothing was weighed; else ""
    options: tuple[Option, ...]  # the best first


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A phrase that names people, and what was thought of it."""

    text: str
    start: int
    nationality: str
    country: str
    probability: float  # that it speaks of foreign drug detainees, if its nationality is held at all
    used: bool  # a record is made of it


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWhy:
    """A record with its phrases and fields."""

    record: Record
    phrases: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A reading laid open."""

    article: Article
    relevant: bool
    stopped: str  # "" | screened-out | unpromising | no-record: the step that ended the reading
    score: float  # of the whole, or of the passage that makes it relevant; after a step's end, as it would be
    threshold: float  # of the score, from which an article is relevant
    chance: float  # of the first step, by the words alone
    enough: float  # what the first step asks for
    reasons: tuple[Weighed, ...]  # the weightiest first
    start: float  # where every article starts, in log-odds
    nations: tuple[tuple[str, float], ...]  # nationality and how surely it is held for drugs, surest first
    phrases: tuple[Phrase, ...]
    records: tuple[RecordWhy, ...]
    marks: tuple[Mark, ...]  # in order, none over another


def explain(article: Article, *, stopped: str = "") -> Explanation:
    """Everything about the reading of ``article``, which has its sentences; ``stopped`` is the reason of its
    outcome that ended the reading. Of an article that is not relevant the records are those that would
    have been made."""
    weights = load_weights()
    understanding, chance = understood(article), prospect(article, weights)
    found = settled(article)
    relevant = found is not None and found.relevant
    score = judge(understanding, weights, chance)[1] if found is None else found.score
    noted = noted_records(understanding, weights)
    used = {id(held) for _, item, _ in noted for held in item.phrases}
    parts = contributions(understanding, weights)
    start = parts.pop(START, 0.0)
    parts.pop(SUREST, None)
    return Explanation(
        article=article,
        relevant=relevant and not stopped and bool(noted),
        stopped=stopped,
        score=score,
        threshold=THRESHOLD,
        chance=chance,
        enough=PROMISING,
        reasons=_weighed("verdict", parts.items()),
        start=start,
        nations=tuple(
            sorted(((n.nationality, p) for n, p in understanding.nations), key=lambda each: -each[1])
        ),
        phrases=tuple(
            Phrase(
                text=article.text[held.group.start : held.group.end],
                start=held.group.start,
                nationality=held.group.nationality,
                country=held.country,
                probability=held.probability,
                used=id(held) in used,
            )
            for held in understanding.held
        ),
        records=tuple(_record(understanding, weights, *each) for each in noted),
        marks=find_marks(
            understanding.reading, [held.group for _, item, _ in noted for held in item.phrases]
        ),
    )


def _record(
    understanding: Understanding,
    weights: Weights,
    record: Record,
    item: Draft,
    notes: dict[str, tuple[Candidate, ...]],
) -> RecordWhy:
    text = record_text(understanding, item)
    lead = item.lead.group
    said = understanding.reading.doc.text[lead.start : lead.end]
    named = f"“{said}” names it"
    if lead.form.startswith("number"):
        named = f"“{said}” counts people of the nationality that the text speaks of"
    fields = [
        _plain("nationality", record.nationality, named),
        _country(understanding, weights, record, item),
        _kind(understanding, weights, record, item),
    ]
    if "count" in notes:
        fields.append(_field("count", record.count, notes["count"], weights["count"], "count"))
    else:
        fields.append(_plain("count", record.count, f"“{said}” counts them"))
    fields.append(_field("stage", record.stage.value, notes["stage"], weights["stage"], "stage"))
    fields.append(_drugs(record, notes["drugs"], weights["drugs"]))
    for name, value, model in (
        ("quantity_kg", record.quantity_kg, "load"),
        ("sentence", record.sentence, "term"),
        ("drug_share", record.drug_share, "share"),
        ("when", record.when, "when"),
        ("place", record.place, "place"),
    ):
        fields.append(_field(name, value, notes[model], weights[model], model))
    return RecordWhy(record=record, phrases=text, fields=tuple(fields))


def record_text(understanding: Understanding, item: Draft) -> tuple[str, ...]:
    """The phrases of a record as the text has them, each once."""
    text = understanding.reading.doc.text
    groups = sorted((held.group for held in item.phrases), key=lambda group: group.start)
    return tuple(dict.fromkeys(text[group.start : group.end] for group in groups))


def _country(understanding: Understanding, weights: Weights, record: Record, item: Draft) -> Field:
    reading, held = understanding.reading, item.lead
    if held.group.country:
        return _plain("country", record.country, "the phrase itself says where")
    evidence = custody_evidence(nearest(reading.evidence, held.group.sentence), held.group)
    people = people_of(reading)
    found = tuple(
        Candidate(code, country_features(reading.doc, evidence, held.group, code, people))
        for code in country_candidates(reading.doc, evidence)
    )
    # These are judged one by one, and compared by their chances.
    chances = [probability(weigh(weights["country"], each.signals)) for each in found]
    total = sum(chances) or 1.0
    shares = [chance / total for chance in chances]
    best = max(range(len(found)), key=shares.__getitem__)
    moved = ""
    if str(found[best].value) != record.country:
        moved = "the list or the clause that they stand in says where, against what weighs most by itself"
    options = _options("country", record.country, found, weights["country"], shares)
    return Field(name="country", value=record.country, why=moved, options=options)


def _kind(understanding: Understanding, weights: Weights, record: Record, item: Draft) -> Field:
    found = kind.candidates(Case(understanding.reading, item.lead.group, record.country))
    field = _field("kind", record.kind.value, found, weights["kind"], "kind")
    if field.options and not field.options[0].chosen:
        why = "figures go on: the sentence before it is of this kind, or a number stands alone"
        return Field(name=field.name, value=field.value, why=why, options=field.options)
    return field


def _drugs(record: Record, found: tuple[Candidate, ...], weights: Model) -> Field:
    """Those of a record are chosen together."""
    sets = tuple(Candidate(", ".join(each.value) or None, each.signals) for each in found)
    return _field("drugs", ", ".join(drug.value for drug in record.drugs) or None, sets, weights, "drugs")


def _field(name: str, value: Any, found: tuple[Candidate, ...], weights: Model, model: str) -> Field:
    scores = [weigh(weights, each.signals) for each in found]
    top = max(scores)
    odds = [math.exp(max(score - top, -60.0)) for score in scores]
    shares = [each / sum(odds) for each in odds]
    if len(found) == 1:
        return _plain(
            name, value, "the text names nothing else" if value is not None else "the text names none"
        )
    return Field(
        name=name, value=shown(value), why="", options=_options(model, value, found, weights, shares)
    )


def _options(
    model: str, value: Any, found: tuple[Candidate, ...], weights: Model, shares: list[float]
) -> tuple[Option, ...]:
    order = sorted(range(len(found)), key=lambda index: -shares[index])
    chosen = next((index for index in order if _same(found[index].value, value)), None)
    out: list[Option] = []
    for place, index in enumerate(order):
        again = any(option.value == shown(found[index].value) for option in out)
        if (place >= OPTIONS or again) and index != chosen:
            continue  # of a value that stands in the text twice the surer place is shown
        rival = found[order[0] if place else order[1]] if len(order) > 1 else None
        out.append(
            Option(
                value=shown(found[index].value),
                share=shares[index],
                chosen=index == chosen,
                signals=_against(model, found[index], rival, weights),
            )
        )
    return tuple(out)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or (one is not None and other is not None and str(one) == str(other))


def _against(model: str, each: Candidate, rival: Candidate | None, weights: Model) -> tuple[Weighed, ...]:
    """What spoke for a value more than for the next best one; of kinds, whose signals are the same facts
    under other names, by the fact."""
    parts = _parts(model, each, weights)
    if rival is not None:
        for name, weight in _parts(model, rival, weights).items():
            if name in parts or model == "kind":
                parts[name] = parts.get(name, 0.0) - weight
    return _weighed(model, parts.items(), only_for=True)[:SIGNALS]


def _parts(model: str, each: Candidate, weights: Model) -> dict[str, float]:
    out: dict[str, float] = {}
    for name, weight in adds(weights, each.signals).items():
        fact = name.split(": ", 1)[1] if model == "kind" and ": " in name else name
        if fact != START:
            out[fact] = out.get(fact, 0.0) + weight
    return out


def _weighed(
    model: str, parts: Iterable[tuple[str, float]], *, only_for: bool = False
) -> tuple[Weighed, ...]:
    """The signals with weight, the weightiest first; several that say the same are one."""
    sums: dict[str, tuple[str, float]] = {}
    for name, weight in parts:
        if not is_described(model, name) and model != "verdict":
            continue
        says = describe_fact(model, name)
        first, before = sums.get(says, (name, 0.0))
        sums[says] = (first, before + weight)
    found = [
        Weighed(name=name, says=says, weight=weight)
        for says, (name, weight) in sums.items()
        if abs(weight) >= _LEAST and (weight > 0 or not only_for)
    ]
    return tuple(sorted(found, key=lambda each: -abs(each.weight)))


def _plain(name: str, value: Any, why: str) -> Field:
    return Field(name=name, value=shown(value), why=why, options=())


def shown(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)
