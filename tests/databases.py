"""Databases for tests: a SQLite file, or a database of a real PostgreSQL that runs as long as the tests.

The server is this machine's (Debian's package "postgresql", or whatever pg_ctl is on the PATH), started
once in each process of the tests in a folder of its own, on a socket that nobody else sees. Each test has
a database that is copied from one whose tables are made already.
"""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import URL

KINDS = ("sqlite", "postgresql")
WATCH = """while kill -0 "$1" 2>/dev/null; do sleep 2; done
kill -QUIT "$(head -1 "$2/data/postmaster.pid")"; sleep 1; rm -rf "$2\""""
_numbers = itertools.count(1)


def programs() -> Path | None:
    """The folder of the server's programs; None where there are none."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda each: int(each.parts[-3]))
    return folders[-1].parent if folders else None


class Server:
    """A PostgreSQL of our own. Nothing in it outlives the tests, so nothing waits for a disk."""

    def __init__(self, *, memory: str = "32MB") -> None:
        found = programs()
        assert found is not None
        self._programs = found
        # A path of a socket has at most some hundred characters.
        self.folder = Path(tempfile.mkdtemp(prefix="watch-pg-"))
        self._user = "postgres" if os.getuid() == 0 else None
        if self._user:
            os.chown(self.folder, pwd.getpwnam(self._user).pw_uid, -1)
        self._do(
            "initdb",
            "-D",
            self.folder / "data",
            "-U",
            "watch",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "-N",
            "--locale=C",
        )
        with (self.folder / "data/postgresql.conf").open("a") as settings:
            settings.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nfsync = off\n"
                "full_page_writes = off\nsynchronous_commit = off\nmax_connections = 200\n"
                f"shared_buffers = {memory}\nmax_wal_size = 2GB\nautovacuum = off\njit = off\n"
            )
        self.start()
        # Tests that are killed end nothing; this looks whether they are still there, and ends it for them.
        self._watch = subprocess.Popen(
            ["/bin/sh", "-c", WATCH, "watch", str(os.getpid()), str(self.folder)], start_new_session=True
        )
        atexit.register(self.end)

    def start(self) -> None:
        self._do("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "start")

    def stop(self, mode: str = "fast") -> None:
        """``mode``: smart, fast, or immediate, which is as if the machine had lost its power."""
        self._do("pg_ctl", "-D", self.folder / "data", "-w", "-m", mode, "stop")

    def end(self) -> None:
        atexit.unregister(self.end)
        self._watch.kill()
        self._watch.wait()
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str) -> str:
        return URL.create(
            "postgresql+psycopg", "watch", database=name, query={"host": str(self.folder)}
        ).render_as_string()

    def make(self, name: str, *, template: str = "template0") -> str:
        """A database; its address."""
        self.ask(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name)

    def drop(self, name: str) -> None:
        self.ask(f'DROP DATABASE "{name}" WITH (FORCE)')

    def ask(self, statement: str) -> None:
        """Runs a statement outside of any transaction."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def _do(self, program: str, *args: object) -> None:
        command = [str(self._programs / program), *map(str, args)]
        # The server refuses to be run by root.
        options = {"user": self._user, "group": self._user, "extra_groups": ()} if self._user else {}
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            check=False,
            cwd=self.folder,
            timeout=120,
            **options,  # type: ignore[call-overload]
        )
        assert done.returncode == 0, f"{program}: {done.stdout}"


@cache
def server() -> Server:
    """The server of this process's tests. Skips the test where there is no PostgreSQL."""
    if programs() is None:
        pytest.skip("no PostgreSQL here: pg_ctl is not on the PATH (Debian: apt install postgresql)")
    if os.getuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL refuses root, and there is no user 'postgres' to run it as")
    return Server()


@cache
def _template() -> str:
    from storage.engine import open_database

    open_database(server().make("watch_template")).dispose()
    return "watch_template"


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database for one test; on PostgreSQL its tables are made already."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/watch.sqlite3"
        return
    name = f"watch_{next(_numbers)}"
    url = server().make(name, template=_template())
    try:
        yield url
    finally:
        server().drop(name)
