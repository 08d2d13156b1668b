"""Held phrases → records: one for each group of people or figure, each with its sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.fields import count, drugs, kind, load, place, share, stage, term, when
from pipeline.fields.case import Case, Reading
from pipeline.fields.choose import choose
from pipeline.groups import Group
from pipeline.model import load_weights, probability, weigh
from pipeline.types import Article, Record, Span
from pipeline.nations import is_named
from pipeline.understand import Held, Understanding, Weights, understand
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound, Drug, Kind, Stage

NATION = 0.5  # the probability from which a nationality is taken as held
FIGURE = 0.5  # the same for a figure whose nationality is not said beside it
EVENT = 0.35  # the same for a phrase that names a nationality taken as held, beside the surest
COUNTED = frozenset({"near", "copula", "list"})


@dataclass(frozen=True, slots=True)
class Draft:
    """The phrases that make one record."""

    nationality: str
    country: str
    kind: str
    phrases: tuple[Held, ...]

    @property
    def lead(self) -> Held:
        """The phrase that stands for the record: surest, counted, early."""
        return max(self.phrases, key=lambda h: (h.probability + 0.3 * (h.group.counted_by in COUNTED), -h.group.start))


def _kind(reading: Reading, held: Held, weights: Weights) -> str:
    return str(choose(kind.candidates(Case(reading, held.group, held.country)), weights["kind"])[0].value)


def _chosen(held: tuple[Held, ...]) -> list[Held]:
    """The phrases that records are made of: of each held nationality the surest, and those near it."""
    surest: dict[str, float] = {}
    for h in held:
        if is_named(h.group):
            surest[h.group.nationality] = max(surest.get(h.group.nationality, 0.0), h.probability)
    out = []
    for h in held:
        if h.country == h.group.nationality and h.country != UNKNOWN_COUNTRY:
            continue
        if is_named(h.group):
            best = surest[h.group.nationality]
            if h.nation >= NATION and (h.probability >= best or h.probability >= EVENT):
                out.append(h)
        elif h.probability >= FIGURE:
            out.append(h)
    return out


def draft(reading: Reading, held: tuple[Held, ...], weights: Weights) -> tuple[Draft, ...]:
    """Group the phrases that are taken as held into records."""
    by_pair: dict[tuple[str, str], list[Held]] = {}
    for h in _chosen(held):
        by_pair.setdefault((h.group.nationality, h.country), []).append(h)
    drafts = []
    for (nationality, country), phrases in by_pair.items():
        kinds = {id(h): _kind(reading, h, weights) for h in phrases}
        events = [h for h in phrases if kinds[id(h)] == Kind.EVENT]
        if events:
            drafts.append(Draft(nationality, country, Kind.EVENT, tuple(events)))
        figures: dict[tuple[str, int | None], list[Held]] = {}
        for h in phrases:
            if kinds[id(h)] != Kind.EVENT:
                figures.setdefault((kinds[id(h)], h.group.count), []).append(h)
        counted = {k for k, c in figures if c is not None}
        for (sort, number), members in figures.items():
            if number is None and (sort in counted or events):
                continue
            drafts.append(Draft(nationality, country, sort, tuple(members)))
    drafts.sort(key=lambda d: d.lead.group.start)
    return tuple(drafts)


def case_of(reading: Reading, lead: Group, country: str, sort: str, own: tuple[Group, ...], rivals: tuple[Group, ...]) -> Case:
    """The case of a record, as the fields want to see it."""
    mine = tuple(sorted({g.sentence for g in own}))
    others = tuple(sorted({g.sentence for g in rivals} - set(mine)))
    return Case(reading, lead, country, kind=sort, own=mine, rivals=others)


def _record(reading: Reading, item: Draft, drafts: tuple[Draft, ...], weights: Weights) -> Record:
    lead = item.lead
    own = tuple(h.group for h in item.phrases)
    rivals = tuple(h.group for d in drafts if d is not item and d.country != item.country for h in d.phrases)
    case = case_of(reading, lead.group, item.country, item.kind, own, rivals)
    stage_choice, _ = choose(stage.candidates(case), weights["stage"])
    case = replace(case, stage=str(stage_choice.value))
    number = choose(count.candidates(case, own), weights["count"])[0].value
    named = tuple(
        sorted(str(c.value) for c in drugs.candidates(case) if probability(weigh(weights["drugs"], c.signals)) >= 0.5)
    )
    segment = reading.doc.article.segments[lead.group.sentence]
    bound = next((g.bound for g in own if g.count == number), Bound.EXACT)
    return Record(
        nationality=item.nationality,
        country=item.country,
        count=number,
        kind=Kind(item.kind),
        stage=Stage(case.stage),
        drugs=tuple(Drug(d) for d in named),
        quantity_kg=choose(load.candidates(case), weights["load"])[0].value,
        sentence=choose(term.candidates(case), weights["term"])[0].value,
        drug_share=choose(share.candidates(case), weights["share"])[0].value,
        when=choose(when.candidates(case), weights["when"])[0].value,
        place=choose(place.candidates(case), weights["place"])[0].value,
        evidence=Span(start=segment.start, end=segment.end, text=reading.doc.text[segment.start : segment.end]),
        bound=bound,
        confidence=round(lead.probability, 3),
    )


def make_records(understanding: Understanding, weights: Weights) -> tuple[Record, ...]:
    """The records of a weighed reading by the given weights."""
    reading = understanding.reading
    drafts = draft(reading, understanding.held, weights)
    return tuple(_record(reading, item, drafts, weights) for item in drafts)


def extract(article: Article) -> tuple[Record, ...]:
    """The records of an article, in order of their first phrase; empty when nobody is held."""
    return make_records(understand(article), load_weights())
