"""How long a reading transaction may take where somebody waits for its answer."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, event

STEPS = 20_000
"""Instructions of SQLite's machine between two looks at the clock: some milliseconds."""


def limit_time(engine: Engine, seconds: float) -> None:
    """From now on each transaction of this engine that takes longer than ``seconds`` ends in a
    StorageSlowError, so that one question cannot keep the others waiting."""
    # The connections that are there already do not look at the clock.
    engine.dispose()
    if engine.dialect.name == "sqlite":
        _limit_sqlite(engine, seconds)
        return

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")


def _limit_sqlite(engine: Engine, seconds: float) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, record: Any) -> None:
        info = record.info
        # Whatever is not zero ends the statement.
        connection.set_progress_handler(
            lambda: int(time.monotonic() > info.get("patience", float("inf"))), STEPS
        )

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.info["patience"] = time.monotonic() + seconds
