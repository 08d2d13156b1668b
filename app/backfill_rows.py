"""Articles out of lines of JSON and rows of Parquet, each with its place and outcome."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from app.handed import MAX_LINE, HandedIn, handed_in, read_handed
from pipeline.errors import ConfigError, DataError

if TYPE_CHECKING:
    from app.backfill_files import Job
    from pipeline.types import Outcome

NEEDS_PARQUET = "Parquet needs the extra 'export': pip install 'detainee-watch[export]'."
BAD_RECORD = "bad-record"
"""Counts lines and rows that are no article: no JSON, no text, a field of the wrong kind."""
ROWS = 64
"""Rows of Parquet that are in memory at once; each may be a page."""


def row_groups(name: str) -> list[tuple[int, int]]:
    """The groups of rows of a Parquet file: the number of the first row of each, and its end. Raises
    DataError."""
    about = _parquet(name).metadata
    found, at = [], 0
    for number in range(about.num_row_groups):
        size = about.row_group(number).num_rows
        found.append((at, at + size))
        at += size
    return found


def lines_of(file: BinaryIO, stop: int) -> Iterator[tuple[int, bytes]]:
    """The lines that begin before ``stop``, each with its place; of one that is too long its beginning."""
    while (at := file.tell()) < stop and (line := file.readline(MAX_LINE + 1)):
        if len(line) > MAX_LINE:
            while not line.endswith(b"\n") and (rest := file.readline(1024 * 1024)):
                if rest.endswith(b"\n"):
                    break
        if line.strip():
            yield at, line


def article_of_line(line: bytes, fields: Mapping[str, str]) -> HandedIn:
    """One line of JSON. Raises DataError."""
    if len(line) > MAX_LINE:
        raise DataError(f"is longer than {MAX_LINE // 1024 // 1024} MB")
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except RecursionError as error:
        raise DataError("not valid JSON: nested too deep") from error
    except ValueError as error:
        raise DataError(f"not valid JSON: {error}") from error
    if not isinstance(found, dict):
        raise DataError("not a JSON object")
    return handed_in(_renamed(found, fields), 0)


def rows_of(name: str, at: int, stop: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a Parquet file from number ``at`` on, before ``stop``. Raises DataError."""
    file = _parquet(name)
    groups = [number for number, (start, end) in enumerate(row_groups(name)) if start < stop and end > at]
    if not groups:
        return
    row = row_groups(name)[groups[0]][0]
    for batch in file.iter_batches(batch_size=ROWS, row_groups=groups):
        if row + batch.num_rows <= at:
            row += batch.num_rows
            continue
        for found in batch.to_pylist():
            if row >= stop:
                return
            if row >= at:
                yield row, found
            row += 1


def article_of_row(row: Mapping[str, Any], fields: Mapping[str, str]) -> HandedIn:
    """One row of Parquet. Raises DataError."""
    return handed_in({name: _plain(value) for name, value in _renamed(row, fields).items()}, 0)


def read_article(handed: HandedIn, job: Job, *, now: datetime) -> Outcome:
    """Its outcome, counted under the outlet of its address. Never raises."""
    slug, outlet = job.outlets.of(handed.url, handed.lang or "") if handed.url else ("", None)
    if handed.outlet_country is None and outlet is not None and outlet.country != "XX":
        from dataclasses import replace

        handed = replace(handed, outlet_country=outlet.country)
    return read_handed(handed, source=job.source or slug, now=now)


def _renamed(found: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """The fields under our names. Of an article that has both a text and a page, the text is read."""
    ours = dict(found)
    for name, theirs in fields.items():
        ours[name] = found.get(theirs)
    # The number of a row in a table of somebody's own says nothing here.
    ours.pop("id", None)
    if ours.get("text") and ours.get("html"):
        ours["html"] = None
    return ours


def _plain(value: Any) -> Any:
    """A time as text: without a zone it is UTC."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _parquet(name: str) -> Any:
    try:
        from pyarrow import ArrowException  # type: ignore[import-untyped]
        from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]
    except ImportError as error:
        raise ConfigError(NEEDS_PARQUET, key="export") from error
    try:
        return ParquetFile(name)
    except (OSError, ArrowException) as error:
        raise DataError(f"{name}: cannot be read as Parquet: {error}"[:300], key=name) from error
