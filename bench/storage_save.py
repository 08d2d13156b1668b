"""The plainest saving of articles that are not relevant: what a program of one page would do with the bare
driver, for the same rows, found by the same questions and stored as durably.

Asked before: whether anything was forgotten or judged by people, which pages and articles there are under
these addresses. Written: the page of each address, the counts of its source and day, and their history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from pipeline.types import Irrelevant
from storage.engine import is_postgres
from storage.postgres import WRITERS
from storage.rows import coverage_day, page_key, storable

_STANDS = (
    "SELECT EXISTS (SELECT 1 FROM tombstones), EXISTS (SELECT 1 FROM article_marks) "
    "OR EXISTS (SELECT 1 FROM record_marks) OR EXISTS (SELECT 1 FROM program_verdicts)"
)
_PAGE = (
    "INSERT INTO pages (url, source, title, published, day, first_seen, checked, outcome, detail, tries, "
    "open) VALUES (?, ?, ?, ?, ?, ?, ?, 'irrelevant', '', 0, ?)"
)
_COUNT = (
    "INSERT INTO coverage (source, day, seen, read, relevant) VALUES (?, ?, ?, ?, 0) "
    "ON CONFLICT (source, day) DO UPDATE SET seen = coverage.seen + excluded.seen, "
    "read = coverage.read + excluded.read"
)
_NOTE = (
    "INSERT INTO coverage_history (source, day, noted, seen, read, relevant) "
    "SELECT source, day, ?, seen, read, relevant FROM coverage WHERE source = ? AND day = ? "
    "ON CONFLICT (source, day, noted) DO UPDATE "
    "SET seen = excluded.seen, read = excluded.read, relevant = excluded.relevant"
)


def plain_saving(engine: Engine) -> Callable[[Sequence[Irrelevant], datetime], None]:
    """What saves outcomes in one transaction on a connection of its own, which stays open."""
    pooled = engine.raw_connection()
    pooled.detach()
    connection: Any = pooled.dbapi_connection
    postgres = is_postgres(engine)
    cursor = connection.cursor()

    def said(statement: str) -> str:
        if not postgres:
            return statement
        return statement.replace("?", "%s").replace("SELECT source, day, %s", "SELECT source, day, %s::date")

    def told(moment: datetime | None) -> Any:
        if postgres or moment is None:
            return moment
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")

    def listed(column: str, keys: Sequence[str]) -> str:
        return f"{column} IN ({', '.join('?' * len(keys))})"

    def save(outcomes: Sequence[Irrelevant], now: datetime) -> None:
        if postgres:
            cursor.execute(f"SELECT pg_advisory_xact_lock({WRITERS})")
        else:
            cursor.execute("BEGIN IMMEDIATE")
        try:
            assert not any(cursor.execute(_STANDS).fetchone())
            keyed = {page_key(outcome.article.url): outcome.article for outcome in outcomes}
            keys = list(keyed)
            known = f"SELECT * FROM pages WHERE {listed('url', keys)} OR {listed('final_url', keys)}"
            assert not cursor.execute(said(known), keys * 2).fetchall()
            known = f"SELECT url, id FROM articles WHERE {listed('url', keys)}"
            assert not cursor.execute(said(known), keys).fetchall()
            pages, counts = [], Counter[tuple[str, Any]]()
            moment = told(now)
            for key, article in keyed.items():
                day: Any = coverage_day(article.published, now)
                day = day if postgres else day.isoformat()
                counts[article.source, day] += 1
                title = storable(article.title)
                published = told(article.published)
                pages.append((key, article.source, title, published, day, moment, moment, False))
            noted: Any = now.date() if postgres else now.date().isoformat()
            cursor.executemany(said(_PAGE), pages)
            cursor.executemany(said(_COUNT), [(*key, count, count) for key, count in counts.items()])
            cursor.executemany(said(_NOTE), [(noted, *key) for key in counts])
            connection.commit()
        except BaseException:
            connection.rollback()
            raise

    return save
