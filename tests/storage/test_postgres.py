"""What is PostgreSQL's own: many at once, connections that only read, locks of the server, plain words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.engine import make_url

from pipeline.errors import (
    StorageBusyError,
    StorageCorruptError,
    StorageError,
    StorageNewerError,
    StorageReadOnlyError,
)
from storage import tables as t
from storage.cases import find_cases
from storage.checking import check_database, search_faults
from storage.engine import open_database, reading, writing
from storage.forget import forget
from storage.forget_plan import find_match
from storage.outbox import Outbox
from storage.overview import coverage, totals
from storage.queries import find_articles
from storage.repository import Repository
from storage.server_locks import SCHEDULE, ServerLock
from storage.upkeep import backup_database, restore_database
from storage.values import Filter
from tests.databases import database, server
from tests.storage.builders import NOW, irrelevant, rejected, relevant


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with database("postgresql", tmp_path) as address:
        yield address


def at_once(*work: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(work)) as pool:
        return [each.result(300) for each in [pool.submit(one) for one in work]]


def test_several_crawlers_save_at_once(url: str) -> None:
    """Four of them, each with its own connections, find the same addresses and the same cases."""
    engines = [open_database(url, busy_seconds=300) for _ in range(4)]
    outcomes = [relevant(n) if n % 3 == 0 else irrelevant(n) for n in range(30)]

    def crawl(engine: Engine, first: int) -> None:
        repository = Repository(engine)
        for step in range(0, 30, 5):
            start = (first * 10 + step) % 30
            repository.save_all(outcomes[start : start + 5], now=NOW)

    at_once(*(lambda each=each, n=n: crawl(each, n) for n, each in enumerate(engines)))
    found = totals(engines[0])
    assert (found.articles, found.records) == (10, 10)
    assert found.outcomes == {"relevant": 10, "irrelevant": 20}
    [day] = coverage(engines[0])
    assert (day.seen, day.read, day.relevant) == (30, 30, 10)
    # Ten outlets' copies of one story are one case, whoever saved them.
    assert len(find_cases(engines[0], Filter()).rows) == 1
    with reading(engines[0]) as connection:
        places = connection.execute(select(t.Article.seq)).scalars().all()
    assert len(set(places)) == len(places)
    for engine in engines:
        engine.dispose()


def message(number: int) -> dict[str, Any]:
    return {
        "rule_id": None, "first_id": None, "sort": "notice", "channel": "mail", "window": "", "hits": 0,
        "recipient": f"a{number}@example.org", "message_id": f"<{number}@example>", "subject": "s",
        "content": b"c", "state": "pending", "created": NOW, "due": NOW, "tries": 0, "doubts": 0,
        "detail": "",
    }  # fmt: skip


def test_senders_take_different_messages_and_wait_for_nobody(url: str) -> None:
    engine = open_database(url, busy_seconds=2)
    with writing(engine) as connection:
        connection.execute(insert(t.OutboxMessage), [message(number) for number in range(12)])
    until = NOW + timedelta(minutes=5)

    def send(worker: str) -> list[int]:
        mine = []
        outbox = Outbox(open_database(url, busy_seconds=2))
        while (leased := outbox.lease(worker, now=NOW, until=until, channels=("mail",))) is not None:
            assert outbox.hand(leased.id, worker, now=NOW)
            assert outbox.sent(leased.id, worker, now=NOW)
            mine.append(leased.id)
        outbox.engine.dispose()
        return mine

    # Somebody saves pages for longer than they would wait for it.
    with writing(engine) as connection:
        connection.execute(text("SELECT 1"))
        taken = at_once(*(lambda each=each: send(f"w{each}") for each in range(4)))
    assert sorted(number for mine in taken for number in mine) == list(range(1, 13))
    engine.dispose()


def test_a_writer_that_waits_too_long_says_so(url: str) -> None:
    engine, other = open_database(url), open_database(url, busy_seconds=0.2)
    with writing(engine), pytest.raises(StorageBusyError, match="in use by another process"):
        Repository(other).save(irrelevant(1), now=NOW)
    # Readers do not wait.
    with writing(engine):
        assert totals(other).articles == 0
    Repository(other).save(irrelevant(1), now=NOW)
    engine.dispose()
    other.dispose()


def test_what_is_read_is_of_one_moment(url: str) -> None:
    engine = open_database(url)
    with reading(engine) as connection:
        before = connection.execute(select(func.count()).select_from(t.Page)).scalar_one()
        Repository(engine).save(rejected(1), now=NOW)
        assert connection.execute(select(func.count()).select_from(t.Page)).scalar_one() == before
    engine.dispose()


def test_lists_are_planned_for_the_words_that_are_asked_for(url: str) -> None:
    """A plan for any word goes through all texts for a rare one."""
    engine = open_database(url)
    mode = text("SHOW plan_cache_mode")
    with reading(engine) as connection:
        assert connection.execute(mode).scalar() == "force_custom_plan"
    for alone in (True, False):
        with writing(engine, alone=alone) as connection:
            assert connection.execute(mode).scalar() == "auto"
    with reading(engine) as connection:
        assert connection.execute(mode).scalar() == "force_custom_plan"
    engine.dispose()


def test_a_connection_for_reading_writes_nothing(url: str) -> None:
    engine = open_database(url, read_only=True)
    assert find_articles(engine, Filter()).total == 0
    with pytest.raises(StorageReadOnlyError, match="for reading only"):
        Repository(engine).save(irrelevant(1), now=NOW)
    engine.dispose()


def test_a_user_who_may_only_read(url: str) -> None:
    owner = open_database(url)
    Repository(owner).save(relevant(1), now=NOW)
    name = f"reader_{make_url(url).database}"
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN")
        connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
    reader = make_url(url).set(username=name).render_as_string(hide_password=False)
    engine = open_database(reader, read_only=True)
    assert find_articles(engine, Filter(query="lima")).total == 1
    engine.dispose()
    writer = open_database(reader)
    with pytest.raises(StorageReadOnlyError, match="lacks the right"):
        Repository(writer).save(relevant(2), now=NOW)
    writer.dispose()
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {name}")
        connection.exec_driver_sql(f"DROP ROLE {name}")
    owner.dispose()


def test_locks_are_shared_or_alone_and_name_their_holder(url: str) -> None:
    def lock() -> ServerLock:
        return ServerLock(url, SCHEDULE)

    assert lock().free()
    with lock() as one, lock() as two, lock() as alone:
        assert one.take(shared=True)
        assert two.take(shared=True)
        assert not alone.take()
        assert not lock().free()
    with lock() as alone, lock() as other:
        assert alone.take()
        assert alone.still()
        assert not other.take(shared=True)
        assert " on " in (lock().holder() or "")
        ended = select(func.pg_terminate_backend(text("pid"))).select_from(text("pg_stat_activity"))
        engine = open_database(url)
        with engine.connect() as connection:
            connection.execute(ended.where(text("application_name LIKE '% on %'"))).all()
        engine.dispose()
        # It ended with its connection; nobody has taken it since.
        assert alone.still()
        assert not other.take()
    assert lock().free()


def test_several_first_commands_at_once() -> None:
    bare = server().make("watch_bare")
    engines = at_once(*(lambda: open_database(bare),) * 4)
    assert {totals(engine).articles for engine in engines} == {0}
    for engine in engines:
        engine.dispose()
    server().drop("watch_bare")


def test_what_cannot_be_used_is_said_without_the_password(url: str) -> None:
    address = make_url(url)
    wrong = {
        "is not there; make it with": address.set(database="nowhere", password="hunter2"),
        "cannot be reached": address.set(query={"host": "/nowhere"}, password="hunter2"),
        "refuses the user": None,
    }
    for words, given in wrong.items():
        if given is None:
            continue
        with pytest.raises(StorageError, match=words) as caught:
            open_database(given.render_as_string(hide_password=False))
        assert "hunter2" not in str(caught.value) + caught.value.key
    parameter = address.update_query_dict({"password": "hunter2"}).set(database="nowhere")
    with pytest.raises(StorageError) as caught:
        open_database(parameter.render_as_string(hide_password=False))
    assert "hunter2" not in str(caught.value) + caught.value.key


def test_other_versions_and_other_programs(url: str) -> None:
    engine = open_database(url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageNewerError, match="later version"):
        open_database(url)
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(StorageCorruptError, match="another program"):
        open_database(url)
    engine.dispose()
    odd = server().url("watch_latin")
    server().ask("CREATE DATABASE watch_latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(StorageError, match="encoded in LATIN1"):
        open_database(odd)
    server().drop("watch_latin")
    bare = server().make("watch_old")
    with pytest.raises(StorageReadOnlyError, match="must be upgraded"):
        open_database(bare, read_only=True)
    server().drop("watch_old")


def test_it_is_looked_over(url: str) -> None:
    engine = open_database(url)
    Repository(engine).save(relevant(1), now=NOW)
    assert check_database(url).sound
    with writing(engine) as connection:
        connection.execute(text("UPDATE articles_fts SET words = ''"))
    assert search_faults(engine) == ("the search index does not say what the articles say",)
    assert not check_database(url).sound
    with writing(engine) as connection:
        connection.execute(text("UPDATE articles SET title = title"))
        connection.execute(text("DROP INDEX ix_articles_seq"))
    assert check_database(url).drift == ("missing index: ix_articles_seq",)
    engine.dispose()


def test_a_copy_is_made_and_how_to_take_it_back_is_said(url: str, tmp_path: Path) -> None:
    engine = open_database(url)
    Repository(engine).save(relevant(1), now=NOW)
    engine.dispose()
    target = tmp_path / "watch.dump"
    assert backup_database(url, target) == target.stat().st_size > 1_000
    assert target.read_bytes()[:5] == b"PGDMP"
    with pytest.raises(StorageError, match="never replaces"):
        backup_database(url, target)
    with pytest.raises(StorageError, match=r"pg_restore .*watch\.dump") as caught:
        restore_database(url, target, now=NOW)
    assert "createdb" in str(caught.value)
    assert list(tmp_path.glob("*.part")) == []


def test_words_have_their_forms_in_the_language_of_the_article(url: str) -> None:
    engine = open_database(url)
    repository = Repository(engine)
    repository.save(
        relevant(1, title="Detenidas", body="Fueron detenidas en Bogotá.", language="es"), now=NOW
    )
    repository.save(
        relevant(2, title="Held", body="Smugglers were arrested; and/or held.", language="en"), now=NOW
    )
    repository.save(relevant(3, title="Привет", body="Задержанные в Москве", language="pt"), now=NOW)

    def found(query: str) -> set[int]:
        return {row.id for row in find_articles(engine, Filter(query=query)).rows}

    assert found("detenido") == {1}
    assert found("bogota") == found("BOGOTÁ") == {1}
    assert found("arresting smuggler") == {2}
    assert found('"arresting"') == set()
    assert found("were") == found("or") == {2}  # no word is left out for being frequent
    assert found("москве") == {3}
    assert found("задержан*") == {3}
    assert found("x" * 1_900) == set()
    # A text beyond what an index entry holds is found by its beginning.
    long = "Detenida " + " ".join(f"palabra{number}" for number in range(90_000))
    repository.save(relevant(4, title="Larga", body=long, language="es"), now=NOW)
    assert found("larga detenidos palabra7") == {4}
    engine.dispose()


def test_threads_share_a_repository(url: str) -> None:
    repository = Repository(open_database(url))
    start = threading.Barrier(6)

    def work(number: int) -> None:
        start.wait()
        repository.save(replace(irrelevant(number)), now=NOW)

    at_once(*(lambda n=n: work(n) for n in range(6)))
    assert totals(repository.engine).outcomes == {"irrelevant": 6}
    repository.engine.dispose()


def test_what_was_forgotten_is_in_no_file_of_the_tables(url: str) -> None:
    engine = open_database(url)
    repository = Repository(engine)
    body = "Two Dutch nationals were arrested in Lima by Inspector Xilbrandt."
    repository.save(relevant(1, body=body), now=NOW)
    with reading(engine) as connection:
        files = text("SELECT pg_relation_filepath(c.oid) FROM pg_class c WHERE relkind IN ('r', 't', 'i')")
        paths = [server().folder / "data" / name for name in connection.execute(files).scalars() if name]

    def bytes_of_tables() -> bytes:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("CHECKPOINT")
        folder = paths[0].parent
        return b"".join(each.read_bytes() for each in folder.iterdir()).lower()

    assert b"xilbrandt" in bytes_of_tables()
    done = forget(engine, find_match(engine, "Xilbrandt"), now=NOW)
    assert done.left == ""
    assert b"xilbrandt" not in bytes_of_tables()
    engine.dispose()
