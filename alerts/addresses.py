"""Addresses of alerts: whom a rule's one string reaches, and by which channel. Pure.

``mailto:anna@example.org`` (several with commas) or a bare mail address goes by mail; anything else
with ``://`` is an address of apprise: ``slack://…``, ``ntfy://…``, ``json://…``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from pipeline.errors import ConfigError
from storage.outbox_values import CHAT, MAIL

MOST = 50
"""Recipients that one rule may have."""
_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f\"(),:;<>@\[\]\\\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_CHAT = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One recipient: its address as messages are sent to it, and the channel."""

    channel: str  # mail | chat
    address: str


def parse_addresses(text: str) -> tuple[Address, ...]:
    """The recipients of a rule's address, each once. Raises ConfigError with what is wrong in it."""
    given = text.strip()
    if given.lower().startswith("mailto:"):
        given = unquote(given[7:].split("?")[0])
    elif "://" in given:
        if not _CHAT.fullmatch(given) or len(given) > 2000:
            raise ConfigError("The address of a channel is one word without spaces.", key="address")
        return (Address(channel=CHAT, address=given),)
    found = [Address(channel=MAIL, address=mail_address(one)) for one in re.split(r"[,;\s]+", given) if one]
    if not found:
        raise ConfigError(
            "The address is empty: give a mail address, such as desk@example.org.", key="address"
        )
    if len(found) > MOST:
        raise ConfigError(f"A rule has at most {MOST} addresses.", key="address")
    return tuple(dict.fromkeys(found))


def mail_address(text: str) -> str:
    """A mail address as it is used: the domain in ASCII and small letters. The part before the @ is left
    as it is, also where it is not ASCII; a server that cannot take that is asked when it is sent to.

    Raises ConfigError.
    """
    local, at, domain = text.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local.encode()) > 64 or _bad_dots(local):
        raise ConfigError(
            f"{text.strip()[:100]!r} is no mail address; one is like desk@example.org.", key="address"
        )
    return f"{local}@{_domain(domain, text)}"


def is_ascii(address: str) -> bool:
    """Whether any mail server can take the address."""
    return address.isascii()


def masked(address: str) -> str:
    """An address as it may be shown to anyone: those of channels hold secrets."""
    scheme, separator, _ = address.partition("://")
    return f"{scheme}://***" if separator else address


def _bad_dots(local: str) -> bool:
    return local.startswith(".") or local.endswith(".") or ".." in local


def _domain(domain: str, text: str) -> str:
    # The standard library knows only the older rules, by which ß is two letters and leads elsewhere.
    import idna

    try:
        found = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
        if not domain.isascii():
            idna.decode(found)
    except (idna.IDNAError, UnicodeError) as error:
        raise ConfigError(f"{text.strip()[:100]!r} has a domain that cannot exist.", key="address") from error
    labels = found.lower().split(".")
    if len(found) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ConfigError(f"{text.strip()[:100]!r} has a domain that cannot exist.", key="address")
    return found.lower()
