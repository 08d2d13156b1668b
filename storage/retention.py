"""Takes away what may name persons once its time is over.

    article  → its address, hashes of text and title, its records with masked sentences
    page     → its address and outcome, without title and summary
    hit      → what it is about, without title, its sentence masked
    message  → that it was sent, without subject and text

The time counts from ``first_seen``, when an article was first stored here. Names are looked for while
the article's text is still there (pipeline/names.py), outside of any transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, or_, select, update

from storage import rows
from storage import tables as t
from storage.engine import reading, writing
from storage.figure_store import follow_records
from storage.masking import Masker
from storage.sweep import sweep
from storage.tombstones import keyed, made_secret

HOW: Final = "retention"
BATCH = 100
"""Articles that are read and reduced at once."""
PAGES_AT_ONCE = 5_000
ENDED: Final = ("sent", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """What retention took away, or would take away."""

    before: datetime | None  # what was first seen before this; None: everything is kept
    counts: dict[str, int] = field(default_factory=dict)  # articles, revisions, pages, hits, messages
    left: str = ""  # what could not be swept out of the file now, in words

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def run_retention(engine: Engine, *, text_days: int, now: datetime, dry_run: bool = False) -> Retained:
    """Reduces what was first seen more than ``text_days`` ago; 0 keeps everything. May be stopped and
    run again at any moment; running it again changes nothing. ``dry_run`` only counts."""
    if text_days <= 0:
        return Retained(before=None)
    before = now - timedelta(days=text_days)
    if dry_run:
        with reading(engine) as connection:
            return Retained(before=before, counts=_count(connection, before))
    counts: Counter[str] = Counter()
    for batch in _due(engine, before):
        masked = [(row, Masker.of(row)) for row in batch]
        with writing(engine) as connection:
            for row, masker in masked:
                counts.update(_reduce(connection, row, masker, now=now))
    counts["pages"] += _clear_pages(engine, before)
    with writing(engine) as connection:
        counts["hits"] += _clear_hits(connection, before)
        counts["messages"] = _clear_messages(connection, before)
        old = delete(t.QuarantinedPage).where(t.QuarantinedPage.kept < before)
        counts["quarantined"] = connection.execute(old).rowcount
        found = {name: number for name, number in sorted(counts.items()) if number}
        if found:
            connection.execute(insert(t.Erasure).values(at=now, how=HOW, counts=found))
    left = sweep(engine, whole=False) if found else ""
    return Retained(before=before, counts=found, left=left)


def _open_page() -> ColumnElement[bool]:
    return or_(t.Page.title != "", t.Page.summary.is_not(None))


def _open_hit() -> ColumnElement[bool]:
    masked: ColumnElement[bool] = t.AlertHit.matched["masked"].as_boolean()
    return masked.is_(None)


def _due(engine: Engine, before: datetime) -> Iterator[Sequence[Any]]:
    last = 0
    while True:
        query = (
            select(t.Article.__table__)
            .where(t.Article.first_seen < before, t.Article.id > last, t.has_text())
            .order_by(t.Article.id)
            .limit(BATCH)
        )
        with reading(engine) as connection:
            found = connection.execute(query).all()
        if not found:
            return
        yield found
        last = found[-1].id


def _reduce(connection: Connection, row: Any, masker: Masker, *, now: datetime) -> dict[str, int]:
    """Reduces one article, unless its text has changed since it was read."""
    there = select(t.Article.text_hash).where(t.Article.id == row.id, t.has_text())
    if connection.execute(there).scalar() != row.text_hash:
        return {}
    revisions = connection.execute(delete(t.Revision).where(t.Revision.article_id == row.id)).rowcount
    title_hash = keyed(made_secret(connection), "title", rows.text_hash(row.title))
    connection.execute(insert(t.ReducedArticle).values(article_id=row.id, reduced=now, title_hash=title_hash))
    reasons = [reason | {"start": None, "end": None, "text": None} for reason in row.reasons]
    connection.execute(
        update(t.Article).where(t.Article.id == row.id).values(title="", text="", reasons=reasons)
    )
    for table in (t.Record, t.RecordHistory):
        told = select(table.id, table.evidence, table.place).where(table.article_id == row.id)
        for number, evidence, place in connection.execute(told).all():
            masked = {"evidence": masker.sentence(evidence), "place": masker.place(place)}
            connection.execute(update(table).where(table.id == number).values(masked))
    follow_records(connection, row.id)
    # What stands stays; what the program said, and what people gave word for word, was needed to change it.
    connection.execute(delete(t.ProgramRecord).where(t.ProgramRecord.article_id == row.id))
    connection.execute(delete(t.RecordMark).where(t.RecordMark.article_id == row.id))
    connection.execute(delete(t.ReviewStep).where(t.ReviewStep.url == row.url))
    mine = (t.Page.article_id == row.id, _open_page())
    pages = connection.execute(update(t.Page).where(*mine).values(title="", summary=None)).rowcount
    hits = select(t.AlertHit.__table__).where(t.AlertHit.article_id == row.id)
    cleared = sum(_clear_hit(connection, hit, masker) for hit in connection.execute(hits).all())
    return {"articles": 1, "revisions": revisions, "pages": pages, "hits": cleared}


def _clear_pages(engine: Engine, before: datetime) -> int:
    """Takes the titles of pages away, a piece at a time, so that others can write between."""
    due = select(t.Page.id).where(t.Page.first_seen < before, _open_page()).limit(PAGES_AT_ONCE)
    last = total = 0
    while True:
        with reading(engine) as connection:
            found = connection.execute(due.where(t.Page.id > last).order_by(t.Page.id)).scalars().all()
        if not found:
            return total
        with writing(engine) as connection:
            among = (t.Page.id >= found[0], t.Page.id <= found[-1], t.Page.first_seen < before)
            connection.execute(update(t.Page).where(*among).values(title="", summary=None))
        total += len(found)
        last = found[-1]


def _clear_hits(connection: Connection, before: datetime) -> int:
    """Takes title and words out of old hits whose article is not stored, or was reduced before them."""
    found = connection.execute(
        select(t.AlertHit.__table__).where(t.AlertHit.found < before, _open_hit())
    ).all()
    return sum(_clear_hit(connection, hit, Masker.bare(hit.language)) for hit in found)


def _clear_hit(connection: Connection, hit: Any, masker: Masker) -> bool:
    if hit.matched.get("masked"):
        return False
    matched = hit.matched | {"words": [], "title": [], "excerpt": [], "masked": True}
    values = {"title": "", "excerpt": masker.sentence(hit.excerpt), "matched": matched}
    connection.execute(update(t.AlertHit).where(t.AlertHit.id == hit.id).values(values))
    return True


def _clear_messages(connection: Connection, before: datetime) -> int:
    """Takes subject and text out of messages that were sent, or failed, before."""
    ended = (
        t.OutboxMessage.state.in_(ENDED),
        t.OutboxMessage.ended < before,
        or_(t.OutboxMessage.subject != "", t.OutboxMessage.content.is_not(None)),
    )
    return connection.execute(update(t.OutboxMessage).where(*ended).values(subject="", content=None)).rowcount


def _count(connection: Connection, before: datetime) -> dict[str, int]:
    """How much is due."""
    old = (t.Article.first_seen < before, t.has_text())
    mine = select(t.Article.id).where(*old)
    queries = {
        "articles": select(func.count()).select_from(t.Article).where(*old),
        "revisions": select(func.count()).select_from(t.Revision).where(t.Revision.article_id.in_(mine)),
        "pages": select(func.count())
        .select_from(t.Page)
        .where(or_(t.Page.first_seen < before, t.Page.article_id.in_(mine)), _open_page()),
        "hits": select(func.count())
        .select_from(t.AlertHit)
        .where(or_(t.AlertHit.article_id.in_(mine), t.AlertHit.found < before), _open_hit()),
        "messages": select(func.count())
        .select_from(t.OutboxMessage)
        .where(
            t.OutboxMessage.state.in_(ENDED),
            t.OutboxMessage.ended < before,
            or_(t.OutboxMessage.subject != "", t.OutboxMessage.content.is_not(None)),
        ),
    }
    queries["quarantined"] = (
        select(func.count()).select_from(t.QuarantinedPage).where(t.QuarantinedPage.kept < before)
    )
    counted = {name: connection.execute(query).scalar_one() for name, query in queries.items()}
    return {name: number for name, number in counted.items() if number}
