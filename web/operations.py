"""What the API can be asked, one declaration each: its address, its parameters, what it answers.

Routes and the description in OpenAPI are both made from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import QueryError
from web.answers import as_json, failure, missing, site_of
from web.parameters import Parameter, Values, read
from web.site import Site
from web.tokens import NOBODY, Scope, Token, token_of

ROOT = "/api/v1"
_OPTION = re.compile(r"--([a-z0-9][a-z0-9-]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was understood."""

    site: Site
    token: Token
    values: Values
    key: Any = None  # what the address names: a number or a slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked."""

    path: str  # under ROOT, with {number} or {slug} where it names something
    id: str  # its name in clients that are made from the description
    says: str
    answers: str  # name of the schema
    make: Callable[[Asked], Any]  # the document; None where what the address names is not there
    parameters: tuple[Parameter, ...] = ()
    of: str = ""  # what the address names: "article"
    scope: Scope = Scope.READ

    @property
    def key(self) -> str:
        """The name in braces; "" where there is none."""
        found = re.search(r"{(\w+)}", self.path)
        return found[1] if found else ""

    def route(self) -> Route:
        """The route of a server."""
        path = self.path.replace("{number}", "{number:int}")
        return Route(ROOT + path, self.answer, methods=["GET"])

    def answer(self, request: Request) -> Response:
        """The answer to a request."""
        site, token = site_of(request), token_of(request)
        if token is not NOBODY and not token.scope.covers(self.scope):
            return failure(request, 403, "The token is not good for this", f"It needs {self.scope.value}.")
        key = request.path_params.get(self.key) if self.key else None
        if isinstance(key, int) and key >= 2**62:
            return missing(request, self.of)
        try:
            values = read(self.parameters, request.query_params.multi_items(), now=site.now())
            document = self.make(Asked(site=site, token=token, values=values, key=key))
        except QueryError as error:
            raise self.named(error) from error
        return missing(request, self.of) if document is None else as_json(request, document)

    def named(self, error: QueryError) -> QueryError:
        """The error with the name of the parameter, and options of the command line as parameters."""
        names = [each.name for each in self.parameters]
        known = error.key in names or str(error).startswith("There is no parameter")
        # Of a search the key is the place in it.
        parameter = error.key if known else "query" if error.key.isdigit() and "query" in names else ""
        return QueryError(as_parameters(str(error)), key=parameter)


def as_parameters(words: str) -> str:
    """A sentence for the command line as one for the API: --per-10000 is per_10000."""
    return _OPTION.sub(lambda match: f"'{match[1].replace('-', '_')}'", words)
