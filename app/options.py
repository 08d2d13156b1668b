"""What options mean: countries, dates, words of the codebook.

A wrong one is a usage error that names the right ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

import typer

from pipeline import asked
from pipeline.asked import midnight, split
from pipeline.errors import QueryError

__all__ = ["check_country", "countries", "midnight", "parse_days", "split", "words"]

Word = TypeVar("Word", bound=StrEnum)


@contextmanager
def _usage() -> Iterator[None]:
    try:
        yield
    except QueryError as error:
        raise typer.BadParameter(str(error)) from None


def check_country(value: str) -> str:
    """As ``asked.check_country``."""
    with _usage():
        return asked.check_country(value)


def countries(values: list[str] | None) -> tuple[str, ...]:
    """As ``asked.countries``."""
    with _usage():
        return asked.countries(values)


def words(values: list[str] | None, valid: type[Word], what: str) -> tuple[Word, ...]:
    """As ``asked.words``."""
    with _usage():
        return asked.words(values, valid, what)


def parse_days(value: str, *, now: datetime) -> tuple[date, date]:
    """As ``asked.parse_days``."""
    with _usage():
        return asked.parse_days(value, now=now)
