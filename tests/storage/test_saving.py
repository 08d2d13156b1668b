"""Outcomes of pages: what is stored, what changes when the same page comes again."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, select, text

from pipeline.errors import StorageError
from pipeline.types import Span
from pipeline.vocabulary import Bound, Drug, Kind, Per, Rejection, Stage
from storage import tables as t
from storage.engine import reading
from storage.overview import coverage, totals
from storage.queries import find_articles, find_records, read_article, records_of, revisions
from storage.repository import Repository
from storage.saving import MAX_TRIES
from storage.values import CoverageRow, Filter, Sort
from tests.storage.builders import (
    NOW,
    SENTENCE,
    article,
    entry,
    fetch,
    irrelevant,
    record,
    rejected,
    relevant,
    url,
)

DAY = timedelta(days=1)


def dump(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but the times of looking."""
    with reading(engine) as connection:
        found = {}
        for table in t.Base.metadata.tables:
            rows = connection.execute(text(f"SELECT * FROM {table} ORDER BY 1")).mappings()
            found[table] = [tuple(v for k, v in row.items() if k != "checked") for row in rows]
        return found


def test_every_field_comes_back(repository: Repository, engine: Engine) -> None:
    told = article(1, body=SENTENCE)
    full = record(
        told.text,
        count=37,
        kind=Kind.FLOW,
        stage=Stage.CONVICTED,
        drugs=(Drug.CANNABIS, Drug.COCAINE),
        sentence=6.5,
        drug_share=97.0,
        when="2010/2014-04",
        bound=Bound.AT_LEAST,
        per=Per.YEAR,
        confidence=0.7,
    )
    life = record(
        told.text, nationality="GB", sentence="life", drugs=(), quantity_kg=None, place=None, count=None
    )
    saved = repository.save(relevant(1, full, life), now=NOW)
    assert (saved.url, saved.outcome, saved.new, saved.revised, saved.records) == (
        url(1),
        "relevant",
        True,
        False,
        2,
    )
    assert saved.article_id is not None
    assert [row.record for row in records_of(engine, saved.article_id)] == [full, life]
    stored = read_article(engine, saved.article_id)
    assert stored is not None
    assert (stored.title, stored.text, stored.body) == (told.title, told.text, SENTENCE)
    assert (stored.published, stored.date_origin, stored.outlet_country) == (NOW, told.date_origin, "PE")
    listed = find_articles(engine, Filter()).rows[0]
    assert (listed.first_seen, listed.revised, listed.revision, listed.score) == (NOW, None, 0, 0.9)
    with reading(engine) as connection:
        reasons = connection.execute(select(t.Article.reasons)).scalar_one()
    assert reasons[0]["rule"] == "custody"


def test_saving_the_same_again_changes_nothing(repository: Repository, engine: Engine) -> None:
    outcomes = (relevant(1), irrelevant(2), rejected(3, Rejection.GONE))
    first = repository.save_all(outcomes, now=NOW)
    before = dump(engine)
    second = repository.save_all(outcomes, now=NOW + DAY)
    after = dump(engine)
    # A failed page counts its tries; nothing else moves.
    assert [row[:-4] for row in before.pop("pages")] == [row[:-4] for row in after.pop("pages")]
    assert before == after
    assert [saved.new for saved in first] == [True, True, True]
    assert [saved.new for saved in second] == [False, False, False]


def test_the_same_outcome_twice_in_one_batch_is_stored_once(repository: Repository, engine: Engine) -> None:
    repository.save_all((relevant(1), relevant(1), irrelevant(2), irrelevant(2)), now=NOW)
    assert totals(engine).outcomes == {"irrelevant": 1, "relevant": 1}
    assert (totals(engine).articles, totals(engine).records) == (1, 1)


def test_an_edit_of_the_outlet_is_a_revision(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1), now=NOW)
    corrected = SENTENCE.replace("Two", "Three")
    later = NOW + DAY
    told = article(1, body=corrected)
    saved = repository.save(relevant(1, record(told.text, corrected, count=3), body=corrected), now=later)
    assert (saved.new, saved.revised) == (False, True)
    assert saved.article_id is not None
    [old] = revisions(engine, saved.article_id)
    assert (old.number, old.text, old.first_seen, old.replaced) == (1, article(1).text, NOW, later)
    [row] = find_articles(engine, Filter()).rows
    assert (row.revision, row.revised, row.records[0].record.count) == (1, later, 3)
    assert find_articles(engine, Filter(query="three")).total == 1
    assert find_articles(engine, Filter(query="two")).total == 0


def test_white_space_is_no_edit_but_the_offsets_hold(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1), now=NOW)
    told = article(1, body="\n\n" + SENTENCE)
    saved = repository.save(relevant(1, record(told.text), body="\n\n" + SENTENCE), now=NOW + DAY)
    assert not saved.revised
    assert saved.article_id is not None
    [row] = records_of(engine, saved.article_id)
    stored = read_article(engine, saved.article_id)
    assert stored is not None
    evidence = row.record.evidence
    assert stored.text[evidence.start : evidence.end] == evidence.text == SENTENCE


def test_records_keep_their_numbers(repository: Repository, engine: Engine) -> None:
    text_of = article(1).text
    british, dutch = record(text_of, nationality="GB", count=1), record(text_of)
    saved = repository.save(relevant(1, british, dutch), now=NOW)
    assert saved.article_id is not None
    ids = {row.record.nationality: row.id for row in records_of(engine, saved.article_id)}
    charged = replace(dutch, stage=Stage.CHARGED, confidence=0.5)
    spanish = record(text_of, nationality="ES", count=4)
    repository.save(relevant(1, charged, spanish), now=NOW + DAY)
    after = {row.record.nationality: row for row in records_of(engine, saved.article_id)}
    assert set(after) == {"NL", "ES"}
    assert after["NL"].id == ids["NL"]
    assert after["NL"].record == charged
    assert after["ES"].id not in ids.values()
    # A number that was given away once is never given again.
    repository.save(relevant(1, charged), now=NOW + DAY)
    repository.save(relevant(1, charged, british), now=NOW + DAY)
    numbers = {row.record.nationality: row.id for row in records_of(engine, saved.article_id)}
    assert numbers["GB"] > after["ES"].id


def test_a_page_that_becomes_irrelevant_keeps_its_text(repository: Repository, engine: Engine) -> None:
    first = repository.save(relevant(1), now=NOW)
    again = repository.save(irrelevant(1, body=SENTENCE), now=NOW + DAY)
    assert (again.outcome, again.article_id) == ("irrelevant", first.article_id)
    assert find_articles(engine, Filter()).total == find_records(engine, Filter()).total == 0
    assert first.article_id is not None
    stored = read_article(engine, first.article_id)
    assert stored is not None
    assert (stored.relevant, stored.body) == (False, SENTENCE)
    back = repository.save(relevant(1), now=NOW + 2 * DAY)
    assert (back.new, back.article_id) == (True, first.article_id)
    assert coverage(engine)[0].relevant == 1


def test_a_bad_day_of_a_server_takes_nothing_away(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1), now=NOW)
    saved = repository.save(rejected(1, Rejection.GONE), now=NOW + DAY)
    assert saved.outcome == "gone"
    assert totals(engine).outcomes == {"relevant": 1}
    assert find_articles(engine, Filter()).total == 1


def test_a_page_that_holds_something_else_now_takes_nothing_away(
    repository: Repository, engine: Engine
) -> None:
    asked = entry(1)
    repository.save(relevant(1), now=NOW, entry=asked)
    gone = "This page was not found. Perhaps it was moved; please look at our front page."
    for outcome in (irrelevant(1, body=gone, title="Not found"), irrelevant(0, body=gone, title="Home")):
        saved = repository.save(outcome, now=NOW + DAY, entry=asked)
        assert (saved.outcome, saved.new, saved.revised) == ("irrelevant", False, False)
    assert totals(engine).outcomes == {"relevant": 1}
    [row] = find_articles(engine, Filter()).rows
    assert (row.title, row.revision, len(row.records)) == ("Story 1", 0, 1)


def test_an_address_that_leads_elsewhere_now(repository: Repository, engine: Engine) -> None:
    asked = entry(1)
    repository.save(relevant(1), now=NOW, entry=asked)
    # The outlet corrected the title, and the address with it: the same story.
    edited = repository.save(relevant(2, body=SENTENCE + " Corrected."), now=NOW + DAY, entry=asked)
    assert (edited.new, edited.revised) == (False, True)
    # Another story altogether is another article.
    other = "Police in Bangkok charged three Australian tourists over methamphetamine parcels."
    moved = repository.save(relevant(3, body=other), now=NOW + 2 * DAY, entry=asked)
    assert (moved.new, moved.revised) == (True, False)
    assert [row.revision for row in find_articles(engine, Filter(sort=Sort.FOUND)).rows] == [0, 1]


def test_failures_that_may_pass_are_tried_five_times(repository: Repository) -> None:
    repository.save_feed(None, fetch(), (entry(1), entry(2), entry(3), entry(4)), now=NOW)
    for _ in range(MAX_TRIES - 1):
        repository.save_all(
            (
                rejected(1, Rejection.TIMEOUT),
                rejected(2, Rejection.GONE),
                rejected(3, Rejection.HTTP_ERROR, status=503),
                rejected(4, Rejection.HTTP_ERROR, status=418),
            ),
            now=NOW,
        )
    assert repository.pending(None) == (entry(1), entry(3))
    repository.save_all((rejected(1), rejected(3, Rejection.HTTP_ERROR, status=503)), now=NOW)
    assert repository.pending(None) == ()


def test_a_page_that_moved_is_done_under_both_addresses(repository: Repository, engine: Engine) -> None:
    asked = entry(1, url="https://short.example/x1")
    repository.save_feed(None, fetch(), (asked,), now=NOW)
    repository.save(relevant(7), now=NOW, entry=asked)
    assert repository.pending(None) == ()
    assert repository.known((asked.url, url(7), url(8))) == {asked.url, url(7)}
    assert totals(engine).outcomes == {"relevant": 1}
    found = read_article(engine, asked.url)
    assert found is not None
    assert found.url == url(7)
    # The same article by another way is the same article.
    other = entry(2, url="https://short.example/x2")
    repository.save_feed(None, fetch(), (other,), now=NOW)
    repository.save(relevant(7), now=NOW, entry=other)
    assert totals(engine).articles == 1
    assert repository.pending(None) == ()


def test_text_without_an_address_is_known_by_its_words(repository: Repository, engine: Engine) -> None:
    for _ in range(2):
        repository.save(relevant(1, url="", source=""), now=NOW)
    repository.save(relevant(1, url="", source="", body=SENTENCE + " More."), now=NOW)
    found = find_articles(engine, Filter())
    assert [row.url for row in found.rows] == ["", ""]


def test_coverage_counts_each_address_once_under_its_day(repository: Repository, engine: Engine) -> None:
    undated = entry(3, published=None)
    future = entry(4, published=NOW + 400 * DAY)
    repository.save_feed(None, fetch(), (entry(1), entry(2, published=NOW - DAY), undated, future), now=NOW)
    assert sum(row.seen for row in coverage(engine)) == 4
    repository.save_all((relevant(1), irrelevant(2), rejected(4)), now=NOW)
    # The page says what the feed did not: it moves to the day of its publication.
    repository.save(irrelevant(3, published=NOW - 9 * DAY), now=NOW, entry=undated)
    assert coverage(engine) == (
        CoverageRow(source="outlet", day=date(2026, 2, 23), seen=1, read=1, relevant=0),
        CoverageRow(source="outlet", day=date(2026, 3, 3), seen=1, read=1, relevant=0),
        CoverageRow(source="outlet", day=date(2026, 3, 4), seen=2, read=1, relevant=1),
    )
    since = coverage(engine, since=date(2026, 3, 3), until=date(2026, 3, 4), sources=("outlet",))
    assert [row.day for row in since] == [date(2026, 3, 3)]


def test_relevant_articles_are_looked_at_again_for_three_days(repository: Repository) -> None:
    repository.save_feed(None, fetch(), (entry(1), entry(2)), now=NOW)
    repository.save_all((relevant(1), irrelevant(2)), now=NOW)
    assert repository.due_for_recheck(now=NOW + timedelta(hours=1)) == ()
    [due] = repository.due_for_recheck(now=NOW + DAY)
    assert (due.source, due.url) == ("outlet", url(1))
    repository.save(relevant(1), now=NOW + DAY)
    assert repository.due_for_recheck(now=NOW + DAY + timedelta(hours=1)) == ()
    assert repository.due_for_recheck(now=NOW + 2 * DAY, slugs=("other",)) == ()
    assert len(repository.due_for_recheck(now=NOW + 2 * DAY)) == 1
    assert repository.due_for_recheck(now=NOW + 4 * DAY) == ()


def test_times_are_stored_as_utc(repository: Repository, engine: Engine) -> None:
    local = datetime(2026, 3, 4, 1, 0, tzinfo=timezone(timedelta(hours=5)))
    repository.save(relevant(1, published=local), now=NOW)
    [row] = find_articles(engine, Filter()).rows
    assert row.published == local
    assert row.published is not None
    assert row.published.tzinfo is UTC
    with reading(engine) as connection:
        stored = connection.execute(text("SELECT published FROM articles")).scalar_one()
    moment = datetime(2026, 3, 3, 20, tzinfo=UTC)
    assert stored in (moment, "2026-03-03 20:00:00.000000")
    with pytest.raises(StorageError, match="without a zone"):
        repository.start_run(command="crawl", now=datetime(2026, 3, 4))  # noqa: DTZ001 - the mistake itself


@pytest.mark.parametrize(
    "odd",
    [
        "a NUL \x00 here",
        "half a pair \ud83d here, and \udc00 there",
        "e\u0301 ﷺ 👩‍👩‍👧‍👦 \u202e right to left \u202c \x1b[31m " * 300,
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 " * 2_000,
    ],
)
def test_text_that_no_database_takes_keeps_its_length(
    repository: Repository, engine: Engine, odd: str
) -> None:
    body = f"{odd} {SENTENCE}"
    told = article(1, body=body, title=f"Odd \x00{odd[:9]}")
    outcome = relevant(1, record(told.text), body=body, title=told.title)
    saved = repository.save(outcome, now=NOW)
    assert saved.article_id is not None
    stored = read_article(engine, saved.article_id)
    [row] = records_of(engine, saved.article_id)
    assert stored is not None
    assert len(stored.text) == len(told.text)
    assert "\x00" not in stored.text
    evidence = row.record.evidence
    assert stored.text[evidence.start : evidence.end] == evidence.text == SENTENCE
    assert repository.save(outcome, now=NOW).revised is False
    strange = replace(record(told.text), place=odd[:20], evidence=Span(start=0, end=9, text=told.text[:9]))
    repository.save(relevant(1, strange, body=body, title=told.title), now=NOW)
    assert find_articles(engine, Filter(query="nationals cocaine")).total == 1


def test_fifty_ordinary_pages_are_saved_in_milliseconds(repository: Repository) -> None:
    entries = [entry(number) for number in range(500)]
    repository.save_feed(None, fetch(), entries, now=NOW)
    batches = [range(start, start + 50) for start in range(0, 500, 50)]
    taken = []
    for batch in batches:
        outcomes = [irrelevant(number, body="An ordinary day. " * 200) for number in batch]
        begun = time.perf_counter()
        repository.save_all(outcomes, now=NOW, entries=[entries[number] for number in batch])
        taken.append(time.perf_counter() - begun)
    # About 3 ms where it was written; the limit allows for a slow and busy machine.
    assert min(taken) < 0.05
