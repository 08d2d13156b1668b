"""Feeds, runs and pages that wait."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from pipeline.vocabulary import FeedState
from storage.overview import runs, source_stats, totals
from storage.repository import Repository
from storage.values import FeedMemory
from tests.storage.builders import NOW, entry, fetch, irrelevant

LATER = NOW + timedelta(hours=6)


def test_only_unknown_entries_are_returned_and_wait(repository: Repository) -> None:
    first = (entry(1), entry(2), entry(1, title="The same address again"))
    assert repository.save_feed(None, fetch(entries=3), first, now=NOW) == (entry(1), entry(2))
    tracked = entry(2, url=entry(2).url + "?utm_source=feed#top")
    assert repository.save_feed(None, fetch(entries=2), (tracked, entry(3)), now=LATER) == (entry(3),)
    assert repository.pending(None) == (entry(1), entry(2), entry(3))
    assert repository.pending(("outlet",), limit=1) == (entry(1),)
    assert repository.pending(("other",)) == ()
    repository.save(irrelevant(1), now=LATER)
    assert repository.pending() == (entry(2), entry(3))


def test_entries_come_back_as_the_feed_gave_them(repository: Repository) -> None:
    odd = entry(1, url="HTTPS://Outlet.example:443/news/1?utm_medium=rss", published=None)
    repository.save_feed(None, fetch(), (odd,), now=NOW)
    assert repository.pending() == (odd,)
    assert repository.known((odd.url, entry(1).url)) == {odd.url, entry(1).url}


def test_addresses_that_are_none_are_stored_too(repository: Repository) -> None:
    bad = (entry(1, url="javascript:alert(1)"), entry(2, url="x" * 9_000), entry(3, url="x" * 9_001))
    assert repository.save_feed(None, fetch(), bad, now=NOW) == bad
    assert repository.save_feed(None, fetch(), bad, now=NOW) == ()


def test_a_long_feed_is_quick_and_complete(repository: Repository, engine: Engine) -> None:
    entries = tuple(entry(number) for number in range(3_000))
    assert repository.save_feed(None, fetch(), entries, now=NOW) == entries
    assert repository.save_feed(None, fetch(), entries, now=NOW) == ()
    assert totals(engine).outcomes == {"pending": 3_000}


def test_what_a_conditional_request_needs(repository: Repository) -> None:
    assert repository.feed_memory("outlet") is None
    whole = fetch(etag='"1"', last_modified="Mon", body_hash="h1", bytes=900)
    repository.save_feed(None, whole, now=NOW)
    memory = FeedMemory(etag='"1"', last_modified="Mon", body_hash="h1", last_full=NOW)
    assert repository.feed_memory("outlet") == memory
    # Neither "not modified" nor a failure forgets what the body had.
    repository.save_feed(None, fetch(FeedState.UNCHANGED, status=304, fetched=LATER), now=LATER)
    assert repository.feed_memory("outlet") == memory
    repository.save_feed(None, fetch(FeedState.TIMEOUT, fetched=LATER), now=LATER)
    assert repository.feed_memory("outlet") == memory
    # The same bytes came whole: that is a full fetch.
    same = fetch(FeedState.UNCHANGED, etag='"2"', body_hash="h1", bytes=900, fetched=LATER)
    repository.save_feed(None, same, now=LATER)
    assert repository.feed_memory("outlet") == FeedMemory(etag='"2"', body_hash="h1", last_full=LATER)
    assert repository.feed_memory("outlet", url="https://outlet.example/moved") is None


def test_the_state_of_each_source(repository: Repository, engine: Engine) -> None:
    repository.save_feed(None, fetch(entries=2), (entry(1), entry(2)), now=NOW)
    repository.save(irrelevant(1), now=NOW)
    for _ in range(2):
        gone = fetch(FeedState.GONE, status=404, fetched=LATER, detail="HTTP 404")
        repository.save_feed(None, gone, now=LATER)
    repository.save_feed(None, fetch(FeedState.BLOCKED, source="walled"), now=NOW)
    outlet, walled = source_stats(engine)
    assert (outlet.slug, outlet.seen, outlet.read, outlet.relevant) == ("outlet", 2, 1, 0)
    assert (outlet.failures, outlet.last_ok) == (2, NOW)
    assert outlet.last is not None
    assert (outlet.last.state, outlet.last.status, outlet.last.detail) == (FeedState.GONE, 404, "HTTP 404")
    assert (walled.failures, walled.last_ok, walled.seen) == (1, None, 0)
    assert source_stats(engine, ("walled", "unheard")) == (walled,)
    repository.save_feed(None, fetch(fetched=LATER), now=LATER)
    assert source_stats(engine, ("outlet",))[0].failures == 0


def test_a_run_that_was_left_open_is_marked(repository: Repository, engine: Engine) -> None:
    first = repository.start_run(command="crawl", now=NOW)
    ingest = repository.start_run(command="ingest", now=NOW)
    second = repository.start_run(command="crawl", now=LATER)
    repository.end_run(second, outcome="ok", now=LATER)
    found = {run.id: (run.outcome, run.ended) for run in runs(engine)}
    assert found == {first: ("interrupted", LATER), ingest: (None, None), second: ("ok", LATER)}
