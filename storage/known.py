"""What is known of addresses, asked for many at once; and the counts of coverage.

All functions run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from storage import tables as t
from storage.engine import adding
from storage.history import note_coverage

CHUNK = 500
"""Addresses asked for in one statement."""

Counts = dict[tuple[str, date], list[int]]
"""Source and day → differences of seen, read, relevant."""


def load_pages(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The rows of pages by each of ``keys`` that is known, as its own or as its article's address."""
    found: dict[str, dict[str, Any]] = {}
    by_number: dict[int, dict[str, Any]] = {}  # one dict for a row, however it was reached
    asked = set(keys)
    for chunk in chunks(list(asked)):
        query = select(t.Page.__table__).where(or_(t.Page.url.in_(chunk), t.Page.final_url.in_(chunk)))
        for row in connection.execute(query).mappings():
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
        query = select(t.Article.url, t.Article.id).where(t.Article.url.in_(chunk))
        found.update((url, number) for url, number in connection.execute(query))
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
    statement = adding(connection, t.Coverage)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["source", "day"],
            set_={
                name: getattr(t.Coverage, name) + getattr(statement.excluded, name)
                for name in ("seen", "read", "relevant")
            },
        ),
        values,
    )
    note_coverage(connection, [key for key, changed in counts.items() if any(changed)], now=now)


def chunks(values: list[str]) -> list[list[str]]:
    """``values`` in pieces of CHUNK."""
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
