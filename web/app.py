"""The site as an ASGI application.

    request → Guard (host, password, headers) → route → page | feed | API → storage, reading only

Addresses are in ROUTES; each function under them reads its parameters, asks storage and renders.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from pipeline.errors import QueryError, StorageError
from web import (
    alert_files,
    alerts,
    api,
    articles,
    cases,
    figures,
    review,
    rule_feeds,
    sessions,
    source_edit,
    sources,
    subscriptions,
    today,
    trends,
)
from web.answers import FOLDER, failure, not_found, not_understood, page, refused, site_of, storage_failed
from web.guard import Guard
from web.site import Site


def make_app(site: Site) -> ASGIApp:
    """The application that shows ``site``. The guard stands outside of it, so that no answer is without
    its headers, not even that to an error of ours."""
    app = Starlette(
        routes=ROUTES,
        lifespan=_lifespan,
        middleware=[Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=COMPRESSED)],
        exception_handlers={
            QueryError: not_understood,
            StorageError: storage_failed,
            HTTPException: refused,
            404: not_found,
            500: _unexpected,
        },
    )
    app.state.site = site
    return Guard(app, site=site)


COMPRESSED = 6
"""Of nine levels: the last takes three times as long for a twentieth less."""
THREADS = 8
"""Pages that are made at the same time; more would only wait for one another."""


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


def _unexpected(request: Request, error: Exception) -> Response:
    """Says that something is wrong here, without what: the log has it."""
    return failure(request, 500, "Something went wrong here", "The log of 'detainee-watch serve' says what.")


def help_(request: Request) -> Response:
    return page(request, "help.html")


def metrics(request: Request) -> Response:
    site = site_of(request)
    if site.metrics is None:
        return not_found(request, KeyError())
    return Response(
        site.metrics(site.engine, site.now()), media_type="text/plain; version=0.0.4; charset=utf-8"
    )


# Each module has the routes of its own pages.
ROUTES = [
    *today.ROUTES,
    *articles.ROUTES,
    *cases.ROUTES,
    *figures.ROUTES,
    *source_edit.ROUTES,  # before those of single sources: none is called "add"
    *sources.ROUTES,
    *api.ROUTES,
    *rule_feeds.ROUTES,
    *trends.ROUTES,
    *sessions.ROUTES,
    *review.ROUTES,
    *alert_files.ROUTES,
    *alerts.ROUTES,
    *subscriptions.ROUTES,
    Route("/help", help_),
    Route("/metrics", metrics),
    Mount("/static", StaticFiles(directory=FOLDER / "static")),
]
