"""Migrations against the tables, and databases of other versions."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from pipeline.errors import (
    ConfigError,
    StorageCorruptError,
    StorageError,
    StorageNewerError,
    StorageReadOnlyError,
)
from storage.engine import APPLICATION_ID, HEAD, integrity_faults, open_database, reading, sqlite_url
from storage.migrations import known_versions, script_directory
from storage.tables import Base


def test_the_migrations_make_the_tables(engine: Engine) -> None:
    def ours(name: str | None, kind: str, parents: object) -> bool:
        # SQLAlchemy does not know the search index and its shadow tables.
        return not (kind == "table" and (name or "").startswith("articles_fts"))

    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_column_has_its_comment() -> None:
    bare = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if not column.comment
    ]
    assert bare == []


def test_head_is_the_newest_migration() -> None:
    assert script_directory().get_current_head() == HEAD
    assert HEAD in known_versions()


def test_a_new_file_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b c" / "ö%20.sqlite3"
    engine = open_database(sqlite_url(path))
    with reading(engine) as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "application_id")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "application_id": APPLICATION_ID}
    engine.dispose()
    assert path.is_file()
    again = open_database(sqlite_url(path), read_only=True)
    assert integrity_faults(again) == ()
    again.dispose()


def test_an_empty_file_is_filled(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite3"
    path.touch()
    engine = open_database(f"sqlite:///{path}")
    assert integrity_faults(engine) == ()
    engine.dispose()


def test_a_later_version_is_refused_and_left_alone(engine: Engine, path: Path) -> None:
    engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for read_only in (False, True):
        with pytest.raises(StorageNewerError, match=r"later version.*9999.*Upgrade the program") as caught:
            open_database(f"sqlite:///{path}", read_only=read_only)
        assert caught.value.key == str(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    connection.close()


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE moz_places (id INTEGER)")
    connection.close()
    with pytest.raises(StorageCorruptError, match="another program"):
        open_database(f"sqlite:///{path}")


def test_reading_only_makes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "none" / "watch.sqlite3"
    with pytest.raises(StorageError, match="There is no database"):
        open_database(f"sqlite:///{path}", read_only=True)
    assert not path.parent.exists()
    old = tmp_path / "old.sqlite3"
    old.touch()
    with pytest.raises(StorageReadOnlyError, match="must be upgraded"):
        open_database(f"sqlite:///{old}", read_only=True)


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "mysql://user:secret@host/db", "nothing://x", "postgresql://user:secret@host:bad/db"],
)
def test_what_is_no_database_address(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_database(url)
    assert caught.value.key == "database_url"
    assert "secret" not in str(caught.value)
