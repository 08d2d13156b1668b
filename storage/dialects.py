"""Expressions that the two databases say in different words, in one statement for both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import Alias
from sqlalchemy.sql.visitors import InternalTraversal


def insert_into(table: type[Any], *, on: str) -> Any:
    """An INSERT that can say what is to happen where a row is there already, for the dialect ``on``."""
    dialect: Any = postgresql if on == "postgresql" else sqlite
    return dialect.insert(table)


def among(connection: Connection, number: Any, numbers: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a number is one of ``numbers``, which may be thousands: they are one value of the
    statement, which is the same however many they are."""
    if connection.dialect.name == "postgresql":
        found: ColumnElement[bool] = number == func.any(literal(list(numbers), ARRAY(BigInteger)))
        return found
    values = func.json_each(json.dumps(list(numbers))).table_valued("value").c.value
    listed: ColumnElement[bool] = number.in_(select(values))
    return listed


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
