"""What workers that share a crawl ask of the database."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, select

from storage import rows
from storage import tables as t
from storage.dialects import listed
from storage.engine import adding, reading, writing
from storage.prepared import Prepared

_NAME = "frontier"


def _open(on: str) -> Any:
    page = t.Page.__table__
    keys = listed("keys", page.c.url, on)
    return select(page.c.url).join_from(keys, page, page.c.url == keys.c.value).where(page.c.open)


_OPEN = Prepared(_open)


def frontier_name(engine: Engine) -> str:
    """The name of this database among all that share a Redis server: sixteen hexadecimal digits, made
    when they are first needed, and the same for every worker."""
    query = select(t.Secret.value).where(t.Secret.name == _NAME)
    with reading(engine) as connection:
        found: bytes | None = connection.execute(query).scalar()
    if found is None:
        with writing(engine) as connection:
            insert = adding(connection, t.Secret).values(name=_NAME, value=secrets.token_bytes(8))
            connection.execute(insert.on_conflict_do_nothing())
            found = connection.execute(query).scalar_one()
    return found.hex()


def still_open(engine: Engine, urls: Sequence[str]) -> set[str]:
    """Those of ``urls`` whose page has no outcome yet, or one that may pass; spelled as they are given."""
    keyed = {url: rows.page_key(url) for url in urls}
    with reading(engine) as connection:
        found = {page.url for page in _OPEN.all(connection, {"keys": list(set(keyed.values()))})}
    return {url for url, key in keyed.items() if key in found}
