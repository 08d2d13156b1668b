"""Copies of the database, and taking one back; whether all is sound is looked at in checking.py.

Copies are made by SQLite's own online backup: one moment of the database, whole, while others go on
reading and writing. Copying the file by hand would leave out what lies in the log beside it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from pipeline.errors import StorageBusyError, StorageCorruptError, StorageError, StorageFullError
from storage.checking import file_of
from storage.dumps import dump, how_to_restore
from storage.engine import (
    APPLICATION_ID,
    BUSY_SECONDS,
    on_server,
    open_database,
    shown_address,
)
from storage.failures import translate


def backup_database(url: str, target: Path) -> int:
    """Copy the database to ``target``, which must not exist; returns its bytes. The copy is looked
    over before it has its name: a copy that cannot be read is none. Raises the StorageError tree."""
    if on_server(url):
        return dump(url, target)
    file = file_of(url)
    if not file.exists():
        raise StorageError(f"There is no database {file} yet; run a crawl first.", key=str(file))
    if target.exists():
        raise StorageError(f"{target} exists already; a copy never replaces another file.", key=str(target))
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with _told(url):
            _copy(file, part)
        if problem := _quick_fault(part):
            raise StorageCorruptError(
                f"The database {file} is damaged ({problem}), and so would be the copy; "
                "see 'detainee-watch db check'.",
                key=str(file),
            )
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        # A link never replaces what another process has made there in the meantime.
        part.rename(target)
    except OSError as error:
        raise StorageError(
            f"The copy {target} cannot be written: {error.strerror or error}.", key=str(target)
        ) from error
    finally:
        for left in (part, *_beside(part)):
            left.unlink(missing_ok=True)
    return target.stat().st_size


def restore_database(url: str, source: Path, *, now: datetime) -> Path | None:
    """Put the copy ``source`` in the place of the database, which is kept under another name; returns
    that, or None when there was none. Nobody else may be using the database.

    The copy is looked over first: what is no sound database of this program changes nothing. Raises
    the StorageError tree, on PostgreSQL with what is to be done there.
    """
    if not source.is_file():
        raise StorageError(f"There is no file {source}.", key=str(source))
    if on_server(url):
        raise StorageError(how_to_restore(url, source), key=shown_address(url))
    file = file_of(url)
    if file.exists() and source.samefile(file):
        raise StorageError(f"{source} is the database itself.", key=str(source))
    _check_copy(source)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with _told(f"sqlite:///{source}"):
            _copy(source, part)
        aside = None
        with _alone(file):
            if file.exists():
                aside = file.with_name(f"{file.name}.before-{now:%Y%m%dT%H%M%SZ}")
                if aside.exists():
                    raise StorageError(f"{aside} exists already; move it away first.", key=str(aside))
                # The log belongs to the file: left behind, it would be read into the restored one.
                for old in _beside(file):
                    if old.exists():
                        old.rename(aside.with_name(aside.name + old.name.removeprefix(file.name)))
                file.rename(aside)
            part.rename(file)
    except OSError as error:
        raise StorageError(f"{file} cannot be replaced: {error.strerror or error}.", key=str(file)) from error
    finally:
        for left in (part, *_beside(part)):
            left.unlink(missing_ok=True)
    # A copy of an earlier version is brought up to date now, not in the middle of a crawl.
    open_database(url).dispose()
    return aside


def _copy(file: Path, target: Path) -> None:
    """One moment of ``file``, all in one step: other processes' writing would begin it anew."""
    _room_for(file, target)
    with (
        closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        ) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new, pages=-1)
        # The copy is one file, wherever it is carried.
        new.execute("PRAGMA journal_mode = DELETE")


def _room_for(file: Path, target: Path) -> None:
    size = sum(one.stat().st_size for one in (file, *_beside(file)) if one.exists())
    if shutil.disk_usage(target.parent).free < size:
        raise StorageFullError(
            f"There is no room for a copy of {size / 1e6:.0f} MB in {target.parent}.", key=str(target.parent)
        )


def _check_copy(source: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            mark = copy.execute("PRAGMA application_id").fetchone()[0]
            problem = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise StorageCorruptError(
            f"{source} is no database, or is damaged: {error}.", key=str(source)
        ) from error
    if mark != APPLICATION_ID:
        raise StorageCorruptError(f"{source} is no database of this program.", key=str(source))
    if problem != "ok":
        raise StorageCorruptError(f"{source} is damaged: {problem}.", key=str(source))
    engine = None
    try:
        # Says when it was written by a later version; an earlier one is upgraded afterwards.
        engine = open_database(f"sqlite:///{source}", read_only=True)
    except StorageError as error:
        from pipeline.errors import StorageNewerError

        if isinstance(error, StorageNewerError):
            raise
    finally:
        if engine is not None:
            engine.dispose()


def _quick_fault(file: Path) -> str:
    """What is wrong with a copy; "" when it is sound."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else found


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Nobody else has the database open for writing; those who are reading keep what they see.

    A damaged file cannot be asked who uses it; then the locks of the schedule and of crawls, which
    the caller holds, must do.
    """
    if not file.exists():
        yield
        return
    with closing(sqlite3.connect(file, timeout=2, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StorageBusyError(
                    f"The database {file} is in use by another process; end that first.", key=str(file)
                ) from error
        except sqlite3.DatabaseError:
            pass
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")


@contextmanager
def _told(url: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error, make_url(url)) from error


def _beside(file: Path) -> tuple[Path, ...]:
    """What SQLite may keep beside a file."""
    return tuple(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))
