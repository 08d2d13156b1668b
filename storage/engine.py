"""Opens the database: makes it, upgrades it, checks it, and begins its transactions.

What is SQLite's own is in sqlite.py, what is PostgreSQL's in postgres.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from pipeline.errors import (
    ConfigError,
    StorageBusyError,
    StorageCorruptError,
    StorageError,
    StorageNewerError,
    StorageReadOnlyError,
)
from storage import postgres, sqlite
from storage.columns import Base
from storage.dialects import insert_into
from storage.failures import shown_url, translate, translated

R = TypeVar("R")

BUSY_SECONDS = 20.0
"""How long a transaction waits for another process before StorageBusyError."""
HEAD = "0014"
"""The newest migration; a test holds it against storage/migrations/versions."""
COPYING = "copying "
"""Stands before the version of a database that a copy has begun to fill."""
APPLICATION_ID = 0x64657477
"""Marks the SQLite file as one of ours ("detw")."""


def open_database(
    url: str, *, read_only: bool = False, busy_seconds: float = BUSY_SECONDS, unfinished: bool = False
) -> Engine:
    """The engine for ``url`` (``sqlite:////path/file.sqlite3``, ``postgresql://user@host/name``), its
    folder and file made and its tables upgraded where needed. ``read_only`` makes and changes nothing.
    ``unfinished``: also one that a copy has begun to fill (see copying.py).

    Raises ConfigError for what is no database address, else the StorageError tree.
    """
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise ConfigError("The database address is not understood.", key="database_url") from error
    if backend not in ("sqlite", "postgresql"):
        raise ConfigError(
            f"Databases of the kind '{backend}' are not supported; use sqlite:///FILE, or "
            "postgresql://USER:PASSWORD@HOST/NAME.",
            key="database_url",
        )
    if backend == "postgresql":
        engine = postgres.create(address, read_only=read_only, busy_seconds=busy_seconds)
    else:
        if not read_only:
            sqlite.make_folder(address)
        sqlite.check_file(address, read_only=read_only)
        engine = sqlite.create(address, read_only=read_only, busy_seconds=busy_seconds)
    try:
        with translated(address):
            if not read_only and backend == "sqlite":
                sqlite.set_wal(engine, busy_seconds)
            _upgrade(engine, read_only=read_only, unfinished=unfinished)
    except BaseException:
        engine.dispose()
        raise
    return engine


def opened(url: str, *, name: str) -> Engine:
    """An engine for PostgreSQL as it is, whose tables are not looked at; ``name`` is shown to others."""
    address = make_url(url).update_query_dict({"application_name": name})
    return postgres.create(address, read_only=False, busy_seconds=BUSY_SECONDS)


def same_database(one: str, other: str) -> bool:
    """Whether two addresses lead to the same database, as far as they tell."""
    files = database_file(one), database_file(other)
    if files[0] is not None and files[1] is not None:
        return files[0].resolve() == files[1].resolve()
    return one == other


def on_server(url: str) -> bool:
    """Whether it is the address of a database on a server, which other machines can reach."""
    try:
        return make_url(url).get_backend_name() == "postgresql"
    except (ArgumentError, ValueError):
        return False


def shown_address(url: str) -> str:
    """A database as messages name it, without its password."""
    return shown_url(make_url(url))


def database_file(url: str) -> Path | None:
    """The file of the database at ``url``; None for one in memory and for what is no SQLite address."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        return None
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database)).absolute()


def sqlite_url(path: Path) -> str:
    """The address of the SQLite file at ``path``, whatever characters the path has."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def is_postgres(bind: Engine | Connection) -> bool:
    """Whether it is PostgreSQL that answers there; else it is SQLite."""
    return bind.dialect.name == "postgresql"


def adding(bind: Engine | Connection, table: type[Base]) -> Any:
    """An INSERT that can say what is to happen where a row is there already."""
    return insert_into(table, on=bind.dialect.name)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One reading transaction: all that is read in it is of one moment."""
    with translated(engine.url), _connected(engine) as connection:
        if is_postgres(engine):
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextmanager
def writing(
    engine: Engine, *, durable: bool = False, alone: bool = True, repeated: bool = False
) -> Iterator[Connection]:
    """One writing transaction: all of it is stored, or nothing. ``durable``: once it is stored a power cut
    takes nothing of it either, which costs the disk's time for each. ``alone`` False: on PostgreSQL others
    may write at the same time, so that what is read must be locked row by row. ``repeated``: its statements
    are those of every such transaction, so that PostgreSQL may keep their plans."""
    if is_postgres(engine):
        with (
            translated(engine.url),
            postgres.connect(engine, seconds=BUSY_SECONDS) as connection,
            connection.begin(),
        ):
            postgres.begin_writing(connection, durable=durable, alone=alone, repeated=repeated)
            yield connection
        return
    try:
        with engine.connect() as connection:
            connection.info["writing"] = "FULL" if durable else "NORMAL"  # see on_begin
            with connection.begin():
                yield connection
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise translate(error, engine.url) from error


def patiently(engine: Engine, work: Callable[[], R]) -> R:
    """What ``work`` gives, which is done anew where a server went away in the middle of it and is back.
    It must be such that doing it twice is doing it once: the first may have been stored after all."""
    try:
        return work()
    except StorageBusyError as error:
        if not is_postgres(engine) or error.__cause__ is None or not postgres.passes(error.__cause__):
            raise
    return work()


def _connected(engine: Engine) -> Connection:
    return postgres.connect(engine, seconds=BUSY_SECONDS) if is_postgres(engine) else engine.connect()


def integrity_faults(engine: Engine) -> tuple[str, ...]:
    """What the database finds wrong beneath the tables; empty when all is well."""
    faults: list[str] = []
    try:
        with reading(engine) as connection:
            if is_postgres(engine):
                return postgres.faults(connection)
            checks = connection.execute(text("PRAGMA integrity_check(20)"))
            faults += [str(row[0]) for row in checks if row[0] != "ok"]
            keys = connection.execute(text("PRAGMA foreign_key_check"))
            faults += [f"a row of {row[0]} belongs to none of {row[2]}" for row in keys]
    except StorageCorruptError as error:
        faults.append(str(error))
    return tuple(faults)


def _version(connection: Connection, name: str) -> str | None:
    """The schema's version; None for an empty database."""
    if is_postgres(connection):
        return postgres.version(connection, name)
    tables = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())
    if "alembic_version" not in tables:
        if tables:
            raise StorageCorruptError(f"The file {name} is a database of another program.", key=name)
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(engine: Engine, *, read_only: bool, unfinished: bool) -> None:
    """Brings the tables to HEAD. The check is cheap; Alembic is only loaded when there is work."""
    name = shown_url(engine.url)
    with reading(engine) as connection:
        version = _version(connection, name)
    if version == HEAD or (unfinished and version == COPYING + HEAD):
        return
    if version is not None and version.startswith(COPYING):
        raise StorageError(
            f"A copy into the database {name} is not finished; 'detainee-watch db copy' with the same two "
            " addresses goes on with it.",
            key=name,
        )
    from storage.migrations import known_versions, migrate

    if version is not None and version not in known_versions():
        raise StorageNewerError(
            f"The database {name} was written by a later version of this program "
            f"(its tables are of version {version}, this program knows {HEAD}). Upgrade the program.",
            key=name,
        )
    if read_only:
        raise StorageReadOnlyError(
            f"The database {name} must be upgraded first; run any command that writes.", key=name
        )
    with writing(engine) as connection:
        # Another process may have done it while this one waited for its turn.
        if _version(connection, name) != HEAD:
            migrate(connection)
            if not is_postgres(connection):
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
