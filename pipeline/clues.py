"""Article and records → reports: what an article tells of each case, as far as it helps to find the
same case in other articles.

A report is one or more ``event`` records of one article and one country of custody that are about
one case ("a Frenchman, seven Chinese and a Dutchman, caught in the same affair").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from pipeline.ages import find_ages
from pipeline.capitals import find_capitals, sound
from pipeline.copies import Sketch, number_of, sketch
from pipeline.fold import fold
from pipeline.mentions import Document, read_document
from pipeline.segments import split_sentences
from pipeline.types import Article, Record
from pipeline.vocabulary import UNKNOWN_COUNTRY, Drug, Kind, Stage

ORDER = (
    Stage.ARRESTED,
    Stage.CHARGED,
    Stage.CONVICTED,
    Stage.IMPRISONED,
    Stage.DEATH_ROW,
    Stage.EXECUTED,
    Stage.DIED,
    Stage.TRANSFERRED,
    Stage.RELEASED,
)
"""The stages as they follow one another; of two in one report the later one stands for it."""
MOST_DATES = 12
MOST_PLACES = 16
MOST_NUMBERS = 16

Days = tuple[int, int]
"""First and last day, as ``date.toordinal`` counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one article tells of one case. Holds no word of the text but names of places."""

    country: str  # of custody
    people: tuple[tuple[str, int | None], ...]  # nationality and count, sorted, one row a nationality
    stage: Stage  # the latest of its records
    drugs: frozenset[Drug]
    kilos: float | None  # the drug that they were held with
    weights: frozenset[float]  # every weight in the passage, kg
    sentence: float | str | None
    act: Days | None  # when the act of the stage was, where the article gives it
    seen: int | None  # day of publication
    dates: frozenset[Days]  # every date in the passage
    births: frozenset[int]  # year of publication less each age in the passage
    homes: frozenset[str]  # places of the passage in a country whose nationals they are, folded
    spots: frozenset[str]  # places of the passage in the country of custody
    names: frozenset[int]  # keyed hashes of rare capitalised words
    hints: frozenset[int]  # the same of words that only a sentence's beginning may have given a capital
    sounds: frozenset[int]  # keyed hashes of the same without what outlets spell differently
    numbers: frozenset[str]  # numbers that seldom agree by chance
    copy: Sketch  # of the whole article
    alone: bool  # the article tells of no other case
    language: str
    records: tuple[int, ...] = ()  # places in the article's records that it is made of

    @property
    def nationalities(self) -> frozenset[str]:
        return frozenset(nationality for nationality, _ in self.people)


def find_reports(
    article: Article,
    records: Sequence[Record],
    *,
    key: bytes,
    groups: Sequence[Sequence[int]] | None = None,
) -> tuple[Report, ...]:
    """The reports that ``records`` make, in the order of the article. Records that are no ``event``,
    or whose country is not known, make none.

    ``key`` is the database's own, 16 to 64 bytes: names are hashed with it. ``groups`` says which
    records are one case where that is known already; otherwise cases.group_records decides.
    """
    from pipeline.grouping import group_records

    chosen = [
        index
        for index, record in enumerate(records)
        if record.kind is Kind.EVENT and record.country != UNKNOWN_COUNTRY
    ]
    if not chosen:
        return ()
    whole = article
    if not whole.segments:
        whole = replace(article, segments=split_sentences(article.text, article.language))
    doc = read_document(whole)
    if groups is None:
        groups = group_records(doc, records, chosen)
    of_group = _passages(doc, records, groups)
    copy = sketch(article.text)
    return tuple(
        _report(doc, records, tuple(group), passage, copy, key=key, alone=len(groups) == 1)
        for group, passage in zip(groups, of_group, strict=True)
    )


@lru_cache(maxsize=10_000)
def days_of(when: str) -> Days | None:
    """First and last day of a date as records have it: "2014", "2014-04", "2018-12-20" or a period
    of two; None for what is no date."""
    first, _, last = when.partition("/")
    begin, end = _span(first), _span(last or first)
    return (begin[0], end[1]) if begin and end and begin[0] <= end[1] else None


def _span(text: str) -> Days | None:
    try:
        parts = [int(part) for part in text.split("-")]
        if len(parts) == 1:
            return date(parts[0], 1, 1).toordinal(), date(parts[0], 12, 31).toordinal()
        if len(parts) == 2:
            year, month = parts
            after = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1).toordinal(), after.toordinal() - 1
        day = date(*parts).toordinal()
    except (TypeError, ValueError):
        return None
    return day, day


def _passages(
    doc: Document, records: Sequence[Record], groups: Sequence[Sequence[int]]
) -> list[frozenset[int]]:
    """The sentences that tell of each group: all where there is one, else those that stand nearest
    to its evidence, a paragraph weighing more than a sentence."""
    count = len(doc.paragraph_of)
    if len(groups) == 1:
        return [frozenset(range(count))]
    anchors = [
        sorted({doc.sentence_at(records[index].evidence.start) for index in group}) for group in groups
    ]
    out: list[set[int]] = [set() for _ in groups]
    for sentence in range(count):
        best = min(
            range(len(groups)),
            key=lambda group: min(_distance(doc, sentence, anchor) for anchor in anchors[group]),
        )
        if min(_distance(doc, sentence, anchor) for anchor in anchors[best]) < FAR:
            out[best].add(sentence)
    return [frozenset(passage) for passage in out]


FAR = 35.0
"""A sentence further than this from any evidence belongs to none: about two paragraphs."""


def _distance(doc: Document, sentence: int, anchor: int) -> float:
    paragraphs = abs(doc.paragraph_of[sentence] - doc.paragraph_of[anchor])
    # What follows a sentence goes on about the same people more often than what stands before it.
    before = 1.5 if sentence < anchor else 1.0
    return (abs(sentence - anchor) + 10.0 * paragraphs) * before


def _report(
    doc: Document,
    records: Sequence[Record],
    group: tuple[int, ...],
    passage: frozenset[int],
    copy: Sketch,
    *,
    key: bytes,
    alone: bool,
) -> Report:
    mine = [records[index] for index in group]
    article = doc.article
    people: dict[str, int | None] = {}
    for record in mine:
        before = people.get(record.nationality)
        people[record.nationality] = record.count if before is None else before + (record.count or 0)
    lead = max(mine, key=lambda record: (ORDER.index(record.stage), record.confidence))
    published = article.published.date() if article.published else None
    words, doubtful = find_capitals(doc, passage)
    return Report(
        country=lead.country,
        people=tuple(sorted(people.items())),
        stage=lead.stage,
        drugs=frozenset(drug for record in mine for drug in record.drugs),
        kilos=max((r.quantity_kg for r in mine if r.quantity_kg is not None), default=None),
        weights=frozenset(
            q.kg for q in doc.quantities if q.kg is not None and doc.sentence_at(q.start) in passage
        ),
        sentence=_longest([record.sentence for record in mine]),
        act=next((days for record in (lead, *mine) if record.when and (days := days_of(record.when))), None),
        seen=published.toordinal() if published else None,
        dates=frozenset(
            sorted(
                days
                for when in doc.dates
                if doc.sentence_at(when.start) in passage and (days := days_of(when.value))
            )[:MOST_DATES]
        ),
        births=frozenset(published.year - age for age in find_ages(doc, passage))
        if published
        else frozenset(),
        homes=_places(doc, passage, frozenset(people)),
        spots=_places(doc, passage, frozenset({lead.country})),
        names=frozenset(number_of(f"{lead.country}|{word}", key) for word in words),
        hints=frozenset(number_of(f"{lead.country}|{word}", key) for word in doubtful),
        sounds=frozenset(
            number_of(f"{lead.country}|~{tone}", key) for word in words if (tone := sound(word))
        ),
        numbers=_numbers(doc, passage),
        copy=copy,
        alone=alone,
        language=article.language,
        records=group,
    )


def _places(doc: Document, passage: frozenset[int], countries: frozenset[str]) -> frozenset[str]:
    """The passage's places in these countries that few stories have in common: no whole country, no
    city of millions, no ministry or force."""
    found = {
        fold(place.text)
        for place in doc.places
        if place.kind in _SPOTS
        and place.countries[0] in countries
        and (place.weight < KNOWN or place.kind not in ("city", "region"))
        and doc.sentence_at(place.start) in passage
    }
    return frozenset(sorted(found)[:MOST_PLACES])


_SPOTS = frozenset({"city", "region", "airport", "port", "border_post", "prison", "court", "other"})
KNOWN = 0.88
"""Weight in the gazetteer from which a city is one that everybody names."""


def _longest(sentences: Sequence[float | str | None]) -> float | str | None:
    for word in ("death", "life"):
        if word in sentences:
            return word
    return max((years for years in sentences if isinstance(years, int | float)), default=None)


def _numbers(doc: Document, passage: frozenset[int]) -> frozenset[str]:
    """Numbers of three figures and more that are neither years nor round, and fractions."""
    found = []
    for number in doc.numbers:
        value = number.value
        if value is None or doc.sentence_at(number.start) not in passage:
            continue
        text = f"{value:g}" if value < 1e6 else f"{value:.0f}"
        digits = text.replace(".", "").strip("0")
        if len(digits) >= 3 and not (isinstance(value, int) and 1900 <= value <= 2100):
            found.append(text)
    return frozenset(found[:MOST_NUMBERS])
