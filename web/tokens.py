"""What a program may do that asks with a token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from web.access import Role, Who


class Scope(StrEnum):
    """What a token is good for; each is good for what stands before it too."""

    READ = "read"  # everything that pages show
    WRITE = "write"  # what people say of articles, records and cases
    ADMIN = "admin"  # rules of alerts with their addresses, sources

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


ROLES: Mapping[Scope, Role] = {
    Scope.READ: Role.READER,
    Scope.WRITE: Role.REVIEWER,
    Scope.ADMIN: Role.ADMIN,
}
"""The role that may do what needs a scope."""


def scope_of(who: Who) -> Scope:
    """What somebody may do, as tokens say it."""
    return next(scope for scope, role in ROLES.items() if role is who.role)


NOBODY = Token(name="", hash="")
"""Who asks without a token: on this machine, or by the password of readers."""
