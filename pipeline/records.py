"""Held phrases → records: one for each group of people or figure, each with its sentence."""

from __future__ import annotations

from collections import Counter
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
SPLIT = 0.5  # the chance from which a later phrase of a pair is another case
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
    if not out:
        # Whether anybody is held is the verdict's question; here the likeliest stands for the article.
        away = [h for h in held if is_named(h.group) and h.country != h.group.nationality]
        out = [max(away, key=lambda h: (h.nation, h.probability))] if away else []
    return out


def draft(reading: Reading, held: tuple[Held, ...], weights: Weights) -> tuple[Draft, ...]:
    """Group the phrases that are taken as held into records."""
    by_pair: dict[tuple[str, str], list[Held]] = {}
    for h in _chosen(held):
        by_pair.setdefault((h.group.nationality, h.country), []).append(h)
    kinds = _kinds(reading, [h for phrases in by_pair.values() for h in phrases], weights)
    drafts = []
    for (nationality, country), phrases in by_pair.items():
        events = [h for h in phrases if kinds[id(h)] == Kind.EVENT]
        drafts += [Draft(nationality, country, Kind.EVENT, tuple(part)) for part in split_events(reading, events, weights)]
        figures: dict[tuple[str, int | None], list[Held]] = {}
        for h in phrases:
            if kinds[id(h)] != Kind.EVENT:
                figures.setdefault((kinds[id(h)], h.group.count), []).append(h)
        counted = {k for k, c in figures if c is not None}
        for (sort, number), members in figures.items():
            if number is None and (counted or events):
                continue
            drafts.append(Draft(nationality, country, sort, tuple(members)))
    drafts = [d for d in drafts if not _is_total(d, drafts)]
    drafts.sort(key=lambda d: d.lead.group.start)
    return tuple(drafts)


def _kinds(reading: Reading, phrases: list[Held], weights: Weights) -> dict[int, str]:
    """The kind of each phrase; counted phrases of one sentence are of one kind."""
    out = {id(h): _kind(reading, h, weights) for h in phrases}
    by_sentence: dict[int, list[Held]] = {}
    for h in phrases:
        if h.group.counted_by in COUNTED:
            by_sentence.setdefault(h.group.sentence, []).append(h)
    for members in by_sentence.values():
        if len(members) > 1:
            votes = Counter(out[id(h)] for h in members)
            for h in members:
                out[id(h)] = votes.most_common(1)[0][0]
    return out


def split_signals(reading: Reading, former: Group, group: Group) -> dict[str, float]:
    """Signals of the question whether a later phrase of the same pair is about other people."""
    doc = reading.doc
    dates = {doc.sentence_at(d.start) for d in doc.dates}
    ages = {doc.sentence_at(n.start) for n in doc.numbers if n.role == "age"}
    places = {doc.sentence_at(p.start): p.text for p in doc.places if p.kind != "country"}
    indefinite = group.counted_by in ("article", "near", "copula")
    out = {
        "bias": 1.0,
        "indefinite": float(indefinite),
        "the": float(not indefinite),
        "same count": float(group.count == former.count and group.count is not None),
        "other count": float(group.count is not None and former.count is not None and group.count != former.count),
        "same sentence": float(group.sentence == former.sentence),
        "same paragraph": float(doc.paragraph_of[group.sentence] == doc.paragraph_of[former.sentence]),
        "from the title": float(former.sentence == 0),
        "from the title to the lead": float(former.sentence == 0 and group.sentence <= 2),
        "date here": float(group.sentence in dates),
        "age here": float(group.sentence in ages),
        "place here": float(group.sentence in places),
        "other place": float(group.sentence in places and places[group.sentence] not in doc.text[: doc.article.segments[group.sentence].start]),
        "custody here": float(bool(reading.profiles[group.sentence].custody)),
        "drug here": float(bool(reading.profiles[group.sentence].drugs)),
        "far": min(group.sentence - former.sentence, 10) / 10,
    }
    if indefinite and group.sentence > 1:
        for name in ("same count", "other count", "date here", "age here", "other place", "custody here", "same paragraph", "drug here"):
            out[f"indefinite, {name}"] = out[name]
    return {k: v for k, v in out.items() if v}


def split_events(reading: Reading, events: list[Held], weights: Weights) -> list[list[Held]]:
    """The phrases of one pair → one list for each case that they tell of."""
    parts: list[list[Held]] = []
    for h in sorted(events, key=lambda h: h.group.start):
        chances = [probability(weigh(weights["split"], split_signals(reading, part[-1].group, h.group))) for part in parts]
        if parts and min(chances) < SPLIT:
            parts[chances.index(min(chances))].append(h)
        else:
            parts.append([h])
    return parts


def _is_total(item: Draft, drafts: list[Draft]) -> bool:
    """Whether a draft is the total ("four foreigners") of a case whose nationalities are drafts too."""
    if item.nationality != UNKNOWN_COUNTRY or item.kind != Kind.EVENT:
        return False
    parts = [d for d in drafts if d.kind == Kind.EVENT and d.country == item.country and d.nationality != UNKNOWN_COUNTRY]
    return bool(parts)


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
