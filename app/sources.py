"""The sources that a command works with: the package's and the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from pipeline.errors import SourceError

if TYPE_CHECKING:
    from app.settings import Settings
    from pipeline.types import Source


def all_sources(settings: Settings) -> tuple[Source, ...]:
    """Every source that is switched on. Raises SourceError."""
    from crawler.sources import load_sources

    return load_sources(settings.sources_file)


def chosen_sources(settings: Settings, slugs: Sequence[str]) -> tuple[Source, ...]:
    """Those that are named, or all. A name that does not exist is a usage error with the nearest ones."""
    from crawler.sources import select_sources

    sources = all_sources(settings)
    try:
        return select_sources(sources, slugs)
    except SourceError as error:
        raise typer.BadParameter(f"{error}; 'detainee-watch sources list' shows all") from error
