"""STARTTLS, TLS and logins: certificates are verified, faults hold up the queue and are told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError
from sqlalchemy import Engine

from app.alerting import Summary, send_due
from app.mail_settings import MailSettings
from pipeline.errors import ConfigError
from storage import outbox_lists
from tests.alerts.post import NOW, Box, add, found, mail_server, settings_for


def certificate(folder: Path, name: str, *, days: int = 5) -> tuple[Path, ssl.SSLContext]:
    """A certificate of ``name`` that is its own authority, and a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    host = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{name}.pem", folder / f"{name}.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context


@contextmanager
def one_round(
    engine: Engine, folder: Path, server: dict[str, Any], **mail: Any
) -> Iterator[tuple[Summary, Box]]:
    found(engine, add(engine), 1)
    with mail_server(**server) as (box, port):
        yield send_due(settings_for(port, folder, **mail), engine, NOW), box


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_is_trusted(engine: Engine, tmp_path: Path, security: str) -> None:
    ca, context = certificate(tmp_path, "127.0.0.1")
    with one_round(engine, tmp_path, {security: context}, security=security, ca_file=ca) as (summary, box):
        assert (summary.sent, summary.down) == (1, ())
        assert len(box.taken) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("fault", ["unknown", "another name", "over"])
def test_a_certificate_that_is_not(engine: Engine, tmp_path: Path, security: str, fault: str) -> None:
    name, days = ("mail.example" if fault == "another name" else "127.0.0.1", -1 if fault == "over" else 5)
    ca, context = certificate(tmp_path, name, days=days)
    settings = {"security": security} | ({} if fault == "unknown" else {"ca_file": ca})
    with one_round(engine, tmp_path, {security: context}, **settings) as (summary, box):
        assert "shows a certificate that is not trusted" in summary.down[0]
        assert (summary.sent, box.taken) == (0, [])
    assert [row.state for row in outbox_lists.messages(engine)] == ["pending"]
    assert len(outbox_lists.stops(engine)) == 1


def test_a_server_without_starttls_gets_nothing(engine: Engine, tmp_path: Path) -> None:
    with one_round(engine, tmp_path, {}, security="starttls") as (summary, box):
        assert "does not offer STARTTLS" in summary.down[0]
        assert box.taken == []
        assert box.turns["MAIL"] == 0


def test_a_server_that_speaks_no_tls(engine: Engine, tmp_path: Path) -> None:
    with one_round(engine, tmp_path, {}, security="tls") as (summary, _):
        assert "does not speak TLS" in summary.down[0]


@pytest.mark.parametrize("in_file", [True, False])
def test_a_login(engine: Engine, tmp_path: Path, in_file: bool) -> None:
    ca, context = certificate(tmp_path, "127.0.0.1")
    secret = tmp_path / "password"
    secret.write_text("s3cret\n")
    password = {"password_file": secret} if in_file else {"password": "s3cret"}
    server = {"starttls": context, "users": {"desk": "s3cret"}}
    with one_round(engine, tmp_path, server, security="starttls", ca_file=ca, user="desk", **password) as (
        summary,
        box,
    ):
        assert (summary.sent, len(box.taken)) == (1, 1)


def test_a_login_that_is_refused_holds_up_all(engine: Engine, tmp_path: Path) -> None:
    ca, context = certificate(tmp_path, "127.0.0.1")
    server = {"starttls": context, "users": {"desk": "s3cret"}}
    with one_round(
        engine, tmp_path, server, security="starttls", ca_file=ca, user="desk", password="wr0ng"
    ) as (summary, box):
        (why,) = summary.down
        assert "refuses the login of 'desk': 535" in why
        assert "wr0ng" not in why
        assert box.taken == []
    (row,) = outbox_lists.messages(engine)
    assert (row.state, row.tries) == ("pending", 0)


def test_settings_that_make_no_sense(tmp_path: Path) -> None:
    for wrong, words in (
        ({"host": "mail.example"}, "sender: is needed with host"),
        ({"security": "ssl"}, "starttls, tls, none"),
        ({"sender": "nobody"}, "is no mail address"),
        ({"user": "desk"}, "password_file: is needed"),
        ({"site": "watch.example"}, "must be an address such as https"),
        ({"site": "javascript:x"}, "must be an address such as https"),
        ({"sender": "A\nBcc: x <a@b.example>"}, "one line"),
        ({"vouched": ("a b@c",)}, "is no mail address"),
        ({"operator": "x"}, "is no mail address"),
        ({"prot": 25}, "Extra inputs"),
        (
            {"host": "m.example", "sender": "a@b.example", "user": "u", "password": "p", "security": "none"},
            "would show the password",
        ),
    ):
        with pytest.raises(ValidationError, match=words):
            MailSettings.model_validate(wrong)
    missing = MailSettings.model_validate(
        {"host": "x", "sender": "a@b.example", "user": "u", "password_file": tmp_path / "none"}
    )
    with pytest.raises(ConfigError, match="cannot be read"):
        _ = missing.ways


def test_whom_the_operator_vouches_for() -> None:
    mail = MailSettings.model_validate({"vouched": "anna@x.example, @Desk.example"})
    assert mail.vouches("anna@x.example")
    assert mail.vouches("anyone@desk.example")
    assert not mail.vouches("ben@x.example")
    assert not mail.vouches("a@sub.desk.example")
