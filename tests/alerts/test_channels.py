"""Chats and webhooks by apprise, and feeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine

from alerts.channels import CHANNELS
from alerts.feeds import atom, feed_entries, json_feed
from app.alerting import send_due
from storage import outbox_lists
from storage.alert_values import Hit, HitSort, Matched, Rule
from storage.outbox_values import CHAT, MAIL
from tests.alerts.post import NOW, add, found, settings_for
from tests.storage.builders import record

# Some of apprise's services load modules of which this Python says that they will go.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")


def test_each_channel_has_its_line() -> None:
    assert set(CHANNELS) == {MAIL, CHAT}


def test_a_webhook(engine: Engine, httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("fine")
    rule = add(engine, address=f"json://127.0.0.1:{httpserver.port}/hook")
    found(engine, rule, 1, title="<b>Held</b> in Lima")
    assert send_due(settings_for(0, tmp_path, allow_hosts=("127.0.0.1",)), engine, NOW).sent == 1
    ((request, _),) = httpserver.log
    said = json.loads(request.get_data())
    assert said["title"] == "lima: 1 new, Wed 4 Mar 2026"
    assert "held in *Lima*" in said["message"]
    assert "https://outlet.example/1" in said["message"]
    assert "Unsubscribe" not in said["message"]


def test_a_webhook_that_fails_is_tried_again_and_its_address_is_secret(
    engine: Engine, httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/hook").respond_with_data("no", status=500)
    rule = add(engine, address=f"json://user:s3cret@127.0.0.1:{httpserver.port}/hook")
    found(engine, rule, 1)
    summary = send_due(settings_for(0, tmp_path, allow_hosts=("127.0.0.1",)), engine, NOW)
    assert summary.retry == 1
    assert "s3cret" not in str(summary)
    assert "s3cret" not in outbox_lists.messages(engine)[0].detail


def test_an_address_that_apprise_does_not_know(engine: Engine, tmp_path: Path) -> None:
    found(engine, add(engine, address="nosuch://token"), 1)
    summary = send_due(settings_for(0, tmp_path), engine, NOW)
    assert summary.failed == 1
    assert "token" not in summary.notes[0]


# -- feeds ------------------------------------------------------------------------------------------

RULE = Rule(id=3, name="Lima & <desk>", query="country:PE", address="a", created=NOW, changed=NOW)


def hits() -> tuple[Hit, ...]:
    values: dict[str, Any] = {"rule_id": 3, "sort": HitSort.CASE, "source": "outlet", "language": "es"}
    values |= {"published": NOW, "found": NOW}
    first = Hit(
        **values,
        id=1,
        key="case:1:arrested",
        url="https://outlet.example/1?a=1&b=2",
        title="<script>x</script> & \x1b[31m detenidos",
        excerpt="Two Dutch & <b>men</b> held.",
        matched=Matched(records=(5,), excerpt=((4, 9),)),
        note="corrected from 12 to 9",
    )
    second = Hit(**values, id=2, key="article:2", url="javascript:x", title="", excerpt="", matched=Matched())
    return first, second


def test_an_atom_feed() -> None:
    entries = feed_entries(RULE, hits(), records={5: record()}, names={"outlet": "The Outlet"})
    made = atom(
        RULE, entries, now=NOW, address="https://watch.example/lima.xml", home="https://watch.example"
    )
    ElementTree.fromstring(made)
    read = feedparser.parse(made)
    assert not read.bozo
    assert read.feed.title == "Lima & <desk> – detainee-watch"
    one, two = read.entries
    assert one.title == "<script>x</script> & [31m detenidos"
    assert one.link == "https://outlet.example/1?a=1&b=2"
    assert one.author == "The Outlet"
    assert "<mark>" not in one.title
    assert "2 from the Netherlands" in one.content[0].value
    assert "&lt;b&gt;men" in made.decode().replace("&amp;", "&")
    assert two.title == "(without a title)"
    assert "links" not in two or two.links == []
    assert made == atom(
        RULE, entries, now=NOW, address="https://watch.example/lima.xml", home="https://watch.example"
    )
    assert one.id != two.id
    assert one.id.startswith("urn:uuid:")


def test_a_json_feed() -> None:
    entries = feed_entries(RULE, hits(), records={}, names={})
    read = json.loads(json_feed(RULE, entries, address="https://watch.example/lima.json"))
    assert read["version"] == "https://jsonfeed.org/version/1.1"
    one, two = read["items"]
    assert one["url"] == "https://outlet.example/1?a=1&b=2"
    assert one["date_published"] == "2026-03-04T09:00:00Z"
    assert "<mark>Dutch</mark>" in one["content_html"]
    assert "&lt;b&gt;men" in one["content_html"]
    assert "url" not in two
    assert one["id"] == entries[0].id


def test_an_empty_feed_is_a_feed() -> None:
    assert feedparser.parse(atom(RULE, (), now=NOW)).entries == []
    assert json.loads(json_feed(RULE, ()))["items"] == []
