"""Locks between processes that end with the process that holds them, however it ends.

Of a database that is a file:

    FILE.schedule-lock    one scheduler at a time
    FILE.crawl-lock       shared by crawls; whoever must have the database alone takes all of it

The kernel holds them (flock), not the files: what a killed process leaves behind locks nobody out.
Of a database on a server, the server holds them, for processes on all machines.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.server_locks import ServerLock


class Lock:
    """The lock on one file. Not to be shared by threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self, *, shared: bool = False) -> bool:
        """Take the lock if it is free; False when another process has it. Raises OSError when its file
        cannot be made."""
        assert self._handle is None, "it is held already"
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        if not shared:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._handle = handle
        return True

    def release(self) -> None:
        """Let go; does nothing when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def free(self) -> bool:
        """Whether nobody has it at this moment."""
        if not self.path.exists():
            return True
        taken = Lock(self.path)
        if not taken._try():
            return False
        taken.release()
        return True

    def _try(self) -> bool:
        handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def holder(self) -> int | None:
        """The process that took it alone; None when it is free or not known."""
        if self.free():
            return None
        try:
            return int(self.path.read_text().strip())
        except (OSError, ValueError):
            return None

    def still(self) -> bool:
        """Whether it is held still: always, once it was taken."""
        return self._handle is not None

    def __enter__(self) -> Lock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


Place = Path | str
"""Where a database is: its file, or its address on a server."""


def place_of(url: str) -> Place | None:
    """The place of the database at ``url``; None for one that no other process can reach."""
    from storage.engine import database_file, on_server

    return url if on_server(url) else database_file(url)


def name_of(place: Place) -> str:
    """The database as messages name it, without its password."""
    from storage.engine import shown_address

    return str(place) if isinstance(place, Path) else shown_address(place)


def schedule_lock(database: Place) -> Lock | ServerLock:
    """The lock of the scheduler that looks after ``database``."""
    if isinstance(database, Path):
        return Lock(database.with_name(database.name + ".schedule-lock"))
    from storage.server_locks import SCHEDULE, ServerLock

    return ServerLock(database, SCHEDULE)


def crawl_lock(database: Place) -> Lock | ServerLock:
    """The lock that every crawl into ``database`` shares."""
    if isinstance(database, Path):
        return Lock(database.with_name(database.name + ".crawl-lock"))
    from storage.server_locks import CRAWL, ServerLock

    return ServerLock(database, CRAWL)
