"""Held phrases → records: one for each group of people or figure, each with its sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipeline.drafts import Draft, draft
from pipeline.fields import count, load, place, share, stage, term, when
from pipeline.fields.case import Candidate, Case, Reading
from pipeline.fields.choose import choose, choose_together
from pipeline.fields.drug_sets import drug_sets
from pipeline.figures import CLOSE
from pipeline.groups import Group
from pipeline.model import Weights, load_weights
from pipeline.relevance import understood
from pipeline.splits import split_signals
from pipeline.stated import COUNTED
from pipeline.types import Article, Record, Span
from pipeline.understand import Understanding
from pipeline.vocabulary import Bound, Drug, Kind, Per, Stage

__all__ = ["COUNTED", "case_of", "draft", "extract", "make_records", "noted_records", "split_signals"]

Notes = dict[str, tuple[Candidate, ...]]
"""Field, by the name of its weights → the candidates that it had."""


def case_of(
    reading: Reading,
    lead: Group,
    country: str,
    sort: str,
    own: tuple[Group, ...],
    rivals: tuple[Group, ...],
    siblings: tuple[Group, ...] = (),
) -> Case:
    """The case of a record, as the fields want to see it.

    ``rivals`` are phrases of records of another country, ``siblings`` those of the same nationality.
    """
    mine = tuple(sorted({g.sentence for g in own}))
    others = tuple(sorted({g.sentence for g in rivals} - set(mine)))
    brothers = tuple(sorted({g.sentence for g in siblings} - {lead.sentence, *mine}))
    return Case(reading, lead, country, kind=sort, own=mine, rivals=others, siblings=brothers)


def _record(
    reading: Reading, item: Draft, drafts: tuple[Draft, ...], weights: Weights, notes: Notes | None = None
) -> Record:
    def best(field: str, options: tuple[Candidate, ...]) -> Any:
        if notes is not None:
            notes[field] = options
        return choose(options, weights[field])[0].value

    def month(value: Any) -> Any:
        """The day of a case and its month are one answer."""
        return value if value is None or "/" in value else value[:7]

    lead = item.lead
    own = tuple(h.group for h in item.phrases)
    rivals = tuple(h.group for d in drafts if d is not item and d.country != item.country for h in d.phrases)
    siblings = tuple(
        h.group for d in drafts if d is not item and d.nationality == item.nationality for h in d.phrases
    )
    case = case_of(reading, lead.group, item.country, item.kind, own, rivals, siblings)
    case = replace(case, stage=str(best("stage", stage.candidates(case))))
    number = lead.group.count
    if item.kind == Kind.EVENT:
        number = best("count", count.candidates(case, own))
    named = best("drugs", drug_sets(case))
    placed = place.candidates(case)
    if notes is not None:
        notes["place"] = placed
    dated = when.candidates(case)
    if notes is not None:
        notes["when"] = dated
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
        quantity_kg=best("load", load.candidates(case)),
        sentence=best("term", term.candidates(case)),
        drug_share=best("share", share.candidates(case)),
        when=choose_together(dated, weights["when"], month).value,
        place=choose_together(placed, weights["place"], place.known_by).value,
        evidence=Span(
            start=segment.start, end=segment.end, text=reading.doc.text[segment.start : segment.end]
        ),
        bound=bound,
        per=Per.YEAR if item.kind == Kind.FLOW and "average" in figures else None,
        confidence=round(lead.probability, 3),
    )


def _in_lists(drafts: tuple[Draft, ...], records: list[Record]) -> tuple[Record, ...]:
    """Figures of one list ("59 Nigerians, 13 Nepalis and two Poles") have the time and stage of the first."""
    out: list[Record] = []
    for index, record in enumerate(records):
        if index and record.kind == records[index - 1].kind != Kind.EVENT:
            former, lead = drafts[index - 1].lead.group, drafts[index].lead.group
            if former.sentence == lead.sentence and lead.first - former.last <= CLOSE:
                before = out[-1]
                record = replace(record, stage=before.stage, drugs=before.drugs, when=before.when)
        out.append(record)
    return tuple(out)


def make_records(understanding: Understanding, weights: Weights) -> tuple[Record, ...]:
    """The records of a weighed reading by the given weights."""
    reading = understanding.reading
    drafts = draft(reading, understanding.held, weights)
    return _in_lists(drafts, [_record(reading, item, drafts, weights) for item in drafts])


def noted_records(understanding: Understanding, weights: Weights) -> tuple[tuple[Record, Draft, Notes], ...]:
    """The same, each with the phrases that it is made of and the candidates that every field had."""
    reading = understanding.reading
    drafts = draft(reading, understanding.held, weights)
    notes: list[Notes] = [{} for _ in drafts]
    own = [_record(reading, item, drafts, weights, note) for item, note in zip(drafts, notes, strict=True)]
    return tuple(zip(_in_lists(drafts, own), drafts, notes, strict=True))


def extract(article: Article) -> tuple[Record, ...]:
    """The records of an article, in order of their first phrase; empty when nobody is held."""
    return make_records(understood(article), load_weights())
