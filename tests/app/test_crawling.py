"""``crawl`` and ``sources`` against outlets on loopback."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.app.conftest import Command
from tests.app.test_reading import DULL, TEXT, TITLE, page

TABLE = """
[{slug}]
name = "{slug}"
url = "{url}"
via = "rss"
language = "en"
country = "NL"
expect = 5
"""


def feed(server: HTTPServer, *paths: str) -> str:
    """An RSS feed of the last hours with an entry for each path."""
    items = "".join(
        f"<item><title>Story {path}</title><link>{server.url_for(path)}</link>"
        f"<pubDate>{format_datetime(datetime.now(UTC) - timedelta(hours=2))}</pubDate></item>"
        for path in paths
    )
    return f"<rss version='2.0'><channel><title>The Harbour Courier</title>{items}</channel></rss>"


@pytest.fixture
def outlets(home: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """Three outlets: one with a relevant article, a dull one and one that is gone; one with a broken
    feed; one that does not answer."""
    monkeypatch.setenv("DETAINEE_WATCH_ALLOW_HOSTS", "127.0.0.1 localhost")
    monkeypatch.setenv("DETAINEE_WATCH_DELAY", "0")
    monkeypatch.setenv("DETAINEE_WATCH_WORKERS", "1")
    monkeypatch.setenv("DETAINEE_WATCH_TIMEOUT", "10")
    server = httpserver
    server.expect_request("/robots.txt").respond_with_data("", status=404)
    server.expect_request("/courier.xml").respond_with_data(
        feed(server, "/held", "/bridge", "/lost"), content_type="application/rss+xml"
    )
    html = "text/html; charset=utf-8"
    server.expect_request("/held").respond_with_data(page(TITLE, TEXT), content_type=html)
    server.expect_request("/bridge").respond_with_data(page("A bridge", DULL), content_type=html)
    server.expect_request("/lost").respond_with_data("gone", status=410)
    server.expect_request("/broken.xml").respond_with_data("no feed at all", content_type="text/xml")
    server.expect_request("/home").respond_with_data(
        "<html lang=en><head><title>The Harbour Courier</title>"
        "<link rel=alternate type=application/rss+xml href=/courier.xml></head><body>Hello</body></html>",
        content_type=html,
    )
    tables = [("courier", server.url_for("/courier.xml")), ("broken", server.url_for("/broken.xml"))]
    tables.append(("dead", "http://127.0.0.1:9/feed.xml"))
    (home / "sources.toml").write_text("".join(TABLE.format(slug=slug, url=url) for slug, url in tables))
    return server


def test_a_crawl_from_feed_to_what_is_new(process: Command, run: Command, outlets: HTTPServer) -> None:
    ran = process("crawl", "--source", "courier", "--json")
    assert ran.code == 0, ran.err
    assert "warning: no contact is set" in ran.err
    assert "[1/1] courier: ok" in ran.err
    assert "sources: 1 ok, 0 unchanged, 0 failed; pages: 3 new, 2 read, " in ran.err
    assert ", 1 rejected (gone 1), 1 relevant; " in ran.err
    summary = ran.json["summary"]
    assert summary == {
        "sources": 1,
        "ok": 1,
        "unchanged": 0,
        "failed": 0,
        "resting": 0,
        "elsewhere": 0,
        "new": 3,
        "read": 2,
        "relevant": 1,
        "rejected": {"gone": 1},
    }
    (source,) = ran.json["sources"]
    assert (source["slug"], source["state"], source["rejected"]) == ("courier", "ok", {"gone": 1})
    assert datetime.fromisoformat(ran.json["started"]).utcoffset() is not None
    new = run("records", "--new", "--json").json
    assert new["total"] == 1
    assert new["records"][0]["source"] == "courier"
    shown = run("sources", "show", "courier", "--json").json
    assert shown["history"]["seen"] == 3
    assert shown["history"]["last_state"] == "ok"
    again = process("crawl", "--source", "courier", "-q")
    assert (again.code, again.out, again.err) == (0, "", "")
    assert run("records", "--new", "--json").json["total"] == 0


def test_a_crawl_in_which_sources_fail_ends_with_3(
    process: Command, outlets: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETAINEE_WATCH_CONTACT", "desk@outlet.example")
    ran = process("crawl", "--source", "broken,dead", "--source", "courier")
    assert ran.code == 3
    assert ran.out == ""
    assert "contact" not in ran.err
    assert "failed: broken: malformed" in ran.err
    assert "failed: dead: connection" in ran.err
    assert "sources: 1 ok, 0 unchanged, 2 failed" in ran.err


def test_wrong_use_of_crawl(run: Command, home: Path) -> None:
    assert run("crawl", "--since", "soon").code == 2
    assert run("crawl", "--since", "2999-01-01").code == 2
    ran = run("crawl", "--source", "insightcrime-enn")
    assert ran.code == 2
    assert "insightcrime-en" in ran.err


def test_a_crawl_into_what_is_no_database(process: Command, outlets: HTTPServer, home: Path) -> None:
    (home / "watch.sqlite3").write_bytes(b"not a database" * 100)
    ran = process("crawl", "--source", "courier")
    assert ran.code == 1
    assert "no database of this program" in ran.err
    assert "Traceback" not in ran.err


def test_ctrl_c_in_a_crawl_is_130_and_the_next_one_carries_on(
    process: Command, run: Command, outlets: HTTPServer
) -> None:
    asked: list[str] = []

    def slow(request: Request) -> Response:
        asked.append(request.path)
        time.sleep(2)
        return Response(page(TITLE, TEXT), content_type="text/html")

    outlets.clear()
    outlets.expect_request("/robots.txt").respond_with_data("", status=404)
    outlets.expect_request("/courier.xml").respond_with_data(feed(outlets, "/held"))
    outlets.expect_request("/held").respond_with_handler(slow)
    command = [sys.executable, "-m", "app", "crawl", "--source", "courier"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 30
        while not asked and time.monotonic() < deadline:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in said
    ran = process("crawl", "--source", "courier")
    assert ran.code == 0, ran.err
    assert run("records", "--json").json["total"] == 1


def test_sources_are_listed_and_shown(run: Command, home: Path) -> None:
    listed = run("sources", "list", "--json").json
    assert listed["total"] == len(listed["sources"]) >= 150
    assert listed["sources"][0]["slug"] == "insightcrime-en"
    few = run("sources", "list", "--json", "--country", "PE", "--lang", "es").json["sources"]
    assert {(one["country"], one["language"]) for one in few} == {("PE", "es")}
    assert "insightcrime-en" in run("sources", "list").out
    shown = run("sources", "show", "insightcrime-en", "--json").json
    assert shown["history"] is None
    assert "never fetched" in run("sources", "show", "insightcrime-en").out
    ran = run("sources", "show", "nonesuch")
    assert ran.code == 2
    assert "there is no source 'nonesuch'" in ran.err


def test_a_source_is_found_added_checked_and_removed(
    process: Command, run: Command, outlets: HTTPServer, home: Path
) -> None:
    (home / "sources.toml").unlink()
    site = outlets.url_for("/home")
    feed_itself = outlets.url_for("/courier.xml")
    dry = run(
        "sources", "add", feed_itself, "--slug", "harbour", "--country", "Netherlands", "--dry-run", "--json"
    )
    assert dry.code == 0, dry.err
    assert dry.json["added"] is False
    assert not (home / "sources.toml").exists()
    added = run("sources", "add", site, "--slug", "harbour", "--country", "nl", "--json")
    assert added.json["source"]["url"] == feed_itself
    assert added.json["source"]["country"] == "NL"
    assert run("sources", "show", "harbour").code == 0
    twice = run("sources", "add", feed_itself, "--slug", "harbour2")
    assert twice.code == 1
    assert "already there" in twice.err
    checked = run("sources", "check", "harbour", "--json")
    assert (checked.code, checked.json["checks"][0]["entries"]) == (0, 3)
    outlets.clear()
    outlets.expect_request("/robots.txt").respond_with_data("", status=404)
    outlets.expect_request("/courier.xml").respond_with_data("gone", status=410)
    gone = run("sources", "check", "harbour")
    assert (gone.code, gone.out) == (3, "harbour: gone, 0 entries (HTTP 410)\n")
    assert run("sources", "remove", "harbour", "--json").json["result"] == "deleted"
    assert run("sources", "show", "harbour").code == 2
    assert run("sources", "remove", "insightcrime-es", "--json").json["result"] == "disabled"
    assert run("sources", "show", "insightcrime-es").code == 2


def test_a_site_that_cannot_be_added(run: Command, outlets: HTTPServer) -> None:
    assert run("sources", "add", "http://bad host/").code == 2
    assert run("sources", "add", "ftp://outlet.example/").code == 2
    ran = run("sources", "add", outlets.url_for("/lost"))
    assert ran.code == 1
    assert "gone" in ran.err


def test_lists_of_feeds_go_in_and_out(run: Command, home: Path) -> None:
    assert run("sources", "export", "--opml", "out.opml").code == 0
    assert (home / "out.opml").read_bytes().startswith(b"<?xml")
    assert "<opml" in run("sources", "export", "--opml").out
    (home / "in.opml").write_text(
        "<opml version='2.0'><body><outline text='Peru'>"
        "<outline text='The Lamp' type='rss' xmlUrl='https://lamp.example/rss'/>"
        "<outline text='Bad' type='rss' xmlUrl='file:///etc/passwd'/></outline></body></opml>"
    )
    dry = run("sources", "import", "in.opml", "--dry-run", "--json").json
    assert dry["dry_run"] is True
    assert not (home / "sources.toml").exists()
    ran = run("sources", "import", "in.opml", "--json")
    assert ran.code == 0
    (added,) = ran.json["added"]
    assert (added["url"], added["country"]) == ("https://lamp.example/rss", "PE")
    assert len(ran.json["refused"]) == 1
    assert run("sources", "import", "in.opml", "--json").json["already_there"] == 1
    assert run("sources", "import", "out.opml", "--json").json["added"] == []


@pytest.mark.parametrize("body", [None, b"", b"<rss/>", b"{", b"<opml><body>"])
def test_what_is_no_list_of_feeds(run: Command, home: Path, body: bytes | None) -> None:
    if body is not None:
        (home / "in.opml").write_bytes(body)
    ran = run("sources", "import", "in.opml")
    assert ran.code == 1
    assert "in.opml" in ran.err


def test_a_wrong_sources_file_names_file_table_and_field(run: Command, home: Path) -> None:
    (home / "sources.toml").write_text('[mine]\nname = "x"\nlanguish = "en"\n')
    for command in (["sources", "list"], ["crawl"]):
        ran = run(*command)
        assert ran.code == 1
        for word in ("sources.toml", "[mine]", "languish", "language"):
            assert word in ran.err


def test_rules_look_at_what_a_crawl_stores(process: Command, run: Command, outlets: HTTPServer) -> None:
    to = ("--to", "desk@example.org", "--rhythm", "weekly")
    for name, query in (
        ("held", "kind:event OR kind:stock OR kind:flow"),
        ("some", "bridge"),
        ("all", "scope:all bridge"),
    ):
        assert run("alerts", "add", name, query, *to).code == 0
    assert process("crawl", "--source", "courier", "-q").code == 0
    hits = {rule["name"]: rule["hits"] for rule in run("alerts", "list", "--json").json}
    assert hits == {"held": 1, "some": 0, "all": 1}
    assert process("crawl", "--source", "courier", "-q").code == 0
    assert {rule["name"]: rule["hits"] for rule in run("alerts", "list", "--json").json} == hits
