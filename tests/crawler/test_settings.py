"""The settings that make Scrapy safe: a test fails when one is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.utils.misc import load_object

from crawler import settings as settings_module
from crawler.settings import MIB, crawl_settings, shared_settings, user_agent
from tests.crawler.world import ROOT, serving

SAFE = {
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "TWISTED_DNS_RESOLVER": "crawler.guard.GuardedResolver",
    "GUARD_ALLOW_HOSTS": [],
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "COOKIES_ENABLED": False,
    "REFERER_ENABLED": False,
    "REFERRER_POLICY": "no-referrer",
    "HTTPPROXY_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "ROBOTSTXT_OBEY": True,
    "ROBOTSTXT_USER_AGENT": "detainee-watch",
    "DOWNLOAD_MAXSIZE": 10 * MIB,
    "DOWNLOAD_TIMEOUT": 30,
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "REDIRECT_MAX_TIMES": 5,
    "AUTOTHROTTLE_ENABLED": True,
    "DOWNLOAD_DELAY": 1.0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
    "RETRY_TIMES": 1,
    "MEMUSAGE_ENABLED": True,
    "MEMUSAGE_LIMIT_MB": 1024,
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    "JOBDIR": None,
    "HONOUR_SIGNALS": ["tdm", "noai"],
    "DOWNLOAD_WARNSIZE": 0,
    "URLLENGTH_LIMIT": 2083,
    "DEPTH_LIMIT": 0,  # and nothing follows links: see the middlewares below
    "HTTPAUTH_USER": "",
    "CONCURRENT_REQUESTS": 32,
    "CONCURRENT_ITEMS": 1,
    "AUTOTHROTTLE_START_DELAY": 1.0,
    "AUTOTHROTTLE_MAX_DELAY": 30.0,
    "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
    "RETRY_HTTP_CODES": [500, 502, 504, 522, 524, 408],
    "RETRY_EXCEPTIONS": [
        "scrapy.exceptions.DownloadFailedError",
        "scrapy.exceptions.ResponseDataLossError",
        "twisted.internet.error.ConnectionDone",
        "twisted.internet.error.ConnectionLost",
    ],
    "MEMUSAGE_CHECK_INTERVAL_SECONDS": 5.0,
    "REACTOR_THREADPOOL_MAXSIZE": 20,
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "en;q=0.8,*;q=0.5",
    },
    # Scrapy's own that must stay as they are.
    "FEEDS": {},
    "REDIRECT_ENABLED": True,
    "COMPRESSION_ENABLED": True,
    "DNSCACHE_ENABLED": True,
    "DNS_TIMEOUT": 60,
}
OTHERWISE_TESTED = {
    "BOT_NAME",
    "SPIDER_MODULES",
    "NEWSPIDER_MODULE",
    "USER_AGENT",
    "DOWNLOAD_HANDLERS",
    "DOWNLOADER_MIDDLEWARES",
    "SPIDER_MIDDLEWARES",
    "ITEM_PIPELINES",
    "EXTENSIONS",
    "RETRY_GIVE_UP_LOG_LEVEL",
    "LOG_FORMATTER",
    "LOG_LEVEL",
}
"""Tested below, or of no matter for safety."""


@pytest.mark.parametrize(("name", "value"), SAFE.items())
def test_safe_setting(name: str, value: object) -> None:
    assert crawl_settings().get(name) == value


def test_every_setting_of_ours_is_named_here() -> None:
    ours = {name for name in vars(settings_module) if name.isupper()} - {"MIB", "VERSION"}
    assert ours == (set(SAFE) & ours) | OTHERWISE_TESTED


def test_nothing_follows_links_sends_a_referrer_or_writes_a_file() -> None:
    off = ("httperror.HttpErrorMiddleware", "referer.RefererMiddleware", "depth.DepthMiddleware")
    spider = crawl_settings().getwithbase("SPIDER_MIDDLEWARES")
    assert all(spider[f"scrapy.spidermiddlewares.{name}"] is None for name in off)
    extensions = crawl_settings().getwithbase("EXTENSIONS")
    for name in ("feedexport.FeedExporter", "spiderstate.SpiderState"):
        assert extensions[f"scrapy.extensions.{name}"] is None
    downloader = crawl_settings().getwithbase("DOWNLOADER_MIDDLEWARES")
    for name in ("offsite.OffsiteMiddleware", "httpauth.HttpAuthMiddleware"):
        assert downloader[f"scrapy.downloadermiddlewares.{name}"] is None


def test_a_spider_cannot_switch_the_guard_off() -> None:
    """The resolver is a setting of the process: what a spider says of it comes too late."""
    script = (
        "from scrapy.crawler import AsyncCrawlerProcess; from crawler.settings import crawl_settings;"
        "from crawler.probe_spider import ProbeSpider; import sys\n"
        "class Loose(ProbeSpider):\n"
        "    custom_settings = {'TWISTED_DNS_RESOLVER': 'scrapy.resolver.CachingThreadedResolver'}\n"
        "process = AsyncCrawlerProcess(crawl_settings(delay=0, ITEM_PIPELINES={}, RETRY_ENABLED=False,"
        " LOG_LEVEL='CRITICAL'))\n"
        "process.crawl(Loose, urls=[sys.argv[1]], emit=lambda found: print(found['state']))\n"
        "process.start()\n"
    )
    with serving() as (server,):
        url = f"http://localhost:{server.server_port}/"
        done = subprocess.run([sys.executable, "-c", script, url], capture_output=True, text=True, cwd=ROOT)
        assert server.asked == []
    assert done.stdout == "forbidden-address\n", done.stderr


@pytest.mark.parametrize("scheme", ["file", "data", "ftp", "s3"])
def test_no_handler_for_other_schemes(scheme: str) -> None:
    settings = crawl_settings()
    assert settings.getdict("DOWNLOAD_HANDLERS")[scheme] is None
    assert {name for name, value in settings.getwithbase("DOWNLOAD_HANDLERS").items() if value} == {
        "http",
        "https",
    }


def test_the_guards_are_in_their_places() -> None:
    chain = crawl_settings().getwithbase("DOWNLOADER_MIDDLEWARES")
    on = {name: place for name, place in chain.items() if place is not None}
    assert "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware" not in on
    assert on["crawler.guard.GuardMiddleware"] < on["crawler.guard.RobotsMiddleware"]
    assert on["crawler.guard.RobotsMiddleware"] < on["crawler.mining.MiningMiddleware"]
    # An answer goes up from the downloader: its Retry-After is read before a retry is decided.
    assert on["crawler.revisit.RevisitMiddleware"] > on["scrapy.downloadermiddlewares.retry.RetryMiddleware"]
    assert all(load_object(name) for name in on)


@pytest.mark.parametrize("status", [429, 503])
def test_not_now_is_not_asked_again(status: int) -> None:
    assert status not in crawl_settings().getlist("RETRY_HTTP_CODES")


@pytest.mark.parametrize(
    ("contact", "tail"),
    [
        ("desk@example.org", " (+desk@example.org)"),
        ("https://example.org/bot", " (+https://example.org/bot)"),
        ("", ""),
        ("a\r\nX-Evil: 1", " (+aX-Evil:1)"),
        ("näme", " (+nme)"),
    ],
)
def test_user_agent(contact: str, tail: str) -> None:
    agent = user_agent(contact)
    assert agent.startswith("detainee-watch/")
    assert agent.partition(" ")[1] + agent.partition(" ")[2] == tail


def test_no_delay_means_no_throttle_and_only_then() -> None:
    assert crawl_settings(delay=0).getbool("AUTOTHROTTLE_ENABLED") is False
    assert crawl_settings(delay=0.5).getfloat("AUTOTHROTTLE_START_DELAY") == 0.5


def test_an_allowed_host_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no host"):
        crawl_settings(allow_hosts=["http://example.org/"])


def test_scrapy_knows_the_project() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.split() == ["watch"]


def test_scrapy_crawl_watch_knows_no_unknown_source(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", "watch", "-a", "sources=no-such-outlet"]
    command += ["-s", f"DATABASE_URL=sqlite:///{tmp_path}/own.sqlite3"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert "there is no source 'no-such-outlet'" in done.stderr
    assert not (tmp_path / "own.sqlite3").exists()


def test_a_worker_of_a_shared_crawl_is_as_safe() -> None:
    settings = crawl_settings(**shared_settings())
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert {name for name, value in handlers.items() if value} == {"http", "https"}
    # The address of Redis may hold a password, and Scrapy logs its settings.
    assert not any(name.startswith("REDIS") for name in settings)
