"""The database as a data set: files that stand for themselves, as it is or as it was on a day.

    tables (export_fields.py) ─┬─ rows (export_rows.py) ── files (export_files.py)
                               └─ datapackage.json: the dictionary, by the Data Package standard

All rows are of one moment: they are read in one transaction. The same database gives the same bytes,
so that two exports can be compared by their files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from pipeline.types import Source
from pipeline.vocabulary import CODEBOOK, Kind
from storage import export_cases as cases
from storage import export_fields as tables
from storage import export_rows as rows
from storage import queries
from storage.cells import LIST_SEPARATOR, json_text
from storage.engine import reading
from storage.export_fields import TABLES
from storage.export_files import (
    PACKAGE,
    Format,
    Written,
    check_formats,
    export_folder,
    file_name,
    write_table,
)
from storage.export_types import Field, Table, Type
from storage.values import Filter

NAMES = (*(file_name(table, form) for table in TABLES for form in Format), PACKAGE)
"""Every file that an export may have."""
_MEDIA = {
    Format.CSV: "text/csv",
    Format.JSONL: "application/jsonl",
    Format.PARQUET: "application/vnd.apache.parquet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    folder: Path
    files: tuple[Written, ...]

    @property
    def rows(self) -> dict[str, int]:
        """The rows of each table."""
        return {written.table.name: written.rows for written in self.files}


def export(
    engine: Engine,
    folder: Path,
    *,
    formats: Sequence[Format] = tuple(Format),
    wanted: Filter | None = None,
    as_of: date | None = None,
    sources: Sequence[Source] = (),
    program: str,
    licence: str = "",
) -> Exported:
    """Writes every table into ``folder``, all or nothing. ``as_of``: as it stood at the end of that day
    (UTC). ``sources``: those that are followed, for the table of sources. ``program``: its version.
    ``licence``: a name (SPDX) or an address, of the operator's choice.

    Raises ConfigError for a format whose library is missing, QueryError for a filter that makes no
    sense, ExportError for a folder that cannot be written, else the StorageError tree.
    """
    check_formats(formats)
    wanted = wanted or Filter()
    queries.checked(wanted)
    formats = tuple(form for form in Format if form in formats)
    moment = datetime.combine(as_of + timedelta(days=1), time(), UTC) if as_of is not None else None
    with export_folder(folder, NAMES) as place, reading(engine) as connection:
        files = [
            written
            for table, of in _rows_of(sources).items()
            for written in write_table(place, table, of(connection, wanted, moment), formats)
        ]
        package = _package(files, wanted, as_of=as_of, program=program, licence=licence)
        (place / PACKAGE).write_text(json_text(package, indent=2) + "\n", encoding="utf-8")
    return Exported(folder=folder, files=tuple(files))


Rows = Callable[[Connection, Filter, datetime | None], Iterator[rows.Row]]


def _rows_of(sources: Sequence[Source]) -> Mapping[Table, Rows]:
    return {
        tables.RECORDS: rows.records,
        tables.CASES: cases.cases,
        tables.REPORTS: rows.reports,
        tables.STOCKS: partial(rows.figures, kind=Kind.STOCK),
        tables.FLOWS: partial(rows.figures, kind=Kind.FLOW),
        tables.SOURCES: partial(rows.sources, known=sources),
        tables.COVERAGE: partial(rows.coverage, known=sources),
        tables.REVISED_RECORDS: rows.revised_records,
        tables.REVISED_CASES: cases.revised_cases,
    }


# -- datapackage.json -----------------------------------------------------------------------------


def _package(
    files: Sequence[Written], wanted: Filter, *, as_of: date | None, program: str, licence: str
) -> dict[str, Any]:
    """The dictionary. It has no time of its making, by which two equal exports would differ."""
    package: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "profile": "data-package",  # what version 1 of the standard asks for
        "name": "detainee-watch",
        "title": "Foreign drug detainees in the news",
        "description": (
            "Who is held where, how many, at what stage, for which drug, as the news reports it. People in "
            "it are suspects unless their stage says otherwise. Figures of different kinds (event, stock, "
            "flow) are never added; the words are those of the codebook. 'records' holds what stands, "
            "'revised_records' what stood before."
        ),
        "version": program,
        "program": program,
        "codebook": CODEBOOK,
        "as_of": as_of.isoformat() if as_of is not None else None,
        "filter": _asked(wanted),
        "keywords": ["foreign detainees", "drug offences", "news"],
    }
    if licence:
        package["licenses"] = [{"path" if "://" in licence else "name": licence}]
    package["resources"] = [_resource(written, {each.format for each in files}) for written in files]
    return package


def _asked(wanted: Filter) -> dict[str, Any]:
    """What the rows were narrowed to; empty: nothing."""
    names = (
        "since",
        "until",
        "query",
        "nationality",
        "country",
        "stage",
        "drug",
        "kind",
        "language",
        "source",
    )
    return {name: value for name in names if (value := getattr(wanted, name))}


def _resource(written: Written, formats: set[Format]) -> dict[str, Any]:
    table, form = written.table, written.format
    first = form is next(each for each in Format if each in formats)
    resource: dict[str, Any] = {
        # Names are unique: the first format has the table's own.
        "name": table.name if first else f"{table.name}-{form.value}",
        "type": "table",
        "profile": "tabular-data-resource" if form is Format.CSV else "data-resource",
        "path": written.name,
        "title": table.title,
        "description": table.description,
        "format": form.value,
        "mediatype": _MEDIA[form],
        "bytes": written.bytes,
        "hash": f"sha256:{written.sha256}",
        "rows": written.rows,
    }
    if form is not Format.PARQUET:
        resource["encoding"] = "utf-8"
    if form is Format.CSV:
        resource["dialect"] = {
            "delimiter": ",",
            "quoteChar": '"',
            "doubleQuote": True,
            "lineTerminator": "\n",
        }
    keys = [
        {
            "fields": [name],
            "reference": {"resource": other if first else f"{other}-{form.value}", "fields": ["id"]},
        }
        for name, other in table.points
    ]
    resource["schema"] = {
        "fields": [_field(field, form) for field in table.fields],
        "primaryKey": list(table.key),
        "missingValues": [""],
        **({"foreignKeys": keys} if keys else {}),
    }
    return resource


def _field(field: Field, form: Format) -> dict[str, Any]:
    kind, description = field.type.value, field.description
    if field.type is Type.LIST:
        kind = "array"
        if form is Format.CSV:
            # A cell of CSV is one text; "array" would have to be JSON there.
            kind, description = "string", f"{description} (several with {LIST_SEPARATOR!r} between)"
    shown: dict[str, Any] = {"name": field.name, "type": kind, "description": description}
    constraints: dict[str, Any] = {}
    if field.filled and field.type is not Type.STRING:
        constraints["required"] = True  # a text may be empty, which CSV cannot tell from none
    if field.words:
        constraints["enum"] = list(field.words)
    return shown | ({"constraints": constraints} if constraints else {})
