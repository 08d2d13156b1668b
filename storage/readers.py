"""What each reader was shown: the rows that are new to a name.

Not by the clock but by the order of changes (tables.Counter): a bookmark up to which everything
was shown, and beyond it the rows that a filtered or cut list has shown one by one. So a list that
is narrowed to one country, or to ten rows, never makes the others go unseen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, select

from storage import tables as t
from storage.engine import adding
from storage.prepared import same

_KNOWN = same(
    select(
        select(t.Reader.seq)
        .where(t.Reader.name == bindparam("reader"), t.Reader.list == bindparam("of"))
        .scalar_subquery()
        .label("bookmark"),
        exists().where(t.Shown.name == bindparam("reader"), t.Shown.list == bindparam("of")).label("some"),
    )
)
"""A reader's bookmark, and whether rows beyond it were shown one by one."""


def known(connection: Connection, name: str, of: str) -> tuple[int, bool]:
    """Up to where the reader was shown everything, and whether single rows beyond that were shown."""
    bookmark, some = _KNOWN.first(connection, {"reader": name, "of": of})
    return bookmark or 0, some


def unseen(
    connection: Connection, name: str, of: str, item: type[t.Article] | type[t.Record] | type[t.Case]
) -> ColumnElement[bool]:
    """The condition that rows of ``item`` are new to the reader ``name`` of the list ``of``."""
    bookmark, some = known(connection, name, of)
    new = item.seq > bookmark
    if not some:
        return new
    shown = exists().where(
        t.Shown.name == name, t.Shown.list == of, t.Shown.item_id == item.id, t.Shown.seq >= item.seq
    )
    return new & ~shown


def mark_all(connection: Connection, name: str, of: str) -> None:
    """Everything was shown: the bookmark moves to the present end."""
    end = connection.execute(select(t.Counter.value).where(t.Counter.name == "changes")).scalar() or 0
    _upsert(connection, t.Reader, ("name", "list"), [{"name": name, "list": of, "seq": end}])
    connection.execute(delete(t.Shown).where(t.Shown.name == name, t.Shown.list == of))


def mark(connection: Connection, name: str, of: str, items: Iterable[tuple[int, int]]) -> None:
    """These were shown: (number of the row, its place in the order of changes)."""
    values = [{"name": name, "list": of, "item_id": number, "seq": seq} for number, seq in items]
    if values:
        _upsert(connection, t.Shown, ("name", "list", "item_id"), values)


def _upsert(
    connection: Connection, table: type[t.Base], keys: tuple[str, ...], values: list[dict[str, Any]]
) -> None:
    statement = adding(connection, table)
    connection.execute(
        statement.on_conflict_do_update(index_elements=list(keys), set_={"seq": statement.excluded.seq}),
        values,
    )
