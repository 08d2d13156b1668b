"""What is taken away is taken out of the file, too.

SQLite only marks what is deleted as free, and the search index notes deletions beside what they
delete. Every connection that writes overwrites what it frees (``secure_delete``, see engine.py); here
the index is merged, which drops what its deletions left, the log is written back and emptied, and on
demand the whole file is written anew, for what was freed before the file knew ``secure_delete``.

PostgreSQL keeps what was deleted or changed until a table is vacuumed; the tables that hold texts are, and
on demand written anew. Its log of changes (WAL), replicas and base backups are the server's affair.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine

from pipeline.errors import StorageBusyError, StorageError, StorageFullError
from storage.engine import is_postgres, writing
from storage.failures import translated

TEXTS: Final = (
    "articles",
    "articles_fts",
    "revisions",
    "pages",
    "records",
    "record_drugs",
    "record_history",
    "program_records",
    "record_marks",
    "case_names",
    "case_reports",
    "alert_hits",
    "outbox",
    "quarantine",
)
"""The tables in which words of articles stand."""


def sweep(engine: Engine, *, whole: bool) -> str:
    """Takes the remains of what was deleted out of the file and its log. ``whole`` writes the file anew,
    which takes as much space again for a while. Returns "" or, in words, what could not be done now."""
    if is_postgres(engine):
        return _vacuum(engine, whole=whole)
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO articles_fts (articles_fts) VALUES ('optimize')")
    left = ""
    with translated(engine.url):
        raw = engine.raw_connection()
        try:
            if whole:
                try:
                    with translated(engine.url):
                        raw.execute("VACUUM")
                except (StorageBusyError, StorageFullError) as error:
                    left = f"The file could not be written anew: {error}"
            busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                left = left or (
                    "Another process reads the database, so that its log could not be emptied; the next "
                    "command that closes the database empties it."
                )
        finally:
            raw.close()
    return left


def _vacuum(engine: Engine, *, whole: bool) -> str:
    how = "VACUUM (FULL, ANALYZE)" if whole else "VACUUM"
    left = ""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in TEXTS:
            try:
                with translated(engine.url):
                    connection.exec_driver_sql(f"{how} {table}")
            except StorageError as error:
                left = f"Not everything could be written anew: {error}"
    return left
