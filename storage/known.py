"""What is known of addresses, asked for many at once; and the counts of coverage.

All functions run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select, union_all

from storage import tables as t
from storage.dialects import insert_into, listed
from storage.history import note_coverage
from storage.prepared import Prepared

CHUNK = 500
"""Addresses asked for in one statement."""

Counts = dict[tuple[str, date], list[int]]
"""Source and day → differences of seen, read, relevant."""


def _pages_of(on: str, *, whole: bool = True) -> Any:
    page = t.Page.__table__
    keys = listed("keys", page.c.url, on)
    addresses = (page.c.url, page.c.final_url)
    found = (select(page if whole else at).join_from(keys, page, at == keys.c.value) for at in addresses)
    return union_all(*found)


def _articles_of(on: str) -> Any:
    article = t.Article.__table__
    keys = listed("keys", article.c.url, on)
    return select(article.c.url, article.c.id).join_from(keys, article, article.c.url == keys.c.value)


_PAGES = Prepared(_pages_of)
_KEYS = Prepared(partial(_pages_of, whole=False))
_ARTICLES = Prepared(_articles_of)


def load_pages(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The rows of pages by each of ``keys`` that is known, as its own or as its article's address."""
    found: dict[str, dict[str, Any]] = {}
    by_number: dict[int, dict[str, Any]] = {}  # one dict for a row, however it was reached
    asked = set(keys)
    for row in _PAGES.all(connection, {"keys": list(asked)}) if asked else ():
        page = by_number.setdefault(row.id, row._asdict())
        if page["final_url"] in asked:
            found.setdefault(page["final_url"], page)
        if page["url"] in asked:
            found[page["url"]] = page
    return found


def load_articles(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """The numbers of the articles that are stored under ``keys``."""
    return dict(_ARTICLES.all(connection, {"keys": list(keys)}) if keys else ())


def known_keys(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Those of ``keys`` that are known, as their own or as their article's address."""
    return {row[0] for row in _KEYS.all(connection, {"keys": list(dict.fromkeys(keys))})} if keys else set()


def add_coverage(connection: Connection, counts: Counts, *, now: datetime) -> None:
    """Adds differences to coverage; a row that comes to nothing stays as zeros."""
    values = [
        {"source": source, "day": day, "seen": seen, "read": read, "relevant": relevant}
        for (source, day), (seen, read, relevant) in counts.items()
        if seen or read or relevant
    ]
    if not values:
        return
    _ADD.run_all(connection, values)
    note_coverage(connection, [key for key, changed in counts.items() if any(changed)], now=now)


def _adding(dialect: str) -> Any:
    """The statement that adds differences to coverage."""
    names = [column.name for column in t.Coverage.__table__.c]
    statement = insert_into(t.Coverage, on=dialect).values({name: bindparam(name) for name in names})
    sums = {
        name: getattr(t.Coverage, name) + getattr(statement.excluded, name)
        for name in ("seen", "read", "relevant")
    }
    return statement.on_conflict_do_update(index_elements=["source", "day"], set_=sums)


_ADD = Prepared(_adding)


def chunks(values: list[str]) -> list[list[str]]:
    """``values`` in pieces of CHUNK."""
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
