"""Expressions that the two databases say in different words, in one statement for both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    TableValuedAlias,
    Text,
    bindparam,
    column,
    false,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import Alias
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.columns import NUMBER


def insert_into(table: type[Any], *, on: str) -> Any:
    """An INSERT that can say what is to happen where a row is there already, for the dialect ``on``."""
    dialect: Any = postgresql if on == "postgresql" else sqlite
    return dialect.insert(table)


def one_of(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a text is one of ``values``, in a statement that can be prepared."""
    found: ColumnElement[bool] = column.in_([literal(value) for value in values]) if values else false()
    return found


def among(connection: Connection, number: Any, numbers: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a number is one of ``numbers``, which may be thousands: they are one value of the
    statement, which is the same however many they are."""
    values = bindparam(None, numbers, type_=_Listed(NUMBER), unique=True)
    if connection.dialect.name == "postgresql":
        found: ColumnElement[bool] = number == func.any(values)
        return found
    listed: ColumnElement[bool] = number.in_(select(func.json_each(values).table_valued("value").c.value))
    return listed


def listed(name: str, of: ColumnElement[Any], on: str) -> TableValuedAlias:
    """A list, however long it is, as rows with a ``value`` that a column like ``of`` can have: the
    bindparam ``name``. Joined to a table it is looked up by its index; an IN of SQLite would make a table
    of it first, which takes ten times as long for a few."""
    values = bindparam(name, type_=_Listed(of.type))
    value = column("value", of.type)
    if on == "postgresql":
        return func.unnest(values).table_valued(value, name="listed").render_derived()
    return func.json_each(values).table_valued(value, name="listed")


class _Listed(TypeDecorator[Any]):
    """A list of values as one value: JSON on SQLite, an array on PostgreSQL."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self._item = NUMBER if item.python_type is int else Text()

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else ARRAY(self._item)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        return _as_json if dialect.name == "sqlite" else list


def _as_json(values: Sequence[Any]) -> str:
    # What a list of numbers or texts is in JSON, in a fifth of the time of json.dumps.
    said = [encode_basestring_ascii(each) if isinstance(each, str) else str(each) for each in values]
    return f"[{','.join(said)}]"


class ByDatabase(ColumnElement[Any]):
    """One expression on SQLite and another on PostgreSQL; both mean the same."""

    __visit_name__ = "by_database"
    _traverse_internals = [  # noqa: RUF012 - read by SQLAlchemy
        ("sqlite", InternalTraversal.dp_clauseelement),
        ("postgresql", InternalTraversal.dp_clauseelement),
    ]
    inherit_cache = True

    def __init__(self, *, sqlite: ColumnElement[Any], postgresql: ColumnElement[Any]) -> None:
        self.sqlite = sqlite
        self.postgresql = postgresql
        self.type = sqlite.type

    def self_group(self, against: Any = None) -> ByDatabase:
        """Stands in its own brackets. It is a comparison: as the "= 1" of a column of truth values SQLite
        would see no index in it."""
        return self

    @property
    def _from_objects(self) -> Any:
        return self.sqlite._from_objects


@compiles(ByDatabase, "sqlite")
def _on_sqlite(element: ByDatabase, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.sqlite, **options)})"


@compiles(ByDatabase, "postgresql")
def _on_postgresql(element: ByDatabase, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.postgresql, **options)})"


class ByIndex(Alias):
    """A table that SQLite is to read by one index alone, which has all the columns that are asked for, also
    where the number of the row would lead to the row itself. Its name is that of the index."""

    inherit_cache = True


@compiles(ByIndex)
def _whole(element: ByIndex, compiler: Any, **options: Any) -> str:
    return str(compiler.visit_alias(element, **options))


@compiles(ByIndex, "sqlite")
def _by_index(element: ByIndex, compiler: Any, **options: Any) -> str:
    made = compiler.visit_alias(element, **options)
    return f"{made} INDEXED BY {element.name}" if options.get("asfrom") else str(made)
