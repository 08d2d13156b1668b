"""Milliseconds a page: this reading beside trafilatura, newspaper4k and news-please.

    python -m bench read [--rounds 3] [--pages N] [--only-ours]

On the real pages of ../shared/real in the languages that are read; where they are not, on pages that
bench.site makes. CPU time of one process, the best of the rounds for each page. The goals: at most
2 ms for a page that cannot be relevant, at most 1.5 times trafilatura (fast) for one that can.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import logging
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from bench.site import make_body
from pipeline.process import process, read_page
from pipeline.screen import could_be_relevant
from pipeline.text import QuickPage, quick_text
from pipeline.types import FeedEntry, Page, Source
from pipeline.vocabulary import LANGUAGES

REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
GENERATED = 64

Reader = Callable[[Page], object]


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    name: str
    milliseconds: float
    pages: int
    against: float  # trafilatura (fast) on the same pages


def load_pages(limit: int | None) -> tuple[list[tuple[Page, Source]], str]:
    """The pages, each with a source of its language, and a word on where they are from."""
    index = REAL / "index.jsonl"
    if index.is_file():
        rows = [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines()]
        rows = [row for row in rows if row["lang"] in LANGUAGES][:limit]
        bodies = [gzip.decompress((REAL / row["file"]).read_bytes()) for row in rows]
        found = [_page(row["url"], row["lang"], body) for row, body in zip(rows, bodies, strict=True)]
        return found, "real pages"
    made = [
        _page(
            f"https://example.org/{seed}",
            "en",
            b"<html><head><title>A page</title></head><body>" + make_body(seed),
        )
        for seed in range(min(limit or GENERATED, GENERATED))
    ]
    return made, "generated pages (../shared/real is not here)"


def _page(url: str, language: str, body: bytes) -> tuple[Page, Source]:
    entry = FeedEntry(source="bench", url=url, title="", summary="", published=NOW)
    page = Page(
        entry=entry, url=url, fetched=NOW, status=200, content_type="text/html; charset=utf-8", body=body
    )
    source = Source(
        slug="bench",
        name="",
        url="https://example.org/feed",
        via="rss",
        language=language,
        country="XX",
        expect=1,
    )
    return page, source


def measure(read: Callable[[int], object], count: int, rounds: int) -> list[float]:
    """The best CPU time of each page in milliseconds."""
    best = [float("inf")] * count
    for _ in range(rounds):
        for number in range(count):
            begun = time.process_time_ns()
            read(number)
            best[number] = min(best[number], (time.process_time_ns() - begun) / 1e6)
    return best


def others(pages: Sequence[Page]) -> dict[str, Reader]:
    """The readers of others that are installed; the network is not touched by any of them."""
    found: dict[str, Reader] = {
        "trafilatura, default": lambda page: trafilatura.extract(page.body),
        "trafilatura, default, with metadata": lambda page: trafilatura.bare_extraction(
            page.body, with_metadata=True
        ),
    }
    if importlib.util.find_spec("newspaper"):
        import newspaper

        settings = newspaper.Config()
        settings.fetch_images = False

        def by_newspaper(page: Page) -> object:
            article = newspaper.Article(page.url, config=settings)
            article.download(input_html=page.body.decode("utf-8", "replace"))
            article.parse()
            return article.text

        found["newspaper4k"] = by_newspaper
    if importlib.util.find_spec("newsplease"):
        from newsplease import NewsPlease

        found["news-please"] = lambda page: NewsPlease.from_html(
            page.body.decode("utf-8", "replace"), url=page.url, fetch_images=False
        )
    return found


def run(limit: int | None, rounds: int, *, only_ours: bool) -> tuple[list[Line], str]:
    """All lines of the table, and what was read."""
    pages, kind = load_pages(limit)
    count = len(pages)
    quick = [quick_text(page, source=source, now=NOW) for page, source in pages]
    candidate = [
        isinstance(one, QuickPage) and could_be_relevant(f"{one.title}\n{one.text}", one.language)
        for one in quick
    ]
    for page, source in pages[:10]:  # the lexicons and models are loaded once in a worker's life
        process(page, source=source, now=NOW)
    fast = measure(lambda number: trafilatura.extract(pages[number][0].body, fast=True), count, rounds)
    cheap = measure(
        lambda number: quick_text(pages[number][0], source=pages[number][1], now=NOW), count, rounds
    )
    text = measure(
        lambda number: read_page(pages[number][0], source=pages[number][1], now=NOW), count, rounds
    )
    whole = measure(lambda number: process(pages[number][0], source=pages[number][1], now=NOW), count, rounds)
    everything = range(count)
    can = [number for number in everything if candidate[number]]
    cannot = [
        number for number in everything if isinstance(quick[number], QuickPage) and not candidate[number]
    ]

    def line(name: str, times: list[float], numbers: Sequence[int]) -> Line:
        return Line(
            name=name,
            milliseconds=sum(times[number] for number in numbers) / max(1, len(numbers)),
            pages=len(numbers),
            against=sum(fast[number] for number in numbers) / max(1, len(numbers)),
        )

    lines = [
        line("the cheap step", cheap, everything),
        line("a page that cannot be relevant, to its verdict", whole, cannot),
        line("title, date, text and sentences of any page", text, everything),
        line("a page that can be relevant, its text", text, can),
        line("a page that can be relevant, to its records", whole, can),
        line("trafilatura, fast", fast, everything),
    ]
    if not only_ours:
        only = [page for page, _ in pages]
        for name, read in others(only).items():
            lines.append(line(name, measure(_quietly(read, only), count, 1), everything))
    size = sum(len(page.body) for page, _ in pages) / max(1, count) / 1_000
    return lines, f"{count} {kind}, {size:.0f} kB on average"


def _quietly(read: Reader, pages: Sequence[Page]) -> Callable[[int], object]:
    """A reader that fails on a page has still taken its time."""

    def quiet(number: int) -> object:
        try:
            return read(pages[number])
        except Exception as error:
            return error

    return quiet


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench read", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="times that each page is read; the best counts")
    parser.add_argument("--pages", type=int, default=None, help="read the first N pages only")
    parser.add_argument("--only-ours", action="store_true", help="leave out newspaper4k and news-please")
    chosen = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lines, what = run(chosen.pages, chosen.rounds, only_ours=chosen.only_ours)
    print(f"Reading: {what}; CPU milliseconds a page\n")
    print(f"{'':50}{'ms':>8}{'pages':>7}  times trafilatura (fast) on the same pages")
    for one in lines:
        ratio = one.milliseconds / one.against if one.against else 0.0
        print(f"{one.name:50}{one.milliseconds:8.2f}{one.pages:7}  {ratio:.2f}")
    if not chosen.only_ours:
        for package, name in (("newspaper", "newspaper4k"), ("newsplease", "news-please")):
            if not importlib.util.find_spec(package):
                print(f"{name} is not installed: make bench installs it")


if __name__ == "__main__":
    main()
