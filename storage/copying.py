"""A database moved to another, of the same kind or of the other, with nothing lost.

    rows, table by table in the order of their keys, a batch a transaction
      → numbers that were given out once are not given again
      → checksums of each table on both sides; what differs is set right, and looked at again

All that is read is of one moment of the source. A copy that was stopped goes on behind the last row that
it had stored; until it has come to its end nothing else opens the target. The search index follows the
articles by its own triggers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)

from pipeline.errors import StorageError
from storage.copied_types import RawJson
from storage.engine import COPYING, HEAD, is_postgres, open_database, reading, same_database, writing
from storage.failures import shown_url
from storage.tables import Base

BATCH = 1_000
"""Rows that are stored in one transaction."""
Tell = Callable[[str, int, int], None]
"""Is told a table, how many of its rows are in the target, and how many there are."""
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """One table after the copy."""

    table: str
    rows: int
    checksum: str  # the same on both sides


def copy_database(source: str, target: str, *, tell: Tell = lambda *_: None) -> tuple[Copied, ...]:
    """Copy all rows of the database ``source`` into ``target``, which is made where it is a file, and must
    be empty or a copy that was stopped. Raises the StorageError tree."""
    if same_database(source, target):
        raise StorageError("A database cannot be copied into itself.", key="database_url")
    old = open_database(source, read_only=True)
    try:
        new = open_database(target, unfinished=True)
        try:
            with reading(old) as connection:
                return _Copy(connection, new, tell).run()
        finally:
            new.dispose()
    finally:
        old.dispose()


class _Copy:
    """One copy, inside a reading transaction of the source."""

    def __init__(self, old: Connection, new: Engine, tell: Tell) -> None:
        self._old = old
        self._new = new
        self._tell = tell
        self._tables = plain_tables()

    def run(self) -> tuple[Copied, ...]:
        self._begin()
        for table in self._tables:
            self._rows(table)
        for table in self._tables:
            self._inner(table)
        with writing(self._new) as connection:
            for table in self._tables:
                _set_number(connection, table, _last_number(self._old, table))
        found = self._compare()
        if any(one != other for _, one, other in found):
            self._set_right([table for table, one, other in found if one != other])
            found = self._compare()
        for table, one, other in found:
            if one != other:
                raise StorageError(
                    f"The table {table.name} is not the same on both sides ({one[0]} rows there, {other[0]} "
                    "here). Empty the target, and begin anew.",
                    key=table.name,
                )
        with writing(self._new, durable=True) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})
            if is_postgres(connection):
                connection.execute(text("ANALYZE"))
        return tuple(Copied(table=table.name, rows=one[0], checksum=one[1]) for table, one, _ in found)

    def _begin(self) -> None:
        """Marks the target as one that is being filled; refuses one that holds something else."""
        with writing(self._new) as connection:
            mark = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if mark == HEAD:
                for table in self._tables:
                    if connection.execute(select(func.count()).select_from(table)).scalar_one():
                        name = shown_url(self._new.url)
                        raise StorageError(
                            f"The database {name} is not empty; copy into a new one.", key=name
                        )
                connection.execute(
                    text("UPDATE alembic_version SET version_num = :mark"), {"mark": COPYING + HEAD}
                )

    def _rows(self, table: Table) -> None:
        """Copies what is missing behind the last row."""
        total = self._old.execute(select(func.count()).select_from(table)).scalar_one()
        with reading(self._new) as connection:
            done = connection.execute(select(func.count()).select_from(table)).scalar_one()
            keys = list(table.primary_key.columns)
            query = select(*keys).order_by(*(key.desc() for key in keys)).limit(1)
            row = connection.execute(query).first()
        last: Key | None = tuple(row) if row is not None else None
        inner = _inner_columns(table)
        while batch := _after(self._old, table, last, limit=BATCH):
            values = [dict(each) | dict.fromkeys(inner) for each in batch]
            with writing(self._new) as connection:
                connection.execute(insert(table), values)
            last = tuple(batch[-1][key.name] for key in keys)
            done += len(batch)
            self._tell(table.name, done, total)

    def _inner(self, table: Table) -> None:
        """Sets what rows of a table say of others of the same, now that all are there."""
        columns = _inner_columns(table)
        if not columns:
            return
        keys = list(table.primary_key.columns)
        query = select(*keys, *(table.c[name] for name in columns)).where(
            or_(*(table.c[name].is_not(None) for name in columns))
        )
        values = [
            {f"key_{name}" if name not in columns else name: value for name, value in row.items()}
            for row in self._old.execute(query).mappings()
        ]
        if values:
            change = update(table).where(*(key == bindparam(f"key_{key.name}") for key in keys))
            with writing(self._new) as connection:
                connection.execute(change.values({name: bindparam(name) for name in columns}), values)

    def _compare(self) -> list[tuple[Table, tuple[int, str], tuple[int, str]]]:
        """Rows and checksum of each table, there and here."""
        with reading(self._new) as connection:
            return [(each, checksum(self._old, each), checksum(connection, each)) for each in self._tables]

    def _set_right(self, tables: Sequence[Table]) -> None:
        """Makes these tables those of the source: the source was written to between two beginnings."""
        wrong: dict[str, tuple[list[Key], list[Key], list[Key]]] = {}
        with reading(self._new) as connection:
            for table in tables:
                wrong[table.name] = _differences(self._old, connection, table)
        with writing(self._new) as connection:
            for table in reversed(tables):
                for key in wrong[table.name][0]:
                    connection.execute(delete(table).where(_is(table, key)))
            for table in tables:
                _, missing, other = wrong[table.name]
                for key in missing:
                    row = self._old.execute(select(table).where(_is(table, key))).mappings().one()
                    connection.execute(insert(table), [dict(row)])
                for key in other:
                    row = self._old.execute(select(table).where(_is(table, key))).mappings().one()
                    connection.execute(update(table).where(_is(table, key)).values(dict(row)))


def plain_tables() -> tuple[Table, ...]:
    """All tables, each after those that it refers to, with columns of JSON as the text that they are."""
    metadata = MetaData()
    return tuple(
        Table(
            table.name,
            metadata,
            *(
                Column(
                    column.name,
                    RawJson() if isinstance(column.type, JSON) else column.type,
                    primary_key=column.primary_key,
                )
                for column in table.columns
            ),
        )
        for table in Base.metadata.sorted_tables
    )


def checksum(connection: Connection, table: Table) -> tuple[int, str]:
    """(rows, checksum) of a table, the same for the same rows in whatever database they are."""
    whole = hashlib.sha256()
    rows = 0
    for row in _stream(connection, table):
        whole.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
        rows += 1
    return rows, whole.hexdigest()[:16]


def _stream(connection: Connection, table: Table) -> Iterator[Any]:
    query = select(table).order_by(*table.primary_key.columns)
    yield from connection.execute(query.execution_options(yield_per=BATCH))


def _after(connection: Connection, table: Table, last: Key | None, *, limit: int) -> Sequence[Any]:
    keys = list(table.primary_key.columns)
    query = select(table).order_by(*keys).limit(limit)
    if last is not None:
        query = query.where(
            tuple_(*keys)
            > tuple_(*(bindparam(None, value, type_=key.type) for key, value in zip(keys, last, strict=True)))
        )
    return connection.execute(query).mappings().all()


def _is(table: Table, key: Key) -> Any:
    return and_(*(column == value for column, value in zip(table.primary_key.columns, key, strict=True)))


def _inner_columns(table: Table) -> list[str]:
    """The columns that refer to the same table."""
    declared = Base.metadata.tables[table.name]
    return [
        column.name
        for column in declared.columns
        if any(each.column.table is declared for each in column.foreign_keys)
    ]


def _differences(old: Connection, new: Connection, table: Table) -> tuple[list[Key], list[Key], list[Key]]:
    """Keys of rows that are here alone, that are there alone, and that are not the same."""
    count = len(table.primary_key.columns)
    places = [list(table.columns).index(column) for column in table.primary_key.columns]
    there = {tuple(row[place] for place in places): _sum(row) for row in _stream(old, table)}
    alone: list[Key] = []
    other: list[Key] = []
    for row in _stream(new, table):
        key = tuple(row[place] for place in places)
        assert len(key) == count
        found = there.pop(key, None)
        if found is None:
            alone.append(key)
        elif found != _sum(row):
            other.append(key)
    return alone, list(there), other


def _sum(row: Any) -> bytes:
    return hashlib.sha256(repr(tuple(row)).encode("utf-8", "surrogatepass")).digest()


# -- numbers that were given out --------------------------------------------------------------------------


def _last_number(connection: Connection, table: Table) -> int | None:
    """The last number that was given to a row of the table; None where rows have no number of their own."""
    declared = Base.metadata.tables[table.name]
    if declared.autoincrement_column is None or [*declared.primary_key.columns.keys()] != ["id"]:
        return None
    largest = connection.execute(select(func.max(table.c.id))).scalar() or 0
    if is_postgres(connection):
        asked = text(
            "SELECT last_value FROM pg_sequences WHERE schemaname = current_schema() AND "
            "quote_ident(sequencename) = split_part(pg_get_serial_sequence(:name, 'id'), '.', 2)"
        )
        given = connection.execute(asked, {"name": table.name}).scalar()
    else:
        kept = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")).scalar()
        asked = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        given = connection.execute(asked, {"name": table.name}).scalar() if kept else None
    return max(largest, given or 0)


def _set_number(connection: Connection, table: Table, last: int | None) -> None:
    """From now on numbers after ``last`` are given."""
    if not last:
        return
    if is_postgres(connection):
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
            {"name": table.name, "last": last},
        )
    elif Base.metadata.tables[table.name].dialect_options["sqlite"]["autoincrement"]:
        known = text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name")
        values = {"name": table.name, "last": last}
        if not connection.execute(known, values).rowcount:
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), values)
