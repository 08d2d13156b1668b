"""What is remembered of a source's feed for its next conditional request ↔ its row in feeds. Pure."""

from __future__ import annotations

from typing import Any

from pipeline.vocabulary import FeedState
from storage.values import FeedFetch, FeedMemory


def memory_from(row: Any) -> FeedMemory:
    """The memory of a row."""
    return FeedMemory(
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=row.body_hash,
        last_full=row.last_full,
        distrusted=row.distrusted,
    )


def feed_values(fetch: FeedFetch, old: Any) -> dict[str, Any]:
    """What is remembered of a source's feed after ``fetch``; ``old`` is its row or None."""
    if fetch.state.failed:
        # A failure takes nothing from what is remembered.
        names = ("url", "etag", "last_modified", "body_hash", "last_full", "last_ok")
        values: dict[str, Any] = {name: getattr(old, name, None) for name in names}
        values["url"] = values["url"] or fetch.url
        values["distrusted"] = getattr(old, "distrusted", None)
        return values | {"failures": getattr(old, "failures", 0) + 1}
    values = {
        "url": fetch.url,
        "etag": fetch.etag,
        "last_modified": fetch.last_modified,
        "body_hash": fetch.body_hash,
        "last_full": fetch.fetched,
        "last_ok": fetch.fetched,
        "failures": 0,
        "distrusted": fetch.fetched if fetch.distrusted else getattr(old, "distrusted", None),
    }
    if fetch.state is FeedState.UNCHANGED and fetch.bytes == 0 and old is not None and old.url == fetch.url:
        # "Not modified" came without a body: what it leaves out still holds.
        for name in ("etag", "last_modified", "body_hash"):
            values[name] = values[name] or getattr(old, name)
        values["last_full"] = old.last_full
    return values
