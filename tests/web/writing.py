"""Sites that may be written into: alone on a machine, or by people who log in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine

from app.settings import Settings
from app.web_desk import WebDesk
from storage.engine import open_database
from tests.web.site import SOURCES, shown
from web.access import Role, User, Who
from web.guard import hasher
from web.site import Keys

PASSWORD = "correct horse battery"


@cache
def hashed() -> str:
    return hasher().hash(PASSWORD)


def users() -> Keys:
    """One person of each role; all have one password."""
    return Keys(users=tuple(User(name=role.value, hash=hashed(), role=role) for role in Role))


@contextmanager
def writable(filled: Path, folder: Path, **fields: Any) -> Iterator[tuple[str, Engine]]:
    """A server on a copy of the database, and the database. Without ``keys`` whoever asks is "me"."""
    path = folder / "watch.sqlite3"
    shutil.copyfile(filled, path)
    writer = open_database(f"sqlite:///{path}")
    settings = Settings(
        database_url=f"sqlite:///{path}", sources_file=folder / "sources.toml", mail={"folder": folder}
    )
    values: dict[str, Any] = {
        "writer": writer,
        "sources": dict(SOURCES),
        "alone": Who(name="me", role=Role.ADMIN),
        "desk": WebDesk(settings=settings, config=None, sources={}),
    }
    try:
        with shown(path, **{**values, **fields}) as address:
            yield address, writer
    finally:
        writer.dispose()


@contextmanager
def visitor(address: str, **headers: str) -> Iterator[httpx.Client]:
    """A browser as far as forms go: it keeps cookies and says where a form comes from."""
    given = {"Origin": address, "Sec-Fetch-Site": "same-origin", "Accept": "text/html", **headers}
    with httpx.Client(base_url=address, headers=given, timeout=60, trust_env=False) as client:
        yield client


def log_in(client: httpx.Client, role: str) -> httpx.Response:
    return client.post("/login", data={"name": role, "password": PASSWORD})
