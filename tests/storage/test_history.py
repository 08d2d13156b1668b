"""What stood when: records, cases and coverage through edits, new readings, merges and splits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from pipeline.vocabulary import Drug, Stage
from storage import tables as t
from storage.engine import integrity_faults, open_database, reading
from storage.repository import Repository
from storage.retention import run_retention
from tests.storage.builders import NOW, SENTENCE, article, irrelevant, record, relevant

DAY = timedelta(days=1)


def history(engine: Engine, table: Any = t.RecordHistory) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(select(table.__table__).order_by(table.id)))


def spans(engine: Engine, *names: str, table: Any = t.RecordHistory) -> list[tuple[Any, ...]]:
    """The named values of each row, and the days since NOW on which it began and ended."""
    return [
        (
            *(getattr(row, name) for name in names),
            (row.valid_from - NOW).days,
            (row.valid_to - NOW).days if row.valid_to else None,
        )
        for row in history(engine, table)
    ]


def test_an_edit_ends_a_value_and_begins_another(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1), now=NOW)
    edited = SENTENCE.replace("Two", "Three")
    told = article(1, edited)
    repository.save(relevant(1, record(told.text, edited, count=3), body=edited), now=NOW + DAY)
    repository.save(relevant(1, record(told.text, edited, count=3), body=edited), now=NOW + 2 * DAY)
    assert spans(engine, "record_id", "case_id", "count", "drugs") == [
        (1, 1, 2, "cocaine", 0, 1),
        (1, 1, 3, "cocaine", 1, None),
    ]
    assert spans(engine, "case_id", "count", "stage", table=t.CaseHistory) == [
        (1, 2, "arrested", 0, 1),
        (1, 3, "arrested", 1, None),
    ]


def test_a_new_reading_withdraws_and_brings_back(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1), now=NOW)
    repository.save_reading(1, irrelevant(1, SENTENCE), now=NOW + DAY)
    repository.save_reading(1, relevant(1), now=NOW + 2 * DAY)
    assert spans(engine, "record_id", "count") == [(1, 2, 0, 1), (2, 2, 2, None)]
    assert [row[-2:] for row in spans(engine, table=t.CaseHistory)] == [(0, 1), (2, None)]


def test_what_shifts_and_means_the_same_is_no_revision(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1, record(confidence=0.9)), now=NOW)
    repository.save_reading(1, relevant(1, record(confidence=0.7)), now=NOW + DAY)
    assert spans(engine, "confidence") == [(0.7, 0, None)]


def test_drugs_and_stage_are_values_too(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1), now=NOW)
    both = (Drug.COCAINE, Drug.HEROIN)
    repository.save_reading(1, relevant(1, record(drugs=both, stage=Stage.CONVICTED)), now=NOW + DAY)
    assert spans(engine, "drugs", "stage") == [
        ("cocaine", "arrested", 0, 1),
        ("cocaine,heroin", "convicted", 1, None),
    ]


def test_what_changes_twice_at_one_moment_stood_once(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1), now=NOW)
    repository.save_reading(1, relevant(1, record(count=5)), now=NOW)
    repository.save_reading(1, relevant(1, record(count=6)), now=NOW - DAY)  # the clock was set back
    assert spans(engine, "count") == [(6, 0, None)]
    repository.save_reading(1, irrelevant(1, SENTENCE), now=NOW)
    assert spans(engine, "count") == []
    assert spans(engine, table=t.CaseHistory) == []


def test_a_merge_and_a_split_are_noted(repository: Repository, engine: Engine) -> None:
    other = record(nationality="GB", country="TH", count=7)
    repository.save_all([relevant(1), relevant(2, other)], now=NOW)
    assert repository.merge_cases(1, 2, now=NOW + DAY) == 1
    assert spans(engine, "record_id", "case_id") == [(1, 1, 0, None), (2, 2, 0, 1), (2, 1, 1, None)]
    assert spans(engine, "case_id", "count", "merged_into", table=t.CaseHistory) == [
        (1, 2, None, 0, 1),
        (2, 7, 1, 0, 1),
        (1, 9, None, 1, None),
    ]
    new = repository.split_case(1, [2], now=NOW + 2 * DAY)
    assert spans(engine, "record_id", "case_id")[-2:] == [(2, 1, 1, 2), (2, new, 2, None)]
    standing = [row[:2] for row in spans(engine, "case_id", "count", table=t.CaseHistory) if row[-1] is None]
    assert sorted(standing) == [(1, 2), (new, 7)]


def test_a_split_is_noted_when_the_texts_are_gone(repository: Repository, engine: Engine) -> None:
    repository.save_all([relevant(1), relevant(2, record(nationality="GB", country="TH", count=7))], now=NOW)
    repository.merge_cases(1, 2, now=NOW + DAY)
    run_retention(engine, text_days=1, now=NOW + 9 * DAY)
    new = repository.split_case(1, [2], now=NOW + 10 * DAY)
    assert spans(engine, "record_id", "case_id")[-2:] == [(2, 1, 1, 10), (2, new, 10, None)]


def test_the_open_rows_are_what_is_stored(repository: Repository, engine: Engine) -> None:
    """After many changes the history's present is the database's present."""
    for number in range(1, 6):
        repository.save(relevant(number, record(count=number)), now=NOW + number * DAY)
    repository.save_reading(2, irrelevant(2, SENTENCE), now=NOW + 10 * DAY)
    repository.save_reading(3, relevant(3, record(count=3), record(nationality="ES")), now=NOW + 11 * DAY)
    with reading(engine) as connection:
        stored = connection.execute(
            select(t.Record.id, t.Record.nationality, t.Record.count, t.CaseReport.case_id)
            .join(t.CaseRecord, t.CaseRecord.record_id == t.Record.id, isouter=True)
            .join(t.CaseReport, t.CaseReport.id == t.CaseRecord.report_id, isouter=True)
        ).all()
        cases = connection.execute(
            select(t.Case.id, t.Case.count, t.Case.stage).where(t.Case.reports > 0)
        ).all()
    names = ("record_id", "nationality", "count", "case_id")
    assert {row[:-2] for row in spans(engine, *names) if row[-1] is None} == set(map(tuple, stored))
    names = ("case_id", "count", "stage")
    present = {row[:-2] for row in spans(engine, *names, table=t.CaseHistory) if row[-1] is None}
    assert present == set(map(tuple, cases))


def test_coverage_is_noted_by_the_day(repository: Repository, engine: Engine) -> None:
    repository.save_all([relevant(1), irrelevant(2)], now=NOW)
    repository.save(irrelevant(3), now=NOW + timedelta(hours=1))
    repository.save_reading(1, irrelevant(1, SENTENCE), now=NOW + DAY)
    with reading(engine) as connection:
        found = connection.execute(
            select(t.CoverageHistory.__table__).order_by(t.CoverageHistory.noted)
        ).all()
    today = NOW.date()
    assert [tuple(row) for row in found] == [
        ("outlet", today, today, 3, 3, 1),
        ("outlet", today, today + DAY, 3, 3, 0),
    ]


def test_forgetting_an_article_forgets_its_history(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1), now=NOW)
    repository.save_reading(1, relevant(1, record(count=5)), now=NOW + DAY)
    with engine.begin() as connection:
        connection.execute(t.Article.__table__.delete())
    assert history(engine) == []


@pytest.fixture
def before_history(path: Path, repository: Repository, engine: Engine) -> Iterator[Engine]:
    """A database whose history was only now begun: the migration's own statements, on filled tables."""
    repository.save_all([relevant(1), relevant(2, record(nationality="ES")), irrelevant(3)], now=NOW)
    repository.save_reading(1, relevant(1, record(drugs=(Drug.HEROIN, Drug.COCAINE))), now=NOW + DAY)
    engine.dispose()
    module = import_module("storage.migrations.versions.0006_history")
    with sqlite3.connect(path) as connection:
        for table in ("record_history", "case_history", "coverage_history"):
            connection.execute(f"DELETE FROM {table}")
        for statement in module.BEGIN:
            connection.execute(statement)
    connection.close()
    engine = open_database(f"sqlite:///{path}")
    yield engine
    assert integrity_faults(engine) == ()
    engine.dispose()


def test_the_migration_begins_with_what_stands(before_history: Engine) -> None:
    engine = before_history
    assert spans(engine, "record_id", "nationality", "drugs") == [
        (1, "NL", "cocaine,heroin", 1, None),
        (2, "ES", "cocaine", 0, None),
    ]
    assert all(row.valid_from.tzinfo is UTC for row in history(engine))
    assert {row[0] for row in spans(engine, "case_id", table=t.CaseHistory)} == {
        row.case_id for row in history(engine)
    }
    with reading(engine) as connection:
        noted = connection.execute(select(t.CoverageHistory.__table__)).all()
    assert [tuple(row)[:3] for row in noted] == [("outlet", date(2026, 3, 4), date(2026, 3, 4))]
    # The next reading finds nothing to note.
    rows = history(engine)
    Repository(engine).save_reading(
        2, relevant(2, record(nationality="ES")), now=datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert history(engine) == rows
