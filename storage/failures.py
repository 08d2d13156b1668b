"""The one place where errors of the database become errors of ours."""

from __future__ import annotations

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
)

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
    sqlite3.SQLITE_IOERR: (StorageError, "cannot be read or written: the disk reports an error"),
}


def shown_url(url: URL) -> str:
    """The database as messages name it: the file's path, or the address without its password."""
    if url.get_backend_name() == "sqlite":
        name = url.database or ":memory:"
        return unquote(urlsplit(name).path) if name.startswith("file:") else name
    return url.render_as_string(hide_password=True)


def translate(error: BaseException, url: URL) -> StorageError:
    """The error of ours that says what ``error`` means."""
    original = getattr(error, "orig", None) or error
    code = getattr(original, "sqlite_errorcode", None)
    # The low byte is the primary code; the rest only says more precisely how.
    cls, what = _BY_CODE.get((code or 0) & 0xFF, (StorageError, f"cannot be used: {original}"))
    name = shown_url(url)
    return cls(f"The database {name} {what}.", key=name)


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Raises every error of SQLAlchemy or of the driver as one of the StorageError tree."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise translate(error, url) from error
