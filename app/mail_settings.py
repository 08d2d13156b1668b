"""The settings of ``[mail]``: by which server alerts go, from whom, and who may get them unasked."""

from __future__ import annotations

import re
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from alerts.addresses import mail_address
from alerts.channels import MailServer, Ways
from alerts.mail import House
from pipeline.errors import ConfigError

SECURITIES = ("starttls", "tls", "none")
LOCAL = ("localhost", "127.0.0.1", "::1")
"""Servers on this machine, to which a password may go without TLS."""


class MailSettings(BaseModel):
    """Each key is described in docs/operations.md."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field("", description="the mail server; empty: mails are written into folder")
    port: int = Field(
        0, ge=0, le=65535, description="its port; 0: 587 for starttls, 465 for tls, 25 for none"
    )
    security: str = Field("starttls", description="starttls, tls or none; certificates are always verified")
    ca_file: Path | None = Field(None, description="certificates (PEM) that are trusted beside the system's")
    user: str = Field("", description="login at the server; empty: none is needed")
    password: SecretStr = Field(SecretStr(""), description="its password; better in password_file")
    password_file: Path | None = Field(None, description="file that holds the password alone")
    timeout: float = Field(30.0, gt=0, le=300, description="seconds until a step of the server is given up")
    sender: str = Field("", description="from whom mails come: 'Alerts <alerts@example.org>'")
    unsubscribe: str = Field("", description="address that takes wishes to leave; empty: the sender's")
    list_id: str = Field("", description="domain under which rules are lists; empty: that of the sender")
    site: str = Field("", description="public address of the web site, https://…; empty: there is none")
    vouched: tuple[str, ...] = Field((), description="addresses or @domains that need not confirm")
    operator: str = Field("", description="who is told when something is wrong; empty: nobody")
    folder: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("detainee-watch")) / "mail",
        description="where mails lie as .eml files while no server is set",
    )

    @field_validator("vouched", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """In the environment they stand in one text, with commas or spaces between."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("vouched")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(mail_address("x" + one)[1:] if one.startswith("@") else _checked(one) for one in value)

    @field_validator("folder", "ca_file", "password_file")
    @classmethod
    def _at_home(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value is not None else None

    @field_validator("security")
    @classmethod
    def _known(cls, value: str) -> str:
        if value.lower() not in SECURITIES:
            raise ValueError(f"must be one of {', '.join(SECURITIES)}")
        return value.lower()

    @field_validator("host", "user", "sender", "list_id")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if any(ord(c) < 32 or ord(c) == 127 for c in value) or len(value) > 300:
            raise ValueError("must be one line of at most 300 characters")
        return value.strip()

    @field_validator("unsubscribe", "operator")
    @classmethod
    def _address(cls, value: str) -> str:
        return _checked(value) if value.strip() else ""

    @field_validator("site")
    @classmethod
    def _https(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        if value and not re.fullmatch(r"https?://[^\s<>\"/?#]+(/[^\s<>\"?#]*)?", value):
            raise ValueError("must be an address such as https://watch.example.org")
        return value

    @model_validator(mode="after")
    def _whole(self) -> MailSettings:
        if self.host and not self.sender:
            raise ValueError("sender: is needed with host, such as 'Alerts <alerts@example.org>'")
        if self.sender and not _checked(parseaddr(self.sender)[1]).isascii():
            raise ValueError("sender: the part before the @ must be in ASCII")
        if self.user and not (self.password.get_secret_value() or self.password_file):
            raise ValueError("password_file: is needed with user (or password)")
        if self.user and self.security == "none" and self.host not in LOCAL:
            raise ValueError("security: none would show the password to everybody on the way")
        return self

    @property
    def house(self) -> House:
        """What all mails have in common."""
        name, address = parseaddr(self.sender or "detainee-watch <detainee-watch@localhost>")
        return House(
            sender=f"{name or 'detainee-watch'} <{_checked(address)}>",
            unsubscribe=self.unsubscribe,
            list_id=self.list_id,
            site=self.site,
        )

    @property
    def ways(self) -> Ways:
        """How messages go. Raises ConfigError where the password's file cannot be read."""
        return Ways(
            server=MailServer(
                host=self.host,
                port=self.port,
                security=self.security,
                user=self.user,
                password=self._password() if self.host else "",
                sender=self.house.address,
                ca_file=self.ca_file,
                timeout=self.timeout,
            ),
            folder=self.folder,
        )

    def vouches(self, address: str) -> bool:
        """Whether the operator's list has the address or its domain."""
        return address in self.vouched or "@" + address.rpartition("@")[2] in self.vouched

    def _password(self) -> str:
        if self.password_file is None:
            return self.password.get_secret_value()
        try:
            return self.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The file with the mail password, {self.password_file}, cannot be read: {error}.",
                key="mail.password_file",
            ) from error


def _checked(text: str) -> str:
    try:
        return mail_address(text)
    except ConfigError as error:
        raise ValueError(str(error)) from error
