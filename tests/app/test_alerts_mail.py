"""``alerts run``, ``deliveries``, ``test``, ``confirm``, ``unsubscribe``, ``feed``; the end of a crawl."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine

from storage.alert_values import Rule
from storage.alerts import read_rule
from storage.engine import open_database
from tests.alerts.post import Box, add, found, mail_server, plain_text, read_mail
from tests.app.conftest import Command
from tests.app.test_crawling import TABLE, feed
from tests.app.test_reading import TEXT, TITLE, page

LONG_AGO = datetime.now(UTC) - timedelta(days=30)


@pytest.fixture
def engine(home: Path, url: str) -> Iterator[Engine]:
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def rule(engine: Engine) -> Rule:
    made = add(engine, made=LONG_AGO)
    found(engine, made, 1, at=LONG_AGO)
    found(engine, made, 2, at=LONG_AGO)
    return made


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    with mail_server() as (box, port):
        for name, value in (("HOST", "127.0.0.1"), ("PORT", str(port)), ("SECURITY", "none")):
            monkeypatch.setenv(f"DETAINEE_WATCH_MAIL__{name}", value)
        monkeypatch.setenv("DETAINEE_WATCH_MAIL__SENDER", "Alerts <alerts@watch.example>")
        monkeypatch.setenv("DETAINEE_WATCH_MAIL__VOUCHED", "@example.org, ben@x.example")
        yield box


def test_without_a_server_mails_are_files_and_the_command_says_so(
    home: Path, rule: Rule, run: Command
) -> None:
    ran = run("alerts", "run")
    assert ran.code == 0
    assert "alerts: 2 hits in 2 messages, 2 sent." in ran.err
    folder = home / "data" / "detainee-watch" / "mail"
    assert f"No mail server is set ([mail] host), so mails were written into files: {folder}" in ran.err
    assert len(list(folder.glob("*.eml"))) == 2
    again = run("alerts", "run")
    assert "nothing is due" in again.err
    assert run("alerts", "run", "-q").err == ""
    assert len(list(folder.glob("*"))) == 2


def test_it_is_sent_and_listed(home: Path, rule: Rule, post: Box, run: Command) -> None:
    ran = run("alerts", "run", "--json")
    assert ran.code == 0
    assert (ran.json["hits"], ran.json["messages"], ran.json["sent"]) == (2, 2, 2)
    listed = run("alerts", "deliveries")
    assert "lima: 1 new" in listed.out
    assert "anna@example.org" in listed.out
    assert "2 messages: 2 sent." in listed.err
    shape = run("alerts", "deliveries", "--json", "--state", "sent", "--rule", "lima").json
    assert shape["states"]["sent"] == 2
    assert [row["tries"] for row in shape["messages"]] == [1, 1]
    assert "token" not in shape["addresses"][0]
    number = shape["messages"][0]["id"]
    one = run("alerts", "deliveries", str(number))
    assert "https://outlet.example/" in one.out
    code = re.findall(r"<(\w{10})", shape["messages"][0]["message_id"])[0]
    assert run("alerts", "deliveries", code, "--json").json["told"][0]["title"].startswith("Story")
    missing = run("alerts", "deliveries", "999")
    assert (missing.code, "There is no message '999'" in missing.err) == (1, True)
    assert run("alerts", "deliveries", "--state", "lost").code == 2


def test_a_login_that_fails_is_loud(home: Path, rule: Rule, post: Box, run: Command) -> None:
    post.rules["MAIL"] = "530 5.7.0 authentication required"
    ran = run("alerts", "run", "-q")
    assert ran.code == 1
    assert "warning: no alert can be sent, the queue waits:" in ran.err
    assert "530" in ran.err
    listed = run("alerts", "deliveries")
    assert "warning: the queue of mail waits since" in listed.err


def test_a_stopped_address_is_shown_and_lifted_by_a_test(
    home: Path, rule: Rule, post: Box, run: Command
) -> None:
    post.rules["anna@example.org"] = "550 5.1.1 no such user"
    ran = run("alerts", "run", "-q")
    assert ran.code == 3
    assert "warning: alerts to anna@example.org are stopped" in ran.err
    assert "warning: anna@example.org is stopped since" in run("alerts", "deliveries").err
    refused = run("alerts", "test", "anna@example.org")
    assert (refused.code, "no such user" in refused.err) == (1, True)
    post.rules.clear()
    fine = run("alerts", "test", "anna@example.org")
    assert fine.code == 0
    assert "anna@example.org: the sample was taken" in fine.err
    assert "2 messages that were given up will be sent after all" in fine.err
    assert run("alerts", "run").code == 0
    assert len(post.taken) == 3
    assert post.messages()[0]["Subject"].startswith("Sample: 1 new, 1 corrected")


def test_a_sample_without_a_server(home: Path, run: Command) -> None:
    ran = run("alerts", "test", "Müller@exämple.org")
    assert ran.code == 0
    path = Path(ran.err.strip().rpartition(": ")[2])
    text = plain_text(read_mail(path.read_bytes()))
    assert "2 from the Netherlands, arrested in Peru" in text
    assert "[corrected from 119 to 191]" in text
    assert run("alerts", "test", "nobody").code == 1


def test_a_new_address_confirms(home: Path, engine: Engine, post: Box, run: Command) -> None:
    rule = add(engine, address="mailto:new@y.example", made=LONG_AGO)
    found(engine, rule, 1, at=LONG_AGO)
    ran = run("alerts", "run")
    assert "new@y.example is asked to confirm" in ran.err
    assert "1 hit of lima waits for: new@y.example has not confirmed" in ran.err.replace("'", "")
    token = re.findall(r"alerts confirm (\S+)", plain_text(post.messages()[0]))[0]
    assert run("alerts", "confirm", "wrong").code == 1
    assert "new@y.example gets alerts now." in run("alerts", "confirm", token).err
    assert run("alerts", "run").code == 0
    assert "Story 1." in plain_text(post.messages()[1])
    wish = re.findall(r"unsubscribe (\S+)", plain_text(post.messages()[1]))[0]
    left = run("alerts", "unsubscribe", f"unsubscribe {wish}")
    assert "new@y.example gets nothing of the rule 'lima' any more." in left.err
    found(engine, rule, 2, at=LONG_AGO)
    assert "new@y.example has unsubscribed" in run("alerts", "run").err
    assert run("alerts", "unsubscribe", "wrong").code == 1
    assert "ben@z.example gets alerts now." in run("alerts", "confirm", "ben@z.example").err


def test_feeds(home: Path, rule: Rule, run: Command) -> None:
    assert "<title>lima – detainee-watch</title>" in run("alerts", "feed", "lima").out
    assert run("alerts", "feed", "lima", "--out", "lima.json").code == 0
    assert len(json.loads((home / "lima.json").read_text())["items"]) == 2
    assert run("alerts", "feed", "lima", "--out", "lima.xml").err.strip() == "lima.xml: 2 entries."
    assert (home / "lima.xml").read_text().startswith("<?xml")
    assert sorted(path.name for path in home.glob("lima*")) == ["lima.json", "lima.xml"]
    assert run("alerts", "feed", "none").code == 1


def test_a_password_is_shown_to_nobody(home: Path, run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETAINEE_WATCH_MAIL__PASSWORD", "s3cret")
    for options in ((), ("--json",)):
        ran = run("config", "show", *options)
        assert "mail.password" in ran.out
        assert "s3cret" not in ran.out + ran.err


def test_settings_in_a_file(home: Path, run: Command) -> None:
    (home / "detainee-watch.toml").write_text('[mail]\nhost = "mail.example"\n')
    ran = run("alerts", "run")
    assert ran.code == 1
    assert "sender: is needed with host" in ran.err


def test_a_crawl_sends_what_is_due_at_its_end(
    home: Path,
    engine: Engine,
    post: Box,
    process: Command,
    httpserver: HTTPServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add(engine, name="powder", query="cocaine", made=LONG_AGO)
    for name, value in (("ALLOW_HOSTS", "127.0.0.1 localhost"), ("DELAY", "0"), ("WORKERS", "1")):
        monkeypatch.setenv(f"DETAINEE_WATCH_{name}", value)
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/feed.xml").respond_with_data(
        feed(httpserver, "/held"), content_type="application/rss+xml"
    )
    httpserver.expect_request("/held").respond_with_data(page(TITLE, TEXT), content_type="text/html")
    table = TABLE.format(slug="courier", url=httpserver.url_for("/feed.xml"))
    (home / "sources.toml").write_text(table)
    ran = process("crawl", "--source", "courier", "--json")
    assert ran.code == 0, ran.err
    assert "alerts: 1 hit in 1 message, 1 sent." in ran.err
    assert ran.json["alerts"]["sent"] == 1
    (mail,) = post.messages()
    assert mail["Subject"].startswith("powder: 1 new, ")
    assert httpserver.url_for("/held") in plain_text(mail)
    # Nothing new: no mail. A server that refuses us takes nothing from the crawl, and is told.
    assert "alerts:" not in process("crawl", "--source", "courier").err
    found(engine, read_rule(engine, "powder"), 7, at=LONG_AGO)
    post.rules["MAIL"] = "535 5.7.8 wrong password"
    ran = process("crawl", "--source", "courier", "-q")
    assert ran.code == 3
    assert "warning: no alert can be sent, the queue waits" in ran.err
