"""The one place where errors of the database become errors of ours."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import (
    StorageBusyError,
    StorageCorruptError,
    StorageError,
    StorageFullError,
    StorageReadOnlyError,
    StorageSlowError,
)

NO_ROOM = 128 * 1024
"""Fewer free bytes than SQLite needs to begin to write: the tables of its log and of the readers' places."""
_BY_CODE: dict[int, tuple[type[StorageError], str]] = {
    sqlite3.SQLITE_BUSY: (StorageBusyError, "is in use by another process; try again when that has ended"),
    sqlite3.SQLITE_LOCKED: (StorageBusyError, "is in use by another process; try again when that has ended"),
    sqlite3.SQLITE_READONLY: (StorageReadOnlyError, "cannot be written: it or its folder is read-only"),
    sqlite3.SQLITE_PERM: (StorageReadOnlyError, "cannot be used: access to it is denied"),
    sqlite3.SQLITE_CANTOPEN: (
        StorageReadOnlyError,
        "cannot be opened or made there: look whether its folder exists and may be written",
    ),
    sqlite3.SQLITE_CORRUPT: (StorageCorruptError, "is damaged; restore it from a backup, or move it away"),
    sqlite3.SQLITE_NOTADB: (StorageCorruptError, "is no database of this program, or is damaged"),
    sqlite3.SQLITE_FULL: (StorageFullError, "cannot grow: the disk is full; what was being saved is not"),
    sqlite3.SQLITE_INTERRUPT: (
        StorageSlowError,
        "takes too long to answer this; ask for less: fewer words, a shorter time, one country",
    ),
    sqlite3.SQLITE_IOERR: (StorageError, "cannot be read or written: the disk reports an error"),
}

_STATES: dict[str, tuple[type[StorageError], str]] = {
    "55P03": (StorageBusyError, "is in use by another process; try again when that has ended"),
    "40P01": (StorageBusyError, "is in use by another process; try again"),
    "40001": (StorageBusyError, "is in use by another process; try again"),
    "53300": (StorageBusyError, "has no place for one more connection; raise max_connections of the server"),
    "57P01": (StorageBusyError, "is being stopped; try again when its server runs"),
    "57P02": (StorageBusyError, "is being restarted; try again in a moment"),
    "57P03": (StorageBusyError, "is being started; try again in a moment"),
    "57014": (StorageSlowError, "takes too long to answer this; ask for less"),
    "25006": (StorageReadOnlyError, "cannot be written: it is opened, or its server runs, for reading only"),
    "42501": (StorageReadOnlyError, "cannot be used so: its user lacks the right to"),
    "28P01": (StorageError, "cannot be used: the server refuses the password"),
    "28000": (StorageError, "cannot be used: the server refuses the user"),
    "3D000": (StorageError, "is not there; make it with 'createdb --encoding UTF8 NAME'"),
    "53100": (StorageFullError, "cannot grow: the disk is full; what was being saved is not"),
    "XX001": (StorageCorruptError, "is damaged; restore it from a backup"),
    "XX002": (StorageCorruptError, "has a damaged index; see REINDEX in PostgreSQL's manual"),
}


def shown_url(url: URL) -> str:
    """The database as messages name it: the file's path, or the address without its password."""
    if url.get_backend_name() == "sqlite":
        name = url.database or ":memory:"
        return unquote(urlsplit(name).path) if name.startswith("file:") else name
    # libpq takes passwords as parameters, too.
    query = {name: "***" if "pass" in name.lower() else value for name, value in url.query.items()}
    return url.set(query=query).render_as_string(hide_password=True)


def translate(error: BaseException, url: URL) -> StorageError:
    """The error of ours that says what ``error`` means."""
    original = getattr(error, "orig", None) or error
    name = shown_url(url)
    if url.get_backend_name() == "postgresql":
        return _of_postgres(original, name)
    code = getattr(original, "sqlite_errorcode", None)
    # The low byte is the primary code; the rest only says more precisely how.
    primary = (code or 0) & 0xFF
    if primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _is_full(name):
        # Where not even its small files beside the database have room, SQLite has other words for it.
        primary = sqlite3.SQLITE_FULL
    cls, what = _BY_CODE.get(primary, (StorageError, f"cannot be used: {original}"))
    return cls(f"The database {name} {what}.", key=name)


def _is_full(name: str) -> bool:
    """Whether the file system of this file has no room left."""
    try:
        return shutil.disk_usage(os.path.dirname(name) or ".").free < NO_ROOM
    except OSError:
        return False


def _of_postgres(error: BaseException, name: str) -> StorageError:
    # What failed before there was a session has no state; the server's own word is in it, though.
    words = " ".join(str(error).split())
    state = getattr(error, "sqlstate", None) or next(
        (state for word, state in _AT_LOGIN.items() if word in words), None
    )
    if state in _STATES:
        cls, what = _STATES[state]
    elif isinstance(error, _unreachable()) and state is None:
        cls, what = StorageBusyError, f"cannot be reached: {words}"
    else:
        cls, what = StorageError, f"cannot be used: {words}"
    more = f" ({words})" if cls is StorageReadOnlyError else ""
    return cls(f"The database {name} {what}{more}.", key=name)


def _unreachable() -> type[Exception]:
    from psycopg import OperationalError

    return OperationalError


_AT_LOGIN: dict[str, str] = {
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    '" does not exist': "3D000",
    "no pg_hba.conf entry": "28000",
    "too many clients": "53300",
    "the database system is starting up": "57P03",
    "the database system is shutting down": "57P01",
}


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Raises every error of SQLAlchemy or of the driver as one of the StorageError tree."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise translate(error, url) from error
    except Exception as error:
        # The driver of PostgreSQL is only imported where it is used.
        if not type(error).__module__.startswith("psycopg"):
            raise
        raise translate(error, url) from error
