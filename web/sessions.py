"""Login and logout."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from web.access import COOKIE, LONGEST, User, who_of
from web.answers import page, site_of
from web.forms import onward, read_form, safe_next
from web.guard import door_of, verified

READER = "reader"
NOT_RIGHT = "That name and password are not right."


def show_login(request: Request) -> Response:
    return page(
        request, "login.html", next=safe_next(request.query_params.get("next", "/")), fault="", name=""
    )


async def login(request: Request) -> Response:
    form = await read_form(request)
    name = form.get("name", "")[:200].strip()
    user, wait = await run_in_threadpool(_find, request, name, form.get("password", "")[:1_000])
    if user is None:
        fault = "Too many wrong passwords; try again in a minute." if wait else NOT_RIGHT
        return page(
            request,
            "login.html",
            status=429 if wait else 403,
            next=safe_next(form.get("next", "/")),
            fault=fault,
            name=name,
        )
    site = site_of(request)
    word = site.sessions.begin(user, now=site.now())
    response = RedirectResponse(safe_next(form.get("next", "/")), 303)
    response.set_cookie(
        COOKIE,
        word,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=site.secure or request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


def _find(request: Request, name: str, password: str) -> tuple[User | None, bool]:
    """The user, and whether there were too many wrong words lately. A name that nobody has takes as long
    as a wrong password."""
    keys = site_of(request).keys
    found = next((user for user in keys.users if user.name == name), None)
    if found is None and keys.password:
        # The password that all readers share, with any name that nobody has.
        found = User(name=READER, hash=keys.password)
    door = door_of(request)
    with door.lock:
        if door.is_shut():
            return None, True
        kept = found.hash if found is not None else keys.users[0].hash if keys.users else ""
        if kept and verified(kept, password) and found is not None:
            return found, False
        door.failed()
        return None, False


async def logout(request: Request) -> Response:
    site_of(request).sessions.end(who_of(request))
    response = onward("/login")
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


ROUTES = [
    Route("/login", show_login, methods=["GET"]),
    Route("/login", login, methods=["POST"]),
    Route("/logout", logout, methods=["POST"]),
]
