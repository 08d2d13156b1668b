"""Scrapy's settings, hardened. Scrapy's own defaults are made for trying out, not for the open web.

``crawl_settings`` makes the settings of one process from these and from what the operator chose.
A test fails when one of the safe settings is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from scrapy.settings import Settings

try:
    VERSION = version("detainee-watch")
except PackageNotFoundError:
    VERSION = "0"

MIB = 1024 * 1024


def user_agent(contact: str) -> str:
    """The one honest name that every request carries; ``contact`` is an address or a page, or empty."""
    clean = "".join(character for character in contact if " " < character < "\x7f")
    return f"detainee-watch/{VERSION} (+{clean})" if clean else f"detainee-watch/{VERSION}"


BOT_NAME = "detainee-watch"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
USER_AGENT = user_agent("")

# Who is called, and what may come back.
TWISTED_DNS_RESOLVER = "crawler.guard.GuardedResolver"
GUARD_ALLOW_HOSTS: list[str] = []  # host, host:port or CIDR range that may be private
HONOUR_SIGNALS = ["tdm", "noai"]  # what an outlet may say of text and data mining; see crawler/rights.py
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = 10 * MIB  # before and after decompression
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True  # a truncated feed is an error, not a shorter feed
DOWNLOAD_TIMEOUT = 30
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False  # an article does not move by meta refresh, and looking costs a parse
HTTPPROXY_ENABLED = False  # a proxy would connect in our stead, past the guard
HTTPCACHE_ENABLED = False
URLLENGTH_LIMIT = 2083
DEPTH_LIMIT = 0  # nothing follows links; pages come from feeds alone

# What is told about us.
COOKIES_ENABLED = False
REFERER_ENABLED = False
REFERRER_POLICY = "no-referrer"
HTTPAUTH_USER = ""
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en;q=0.8,*;q=0.5",
}

# Politeness.
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "detainee-watch"
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 2
DOWNLOAD_DELAY = 1.0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 30.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
RETRY_TIMES = 1
# 429 and 503 mean "not now": they are not asked again in the same run.
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]
# A time-out has cost enough time, and an unknown or refusing host will be no other in a second.
RETRY_EXCEPTIONS = [
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.ResponseDataLossError",
    "twisted.internet.error.ConnectionDone",
    "twisted.internet.error.ConnectionLost",
]
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawler.pipelines.QuietFormatter"

# Nothing listens, nothing is executed, nothing grows without bound.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
MEMUSAGE_ENABLED = True
MEMUSAGE_LIMIT_MB = 1024
MEMUSAGE_CHECK_INTERVAL_SECONDS = 5.0
REACTOR_THREADPOOL_MAXSIZE = 20

# Each response makes as many tasks as this; ours yield a page and a request or two.
CONCURRENT_ITEMS = 1

# The database knows what was seen, over runs; Scrapy's filter would swallow a redirect to a known
# address (and a loop) without a word.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

DOWNLOADER_MIDDLEWARES = {
    "crawler.guard.GuardMiddleware": 50,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.guard.RobotsMiddleware": 100,
    "crawler.mining.MiningMiddleware": 110,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    # Sees an answer before the retry middleware does.
    "crawler.revisit.RevisitMiddleware": 560,
}
# The spider sees every status and names it; nothing here is left to be dropped in silence.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
ITEM_PIPELINES = {"crawler.pipelines.ReadingPipeline": 100}
EXTENSIONS = {
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
}
LOG_LEVEL = "INFO"


def shared_settings() -> dict[str, Any]:
    """What is different for a worker of a shared crawl."""
    gated = "crawler.cluster.gate.GatedHandler"
    return {
        "SCHEDULER": "crawler.cluster.scheduler.SharedScheduler",
        "DOWNLOAD_HANDLERS": {**DOWNLOAD_HANDLERS, "http": gated, "https": gated},
        # Between two requests lies the whole delay: whose turn it is, workers agree on in Redis.
        "DOWNLOAD_DELAY_JITTER": 0,
    }


def crawl_settings(
    *,
    contact: str = "",
    allow_hosts: Sequence[str] = (),
    honour: Sequence[str] = tuple(HONOUR_SIGNALS),
    delay: float = DOWNLOAD_DELAY,
    concurrency: int = CONCURRENT_REQUESTS,
    concurrency_per_host: int = CONCURRENT_REQUESTS_PER_DOMAIN,
    max_body: int = DOWNLOAD_MAXSIZE,
    timeout: float = DOWNLOAD_TIMEOUT,
    **more: Any,
) -> Settings:
    """The settings of one process: the safe ones of this module and the operator's choices.

    ``more`` are further Scrapy settings by their names. With a delay of 0, AutoThrottle is off too:
    that is for loopback. Raises ValueError for an entry of ``allow_hosts`` that is none.
    """
    from crawler.guard import AllowList  # not at the top: guard is not needed to list the settings

    AllowList.parse(allow_hosts)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(
        {
            "USER_AGENT": user_agent(contact),
            "GUARD_ALLOW_HOSTS": list(allow_hosts),
            "HONOUR_SIGNALS": list(honour),
            "DOWNLOAD_DELAY": delay,
            "AUTOTHROTTLE_ENABLED": delay > 0,
            "AUTOTHROTTLE_START_DELAY": delay,
            "CONCURRENT_REQUESTS": concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency_per_host,
            "DOWNLOAD_MAXSIZE": max_body,
            "DOWNLOAD_TIMEOUT": timeout,
            **more,
        },
        priority="cmdline",
    )
    return settings
