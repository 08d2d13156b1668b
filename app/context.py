"""What every command is given: the options before its name, and through them the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.settings import Settings

OK, FAILURE, USAGE, SOME_FAILED, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 130, 141
"""The exit codes; docs/operations.md has a line for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Globals:
    """The options that stand before the command."""

    config: Path | None = None
    verbose: int = 0
    debug: bool = False


def settings_of(ctx: typer.Context) -> Settings:
    """The settings for this call. Raises ConfigError."""
    # Reading settings takes a tenth of a second to import, and --help has no use for it.
    from app.settings import load_settings

    options = ctx.obj if isinstance(ctx.obj, Globals) else Globals()
    return load_settings(options.config)


def database_of(ctx: typer.Context) -> str:
    """The database's address, its password with it."""
    return settings_of(ctx).database_url.get_secret_value()


def version() -> str:
    """The program's version."""
    # Reading the version of the installed distribution takes a while; few calls need it.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("detainee-watch")
    except PackageNotFoundError:
        return "(not installed)"


def now() -> datetime:
    """The clock; everything below this room is told the time."""
    return datetime.now(UTC)
