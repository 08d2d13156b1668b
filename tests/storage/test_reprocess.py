"""Stored texts read again: what changes, and what must not."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from pipeline.vocabulary import Rejection, Stage
from storage.overview import coverage, totals
from storage.queries import find_articles, find_records, revisions
from storage.repository import Repository
from storage.values import Filter
from tests.storage.builders import NOW, SENTENCE, irrelevant, record, rejected, relevant

LATER = NOW + timedelta(days=9)


def test_every_stored_text_is_read_again(repository: Repository) -> None:
    repository.save_all([relevant(number) for number in range(5)] + [irrelevant(9)], now=NOW)
    repository.save(irrelevant(2, body=SENTENCE), now=NOW)  # once relevant: its text is there
    texts = list(repository.articles_to_reprocess(batch=2))
    assert [article.title for article in texts] == [f"Story {number}" for number in range(5)]
    assert [article.relevant for article in texts] == [True, True, False, True, True]
    assert {article.outlet_country for article in texts} == {"PE"}


def test_nothing_new_is_no_change(repository: Repository) -> None:
    saved = repository.save(relevant(1), now=NOW)
    assert saved.article_id is not None
    change = repository.save_reading(saved.article_id, relevant(1), now=LATER)
    assert not change.any
    assert (change.was_relevant, change.relevant, change.added, change.failed) == (True, True, (), "")


def test_what_changed_is_told(repository: Repository, engine: Engine) -> None:
    dutch, british = record(), record(nationality="GB")
    saved = repository.save(relevant(1, dutch, british), now=NOW)
    find_records(engine, Filter(reader="ann"))
    find_articles(engine, Filter(reader="ann"))
    ids = {row.record.nationality: row.id for row in find_records(engine, Filter()).rows}
    charged, spanish = record(stage=Stage.CHARGED), record(nationality="ES")
    assert saved.article_id is not None
    change = repository.save_reading(saved.article_id, relevant(1, charged, spanish), now=LATER)
    assert change.any
    assert (change.added, change.removed, change.changed) == ((spanish,), (british,), ((dutch, charged),))
    after = {row.record.nationality: row.id for row in find_records(engine, Filter()).rows}
    assert after["NL"] == ids["NL"]
    assert find_records(engine, Filter(reader="ann")).total == 2
    assert find_articles(engine, Filter(reader="ann")).total == 0


def test_a_verdict_that_turns_and_turns_back(repository: Repository, engine: Engine) -> None:
    saved = repository.save(relevant(1), now=NOW)
    assert saved.article_id is not None
    change = repository.save_reading(saved.article_id, irrelevant(1), now=LATER)
    assert (change.was_relevant, change.relevant, change.removed) == (
        True,
        False,
        (record(relevant(1).article.text),),
    )
    assert totals(engine).outcomes == {"irrelevant": 1}
    assert (coverage(engine)[0].read, coverage(engine)[0].relevant) == (1, 0)
    assert find_articles(engine, Filter()).total == 0
    assert len(list(repository.articles_to_reprocess())) == 1
    back = repository.save_reading(saved.article_id, relevant(1), now=LATER)
    assert (back.was_relevant, back.relevant, len(back.added)) == (False, True, 1)
    assert totals(engine).outcomes == {"relevant": 1}
    assert coverage(engine)[0].relevant == 1
    assert find_articles(engine, Filter(reader="ann")).total == 1


def test_another_cut_of_the_same_page_is_no_edit_of_the_outlet(
    repository: Repository, engine: Engine
) -> None:
    saved = repository.save(relevant(1), now=NOW)
    assert saved.article_id is not None
    repository.save_reading(saved.article_id, relevant(1, body="Cut otherwise, Callao."), now=LATER)
    assert revisions(engine, saved.article_id) == ()
    assert find_articles(engine, Filter(query="callao")).rows[0].revision == 0


def test_what_cannot_be_read_any_more_keeps_what_it_had(repository: Repository, engine: Engine) -> None:
    saved = repository.save(relevant(1), now=NOW)
    assert saved.article_id is not None
    change = repository.save_reading(saved.article_id, rejected(1, Rejection.UNREADABLE), now=LATER)
    assert (change.any, change.failed) == (False, "unreadable")
    assert (find_articles(engine, Filter()).total, find_records(engine, Filter()).total) == (1, 1)
