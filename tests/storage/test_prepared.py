"""Statements that are asked of the driver: values and rows as SQLAlchemy would give them, errors of ours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, bindparam, event, func, select, text

from pipeline.errors import StorageBusyError
from storage import tables as t
from storage.dialects import listed
from storage.engine import is_postgres, reading, writing
from storage.prepared import Prepared, adding, same
from storage.repository import Repository
from tests.storage.builders import NOW, irrelevant, record, relevant

ODD = [
    "https://a.example/ü?x='1'&y=\"2\"",
    "back\\slash",
    "{curly}",
    "a,b",
    "\U0001f600",
    "%s %(name)s ?",
    "",
]
PAGES = same(select(t.Page.__table__).order_by(t.Page.id))


def test_rows_are_those_of_sqlalchemy(engine: Engine, repository: Repository) -> None:
    repository.save_all(
        [irrelevant(1), relevant(2, record()), relevant(3, record(), published=None)], now=NOW
    )
    for table in (t.Page, t.Article, t.Record, t.CaseCount, t.Coverage, t.RecordHistory):
        query = select(table.__table__)
        with reading(engine) as connection:
            mine = [row._asdict() for row in same(query).all(connection)]
            theirs = [dict(row) for row in connection.execute(query).mappings()]
        assert mine == theirs
        assert mine


def test_values_are_turned_by_their_types(engine: Engine) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    values = {
        "url": "https://a.example/", "given_url": None, "final_url": None, "source": "a", "title": ODD[0],
        "summary": None, "published": elsewhere, "day": date(2026, 3, 4), "first_seen": NOW, "checked": None,
        "outcome": "pending", "detail": "", "tries": 2**40, "open": True, "run_id": None, "article_id": None,
    }  # fmt: skip
    with writing(engine) as connection:
        number = adding(t.Page, returning="id").scalar(connection, values)
        (row,) = PAGES.all(connection)
        (theirs,) = connection.execute(select(t.Page.__table__)).all()
    assert row._asdict() == {"id": number, **values} == theirs._asdict()
    assert (row.published.tzinfo, row.open) == (UTC, True)
    with writing(engine) as connection, pytest.raises(ValueError, match="without a zone"):
        adding(t.Page).run(connection, values | {"first_seen": datetime(2026, 1, 1)})  # noqa: DTZ001
    with writing(engine) as connection, pytest.raises(KeyError):
        adding(t.Page).run(connection, {"url": "https://b.example/"})


def test_a_list_is_one_value(engine: Engine) -> None:
    values = {"name": ODD[0], "list": "articles", "item_id": 1, "seq": 1}
    names = [f"name {number}" for number in range(2_000)] + ODD

    def named(on: str) -> object:
        keys = listed("names", t.Shown.__table__.c.name, on)
        return select(t.Shown.name).join_from(keys, t.Shown, t.Shown.name == keys.c.value)

    def numbered(on: str) -> object:
        numbers = listed("numbers", t.Shown.__table__.c.seq, on)
        return select(t.Shown.seq).join_from(numbers, t.Shown, t.Shown.seq == numbers.c.value)

    with writing(engine) as connection:
        adding(t.Shown).run_all(
            connection, [values | {"name": name, "seq": place} for place, name in enumerate(names)]
        )
        found = [row.name for row in Prepared(named).all(connection, {"names": [*ODD, "unknown"]})]
        assert sorted(found) == sorted(ODD)
        assert Prepared(named).all(connection, {"names": []}) == []
        found = [row.seq for row in Prepared(numbered).all(connection, {"numbers": range(1_990, 3_000)})]
        assert sorted(found) == list(range(1_990, len(names)))


def test_nothing_is_run_for_no_values(engine: Engine) -> None:
    with writing(engine) as connection:
        adding(t.Page).run_all(connection, [])
        assert PAGES.first(connection) is None
        assert PAGES.scalar(connection) is None


def test_what_fails_takes_its_transaction_with_it(engine: Engine, repository: Repository) -> None:
    repository.save(irrelevant(1), now=NOW)
    add = adding(t.Secret)
    with pytest.raises(Exception, match="secrets"), writing(engine) as connection:  # noqa: PT012
        add.run(connection, {"name": "twice", "value": b"1"})
        add.run(connection, {"name": "twice", "value": b"2"})
    with writing(engine) as connection:
        some = select(func.count()).select_from(t.Secret).where(t.Secret.name == bindparam("name"))
        assert same(some).scalar(connection, {"name": "twice"}) == 0


def test_a_server_that_goes_away(engine: Engine, repository: Repository) -> None:
    """A connection that ends in the midst of a save is given to nobody again."""
    if not is_postgres(engine):
        pytest.skip("SQLite has no server")
    repository.save(irrelevant(1), now=NOW)
    ended = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid != pg_backend_pid()"
    )
    with pytest.raises(StorageBusyError), writing(engine) as connection:  # noqa: PT012
        with engine.connect() as other:
            other.execute(ended)
        PAGES.all(connection)
    assert repository.save(irrelevant(2), now=NOW).new


def test_an_ordinary_page_is_few_statements(engine: Engine, repository: Repository) -> None:
    """What is asked and written for one page that is not relevant, and for fifty."""
    if is_postgres(engine):
        pytest.skip("counted by SQLite")
    repository.save(irrelevant(1), now=NOW)
    told: list[str] = []

    @event.listens_for(engine, "begin")
    def on_begin(connection: object) -> None:
        driver = connection.connection.dbapi_connection  # type: ignore[attr-defined]
        driver.set_trace_callback(told.append)

    engine.dispose()
    repository.save(irrelevant(2), now=NOW)
    assert len([each for each in told if not each.startswith("PRAGMA")]) <= 8, told
    told.clear()
    repository.save_all([irrelevant(number) for number in range(10, 60)], now=NOW + timedelta(hours=1))
    asked = [each for each in told if each.startswith("SELECT")]
    assert len(asked) == 3, asked
    with reading(engine) as connection:
        assert len(PAGES.all(connection)) == 52
