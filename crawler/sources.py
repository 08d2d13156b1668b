"""Reads, checks and edits the tables that describe outlets; the only reader of them.

The package's tables lie in ``crawler/sources/<cc>.toml`` (``intl.toml`` for outlets at home in no
one country). A user has one file more, in the same shape: its tables add outlets, and a table of
the same name as one of the package's changes the fields that it names (``enabled = false`` turns
the outlet off). Everything is checked on load; an error names file, table and field.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomlkit

from crawler.source_edit import append_table, edit_toml
from crawler.source_fields import REQUIRED, check_fields, check_slug, read_text
from pipeline.errors import SourceError
from pipeline.types import Source

PACKAGE_FOLDER = Path(__file__).parent / "sources"
"""Where the tables that come with the program lie."""

FIRST_FILE = "intl.toml"
"""The file that is read before all others: it begins with InSight Crime, where the project began."""

_HEADING = "Outlets of your own; a table of the same name as a packaged outlet changes it."


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as it stands in a file, checked field by field but perhaps not complete."""

    file: str  # for messages
    slug: str
    fields: Mapping[str, Any]


def load_sources(user_file: Path | None = None, *, folder: Path = PACKAGE_FOLDER) -> tuple[Source, ...]:
    """All outlets that are switched on: the package's, then those that the user added.

    InSight Crime comes first, the other files in the order of their names. A ``user_file`` that
    does not exist adds nothing. Raises SourceError.
    """
    tables: dict[str, _Table] = {}
    for path in _package_files(folder):
        for table in _read_tables(path):
            if (other := tables.get(table.slug)) is not None:
                raise _error(
                    path.name, table.slug, "", f"is also in {other.file}; a name stands for one outlet"
                )
            tables[table.slug] = table
    sources = {slug: _build(table, origin="package") for slug, table in tables.items()}
    enabled = {slug: bool(table.fields.get("enabled", True)) for slug, table in tables.items()}
    for table in _read_user_tables(user_file):
        packaged = tables.get(table.slug)
        if packaged is None and set(table.fields) == {"enabled"} and not table.fields["enabled"]:
            # A later version of the package may have dropped the outlet: then it is off anyway.
            continue
        merged = {**(packaged.fields if packaged else {}), **table.fields}
        if (
            packaged
            and "via" in table.fields
            and table.fields["via"] != "listing"
            and "links" not in table.fields
        ):
            merged.pop("links", None)
        sources[table.slug] = _build(_Table(table.file, table.slug, merged), origin="user")
        enabled[table.slug] = bool(merged.get("enabled", True))
    return tuple(source for slug, source in sources.items() if enabled[slug])


def packaged_slugs(*, folder: Path = PACKAGE_FOLDER) -> frozenset[str]:
    """The names of the package's outlets, whether they are switched on or not."""
    return frozenset(table.slug for path in _package_files(folder) for table in _read_tables(path))


def add_source(user_file: Path, source: Source, *, folder: Path = PACKAGE_FOLDER) -> None:
    """Write a table for ``source`` into the user's file, which is created where it is missing.

    Raises SourceError when the source would not load, when its name is taken by one that is
    switched on, or when another has the same address. One that was switched off is replaced.
    """
    check_source_fields(source, file=str(user_file))
    for other in load_sources(user_file, folder=folder):
        if other.slug == source.slug:
            raise SourceError(f"there is already a source {source.slug!r} ({other.name})", key=source.slug)
        if _same_address(other.url, source.url):
            raise SourceError(f"{source.url} is already there as source {other.slug!r}", key=source.slug)

    def edit(document: tomlkit.TOMLDocument) -> None:
        append_table(document, source.slug, source_fields(source))

    edit_toml(user_file, edit, heading=_HEADING)


def remove_source(user_file: Path, slug: str, *, folder: Path = PACKAGE_FOLDER) -> str:
    """Take a source away: "deleted" when the user had added it, "disabled" when it is packaged.

    Raises SourceError when there is none of that name that is switched on.
    """
    if slug not in {source.slug for source in load_sources(user_file, folder=folder)}:
        raise SourceError(f"there is no source {slug!r}", key=slug)
    packaged = slug in packaged_slugs(folder=folder)

    def edit(document: tomlkit.TOMLDocument) -> None:
        if not packaged:
            del document[slug]
        elif slug in document:
            document[slug]["enabled"] = False
        else:
            append_table(document, slug, {"enabled": False})

    edit_toml(user_file, edit, heading=_HEADING)
    return "disabled" if packaged else "deleted"


def select_sources(sources: Iterable[Source], slugs: Iterable[str]) -> tuple[Source, ...]:
    """Those of ``sources`` that are named, in the order in which they are named; all when none is.

    Raises SourceError for a name that is not there, with the nearest ones.
    """
    by_slug = {source.slug: source for source in sources}
    chosen: dict[str, Source] = {}
    for slug in slugs:
        if slug not in by_slug:
            near = difflib.get_close_matches(slug, by_slug, n=3)
            hint = f" (did you mean {' or '.join(near)}?)" if near else ""
            raise SourceError(f"there is no source {slug!r}{hint}", key=slug)
        chosen[slug] = by_slug[slug]
    return tuple(chosen.values()) or tuple(by_slug.values())


def home_page(source: Source) -> str:
    """The outlet's home page: as given, else the root of the feed's host."""
    if source.site:
        return source.site
    parts = urlsplit(source.url)
    return f"{parts.scheme}://{parts.netloc}/"


def check_source_fields(source: Source, *, file: str = "source") -> None:
    """Raise SourceError when a Source that was made in the program would not load from a file."""
    check_slug(source.slug, lambda problem: _error(file, source.slug, "", problem))
    _build(_checked(file, source.slug, source_fields(source)), origin=source.origin)


def source_fields(source: Source) -> dict[str, Any]:
    """The fields of a source as a table has them: required ones, then those that are set."""
    fields: dict[str, Any] = {name: getattr(source, name) for name in REQUIRED}
    fields["expect"] = int(source.expect) if float(source.expect).is_integer() else source.expect
    for name in ("links", "site", "sitemap", "every"):
        if (value := getattr(source, name)) is not None:
            fields[name] = value
    return fields


def _same_address(one: str, other: str) -> bool:
    """Whether two addresses differ in nothing but scheme, case of the host and a last slash."""

    def plain(url: str) -> str:
        rest = url.split("://", 1)[1]
        host, slash, path = rest.partition("/")
        return (host.lower() + slash + path).rstrip("/")

    return plain(one) == plain(other)


def _package_files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.toml"), key=lambda path: (path.name != FIRST_FILE, path.name))
    if not files:
        raise SourceError(f"{folder}: there is no sources file in it", key=str(folder))
    return files


def _read_user_tables(user_file: Path | None) -> tuple[_Table, ...]:
    try:
        if user_file is None or not user_file.exists():
            return ()
    except OSError as error:  # a folder that may not be entered
        raise SourceError(f"{user_file}: cannot be read: {error.strerror}", key=str(user_file)) from error
    return _read_tables(user_file, name=str(user_file))


def _read_tables(path: Path, *, name: str | None = None) -> tuple[_Table, ...]:
    file = name or path.name
    try:
        document = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{file}: is not valid TOML: {error}", key=file) from error
    return tuple(_checked(file, slug, fields) for slug, fields in document.items())


def _checked(file: str, slug: str, fields: object) -> _Table:
    if not isinstance(fields, dict):
        raise _error(file, slug, "", f"must be a table: write [{slug}] and its fields below it")
    check_slug(slug, lambda problem: _error(file, slug, "", problem))
    check_fields(fields, lambda field, problem: _error(file, slug, field, problem))
    return _Table(file, slug, fields)


def _build(table: _Table, *, origin: str) -> Source:
    """A Source from a table whose fields are each right; what is checked here is the whole."""
    fields = {name: value for name, value in table.fields.items() if name != "enabled"}
    for name in REQUIRED:
        if name not in fields:
            raise _error(table.file, table.slug, name, "is missing")
    if fields["via"] == "listing" and "links" not in fields:
        raise _error(
            table.file, table.slug, "links", 'is missing; via = "listing" needs the selector of its links'
        )
    if fields["via"] != "listing" and "links" in fields:
        raise _error(table.file, table.slug, "links", 'is only for via = "listing"')
    return Source(slug=table.slug, origin=origin, **{**fields, "expect": float(fields["expect"])})


def _error(file: str, slug: str, field: str, problem: str) -> SourceError:
    place = f"{file}: [{slug}]{' ' + field if field else ''}"
    return SourceError(f"{place}: {problem}" if field else f"{place} {problem}", key=place)
