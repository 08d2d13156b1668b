"""What the API can be asked, one declaration each: its address, its parameters, what it answers.

Routes and the description in OpenAPI are both made from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from pipeline.errors import ConfigError, ConflictError, CrawlError, DataError, QueryError
from web.access import Who, who_of
from web.answers import as_json, failure, json_body, missing, site_of
from web.bodies import Body, BodyError, Field, read_body, read_json
from web.guard import etag_of, is_known_by
from web.parameters import Parameter, Values, read
from web.site import Site
from web.tokens import ROLES, Scope, scope_of

ROOT = "/api/v1"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_OPTION_WITH_VALUE = re.compile(r"--(kind|show|split|panel|dated) ([a-z]+)")
_OPTION = re.compile(r"--([a-z0-9][a-z0-9-]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was understood."""

    site: Site
    who: Who
    values: Values
    key: Any = None  # what the address names: a number or a slug
    body: Body = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document with more to say than that all went well."""

    document: Any
    status: int = 201
    at: str = ""  # the address of what was made, under ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked."""

    path: str  # under ROOT, with {number} or {slug} where it names something
    method: str = "GET"
    id: str  # its name in clients that are made from the description
    says: str
    answers: str  # name of the schema
    make: Callable[[Asked], Any]  # the document, or Made; None where what the address names is not there
    parameters: tuple[Parameter, ...] = ()
    body: tuple[Field, ...] = ()  # the fields of what is sent
    example: Mapping[str, Any] | None = None  # of a body
    creates: str = ""  # what 201 says; "" where nothing is made
    conflicts: str = ""  # what 409 says; "" where nothing is in the way
    asks_outlets: bool = False  # which may not answer
    of: str = ""  # what the address names: "article"
    scope: Scope = Scope.READ

    @property
    def key(self) -> str:
        """The name in braces; "" where there is none."""
        found = re.search(r"{(\w+)}", self.path)
        return found[1] if found else ""

    @property
    def guarded(self) -> bool:
        """Whether it changes one thing, which can be named as it was read: with If-Match."""
        return bool(self.key) and self.method != "GET" and not self.asks_outlets

    @property
    def changes(self) -> bool:
        """Whether it needs a database that can be written into."""
        return self.method != "GET" or self.scope is not Scope.READ

    async def run(self, request: Request, *, shown: Operation | None = None) -> Response:
        """The answer to a request. ``shown`` reads what the address names."""
        if (refused := self._refused(request)) is not None:
            return refused
        document = {} if self.method == "GET" else await read_json(request)
        return await run_in_threadpool(self._answer, request, document, shown)

    def _late(self, request: Request, shown: Operation | None) -> Response | None:
        """The answer to somebody who would change what is not any more as they have read it."""
        tags = request.headers.get("if-match")
        if tags is None or shown is None or (stands := shown._stands(request)) is None:
            return None
        body = json_body(stands)
        if is_known_by(tags, body):
            return None
        detail = "It is not as you have read it. Read it again, and look whether your change fits."
        answered = failure(request, 412, "It was changed meanwhile", detail)
        answered.headers["ETag"] = etag_of(body)
        return answered

    def _stands(self, request: Request) -> Any:
        """What this operation reads, without parameters; None where it is not there."""
        site, key = site_of(request), request.path_params.get(self.key)
        if isinstance(key, int) and key >= 2**62:
            return None
        values = read(self.parameters, [], now=site.now())
        return self.make(Asked(site=site, who=who_of(request), values=values, key=key))

    def _refused(self, request: Request) -> Response | None:
        """The answer to somebody who has not the right."""
        site, who = site_of(request), who_of(request)
        if self.changes and site.writer is None:
            return failure(request, 403, "Nothing can be changed here", "This server only shows.")
        if who.role.covers(ROLES[self.scope]):
            return None
        detail = f"It needs the scope {self.scope.value}, and you have {scope_of(who).value}."
        return failure(request, 403, "You may not do that", detail)

    def _answer(self, request: Request, sent: Any, shown: Operation | None) -> Response:
        site = site_of(request)
        key = request.path_params.get(self.key) if self.key else None
        if isinstance(key, int) and key >= 2**62:
            return missing(request, self.of)
        try:
            values = read(self.parameters, request.query_params.multi_items(), now=site.now())
        except QueryError as error:
            raise self.named(error) from error
        body: Body = {}
        try:
            body = body if self.method == "GET" else read_body(self.body, sent)
            asked = Asked(site=site, who=who_of(request), values=values, key=key, body=body)
            # One at a time, so that nobody changes it between the look and the change.
            with site.changing if self.guarded else nullcontext():
                if self.guarded and (late := self._late(request, shown)) is not None:
                    return late
                made = self.make(asked)
        except BodyError as error:
            return failure(request, 422, "The body was not understood", str(error), key=error.key)
        except ConflictError as error:
            return failure(request, 409, "That goes against what there is", as_parameters(str(error)))
        except CrawlError as error:
            return failure(request, 502, "The outlet did not answer as it should", str(error))
        except (QueryError, ConfigError, DataError) as error:
            if self.method == "GET":
                raise self.named(error) if isinstance(error, QueryError) else error from error
            words = as_parameters(str(error))
            return failure(request, 422, "That cannot be done", words, key=_field_of(error.key, body))
        if made is None:
            return missing(request, self.of)
        if isinstance(made, Made):
            headers = {"Location": ROOT + made.at} if made.at else {}
            return as_json(request, made.document, status=made.status, headers=headers)
        return as_json(request, made)

    def named(self, error: QueryError) -> QueryError:
        """The error with the name of the parameter, and options of the command line as parameters."""
        names = [each.name for each in self.parameters]
        known = error.key in names or str(error).startswith("There is no parameter")
        # Of a search the key is the place in it.
        parameter = error.key if known else "query" if error.key.isdigit() and "query" in names else ""
        return QueryError(as_parameters(str(error)), key=parameter)


def _field_of(key: str, body: Body) -> str:
    """The field that a fault is about; of a search the key is the place in it."""
    return key if key in body else "query" if key.isdigit() and "query" in body else ""


def as_parameters(words: str) -> str:
    """A sentence for the command line as one for the API: --per-10000 is per_10000."""
    words = _OPTION_WITH_VALUE.sub(r"'\1=\2'", words)
    return _OPTION.sub(lambda match: f"'{match[1].replace('-', '_')}'", words)
