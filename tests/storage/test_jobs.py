"""What the schedule asks of the fetches of sources, and what it keeps of its runs."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, insert

from pipeline.vocabulary import FeedState
from storage import tables as t
from storage.engine import writing
from storage.jobs import (
    close_open_jobs,
    crawl_was_cut_short,
    end_job,
    fetch_history,
    last_runs,
    start_job,
)
from storage.repository import Repository
from tests.storage.builders import NOW, entry, fetch

HOUR = timedelta(hours=1)


def test_the_fetches_of_a_source(engine: Engine) -> None:
    repository = Repository(engine)
    assert fetch_history(engine, now=NOW) == {}
    for number, (state, new) in enumerate(
        [
            (FeedState.OK, 10),
            (FeedState.OK, 3),
            (FeedState.UNCHANGED, 0),
            (FeedState.TIMEOUT, 0),
            (FeedState.OK, 2),
        ]
    ):
        entries = tuple(entry(100 * number + each) for each in range(new))
        one = fetch(state, fetched=NOW - (4 - number) * HOUR, entries=10 if state is FeedState.OK else 0)
        repository.save_feed(None, one, entries, now=NOW)
    found = fetch_history(engine, now=NOW)["outlet"]
    assert (found.last, found.since) == (NOW, NOW - 4 * HOUR)
    # The very first fetch finds all of the feed new; it does not count.
    assert (found.new, found.entries) == (5, 10.0)
    assert (found.last_new, found.last_entries, found.last_gap) == (2, 10, 2 * HOUR)
    assert (found.left, found.rests_until) == (15, None)
    # A week later they say nothing any more, but when it was last asked is known.
    later = fetch_history(engine, now=NOW + timedelta(days=8))["outlet"]
    assert (later.last, later.since, later.new) == (NOW, None, 0)


def test_a_source_whose_server_asked_for_rest(engine: Engine) -> None:
    Repository(engine).save_feed(None, fetch(FeedState.BLOCKED), now=NOW)
    with writing(engine) as connection:
        connection.execute(insert(t.HostRestRow).values(host="outlet.example", until=NOW + HOUR))
        connection.execute(insert(t.HostRestRow).values(host="other.example", until=NOW + 9 * HOUR))
    assert fetch_history(engine, now=NOW)["outlet"].rests_until == NOW + HOUR


def test_a_crawl_that_was_cut_short(engine: Engine) -> None:
    repository = Repository(engine)
    assert not crawl_was_cut_short(engine)
    run = repository.start_run(command="crawl", now=NOW)
    assert crawl_was_cut_short(engine)
    repository.end_run(run, outcome="ok", now=NOW)
    other = repository.start_run(command="ingest", now=NOW)
    repository.end_run(other, outcome="failed", now=NOW)
    assert not crawl_was_cut_short(engine)
    run = repository.start_run(command="crawl", now=NOW)
    repository.end_run(run, outcome="interrupted", now=NOW)
    assert crawl_was_cut_short(engine)


def test_runs_in_the_order_in_which_they_were_begun(engine: Engine) -> None:
    first = start_job(engine, "crawl", slot=NOW, now=NOW)
    end_job(engine, first, outcome="failed", detail="why " * 1000, now=NOW + HOUR)
    start_job(engine, "crawl", slot=NOW - HOUR, now=NOW - HOUR)  # the clock was set back
    runs = last_runs(engine, ("crawl", "backup"))
    assert [(run.outcome, run.started) for run in runs["crawl"]] == [(None, NOW - HOUR), ("failed", NOW)]
    assert len(runs["crawl"][1].detail) == 500
    assert runs["backup"] == ()
    assert close_open_jobs(engine, now=NOW) == 1
    assert last_runs(engine, ("crawl",))["crawl"][0].outcome == "interrupted"
    assert close_open_jobs(engine, now=NOW) == 0
