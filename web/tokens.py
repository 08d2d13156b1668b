"""What a program may do that asks with a token."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.types import Scope as Asked


class Scope(StrEnum):
    """What a token is good for; each is good for what stands before it too."""

    READ = "read"  # everything that pages show
    WRITE = "write"  # what people say of articles, records and cases
    ADMIN = "admin"  # rules of alerts with their addresses

    def covers(self, other: Scope) -> bool:
        """Whether what needs ``other`` may be done."""
        order = list(Scope)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token that is known."""

    name: str  # whose it is
    hash: str  # of argon2
    scope: Scope = Scope.READ


NOBODY = Token(name="", hash="")
"""Who asks without a token: on this machine, or by the password of readers."""


def let_in(scope: Asked, token: Token) -> None:
    """Notes on a request by which token it came in."""
    scope.setdefault("state", {})["token"] = token


def token_of(request: Request) -> Token:
    """By which token the request came in."""
    token = getattr(request.state, "token", NOBODY)
    assert isinstance(token, Token)
    return token
