"""From a rule that holds to its hits: what is told, and the key by which it is told once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from alerts.compiled import Ready
from alerts.facts import SIGNS, has_value, number_of, source_fits
from alerts.marks import Place, Reader, best_sentence, cut, find_marks
from alerts.tree import Fact, Pattern, Words, leaves
from pipeline.clues import ORDER
from pipeline.types import Record
from pipeline.vocabulary import Kind
from storage.alert_values import Hit, HitSort, Matched, News, NewsRecord

MAX_WORDS = 12
"""Most words that a hit names."""


class Findings:
    """The hits of rules in one article; what several need is done once."""

    def __init__(self, news: News) -> None:
        self._news = news
        self._places: dict[Words | Pattern, list[Place]] = {}

    def words_hit(self, ready: Ready) -> Hit:
        """The hit of a rule that holds for the article, whoever it is about."""
        places = self._find(ready.looked_for)
        cases = {each.case_id for each in self._news.records if each.case_id is not None}
        return self._hit(
            ready,
            key=f"article:{self._news.key}",
            sort=HitSort.WORDS,
            excerpt=best_sentence(self._news.article, places),
            places=places,
            case=cases.pop() if len(cases) == 1 else None,
        )

    def record_hits(self, ready: Ready, fitting: Sequence[NewsRecord]) -> list[Hit]:
        """One hit for each case of which records fit, at its latest stage, and one for each other record."""
        groups: dict[tuple[str, int], list[NewsRecord]] = {}
        for each in fitting:
            known = each.case_id is not None and each.record.kind is Kind.EVENT
            groups.setdefault(("case", each.case_id or 0) if known else ("record", each.id), []).append(each)
        places = self._find(ready.looked_for)
        hits = []
        for (what, number), members in groups.items():
            last = max(members, key=lambda each: ORDER.index(each.record.stage))
            of_case = what == "case"
            hits.append(
                self._hit(
                    ready,
                    key=f"case:{number}:{last.record.stage.value}" if of_case else f"record:{number}",
                    sort=HitSort.CASE if of_case else HitSort.FIGURE,
                    excerpt=cut(last.record.evidence.text, 0),
                    places=places,
                    case=number if of_case else None,
                    lead=last,
                    members=members,
                )
            )
        return hits

    def _hit(
        self,
        ready: Ready,
        *,
        key: str,
        sort: HitSort,
        excerpt: str,
        places: Sequence[Place],
        case: int | None,
        lead: NewsRecord | None = None,
        members: Sequence[NewsRecord] = (),
    ) -> Hit:
        article = self._news.article
        assert ready.rule.id is not None
        return Hit(
            rule_id=ready.rule.id,
            key=key,
            sort=sort,
            url=article.url,
            title=article.title,
            source=article.source,
            language=article.language,
            published=article.published,
            excerpt=excerpt,
            matched=Matched(
                words=_as_written(article.text, places),
                facts=tuple(_facts(ready, self._news, lead)),
                records=tuple(each.id for each in members),
                title=find_marks(article.title, ready.looked_for, title=True),
                excerpt=find_marks(excerpt, ready.looked_for),
            ),
            article_id=self._news.article_id,
            record_id=lead.id if lead is not None else None,
            case_id=case,
            stage=lead.record.stage if lead is not None and case is not None else None,
        )

    def _find(self, looked_for: tuple[Words | Pattern, ...]) -> list[Place]:
        """The places of these, in order; each is looked for once in an article."""
        places = []
        for number, leaf in enumerate(looked_for):
            if leaf not in self._places:
                title = len(self._news.article.title)
                found = self._reader.find(leaf, 0)
                self._places[leaf] = [each for each in found if not leaf.title or each.end <= title]
            places += [Place(each.start, each.end, number) for each in self._places[leaf]]
        return sorted(places, key=lambda place: (place.start, place.end))

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._news.article.text)


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
            return any(news.is_new_pair(lead.record, int(value)) for value in fact.values)
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
