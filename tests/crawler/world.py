"""A world of faults on loopback: HTTP servers whose answers are bytes that a test chose.

A path is answered by a function or by an Answer; what is not there is 404. The server speaks for
itself in raw bytes where a fault is below HTTP (truncated bodies, silence).
"""

from __future__ import annotations

import json
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None  # Content-Length, where it is not the truth
    silent: bool = False  # never answers
    chunked: bool = False  # one chunk and no end


class Server(ThreadingHTTPServer):
    """One host of the world."""

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = False

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), _Handler)
        self.paths: dict[str, Answer | Callable[[Any], Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.moments: list[float] = []  # monotonic, one for each of ``asked``
        self.over = threading.Event()

    @property
    def place(self) -> str:
        """host:port"""
        return f"{self.server_address[0]}:{self.server_port}"

    def times(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked == path for asked, _ in self.asked)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.moments.append(time.monotonic())
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        found = self.server.paths.get(self.path, Answer(status=404, body=b"nothing here"))
        answer = found(self) if callable(found) else found
        if answer.silent:
            self.server.over.wait(20)
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(answer.body), answer.body))
            self.close_connection = True
            return
        size = len(answer.body) if answer.announced is None else answer.announced
        if answer.status != 304:
            self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(answer.body)
        if answer.announced is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Tests have their own words."""


@contextmanager
def serving(
    count: int = 1, *, tls: ssl.SSLContext | None = None, apart: bool = False
) -> Iterator[list[Server]]:
    """So many servers, each on a port of its own; ``apart``: and each a host of its own."""
    servers = [Server(f"127.0.0.{2 + number}" if apart else "127.0.0.1") for number in range(count)]
    for server in servers:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield servers
    finally:
        for server in servers:
            server.over.set()
            server.shutdown()
            server.server_close()


def rss(*items: str) -> bytes:
    """An RSS feed of the given item bodies."""
    joined = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{joined}</channel></rss>'.encode()
    )


def item(link: str, title: str = "") -> str:
    """The body of an RSS item."""
    return f"<title>{title or link}</title><link>{link}</link>"


def page(text: str = "A page with nothing in it.") -> Answer:
    """A page of ordinary HTML."""
    return Answer(
        f"<!DOCTYPE html><html><head><title>P</title></head><body><p>{text}</p></body></html>".encode()
    )


def crawl(folder: Path, **config: Any) -> dict[str, Any]:
    """One crawl in a process of its own, on the database of ``folder``."""
    done = subprocess.run(
        command(folder, **config), capture_output=True, text=True, timeout=120, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def command(folder: Path, **config: Any) -> list[str]:
    """The command of a crawl, its configuration written to ``folder``."""
    given = {
        "database_url": f"sqlite:///{folder}/watch.sqlite3",
        "delay": 0,
        "workers": 2,
        "timeout": 5,
        "reader": "plain",
        "allow_hosts": [],
        **config,
    }
    file = folder / "crawl.json"
    file.write_text(json.dumps(given))
    return [sys.executable, "-W", "error::DeprecationWarning", "-m", "tests.crawler.readers", str(file)]


def rows(folder: Path, query: str) -> list[Any]:
    """What stands in the database."""
    with closing(sqlite3.connect(folder / "watch.sqlite3")) as connection:
        return connection.execute(query).fetchall()


__all__ = ["Answer", "Server", "command", "crawl", "item", "page", "rows", "rss", "serving"]
