"""Forgetting: articles and pages with everything that was made of them, for good.

    find_url | find_match | find_case  → Plan: what would go       (forget_plan.py)
    forget(plan)                       → Forgotten: what went      (one transaction, then the file is swept)

For each address and text a tombstone stays (tombstones.py), so that no crawl, file or new reading
brings it back, and in ``erasures`` the fact that something went, without a word of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, delete, func, insert, or_, select, update

from storage import rows
from storage import tables as t
from storage.case_store import refresh
from storage.engine import writing
from storage.forget_plan import Doomed, Plan, chunks, find_case, find_match, find_url, numbers
from storage.known import Counts, add_coverage
from storage.page_book import READ
from storage.sweep import sweep
from storage.tombstones import bury
from storage.values import RELEVANT

__all__ = ["Doomed", "Forgotten", "Plan", "find_case", "find_match", "find_url", "forget"]

UNSENT: Final = ("pending", "retry", "sending", "unknown")
WITHDRAWN = "withdrawn: something in it was forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What went."""

    erasure: int  # its number in the log
    counts: dict[str, int] = field(default_factory=dict)
    left: str = ""  # what could not be swept out of the file now, in words


def forget(engine: Engine, plan: Plan, *, now: datetime) -> Forgotten:
    """Removes what the plan says, leaves tombstones, writes it down without a word of what it was, and
    takes the remains out of the file."""
    counts: Counter[str] = Counter()
    with writing(engine) as connection:
        _bury(connection, plan, now=now)
        cases = _cases_of(connection, plan.articles) | ({plan.case} if plan.case is not None else set())
        counts["hits"] = _withdraw(connection, plan, now=now)
        counts["pages"] = _drop_pages(connection, plan.pages, now=now)
        counts.update(_drop_articles(connection, plan.articles))
        counts["cases"] = _drop_cases(connection, cases, now=now)
        counts["addresses"] = len(plan.addresses)
        found = {name: number for name, number in sorted(counts.items()) if number}
        erasure = connection.execute(
            insert(t.Erasure).values(at=now, how=f"forget {plan.how}", counts=found).returning(t.Erasure.id)
        ).scalar_one()
    return Forgotten(erasure=erasure, counts=found, left=sweep(engine, whole=True))


def _bury(connection: Connection, plan: Plan, *, now: datetime) -> None:
    addresses = set(plan.addresses)
    texts: list[tuple[str, str]] = []
    for chunk in chunks(plan.pages):
        query = select(t.Page.url, t.Page.given_url, t.Page.final_url).where(t.Page.id.in_(chunk))
        for url, given, final in connection.execute(query):
            addresses |= {url, final or "", rows.page_key(given) if given else ""}
    for chunk in chunks(plan.articles):
        for table, number in ((t.Article, t.Article.id), (t.Revision, t.Revision.article_id)):
            told = select(table.title, table.text).where(number.in_(chunk), table.text != "")
            texts += [(title, text) for title, text in connection.execute(told)]
        addresses.update(connection.execute(select(t.Article.url).where(t.Article.id.in_(chunk))).scalars())
    for chunk in chunks(plan.hits):
        urls = connection.execute(select(t.AlertHit.url).where(t.AlertHit.id.in_(chunk))).scalars()
        addresses.update(rows.page_key(url) for url in urls if url)
    bury(connection, addresses=addresses, texts=texts, now=now)


def _cases_of(connection: Connection, articles: Sequence[int]) -> set[int]:
    """The cases that the articles report, or that people put their records into."""
    found: set[int] = set()
    for chunk in chunks(articles):
        for table in (t.CaseReport, t.CasePin):
            found.update(numbers(connection, select(table.case_id).where(table.article_id.in_(chunk))))
    return found


def _withdraw(connection: Connection, plan: Plan, *, now: datetime) -> int:
    """Removes the hits, and the messages that tell them and were not sent; other hits of such a message
    are told by another one, unless somebody has it already."""
    messages: set[int] = set()
    for chunk in chunks(plan.hits):
        told = select(t.AlertHit.message_id).where(
            t.AlertHit.id.in_(chunk), t.AlertHit.message_id.is_not(None)
        )
        messages.update(numbers(connection, told))
        connection.execute(delete(t.AlertHit).where(t.AlertHit.id.in_(chunk)))
    for chunk in chunks(messages):
        for first in chunk:
            group = or_(t.OutboxMessage.id == first, t.OutboxMessage.first_id == first)
            states = set(connection.execute(select(t.OutboxMessage.state).where(group)).scalars())
            if states <= {"pending", "retry"}:
                connection.execute(
                    update(t.AlertHit).where(t.AlertHit.message_id == first).values(message_id=None)
                )
                connection.execute(delete(t.OutboxMessage).where(group))
                continue
            connection.execute(
                update(t.OutboxMessage)
                .where(group, t.OutboxMessage.state.in_(UNSENT))
                .values(state="failed", ended=now, detail=WITHDRAWN)
            )
            connection.execute(update(t.OutboxMessage).where(group).values(subject="", content=None))
    return len(plan.hits)


def _drop_pages(connection: Connection, pages: Sequence[int], *, now: datetime) -> int:
    """Removes pages, also from what coverage counts."""
    coverage: Counts = {}
    for chunk in chunks(pages):
        columns = (t.Page.source, t.Page.day, t.Page.outcome)
        for source, day, outcome in connection.execute(select(*columns).where(t.Page.id.in_(chunk))):
            sums = coverage.setdefault((source, day), [0, 0, 0])
            sums[0] -= 1
            sums[1] -= outcome in READ
            sums[2] -= outcome == RELEVANT
        for address in (t.Page.url, t.Page.final_url):
            _drop_words(connection, select(address).where(t.Page.id.in_(chunk)))
        connection.execute(delete(t.Page).where(t.Page.id.in_(chunk)))
    add_coverage(connection, coverage, now=now)
    return len(pages)


def _drop_articles(connection: Connection, articles: Sequence[int]) -> dict[str, int]:
    """Removes articles; what belongs to them goes with them: revisions, records, reports, history."""
    counts: Counter[str] = Counter()
    for chunk in chunks(articles):
        records = list(numbers(connection, select(t.Record.id).where(t.Record.article_id.in_(chunk))))
        counts["articles"] += len(chunk)
        counts["records"] += len(records)
        counts["revisions"] += connection.execute(
            select(func.count()).select_from(t.Revision).where(t.Revision.article_id.in_(chunk))
        ).scalar_one()
        _drop_shown(connection, "articles", chunk)
        _drop_shown(connection, "records", records)
        _drop_words(connection, select(t.Article.url).where(t.Article.id.in_(chunk)))
        connection.execute(delete(t.Article).where(t.Article.id.in_(chunk)))
    return counts


def _drop_cases(connection: Connection, cases: Iterable[int], *, now: datetime) -> int:
    """Writes cases anew that lost a report, and removes those that have none any more."""
    refresh(connection, cases, now=now)
    gone = []
    for case in sorted(set(cases)):
        left = select(t.CaseReport.id).where(t.CaseReport.case_id == case).limit(1)
        merged = select(t.Case.merged_into).where(t.Case.id == case)
        if connection.execute(left).scalar() is None and connection.execute(merged).scalar() is None:
            gone.append(case)
    for case in gone:
        both = [case, *numbers(connection, select(t.Case.id).where(t.Case.merged_into == case))]
        connection.execute(
            delete(t.CaseApart).where(or_(t.CaseApart.case_id.in_(both), t.CaseApart.other_id.in_(both)))
        )
        connection.execute(delete(t.CasePin).where(t.CasePin.case_id.in_(both)))
        _drop_shown(connection, "cases", both)
        connection.execute(delete(t.Case).where(t.Case.merged_into == case))
        connection.execute(delete(t.Case).where(t.Case.id == case))
    return len(gone)


def _drop_words(connection: Connection, addresses: Select[Any]) -> None:
    """Removes what people said of the articles at these addresses, and that they were drawn."""
    for table in (t.ArticleMark, t.ReviewStep, t.ReviewSample):
        connection.execute(delete(table).where(table.url.in_(addresses)))


def _drop_shown(connection: Connection, of: str, items: Sequence[int]) -> None:
    for chunk in chunks(items):
        connection.execute(delete(t.Shown).where(t.Shown.list == of, t.Shown.item_id.in_(chunk)))
