"""A fresh database for each test, of each kind: SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.engine import integrity_faults, open_database
from storage.repository import Repository
from tests.databases import KINDS, database


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test of a database runs on both; one that asks for the file is about SQLite."""
    if "kind" in metafunc.fixturenames:
        about_the_file = "path" in metafunc.fixturenames
        metafunc.parametrize("kind", KINDS[:1] if about_the_file else KINDS, scope="function")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "watch.sqlite3"


@pytest.fixture
def url(kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of the test's database."""
    with database(kind, tmp_path / "data") as address:
        yield address


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_database(url, busy_seconds=5)
    yield engine
    assert integrity_faults(engine) == ()
    engine.dispose()


@pytest.fixture
def repository(engine: Engine) -> Repository:
    return Repository(engine)
