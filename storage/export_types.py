"""What the data dictionary of an export is made of: types, columns, tables. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """What the values of a column are, in the words of Data Package."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"  # of strings


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column."""

    name: str
    type: Type
    description: str
    words: tuple[str, ...] = ()  # the only values that there are, where they are few
    filled: bool = False  # whether every row has a value


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of an export."""

    name: str
    title: str
    description: str
    key: tuple[str, ...]  # the columns by which a row is found again
    fields: tuple[Field, ...]
    points: tuple[tuple[str, str], ...] = ()  # (column, table in whose ``id`` its values stand)
