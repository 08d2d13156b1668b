"""What stands in Redis, as JSON: tasks, sources, looks. Also the serializer that scrapy-redis is given.

Whatever is read from there is checked: a task names an address and a source, and nothing of how the
request is made. No pickle, no class and no method is named by the data.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from pipeline.errors import DataError
from pipeline.types import FeedEntry, Source
from pipeline.vocabulary import FeedState
from storage.health_values import Look
from storage.rows import page_key

FEED, PAGE = "feed", "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to be fetched."""

    kind: str  # feed | page
    source: str  # slug
    url: str
    entry: FeedEntry | None = None  # of a page
    again: bool = False  # a page that was read before, looked at once more
    since: datetime | None = None  # history from then on (feed); older articles are not wanted (page)

    @property
    def id(self) -> str:
        """By this the duplicate filter knows it."""
        name = self.source if self.kind == FEED else page_key(self.url)
        return hashlib.sha1(f"{self.kind} {name}".encode(), usedforsecurity=False).hexdigest()

    @property
    def host(self) -> str:
        """The host to whose queue it belongs, without a port: one machine is asked, not one port of it."""
        try:
            return (urlsplit(self.url).hostname or "").lower()
        except ValueError:
            return ""


def dumps(task: Task) -> bytes:
    """A task as JSON."""
    told: dict[str, Any] = {"kind": task.kind, "source": task.source, "url": task.url}
    if task.entry is not None:
        published = task.entry.published.isoformat() if task.entry.published else None
        told |= {"title": task.entry.title, "summary": task.entry.summary, "published": published}
    if task.again:
        told["again"] = True
    if task.since is not None:
        told["since"] = task.since.isoformat()
    return json.dumps(told, separators=(",", ":")).encode()


def loads(text: bytes) -> Task:
    """A task from JSON. Raises DataError for what is none."""
    told = _object(text)
    kind, source, url = (_text(told, name) for name in ("kind", "source", "url"))
    if kind not in (FEED, PAGE):
        raise DataError(f"a task of the kind {kind!r} is not known")
    entry = None
    if kind == PAGE:
        entry = FeedEntry(
            source=source,
            url=url,
            title=_text(told, "title"),
            summary=_text(told, "summary"),
            published=_moment(told.get("published")),
        )
    return Task(
        kind=kind,
        source=source,
        url=url,
        entry=entry,
        again=told.get("again") is True,
        since=_moment(told.get("since")),
    )


def dump_value(value: Source | Look) -> bytes:
    """A source or a look as JSON."""
    return json.dumps(dataclasses.asdict(value), separators=(",", ":"), default=datetime.isoformat).encode()


def load_source(text: bytes) -> Source:
    """A source from JSON. Raises DataError for what is none."""
    told = _object(text)
    for name, hint in get_type_hints(Source).items():
        value = told.get(name)
        fits = isinstance(value, hint) or (hint is float and type(value) is int)
        if not fits:
            raise DataError(f"a source whose {name} is {value!r}")
    return Source(**{field.name: told[field.name] for field in dataclasses.fields(Source)})


def load_look(text: bytes) -> Look:
    """A look from JSON. Raises DataError for what is none."""
    told = _object(text)
    at = _moment(told.get("at"))
    try:
        assert at is not None
        given = {field.name: told[field.name] for field in dataclasses.fields(Look)}
        times = tuple(moment for each in told["times"] if (moment := _moment(each)) is not None)
        return Look(**given | {"at": at, "state": FeedState(told["state"]), "times": times})
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"a look that is none: {error}") from error


def _object(text: bytes) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError as error:
        raise DataError(f"no JSON: {text[:60]!r}") from error
    if not isinstance(told, dict):
        raise DataError(f"no object: {text[:60]!r}")
    return told


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise DataError(f"{name} is {value!r} and no text")
    return value


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise DataError(f"{value!r} is no moment") from error
    if moment.tzinfo is None:
        raise DataError(f"{value!r} has no zone")
    return moment
