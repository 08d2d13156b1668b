"""The gate at the connection: names that change their address, IPv6, and a robots.txt that never comes."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from crawler.probe import probe
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
