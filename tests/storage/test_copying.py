"""A database copied to another, both ways: nothing is lost, and a copy that was stopped goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from pipeline.errors import StorageError
from pipeline.vocabulary import Stage
from storage import copying
from storage import tables as t
from storage.cases import find_cases
from storage.checking import search_faults
from storage.copying import checksum, copy_database, plain_tables
from storage.engine import integrity_faults, open_database, reading, writing
from storage.queries import find_articles
from storage.repository import Repository
from storage.values import Filter
from tests.databases import database
from tests.storage.builders import NOW, entry, fetch, irrelevant, record, rejected, relevant

DAY = timedelta(days=1)


@pytest.fixture
def other(kind: str, tmp_path: Path) -> Iterator[str]:
    """A database of the other kind."""
    (tmp_path / "other").mkdir()
    with database({"sqlite": "postgresql", "postgresql": "sqlite"}[kind], tmp_path / "other") as address:
        yield address


@pytest.fixture
def filled(repository: Repository) -> Repository:
    """Articles with revisions, cases of several reports, a merged one, a feed, numbers that are gone."""
    repository.save_feed(None, fetch(), [entry(90), entry(91)], now=NOW)
    names = {"title": "Ñandú 'quoted' \u2028 \U0001f9ed"}
    repository.save_all([relevant(n) for n in range(1, 8)], now=NOW)
    repository.save_all([irrelevant(20), rejected(21), relevant(8, **names)], now=NOW)
    two = record(nationality="GB", country="TH", stage=Stage.CONVICTED, quantity_kg=0.1 + 0.2)
    repository.save(relevant(9, two, body="A Briton was sentenced in Bangkok."), now=NOW)
    three = record(nationality="FR", country="BR", count=None, quantity_kg=None)
    repository.save(relevant(10, three, body="A Frenchman is held in Belém."), now=NOW + DAY)
    repository.save(relevant(1, body="Three Dutch nationals were arrested in Lima."), now=NOW + DAY)
    cases = [case.id for case in find_cases(repository.engine, Filter()).rows]
    # The one with the smaller number ends in the other.
    repository.merge_cases(max(cases), min(cases), now=NOW + DAY)
    with writing(repository.engine) as connection:
        given = {"source": "x", "at": NOW, "kind": "k", "state": None, "detail": ""}
        number = connection.execute(
            insert(t.HealthEventRow).values(key="gone", told=None, **given).returning(t.HealthEventRow.id)
        ).scalar_one()
        connection.execute(text("DELETE FROM health_events WHERE id = :id"), {"id": number})
    return repository


def sums(url: str) -> dict[str, Any]:
    engine = open_database(url, read_only=True)
    with reading(engine) as connection:
        found = {table.name: checksum(connection, table) for table in plain_tables()}
    engine.dispose()
    return found


def test_there_and_back(filled: Repository, url: str, other: str, tmp_path: Path, kind: str) -> None:
    copied = copy_database(url, other)
    assert {each.table: (each.rows, each.checksum) for each in copied} == sums(url) == sums(other)
    assert sum(each.rows for each in copied) > 100
    (tmp_path / "third").mkdir()
    with database(kind, tmp_path / "third") as third:
        copy_database(other, third)
        assert sums(third) == sums(url)


def test_the_copy_goes_on_as_the_first_would(filled: Repository, url: str, other: str) -> None:
    copy_database(url, other)
    engine = open_database(other)
    copy = Repository(engine)
    assert integrity_faults(engine) == search_faults(engine) == ()
    wanted = Filter(query="lima")
    assert find_articles(engine, wanted) == find_articles(filled.engine, wanted)
    assert find_cases(engine, Filter()) == find_cases(filled.engine, Filter())
    later = [relevant(n) for n in (11, 12)]
    assert copy.save_all(later, now=NOW + 2 * DAY) == filled.save_all(later, now=NOW + 2 * DAY)
    given = {"source": "x", "at": NOW, "kind": "k", "state": None, "detail": ""}
    numbers = []
    for each in (filled.engine, engine):
        with writing(each) as connection:
            statement = insert(t.HealthEventRow).values(key="new", told=None, **given)
            numbers.append(connection.execute(statement.returning(t.HealthEventRow.id)).scalar_one())
    assert numbers == [2, 2]  # the number of the row that is gone is not given again
    engine.dispose()


def test_a_copy_that_is_stopped_goes_on(
    filled: Repository, url: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "BATCH", 3)

    class Stopped(Exception):
        pass

    told = []

    def stop(table: str, done: int, total: int) -> None:
        told.append((table, done))
        if len(told) == 5:
            raise Stopped

    with pytest.raises(Stopped):
        copy_database(url, other, tell=stop)
    with pytest.raises(StorageError, match=r"is not finished.*goes on with it"):
        open_database(other)
    # What was copied already changes meanwhile.
    with writing(filled.engine) as connection:
        connection.execute(update(t.Article).where(t.Article.id == 2).values(title="Corrected"))
        connection.execute(text("DELETE FROM articles WHERE id = 1"))
    again: list[tuple[str, int]] = []
    copy_database(url, other, tell=lambda table, done, total: again.append((table, done)))
    assert not set(told) & set(again)
    assert sums(url) == sums(other)
    engine = open_database(other)
    with reading(engine) as connection:
        assert connection.execute(select(t.Article.title).where(t.Article.id == 2)).scalar() == "Corrected"
    assert search_faults(engine) == ()
    engine.dispose()


def test_it_never_replaces_what_is_there(filled: Repository, url: str, other: str) -> None:
    engine = open_database(other)
    Repository(engine).save(relevant(1), now=NOW)
    engine.dispose()
    before = sums(other)
    with pytest.raises(StorageError, match="is not empty"):
        copy_database(url, other)
    with pytest.raises(StorageError, match="into itself"):
        copy_database(url, url)
    assert sums(other) == before
