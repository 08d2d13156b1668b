"""A fresh database for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.engine import integrity_faults, open_database
from storage.repository import Repository


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "watch.sqlite3"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{path}", busy_seconds=5)
    yield engine
    assert integrity_faults(engine) == ()
    engine.dispose()


@pytest.fixture
def repository(engine: Engine) -> Repository:
    return Repository(engine)
