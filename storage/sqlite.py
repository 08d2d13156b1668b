"""What is SQLite's own: how its file is made, opened and set up, and how its transactions begin.

Write-ahead log, so that readers never wait; foreign keys and a busy time-out on each connection; a
writing transaction begins with BEGIN IMMEDIATE, because one that first reads and then writes is refused
at once when another has written in between, in spite of the time-out.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from pipeline.errors import StorageError, StorageReadOnlyError
from storage.failures import shown_url


def make_folder(address: URL) -> None:
    if not address.database or address.database == ":memory:":
        return
    folder = Path(address.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageReadOnlyError(
            f"The folder {folder} for the database cannot be made: {error.strerror}.", key=str(folder)
        ) from error


def check_file(address: URL, *, read_only: bool) -> None:
    """Says in plain words what SQLite would only call 'unable to open'."""
    path = Path(address.database) if address.database else None
    if path is None or address.database == ":memory:":
        return
    name = shown_url(address)
    if path.is_dir():
        raise StorageError(f"The database {name} is a folder; a file is needed.", key=name)
    if read_only and not path.exists():
        raise StorageError(f"There is no database {name} yet; run a crawl first.", key=name)


def create(address: URL, *, read_only: bool, busy_seconds: float) -> Engine:
    """An engine whose transactions begin as this module says."""
    if read_only and address.database:
        path = Path(address.database).resolve()
        query = {"mode": "ro", "uri": "true"}
        writable = os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
        if not writable and not path.with_name(path.name + "-wal").exists():
            # SQLite wants to make files beside a database with a log, also to read it. Where it
            # cannot, and no log is left to be read, the file is as it will stay.
            query["immutable"] = "1"
        address = address.set(database=path.as_uri(), query=query)
    engine = create_engine(address, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _: Any) -> None:
        # The driver's own idea of when a transaction begins is switched off; see on_begin.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        # With the log a crash of the program loses nothing; a power cut may lose the last moments,
        # which the next crawl brings again.
        connection.execute("PRAGMA synchronous = NORMAL")
        # What is deleted is overwritten in the file: people are forgotten here.
        connection.execute("PRAGMA secure_delete = ON")
        # 32 MB of pages: a case is looked for at fifty places of its indexes.
        connection.execute("PRAGMA cache_size = -32768")
        if read_only:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # By the driver itself: this comes with every transaction, and most of these are short.
        driver: Any = connection.connection.dbapi_connection
        known = connection.info
        if level := known.pop("writing", None):
            if known.get("synchronous", "NORMAL") != level:
                driver.execute(f"PRAGMA synchronous = {level}")
                known["synchronous"] = level
            driver.execute("BEGIN IMMEDIATE")
        else:
            driver.execute("BEGIN")

    return engine


def set_wal(engine: Engine, busy_seconds: float) -> None:
    """Switches the file to the write-ahead log, once for good. SQLite does not wait for other
    processes here, so two first commands at once are tried again."""
    deadline = time.monotonic() + busy_seconds
    while True:
        connection = engine.raw_connection()
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
        finally:
            connection.close()
        time.sleep(0.02)
