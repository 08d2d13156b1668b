"""What outlets say about text and data mining: every way to say it, and a crawl that keeps to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.probe import probe
from crawler.rights import Signal, find_signals, honoured, parse_tdmrep, reserves
from crawler.settings import HONOUR_SIGNALS, crawl_settings
from tests.crawler.world import Answer, crawl, item, page, rows, rss, serving

FEED = "application/rss+xml"


def meta(name: str, content: str) -> bytes:
    return (
        f'<html><head><meta name="{name}" content="{content}"></head><body><p>Text</p></body></html>'.encode()
    )


@pytest.mark.parametrize(
    ("headers", "body", "found"),
    [
        ([], b"", set()),
        ([("TDM-Reservation", "1")], b"", {Signal.TDM}),
        ([("tdm-reservation", "0")], b"", set()),
        ([("tdm-reservation", "1")], meta("tdm-reservation", "0"), set()),
        ([], meta("tdm-reservation", "1"), {Signal.TDM}),
        ([], meta("TDM-Reservation", " 1 "), {Signal.TDM}),
        ([], b"<META CONTENT='1' NAME='tdm-reservation'/>", {Signal.TDM}),
        ([], b"<meta content=1 name=tdm-reservation>", {Signal.TDM}),
        ([("X-Robots-Tag", "noai, noimageai")], b"", {Signal.NOAI}),
        ([("X-Robots-Tag", "otherbot: noai")], b"", set()),
        ([("X-Robots-Tag", "detainee-watch: noai")], b"", {Signal.NOAI}),
        ([("X-Robots-Tag", "noindex")], b"", {Signal.NOINDEX}),
        ([], meta("robots", "NoAI, nofollow"), {Signal.NOAI}),
        ([], meta("robots", "none"), {Signal.NOINDEX}),
        ([], meta("googlebot", "noindex"), set()),
        ([], meta("detainee-watch", "noindex"), {Signal.NOINDEX}),
        ([], meta("robots", "index, follow, max-image-preview:large"), set()),
        ([], b"<p>tdm-reservation content=1</p>", set()),
        ([], b"<meta name=tdm-reservation" * 20_000, set()),
    ],
)
def test_each_way_to_say_it(headers: list[tuple[str, str]], body: bytes, found: set[Signal]) -> None:
    assert set(find_signals(headers, body)) == found


def test_only_what_is_listed_is_honoured() -> None:
    found = find_signals([("X-Robots-Tag", "noindex")], b"")
    assert honoured(found, ("tdm", "noai")) is None
    assert honoured(found, ("noindex",)) == "noindex: header X-Robots-Tag"
    assert honoured(found, ()) is None


@pytest.mark.parametrize(
    ("rules", "path", "reserved"),
    [
        ([{"location": "/", "tdm-reservation": 1}], "/news/1", True),
        ([{"location": "/news/", "tdm-reservation": 1}], "/blog/1", False),
        ([{"location": "/a", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}], "/a", False),
        ([{"location": "/*/1", "tdm-reservation": "1"}], "/news/1", True),
        ([{"location": "/*.pdf$", "tdm-reservation": 1}], "/a.pdf?x", False),
        ([{"location": "/*.pdf$", "tdm-reservation": 1}], "/a.pdf", True),
        ([{"location": "/news$", "tdm-reservation": 1}], "/news/1", False),
        ([{"location": "/", "tdm-reservation": 0}], "/news/1", False),
        ([{"location": 5}, "x", None], "/news/1", False),
        ({"location": "/"}, "/", False),
        ([{"location": "/" + "*a" * 400 + "$", "tdm-reservation": 1}], "/" + "a" * 2_000, True),
        ([{"location": "/" + "*a" * 400 + "b$", "tdm-reservation": 1}], "/" + "a" * 2_000, False),
    ],
)  # fmt: skip
def test_the_file_of_a_server(rules: Any, path: str, reserved: bool) -> None:
    assert reserves(parse_tdmrep(json.dumps(rules).encode()), path) is reserved


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[" * 100_000, b'"x"', b"null"])
def test_what_is_no_such_file_reserves_nothing(body: bytes) -> None:
    assert parse_tdmrep(body) == ()


def test_reservations_are_honoured_unless_the_operator_says_otherwise() -> None:
    assert HONOUR_SIGNALS == crawl_settings().getlist("HONOUR_SIGNALS") == ["tdm", "noai"]


PAGES = {
    "/p/free": page("An ordinary page."),
    "/p/header": Answer(page("Reserved.").body, headers={"TDM-Reservation": "1"}),
    "/p/meta": Answer(meta("tdm-reservation", "1")),
    "/p/noai": Answer(meta("robots", "noai")),
    "/p/noindex": Answer(meta("robots", "noindex")),
    "/p/moved": Answer(status=302, headers={"Location": "/kept/by-the-file"}),
    "/kept/by-the-file": page("Never asked for."),
    "/kept/too": page("Never asked for."),
}
LISTED = ("/p/free", "/p/header", "/p/meta", "/p/noai", "/p/noindex", "/p/moved", "/kept/too")


@pytest.mark.parametrize(
    ("honour", "free"),
    [
        (["tdm", "noai"], {"/p/free", "/p/noindex"}),
        (["noindex"], set(LISTED) - {"/p/noindex"}),
        ([], set(LISTED)),
    ],
)
def test_a_crawl_keeps_to_what_is_honoured(tmp_path: Path, honour: list[str], free: set[str]) -> None:
    with serving() as (server,):
        rules = [{"location": "/kept/", "tdm-reservation": 1}]
        server.paths |= PAGES
        server.paths["/.well-known/tdmrep.json"] = Answer(json.dumps(rules).encode(), type="application/json")
        server.paths["/feed"] = Answer(rss(*(item(path) for path in LISTED)), type=FEED)
        crawl(
            tmp_path,
            sources=[{"slug": "one", "name": "one", "url": f"http://{server.place}/feed", "via": "rss"}],
            allow_hosts=[server.place],
            honour=honour,
        )
        found = {
            url.removeprefix(f"http://{server.place}"): (outcome, detail)
            for url, outcome, detail in rows(tmp_path, "SELECT url, outcome, detail FROM pages")
        }
        assert {path for path, (outcome, _) in found.items() if outcome == "irrelevant"} == free
        assert {outcome for outcome, _ in found.values()} <= {"irrelevant", "tdm-reserved"}
        if "tdm" in honour:
            assert found["/p/header"][1] == "tdm: header tdm-reservation"
            assert found["/kept/too"][1] == found["/p/moved"][1] == "tdm: /.well-known/tdmrep.json"
            assert server.times("/kept/by-the-file") == server.times("/kept/too") == 0
            assert server.times("/.well-known/tdmrep.json") == 1


def test_a_single_page_is_read_under_the_same_rules() -> None:
    with serving() as (server,):
        server.paths |= PAGES
        url = f"http://{server.place}/p/meta"
        [reserved] = probe(url, contact="", allow_hosts=[server.place], delay=0, honour=["tdm"])
        [read] = probe(url, contact="", allow_hosts=[server.place], delay=0)
    assert (reserved.reason, reserved.body, reserved.state.failed) == ("tdm-reserved", b"", True)
    assert (read.reason, read.state.failed) == ("", False)
