"""Expressions that the two databases say in different words, in one statement for both."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal


def insert_into(table: type[Any], *, on: str) -> Any:
    """An INSERT that can say what is to happen where a row is there already, for the dialect ``on``."""
    dialect: Any = postgresql if on == "postgresql" else sqlite
    return dialect.insert(table)


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
