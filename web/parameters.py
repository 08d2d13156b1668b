"""The parameters of the API and of trends: one declaration each, from which they are read and described.

What is not understood is a QueryError with the parameter's name as its key. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from pipeline.asked import countries, midnight, parse_days, split, words
from pipeline.errors import QueryError
from pipeline.vocabulary import LANGUAGES, Drug, Kind, Stage
from storage.values import Filter, Sort
from web.asking import LONGEST, MOST_VALUES, read_given

Word = TypeVar("Word", bound=StrEnum)
Values = dict[str, Any]
"""Name → value of each parameter that is declared, given or not."""

ROWS, MOST_ROWS = 50, 200
"""Rows of a page of the API: without a word, and at most."""
CURSOR_LENGTH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an address."""

    name: str
    says: str  # what it means, for the description
    schema: dict[str, Any]  # of one value, as JSON Schema
    read: Callable[[list[str], datetime], Any]  # the values that are given, and the time it is
    many: bool = False  # may be given several times, or once with commas between
    default: Any = None  # without it
    example: str = ""

    def described(self) -> dict[str, Any]:
        """The parameter as OpenAPI has it."""
        schema = self.schema
        if self.default is not None and not self.many:
            schema = schema | {"default": self.default}
        if self.many:
            schema = {"type": "array", "items": schema, "maxItems": MOST_VALUES}
        found: dict[str, Any] = {"name": self.name, "in": "query", "description": self.says}
        found["schema"] = schema
        found |= {"style": "form", "explode": True} if self.many else {}
        return found | ({"example": [self.example] if self.many else self.example} if self.example else {})


def read(parameters: Sequence[Parameter], pairs: Iterable[tuple[str, str]], *, now: datetime) -> Values:
    """The values of the parameters; of one that may be given once, the last counts."""
    given = read_given(pairs, [each.name for each in parameters])
    values: Values = {}
    for each in parameters:
        texts = list(given.values.get(each.name, ()))
        if not texts:
            values[each.name] = () if each.many else each.default
            continue
        try:
            values[each.name] = each.read(texts if each.many else texts[-1:], now)
        except QueryError as error:
            raise QueryError(str(error), key=each.name) from error
    return values


# -- sorts of parameters ------------------------------------------------------------------------------


def text(name: str, says: str, *, most: int = LONGEST, example: str = "") -> Parameter:
    """Any text."""

    def take(values: list[str], _: datetime) -> str:
        if len(values[0]) > most:
            raise QueryError(f"The value of '{name}' is longer than {most:,} characters.")
        return values[0]

    schema = {"type": "string", "maxLength": most}
    return Parameter(name=name, says=says, schema=schema, read=take, default="", example=example)


def choice(name: str, kinds: type[Word], says: str, *, default: Word | None = None) -> Parameter:
    """One of a few words."""

    def take(values: list[str], _: datetime) -> Word:
        found = words(values, kinds, name)
        if len(found) != 1:
            raise QueryError(f"'{name}' takes one word: {', '.join(kinds)}.")
        return found[0]

    schema = {"type": "string", "enum": [each.value for each in kinds]}
    return Parameter(name=name, says=says, schema=schema, read=take, default=default)


def choices(name: str, kinds: type[Word], says: str) -> Parameter:
    """Some of a few words."""
    schema = {"type": "string", "enum": [each.value for each in kinds]}
    return Parameter(
        name=name, says=says, schema=schema, many=True, read=lambda values, _: words(values, kinds, name)
    )


def country(name: str, says: str, example: str) -> Parameter:
    """Countries, by code or name."""
    schema = {"type": "string", "minLength": 2, "maxLength": 80}
    return Parameter(
        name=name,
        says=f"{says}: ISO 3166-1 code or English name; XX is not known.",
        schema=schema,
        many=True,
        read=lambda values, _: countries(values),
        example=example,
    )


def day(name: str, says: str, *, end: bool = False) -> Parameter:
    """A day, month or year; where a time is meant, the beginning of it, or its end."""

    def take(values: list[str], now: datetime) -> datetime:
        if "T" in values[0]:
            try:
                moment = datetime.fromisoformat(values[0].replace(" ", "+"))
            except ValueError:
                pass
            else:
                if moment.tzinfo is not None:
                    return moment
        return midnight(parse_days(values[0], now=now)[1 if end else 0])

    says += " 2026-03-01, 2026-03, 2026, today, yesterday, 7d or 2w (ago), or a moment with its zone."
    return Parameter(name=name, says=says, schema={"type": "string", "maxLength": 40}, read=take)


def number(name: str, says: str, *, default: int | None, most: int, least: int = 1) -> Parameter:
    """A number."""

    def take(values: list[str], _: datetime) -> int:
        value = values[0]
        sound = value.isascii() and value.isdecimal() and len(value) < 18
        if not sound or not least <= int(value) <= most:
            raise QueryError(f"'{name}' must be a number from {least} to {most:,}.")
        return int(value)

    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Parameter(name=name, says=says, schema=schema, read=take, default=default)


def flag(name: str, says: str) -> Parameter:
    """Yes or no."""

    def take(values: list[str], _: datetime) -> bool:
        if values[0].lower() in ("true", "1", "yes", "on"):
            return True
        if values[0].lower() in ("false", "0", "no", "off"):
            return False
        raise QueryError(f"'{name}' is true or false.")

    return Parameter(name=name, says=says, schema={"type": "boolean"}, read=take, default=False)


# -- the filters of all lists, named as on the command line -------------------------------------------


def _languages(values: list[str], _: datetime) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(each.lower() for each in split(values)))
    for language in found:
        if language not in LANGUAGES:
            raise QueryError(f"{language!r} is not read; the languages are: {', '.join(LANGUAGES)}")
    return found


QUERY = text(
    "query",
    'Words of the article: words, "phrases", -not, OR, (…), title:word, source:name.',
    example='"drug mule" -film',
)
NATIONALITY = country("nationality", "Of the people", "NL")
COUNTRY = country("country", "Where they are held", "PE")
STAGE = choices("stage", Stage, "Stage; of a case its latest.")
DRUG = choices("drug", Drug, "Drug.")
KIND = choices(
    "kind",
    Kind,
    "event: a case that happened; stock: how many are held at a moment; flow: how many over a period.",
)
LANG = Parameter(
    name="lang",
    says="Language of the article.",
    schema={"type": "string", "enum": list(LANGUAGES)},
    many=True,
    read=_languages,
)
SOURCE = Parameter(
    name="source",
    says="Outlet, by its slug; see /api/v1/sources.",
    schema={"type": "string", "maxLength": 200},
    many=True,
    read=lambda values, _: tuple(split(values)),
)
FILTERS = (
    QUERY,
    day("since", "Published on or after:"),
    day("until", "Published on or before; a month to its end:", end=True),
    day("found", "Stored on or after, whenever it was published:"),
    NATIONALITY,
    COUNTRY,
    STAGE,
    DRUG,
    KIND,
    LANG,
    SOURCE,
)
SORT = choice(
    "sort",
    Sort,
    "Order. rank (the best match of 'query' first) has one page, cases have none by rank.",
    default=Sort.NEWEST,
)
LIMIT = number("limit", "Rows of a page.", default=ROWS, most=MOST_ROWS)
CURSOR = text("cursor", "Where the page begins: 'next' of the page before it.", most=CURSOR_LENGTH)
LIST = (*FILTERS, SORT, LIMIT, CURSOR)


def filter_of(values: Values) -> Filter:
    """The filter that LIST asks for."""
    if values["since"] is not None and values["until"] is not None and values["since"] >= values["until"]:
        raise QueryError("'until' is before 'since'.", key="until")
    if values["sort"] is Sort.RANK and not values["query"]:
        raise QueryError(
            "Only the matches of a search can be ranked: 'sort=rank' needs a 'query'.", key="sort"
        )
    return Filter(
        since=values["since"],
        until=values["until"],
        found=values["found"],
        query=values["query"],
        nationality=values["nationality"],
        country=values["country"],
        stage=values["stage"],
        drug=values["drug"],
        kind=values["kind"],
        language=values["lang"],
        source=values["source"],
        sort=values["sort"],
        limit=values["limit"],
    )
