"""Mail by a server: one connection for all messages, one recipient each, every answer read.

no connection, no TLS, wrong certificate, login or sender refused    ChannelDownError
4xx, or the connection lost before DATA was accepted                  TryLaterError
5xx to the recipient                                                  AddressRefusedError
5xx to the text, a recipient that the server cannot take              MessageRefusedError
the connection lost, or silence, between DATA and the answer          InDoubtError
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable

from alerts.channels import MailServer
from pipeline.errors import (
    AddressRefusedError,
    ChannelDownError,
    DeliveryError,
    InDoubtError,
    MessageRefusedError,
    TryLaterError,
)
from storage.outbox_values import Leased

PORTS = {"starttls": 587, "tls": 465, "none": 25}
LOGIN_CODES = frozenset({530, 534, 535, 538})
"""Answers that speak of the login, at whatever step they come."""
_POLICY = re.compile(r"\b5\.7\.\d+")


class Smtp:
    """One server. Connects when the first message is sent, and again when the server hung up."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def send(self, message: Leased, hand: Callable[[], None]) -> str:
        smtp = self._ready()
        try:
            self._envelope(smtp, message)
            return self._text(smtp, message, hand)
        except (smtplib.SMTPException, OSError) as error:
            # Anything that is not in doubt: the text had not begun.
            self.close()
            raise TryLaterError(
                f"The connection to the mail server was lost: {_words(error)}.", key=message.recipient
            ) from error
        except TryLaterError as error:
            if error.code == 421:  # the server is about to hang up
                self.close()
            raise

    def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                # A short farewell: a server that does not answer it must not hold us up.
                if smtp.sock is not None:
                    smtp.sock.settimeout(2)
                smtp.quit()
            with contextlib.suppress(OSError):
                smtp.close()

    # -- before the first message -----------------------------------------------------------------

    def _ready(self) -> smtplib.SMTP:
        if self._smtp is not None:
            # A connection that was idle may be gone; nothing is lost by asking.
            try:
                if self._smtp.rset()[0] == 250:
                    return self._smtp
            except (smtplib.SMTPException, OSError):
                pass
            self.close()
        self._smtp = self._connect()
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        port = server.port or PORTS[server.security]
        where = f"The mail server {server.host}:{port}"
        smtp: smtplib.SMTP | None = None
        try:
            if server.security == "tls":
                smtp = smtplib.SMTP_SSL(server.host, port, timeout=server.timeout, context=self._tls())
            else:
                smtp = smtplib.SMTP(server.host, port, timeout=server.timeout)
            smtp.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                smtp.starttls(context=self._tls())
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password)
            return smtp
        except DeliveryError:
            raise
        except ssl.SSLCertVerificationError as error:
            fault, code = f"shows a certificate that is not trusted ({error.verify_message})", None
            cause: Exception = error
        except ssl.SSLError as error:
            fault, code, cause = f"does not speak TLS as it should ({error.reason or error})", None, error
        except smtplib.SMTPNotSupportedError as error:
            what = "STARTTLS" if server.security == "starttls" and not _is_secure(smtp) else "a login"
            fault, code, cause = f"does not offer {what}", None, error
        except smtplib.SMTPAuthenticationError as error:
            fault, code = f"refuses the login of {server.user!r}: {_answer(error)}", error.smtp_code
            cause = error
        except smtplib.SMTPResponseException as error:
            fault, code, cause = f"refuses the connection: {_answer(error)}", error.smtp_code, error
        except (smtplib.SMTPException, OSError) as error:
            fault, code, cause = f"cannot be reached: {_words(error)}", None, error
        if smtp is not None:
            with contextlib.suppress(OSError):
                smtp.close()
        raise ChannelDownError(f"{where} {fault}.", key="mail", code=code) from cause

    def _tls(self) -> ssl.SSLContext:
        try:
            return _context(self._server)
        except (OSError, ssl.SSLError) as error:
            raise ChannelDownError(
                f"The certificates in {self._server.ca_file} cannot be read: {_words(error)}.", key="mail"
            ) from error

    # -- one message ------------------------------------------------------------------------------

    def _envelope(self, smtp: smtplib.SMTP, message: Leased) -> None:
        """MAIL and RCPT."""
        options = []
        if not message.recipient.isascii():
            if not smtp.has_extn("smtputf8"):
                raise MessageRefusedError(
                    f"The mail server cannot send to {message.recipient}: it takes only addresses whose part "
                    "before the @ is in ASCII (it does not offer SMTPUTF8).",
                    key=message.recipient,
                )
            smtp.command_encoding = "utf-8"
            options = ["SMTPUTF8", *(["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else [])]
        try:
            code, answer = smtp.mail(self._server.sender, options)
            if code >= 400:
                said = _said(code, answer)
                if code < 500:
                    raise TryLaterError(f"The mail server says: {said}", key=message.recipient, code=code)
                # Who it comes from is ours to set right: the recipient has no part in it.
                raise ChannelDownError(
                    f"The mail server does not take mail from {self._server.sender}: {said}",
                    key="mail",
                    code=code,
                )
            code, answer = smtp.rcpt(message.recipient)
        finally:
            smtp.command_encoding = "ascii"
        if code in (250, 251):
            return
        said = _said(code, answer)
        if code in LOGIN_CODES:
            raise ChannelDownError(f"The mail server wants a login: {said}", key="mail", code=code)
        if code < 500:
            raise TryLaterError(f"The mail server says: {said}", key=message.recipient, code=code)
        if _POLICY.search(said):
            # A matter of rights or reputation, and not of the address: it may be set right on our side.
            raise TryLaterError(f"The mail server says: {said}", key=message.recipient, code=code)
        raise AddressRefusedError(f"The mail server says: {said}", key=message.recipient, code=code)

    def _text(self, smtp: smtplib.SMTP, message: Leased, hand: Callable[[], None]) -> str:
        """DATA, the text and the answer to it."""
        hand()
        code, answer = smtp.docmd("DATA")
        if code != 354:
            raise _refusal(code, answer, message)
        lines = re.sub(rb"\r\n|\r|\n", b"\r\n", message.content)
        stuffed = re.sub(rb"(?m)^\.", b"..", lines)
        if not stuffed.endswith(b"\r\n"):
            stuffed += b"\r\n"
        try:
            smtp.send(stuffed + b".\r\n")
            code, answer = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise InDoubtError(
                f"The connection was lost before the mail server answered: {_words(error)}.",
                key=message.recipient,
            ) from error
        if code != 250:
            raise _refusal(code, answer, message)
        return _said(code, answer)


def _context(server: MailServer) -> ssl.SSLContext:
    """Certificates and names are always verified; there is no setting that ends it."""
    context = ssl.create_default_context()
    if server.ca_file is not None:
        context.load_verify_locations(cafile=server.ca_file)
    return context


def _refusal(code: int, answer: bytes, message: Leased) -> DeliveryError:
    """What an answer to the text means."""
    said = f"The mail server says: {_said(code, answer)}"
    if code in LOGIN_CODES:
        return ChannelDownError(said, key="mail", code=code)
    if code < 500:
        return TryLaterError(said, key=message.recipient, code=code)
    if code in (550, 551, 553) and not _POLICY.search(said):
        return AddressRefusedError(said, key=message.recipient, code=code)
    return MessageRefusedError(said, key=message.recipient, code=code)


def _is_secure(smtp: smtplib.SMTP | None) -> bool:
    return smtp is not None and isinstance(smtp.sock, ssl.SSLSocket)


def _answer(error: smtplib.SMTPResponseException) -> str:
    answer = error.smtp_error
    return _said(error.smtp_code, answer if isinstance(answer, bytes) else str(answer).encode())


def _said(code: int, answer: bytes) -> str:
    text = " ".join(answer.decode("utf-8", "replace").split())
    return f"{code} {text}"[:300]


def _words(error: Exception) -> str:
    # smtplib tells of some time-outs only in its words.
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "it did not answer in time"
    return str(getattr(error, "strerror", None) or error).strip().rstrip(".")[:200] or type(error).__name__
