"""Columns of JSON as the text that they are, for copying: what is read is what is written, to the letter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ColumnElement, Dialect, Text, cast
from sqlalchemy.types import TypeDecorator

from storage.dialects import ByDatabase


class RawJson(TypeDecorator[str]):
    """Text in, text out, in a column of JSON."""

    impl = Text
    cache_ok = True

    def bind_expression(self, bindparam: Any) -> ColumnElement[Any]:
        return ByDatabase(sqlite=bindparam, postgresql=cast(bindparam, JSON))

    def column_expression(self, column: Any) -> ColumnElement[Any]:
        return ByDatabase(sqlite=column, postgresql=cast(column, Text))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return value
