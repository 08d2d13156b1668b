"""Who may ask, and what every answer carries: Host, password or token, headers, ETag. Plain ASGI.

A page of another site must not be able to ask this one through the reader's browser: names that were
not agreed are refused (DNS rebinding), nothing may be framed, no script but our own file runs, no
address of a page goes out with a link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.access import COOKIE, Who, is_from_elsewhere, note_who
from web.site import Site
from web.tokens import NOBODY, ROLES, Token

if TYPE_CHECKING:
    from argon2 import PasswordHasher

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex",
}
LOGIN = "/login"
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
"""Methods by which the API changes something; forms know POST alone."""
FOR_ANYBODY = ("/static/", "/alerts/unsubscribe/", "/alerts/confirm/")
"""Addresses that need no login: whoever has the word that is in them may use it."""
LONGEST_ADDRESS = 8_000
"""Bytes of path and query."""
MOST_FAILURES = 10
"""Wrong passwords in a minute after which nobody is asked for one."""
REMEMBERED = 256
"""Credentials that were found to be right are known by a keyed hash, so that argon2 is asked once."""


class Guard:
    """Lets in whom it should, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, *, site: Site) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in site.hosts)
        self._door = Door(site)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                message["headers"] = headers.raw
            await send(message)

        scope.setdefault("state", {})["door"] = self._door
        refused = await self._refused(scope)
        await (refused or self._app)(scope, receive, with_headers)

    async def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if host_name(headers.get("host", "")) not in self._hosts:
            return refusal(
                scope,
                421,
                "This name is not one that the site answers to. Open it under the address that "
                "'detainee-watch serve' shows, or add the name with --host-name.",
            )
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
            return refusal(scope, 414, "The address is too long.")
        authorization = headers.get("authorization", "")
        if scope["method"] not in ("GET", "HEAD"):
            for_programs = scope["path"].startswith("/api/v1/")
            if scope["method"] not in (CHANGING if for_programs else ("POST",)):
                return refusal(scope, 405, "Only GET is answered here.", Allow="GET, HEAD")
            by_token = authorization[:7].lower() == "bearer " or (for_programs and _by_program(scope))
            if not scope["path"].startswith(FOR_ANYBODY) and is_from_elsewhere(headers, by_token=by_token):
                words = "This came from another site, or from no page of this one."
                if for_programs:
                    words += " A program sends a token, or Content-Type: application/json."
                return refusal(scope, 403, words)
        return await self._door.refuses(scope, authorization, _cookie(headers))


class Door:
    """Passwords, tokens and sessions."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._keys = site.keys
        self._secret = secrets.token_bytes(32)
        self._known: dict[bytes, Token] = {}
        self._failures: list[float] = []
        self.lock = threading.Lock()
        """Held while a password is looked at: argon2 takes its time by design, one at a time."""

    async def refuses(self, scope: Scope, authorization: str, cookie: str) -> Response | None:
        """The answer to somebody who may not come in; None for one who may."""
        if not self._keys:
            note_who(scope, self._site.alone)
            return None
        if cookie and not authorization:
            who = self._site.sessions.find(cookie, now=self._site.now())
            if who is not None:
                note_who(scope, who)
                return None
        if scope["path"].startswith(FOR_ANYBODY) or scope["path"] == LOGIN:
            return None
        from starlette.concurrency import run_in_threadpool

        mark = hmac.digest(self._secret, authorization.encode(), "sha256")
        if mark not in self._known:
            if not authorization:
                return self._ask_for_login(scope) or _ask(scope, "A password or a token is needed.")
            # Not for ever, and not for everybody at once.
            refused = await run_in_threadpool(self._check, scope, authorization, mark)
            if refused is not None:
                return refused
        token = self._known.get(mark, NOBODY)
        note_who(scope, Who(name=token.name, role=ROLES[token.scope]))
        return None

    def _ask_for_login(self, scope: Scope) -> Response | None:
        """A person at a browser is shown the login; programs are not."""
        accepted = Headers(scope=scope).get("accept", "")
        if not self._keys.users or "text/html" not in accepted or scope["method"] == "POST":
            return None
        query = scope["query_string"].decode("latin-1")
        address = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"{LOGIN}?next={quote(address)}", 303)

    def is_shut(self) -> bool:
        """Whether there were too many wrong passwords lately; with the lock held."""
        now = time.monotonic()
        self._failures = [at for at in self._failures if now - at < 60]
        return len(self._failures) >= MOST_FAILURES

    def failed(self) -> None:
        """Notes a wrong password; with the lock held."""
        self._failures.append(time.monotonic())

    def _check(self, scope: Scope, authorization: str, mark: bytes) -> Response | None:
        with self.lock:
            if self.is_shut():
                return refusal(
                    scope, 429, "Too many wrong passwords; try again in a minute.", Retry_After="60"
                )
            token = self._right(authorization)
            if token is not None:
                if len(self._known) >= REMEMBERED:
                    self._known.clear()
                self._known[mark] = token
                return None
            self.failed()
            return _ask(scope, "That password or token is not right.")

    def _right(self, authorization: str) -> Token | None:
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() == "bearer":
            right = [one for one in self._keys.tokens if verified(one.hash, value.strip())]
            return right[0] if right else None
        if scheme.lower() == "basic" and self._keys.password:
            try:
                _, _, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
            except ValueError:
                return None
            return NOBODY if verified(self._keys.password, password) else None
        return None


def door_of(request: Request) -> Door:
    """The door through which the request came."""
    door = request.state.door
    assert isinstance(door, Door)
    return door


def _by_program(scope: Scope) -> bool:
    """Whether no page of another site can have sent a request that says nothing of where it comes from:
    browsers ask first before they send JSON, or by another method than POST, to another site, and are not
    answered; and nobody's login goes with it."""
    headers = Headers(scope=scope)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return not _cookie(headers) and (scope["method"] != "POST" or kind == "application/json")


def _cookie(headers: Headers) -> str:
    """The word of the session."""
    for each in headers.getlist("cookie"):
        for part in each.split(";"):
            name, _, value = part.strip().partition("=")
            if name == COOKIE:
                return value
    return ""


def _ask(scope: Scope, words: str) -> Response:
    programs = scope["path"].startswith("/api/")
    wanted = "Bearer" if programs else 'Basic realm="detainee-watch", charset="UTF-8"'
    return refusal(scope, 401, words, WWW_Authenticate=wanted)


def refusal(scope: Scope, status: int, words: str, **headers: str) -> Response:
    """A refusal: for programs as JSON, in the shape that all errors of the API have."""
    made = {name.replace("_", "-"): value for name, value in headers.items()}
    if scope["path"].startswith("/api/"):
        error = {"status": status, "title": HTTPStatus(status).phrase, "detail": words}
        return JSONResponse({"error": error}, status_code=status, headers=made)
    return PlainTextResponse(words + "\n", status_code=status, headers=made)


_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^\[\]:/@\s]+))(?::\d{0,5})?")


def host_name(host: str) -> str:
    """The name in a Host header, without its port; "" where there is none."""
    found = _HOST.fullmatch(host.strip().lower())
    return (found["six"] or found["name"].rstrip(".")) if found else ""


def hasher() -> PasswordHasher:
    """How passwords are kept: argon2id with the library's parameters."""
    from argon2 import PasswordHasher

    return PasswordHasher()


def verified(kept: str, given: str) -> bool:
    """Whether ``given`` is the password or token of which ``kept`` is the hash."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return hasher().verify(kept, given)
    except (Argon2Error, InvalidHashError):
        return False


def is_hash(kept: str) -> bool:
    """Whether ``kept`` is a hash that argon2 made."""
    from argon2 import extract_parameters
    from argon2.exceptions import InvalidHashError

    try:
        extract_parameters(kept)
    except InvalidHashError:
        return False
    return True


def is_known_by(tags: str, body: bytes) -> bool:
    """Whether one of the ETags of a header is that of this content; "*" is that of any."""
    given = [each.strip().removeprefix("W/") for each in tags.split(",")]
    return "*" in given or etag_of(body).removeprefix("W/") in given


def etag_of(body: bytes) -> str:
    """A weak ETag: the same content, however it is packed."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
