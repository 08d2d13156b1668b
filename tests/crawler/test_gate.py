"""The gate at the connection: names that change their address, IPv6, and a robots.txt that never comes."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from crawler import feed_answers, feeds, guard, mining, opml, reading, rights, settings
from crawler.feeds import read_feed
from crawler.opml import read_opml
from crawler.probe import probe
from crawler.spiders import archive
from pipeline.errors import DataError, FeedError
from pipeline.types import Source
from tests.crawler.world import ROOT, Answer, Server, crawl, item, page, rows, rss, serving

REBIND = """
import socket, sys
places = iter(sys.argv[2].split(","))
looked_up = socket.getaddrinfo
def changing(host, port, *rest, **more):
    if host == "rebind.example":
        return looked_up(next(places), port, *rest, **more)
    return looked_up(host, port, *rest, **more)
socket.getaddrinfo = changing

from scrapy.crawler import AsyncCrawlerProcess
from crawler.probe_spider import ProbeSpider
from crawler.settings import crawl_settings
settings = crawl_settings(
    allow_hosts=["127.0.0.1"], delay=0.001, concurrency=1, concurrency_per_host=1, ITEM_PIPELINES={},
    RETRY_ENABLED=False, DNSCACHE_ENABLED=False, LOG_LEVEL="CRITICAL", AUTOTHROTTLE_ENABLED=False,
    ROBOTSTXT_OBEY=True, DEFAULT_REQUEST_HEADERS={"Connection": "close"},
)
process = AsyncCrawlerProcess(settings)
urls = [f"http://rebind.example:{sys.argv[1]}/{n}" for n in (1, 2)]
process.crawl(ProbeSpider, urls=urls, emit=lambda found: print(found["index"], found["state"], flush=True))
process.start()
"""


class Inside(Server):
    """A server of the inside at the port of the one outside."""

    def __init__(self, port: int) -> None:
        super().__init__("127.0.0.2")
        self.server_close()
        self.socket = socket.socket(self.address_family, self.socket_type)
        self.server_address = ("127.0.0.2", port)
        self.server_bind()
        self.server_activate()


def test_a_name_that_changes_its_address_gains_nothing() -> None:
    """robots.txt and the first page come from a permitted address; then the name leads inside."""
    with serving() as (outside,):
        inside = Inside(outside.server_port)
        threading.Thread(target=inside.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            outside.paths |= {"/1": Answer(b"one", headers={"Connection": "close"}), "/2": page()}
            outside.paths["/robots.txt"] = Answer(status=404, headers={"Connection": "close"})
            places = "127.0.0.1,127.0.0.1," + ",".join(["127.0.0.2"] * 9)
            done = subprocess.run(
                [sys.executable, "-c", REBIND, str(outside.server_port), places],
                capture_output=True,
                text=True,
                cwd=ROOT,
                check=False,
                timeout=60,
            )
            assert sorted(done.stdout.split("\n")) == ["", "0 ok", "1 forbidden-address"], done.stderr
            assert inside.asked == []
        finally:
            inside.shutdown()
            inside.server_close()


def test_ipv6_of_the_inside_is_not_reached() -> None:
    class Six(Server):
        address_family = socket.AF_INET6

    try:
        server = Six("::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        server.paths["/"] = page()
        url = f"http://[::1]:{server.server_port}/"
        [refused] = probe(url, contact="", delay=0)
        assert refused.state == "forbidden-address"
        assert server.asked == []
        [read] = probe(url, contact="", delay=0, allow_hosts=["::1"])
        assert read.state == "ok"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("root", ["rss", "urlset", "opml"])
def test_no_entity_is_fetched(root: str) -> None:
    """Neither a file nor a server is asked for what a document declares."""
    source = Source(
        slug="one", name="one", url="https://x.example/", via="rss", language="en", country="XX", expect=1
    )
    inner = {
        "rss": "<channel><item><title>&x;</title><link>/1</link></item></channel>",
        "urlset": "<url><loc>/1</loc><title>&x;</title></url>",
        "opml": "<body><outline text='&x;' xmlUrl='https://a.example/'/></body>",
    }[root]
    with serving() as (server,):
        away = f"http://{server.place}"
        body = (
            f'<?xml version="1.0"?><!DOCTYPE {root} SYSTEM "{away}/r.dtd" [<!ENTITY x SYSTEM "{away}/x">'
            f'<!ENTITY % p SYSTEM "{away}/p"> %p;]><{root}>{inner}</{root}>'
        ).encode()
        with contextlib.suppress(FeedError, DataError):
            if root == "opml":
                read_opml(body)
            else:
                read_feed(body, source)
        assert server.asked == []


LIMITS = {
    (settings, "DOWNLOAD_MAXSIZE"): 10 * 1024**2,  # a body, as sent and unpacked: test_faults.py
    (settings, "DOWNLOAD_TIMEOUT"): 30,  # a request, seconds: test_faults.py
    (settings, "REDIRECT_MAX_TIMES"): 5,  # test_faults.py
    (settings, "MEMUSAGE_LIMIT_MB"): 1024,  # the crawl itself
    (settings, "URLLENGTH_LIMIT"): 2083,
    (guard, "ROBOTS_LIMIT"): 512_000,  # bytes of a robots.txt
    (mining, "LIMIT"): 512 * 1024,  # bytes of a tdmrep.json
    (rights, "MAX_RULES"): 500,  # of a tdmrep.json
    (feeds, "MAX_ENTRIES"): 2_000,  # of a feed: test_feeds.py
    (feeds, "MAX_BYTES"): 50 * 1024**2,  # a gzipped sitemap, unpacked: test_feeds.py
    (archive, "MAX_SITEMAPS"): 200,  # of a source's history, in whatever depth
    (archive, "MAX_ENTRIES"): 50_000,
    (feed_answers, "INDEX_CHILDREN"): 3,  # sitemaps of an index that is watched
    (reading, "MEMORY_LIMIT"): 4 * 1024**3,  # a reading process: test_process_faults.py
    (opml, "MAX_BYTES"): 10 * 1024**2,  # test_opml.py
    (opml, "MAX_FEEDS"): 10_000,  # test_opml.py
}
"""Each limit with the test that holds it; those of JSON lines are in tests/app/test_safety.py."""


@pytest.mark.parametrize(("where", "value"), LIMITS.items(), ids=lambda each: str(each)[-60:])
def test_each_limit(where: tuple[Any, str], value: int) -> None:
    assert getattr(*where) == value


def test_where_robots_txt_does_not_come_nothing_is_fetched(tmp_path: Path) -> None:
    with serving() as (server,):
        server.paths |= {
            "/robots.txt": Answer(silent=True),
            "/feed": Answer(rss(item("/1")), type="application/rss+xml"),
            "/1": page(),
        }
        report = crawl(
            tmp_path,
            sources=[{"slug": "one", "name": "one", "url": f"http://{server.place}/feed", "via": "rss"}],
            allow_hosts=[server.place],
            timeout=1,
        )
        assert {path for path, _ in server.asked} == {"/robots.txt"}
    assert report["sources"]["one"]["state"] == "timeout"
    assert "robots.txt" in report["sources"]["one"]["detail"]
    assert rows(tmp_path, "SELECT COUNT(*) FROM pages") == [(0,)]
