"""The columns of articles and records in lists."""

from __future__ import annotations

from storage import tables as t

ARTICLE = [column for column in t.Article.__table__.c if column.name not in ("text", "reasons", "text_hash")]
"""Of an article: all but its text."""
JOINED = [
    getattr(t.Article, name).label(f"article_{name}")
    for name in ("url", "source", "title", "language", "published", "outlet_country", "first_seen")
]
RECORD = (t.Record.__table__, *JOINED)
"""Of a record, with those of its article."""
