"""A database and a mail server for each test that wants them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.engine import integrity_faults, open_database
from tests.alerts.post import ADDRESS, Box, mail_server
from tests.databases import KINDS, database


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test of a database runs on both."""
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", KINDS, scope="function")


@pytest.fixture
def url(kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of the test's database."""
    with database(kind, tmp_path) as address:
        # Processes that a test starts find it there.
        (tmp_path / ADDRESS).write_text(address)
        yield address


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_database(url, busy_seconds=20)
    yield engine
    assert integrity_faults(engine) == ()
    engine.dispose()


@pytest.fixture
def post() -> Iterator[tuple[Box, int]]:
    with mail_server() as made:
        yield made
