"""How fast is the crawl, beside a bare Scrapy spider and beside reading in the spider?

    python -m bench crawl [--pages 4000] [--long 20000]
    python -m bench crawl --sources 5000                    many sources in one run: bench/load.py

Crawls of the same loopback site (bench/site.py), each in a process of its own:

    bare      a Scrapy spider that downloads the pages and drops them, in Scrapy's own settings: the limit
    ours      this project's crawl: feeds, guard, robots.txt, reading in processes, database
    inline    what one would write first: trafilatura in the spider's callback
    tuned     the bare spider again, in this project's settings, which cost less than Scrapy's own

All run with the same concurrency, without delay and AutoThrottle (it is one host, and ours).
Time is counted from the process's first call of Scrapy to the end, with the start of the reading
processes. With ``--long`` ours runs once more on that many pages, for its memory.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.site import PER_FEED

CONCURRENCY = 16
RUNS = ("bare", "ours", "inline", "tuned")


def rss_mb(pid: int) -> float:
    """The resident memory of a process now, in MB; 0 where /proc is not there."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0.0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak_mb() -> float:
    """The largest resident memory that this process had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def run_spider(kind: str, base: str, pages: int) -> dict[str, Any]:
    """Crawl with a spider of a few lines: ``bare``, ``tuned`` or ``inline``."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    from crawler.settings import crawl_settings

    if kind == "inline":
        import trafilatura

    class Bare(scrapy.Spider):
        name = "bare"
        got = 0

        async def start(self) -> Any:
            for number in range(pages):
                yield scrapy.Request(f"{base}/page/{number}.html")

        def parse(self, response: Any) -> Any:
            Bare.got += 1
            if kind == "inline":
                text = trafilatura.extract(response.text, url=response.url, with_metadata=True, fast=True)
                yield {"url": response.url, "text": text}

    choices: dict[str, Any] = {
        "ITEM_PIPELINES": {},
        "LOG_LEVEL": "ERROR",
        "ROBOTSTXT_OBEY": False,
        "CONCURRENT_REQUESTS": CONCURRENCY,
        "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
    }
    if kind != "tuned":
        process = AsyncCrawlerProcess(
            {**choices, "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False}
        )
    else:
        settings = crawl_settings(allow_hosts=["127.0.0.1"], delay=0, **choices)
        process = AsyncCrawlerProcess(settings)
    process.crawl(Bare)
    begun = time.monotonic()
    process.start()
    return {"pages": Bare.got, "seconds": time.monotonic() - begun}


def run_ours(base: str, pages: int) -> dict[str, Any]:
    """Crawl with this project, into a new database."""
    from crawler.run import CrawlConfig, run_crawl
    from pipeline.types import Source

    sources = tuple(
        Source(
            slug=f"bench-{number}",
            name=f"Bench {number}",
            url=f"{base}/feed/{number}.xml",
            via="rss",
            language="en",
            country="XX",
            expect=1,
        )
        for number in range(-(-pages // PER_FEED))
    )
    samples: list[float] = []

    def on_progress(progress: Any) -> None:
        if progress.pages_done % 1_000 == 0 and progress.pages_done:
            samples.append(round(rss_mb(os.getpid())))

    with tempfile.TemporaryDirectory() as folder:
        config = CrawlConfig(
            database_url=f"sqlite:///{folder}/bench.sqlite3",
            sources=sources,
            allow_hosts=("127.0.0.1",),
            delay=0,
            concurrency=CONCURRENCY,
            concurrency_per_host=CONCURRENCY,
        )
        begun = time.monotonic()
        report = run_crawl(config, on_progress=on_progress)
        seconds = time.monotonic() - begun
    return {
        "pages": sum(report.counts.values()),
        "seconds": seconds,
        "outcomes": report.counts,
        "rss_mb": samples,
    }


def run_one(kind: str, base: str, pages: int) -> None:
    """Run one crawl in this process and print its figures as JSON."""
    before = time.process_time()
    result = run_ours(base, pages) if kind == "ours" else run_spider(kind, base, pages)
    result |= {
        "kind": kind,
        "rate": result["pages"] / result["seconds"],
        "cpu_parent": time.process_time() - before,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(result))


@contextlib.contextmanager
def site(pages: int) -> Iterator[str]:
    """The address of a running site."""
    command = [sys.executable, "-m", "bench.site", "--pages", str(pages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


def measure(kind: str, pages: int) -> dict[str, Any]:
    """One crawl in a process of its own, with a site of its own."""
    with site(pages) as base:
        command = [sys.executable, "-m", "bench.crawl", "--run", kind, "--base", base, "--pages", str(pages)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{kind} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def show(result: dict[str, Any], limit: float) -> None:
    """One line of the table."""
    rate = f"{result['rate']:7.1f} pages/s {result['rate'] / limit:5.2f} of bare"
    cpu = f"CPU {result['cpu_parent']:6.1f} s in the parent"
    print(
        f"{result['kind']:8} {result['pages']:6} pages {result['seconds']:7.1f} s {rate}   {cpu}   "
        f"peak {result['peak_mb']:5.0f} MB",
        flush=True,
    )


def main(arguments: list[str]) -> None:
    """The whole comparison, or one run of it (``--run``, used by this program itself)."""
    parser = argparse.ArgumentParser(prog="python -m bench crawl")
    parser.add_argument("--pages", type=int, default=4_000)
    parser.add_argument("--long", type=int, default=0, help="also run ours on so many pages")
    parser.add_argument("--rounds", type=int, default=2, help="each crawl so often, the fastest counts")
    parser.add_argument("--sources", type=int, default=0, help="instead: one run of so many sources")
    parser.add_argument("--run", choices=RUNS)
    parser.add_argument("--base")
    chosen = parser.parse_args(arguments)
    if chosen.sources:
        from bench.load import measure as measure_load

        return measure_load(chosen.sources)
    if chosen.run:
        return run_one(chosen.run, chosen.base, chosen.pages)
    print(
        f"{chosen.pages} pages of 100 to 170 kB on loopback, {os.cpu_count()} cores, {CONCURRENCY} at a time"
    )
    best: dict[str, dict[str, Any]] = {}
    for _ in range(chosen.rounds):
        for kind in RUNS:
            result = measure(kind, chosen.pages)
            if kind not in best or result["rate"] > best[kind]["rate"]:
                best[kind] = result
    for kind in RUNS:
        show(best[kind], best["bare"]["rate"])
    if chosen.long:
        result = measure("ours", chosen.long)
        show(result, best["bare"]["rate"])
        print(f"         resident memory of the parent after each 1,000 pages: {result['rss_mb']} MB")
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
