"""Held phrases → records: one for each group of people or figure, each with its sentence."""

from __future__ import annotations

from dataclasses import replace

from pipeline.drafts import COUNTED, Draft, draft
from pipeline.fields import count, drugs, load, place, share, stage, term, when
from pipeline.fields.case import Case, Reading
from pipeline.fields.choose import choose
from pipeline.groups import Group
from pipeline.model import load_weights, probability, weigh
from pipeline.splits import split_signals
from pipeline.types import Article, Record, Span
from pipeline.understand import Understanding, Weights, understand
from pipeline.vocabulary import Bound, Drug, Kind, Per, Stage

__all__ = ["COUNTED", "case_of", "draft", "extract", "make_records", "split_signals"]


def case_of(
    reading: Reading, lead: Group, country: str, sort: str, own: tuple[Group, ...], rivals: tuple[Group, ...]
) -> Case:
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
    number = lead.group.count
    if item.kind == Kind.EVENT:
        number = choose(count.candidates(case, own), weights["count"])[0].value
    named = tuple(
        sorted(
            str(c.value)
            for c in drugs.candidates(case)
            if probability(weigh(weights["drugs"], c.signals)) >= 0.5
        )
    )
    segment = reading.doc.article.segments[lead.group.sentence]
    figures = reading.profiles[lead.group.sentence].figures
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
        evidence=Span(
            start=segment.start, end=segment.end, text=reading.doc.text[segment.start : segment.end]
        ),
        bound=bound,
        per=Per.YEAR if item.kind == Kind.FLOW and "average" in figures else None,
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
