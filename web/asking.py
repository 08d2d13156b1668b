"""The parameters of an address → the filter of a list. What is not understood is a QueryError with the
parameter as its key. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlencode

from pipeline.asked import countries, midnight, parse_days, split, words
from pipeline.errors import QueryError
from pipeline.vocabulary import LANGUAGES, Drug, Kind, Stage
from storage.values import Filter, Sort

T = TypeVar("T")

ROWS = 25
"""Rows of a page."""
MOST_ROWS = 200
"""Most rows that may be asked for at once."""
DEEPEST = 10_000
"""Rows that may be skipped by turning pages; whoever wants more narrows the search or takes the API's
cursor."""
MOST_VALUES = 50
"""Values of one parameter."""
LONGEST = 2_000
"""Characters of a value."""
FACETS = ("nationality", "country", "stage", "drug", "kind", "lang", "source")
"""The parameters that may have several values."""
FILTERS = ("query", "since", "until", "found", *FACETS)
LISTED = (*FILTERS, "sort", "page", "limit")


@dataclass(frozen=True, slots=True)
class Given:
    """The parameters as they were given, empty ones left out; their order does not matter."""

    values: Mapping[str, tuple[str, ...]]

    def one(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        return self.values.get(name, (default,))[-1]

    def all(self, name: str) -> list[str]:
        """All values, also those that stand in one with commas between."""
        return split(self.values.get(name, ()))

    def query(self, **changes: str | Sequence[str] | None) -> str:
        """The parameters as the end of an address, with some changed (None: left out). The page is only
        kept where it is named: another list begins at its first."""
        values: dict[str, Sequence[str]] = {
            k: v for k, v in self.values.items() if k not in ("page", "cursor")
        }
        for name, value in changes.items():
            values[name] = () if value is None else (value,) if isinstance(value, str) else tuple(value)
        pairs = [(name, each) for name in sorted(values) for each in values[name] if each]
        return "?" + urlencode(pairs) if pairs else ""

    def toggled(self, name: str, value: str) -> str:
        """The same with a value of a parameter put in, or taken out where it is in."""
        kept = [each for each in self.all(name) if each.lower() != value.lower()]
        return self.query(**{name: kept if len(kept) < len(self.all(name)) else [*kept, value]})

    def has(self, name: str, value: str) -> bool:
        return value.lower() in (each.lower() for each in self.all(name))


def read_given(pairs: Iterable[tuple[str, str]], known: Sequence[str]) -> Given:
    """The parameters, each of them one that is ``known``."""
    values: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if name not in known:
            raise QueryError(
                f"There is no parameter {name[:60]!r} here; there are: {', '.join(known)}.", key=name[:60]
            )
        if len(value) > LONGEST:
            raise QueryError(f"The value of '{name}' is longer than {LONGEST} characters.", key=name)
        if value.strip():
            values[name] = (*values.get(name, ()), value.strip())
        if len(values.get(name, ())) > MOST_VALUES:
            raise QueryError(f"'{name}' has more than {MOST_VALUES} values.", key=name)
    return Given(values)


def read_filter(given: Given, *, now: datetime, rows: int = ROWS) -> Filter:
    """The filter that is asked for, one page of it."""
    read = _Reader(given, now)
    since, until = read.moment("since"), read.moment("until", end=True)
    if since is not None and until is not None and since >= until:
        raise QueryError("'until' is before 'since'.", key="until")
    limit = read.number("limit", rows, most=MOST_ROWS)
    page = read.number("page", 1, most=DEEPEST)
    if (page - 1) * limit > DEEPEST:
        raise QueryError(
            f"Only the first {DEEPEST:,} rows can be turned to; narrow the search, or take the API's cursor.",
            key="page",
        )
    orders = read.each("sort", lambda value: words([value], Sort, "order")) or (Sort.NEWEST,)
    if len(orders) > 1:
        raise QueryError("'sort' is one order.", key="sort")
    sort = orders[0]
    if sort is Sort.RANK and not given.one("query"):
        raise QueryError(
            "Only the matches of a search can be ranked: 'sort=rank' needs a 'query'.", key="sort"
        )
    return Filter(
        since=since,
        until=until,
        found=read.moment("found"),
        query=given.one("query"),
        nationality=read.each("nationality", lambda _: countries(given.all("nationality"))) or (),
        country=read.each("country", lambda _: countries(given.all("country"))) or (),
        stage=read.each("stage", lambda _: words(given.all("stage"), Stage, "stage")) or (),
        drug=read.each("drug", lambda _: words(given.all("drug"), Drug, "drug")) or (),
        kind=read.each("kind", lambda _: words(given.all("kind"), Kind, "kind")) or (),
        language=read.languages(),
        source=tuple(given.all("source")),
        sort=sort,
        page=page,
        limit=limit,
    )


def read_page(given: Given, *, rows: int) -> tuple[int, int]:
    """Which page, and how many rows it has, of a list that is there as a whole."""
    read = _Reader(given, datetime.min.replace(tzinfo=UTC))
    return read.number("page", 1, most=DEEPEST), read.number("limit", rows, most=MOST_ROWS)


def read_moment(given: Given, name: str, *, now: datetime) -> datetime | None:
    """A moment, or the beginning of a day."""
    return _Reader(given, now).moment(name)


class _Reader:
    """Reads parameters; an error that one of them makes carries its name."""

    def __init__(self, given: Given, now: datetime) -> None:
        self._given, self._now = given, now

    def each(self, name: str, read: Callable[[str], T]) -> T | None:
        if not (value := self._given.one(name)):
            return None
        try:
            return read(value)
        except QueryError as error:
            raise QueryError(str(error), key=name) from error

    def moment(self, name: str, *, end: bool = False) -> datetime | None:
        """The beginning of a day, or of the one after it; ``found`` may be a moment."""

        def read(value: str) -> datetime:
            if "T" in value:
                try:
                    moment = datetime.fromisoformat(value)
                    if moment.tzinfo is not None:
                        return moment.astimezone(UTC)
                except (ValueError, OverflowError):
                    pass
            return midnight(parse_days(value, now=self._now)[1 if end else 0])

        return self.each(name, read)

    def number(self, name: str, default: int, *, most: int) -> int:
        value = self._given.one(name, str(default))
        if not value.isascii() or not value.isdecimal() or not 1 <= int(value[:9]) <= most or len(value) > 9:
            raise QueryError(f"'{name}' must be a number from 1 to {most:,}.", key=name)
        return int(value)

    def languages(self) -> tuple[str, ...]:
        found = tuple(each.lower() for each in self._given.all("lang"))
        for language in found:
            if language not in LANGUAGES:
                raise QueryError(
                    f"{language!r} is not read; the languages are: {', '.join(LANGUAGES)}", key="lang"
                )
        return found
