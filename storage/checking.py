"""Whether the database is sound: its file, its indexes, its tables, and what its search index says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from pipeline.errors import StorageCorruptError, StorageError
from storage.engine import (
    HEAD,
    database_file,
    integrity_faults,
    is_postgres,
    on_server,
    open_database,
    reading,
    shown_address,
    writing,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a look at the database found."""

    file: str
    version: str | None  # of the tables
    faults: tuple[str, ...]  # the file, its indexes, rows that belong to none, the search index
    drift: tuple[str, ...]  # where the tables are not those of this program

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults and not self.drift


def check_database(url: str) -> Checked:
    """Look the whole database over. Changes nothing but that tables are brought up to date when they
    can be. Raises the StorageError tree where it cannot be opened at all."""
    if on_server(url):
        name = shown_address(url)
    else:
        file = file_of(url)
        name = str(file)
        if not file.exists():
            raise StorageError(f"There is no database {file} yet; run a crawl first.", key=name)
    try:
        engine = open_database(url)
    except StorageCorruptError as error:
        return Checked(file=name, version=None, faults=(str(error),), drift=())
    try:
        faults = integrity_faults(engine)
        if not faults:
            faults = search_faults(engine)
        drift = () if faults else schema_drift(engine)
        return Checked(file=name, version=HEAD, faults=faults, drift=drift)
    finally:
        engine.dispose()


def quick_check(engine: Engine) -> None:
    """A look at the structure of the file, a fraction of the time of a full one: for the start of a
    crawl. Raises StorageCorruptError with what is to be done."""
    if is_postgres(engine):
        return  # the server looks after its pages itself
    name = engine.url.database or ""
    try:
        with reading(engine) as connection:
            problem = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
    except StorageCorruptError as error:
        problem = str(error.__cause__ or error).splitlines()[0]
    if problem != "ok":
        raise StorageCorruptError(
            f"The database {name} is damaged ({problem}), so nothing was fetched. "
            "'detainee-watch db check' says more; 'detainee-watch db restore COPY' takes a copy back.",
            key=name,
        )


def search_faults(engine: Engine) -> tuple[str, ...]:
    """Whether the search index says what the articles say; it can be wrong in a file that is sound."""
    wrong = ("the search index does not say what the articles say",)
    if is_postgres(engine):
        with reading(engine) as connection:
            return wrong if connection.execute(text(_OUT_OF_STEP)).scalar() else ()
    try:
        with writing(engine) as connection:
            connection.execute(
                text("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")
            )
    except StorageCorruptError:
        return wrong
    return ()


_OUT_OF_STEP = """SELECT count(*) FROM articles a FULL JOIN articles_fts f ON f.id = a.id
    WHERE a.id IS NULL OR f.id IS NULL
    OR f.words IS DISTINCT FROM watch_words(a.title, a.text, a.source, a.language)"""


def schema_drift(engine: Engine) -> tuple[str, ...]:
    """Where the tables differ from those that this program knows."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from storage.tables import Base

    def ours(name: str | None, kind: str, parents: object) -> bool:
        # The search index and its shadow tables are made by hand.
        return not (kind == "table" and (name or "").startswith("articles_fts"))

    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        return tuple(_drift_words(one) for one in _flat(compare_metadata(context, Base.metadata)))


def _flat(differences: Any) -> Iterator[Any]:
    for one in differences:
        if isinstance(one, list):
            yield from one
        else:
            yield one


def _drift_words(difference: Any) -> str:
    kind, *rest = difference
    names = [str(getattr(one, "name", one)) for one in rest if one is not None and not isinstance(one, dict)]
    # "add" is what would have to be done: it is missing here.
    words = kind.replace("add_", "missing ").replace("remove_", "unknown ").replace("modify_", "other ")
    return f"{words.replace('_', ' ')}: {' '.join(names[:3])}"


def file_of(url: str) -> Path:
    """The file of the database; raises StorageError where it is none."""
    file = database_file(url)
    if file is None:
        raise StorageError("The database is no file, so there is nothing to copy.", key="database_url")
    return file
