"""What rules find in an article, inside the transaction that stores it.

What the rules say is known by whoever hands in the ``Matcher``; here the article is shown to it, and
of what it finds only that is kept which its rule has not told yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from pipeline.types import Article
from pipeline.vocabulary import UNKNOWN_COUNTRY, Stage
from storage import rows
from storage import tables as t
from storage.alert_values import Found, Hit, HitSort, Index, Matched, Matcher, News, NewsRecord
from storage.alerts import active_rules, add_hits, hit_from, rules_version
from storage.reading import RecordChanges, records_of, stored_form

NEWS_DAYS = 30
"""An article that was published longer ago is no news: it is found by 'alerts preview', and nobody is
told. So an archive can be read in, or a new outlet be added, without a flood."""
REREAD_DAYS = 3
"""The same for an article that is stored and is only read anew by the program."""
STEPS = (
    Stage.ARRESTED,
    Stage.CHARGED,
    Stage.CONVICTED,
    Stage.IMPRISONED,
    Stage.DEATH_ROW,
    Stage.EXECUTED,
    Stage.DIED,
)
"""Stages that follow one another. Being released or transferred may come at any time, also again."""


def open_index(connection: Connection, matcher: Matcher | None) -> Index | None:
    """The rules as they stand now; None where nobody looks."""
    if matcher is None:
        return None
    return matcher.index(rules_version(connection), lambda: active_rules(connection))


def is_news(published: datetime | None, *, now: datetime, days: float = NEWS_DAYS) -> bool:
    """Whether anybody is to be told of an article of this date; one without a date is of today."""
    return published is None or published >= now - timedelta(days=days)


def look(
    connection: Connection,
    index: Index | None,
    article: Article,
    key: str,
    article_id: int | None,
    *,
    relevant: bool,
    now: datetime,
    changes: RecordChanges | None = None,
) -> int:
    """Stores what the rules find in an article that is stored by now, and says how many hits are new.
    ``changes``: what the outlet's edit did to its records; a count that it corrected is told again."""
    if index is None:
        return 0
    news = load_news(connection, article, key, article_id, relevant=relevant, now=now)
    if changes is not None:
        news = _with_corrections(connection, news, changes)
    found = index.match(news)
    corrected = [each for each in news.records if each.corrected is not None]
    if not found and not corrected:
        return 0
    told = _told(connection, news, {hit.rule_id for hit in found})
    fresh = [each.describe() for each in found if _is_fresh(each, news, told)]
    for each in corrected:
        fresh = _add_correction(fresh, each, news, told)
    return add_hits(connection, fresh, now=now)


def load_news(
    connection: Connection,
    article: Article,
    key: str,
    article_id: int | None,
    *,
    relevant: bool,
    now: datetime,
) -> News:
    """The article with its records as they are stored."""
    records: list[NewsRecord] = []
    if relevant and article_id is not None:
        for row in records_of(connection, article_id):
            record = rows.record_from(row, rows.drug_words(row.drugs))
            records.append(NewsRecord(id=row.id, record=record, case_id=row.case_id))
    return News(
        article=article,
        key=key,
        relevant=relevant,
        article_id=article_id,
        records=tuple(records),
        is_new_pair=_pair_asker(connection, article_id, article.published or now),
        has_changed_stage=_stage_asker(connection, article_id),
    )


def _pair_asker(
    connection: Connection, article_id: int | None, dated: datetime
) -> Callable[[NewsRecord, int], bool]:
    def is_new_pair(each: NewsRecord, days: int) -> bool:
        """No other article of the last ``days`` has people of this nationality held in this country."""
        record = each.record
        if UNKNOWN_COUNTRY in (record.nationality, record.country):
            return False
        # The latest rows first: of a common pair the first one already answers.
        query = (
            select(t.Record.id)
            .join(t.Article, t.Article.id == t.Record.article_id)
            .where(
                t.Record.nationality == record.nationality,
                t.Record.country == record.country,
                t.Record.article_id != article_id,
                t.Article.dated > dated - timedelta(days=days),
            )
            .order_by(t.Record.id.desc())
            .limit(1)
        )
        return connection.execute(query).first() is None

    return is_new_pair


def _stage_asker(connection: Connection, article_id: int | None) -> Callable[[NewsRecord], bool]:
    def has_changed_stage(each: NewsRecord) -> bool:
        """Other articles tell of the case, and none of them of this stage or a later one."""
        if each.case_id is None:
            return False
        query = (
            select(t.Record.stage)
            .join(t.CaseRecord, t.CaseRecord.record_id == t.Record.id)
            .join(t.CaseReport, t.CaseReport.id == t.CaseRecord.report_id)
            .where(t.CaseReport.case_id == each.case_id, t.CaseReport.article_id != article_id)
            .distinct()
        )
        others = {Stage(value) for value in connection.execute(query).scalars()}
        return bool(others) and is_step(each.record.stage, others)

    return has_changed_stage


def is_step(stage: Stage, known: set[Stage]) -> bool:
    """Whether ``stage`` is news where ``known`` are: it is none of them, and no look back."""
    if stage in known:
        return False
    if stage not in STEPS:
        return True
    return all(each not in STEPS or STEPS.index(each) < STEPS.index(stage) for each in known)


# -- what was told already ------------------------------------------------------------------------


def _told(connection: Connection, news: News, rules: set[int]) -> list[Hit]:
    """Earlier hits of the article, and those of ``rules`` in its cases. A hit's case is the one that it
    is a part of by now."""
    cases = sorted({each.case_id for each in news.records if each.case_id is not None})
    # Both conditions have an index; numbers that lead to a case are found by theirs.
    merged: dict[int, int] = {}
    if cases:
        query = select(t.Case.id, t.Case.merged_into).where(t.Case.merged_into.in_(cases))
        merged = {number: into for number, into in connection.execute(query) if into is not None}
    mine: list[Any] = []
    if news.article_id is not None:
        mine.append(t.AlertHit.article_id == news.article_id)
    if cases and rules:
        mine.append(t.AlertHit.case_id.in_([*cases, *merged]) & t.AlertHit.rule_id.in_(sorted(rules)))
    if not mine:
        return []
    hits = [hit_from(row) for row in connection.execute(select(t.AlertHit.__table__).where(or_(*mine)))]
    return [replace(hit, case_id=merged[hit.case_id]) if hit.case_id in merged else hit for hit in hits]


def _is_fresh(hit: Found, news: News, told: Sequence[Hit]) -> bool:
    """Whether the rule has not told it yet. Keys that are equal are sorted out by the database; here is
    what has another key and is the same: a case that was merged, a record that moved to another case,
    a look back to an earlier stage."""
    before = [each for each in told if each.rule_id == hit.rule_id]
    if any(each.key == hit.key for each in before):
        return False
    if hit.sort is not HitSort.CASE or hit.stage is None:
        return True
    same_case = {each.stage for each in before if each.case_id == hit.case_id and each.stage is not None}
    same_record = any(
        each.stage is hit.stage and set(each.matched.records) & set(hit.records)
        for each in before
        if each.article_id == news.article_id
    )
    return not same_record and is_step(hit.stage, same_case)


# -- corrections ----------------------------------------------------------------------------------


def _with_corrections(connection: Connection, news: News, changes: RecordChanges) -> News:
    """The news with what the outlet's edit changed in the counts of records."""
    before = {
        stored_form(after): old
        for old, after in changes.changed
        if None not in (old.count, after.count) and old.count != after.count
    }
    if not before:
        return news
    number = connection.execute(
        select(t.Article.revision).where(t.Article.id == news.article_id)
    ).scalar_one()
    records = tuple(replace(each, corrected=before.get(each.record)) for each in news.records)
    return replace(news, records=records, revision=number)


def _add_correction(fresh: list[Hit], each: NewsRecord, news: News, told: Sequence[Hit]) -> list[Hit]:
    """Tells the correction to every rule that told the record, also where it would not find it now: by
    a note on what it finds anew of the record, or else by a hit of its own."""
    assert each.corrected is not None
    note = f"corrected from {each.corrected.count} to {each.record.count}"
    out = [
        replace(hit, note=note) if each.id in hit.matched.records and _knows(hit, each, told) else hit
        for hit in fresh
    ]
    done = {hit.rule_id for hit in out if hit.note == note}
    for hit in told:
        if hit.rule_id in done or hit.article_id != news.article_id or each.id not in hit.matched.records:
            continue
        done.add(hit.rule_id)
        evidence = each.record.evidence.text
        out.append(
            replace(
                hit,
                id=None,
                found=None,
                message_id=None,
                key=f"record:{each.id}:r{news.revision}",
                sort=HitSort.FIGURE,
                title=news.article.title,
                excerpt=evidence,
                record_id=each.id,
                case_id=each.case_id,
                stage=None,
                note=note,
                matched=Matched(facts=hit.matched.facts, records=(each.id,)),
            )
        )
    return out


def _knows(hit: Hit, each: NewsRecord, told: Sequence[Hit]) -> bool:
    return any(old.rule_id == hit.rule_id and each.id in old.matched.records for old in told)
