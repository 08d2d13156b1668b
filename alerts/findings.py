"""From a rule that holds to what is told of it, and the key by which it is told once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.compiled import Ready
from alerts.facts import SIGNS, has_value, number_of, source_fits
from alerts.marks import Marks, Place, Reader, best_sentence, cut, join_marks
from alerts.tree import Fact, Pattern, Words, leaves
from pipeline.clues import ORDER
from pipeline.types import Record
from pipeline.vocabulary import Kind, Stage
from storage.alert_values import Found, Hit, HitSort, Matched, News, NewsRecord

MAX_WORDS = 12
"""Most words that a hit names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is told of some records that belong together, whatever the rule."""

    lead: NewsRecord
    key: str
    sort: HitSort
    case_id: int | None
    stage: Stage | None
    records: tuple[int, ...]


class Findings:
    """What rules find in one article; what several need is done once."""

    def __init__(self, news: News) -> None:
        self._news = news
        self._key = f"article:{news.key}"
        cases = {each.case_id for each in news.records if each.case_id is not None}
        self._case = cases.pop() if len(cases) == 1 else None
        self._readers: dict[str, Reader] = {}
        self._places: dict[tuple[str, Words | Pattern], list[Place]] = {}
        self._told: dict[int, list[_Told]] = {}

    def of_article(self, ready: Ready) -> Found:
        """What a rule finds that holds for the article, whoever it is about."""
        assert ready.rule.id is not None
        return Found(
            rule_id=ready.rule.id,
            key=self._key,
            sort=HitSort.WORDS,
            case_id=self._case,
            stage=None,
            records=(),
            describe=lambda: self._describe(ready, self.of_article(ready), None),
        )

    def of_records(self, ready: Ready, fitting: int) -> list[Found]:
        """One for each case of which records fit, at its latest stage, and one for each other record.
        ``fitting`` has a bit for each record of the article."""
        told = self._told.get(fitting)
        if told is None:
            records = [each for place, each in enumerate(self._news.records) if fitting >> place & 1]
            told = self._told[fitting] = self._group(records)
        return [self._found(ready, each) for each in told]

    def _group(self, fitting: Sequence[NewsRecord]) -> list[_Told]:
        groups: dict[int, list[NewsRecord]] = {}
        for each in fitting:
            of_case = each.case_id is not None and each.record.kind is Kind.EVENT
            groups.setdefault(each.case_id or 0 if of_case else -each.id, []).append(each)
        return [self._of_one(members) for members in groups.values()]

    def _of_one(self, members: Sequence[NewsRecord]) -> _Told:
        lead = max(members, key=lambda each: ORDER.index(each.record.stage))
        of_case = lead.case_id is not None and lead.record.kind is Kind.EVENT
        stage = lead.record.stage
        return _Told(
            lead=lead,
            key=f"case:{lead.case_id}:{stage.value}" if of_case else f"record:{lead.id}",
            sort=HitSort.CASE if of_case else HitSort.FIGURE,
            case_id=lead.case_id if of_case else None,
            stage=stage if of_case else None,
            records=tuple(each.id for each in members),
        )

    def _found(self, ready: Ready, told: _Told) -> Found:
        assert ready.rule.id is not None
        return Found(
            rule_id=ready.rule.id,
            key=told.key,
            sort=told.sort,
            case_id=told.case_id,
            stage=told.stage,
            records=told.records,
            describe=lambda: self._describe(ready, self._found(ready, told), told.lead),
        )

    def _describe(self, ready: Ready, found: Found, lead: NewsRecord | None) -> Hit:
        article = self._news.article
        places = self._find(ready.looked_for)
        excerpt = best_sentence(article, places) if lead is None else cut(lead.record.evidence.text, 0)
        return Hit(
            rule_id=found.rule_id,
            key=found.key,
            sort=found.sort,
            url=article.url,
            title=article.title,
            source=article.source,
            language=article.language,
            published=article.published,
            excerpt=excerpt,
            matched=Matched(
                words=_as_written(article.text, places),
                facts=tuple(_facts(ready, self._news, lead)),
                records=found.records,
                title=self._marks(article.title, ready.looked_for, title=True),
                excerpt=self._marks(excerpt, ready.looked_for),
            ),
            article_id=self._news.article_id,
            record_id=lead.id if lead is not None else None,
            case_id=found.case_id,
            stage=found.stage,
        )

    def _find(self, looked_for: tuple[Words | Pattern, ...]) -> list[Place]:
        """The places of these in the article, in order."""
        title = len(self._news.article.title)
        places = [
            Place(each.start, each.end, number)
            for number, leaf in enumerate(looked_for)
            for each in self._read(self._news.article.text, leaf)
            if not leaf.title or each.end <= title
        ]
        return sorted(places, key=lambda place: (place.start, place.end))

    def _marks(self, text: str, looked_for: tuple[Words | Pattern, ...], *, title: bool = False) -> Marks:
        return join_marks(
            (place.start, place.end)
            for leaf in looked_for
            if title or not leaf.title
            for place in self._read(text, leaf)
        )

    def _read(self, text: str, leaf: Words | Pattern) -> list[Place]:
        """The places of a leaf in a text; it is looked for once, however many rules have it."""
        found = self._places.get((text, leaf))
        if found is None:
            reader = self._readers.get(text) or self._readers.setdefault(text, Reader(text))
            found = self._places[text, leaf] = reader.find(leaf, 0)
        return found


def _as_written(text: str, places: Sequence[Place]) -> tuple[str, ...]:
    """The words as they stand in the text, each spelling once, in lower case."""
    found = dict.fromkeys(" ".join(text[place.start : place.end].lower().split()) for place in places)
    return tuple(found)[:MAX_WORDS]


def _facts(ready: Ready, news: News, lead: NewsRecord | None) -> list[str]:
    """The facts of the query that hold, as they are written there."""
    out = []
    for leaf, negated in leaves(ready.query.root):
        if isinstance(leaf, Fact) and not negated and _has(leaf, news, lead):
            out.append(" ".join(ready.query.text[leaf.start : leaf.end].split()))
    return list(dict.fromkeys(out))


def _has(fact: Fact, news: News, lead: NewsRecord | None) -> bool:
    match fact.name:
        case "lang":
            return news.article.language in fact.values
        case "source":
            return any(source_fits(news.article.source, str(value)) for value in fact.values)
        case _ if lead is None:
            return False
        case "new_pair":
            return any(news.is_new_pair(lead, int(value)) for value in fact.values)
        case "stage_changed":
            return news.has_changed_stage(lead)
        case _:
            return record_has(lead.record, fact)


def record_has(record: Record, fact: Fact) -> bool:
    """Whether a record by itself has the fact."""
    for value in fact.values:
        if isinstance(value, float):
            number = number_of(record, fact.name)
            if number is not None and SIGNS[fact.sign](number, value):
                return True
        elif has_value(record, fact.name, value):
            return True
    return False
