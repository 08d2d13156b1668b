"""What a backfill was asked for → the files that are meant, and how each is cut into pieces."""

from __future__ import annotations

import glob
import gzip
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit

from pipeline.errors import ConfigError, DataError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from crawler.outlets import Outlets
    from crawler.remote import Reach, RemoteFile
    from storage.backfill import FilePlan

WARC, JSONL, PARQUET = "warc", "jsonl", "parquet"
SUFFIXES = {
    ".warc": WARC,
    ".warc.gz": WARC,
    ".warc.zst": WARC,
    ".warc.lz4": WARC,
    ".jsonl": JSONL,
    ".ndjson": JSONL,
    ".parquet": PARQUET,
}
LISTS = (".paths", ".paths.gz", ".txt")
"""Names of lists of files or addresses, one a line."""
COMMON_CRAWL = "https://data.commoncrawl.org/"
"""Where the paths of Common Crawl's lists begin."""
LONGEST_LIST = 64 * 1024 * 1024
PIECE = 64 * 1024 * 1024
"""Bytes of a piece of a file, about."""
UNKNOWN_END = 2**62
"""The end of a file whose server does not say how long it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every worker needs to know. Picklable, and without secrets but the database's address."""

    database_url: str = field(repr=False)
    outlets: Outlets
    reach: Reach
    honour: tuple[str, ...]
    max_body: int  # bytes of a page, unpacked
    source: str = ""  # under which all is stored; "": the outlet of each address
    fields: Mapping[str, str] = field(default_factory=dict)  # our name → that in the files
    run: int | None = None
    batch: int = 200  # records that are stored at once
    piece: int = PIECE


def is_remote(name: str) -> bool:
    """Whether a name is an address."""
    return name.startswith(("http://", "https://"))


def kind_of(name: str) -> str | None:
    """warc, jsonl or parquet by the end of the name; None for another."""
    path = urlsplit(name).path if is_remote(name) else name
    return next((kind for suffix, kind in SUFFIXES.items() if path.lower().endswith(suffix)), None)


def named_files(what: Iterable[str], *, base: str, reach: Reach) -> tuple[str, ...]:
    """The files that are meant, each once, in their order: absolute paths and addresses.

    Folders give what can be read in them, patterns what fits, lists what they name. Raises DataError for
    what is not there, ConfigError for what is of no known kind.
    """
    found: dict[str, None] = {}
    for each in what:
        for name in _named(each, base, reach):
            found.setdefault(name)
    return tuple(found)


def _named(what: str, base: str, reach: Reach) -> Iterator[str]:
    if _is_list(what):
        yield from _listed(what, base, reach)
    elif is_remote(what):
        yield _of_known_kind(what)
    elif Path(what).is_dir():
        inside = [path for path in sorted(Path(what).iterdir()) if path.is_file() and kind_of(path.name)]
        if not inside:
            raise DataError(f"{what}: there is no {', '.join(SUFFIXES)} file in it", key=what)
        yield from (str(path.absolute()) for path in inside)
    elif Path(what).exists():
        yield _of_known_kind(str(Path(what).absolute()))
    else:
        matches = sorted(glob.glob(what, recursive=True)) if glob.has_magic(what) else []
        if not matches:
            raise DataError(f"{what}: there is no such file", key=what)
        yield from (str(Path(match).absolute()) for match in matches if kind_of(match))


def _is_list(what: str) -> bool:
    path = urlsplit(what).path if is_remote(what) else what
    return path.lower().endswith(LISTS)


def _listed(what: str, base: str, reach: Reach) -> Iterator[str]:
    """What a list names. Its relative names are files beside it, or else lie under ``base``."""
    folder = None if is_remote(what) else Path(what).absolute().parent
    for line in _list_text(what, reach).splitlines():
        name = line.strip()
        if not name or name.startswith("#"):
            continue
        if not is_remote(name):
            path = folder / name if folder else None
            name = str(path) if path is not None and path.exists() else urljoin(base, name)
        yield _of_known_kind(name)


def _list_text(what: str, reach: Reach) -> str:
    if is_remote(what):
        from crawler.remote import RemoteFile

        with RemoteFile(what, reach) as file:
            body = _whole(file, what)
    else:
        try:
            body = Path(what).read_bytes()
        except OSError as error:
            raise DataError(f"{what}: {error.strerror}", key=what) from error
    try:
        return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode("utf-8")
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"{what}: is no list of addresses: {error}", key=what) from error


def _whole(file: RemoteFile, what: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    while data := file.read(256 * 1024):
        parts.append(data)
        size += len(data)
        if size > LONGEST_LIST:
            raise DataError(f"{what}: is too long for a list of addresses", key=what)
    return b"".join(parts)


def _of_known_kind(name: str) -> str:
    kind = kind_of(name)
    if kind is None:
        raise ConfigError(f"{name}: is none of {', '.join((*SUFFIXES, *LISTS))}", key=name)
    if kind != WARC and is_remote(name):
        raise ConfigError(f"{name}: only WARC is read from addresses; fetch the file first", key=name)
    return name


def plan(engine: Engine, job: Job, name: str, *, now: datetime) -> FilePlan:
    """The pieces of a file, as an earlier run left them or new. Raises DataError for what cannot be read."""
    from storage.backfill import DONE, plan_file, stored_plan

    known = stored_plan(engine, name)
    if is_remote(name) and known is not None and known.state == DONE:
        return known  # an archive's file does not change; its server is not asked for nothing
    kind = kind_of(name)
    assert kind is not None
    size, stamp = _measured(name, job)
    if known is not None and (known.size, known.stamp) == (size, stamp):
        return known
    cuts = ((0, size or UNKNOWN_END),) if is_remote(name) else _cuts(name, kind, size, job.piece)
    return plan_file(engine, name, kind=kind, size=size, stamp=stamp, cuts=cuts, now=now)


def _measured(name: str, job: Job) -> tuple[int, str]:
    if is_remote(name):
        from crawler.remote import remote_size

        found = remote_size(name, job.reach)
        return found.size, found.stamp
    try:
        status = Path(name).stat()
    except OSError as error:
        raise DataError(f"{name}: {error.strerror}", key=name) from error
    return status.st_size, str(status.st_mtime_ns)


def _cuts(name: str, kind: str, size: int, piece: int) -> Sequence[tuple[int, int]]:
    if kind == PARQUET:
        from app.backfill_rows import row_groups

        return row_groups(name)
    try:
        with open(name, "rb") as file:
            if kind == JSONL:
                return _cut_lines(file, size, piece)
            from crawler.archives import cut

            return cut(file, size, piece=piece)
    except OSError as error:
        raise DataError(f"{name}: {error.strerror}", key=name) from error
    except DataError as error:
        raise DataError(f"{name}: {error}", key=name) from error


def _cut_lines(file: BinaryIO, size: int, piece: int) -> Sequence[tuple[int, int]]:
    """Pieces that begin where a line does."""
    places = [0]
    while places[-1] + 2 * piece <= size:
        file.seek(places[-1] + piece)
        while (data := file.readline(1024 * 1024)) and not data.endswith(b"\n"):
            pass
        place = file.tell()
        if place >= size:
            break
        places.append(place)
    return tuple(zip(places, (*places[1:], size), strict=True))


def parse_fields(values: Iterable[str]) -> dict[str, str]:
    """``text=maintext`` …: our name → that in the files. Raises ConfigError."""
    from app.handed import FIELDS

    found: dict[str, str] = {}
    for value in values:
        match = re.fullmatch(r"(\w+)=(.+)", value.strip())
        if match is None or match[1] not in FIELDS:
            raise ConfigError(
                f"--field {value}: must be NAME=THEIRS, NAME one of {', '.join(FIELDS)}", key="field"
            )
        found[match[1]] = match[2]
    return found
