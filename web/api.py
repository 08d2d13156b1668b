"""The API: JSON under /api/v1, its description, and a page that says what there is."""

from __future__ import annotations

from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web import api_lists, api_others, api_trends
from web.answers import as_json, failure, page, site_of
from web.openapi import description
from web.operations import ROOT

OPERATIONS = (*api_lists.OPERATIONS, *api_trends.OPERATIONS, *api_others.OPERATIONS)


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


ROUTES = [
    Route("/api", about),
    Route("/api/openapi.json", openapi),
    *(each.route() for each in OPERATIONS),
    Route("/api/{rest:path}", nothing),
]
