"""What workers that share a crawl ask of the database."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from storage import rows
from storage import tables as t
from storage.engine import reading, writing
from storage.known import chunks

_NAME = "frontier"


def frontier_name(engine: Engine) -> str:
    """The name of this database among all that share a Redis server: sixteen hexadecimal digits, made
    when they are first needed, and the same for every worker."""
    query = select(t.Secret.value).where(t.Secret.name == _NAME)
    with reading(engine) as connection:
        found: bytes | None = connection.execute(query).scalar()
    if found is None:
        with writing(engine) as connection:
            dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
            insert = dialect.insert(t.Secret).values(name=_NAME, value=secrets.token_bytes(8))
            connection.execute(insert.on_conflict_do_nothing())
            found = connection.execute(query).scalar_one()
    return found.hex()


def still_open(engine: Engine, urls: Sequence[str]) -> set[str]:
    """Those of ``urls`` whose page has no outcome yet, or one that may pass; spelled as they are given."""
    keyed = {url: rows.page_key(url) for url in urls}
    found: set[str] = set()
    with reading(engine) as connection:
        for chunk in chunks(list(set(keyed.values()))):
            query = select(t.Page.url).where(t.Page.open, t.Page.url.in_(chunk))
            found.update(connection.execute(query).scalars())
    return {url for url, key in keyed.items() if key in found}
