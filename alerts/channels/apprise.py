"""Chats, phones and webhooks by apprise: Slack, Telegram, ntfy, JSON over HTTP and a hundred more.

The extra is ``detainee-watch[channels]``. An address is one of apprise's own, such as
``ntfy://ntfy.example/topic``; it holds the secrets of the service and is never shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from alerts.channels.gate import only_public
from pipeline.addresses import AllowList
from pipeline.errors import ChannelDownError, MessageRefusedError, TryLaterError
from storage.outbox_values import Leased


class Apprise:
    """One message is one notification: the subject is its title."""

    def __init__(self, *, timeout: float, allow_hosts: Sequence[str] = ()) -> None:
        self._timeout = timeout
        self._allow = AllowList.parse(allow_hosts)

    def send(self, message: Leased, hand: Callable[[], None]) -> str:
        try:
            import apprise
        except ImportError as error:
            raise ChannelDownError(
                "Alerts to chats and webhooks need apprise: pip install 'detainee-watch[channels]'.",
                key="chat",
            ) from error
        # What apprise logs has addresses in it, and with them the secrets.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        service = apprise.Apprise.instantiate(message.recipient, suppress_exceptions=True)
        if service is None:
            scheme = message.recipient.partition("://")[0]
            raise MessageRefusedError(f"apprise does not understand this {scheme}:// address.", key=scheme)
        hand()
        with only_public(self._allow) as refused:
            sent = service.notify(
                title=message.subject, body=message.content.decode(), body_format=apprise.NotifyFormat.TEXT
            )
        if not sent and refused:
            host = sorted(refused)[0]
            raise MessageRefusedError(
                f"{host} has no public address; list it in allow_hosts, if it is yours.", key=host
            )
        if not sent:
            raise TryLaterError(
                f"{service.service_name} did not take the message.", key=str(service.service_name)
            )
        return f"taken by {service.service_name}"

    def close(self) -> None:
        """Nothing is open."""
