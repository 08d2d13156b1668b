"""Locks between processes on any machines, where the database is a PostgreSQL that all of them reach.

The server holds them as long as the connection that took them, so they end with the process, however it
ends. A restart of the server ends them, too: who must be alone looks with ``still``.
"""

from __future__ import annotations

import os
import socket
import threading
from types import TracebackType
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from storage.engine import opened
from storage.failures import translated
from storage.postgres import WRITERS

SCHEDULE: Final = 1
CRAWL: Final = 2
_WHOM = text(
    "SELECT s.application_name FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND l.classid = :room AND l.objid = :lock"
)


class ServerLock:
    """One lock of a database; its methods are those of app/locks.py. Threads may share ``still`` alone."""

    def __init__(self, url: str, lock: int) -> None:
        self._url = url
        self._of = {"room": WRITERS, "lock": lock}
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._looking = threading.Lock()

    def take(self, *, shared: bool = False) -> bool:
        """Take the lock if it is free; False when others have it. Raises the StorageError tree."""
        assert self._connection is None, "it is held already"
        connection = self._open()
        with translated(connection.engine.url):
            name = "pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock"
            taken = connection.execute(text(f"SELECT {name}(:room, :lock)"), self._of).scalar()
        if not taken:
            self.release()
        return bool(taken)

    def still(self) -> bool:
        """Whether it is held still, and taken again where a restart of the server has ended it and nobody
        else has taken it. Raises the StorageError tree while the server cannot be reached."""
        with self._looking:
            if self._connection is not None:
                try:
                    self._connection.execute(text("SELECT 1"))
                    return True
                except SQLAlchemyError:
                    self.release()  # the connection is gone, and the lock with it
            return self.take()

    def release(self) -> None:
        """Let go; does nothing when it is not held."""
        if self._engine is not None:
            try:
                if self._connection is not None:
                    self._connection.close()
            finally:
                self._engine.dispose()
                self._engine = self._connection = None

    def free(self) -> bool:
        """Whether nobody has it at this moment. Raises the StorageError tree."""
        return not self._holders()

    def holder(self) -> str | None:
        """The process that has it and its machine; None when it is free or not known."""
        return next((name for name in self._holders() if " on " in name), None)

    def _holders(self) -> list[str]:
        other = ServerLock(self._url, self._of["lock"])
        try:
            connection = other._open()
            with translated(connection.engine.url):
                return list(connection.execute(_WHOM, self._of).scalars())
        finally:
            other.release()

    def _open(self) -> Connection:
        # Its own connection, whose end ends the lock; the name says to others who it is.
        name = f"{os.getpid()} on {socket.gethostname()}"[:60]
        self._engine = opened(self._url, name=name)
        with translated(self._engine.url):
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return self._connection

    def __enter__(self) -> ServerLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
