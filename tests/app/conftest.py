"""The command in this process and as a real one, in a home of its own, and a world to crawl."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app import console
from app.cli import app
from pipeline.vocabulary import Stage
from storage.engine import open_database
from storage.repository import Repository
from tests.databases import KINDS, database
from tests.storage import builders

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    """What a call of the command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Ran]


ON_BOTH = ("alerts", "alerts_mail", "asking", "cases", "explain", "export", "privacy", "reading", "trends")
"""The tests whose commands run on SQLite and on PostgreSQL."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        both = metafunc.module.__name__.rpartition(".test_")[2] in ON_BOTH
        about_the_file = "on_file" in metafunc.fixturenames
        kinds = KINDS if both and not about_the_file else KINDS[:1]
        metafunc.parametrize("kind", kinds, scope="function")


@pytest.fixture
def on_file() -> None:
    """What the test looks at is the database's file."""


@pytest.fixture
def url(kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of the database."""
    with database(kind, tmp_path) as address:
        yield address


@pytest.fixture
def home(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with no settings in reach but these; the database's place is in it."""
    for name in list(os.environ):
        if name.upper().startswith("DETAINEE_WATCH_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("DETAINEE_WATCH_DATABASE_URL", url)
    monkeypatch.setenv("DETAINEE_WATCH_SOURCES_FILE", str(tmp_path / "sources.toml"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "PYTHONWARNINGS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(home: Path) -> Iterator[Command]:
    """The command in this process."""

    def call(*args: str | Path, stdin: bytes | str | None = None) -> Ran:
        console.out.cache_clear()
        console.err.cache_clear()
        result = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin)
        return Ran(result.exit_code, result.stdout, result.stderr)

    yield call
    console.out.cache_clear()
    console.err.cache_clear()


@pytest.fixture
def process(home: Path) -> Command:
    """The command as a process of its own."""

    def call(*args: str | Path, stdin: bytes = b"", timeout: float = 60) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "app", *map(str, args)],
            input=stdin,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


EVIL = "\x1b[31mRed\x07 \u202eevil\x9b title"


@pytest.fixture
def filled(home: Path, url: str) -> Path:
    """A database with four relevant articles; one was edited by its outlet, one has an evil title. Its file,
    where it has one."""
    path = home / "watch.sqlite3"
    engine = open_database(url)
    repository = Repository(engine)
    now = builders.NOW
    britons = builders.record(nationality="GB", country="TH", stage=Stage.IMPRISONED, count=7)
    repository.save_all(
        [
            builders.relevant(1),
            builders.relevant(2, britons),
            builders.relevant(3, title="=cmd|' /C calc'!A0"),
            builders.relevant(4, title=EVIL),
            builders.irrelevant(5),
            builders.rejected(6),
        ],
        now=now,
    )
    repository.save(builders.relevant(1, body=builders.SENTENCE + " One more was sought."), now=now)
    engine.dispose()
    return path
