"""``serve`` as a process: what it answers, what it refuses, and that nothing is written."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.app.conftest import Command


@contextmanager
def serving(*args: str) -> Iterator[str]:
    """The address that the command says."""
    command = [sys.executable, "-m", "app", *args]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if found := re.search(r"Open (http://\S+?)/ in a browser", line):
                    break
            else:
                pytest.fail("it ended before it said where it listens")
            yield found[1]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def test_pages_are_served_until_it_is_stopped(filled: Path) -> None:
    before = filled.read_bytes()
    with serving("serve", "--port", "0") as address, httpx.Client(trust_env=False, timeout=60) as client:
        for path in ("/", "/articles", "/articles/1", "/cases", "/figures", "/sources", "/help"):
            answer = client.get(address + path)
            assert answer.status_code == 200, path
        assert "insightcrime" in client.get(f"{address}/sources.json").text
        assert "detainee_watch" in client.get(f"{address}/metrics").text
        assert client.get(f"{address}/", headers={"Host": "evil.example"}).status_code == 421
    assert filled.read_bytes() == before


def test_who_may_change_something(filled: Path, home: Path, run: Command) -> None:
    """Whoever is alone at the machine; nobody who may come under a name; and people with a role."""

    def reject(address: str, client: httpx.Client) -> int:
        client.headers.update({"Origin": address, "Sec-Fetch-Site": "same-origin"})
        return client.post(f"{address}/review/mark", data={"article": "2", "verdict": "reject"}).status_code

    with serving("serve", "--port", "0") as address, httpx.Client(trust_env=False, timeout=60) as client:
        assert reject(address, client) == 303
        assert client.get(f"{address}/alerts").status_code == 200
    assert [each["id"] for each in run("articles", "--json").json["articles"]].count(2) == 0
    named = ("serve", "--port", "0", "--host-name", "watch.example.org")
    with serving(*named) as address, httpx.Client(trust_env=False, timeout=60) as client:
        assert reject(address, client) == 403
    kept = run("serve", "--hash", stdin="correct horse battery\n").out.strip()
    users = home / "users.toml"
    users.write_text(f"[[web.users]]\nname = 'ann'\nrole = 'reviewer'\npassword_hash = '{kept}'\n")
    known = ("--config", str(users), *named)
    with serving(*known) as address, httpx.Client(trust_env=False, timeout=60) as client:
        assert reject(address, client) == 401
        client.post(f"{address}/login", data={"name": "ann", "password": "correct horse battery"})
        assert reject(address, client) == 303
        assert client.get(f"{address}/alerts").status_code == 403
    users.write_text(users.read_text() * 2)
    twice = run("--config", str(users), "serve")
    assert twice.code != 0
    assert "two people have one name" in twice.err


def test_a_database_that_is_not_there_is_made(home: Path) -> None:
    with serving("serve", "--port", "0", "--host-name", "watch.example.org") as address:
        answer = httpx.get(f"{address}/", headers={"Host": "watch.example.org"}, trust_env=False)
    assert "detainee-watch crawl" in answer.text
    assert (home / "watch.sqlite3").exists()


def test_other_machines_are_answered_only_with_a_password(
    filled: Path, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = run("serve", "--address", "0.0.0.0")
    assert refused.code == 2
    assert "neither a password nor a token" in refused.err
    made = run("serve", "--hash", stdin="correct horse battery\n")
    kept = made.out.strip()
    assert kept.startswith("$argon2id$")
    monkeypatch.setenv("DETAINEE_WATCH_WEB__PASSWORD_HASH", kept)
    with serving("serve", "--address", "0.0.0.0", "--port", "0") as address:
        here = address.replace("0.0.0.0", "127.0.0.1")
        assert httpx.get(f"{here}/articles", trust_env=False).status_code == 401
        auth = ("me", "correct horse battery")
        assert httpx.get(f"{here}/articles", trust_env=False, auth=auth).status_code == 200


def test_what_makes_no_sense_is_told(filled: Path, run: Command) -> None:
    assert run("serve", "--address", "nowhere").code == 2
    assert "at least 12 characters" in run("serve", "--hash", stdin="short\n").err
    with serving("serve", "--port", "0") as address:
        taken = run("serve", "--port", address.rpartition(":")[2])
    assert taken.code == 2
    assert "cannot be listened on" in taken.err
