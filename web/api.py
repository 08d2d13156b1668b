"""The API: JSON under /api/v1, its description, and a page that says what there is."""

from __future__ import annotations

from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web import api_alerts, api_cases, api_lists, api_others, api_review, api_sources, api_trends
from web.answers import as_json, failure, page, site_of
from web.openapi import description
from web.operations import METHODS, ROOT

OPERATIONS = (
    *api_lists.OPERATIONS,
    *api_trends.OPERATIONS,
    *api_others.OPERATIONS,
    *api_alerts.OPERATIONS,
    *api_review.OPERATIONS,
    *api_cases.OPERATIONS,
    *api_sources.OPERATIONS,
)


@cache
def _described(version: str) -> dict[str, Any]:
    return description(OPERATIONS, version=version)


def openapi(request: Request) -> Response:
    """The description."""
    return as_json(request, _described(site_of(request).version))


def about(request: Request) -> Response:
    """A page for people."""
    return page(request, "api.html", operations=OPERATIONS, root=ROOT)


def nothing(request: Request) -> Response:
    """404 in the shape of all errors."""
    return failure(request, 404, "There is no such address", "/api/openapi.json says what there is.")


def _route(path: str) -> Route:
    """The route of an address, for whichever methods it takes."""
    known = {each.method: each for each in OPERATIONS if each.path == path}
    named = path[: path.find("}") + 1]
    shown = next((each for each in OPERATIONS if each.method == "GET" and each.path == named), None)
    allowed = ", ".join(sorted({*known, "HEAD"} if "GET" in known else known))

    async def run(request: Request) -> Response:
        operation = known.get("GET" if request.method == "HEAD" else request.method)
        if operation is not None:
            return await operation.run(request, shown=shown)
        detail = f"This address takes {allowed}."
        answered = failure(request, 405, "Method Not Allowed", detail)
        answered.headers["Allow"] = allowed
        return answered

    return Route(ROOT + path.replace("{number}", "{number:int}"), run, methods=list(METHODS))


def _in_order() -> list[str]:
    """The addresses, those that name nothing before those that may name anything."""
    return sorted(dict.fromkeys(each.path for each in OPERATIONS), key=lambda path: "{" in path)


ROUTES = [
    Route("/api", about),
    Route("/api/openapi.json", openapi),
    *(_route(path) for path in _in_order()),
    Route("/api/{rest:path}", nothing, methods=list(METHODS)),
]
