"""What each field of a source's table may be, with the words that say what is wrong with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pycountry
from parsel import css2xpath

from pipeline.errors import SourceError
from pipeline.rhythm import parse_source_rhythm
from pipeline.vocabulary import LANGUAGES, UNKNOWN_COUNTRY

VIAS = ("rss", "atom", "jsonfeed", "sitemap", "listing")
"""The ways in which an outlet says what is new."""

REQUIRED = ("name", "url", "via", "language", "country", "expect")
"""Fields that every complete table has, in the order in which they are written."""

OPTIONAL = ("links", "site", "sitemap", "every", "enabled")
"""Fields that a table may have."""

MAX_ADDRESS = 2_000
"""Characters; a longer address is a mistake or an attack, and no server takes it."""

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\x9f\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\"<>\\^`{|}]")

Complain = Callable[[str, str], SourceError]
"""field, problem → the error that names file, table and field."""


def check_slug(slug: str, complain: Callable[[str], SourceError]) -> None:
    """Raise when a table's name is not one that can be typed on a command line."""
    if not _SLUG.fullmatch(slug):
        raise complain("is no name for a source: use small letters, digits and hyphens, at most 60")


def check_fields(fields: Mapping[str, Any], complain: Complain) -> None:
    """Raise for the first field that is unknown or wrong; a missing one is not looked for here."""
    for field, value in fields.items():
        check = _CHECKS.get(field)
        if check is None:
            near = difflib.get_close_matches(field, _CHECKS, n=1)
            hint = f" (did you mean {near[0]}?)" if near else f"; the fields are {', '.join(_CHECKS)}"
            raise complain(field, f"is not a field{hint}")
        if (problem := check(value)) is not None:
            raise complain(field, problem)


def read_text(path: Path) -> str:
    """The text of a sources file. Raises SourceError when it cannot be read or is no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: is not UTF-8 text (byte {error.start + 1})", key=str(path)) from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}", key=str(path)) from error


@cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes, and XX."""
    return frozenset(country.alpha_2 for country in pycountry.countries) | {UNKNOWN_COUNTRY}


def address_problem(value: object) -> str | None:
    """What is wrong with an address, or None; http and https with a host, nothing else."""
    if not isinstance(value, str):
        return f"must be a text, not {_kind(value)}"
    if len(value) > MAX_ADDRESS:
        return f"is longer than {MAX_ADDRESS} characters"
    if _NOT_IN_ADDRESS.search(value):
        return f"is no address: {value!r} has a space or another character that must be escaped"
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is no address: {value!r} ({error})"
    if parts.scheme not in ("http", "https"):
        return f"must begin with https:// or http://, not {value!r}"
    if not host or not re.search(r"\w", host):
        return f"is no address: {value!r} has no host"
    if parts.username is not None or parts.password is not None:
        # The value is not repeated: it would put a password into logs and terminals.
        return "must not have a user name or password in it"
    return None


def _text_problem(value: object) -> str | None:
    if not isinstance(value, str):
        return f"must be a text, not {_kind(value)}"
    if not value.strip():
        return "is empty"
    if any(not character.isprintable() for character in value):
        return "has a control character in it"
    if len(value) > 200:
        return "is longer than 200 characters"
    return None


def _via_problem(value: object) -> str | None:
    return None if value in VIAS else f"must be one of {', '.join(VIAS)}, not {value!r}"


def _language_problem(value: object) -> str | None:
    return None if value in LANGUAGES else f"must be one of {', '.join(LANGUAGES)}, not {value!r}"


def _country_problem(value: object) -> str | None:
    if isinstance(value, str) and value in countries():
        return None
    return f"must be the two capital letters of a country (ISO 3166) or XX for an several, not {value!r}"


def _expect_problem(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"must be a number (entries a week), not {_kind(value)}"
    if not 0 < value <= 100_000:
        return f"must be more than 0 (entries a week) and at most 100000, not {value!r}"
    return None


def _links_problem(value: object) -> str | None:
    if (problem := _text_problem(value)) is not None:
        return problem
    if "::" in str(value):
        return f"must pick elements that are links or hold one, without ::attr or ::text: {value!r}"
    try:
        css2xpath(str(value))
    except Exception as error:  # cssselect's errors share no base with the translator's own.
        return f"is not a CSS selector: {value!r} ({error})"
    return None


def _every_problem(value: object) -> str | None:
    if not isinstance(value, str):
        return f'must be a text such as "2h", not {_kind(value)}'
    try:
        parse_source_rhythm(value, time())
    except ValueError as error:
        return f"is not understood: {error}"
    return None


def _enabled_problem(value: object) -> str | None:
    return None if isinstance(value, bool) else f"must be true or false, not {value!r}"


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), type(value).__name__)


_CHECKS: dict[str, Callable[[object], str | None]] = {
    "name": _text_problem,
    "url": address_problem,
    "via": _via_problem,
    "language": _language_problem,
    "country": _country_problem,
    "expect": _expect_problem,
    "links": _links_problem,
    "site": address_problem,
    "sitemap": address_problem,
    "every": _every_problem,
    "enabled": _enabled_problem,
}
