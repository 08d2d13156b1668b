"""Where the links of mails lead: to get no more of them, or to say yes. Their word is the login."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import QueryError
from storage import subscribers
from web.answers import failure, page, site_of


def leave(request: Request) -> Response:
    """Asks whether somebody wants to leave: a link that is only looked at changes nothing."""
    return page(request, "unsubscribe.html", done="", token=request.path_params["token"], sort="leave")


def confirm(request: Request) -> Response:
    return page(request, "unsubscribe.html", done="", token=request.path_params["token"], sort="confirm")


async def left(request: Request) -> Response:
    """Takes an address off a rule, for whoever has its word: a person, or a mail program (RFC 8058)."""
    return await run_in_threadpool(_answer, request, "leave")


async def confirmed(request: Request) -> Response:
    return await run_in_threadpool(_answer, request, "confirm")


def _answer(request: Request, sort: str) -> Response:
    site = site_of(request)
    token = request.path_params["token"]
    if site.writer is None:
        return failure(request, 503, "That cannot be done here", "This server only shows; answer by mail.")
    try:
        if sort == "leave":
            address, name = subscribers.unsubscribe(site.writer, token, now=site.now())
            done = f"{address} gets no more mails of “{name}”."
        else:
            address = subscribers.confirm(site.writer, token, now=site.now()).address
            done = f"{address} gets mails from now on."
    except QueryError as error:
        return failure(request, 404, "There is no such subscription", str(error))
    return page(request, "unsubscribe.html", done=done, token=token, sort=sort)


ROUTES = [
    Route("/alerts/unsubscribe/{token:str}", leave, methods=["GET"]),
    Route("/alerts/unsubscribe/{token:str}", left, methods=["POST"]),
    Route("/alerts/confirm/{token:str}", confirm, methods=["GET"]),
    Route("/alerts/confirm/{token:str}", confirmed, methods=["POST"]),
]
