"""What is known of addresses, asked for many at once; and the counts of coverage.

All functions run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from storage import tables as t
from storage.dialects import insert_into
from storage.history import note_coverage

CHUNK = 500
"""Addresses asked for in one statement."""

Counts = dict[tuple[str, date], list[int]]
"""Source and day → differences of seen, read, relevant."""

_keys: BindParameter[Any] = bindparam("keys", expanding=True)
_PAGES = select(t.Page.__table__).where(or_(t.Page.url.in_(_keys), t.Page.final_url.in_(_keys)))
_ARTICLES = select(t.Article.url, t.Article.id).where(t.Article.url.in_(_keys))


def load_pages(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The rows of pages by each of ``keys`` that is known, as its own or as its article's address."""
    found: dict[str, dict[str, Any]] = {}
    by_number: dict[int, dict[str, Any]] = {}  # one dict for a row, however it was reached
    asked = set(keys)
    for chunk in chunks(list(asked)):
        for row in connection.execute(_PAGES, {"keys": chunk}).mappings():
            page = by_number.setdefault(row["id"], dict(row))
            if page["final_url"] in asked:
                found.setdefault(page["final_url"], page)
            if page["url"] in asked:
                found[page["url"]] = page
    return found


def load_articles(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """The numbers of the articles that are stored under ``keys``."""
    found: dict[str, int] = {}
    for chunk in chunks(list(keys)):
        found.update((url, number) for url, number in connection.execute(_ARTICLES, {"keys": chunk}))
    return found


def known_keys(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Those of ``keys`` that are known, as their own or as their article's address."""
    found: set[str] = set()
    for chunk in chunks(list(dict.fromkeys(keys))):
        found.update(connection.execute(select(t.Page.url).where(t.Page.url.in_(chunk))).scalars())
        finals = select(t.Page.final_url).where(t.Page.final_url.in_(chunk))
        found.update(url for url in connection.execute(finals).scalars() if url is not None)
    return found


def add_coverage(connection: Connection, counts: Counts, *, now: datetime) -> None:
    """Adds differences to coverage; a row that comes to nothing stays as zeros."""
    values = [
        {"source": source, "day": day, "seen": seen, "read": read, "relevant": relevant}
        for (source, day), (seen, read, relevant) in counts.items()
        if seen or read or relevant
    ]
    if not values:
        return
    connection.execute(_adding(connection.dialect.name), values)
    note_coverage(connection, [key for key, changed in counts.items() if any(changed)], now=now)


@cache
def _adding(dialect: str) -> Any:
    """The statement that adds differences to coverage."""
    statement = insert_into(t.Coverage, on=dialect)
    sums = {
        name: getattr(t.Coverage, name) + getattr(statement.excluded, name)
        for name in ("seen", "read", "relevant")
    }
    return statement.on_conflict_do_update(index_elements=["source", "day"], set_=sums)


def chunks(values: list[str]) -> list[list[str]]:
    """``values`` in pieces of CHUNK."""
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
