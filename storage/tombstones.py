"""What was forgotten and must not come back: keyed hashes of addresses and texts.

The key is the database's own, so that nobody without the database can try out whether an address is
among them; whoever has it can, as with any list of what must not come in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, insert, select

from storage import rows
from storage import tables as t
from storage.dialects import listed
from storage.prepared import Prepared

ADDRESS, TEXT = "address", "text"
SOME = exists(t.Tombstone.hash)
"""Whether anything was ever forgotten."""
_SECRET = "tombstones"  # noqa: S105 - the name of a key, not a key
_SOME = select(SOME)


def secret(connection: Connection) -> bytes | None:
    """The database's key for these hashes; None while there is none."""
    return connection.execute(select(t.Secret.value).where(t.Secret.name == _SECRET)).scalar()


def made_secret(connection: Connection) -> bytes:
    """The key, made when it is first needed."""
    found = secret(connection)
    if found is None:
        found = secrets.token_bytes(32)
        connection.execute(insert(t.Secret).values(name=_SECRET, value=found))
    return found


def keyed(key: bytes, sort: str, value: str) -> str:
    """The hash of a value; the same value of another sort has another."""
    return hashlib.blake2b(f"{sort}:{value}".encode("utf-8", "replace"), digest_size=20, key=key).hexdigest()


def bury(
    connection: Connection, *, addresses: Iterable[str], texts: Iterable[tuple[str, str]], now: datetime
) -> None:
    """Leaves a tombstone for each address (as it is stored) and each text (title, text)."""
    key = made_secret(connection)
    wanted = {keyed(key, ADDRESS, address): ADDRESS for address in addresses if address}
    wanted |= {digest: TEXT for title, text in texts for digest in _digests(key, title, text)}
    known = _found(connection, wanted)
    values = [
        {"hash": digest, "sort": sort, "forgotten": now}
        for digest, sort in wanted.items()
        if digest not in known
    ]
    if values:
        connection.execute(insert(t.Tombstone), values)


class Graves:
    """Answers whether something was forgotten. While nothing was, every answer costs nothing."""

    def __init__(self, connection: Connection, *, some: bool | None = None) -> None:
        """``some``: the answer to SOME, where it is known."""
        self._connection = connection
        if some is None:
            some = bool(connection.execute(_SOME).scalar())
        self._key = secret(connection) if some else None

    def addresses(self, addresses: Iterable[str]) -> set[str]:
        """Those of these addresses, as they are stored, that were forgotten."""
        if self._key is None:
            return set()
        asked = {keyed(self._key, ADDRESS, address): address for address in addresses}
        return {asked[digest] for digest in _found(self._connection, asked)}

    def has_text(self, title: str, text: str) -> bool:
        """Whether this text was forgotten, under whatever title and address."""
        if self._key is None:
            return False
        digests = _digests(self._key, rows.storable(title), rows.storable(text))
        return bool(_found(self._connection, digests))


def _digests(key: bytes, title: str, text: str) -> tuple[str, ...]:
    """Hashes of the words of an article: with its title and, where that is much, without it."""
    body = text[len(title) + 1 :] if title and text.startswith(title + "\n") else text
    told = [each for each in (text, body) if each is text or len(each) >= SHORTEST_BODY]
    return tuple(keyed(key, TEXT, rows.text_hash(each.casefold())) for each in dict.fromkeys(told))


SHORTEST_BODY = 200
"""Characters of a text that tell it from others without its title."""


def _known(on: str) -> Any:
    hashes = listed("hashes", t.Tombstone.__table__.c.hash, on)
    return select(t.Tombstone.hash).join_from(hashes, t.Tombstone, t.Tombstone.hash == hashes.c.value)


_KNOWN = Prepared(_known)


def _found(connection: Connection, hashes: Iterable[str]) -> set[str]:
    return {row.hash for row in _KNOWN.all(connection, {"hashes": list(hashes)})}
