"""The files of an export: CSV, JSONL and Parquet, written row by row into a folder that is whole or not
there.

Everything is written beside its place, in a folder ``.partial-…`` of the export's own; only when all of
it lies on the disk do the files take their places, ``datapackage.json`` last of all. A folder without
``datapackage.json`` is no export.
"""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TextIO

from pipeline.errors import ConfigError, ExportError
from storage.cells import csv_cell, json_text
from storage.export_types import Field, Table, Type

PACKAGE = "datapackage.json"
PARTIAL = ".partial-"
ROW_GROUP = 10_000
"""Rows of a Parquet file that are held in memory and written together."""

Row = dict[str, Any]


class Format(StrEnum):
    """What a table may be written as; the value is the ending of its file."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Writer(Protocol):
    """Takes the rows of one table."""

    def write(self, row: Row) -> None: ...

    def close(self) -> None:
        """The last rows and what ends the file, all of it on the disk."""

    def drop(self) -> None:
        """Nothing more is written, not even on being forgotten."""


class CsvWriter:
    """UTF-8 with a header; what a spreadsheet would run as a formula gets a ' before it."""

    def __init__(self, file: TextIO, table: Table) -> None:
        self._file = file
        self._names = [field.name for field in table.fields]
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(self._names)

    def write(self, row: Row) -> None:
        self._writer.writerow([csv_cell(row[name]) for name in self._names])

    def close(self) -> None:
        _to_disk(self._file)

    def drop(self) -> None:
        pass


class JsonlWriter:
    """One object a line, with every column in it."""

    def __init__(self, file: TextIO, table: Table) -> None:
        self._file = file
        self._names = [field.name for field in table.fields]

    def write(self, row: Row) -> None:
        self._file.write(json_text({name: row[name] for name in self._names}) + "\n")

    def close(self) -> None:
        _to_disk(self._file)

    def drop(self) -> None:
        pass


class ParquetWriter:
    """Columns with their types and, as metadata, their descriptions."""

    def __init__(self, file: BinaryIO, table: Table) -> None:
        import pyarrow  # type: ignore[import-untyped]
        import pyarrow.parquet  # type: ignore[import-untyped]

        self._arrow = pyarrow
        self._file = file
        self._schema = pyarrow.schema(
            [
                pyarrow.field(
                    field.name,
                    _arrow_type(field),
                    nullable=not field.filled,
                    metadata={"description": field.description},
                )
                for field in table.fields
            ],
            metadata={"title": table.title, "description": table.description},
        )
        self._writer = pyarrow.parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def write(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) == ROW_GROUP:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()
        _to_disk(self._file)

    def drop(self) -> None:
        self._writer.is_open = False

    def _flush(self) -> None:
        self._writer.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []


def _arrow_type(field: Field) -> Any:
    import pyarrow

    match field.type:
        case Type.STRING:
            return pyarrow.string()
        case Type.INTEGER:
            return pyarrow.int64()
        case Type.NUMBER:
            return pyarrow.float64()
        case Type.DATE:
            return pyarrow.date32()
        case Type.DATETIME:
            return pyarrow.timestamp("us", tz="UTC")
        case Type.LIST:
            return pyarrow.list_(pyarrow.string())


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file of an export."""

    table: Table
    format: Format
    rows: int
    bytes: int
    sha256: str

    @property
    def name(self) -> str:
        return file_name(self.table, self.format)


def file_name(table: Table, form: Format) -> str:
    """The name under which a table is found."""
    return f"{table.name}.{form.value}"


def check_formats(formats: Sequence[Format]) -> None:
    """Raises ConfigError where a library that is asked for is not installed."""
    if Format.PARQUET not in formats:
        return
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            "Parquet needs pyarrow, which is not installed: pip install 'detainee-watch[export]', "
            "or leave it out: --format csv,jsonl.",
            key="format",
        ) from error


def write_table(folder: Path, table: Table, rows: Iterator[Row], formats: Sequence[Format]) -> list[Written]:
    """Writes the rows into one file a format, all of them at once: memory does not grow with the rows."""
    files: list[Any] = []
    writers: list[Writer] = []
    count = 0
    try:
        for form in formats:
            path = folder / file_name(table, form)
            if form is Format.PARQUET:
                files.append(path.open("wb"))
                writers.append(ParquetWriter(files[-1], table))
            else:
                files.append(path.open("w", encoding="utf-8", newline=""))
                writers.append((CsvWriter if form is Format.CSV else JsonlWriter)(files[-1], table))
        for row in rows:
            count += 1
            for writer in writers:
                writer.write(row)
        for writer in writers:
            writer.close()
    finally:
        for writer in writers:
            writer.drop()
        for file in files:
            # What could not be written cannot be written on closing either; the first error tells it.
            with suppress(OSError):
                file.close()
    return [_written(folder, table, form, count) for form in formats]


def _written(folder: Path, table: Table, form: Format, rows: int) -> Written:
    path = folder / file_name(table, form)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Written(table=table, format=form, rows=rows, bytes=path.stat().st_size, sha256=digest)


def _to_disk(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def export_folder(folder: Path, ours: Sequence[str]) -> Iterator[Path]:
    """A folder to write into; at its end the files in it take their places in ``folder``. When it ends
    by an error nothing is left of it, and what stood in ``folder`` stays.

    ``ours``: every name that an export may have. Raises ExportError for a folder that holds anything
    else, and for one that cannot be written.
    """
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    partial: Path | None = None
    try:
        if folder.exists() and not folder.is_dir():
            raise ExportError(f"{folder} is a file; an export needs a folder.", key=str(folder))
        folder.mkdir(parents=True, exist_ok=True)
        _check_strangers(folder, ours)
        partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=folder))
        yield partial
        _publish(partial, folder, ours)
        made = []
    except OSError as error:
        raise ExportError(
            f"The export cannot be written to {folder}: {error.strerror or error}. Nothing of it "
            "was left there; what was there before stays.",
            key=str(folder),
        ) from error
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
        with suppress(OSError):
            for each in made:
                each.rmdir()


def _check_strangers(folder: Path, ours: Sequence[str]) -> None:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(PARTIAL):
            # Of an export that was killed.
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in ours:
            raise ExportError(
                f"{folder} holds {path.name}, which is of no export; name a new or an empty folder.",
                key=str(folder),
            )


def _publish(partial: Path, folder: Path, ours: Sequence[str]) -> None:
    """From the first line of this on until the last the folder is no export, and never half of one."""
    (folder / PACKAGE).unlink(missing_ok=True)
    fresh = {path.name for path in partial.iterdir()}
    for name in ours:
        if name not in fresh:
            (folder / name).unlink(missing_ok=True)
    for name in sorted(fresh - {PACKAGE}):
        (partial / name).replace(folder / name)
    _sync_folder(folder)
    (partial / PACKAGE).replace(folder / PACKAGE)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # folders cannot be opened there
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
