"""What a page that changes something has: a form that is read, a right that is asked for, a word at the end.

    POST → who may? → fields → the change (in a thread) → 303 to a page, which says what was done

A form works without JavaScript. What was done is told to the next page by a cookie that lives a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.errors import ConfigError, DataError, QueryError
from web.access import Role, who_of
from web.answers import SAID, failure, may, page, site_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

FORM = "application/x-www-form-urlencoded"
MOST_BYTES = 64 * 1024
MOST_FIELDS = 100
Form = Mapping[str, str]


def changing(path: str, function: Callable[[Request, Form], Response], role: Role, **more: Any) -> Route:
    """A route that only POST reaches, for those who have ``role``."""

    async def run(request: Request) -> Response:
        if (refused := may_not(request, role)) is not None:
            return refused
        form = await read_form(request)
        return await run_in_threadpool(_caught, function, request, form)

    return Route(path, run, methods=["POST"], **more)


def looking(path: str, function: Callable[[Request], Response], role: Role) -> Route:
    """A route that only shows something, for those who have ``role``."""

    async def run(request: Request) -> Response:
        if (refused := may_not(request, role)) is not None:
            return refused
        return await run_in_threadpool(function, request)

    return Route(path, run, methods=["GET"])


def _caught(function: Callable[[Request, Form], Response], request: Request, form: Form) -> Response:
    try:
        return function(request, form)
    except (QueryError, ConfigError, DataError) as error:
        return failure(request, 400, "That cannot be done", str(error), key=error.key)


def may_not(request: Request, role: Role) -> Response | None:
    """The answer to somebody who has not the right; None for one who has."""
    site, who = site_of(request), who_of(request)
    if site.writer is None:
        return failure(request, 403, "Nothing can be changed here", "This server only shows.")
    if may(request, role):
        return None
    if site.keys.users and not who.name:
        if request.method == "GET":
            return RedirectResponse(f"/login?next={quote(request.url.path)}", 303)
        return failure(request, 403, "Log in first", "This needs a login; it may have ended.")
    detail = f"This is for those who have the role {role.value}."
    if not site.keys.users:
        detail += " The settings name who has it: [[web.users]]."
    return failure(request, 403, "You may not do that", detail)


def writer_of(request: Request) -> Engine:
    """The database so that it can be written into."""
    writer = site_of(request).writer
    assert writer is not None
    return writer


async def read_form(request: Request) -> Form:
    """The fields of a form; of several of one name they stand in one text with commas between. Raises
    HTTPException for what is no form or too long a one."""
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if kind != FORM:
        raise HTTPException(415, f"Forms are sent as {FORM}.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "The form is too long.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace"
        )
    except (ValueError, UnicodeDecodeError):
        raise HTTPException(400, "The form cannot be read.") from None
    form: dict[str, str] = {}
    for name, value in pairs:
        value = value.replace("\r\n", "\n")
        form[name] = f"{form[name]},{value}" if name in form and value else form.get(name) or value
    return form


def number_of(form: Form, name: str) -> int:
    """A number of a row. Raises QueryError."""
    given = form.get(name, "").strip()
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise QueryError(f"{name} has to be a number.", key=name)
    return int(given)


def onward(address: str, said: str = "") -> Response:
    """To the page that shows what came of it, with a word for it."""
    response = RedirectResponse(address, 303)
    if said:
        response.set_cookie(SAID, quote(said[:600]), max_age=60, httponly=True, samesite="strict", path="/")
    return response


def fresh(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page that no browser keeps: going back must not show what stood before the last step."""
    response = page(request, template, status=status, **values)
    response.headers["Cache-Control"] = "no-store"
    return response


def safe_next(given: str) -> str:
    """Where to go after a login: an address of this site, else the first page."""
    if given.startswith("/") and not given.startswith("//") and "\\" not in given and given.isprintable():
        return given[:2_000]
    return "/"
