"""scrapy-redis' scheduler over a queue a host: what Scrapy asks for next is what this worker holds.

Taking from Redis is not done here, where the reactor would wait for the network, but by shared.py,
which hands tasks to the engine as requests. They wait in Scrapy's own scheduler, which picks the next
one from the host with the fewest requests under way, and so do redirects and second tries.
"""

from __future__ import annotations

from typing import Any, Self

from scrapy import Request, Spider
from scrapy.core.scheduler import Scheduler as LocalScheduler
from scrapy.crawler import Crawler
from scrapy_redis.scheduler import Scheduler  # type: ignore[import-untyped]

from crawler.cluster import tasks


class SharedScheduler(Scheduler):  # type: ignore[misc]
    """The scheduler of one worker of a shared crawl."""

    shared: Any
    local: LocalScheduler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        # The connection is the session's: an address in Scrapy's settings would stand in its log.
        session: Any = getattr(crawler.spider, "session", None)
        shared = session.frontier
        scheduler = cls(
            server=shared.queue.server,
            persist=True,
            queue_key=shared.queue.key,
            dupefilter=shared.queue.filter,
            serializer=tasks,
        )
        scheduler.shared = shared
        scheduler.stats = crawler.stats
        scheduler.local = LocalScheduler.from_crawler(crawler)
        return scheduler

    def open(self, spider: Spider) -> Any:
        self.spider = spider
        self.queue = self.shared.queue
        return self.local.open(spider)

    def close(self, reason: str) -> Any:
        return self.local.close(reason)

    def enqueue_request(self, request: Request) -> bool:
        return self.local.enqueue_request(request)

    def next_request(self) -> Request | None:
        return self.local.next_request()

    def __len__(self) -> int:
        return len(self.local)

    def has_pending_requests(self) -> bool:
        # As long as anybody holds something, it may come back, or bring more.
        return self.local.has_pending_requests() or not self.shared.over
