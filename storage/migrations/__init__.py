"""Alembic, configured in code: there is no alembic.ini, and the migrations ship with the package.

A new migration is one more file in versions/, with the next number; raise HEAD in
storage/engine.py with it. A test compares the migrated database with storage/tables.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def script_directory() -> ScriptDirectory:
    """The migrations as Alembic sees them."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def known_versions() -> frozenset[str]:
    """The numbers of all migrations that this program has."""
    return frozenset(script.revision for script in script_directory().walk_revisions())


def migrate(connection: Connection, target: str = "head") -> None:
    """Runs what is missing, inside the transaction that ``connection`` is in: all or nothing."""
    scripts = script_directory()

    def steps(revision: Any, _: Any) -> Any:
        return scripts._upgrade_revs(target, revision)

    with EnvironmentContext(Config(), scripts, fn=steps, destination_rev=target) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()
