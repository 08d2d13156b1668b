"""A database and a mail server for each test that wants them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.engine import integrity_faults, open_database
from tests.alerts.post import Box, mail_server


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path}/watch.sqlite3", busy_seconds=20)
    yield engine
    assert integrity_faults(engine) == ()
    engine.dispose()


@pytest.fixture
def post() -> Iterator[tuple[Box, int]]:
    with mail_server() as made:
        yield made
