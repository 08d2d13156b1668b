"""What is PostgreSQL's own: how it is opened, how its transactions begin, what it finds wrong.

A writing transaction takes one lock of the database (an advisory lock that ends with it), so that the
writers of all machines come one after the other, as they do on SQLite: which case a report is of is
decided by what is stored, and the order of changes is that of commits. What takes long, fetching and
reading, happens outside of it. The outbox alone does without (see outbox.py).

Reading transactions see one moment of the database and never wait.
"""

from __future__ import annotations

import time
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from pipeline.errors import ConfigError, StorageCorruptError, StorageError

WRITERS: Final = 0x64657477
"""The advisory lock of those who write ("detw")."""
_PASSING: Final = frozenset({"57P01", "57P02", "57P03", "53300"})
"""The server is being started or stopped, or has no place for one more."""
KEPT_FROM = 5_000
"""Rows of a table from which on plans are kept that were made for it: of a small one the plan would be to
read all of it, and that also once it has grown. Whenever the server counts its rows anew it plans anew."""
_SET: Final = "SELECT set_config('synchronous_commit', %s, true), set_config('plan_cache_mode', {}, true)"
_BEGIN: Final = f"{_SET} FROM (SELECT pg_advisory_xact_lock(%s)) AS taken"
_OURS: Final = "SELECT to_regclass('alembic_version') IS NOT NULL, to_regclass('articles') IS NOT NULL"


def create(address: URL, *, read_only: bool, busy_seconds: float) -> Engine:
    """An engine for ``address``, whatever driver it names. Raises ConfigError where the driver is not
    installed."""
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            "PostgreSQL needs its driver: pip install 'detainee-watch[postgres]'.", key="database_url"
        ) from error
    options = [
        str(address.query.get("options", "")),
        "-c timezone=UTC",
        f"-c lock_timeout={max(1, int(busy_seconds * 1000))}",
        # Somebody whose machine is gone must not hold the others up for ever.
        "-c idle_in_transaction_session_timeout=300000",
        "-c tcp_keepalives_idle=60",
        # How a list is found best depends on how frequent its words and countries are: a plan for any
        # value would go through a million texts for a rare word. What writes has plans that are kept.
        "-c plan_cache_mode=force_custom_plan",
    ]
    if read_only:
        options.append("-c default_transaction_read_only=on")
    query = _without(address, "options", "application_name", "connect_timeout")
    return create_engine(
        address.set(drivername="postgresql+psycopg", query=query),
        connect_args={
            "options": " ".join(options).strip(),
            "application_name": address.query.get("application_name", "detainee-watch"),
            "connect_timeout": int(str(address.query.get("connect_timeout", 10))),
        },
        # Also of transactions that would ask for more.
        execution_options={"postgresql_readonly": True} if read_only else {},
        # A connection that a restart of the server has ended is replaced before it is used.
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
    )


def _without(address: URL, *names: str) -> dict[str, Any]:
    return {name: value for name, value in address.query.items() if name not in names}


def connect(engine: Engine, *, seconds: float) -> Connection:
    """A connection; a server that is being restarted is waited for, up to ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return engine.connect()
        except OperationalError as error:
            if not passes(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.2)


def passes(error: BaseException) -> bool:
    """Whether the server could not be reached for now: it is being restarted, or was a moment ago."""
    original = getattr(error, "orig", None) or error
    state = getattr(original, "sqlstate", None)
    if state is None:
        # Nobody listens there, or the connection broke.
        words = str(original)
        return any(word in words for word in ("refused", "No such file", "closed", "terminat", "lost"))
    return state in _PASSING


def begin_writing(
    connection: Connection, *, durable: bool, alone: bool = True, repeated: bool = False
) -> None:
    """Begins a writing transaction: takes the lock of those who write, unless ``alone`` is False."""
    level = "on" if durable else "off"
    plans = _kept("pages", "auto") if repeated else "'auto'"
    if alone:
        connection.exec_driver_sql(_BEGIN.format(plans), (level, WRITERS))
    else:
        connection.exec_driver_sql(_SET.format(plans), (level,))


def keep_plans(connection: Connection, keep: bool = True) -> None:
    """From now on in this transaction a statement that was asked before is not planned anew for its values,
    or is again. To plan a small one takes longer than to run it. On SQLite nothing needs to be said."""
    if connection.dialect.name == "postgresql":
        plans = _kept("articles", "force_custom_plan") if keep else "'force_custom_plan'"
        # Without values, for a statement with some would be planned anew itself.
        connection.connection.cursor().execute(f"SELECT set_config('plan_cache_mode', {plans}, true)")


def _kept(table: str, otherwise: str) -> str:
    rows = f"(SELECT reltuples FROM pg_class WHERE oid = to_regclass('{table}'))"  # noqa: S608 - names of ours
    return f"CASE WHEN {rows} >= {KEPT_FROM} THEN 'force_generic_plan' ELSE '{otherwise}' END"


def version(connection: Connection, name: str) -> str | None:
    """The schema's version; None for an empty database. Raises StorageCorruptError where the tables are
    those of another program, StorageError for a database that cannot hold all texts."""
    known, taken = connection.execute(text(_OURS)).one()
    if known:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if taken:
        raise StorageCorruptError(
            f"The database {name} has tables of another program; use a database of its own.", key=name
        )
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise StorageError(
            f"The database {name} is encoded in {encoding}; make one in UTF8: "
            "createdb --encoding UTF8 --template template0 NAME.",
            key=name,
        )
    return None


def faults(connection: Connection) -> tuple[str, ...]:
    """What is wrong beneath the tables: indexes that were not finished, pages that the disk changed."""
    found = []
    broken = text(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE c.relnamespace = current_schema()::regnamespace AND NOT (i.indisvalid AND i.indisready)"
    )
    found += [f"the index {name} is not whole" for name in connection.execute(broken).scalars()]
    damaged = connection.execute(
        text("SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()")
    ).scalar()
    if damaged:
        found.append(f"the server has met {damaged} damaged pages")
    return tuple(found)
