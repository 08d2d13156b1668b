"""Edits a TOML file of the user's: comments and order kept, never half written."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from crawler.source_fields import read_text
from pipeline.errors import SourceError


def edit_toml(path: Path, edit: Callable[[tomlkit.TOMLDocument], None], *, heading: str) -> None:
    """Apply ``edit`` to the file's document and put the result in its place in one step.

    A file that is missing begins with ``heading`` as a comment. Raises SourceError.
    """
    try:
        # A symbolic link stays one: what it points to is replaced.
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        with _only_editor(target.parent):
            if target.exists():
                document = tomlkit.parse(read_text(target))
            else:
                document = tomlkit.document()
                document.add(tomlkit.comment(heading))
            edit(document)
            _replace(target, document.as_string())
    except OSError as error:
        raise SourceError(f"{path}: cannot be written: {error.strerror or error}", key=str(path)) from error
    except (TOMLKitError, RuntimeError) as error:  # RuntimeError: symbolic links that form a ring
        raise SourceError(f"{path}: cannot be edited: {error}", key=str(path)) from error


def append_table(document: tomlkit.TOMLDocument, name: str, fields: Mapping[str, Any]) -> None:
    """Add a table at the end, after an empty line; one of the same name is replaced where it stands."""
    table = tomlkit.table()
    for field, value in fields.items():
        table.add(field, value)
    if name in document:
        document[name] = table
        return
    if document.as_string().strip():
        document.add(tomlkit.nl())
    document.add(name, table)


@contextmanager
def _only_editor(folder: Path) -> Iterator[None]:
    """Hold a lock on the folder, so that of two edits at the same time none is lost."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems have no locks; an edit is rare enough to go on without.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(target: Path, text: str) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
