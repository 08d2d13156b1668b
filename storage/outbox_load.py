"""What the messages of a rule are made of, loaded inside the transaction that takes its hits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from pipeline.types import Record
from storage import alerts, rows
from storage import tables as t
from storage.alert_values import Hit, Rule
from storage.outbox_values import CaseNews, Outlet, Recipient, Waiting
from storage.reading import load_drugs

_CHUNK = 500


def load_waiting(
    connection: Connection, rule: Rule, recipients: tuple[Recipient, ...], *, secret: bytes
) -> Waiting:
    """All that waits to be told of the rule."""
    assert rule.id is not None
    hits = alerts.unsent_hits(connection, rule.id)
    cases = _cases(connection, hits)
    articles = _articles(connection, hits)
    own = (number for numbers in articles.values() for number in numbers)
    return Waiting(
        rule=rule,
        recipients=recipients,
        hits=hits,
        records=load_records(connection, hits, own),
        articles=articles,
        cases=cases,
        told=_told(connection, rule.id, {case.id for case in cases.values()}),
        secret=secret,
    )


def load_records(connection: Connection, hits: Sequence[Hit], more: Iterable[int] = ()) -> dict[int, Record]:
    """The records that the hits are of and ``more``, by number; those that are gone are left out."""
    wanted = set(more) | {
        number for hit in hits for number in (*hit.matched.records, hit.record_id) if number is not None
    }
    found: dict[int, Record] = {}
    for chunk in _chunks(wanted):
        batch = connection.execute(select(t.Record.__table__).where(t.Record.id.in_(chunk))).all()
        drugs = load_drugs(connection, [row.id for row in batch])
        found.update((row.id, rows.record_from(row, drugs.get(row.id, []))) for row in batch)
    return found


def _articles(connection: Connection, hits: Sequence[Hit]) -> dict[int, tuple[int, ...]]:
    """The records of the articles that were found by words alone, in their order."""
    wanted = {hit.article_id for hit in hits if hit.article_id is not None and not hit.matched.records}
    found: dict[int, tuple[int, ...]] = {}
    for chunk in _chunks(wanted):
        query = (
            select(t.Record.article_id, t.Record.id)
            .where(t.Record.article_id.in_(chunk))
            .order_by(t.Record.article_id, t.Record.position)
        )
        for article, number in connection.execute(query):
            found[article] = (*found.get(article, ()), number)
    return found


def _cases(connection: Connection, hits: Sequence[Hit]) -> dict[int, CaseNews]:
    """The cases of the hits by the number that the hit has, which may lead to another."""
    led: dict[int, int] = {}
    for number in {hit.case_id for hit in hits if hit.case_id is not None}:
        standing = number
        while (into := _into(connection, standing)) is not None:
            standing = into
        led[number] = standing
    reports: dict[int, list[Outlet]] = {number: [] for number in led.values()}
    for chunk in _chunks(reports):
        query = (
            select(
                t.CaseReport.case_id,
                t.Article.id,
                t.Article.source,
                t.Article.url,
                t.Article.title,
                t.Article.published,
            )
            .join(t.Article, t.Article.id == t.CaseReport.article_id)
            .where(t.CaseReport.case_id.in_(chunk), t.is_relevant(indexed=False))
            .order_by(t.Article.dated, t.Article.id)
        )
        for row in connection.execute(query):
            reports[row.case_id].append(
                Outlet(
                    article_id=row.id,
                    source=row.source,
                    url=rows.shown_url(row.url),
                    title=row.title,
                    published=row.published,
                )
            )
    return {
        number: CaseNews(id=standing, reports=tuple(reports[standing])) for number, standing in led.items()
    }


def _into(connection: Connection, case: int) -> int | None:
    return connection.execute(select(t.Case.merged_into).where(t.Case.id == case)).scalar()


def _told(connection: Connection, rule: int, cases: set[int]) -> dict[tuple[str, int], str]:
    """The first message of this rule to each recipient that told each case."""
    standing: dict[int, int] = {case: case for case in cases}
    fresh = list(cases)
    while fresh:
        # What was told of a case that was merged since was told of the one that stands.
        merged = select(t.Case.id, t.Case.merged_into).where(t.Case.merged_into.in_(fresh))
        found: list[tuple[int, int]] = [
            (number, int(into or 0)) for number, into in connection.execute(merged) if number not in standing
        ]
        standing |= {number: standing[into] for number, into in found}
        fresh = [number for number, _ in found]
    told: dict[tuple[str, int], str] = {}
    message = t.OutboxMessage
    for chunk in _chunks(standing):
        query = (
            select(t.AlertHit.case_id, message.recipient, message.message_id, message.id)
            .join(message, func.coalesce(message.first_id, message.id) == t.AlertHit.message_id)
            .where(t.AlertHit.rule_id == rule, t.AlertHit.case_id.in_(chunk), message.state != "failed")
            .order_by(message.id)
        )
        for row in connection.execute(query):
            told.setdefault((row.recipient, standing[row.case_id]), row.message_id)
    return told


def _chunks(numbers: Iterable[Any]) -> Iterator[list[Any]]:
    every = sorted(numbers)
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]
