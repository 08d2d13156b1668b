"""The ways by which a message goes: one file each, and one line in CHANNELS.

A channel raises one of the DeliveryErrors, or has handed the message over. It calls ``hand`` right
before the first byte leaves of which the other side may make a message: until then nothing can arrive,
from then on it may have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from storage.outbox_values import CHAT, MAIL, Leased


class LeaseLostError(Exception):
    """``hand`` says that the message is not this process's any more; it is left alone."""


class Channel(Protocol):
    """Sends messages one after the other; may keep a connection between them."""

    def send(self, message: Leased, hand: Callable[[], None]) -> str:
        """Hands the message over and returns what the other side said. Raises a DeliveryError."""
        ...

    def close(self) -> None:
        """Ends what is open; never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed over. ``password`` is secret."""

    host: str = ""  # "": there is none, mail goes into the folder
    port: int = 0  # 0: what is usual for the security
    security: str = "starttls"  # starttls | tls | none
    user: str = ""
    password: str = ""
    sender: str = ""  # bare address from which mail comes
    ca_file: Path | None = None  # certificates that are trusted beside the system's
    timeout: float = 30.0  # seconds for each step


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What channels need to know of the installation."""

    server: MailServer
    folder: Path  # where mail lies as .eml files while no server is set
    allow_hosts: tuple[str, ...] = ()  # that chats and webhooks may reach although they are not public


def _mail(ways: Ways) -> Channel:
    if not ways.server.host:
        from alerts.channels.folder import Folder

        return Folder(ways.folder)
    from alerts.channels.smtp import Smtp

    return Smtp(ways.server)


def _chat(ways: Ways) -> Channel:
    from alerts.channels.apprise import Apprise

    return Apprise(timeout=ways.server.timeout, allow_hosts=ways.allow_hosts)


CHANNELS: Mapping[str, Callable[[Ways], Channel]] = {MAIL: _mail, CHAT: _chat}
