"""The rows of the addresses of one transaction: loaded together, changed in memory, written together, and
with them how many articles were seen of each source and day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, update

from pipeline.types import Article, FeedEntry
from storage import rows
from storage import tables as t
from storage.known import Counts, add_coverage, load_pages
from storage.prepared import adding, same
from storage.values import IRRELEVANT, RELEVANT

READ: Final = frozenset({RELEVANT, IRRELEVANT})
"""Outcomes of pages that were read to a verdict."""


class PageBook:
    """The rows of pages, by the keys of their addresses; a row is a dictionary of its columns."""

    def __init__(
        self, connection: Connection, keys: Iterable[str], *, now: datetime, run: int | None
    ) -> None:
        self._connection = connection
        self._now = now
        self._run = run
        self._by_key = load_pages(connection, list(keys))
        self._dirty: dict[str, dict[str, Any]] = {}
        self._coverage: Counts = {}

    def find(self, key: str, final: str) -> dict[str, Any] | None:
        """The row of the address, where there is one."""
        return self._by_key.get(key) or self._by_key.get(final)

    def drop(self, key: str) -> None:
        """Takes the row of the address away, where there is one."""
        page = self._by_key.pop(key, None)
        if page is None:
            return
        self._count(page, -1)
        self._by_key = {name: other for name, other in self._by_key.items() if other is not page}
        self._dirty.pop(page["url"], None)
        if "id" in page:
            self._connection.execute(delete(t.Page).where(t.Page.id == page["id"]))

    def page(
        self, key: str, final: str, entry: FeedEntry | None, article: Article | None = None
    ) -> dict[str, Any]:
        """The row of the address; one that was never seen is begun here."""
        page = self.find(key, final)
        if page is None:
            if entry is None:
                assert article is not None
                entry = FeedEntry(
                    source=article.source,
                    url=key,
                    title=article.title,
                    summary="",
                    published=article.published,
                )
            page = rows.pending_values(key, entry, run=self._run, now=self._now)
            self._count(page, +1)
        self._by_key[key] = self._dirty[page["url"]] = page
        self._by_key.setdefault(final, page)
        return page

    def read(
        self, page: dict[str, Any], article: Article, outcome: str, article_id: int | None, final: str
    ) -> None:
        """Marks the page as read to a verdict, with its article at the address ``final``."""
        change: dict[str, Any] = {
            "outcome": outcome,
            "detail": "",
            "open": False,
            "summary": None,
            "title": rows.storable(article.title) or page["title"],
            "article_id": article_id,
            "final_url": final if final != page["url"] else None,
        }
        if page["published"] is None and article.published is not None:
            # The feed had no date: coverage counts the page under the day that it now has.
            change["published"] = article.published
            change["day"] = rows.coverage_day(article.published, self._now)
        self.change(page, change)

    def change(self, page: dict[str, Any], change: dict[str, Any]) -> None:
        """Changes a row, which was looked at now."""
        self._count(page, -1)
        page.update(change, checked=self._now)
        if self._run is not None:
            page["run_id"] = self._run
        self._count(page, +1)

    def _count(self, page: dict[str, Any], sign: int) -> None:
        counts = self._coverage.setdefault((page["source"], page["day"]), [0, 0, 0])
        counts[0] += sign
        counts[1] += sign * (page["outcome"] in READ)
        counts[2] += sign * (page["outcome"] == RELEVANT)

    def write(self) -> None:
        """Writes what is new and what has changed, and the coverage."""
        new = [page for page in self._dirty.values() if "id" not in page]
        known = [
            {"page_id": page["id"]} | {name: page[name] for name in _PAGE_CHANGES}
            for page in self._dirty.values()
            if "id" in page
        ]
        _ADD_PAGE.run_all(self._connection, new)
        _UPDATE_PAGE.run_all(self._connection, known)
        add_coverage(self._connection, self._coverage, now=self._now)


_PAGE_CHANGES = (
    "final_url",
    "title",
    "summary",
    "published",
    "day",
    "checked",
    "outcome",
    "detail",
    "tries",
    "open",
    "run_id",
    "article_id",
)
_ADD_PAGE = adding(t.Page)
_UPDATE_PAGE = same(
    update(t.Page)
    .where(t.Page.id == bindparam("page_id"))
    .values({name: bindparam(name) for name in _PAGE_CHANGES})
)
