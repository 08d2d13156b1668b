"""Whole crawls over simulated days: a world in which each source comes to its own state, and back."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.engine import open_database
from storage.health import load_health, load_rests, untold_events
from storage.health_values import SourceHealth
from tests.crawler.world import Answer, Server, crawl, item, page, rows, rss, serving

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
RSS = "application/rss+xml"
TEXT = "The harbour council met on Tuesday and spoke about the new market by the river. " * 12
CHALLENGE = Answer(b"<html><title>Just a moment...</title><script src=/x></script></html>")
STUB = Answer(
    b"<!DOCTYPE html><html><head><title>P</title></head><body><article><p>The harbour council met on "
    b"Tuesday about the market.</p><p>Subscribe to read the full story.</p></article></body></html>"
)
SHELL = Answer(b"<!DOCTYPE html><html><head><title>P</title></head><body><div id=app></div></body></html>")


def dated(path: str, at: datetime) -> str:
    return item(path, f"News {path}") + f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"


class World:
    """Servers, their sources, and the day that it is."""

    def __init__(self, servers: list[Server], folder: Path) -> None:
        self.servers, self.folder = servers, folder
        self.now = START
        self.sources: list[dict[str, Any]] = []

    def add(self, slug: str, path: str | None = None, *, server: int = 0, url: str = "", **more: Any) -> None:
        address = url or f"http://{self.servers[server].place}{path or '/' + slug}"
        given = {"slug": slug, "name": slug, "url": address, "via": "rss", "expect": 14}
        self.sources.append({**given, **more})

    def feed(
        self, slug: str, first: int, last: int, *, server: int = 0, answer: Answer | None = None
    ) -> None:
        """A feed of the entries of these days, one each morning, whose pages are as given."""
        paths = self.servers[server].paths
        items = []
        for day in range(first, last + 1):
            path = f"/{slug}/{day}"
            paths.setdefault(path, answer or page(TEXT))
            items.append(dated(path, START + timedelta(days=day, hours=-1)))
        paths[f"/{slug}"] = Answer(rss(*reversed(items)), type=RSS)

    def crawl(self, **more: Any) -> dict[str, Any]:
        """One crawl now; how each source ended."""
        config = {"reader": "", "timeout": 2, "allow_hosts": ["127.0.0.0/8"], **more}
        return crawl(self.folder, sources=self.sources, now=self.now.isoformat(), **config)

    def health(self) -> dict[str, SourceHealth]:
        engine = open_database(f"sqlite:///{self.folder}/watch.sqlite3")
        found = load_health(engine)
        engine.dispose()
        return found

    def states(self) -> dict[str, str]:
        return {slug: one.state.value for slug, one in self.health().items()}

    def told(self) -> set[tuple[str, str]]:
        engine = open_database(f"sqlite:///{self.folder}/watch.sqlite3")
        found = {(event.source, event.kind) for event in untold_events(engine)}
        engine.dispose()
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serving(4) as servers:
        yield World(servers, tmp_path)


def test_each_state_comes_and_goes(world: World) -> None:
    main = world.servers[0].paths
    usual = ("well", "dies", "walls-off", "walls-pages", "sells", "rebuilds", "moves", "goes")
    for slug in usual:
        world.feed(slug, -25, 0)
        world.add(slug)
    main |= {"/empty": Answer(rss(), type=RSS), "/html": page(TEXT), "/home": page(TEXT)}
    world.add("empty")
    world.add("html")
    world.servers[1].paths["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /\n", type="text/plain")
    world.add("denied", "/feed", server=1)
    main["/list"] = Answer("".join(f"<h2><a href='/listed/{n}'>{n}</a></h2>" for n in range(9)).encode())
    main |= {f"/listed/{n}": page(TEXT) for n in range(9)}
    world.add("lists", "/list", via="listing", links="h2 a")
    main["/hangs"] = Answer(silent=True)
    world.add("hangs")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        world.add("refuses", url=f"http://127.0.0.1:{closed.getsockname()[1]}/feed")
    world.servers[2].paths["/quota"] = Answer(status=429, headers={"Retry-After": "7200"})
    world.add("quota", server=2)
    first = world.crawl()
    assert {slug: first["sources"][slug]["state"] for slug in usual} == dict.fromkeys(usual, "ok")
    states = world.states()
    assert {slug: states[slug] for slug in usual} == dict.fromkeys(usual, "ok")
    assert {slug: states[slug] for slug in states if slug not in usual} == {
        "empty": "empty", "html": "malformed", "denied": "robots-denied", "lists": "ok",
        "hangs": "timeout", "refuses": "connection", "quota": "over-quota",
    }  # fmt: skip
    normal = world.health()["well"].normal
    assert normal.entries_a_week == pytest.approx(7, rel=0.01)
    assert (normal.text_share, normal.date_share) == (1.0, 1.0)

    # The same morning: nothing has changed, and what failed is left alone.
    world.now += timedelta(hours=1)
    second = world.crawl()
    assert world.states()["well"] == "unchanged"
    assert {slug for slug, one in second["sources"].items() if one["state"] == "resting"} == {
        "html", "denied", "hangs", "refuses", "quota",
    }  # fmt: skip
    assert "asked for rest until 2026-03-02 08:00" in second["sources"]["quota"]["detail"]
    assert world.servers[2].times("/quota") == 1

    # The next days bring each its own trouble.
    world.now = START + timedelta(days=12)
    world.feed("well", -10, 12)
    main["/walls-off"] = CHALLENGE
    world.feed("walls-pages", -10, 12, answer=CHALLENGE)
    world.feed("sells", -10, 12, answer=STUB)
    world.feed("rebuilds", -10, 12, answer=SHELL)
    main["/new-place"] = main["/moves"]
    world.feed("new-place", -10, 12)
    main["/moves"] = Answer(status=301, headers={"Location": "/new-place"})
    del main["/goes"]
    main["/list"] = page("Nothing to see.")
    main["/empty"] = Answer(rss(dated("/empty/1", world.now)), type=RSS)
    main["/empty/1"] = page(TEXT)
    world.crawl()
    states = world.states()
    assert {slug: states[slug] for slug in usual} == {
        "well": "ok", "dies": "silent", "walls-off": "blocked", "walls-pages": "blocked",
        "sells": "paywalled", "rebuilds": "redesigned", "moves": "moved", "goes": "gone",
    }  # fmt: skip
    assert {slug: states[slug] for slug in ("lists", "empty", "html", "quota")} == {
        "lists": "redesigned", "empty": "ok", "html": "malformed", "quota": "over-quota",
    }  # fmt: skip
    assert world.health()["moves"].detail.endswith("/new-place")
    assert world.told() == {
        ("dies", "silent"), ("walls-pages", "broke"), ("sells", "broke"), ("rebuilds", "broke"),
        ("lists", "broke"), ("html", "broke"), ("denied", "broke"),
    }  # fmt: skip

    # And all of it passes.
    world.now += timedelta(days=3)
    for slug in ("dies", "walls-off", "walls-pages", "goes"):
        world.feed(slug, -10, 15)
    for day in range(-10, 16):
        main[f"/walls-pages/{day}"] = page(TEXT)
    world.feed("html", -5, 15)
    world.servers[1].paths["/robots.txt"] = Answer(status=404)
    world.servers[1].paths["/feed"] = Answer(rss(dated("/1", world.now)), type=RSS)
    world.servers[1].paths["/1"] = page(TEXT)
    world.crawl()
    states = world.states()
    back = ("dies", "walls-off", "goes", "html", "denied")
    assert {slug: states[slug] for slug in back} == dict.fromkeys(back, "ok")
    assert {(slug, "recovered") for slug in ("dies", "html", "denied")} <= world.told()


def test_each_failure_of_a_server_has_its_own_state(world: World) -> None:
    """Those that the test above does not come to, each from what a server sends; and slow, which is none."""
    main = world.servers[0].paths
    troubles = {
        "errs": ("http-error", Answer(status=500)),
        "cut": ("truncated", Answer(rss(item("/1"))[:-40], type=RSS, announced=9_000)),
        "huge": ("too-large", Answer(b"<rss>" + bytes(3_000_000), type=RSS)),
        "circles": ("redirect-loop", Answer(status=302, headers={"Location": "/circles"})),
        "inside": ("forbidden-address", Answer(status=302, headers={"Location": "http://10.0.0.1/feed"})),
        "forbids": ("blocked", Answer(status=403)),
        "plain-200": ("malformed", Answer(b"<html><p>Our feeds have moved.</html>")),
    }
    for slug in troubles:
        world.feed(slug, -5, 0)
        world.add(slug)
    world.add("tired", server=3)
    for day in range(7):
        world.now = START + timedelta(days=day)
        world.feed("tired", -5, day, server=3)
        world.crawl(reader="plain")
    assert set(world.states().values()) <= {"ok", "unchanged"}
    world.now += timedelta(days=1)
    prompt = world.servers[3].paths["/tired"]
    assert isinstance(prompt, Answer)
    world.servers[3].paths["/tired"] = lambda _: (time.sleep(10.2), prompt)[1]
    main |= {f"/{slug}": answer for slug, (_, answer) in troubles.items()}
    world.crawl(reader="plain", max_body=1_000_000, timeout=30)
    assert world.states() == {"tired": "slow", **{slug: state for slug, (state, _) in troubles.items()}}
    every = world.health()
    assert all(one.detail for one in every.values()), every
    assert every["plain-200"].detail.startswith("the answer is")
    assert all(one.due for slug, one in every.items() if slug != "tired")


def test_a_server_that_wants_rest_has_it_over_runs(world: World) -> None:
    """Its pages too stay pending, without a try against them."""
    server = world.servers[0]
    world.feed("one", 0, 2)
    world.add("one")
    server.paths["/one/1"] = Answer(status=503, headers={"Retry-After": "400000"})
    config = {"concurrency_per_host": 1}
    world.crawl(**config)
    engine = open_database(f"sqlite:///{world.folder}/watch.sqlite3")
    # Retry-After is believed up to a day.
    assert load_rests(engine, now=world.now) == {server.place: world.now + timedelta(days=1)}
    engine.dispose()
    tries = rows(world.folder, "SELECT url, tries FROM pages ORDER BY url")
    for hours in (1, 12, 23):
        world.now = START + timedelta(hours=hours)
        asked = len(server.asked)
        report = world.crawl(pauses=False)
        assert report["sources"]["one"]["state"] == "resting"
        assert len(server.asked) == asked
    assert rows(world.folder, "SELECT url, tries FROM pages ORDER BY url") == tries
    world.now = START + timedelta(hours=24)
    server.paths["/one/1"] = page(TEXT)
    world.crawl()
    assert rows(world.folder, "SELECT COUNT(*) FROM pages WHERE open = 1") == [(0,)]


def test_robots_is_asked_once_a_day_and_its_delay_is_kept(world: World) -> None:
    server = world.servers[0]
    robots = b"User-agent: *\nCrawl-delay: 1\nDisallow: /one/2\n"
    server.paths["/robots.txt"] = Answer(robots, type="text/plain")
    world.feed("one", 0, 2)
    world.add("one")
    moments: list[float] = []
    for day in range(2):
        server.paths[f"/one/{day}"] = lambda _: (moments.append(time.monotonic()), page(TEXT))[1]
    report = world.crawl()
    assert report["sources"]["one"]["rejected"] == {"robots-denied": 1}
    assert len(moments) == 2
    assert moments[1] - moments[0] >= 0.9
    world.now += timedelta(hours=5)
    world.crawl()
    assert server.times("/robots.txt") == 1
    world.now += timedelta(hours=19)
    world.crawl()
    assert server.times("/robots.txt") == 2


def test_an_etag_that_was_wrong_once_is_not_believed(world: World) -> None:
    """The server has one ETag for all that it ever says; a full fetch each week finds it out."""
    server = world.servers[0]
    asked: list[bool] = []

    def answer(request: Any) -> Answer:
        asked.append(bool(request.headers.get("If-None-Match")))
        if request.headers.get("If-None-Match"):
            return Answer(status=304, headers={"ETag": '"same"'})
        made = rss(*(dated(f"/one/{day}", START + timedelta(days=day)) for day in range(days + 1)))
        return Answer(made, type=RSS, headers={"ETag": '"same"'})

    server.paths |= {"/one": answer, **{f"/one/{day}": page(TEXT) for day in range(9)}}
    world.add("one", expect=2)
    for days in (0, 1, 8, 9, 10):
        world.now = START + timedelta(days=days, hours=1)
        world.crawl()
    # First, conditional, full after a week, and from then on never again conditional.
    assert asked == [False, True, False, False, False]
    assert rows(world.folder, "SELECT COUNT(*) FROM pages") == [(11,)]


def test_a_machine_without_network_blames_no_source(world: World) -> None:
    for number in range(6):
        world.feed(f"s{number}", -5, 0)
        world.add(f"s{number}")
    world.crawl()
    for one in world.sources:
        one["url"] = "http://127.0.0.1:9/" + one["slug"]
    world.now += timedelta(days=1)
    report = world.crawl()
    assert {one["state"] for one in report["sources"].values()} == {"connection"}
    assert {(one.state.value, one.points, one.due) for one in world.health().values()} == {("ok", 0.0, None)}
    assert world.told() == set()
