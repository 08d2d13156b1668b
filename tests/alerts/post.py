"""A mail server on loopback that does what it is told, and a database with rules that found something."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import Engine

from app.mail_settings import MailSettings
from app.settings import Settings
from pipeline.types import Record
from storage.alert_values import Hit, HitSort, Matched, Rhythm, Rule
from storage.alerts import add_hits, add_rule
from storage.engine import reading, writing

NOW = datetime(2026, 3, 4, 9, 0, 0, tzinfo=UTC)


@dataclass
class Box:
    """What the server took, and how it is to behave."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)  # (recipient, text) in the order of arrival
    rules: dict[str, str] = field(default_factory=dict)  # step → answer | drop | pause | slow
    reached: threading.Event = field(default_factory=threading.Event)
    sessions: int = 0
    users: dict[str, str] = field(default_factory=dict)
    turns: Counter[str] = field(default_factory=Counter)

    def messages(self) -> list[EmailMessage]:
        return [read_mail(text) for _, text in self.taken]

    def ids(self) -> Counter[str]:
        return Counter(str(message["Message-ID"]) for message in self.messages())


def read_mail(text: bytes) -> EmailMessage:
    found = email.message_from_bytes(text, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def plain_text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html_text(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


class _Server(SMTP):
    """Behaves at the steps that a handler does not see."""

    box: Box

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.box.sessions += 1
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:
        if await _behave(self, self.box, "DATA") == "drop":
            return
        if self.box.rules.get("TEXT") == "drop":
            await self.push("354 go on")
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, box: Box) -> None:
        self.box = box

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        await _behave(server, self.box, "EHLO")
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await _behave(server, self.box, "MAIL")
        if answer:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await _behave(server, self.box, "RCPT") or await _behave(server, self.box, address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        rule = self.box.rules.get("DOT", "")
        if rule[:1] in ("4", "5"):
            self.box.turns["DOT"] += 1
            return rule
        if rule == "lose":
            server.transport.abort()
            return "250 OK"
        assert isinstance(envelope.content, bytes)
        self.box.taken.append((envelope.rcpt_tos[0], envelope.content))
        return await _behave(server, self.box, "DOT") or "250 taken"


async def _behave(server: SMTP, box: Box, step: str) -> str:
    """Does what the step's rule says; an answer that it is to give, or ""."""
    rule = box.rules.get(step, "")
    box.turns[step] += 1
    if rule == "drop":
        server.transport.abort()
        return "drop"
    if rule == "pause":
        box.reached.set()
        while box.rules.get(step) == "pause":
            await asyncio.sleep(0.01)
        return ""
    if rule == "slow":
        await asyncio.sleep(3)
        return ""
    return rule


@contextmanager
def mail_server(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    users: dict[str, str] | None = None,
    utf8: bool = False,
) -> Iterator[tuple[Box, int]]:
    """A server and its port."""
    box = Box(users=users or {})

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        fine = box.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=fine, handled=False)

    class Made(Controller):
        def _trigger_server(self) -> None:
            # The system chose the port; a short call shows that somebody answers there.
            assert self.server is not None
            self.port = self.server.sockets[0].getsockname()[1]
            with socket.create_connection(("127.0.0.1", self.port), 20) as call:
                if tls is not None:
                    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
                    anybody.wrap_socket(call).close()

        def factory(self) -> SMTP:
            made = _Server(
                self.handler,
                hostname="localhost",
                tls_context=starttls,
                enable_SMTPUTF8=utf8,
                decode_data=False,
                auth_required=bool(users),
                auth_require_tls=starttls is not None,
                authenticator=check if users else None,
                timeout=20,
            )
            made.box = box
            return made

    controller = Made(_Handler(box), hostname="127.0.0.1", port=0, ssl_context=tls, ready_timeout=20)
    controller.start()
    try:
        wait_for(lambda: box.sessions > 0)
        box.sessions = 0
        yield box, controller.port
    finally:
        box.rules.clear()
        controller.stop()


ADDRESS = "address"
"""The file in the folder of a test in which the address of its database stands."""


def settings_for(port: int, folder: Path, *, allow_hosts: tuple[str, ...] = (), **mail: Any) -> Settings:
    """Settings of mail to the server at ``port``; everybody at @example.org is vouched for."""
    values: dict[str, Any] = {"host": "127.0.0.1" if port else "", "port": port, "security": "none"}
    values |= {"sender": "Alerts <alerts@watch.example>", "vouched": ("@example.org",)}
    values |= {"folder": folder, "timeout": 5.0, **mail}
    place = folder if (folder / ADDRESS).exists() else folder.parent
    return Settings(
        database_url=(place / ADDRESS).read_text(),
        sources_file=folder / "sources.toml",
        allow_hosts=allow_hosts,
        mail=MailSettings.model_validate(values),
    )


def add(engine: Engine, **fields: Any) -> Rule:
    """A stored rule: instant, to anna@example.org, made an hour ago."""
    values: dict[str, Any] = {"name": "lima", "query": "country:PE", "address": "mailto:anna@example.org"}
    made = fields.pop("made", NOW - timedelta(hours=1))
    with writing(engine) as connection:
        return add_rule(connection, Rule(**{**values, "rhythm": Rhythm.INSTANT, **fields}), now=made)


def found(engine: Engine, rule: Rule, number: int, *, at: datetime = NOW, **fields: Any) -> Hit:
    """A stored hit whose title is "Story N."."""
    values: dict[str, Any] = {"rule_id": rule.id, "key": f"article:{number}", "sort": HitSort.WORDS}
    values |= {"url": f"https://outlet.example/{number}", "title": f"Story {number}.", "source": "outlet"}
    values |= {"language": "en", "published": at, "excerpt": f"A man was held in Lima, case {number}."}
    values |= {"matched": Matched(words=("Lima",), excerpt=((18, 22),))}
    hit = Hit(**{**values, **fields})
    with writing(engine) as connection:
        assert add_hits(connection, (hit,), now=at) == 1
    return hit


def count(engine: Engine, statement: str) -> int:
    with reading(engine) as connection:
        return int(connection.exec_driver_sql(statement).scalar_one())


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.005)


def a_record(**fields: Any) -> Record:
    from tests.storage.builders import record

    return record(**fields)
