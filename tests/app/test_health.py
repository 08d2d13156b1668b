"""``sources health``, ``doctor``, the figures for Prometheus and the mails to the operator."""

from __future__ import annotations

import email
import email.policy
import socketserver
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pytest_httpserver import HTTPServer

from tests.app.conftest import Command
from tests.app.test_crawling import outlets

__all__ = ["outlets"]


def stored(home: Path, statement: str, *values: Any) -> list[Any]:
    """What a statement gives on the database; changes are kept."""
    with closing(sqlite3.connect(home / "watch.sqlite3")) as connection, connection:
        return connection.execute(statement, values).fetchall()


@pytest.fixture
def only_ours(home: Path, outlets: HTTPServer) -> HTTPServer:
    """No outlet but those of the world: each packaged one is switched off."""
    from crawler.sources import packaged_slugs

    with (home / "sources.toml").open("a") as file:
        file.writelines(f"\n[{slug}]\nenabled = false\n" for slug in packaged_slugs())
    return outlets


def mails(home: Path) -> list[tuple[str, str]]:
    """(subject, text) of the mails to the operator, oldest first."""
    found = []
    for path in sorted((home / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        assert message["To"] == "desk@example.org"
        found.append((str(message["Subject"]), body.get_content()))
    return found


def test_health_of_sources_and_what_the_operator_is_told(
    process: Command, run: Command, home: Path, only_ours: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETAINEE_WATCH_MAIL__OPERATOR", "desk@example.org")
    monkeypatch.setenv("DETAINEE_WATCH_MAIL__FOLDER", str(home / "mail"))
    monkeypatch.setenv("DETAINEE_WATCH_METRICS_FILE", str(home / "figures" / "watch.prom"))
    ran = run("sources", "health")
    assert (ran.code, ran.out) == (1, "")
    assert "run a crawl first" in ran.err

    assert process("crawl", "-q").code == 3
    ran = run("sources", "health")
    assert ran.code == 0
    assert "3 sources: 2 in trouble; all others fare well." in ran.err
    lines = ran.out.splitlines()
    assert " ".join(lines[0].split()) == "source state since last success last new why, and what to do"
    assert [line.split()[:2] for line in lines if line[:6] in ("broken", "dead  ", "courie")] == [
        ["dead", "connection"], ["broken", "malformed"], ["courier", "ok"],
    ] or [line.split()[:2] for line in lines if line[:6] in ("broken", "dead  ", "courie")] == [
        ["broken", "malformed"], ["dead", "connection"], ["courier", "ok"],
    ]  # fmt: skip
    assert "asked again from" in ran.out
    assert "sources add SITE" in " ".join(ran.out.split())
    # A first failure is no news.
    assert mails(home) == []

    # The second of a hard failure is; who names a source has it asked although it rests.
    second = process("crawl", "--json")
    assert {one["slug"]: one["state"] for one in second.json["sources"]}["broken"] == "resting"
    assert second.json["summary"]["resting"] == 2
    assert "2 rest" in second.err
    assert process("crawl", "-q", "--source", "broken").code == 3
    ((subject, text),) = mails(home)
    assert subject == "detainee-watch: 1 source broke"
    assert "broken: malformed" in text
    assert "→ open" in text
    assert process("crawl", "-q", "--source", "broken").code == 3
    assert len(mails(home)) == 1

    shape = run("sources", "health", "broken", "--json").json
    assert (shape["total"], shape["trouble"]) == (1, 1)
    (one,) = shape["sources"]
    assert (one["state"], one["failures"], one["operator_told"], one["normal"]["text_share"]) == (
        "malformed", 3, True, None,
    )  # fmt: skip
    assert run("sources", "health", "--trouble", "courier").out.count("\n") == 1

    figures = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families((home / "figures" / "watch.prom").read_text())
        for sample in family.samples
    }
    assert figures["detainee_watch_sources", "malformed"] == 1
    assert figures["detainee_watch_sources_in_trouble",] == 1
    assert figures["detainee_watch_runs_total", "crawl", "ok"] == 4
    assert figures["detainee_watch_pages", "relevant"] == 1
    assert figures["detainee_watch_last_success_age_seconds",] < 3600
    assert ("detainee_watch_outbox_messages", "sent") in figures


def test_the_operator_is_told_when_no_crawl_succeeds(
    process: Command, run: Command, home: Path, only_ours: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETAINEE_WATCH_MAIL__OPERATOR", "desk@example.org")
    monkeypatch.setenv("DETAINEE_WATCH_MAIL__FOLDER", str(home / "mail"))
    assert process("crawl", "-q", "--source", "courier").code == 0
    assert run("doctor", "--no-network").code == 3
    old = (datetime.now(UTC) - timedelta(hours=27)).replace(tzinfo=None).isoformat(" ")
    stored(home, "UPDATE runs SET started = ?, ended = ?", old, old)
    ran = run("doctor", "--no-network", "-q")
    assert ran.code == 1
    assert "problem  runs      no crawl has succeeded since" in ran.out
    for _ in range(3):
        assert run("schedule", "run", "health").code == 0
    assert run("alerts", "run").code == 0
    ((subject, text),) = mails(home)
    assert subject == "detainee-watch: no crawl has succeeded"
    assert "No crawl has succeeded" in text
    assert process("crawl", "-q", "--source", "courier").code == 0
    assert mails(home)[1][0] == "detainee-watch: crawls succeed again"


def test_the_operator_is_told_when_finds_are_few_and_when_they_are_as_usual_again(
    process: Command, run: Command, home: Path, only_ours: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETAINEE_WATCH_MAIL__OPERATOR", "desk@example.org")
    monkeypatch.setenv("DETAINEE_WATCH_MAIL__FOLDER", str(home / "mail"))
    assert process("crawl", "-q", "--source", "courier").code == 0
    assert run("schedule", "run", "health").code == 0
    assert mails(home) == []
    # Eight weeks of twelve finds each, and none in the last seven days before today: the article of the crawl
    # is of yesterday where the day has just begun.
    stored(home, "DELETE FROM coverage WHERE day <> ?", "")
    today = datetime.now(UTC).date()
    for back in range(8, 70):
        day = (today - timedelta(days=back)).isoformat()
        stored(home, "INSERT INTO coverage VALUES ('courier', ?, 40, 40, ?)", day, 2 - (back % 7 > 4))
    for _ in range(2):
        assert run("schedule", "run", "health").code == 0
    assert run("alerts", "run").code == 0
    ((subject, text),) = mails(home)
    assert subject == "detainee-watch: far fewer finds than usual"
    assert "0 relevant articles in the last seven days; 12 are usual" in text
    stored(
        home,
        "INSERT INTO coverage VALUES ('courier', ?, 40, 40, 11)",
        (today - timedelta(days=3)).isoformat(),
    )
    assert process("crawl", "-q", "--source", "courier").code == 0
    subject, text = mails(home)[1]
    assert "11 relevant articles in the last seven days" in text
    assert len(mails(home)) == 2


def checks(ran: Any) -> dict[str, tuple[str, str]]:
    return {one["name"]: (one["level"], one["found"]) for one in ran.json["checks"]}


def test_doctor_says_what_to_do(
    run: Command, home: Path, only_ours: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = run("doctor", "--json")
    assert ran.code == 3
    found = checks(ran)
    assert {name: level for name, (level, _) in found.items()} == {
        "settings": "warning", "sqlite": "ok", "sources": "ok", "disk": "ok", "database": "warning",
        "mail": "warning", "network": "ok", "clock": "ok",
    } or found["disk"][0] == "warning"  # fmt: skip
    assert "there is none yet" in found["database"][1]
    assert all(one["todo"] for one in ran.json["checks"] if one["level"] != "ok")
    monkeypatch.setenv("DETAINEE_WATCH_CONTACT", "desk@example.org")
    monkeypatch.setenv("DETAINEE_WATCH_MAIL__OPERATOR", "desk@example.org")
    found = checks(run("doctor", "--json", "--no-network"))
    assert (found["settings"][0], found["mail"][0]) == ("ok", "ok")

    (home / "watch.sqlite3").write_bytes(b"no database at all " * 100)
    ran = run("doctor", "--json", "--no-network")
    assert ran.code == 1
    assert checks(ran)["database"][0] == "problem"

    (home / "sources.toml").write_text("[x]\nurl = 5\n")
    assert checks(run("doctor", "--json"))["sources"][0] == "problem"
    monkeypatch.setenv("DETAINEE_WATCH_WORKERS", "many")
    ran = run("doctor", "-q")
    assert ran.code == 1
    assert "problem  settings  Wrong setting in the environment: workers" in ran.out


@contextmanager
def slow_clock() -> Iterator[int]:
    """The port of a server whose clock stands in 2020."""
    answer = b"HTTP/1.1 404 Not Found\r\nDate: Mon, 02 Mar 2020 06:00:00 GMT\r\nContent-Length: 0\r\n\r\n"

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_doctor_finds_a_network_that_is_down_and_a_wrong_clock(
    run: Command, home: Path, only_ours: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = (home / "sources.toml").read_text()
    (home / "sources.toml").write_text(table.replace(f":{only_ours.port}/", ":9/"))
    found = checks(run("doctor", "--json"))
    assert found["network"][0] == "problem"
    assert "refused" in found["network"][1]

    with slow_clock() as port:
        (home / "sources.toml").write_text(table.replace(f":{only_ours.port}/", f":{port}/"))
        found = checks(run("doctor", "--json"))
    assert found["clock"][0] == "problem"
    assert "minutes ahead" in found["clock"][1]

    # An address that is not public is not asked, here as in a crawl.
    (home / "sources.toml").write_text(table)
    monkeypatch.setenv("DETAINEE_WATCH_ALLOW_HOSTS", "")
    asked = len(only_ours.log)
    assert "not a public address" in checks(run("doctor", "--json"))["network"][1]
    assert len(only_ours.log) == asked
