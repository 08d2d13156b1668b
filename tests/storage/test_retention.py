"""What retention takes away, what it leaves, and that the bytes are gone from the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from pipeline.vocabulary import Rejection, Stage
from storage import tables as t
from storage.cases import find_cases, read_case
from storage.engine import integrity_faults, reading
from storage.overview import coverage, totals
from storage.queries import find_articles, find_records, read_article, revisions
from storage.repository import Repository
from storage.retention import run_retention
from storage.values import Filter
from tests.storage.builders import NOW, entry, fetch, irrelevant, record, rejected, relevant, url

NAME = "Quorven Xilbrandt"
TOLD = f"{NAME}, 34, and another Dutch national were arrested in Lima with 12 kilos of cocaine."
BODY = f"{TOLD}\nThe judge heard {NAME} on Monday. A zwyrqelfish was in the suitcase."
SECRETS = (b"Quorven", b"Xilbrandt", b"zwyrqelfish", b"uorven", b"wyrqelfish")
LATER = NOW + timedelta(days=91)


def old_article(number: int = 1, **fields: object) -> object:
    title = f"{NAME} held in Lima"
    text = f"{title}\n{BODY}"
    return relevant(number, record(text, TOLD), title=title, body=BODY, **fields)


@pytest.fixture
def filled(repository: Repository) -> Repository:
    """One article with a revision, an irrelevant page, a page that waits."""
    repository.save(old_article(), now=NOW)
    repository.save(
        relevant(1, record(BODY, TOLD), title=f"{NAME} held in Lima", body=BODY + " Corrected since."),
        now=NOW,
    )
    repository.save(irrelevant(2, title=f"{NAME} opens a shop"), now=NOW)
    waiting = entry(3, title=f"{NAME} waits", summary=f"What {NAME} said.")
    repository.save_feed(None, fetch(), (waiting,), now=NOW)
    return repository


def file_bytes(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.iterdir() if each.name.startswith(path.name))


def terms_of(path: Path) -> set[str]:
    """Every word of the search index."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, articles_fts, 'row')")
        return {term for (term,) in connection.execute("SELECT term FROM temp.words")}


def test_what_is_left_of_an_article(filled: Repository, path: Path) -> None:
    engine = filled.engine
    assert all(secret in file_bytes(path) for secret in SECRETS[:3])
    before = find_records(engine, Filter()).rows[0]
    done = run_retention(engine, text_days=90, now=LATER)
    assert done.counts == {"articles": 1, "revisions": 1, "pages": 3}
    assert done.left == ""
    [article] = find_articles(engine, Filter()).rows
    assert (article.title, article.url, article.source, article.score) == ("", url(1), "outlet", 0.9)
    [row] = article.records
    assert row.id == before.id
    assert row.record.evidence.text == (
        "[name], 34, and another Dutch national were arrested in Lima with 12 kilos of cocaine."
    )
    assert (row.record.place, row.record.nationality, row.record.count) == ("Lima", "NL", 2)
    assert row.record.evidence.start == before.record.evidence.start
    stored = read_article(engine, url(1))
    assert stored is not None
    assert stored.text == ""
    assert revisions(engine, article.id) == ()
    assert find_articles(engine, Filter(query="zwyrqelfish")).total == 0
    with reading(engine) as connection:
        reasons = connection.execute(select(t.Article.reasons)).scalar_one()
        assert [reason["rule"] for reason in reasons] == ["custody"]
        assert reasons[0]["text"] is None
        [left] = connection.execute(select(t.ReducedArticle.__table__)).all()
        assert len(left.title_hash) == 40
        [logged] = connection.execute(select(t.Erasure.__table__)).all()
        assert (logged.how, logged.counts) == ("retention", done.counts)


def test_no_byte_of_it_is_left_in_the_file_or_its_log(filled: Repository, path: Path) -> None:
    run_retention(filled.engine, text_days=90, now=LATER)
    content = file_bytes(path)
    assert [secret for secret in SECRETS if secret.lower() in content.lower()] == []
    assert not {"quorven", "xilbrandt", "zwyrqelfish"} & terms_of(path)
    assert integrity_faults(filled.engine) == ()


def test_younger_texts_stay_and_a_second_run_changes_nothing(filled: Repository) -> None:
    filled.save(relevant(9), now=LATER - timedelta(days=3))
    run_retention(filled.engine, text_days=90, now=LATER)
    assert run_retention(filled.engine, text_days=90, now=LATER).counts == {}
    young = read_article(filled.engine, url(9))
    assert young is not None
    assert young.title == "Story 9"
    assert find_articles(filled.engine, Filter(query="cocaine")).total == 1
    with reading(filled.engine) as connection:
        assert len(connection.execute(select(t.Erasure.id)).all()) == 1


def test_a_dry_run_counts_the_same_and_changes_nothing(filled: Repository) -> None:
    counted = run_retention(filled.engine, text_days=90, now=LATER, dry_run=True)
    assert find_articles(filled.engine, Filter()).rows[0].title == f"{NAME} held in Lima"
    assert run_retention(filled.engine, text_days=90, now=LATER).counts == counted.counts


def test_nothing_goes_where_texts_are_kept_for_ever(filled: Repository) -> None:
    assert run_retention(filled.engine, text_days=0, now=LATER).before is None
    assert run_retention(filled.engine, text_days=3650, now=LATER).counts == {}


def test_coverage_and_numbers_of_records_do_not_change(filled: Repository) -> None:
    held = coverage(filled.engine), totals(filled.engine)
    run_retention(filled.engine, text_days=90, now=LATER)
    assert (coverage(filled.engine), totals(filled.engine)) == held


def test_a_reduced_article_stays_so_whatever_comes(filled: Repository, path: Path) -> None:
    run_retention(filled.engine, text_days=90, now=LATER)
    again = filled.save(old_article(), now=LATER)
    assert (again.outcome, again.new, again.revised) == ("relevant", False, False)
    filled.save(irrelevant(1, title=NAME), now=LATER)
    filled.save(rejected(1, Rejection.GONE), now=LATER)
    assert read_article(filled.engine, url(1)).text == ""  # type: ignore[union-attr]
    assert list(filled.articles_to_reprocess()) == []
    assert find_records(filled.engine, Filter()).total == 1
    with reading(filled.engine) as connection:
        assert set(
            connection.execute(select(t.Page.title).where(t.Page.article_id.is_not(None))).scalars()
        ) == {""}
    run_retention(filled.engine, text_days=90, now=LATER + timedelta(days=91))
    assert b"Quorven" not in file_bytes(path)


def test_history_for_exports_is_masked_too(filled: Repository) -> None:
    filled.save(
        relevant(
            1,
            record(BODY, TOLD, stage=Stage.CONVICTED),
            title=f"{NAME} held in Lima",
            body=BODY + " Convicted since.",
        ),
        now=NOW + timedelta(days=2),
    )
    run_retention(filled.engine, text_days=90, now=LATER)
    with reading(filled.engine) as connection:
        told = connection.execute(select(t.RecordHistory.evidence)).scalars().all()
    assert len(told) == 2
    assert not any("Xilbrandt" in each for each in told)


def test_people_may_still_split_a_case_of_reduced_articles(repository: Repository) -> None:
    body = f"{TOLD}\nFive Chinese nationals were arrested with them in the same house in Lima."
    five = record(body, "Five Chinese nationals were arrested with them in the same house in Lima.")
    five = type(five)(
        **{**{name: getattr(five, name) for name in five.__slots__}, "nationality": "CN", "count": 5}
    )
    repository.save(relevant(1, record(body, TOLD), five, body=body), now=NOW)
    engine = repository.engine
    [case] = find_cases(engine, Filter()).rows
    assert case.sums.people == {"NL": 2, "CN": 5}
    run_retention(engine, text_days=90, now=LATER)
    chinese = next(each.id for each in find_records(engine, Filter()).rows if each.record.nationality == "CN")
    new = repository.split_case(case.id, [chinese], now=LATER)
    assert read_case(engine, new).sums.people == {"CN": 5}
    assert read_case(engine, case.id).sums.people == {"NL": 2}
    assert repository.merge_cases(case.id, new, now=LATER) == case.id
    assert read_case(engine, case.id).sums.people == {"NL": 2, "CN": 5}


def test_it_is_interrupted_and_carries_on(filled: Repository, engine: Engine) -> None:
    for number in range(20, 30):
        filled.save(old_article(number), now=NOW)
    with reading(engine) as connection:  # a reader holds the log while retention runs
        connection.execute(select(t.Article.id)).all()
        done = run_retention(engine, text_days=90, now=LATER)
    assert done.counts["articles"] == 11
    # PostgreSQL has no log that a reader would hold.
    assert ("log could not be emptied" in done.left) is (engine.dialect.name == "sqlite")
