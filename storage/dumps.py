"""Copies of a database on PostgreSQL, made by the server's own programs.

``pg_dump`` gives one moment of the database, whole, while others go on reading and writing; what it makes
is looked over by ``pg_restore`` before it has its name.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url

from pipeline.errors import StorageError
from storage.failures import shown_url

LIBPQ: Final = (
    "host",
    "port",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "passfile",
    "service",
    "options",
)
"""Parameters of an address that the server's programs understand as well."""


def dump(url: str, target: Path) -> int:
    """Copy the database at ``url`` to the new file ``target``, in pg_dump's own form; returns its bytes.
    Raises StorageError."""
    address = make_url(url)
    name = shown_url(address)
    if target.exists():
        raise StorageError(f"{target} exists already; a copy never replaces another file.", key=str(target))
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory() as folder:
            said = _run("pg_dump", address, ["--format=custom", f"--file={part}"], Path(folder))
        if said is not None:
            raise StorageError(f"The database {name} cannot be copied: {said}", key=name)
        looked = subprocess.run(  # noqa: S603 - a program of the server's
            [_program("pg_restore"), "--list", str(part)], capture_output=True, text=True, check=False
        )
        if looked.returncode:
            raise StorageError(f"The copy of {name} cannot be read: {looked.stderr.strip()}", key=name)
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        part.rename(target)
    except OSError as error:
        raise StorageError(
            f"The copy {target} cannot be written: {error.strerror or error}.", key=str(target)
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def how_to_restore(url: str, source: Path) -> str:
    """The commands by which a copy is taken back; a person runs them, for they replace a database that
    others may use."""
    address = make_url(url)
    login = [f"--{option}={value}" for option, value in _login(address).items()]
    words = " ".join(login)
    name = f"{address.database}_restored"
    return (
        "A database on PostgreSQL is restored beside the other, by the server's own programs:\n"
        f"  createdb {words} --encoding=UTF8 --template=template0 {name}\n"
        f"  pg_restore {words} --no-owner --exit-on-error --dbname={name} {source}\n"
        f"Then end crawls, schedulers and pages, and set database_url to {name} (or rename the two by "
        "ALTER DATABASE … RENAME TO …)."
    )


def _login(address: URL) -> dict[str, str]:
    given = {
        "host": address.host or address.query.get("host"),
        "port": address.port,
        "username": address.username,
    }
    return {name: str(value) for name, value in given.items() if value}


def _run(program: str, address: URL, options: list[str], folder: Path) -> str | None:
    """None when it went well, else what the program said. A password is handed over in a file that nobody
    else reads, for what stands on the command line is seen by all."""
    query = {name: value for name, value in address.query.items() if name in LIBPQ}
    plain = URL.create(
        "postgresql",
        username=address.username,
        host=address.host,
        port=address.port,
        database=address.database,
        query=query,
    )
    command = [_program(program), *options, f"--dbname={plain.render_as_string()}", "--no-password"]
    password = address.password or address.query.get("password")
    if password:
        secret = folder / "pgpass"
        secret.touch(mode=0o600)
        escaped = str(password).replace("\\", "\\\\").replace(":", "\\:")
        secret.write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
        command = ["/usr/bin/env", f"PGPASSFILE={secret}", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - as above
    return " ".join(done.stderr.split()) if done.returncode else None


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        folders = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        found = str(folders[-1]) if folders else None
    if found is None:
        raise StorageError(
            f"Copies of a database on PostgreSQL are made by its own program {name}, which is not here; "
            "install PostgreSQL's client programs (Debian: apt install postgresql-client).",
            key=name,
        )
    return found
