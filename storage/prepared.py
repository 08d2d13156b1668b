"""Statements that every save makes: compiled once, then asked of the driver itself.

To walk through an expression and to wrap its rows takes SQLAlchemy several times as long as SQLite needs to
run it. What is said with its expressions is turned into SQL once for each kind of database; from then on the
driver's own cursor runs it, inside the caller's transaction, and values and columns are turned by the types
of the tables as ever. Errors are those of the driver, which failures.py knows.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Dialect,
    bindparam,
    insert,
)

from storage.columns import Base

Values = Mapping[str, Any]
_NONE: Values = {}
_DOUBLE = 701
"""PostgreSQL's number of the type of all our fractions; other types do not ask for theirs."""


class Prepared:
    """One statement. ``make`` gives it for a kind of database ("sqlite", "postgresql"); what is another
    each time stands in it as a bindparam. Rows come as named tuples."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._ready: dict[str, _Ready] = {}

    def run(self, connection: Connection, values: Values = _NONE) -> None:
        """Runs it once."""
        ready = self._of(connection)
        _execute(connection, "execute", ready.sql, ready.given(values))

    def run_all(self, connection: Connection, values: Sequence[Values]) -> None:
        """Runs it for each set of values, if there are any."""
        if len(values) == 1:
            self.run(connection, values[0])
        elif values:
            ready = self._of(connection)
            _execute(connection, "executemany", ready.sql, [ready.given(each) for each in values])

    def all(self, connection: Connection, values: Values = _NONE) -> list[Any]:
        """All rows."""
        ready = self._of(connection)
        return ready.rows(_execute(connection, "execute", ready.sql, ready.given(values)).fetchall())

    def plain(self, connection: Connection, values: Values = _NONE) -> list[Any]:
        """All rows as the driver gives them: many, of plain numbers and texts."""
        ready = self._of(connection)
        found: list[Any] = _execute(connection, "execute", ready.sql, ready.given(values)).fetchall()
        return found

    def first(self, connection: Connection, values: Values = _NONE) -> Any:
        """The first row; None where there is none."""
        found = self.all(connection, values)
        return found[0] if found else None

    def scalar(self, connection: Connection, values: Values = _NONE) -> Any:
        """The first column of the first row; None where there is none."""
        found = self.all(connection, values)
        return found[0][0] if found else None

    def _of(self, connection: Connection) -> _Ready:
        name = connection.dialect.name
        ready = self._ready.get(name)
        if ready is None:
            ready = self._ready[name] = _Ready(self._make(name), connection.dialect)
        return ready


def adding(table: type[Base], *names: str, returning: str | None = None) -> Prepared:
    """Adds rows of these columns; without ``names`` of all but the number that the database gives.
    ``returning``: a column of the new row."""
    columns = names or tuple(each.name for each in table.__table__.c if each.name != "id")
    statement = insert(table).values({name: bindparam(name) for name in columns})
    if returning is not None:
        statement = statement.returning(table.__table__.c[returning])
    return Prepared(lambda _: statement)


def same(statement: Any) -> Prepared:
    """A statement that is the same for every kind of database."""
    return Prepared(lambda _: statement)


class _Ready:
    """A statement as one kind of database takes it."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        assert "POSTCOMPILE" not in self.sql, "a list must be one value: see listed()"
        types = {name: bind.type for bind, name in compiled.bind_names.items()}
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._named = compiled.positiontup is None
        names = list(types if self._named else compiled.positiontup)
        self._names = names
        self._pick = (
            itemgetter(*names) if len(names) > 1 else (lambda values: [values[name] for name in names])
        )
        turns = [types[name].dialect_impl(dialect).bind_processor(dialect) for name in names]
        self._binds = [(place, turn) for place, turn in enumerate(turns) if turn is not None]
        columns = list(getattr(statement, "exported_columns", ()))
        turned = [
            (place, each.type.dialect_impl(dialect).result_processor(dialect, _DOUBLE))
            for place, each in enumerate(columns)
        ]
        self._turned = [(place, turn) for place, turn in turned if turn is not None]
        self._row: Callable[[Any], Any] = (
            namedtuple("Row", [each.key or "" for each in columns], rename=True)._make if columns else tuple  # type: ignore[attr-defined]
        )

    def given(self, values: Values) -> Any:
        """The values as the driver takes them. Raises KeyError where one is missing."""
        if self._fixed:
            values = {**self._fixed, **values}
        picked = list(self._pick(values))
        for place, turn in self._binds:
            picked[place] = turn(picked[place])
        return dict(zip(self._names, picked, strict=True)) if self._named else picked

    def rows(self, found: list[Any]) -> list[Any]:
        """The rows that the driver gave."""
        if not found:
            return found
        if self._turned:
            for number, row in enumerate(found):
                values = list(row)
                for place, turn in self._turned:
                    values[place] = turn(values[place])
                found[number] = values
        return list(map(self._row, found))


def _execute(connection: Connection, how: str, sql: str, given: Any) -> Any:
    driver = connection.connection
    cursor = driver.cursor()
    try:
        getattr(cursor, how)(sql, given)
    except Exception as error:
        if getattr(driver.dbapi_connection, "closed", False):
            connection.invalidate(error)  # the server went away: nobody is to be given it again
        raise
    return cursor
