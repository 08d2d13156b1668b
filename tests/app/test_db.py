"""``db backup``, ``restore`` and ``check``, on databases that are in use, damaged, old and of others."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from app.locks import crawl_lock
from storage.checking import schema_drift
from storage.engine import HEAD, open_database
from storage.repository import Repository
from storage.upkeep import backup_database
from tests.app.conftest import ROOT, Command
from tests.databases import database
from tests.storage.builders import NOW, relevant


def count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM articles").fetchone()[0])


def test_a_copy_is_taken_and_taken_back(run: Command, filled: Path, home: Path) -> None:
    copy = home / "copy.sqlite3"
    ran = run("db", "backup", copy)
    assert (ran.code, ran.out) == (0, "")
    assert str(copy) in ran.err
    assert [path.name for path in home.glob("copy*")] == ["copy.sqlite3"]  # no log beside it
    assert count(copy) == count(filled) == 4
    twice = run("db", "backup", copy)
    assert (twice.code, "exists already" in twice.err) == (1, True)

    engine = open_database(f"sqlite:///{filled}")
    Repository(engine).save(relevant(77), now=NOW)
    engine.dispose()
    assert run("articles", "--json").json["total"] == 5
    ran = run("db", "restore", copy)
    assert ran.code == 0, ran.err
    assert "What was there is now" in ran.err
    assert run("articles", "--json").json["total"] == 4
    (aside,) = home.glob("watch.sqlite3.before-*Z")
    assert count(aside) == 5
    assert run("db", "check").out == f"{filled}: sound (tables of version {HEAD})\n"
    assert run("db", "backup", home).code == 0  # a folder: named by the time
    assert len(list(home.glob("detainee-watch-*Z.sqlite3"))) == 1


WRITER = """
import sys
from storage.engine import open_database
from storage.repository import Repository
from tests.storage.builders import NOW, relevant

repository = Repository(open_database(sys.argv[1]))
print("ready", flush=True)
for start in range(0, 100_000, 5):
    repository.save_all([relevant(number) for number in range(start, start + 5)], now=NOW)
"""


def test_a_copy_while_another_process_writes_is_of_one_moment(home: Path) -> None:
    url = f"sqlite:///{home}/watch.sqlite3"
    open_database(url).dispose()
    with subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, cwd=ROOT) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            counts: list[int] = []
            deadline = time.monotonic() + 60
            while len(set(counts)) < 4:
                assert time.monotonic() < deadline
                number = len(counts)
                copy = home / f"copy-{number}.sqlite3"
                backup_database(url, copy)
                with closing(sqlite3.connect(copy)) as connection:
                    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                    articles, records, seen = connection.execute(
                        "SELECT (SELECT COUNT(*) FROM articles), (SELECT COUNT(*) FROM records),"
                        " (SELECT SUM(relevant) FROM coverage)"
                    ).fetchone()
                assert articles % 5 == 0
                assert articles == records == (seen or 0)
                counts.append(articles)
        finally:
            writer.kill()
    assert counts == sorted(counts)


def damage(path: Path, table: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        where = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[
            0
        ]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((where - 1) * size)
        file.write(b"\xff" * size)


@pytest.mark.parametrize("table", ["articles", "records", "ix_pages_open"])
def test_damage_is_found_and_healed_by_a_copy(
    run: Command, process: Command, filled: Path, home: Path, table: str
) -> None:
    copy = home / "copy.sqlite3"
    assert run("db", "backup", copy).code == 0
    damage(filled, table)
    ran = run("db", "check")
    assert ran.code == 1
    assert ran.out.startswith("fault: ")
    assert "db restore" in ran.err
    found = run("db", "check", "--json").json
    assert (found["sound"], bool(found["faults"])) == (False, True)
    # No copy of what is damaged, and no crawl into it.
    ran = run("db", "backup", home / "bad.sqlite3")
    assert (ran.code, "damaged" in ran.err) == (1, True)
    assert list(home.glob("bad*")) == []
    if table == "articles":
        (home / "sources.toml").write_text("")
        crawl = process("crawl", "--source", "insightcrime-en", "-q")
        assert crawl.code == 1
        assert "is damaged" in crawl.err
        assert "db restore" in crawl.err
        assert "Traceback" not in crawl.err
    assert run("db", "restore", copy).code == 0
    assert run("db", "check").code == 0
    assert count(filled) == 4


def test_a_search_index_that_says_something_else(run: Command, filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute(
            "INSERT INTO articles_fts(rowid, title, text) VALUES (4242, 'stray', 'stray words')"
        )
    ran = run("db", "check")
    assert (ran.code, "search index" in ran.out) == (1, True)


def test_rows_that_belong_to_none(run: Command, filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("INSERT INTO record_drugs (record_id, drug) VALUES (4242, 'cocaine')")
    ran = run("db", "check")
    assert (ran.code, "belongs to none of records" in ran.out) == (1, True)


def test_tables_that_were_changed(run: Command, filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("ALTER TABLE feeds ADD COLUMN mine TEXT")
        connection.execute("DROP INDEX ix_records_country")
        connection.execute("CREATE TABLE notes (id INTEGER)")
    ran = run("db", "check", "--json")
    assert ran.code == 1
    found = " / ".join(ran.json["drift"])
    for word in ("feeds", "mine", "ix_records_country", "notes"):
        assert word in found
    assert "tables: " in run("db", "check").out


def test_a_new_database_has_no_drift(home: Path) -> None:
    engine = open_database(f"sqlite:///{home}/watch.sqlite3")
    assert schema_drift(engine) == ()
    engine.dispose()


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500, None])
def test_what_is_no_copy_changes_nothing(
    run: Command, filled: Path, home: Path, content: bytes | None
) -> None:
    bad = home / "bad.sqlite3"
    if content is not None:
        bad.write_bytes(content)
    before = filled.read_bytes()
    ran = run("db", "restore", bad)
    assert ran.code == 1
    assert str(bad) in ran.err
    assert filled.read_bytes() == before
    assert list(home.glob("*.before-*")) == list(home.glob("*.part")) == []


def test_a_copy_that_is_damaged_or_of_another_program_or_time(run: Command, filled: Path, home: Path) -> None:
    copy = home / "copy.sqlite3"
    assert run("db", "backup", copy).code == 0
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    ran = run("db", "restore", copy)
    assert (ran.code, "later version" in ran.err) == (1, True)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("PRAGMA application_id = 7")
    ran = run("db", "restore", copy)
    assert (ran.code, "no database of this program" in ran.err) == (1, True)
    (home / "whole.sqlite3").unlink(missing_ok=True)
    assert run("db", "backup", home / "whole.sqlite3").code == 0
    damage(home / "whole.sqlite3", "articles")
    ran = run("db", "restore", home / "whole.sqlite3")
    assert (ran.code, "damaged" in ran.err) == (1, True)
    assert count(filled) == 4


def test_a_database_in_use_is_not_replaced(run: Command, filled: Path, home: Path) -> None:
    copy = home / "copy.sqlite3"
    assert run("db", "backup", copy).code == 0
    with closing(sqlite3.connect(filled, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(30, other.close)
        timer.daemon = True
        timer.start()
        ran = run("db", "restore", copy)
        timer.cancel()
    assert (ran.code, "in use by another process" in ran.err) == (1, True)
    with crawl_lock(filled) as lock:
        assert lock.take(shared=True)
        ran = run("db", "restore", copy)
        assert (ran.code, "A crawl is under way" in ran.err) == (1, True)
    assert run("db", "restore", copy).code == 0


def test_without_a_database(run: Command, home: Path) -> None:
    for command in (["db", "backup", "x"], ["db", "check"]):
        ran = run(*command)
        assert (ran.code, "There is no database" in ran.err) == (1, True)
    assert not (home / "watch.sqlite3").exists()


def test_a_copy_into_no_folder_or_onto_itself(run: Command, filled: Path, home: Path) -> None:
    ran = run("db", "backup", home / "none" / "copy.sqlite3")
    assert (ran.code, "none" in ran.err) == (1, True)
    ran = run("db", "restore", filled)
    assert (ran.code, "is the database itself" in ran.err) == (1, True)


def test_the_first_restore_on_a_new_machine(
    run: Command, filled: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = home / "copy.sqlite3"
    assert run("db", "backup", copy).code == 0
    monkeypatch.setenv("DETAINEE_WATCH_DATABASE_URL", f"sqlite:///{home}/new/place/watch.sqlite3")
    ran = run("db", "restore", copy)
    assert ran.code == 0, ran.err
    assert run("articles", "--json").json["total"] == 4


def test_a_copy_to_postgresql_and_back(
    run: Command, filled: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database("postgresql", home) as url:
        secret = make_url(url).set(password="hunter2").render_as_string(hide_password=False)
        ran = run("db", "copy", "settings", secret)
        assert ran.code == 0, ran.err
        assert "the same on both sides." in ran.err
        assert any(line.endswith(" articles") for line in ran.out.splitlines())
        listed = run("articles", "--json").out
        back = run("db", "copy", secret, home / "back.sqlite3", "--json")
        assert {row["table"]: row["rows"] for row in back.json}["articles"] == 4
        again = run("db", "copy", home / "back.sqlite3", secret)
        assert again.code == 1
        assert "is not empty" in again.err
        assert "hunter2" not in ran.out + ran.err + back.err + again.err
        monkeypatch.setenv("DETAINEE_WATCH_DATABASE_URL", secret)
        assert run("articles", "--json").out == listed
        assert run("db", "check").code == 0
        assert run("db", "backup", home / "watch.dump").code == 0
        restored = run("db", "restore", home / "watch.dump")
        assert restored.code == 1
        assert "pg_restore" in restored.err
        assert run("schedule", "status").code == 0
        assert "hunter2" not in restored.err + run("config", "show").out
