"""Real captured feeds: never fewer entries than feedparser alone finds on the same bytes."""

from __future__ import annotations

import gzip
from pathlib import Path

import feedparser  # type: ignore[import-untyped]
import pytest

from crawler.feeds import read_feed
from pipeline.errors import FeedError
from pipeline.types import Source

FOLDER = Path(__file__).parents[3] / "shared" / "real" / "feeds"
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file()) if FOLDER.is_dir() else []
SOURCE = Source(
    slug="real",
    name="Real",
    url="https://outlet.example/feed",
    via="rss",
    language="en",
    country="XX",
    expect=1,
)

pytestmark = pytest.mark.skipif(not FILES, reason="../shared/real/feeds is not here: no real feeds to parse")


def content(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_entry_is_lost(path: Path) -> None:
    body = content(path)
    alone = feedparser.parse(body).entries
    try:
        feed = read_feed(body, SOURCE)
    except FeedError:
        assert not any(entry.get("link") for entry in alone)
        return
    assert feed.found >= len(alone)
    # What is not an entry of ours has no address of the web, or is there already.
    assert len(feed.entries) + sum(feed.dropped.values()) == feed.found
    assert set(feed.dropped) <= {"no-link", "bad-link", "duplicate"}
    if "captured" in path.parts:
        assert len(feed.entries) >= len(alone)


def test_the_captured_feeds_are_many_and_have_titles_and_dates() -> None:
    entries = []
    for path in FILES:
        if "captured" in path.parts and (body := content(path)):
            try:
                entries += read_feed(body, SOURCE).entries
            except FeedError:
                continue
    assert len(entries) > 3_000
    assert sum(bool(entry.title) for entry in entries) / len(entries) > 0.99
    assert sum(entry.published is not None for entry in entries) / len(entries) > 0.8
