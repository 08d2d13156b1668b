"""Whatever connects to the outside is known, and passes the gate (pipeline/addresses.py)."""

from __future__ import annotations

import re

from tests.test_imports import FILES, ROOT, imported

CLIENTS = {
    # They hold each address against the gate before they connect to it.
    "http.client": {"crawler/reach.py", "crawler/remote.py"},
    "smtplib": {"alerts/channels/smtp.py"},  # the one host that the operator sets
    "apprise": {"alerts/channels/apprise.py"},  # inside alerts/channels/gate.py
    "psycopg": {"storage/postgres.py", "storage/failures.py"},  # the one server that the operator sets
    "urllib.request": set(),
    "urllib3": set(),
    "requests": set(),
    "httpx": set(),
    "aiohttp": set(),
    "ftplib": set(),
    "imaplib": set(),
    "poplib": set(),
    "telnetlib": set(),
    "xmlrpc.client": set(),
}
"""Modules that connect, and the only files that may use them. Scrapy is fenced in tests/test_imports.py
and guarded by crawler/guard.py."""


def test_no_other_client_connects() -> None:
    for path in FILES:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("app/demo/"):
            continue  # the sample world is a server on loopback, and asks itself
        for module in imported(path):
            assert name in CLIENTS.get(module, {name}), f"{name}: {module} would pass by the gate"
        text = path.read_text(encoding="utf-8")
        if name not in CLIENTS["http.client"]:
            assert not re.search(r"socket\.create_connection\(|import .*create_connection", text), name


def test_those_that_may_are_there() -> None:
    for files in CLIENTS.values():
        assert all((ROOT / name).exists() for name in files)


def test_trafilatura_fetches_nothing() -> None:
    """It has a downloader of its own, which knows no gate."""
    for path in FILES:
        assert "fetch_url" not in path.read_text(encoding="utf-8"), path
