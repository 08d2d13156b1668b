"""A database that is locked, read-only, damaged or full; processes that die or work at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from pipeline.errors import (
    StorageBusyError,
    StorageCorruptError,
    StorageError,
    StorageFullError,
    StorageReadOnlyError,
)
from pipeline.vocabulary import FeedState
from storage.engine import integrity_faults, open_database, reading
from storage.overview import coverage, totals
from storage.queries import find_articles, find_records
from storage.repository import Repository
from storage.values import Filter
from tests.storage.builders import NOW, entry, fetch, irrelevant, rejected, relevant

ROOT = Path(__file__).parents[2]

WRITES: dict[str, Callable[[Repository], Any]] = {
    "start_run": lambda repository: repository.start_run(command="crawl", now=NOW),
    "end_run": lambda repository: repository.end_run(1, outcome="ok", now=NOW),
    "save_feed": lambda repository: repository.save_feed(None, fetch(FeedState.OK), (entry(1),), now=NOW),
    "save": lambda repository: repository.save(relevant(2), now=NOW),
    "save_all": lambda repository: repository.save_all((irrelevant(1), rejected(2)), now=NOW),
    "save_reading": lambda repository: repository.save_reading(1, irrelevant(1), now=NOW),
    "find_articles": lambda repository: find_articles(repository.engine, Filter(reader="ann")),
    "find_records": lambda repository: find_records(repository.engine, Filter(reader="ann")),
}
READS: dict[str, Callable[[Repository], Any]] = {
    "feed_memory": lambda repository: repository.feed_memory("outlet"),
    "known": lambda repository: repository.known(["https://outlet.example/"]),
    "pending": lambda repository: repository.pending(None),
    "due_for_recheck": lambda repository: repository.due_for_recheck(now=NOW),
    "articles_to_reprocess": lambda repository: list(repository.articles_to_reprocess()),
    "find_articles": lambda repository: find_articles(repository.engine, Filter(reader="ann", peek=True)),
    "totals": lambda repository: totals(repository.engine),
}


@contextlib.contextmanager
def held_by_another_process(path: Path) -> Iterator[None]:
    """A process that has begun to write and does not end until the block does."""
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.communicate()


def test_every_method_says_that_it_is_locked(engine: Engine, path: Path) -> None:
    Repository(engine).save(relevant(1), now=NOW)
    impatient = Repository(open_database(f"sqlite:///{path}", busy_seconds=0.05))
    with held_by_another_process(path):
        for name, write in WRITES.items():
            with pytest.raises(StorageBusyError, match="in use by another process") as caught:
                write(impatient)
            assert caught.value.key == str(path), name
        for read in READS.values():
            read(impatient)  # readers do not wait for writers
    WRITES["save"](impatient)
    impatient.engine.dispose()


def test_a_writer_waits_for_the_other(engine: Engine, path: Path) -> None:
    repository = Repository(engine)
    saved = threading.Event()

    def write() -> None:
        repository.save(relevant(1), now=NOW)
        saved.set()

    writer = threading.Thread(target=write)
    with held_by_another_process(path):
        writer.start()
        assert not saved.wait(0.1)
    writer.join()
    assert saved.is_set()


@contextlib.contextmanager
def nobody() -> Iterator[Path]:
    """A folder, and in the block no rights of root, for whom nothing is read-only."""
    folder = Path(tempfile.mkdtemp(prefix="detainee-watch-"))
    folder.chmod(0o755)
    user = os.geteuid()
    try:
        if user == 0:
            os.seteuid(65534)
            folder_of = os.stat(folder).st_uid
            assert folder_of == 0
        yield folder
    finally:
        os.seteuid(user)
        shutil.rmtree(folder)


@contextlib.contextmanager
def sealed(folder: Path) -> Iterator[None]:
    """The folder and all in it without the right to write."""
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_folder_that_cannot_be_written() -> None:
    with nobody() as folder, contextlib.ExitStack() as stack:
        if os.stat(folder).st_uid == os.geteuid():
            stack.enter_context(sealed(folder))
        with pytest.raises(StorageReadOnlyError, match="cannot be made"):
            open_database(f"sqlite:///{folder}/data/watch.sqlite3")
        with pytest.raises(StorageReadOnlyError, match="cannot be opened or made"):
            open_database(f"sqlite:///{folder}/watch.sqlite3")


def test_a_file_that_cannot_be_written_can_be_read() -> None:
    folder = Path(tempfile.mkdtemp(prefix="detainee-watch-"))
    try:
        url = f"sqlite:///{folder}/watch.sqlite3"
        engine = open_database(url)
        Repository(engine).save(relevant(1), now=NOW)
        engine.dispose()
        with sealed(folder), nobody():
            with pytest.raises(StorageReadOnlyError):
                open_database(url)
            reader = open_database(url, read_only=True)
            assert find_articles(reader, Filter()).total == 1
            with pytest.raises(StorageReadOnlyError, match="read-only"):
                Repository(reader).save(relevant(2), now=NOW)
            reader.dispose()
    finally:
        shutil.rmtree(folder)


def test_every_method_says_that_it_is_read_only(engine: Engine, path: Path) -> None:
    Repository(engine).save(relevant(1), now=NOW)
    reader = Repository(open_database(f"sqlite:///{path}", read_only=True))
    for write in WRITES.values():
        with pytest.raises(StorageReadOnlyError, match="read-only"):
            write(reader)
    for read in READS.values():
        read(reader)
    reader.engine.dispose()


def test_what_stands_where_the_database_should(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is a folder"):
        open_database(f"sqlite:///{tmp_path}")
    file = tmp_path / "file"
    file.write_text("no folder")
    with pytest.raises(StorageReadOnlyError, match="cannot be made"):
        open_database(f"sqlite:///{file}/watch.sqlite3")


@pytest.mark.parametrize("content", [b"<html>no database</html>" * 400, b"\x00" * 9_000, os.urandom(20_000)])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "watch.sqlite3"
    path.write_bytes(content)
    with pytest.raises(StorageCorruptError, match=r"damaged|no database"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_file_that_is_damaged_within(tmp_path: Path) -> None:
    path = tmp_path / "watch.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    Repository(engine).save_all([relevant(number) for number in range(30)], now=NOW)
    with reading(engine) as connection:
        page = connection.execute(
            text("SELECT rootpage FROM sqlite_master WHERE name = 'articles'")
        ).scalar_one()
        size = connection.execute(text("PRAGMA page_size")).scalar_one()
    engine.dispose()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    damaged = open_database(f"sqlite:///{path}")
    with pytest.raises(StorageCorruptError, match="damaged; restore it from a backup"):
        find_articles(damaged, Filter())
    with pytest.raises(StorageCorruptError):
        Repository(damaged).save(relevant(99), now=NOW)
    assert integrity_faults(damaged)
    damaged.dispose()


def test_a_full_disk_saves_nothing_of_a_batch(engine: Engine, path: Path) -> None:
    Repository(engine).save(relevant(1), now=NOW)
    small = open_database(f"sqlite:///{path}")

    @event.listens_for(small, "connect")
    def limit(connection: sqlite3.Connection, _: Any) -> None:
        # The same answer of SQLite as on a disk without space.
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 8}")

    small.dispose()
    with pytest.raises(StorageFullError, match="disk is full") as caught:
        Repository(small).save_all([relevant(n, body="Long words. " * 900) for n in range(2, 40)], now=NOW)
    assert caught.value.__cause__ is not None
    assert totals(small).outcomes == {"relevant": 1}
    Repository(small).save(rejected(2), now=NOW)  # what fits is still saved
    small.dispose()
    assert totals(engine).outcomes == {"relevant": 1, "timeout": 1}


KILLED = """
import os, signal, sys
from sqlalchemy import event
from storage.engine import open_database
from storage.repository import Repository
from tests.storage.builders import NOW, entry, fetch, irrelevant, relevant

engine = open_database(sys.argv[1])
repository = Repository(engine)
run = repository.start_run(command="crawl", now=NOW)
entries = [entry(number) for number in range(20)]
repository.save_feed(run, fetch(), entries, now=NOW)
outcomes = [relevant(n) if n % 2 else irrelevant(n) for n in range(20)]
left = int(sys.argv[2])

def count(_):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

@event.listens_for(engine, "connect")
def watch(connection, _):
    connection.set_trace_callback(count)  # every statement, whoever asks it

engine.dispose()
repository.save_all(outcomes[:10], now=NOW, run=run, entries=entries[:10])
repository.save_all(outcomes[10:], now=NOW, run=run, entries=entries[10:])
"""


@pytest.mark.parametrize("statements", [1, 12, 90, 200])
def test_a_kill_in_the_middle_of_saving(tmp_path: Path, statements: int) -> None:
    url = f"sqlite:///{tmp_path}/watch.sqlite3"
    done = subprocess.run([sys.executable, "-c", KILLED, url, str(statements)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    engine = open_database(url)
    repository = Repository(engine)
    assert integrity_faults(engine) == ()
    read = 20 - len(repository.pending(None))
    assert read in (0, 10)  # a batch is stored whole or not at all
    assert sum(row.read for row in coverage(engine)) == read
    # The next run carries on.
    repository.start_run(command="crawl", now=NOW)
    waiting = repository.pending(None)
    numbers = [int(each.url.rsplit("/", 1)[1]) for each in waiting]
    repository.save_all([relevant(n) if n % 2 else irrelevant(n) for n in numbers], now=NOW, entries=waiting)
    assert repository.pending(None) == ()
    assert totals(engine).outcomes == {"irrelevant": 10, "relevant": 10}
    [day] = coverage(engine)
    assert (day.seen, day.read, day.relevant) == (20, 20, 10)
    assert find_articles(engine, Filter(query="cocaine")).total == find_records(engine, Filter()).total == 10
    engine.dispose()


FIRST = """
import sys
from storage.engine import open_database
from storage.repository import Repository
from tests.storage.builders import NOW, relevant

repository = Repository(open_database(sys.argv[1]))
start = int(sys.argv[2])
for number in range(start, start + 10):
    repository.save_all((relevant(number), relevant(1000)), now=NOW)
repository.engine.dispose()
"""


def test_several_first_commands_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/watch.sqlite3"
    workers = [
        subprocess.Popen([sys.executable, "-c", FIRST, url, str(start)], cwd=ROOT) for start in (0, 100, 200)
    ]
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    engine = open_database(url)
    assert integrity_faults(engine) == ()
    assert find_articles(engine, Filter(query="cocaine")).total == 31
    assert (totals(engine).records, sum(row.relevant for row in coverage(engine))) == (31, 31)
    engine.dispose()


def test_readers_while_another_writes(engine: Engine) -> None:
    """Each reader sees whole batches only: as many records as articles, in every moment."""
    repository = Repository(engine)
    stop = threading.Event()
    wrong: list[object] = []
    looks: list[int] = []

    def read() -> None:
        try:
            while not stop.is_set():
                held = totals(engine)
                looks.append(held.articles)
                found = find_articles(engine, Filter(query="cocaine"))
                if held.articles % 5 or held.articles != held.records:
                    wrong.append(held)
                if found.total % 5 or any(len(row.records) != 1 for row in found.rows):
                    wrong.append(found)
        except StorageError as error:
            wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for start in range(0, 100, 5):
        repository.save_all([relevant(number) for number in range(start, start + 5)], now=NOW)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert looks
    assert totals(engine).articles == 100
