"""The database: what saving and asking cost on SQLite and on PostgreSQL, and how that grows.

    python -m bench storage [--articles 10000,100000] [--only sqlite|postgresql] [--url ADDRESS]
                            [--dir FOLDER] [--times 20]

For each size a database of so many articles, three records for ten of them and one case for ten. Each
question stands beside the plainest SQL that gives the same answer, through the bare driver (see
storage_plain.py): for lists and series that is written out there, for articles that are not relevant in
storage_save.py; for relevant ones and for choosing a case it is the time that driver and database take, and
what is decided between the statements, which no SQL decides, stands in a column of its own. The ratio is
that of what is left when nobody else wants the machine: of the processor's time on SQLite, which works
inside this process, of the clock's on PostgreSQL. ``--url``: an empty database of a PostgreSQL, ``{}`` in
it is the size; without it, one is started here as the tests do it, with more memory. ``--dir``: the SQLite
files are kept there and used again.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bench.cases import make_report
from bench.storage_fill import COMMON, FIRST, LAST, NOW, RARE, fill, news, nothing
from bench.storage_plain import PAGE, Spent, ask, statements, watched
from bench.storage_save import plain_saving
from pipeline.cases import choose_cases
from pipeline.clues import Report
from pipeline.periods import Step
from pipeline.types import Outcome
from storage import export_rows
from storage.candidates import find_candidates
from storage.engine import is_postgres, open_database, reading, sqlite_url
from storage.queries import find_articles, find_records
from storage.repository import Repository
from storage.rows import page_key
from storage.trend_values import Question
from storage.trends import event_series
from storage.values import Filter, Sort


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Milliseconds. The least are what it takes when nobody else wants the machine, and are compared."""

    median: float
    most: float  # 95 %
    least: float
    plain: float  # the least of the plainest SQL
    deciding: float  # the least of what no SQL decides, in both
    ratio: float


Measured = dict[str, Figures]


def main(arguments: Sequence[str]) -> None:
    """Measure every size on every database, and how one grows to the next."""
    parser = argparse.ArgumentParser(prog="python -m bench storage")
    parser.add_argument("--articles", default="10000,100000")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--url", help="an empty database of a PostgreSQL")
    parser.add_argument("--dir", type=Path)
    parser.add_argument("--times", type=int, default=20)
    wanted = parser.parse_args(arguments)
    sizes = [int(size) for size in wanted.articles.split(",")]
    for kind in [wanted.only] if wanted.only else ["sqlite", "postgresql"]:
        found: dict[int, Measured] = {}
        for size in sizes:
            with _database(kind, size, wanted.url, wanted.dir) as engine:
                found[size] = measure(engine, size, times=wanted.times)
            _tell(kind, size, found[size])
        for one, other in pairwise(sizes):
            print(f"\n{kind}: from {one:,} to {other:,} articles")
            for question, each in found[other].items():
                print(f"  {question:<34}{each.least / found[one][question].least:8.1f} times")


def _tell(kind: str, size: int, found: Measured) -> None:
    head = f"{kind}, {size:,} articles"
    print(f"\n{head:<36}{'p50 ms':>8}{'p95 ms':>10}{'least':>10}{'plain':>10}{'deciding':>10}{'ratio':>8}")
    for question, each in found.items():
        print(
            f"  {question:<34}{each.median:>8.2f}{each.most:>10.2f}{each.least:>10.2f}{each.plain:>10.2f}"
            f"{each.deciding:>10.2f}{each.ratio:>8.2f}",
            flush=True,
        )


@contextmanager
def _database(kind: str, size: int, url: str | None, folder: Path | None) -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as name:
        place = folder or Path(name)
        place.mkdir(parents=True, exist_ok=True)
        made = None
        if kind == "sqlite":
            address = sqlite_url(place / f"storage-{size}.sqlite3")
        elif url:
            address = url.replace("{}", str(size))
        else:
            from tests.databases import Server

            made = Server(memory="1GB")
            address = made.make(f"storage_{size}")
        engine = open_database(address)
        with reading(engine) as connection:
            empty = connection.exec_driver_sql("SELECT 1 FROM articles LIMIT 1").first() is None
        if empty:
            began = time.perf_counter()
            fill(engine, size)
            print(f"{kind}: {size:,} articles stored in {time.perf_counter() - began:.0f} s", flush=True)
        try:
            yield engine
        finally:
            engine.dispose()
            if made is not None:
                made.end()


# -- measuring ------------------------------------------------------------------------------------

RELEVANT = "save a relevant article"
Time = tuple[float, float]
"""Milliseconds by the clock and of the processor."""


def measure(engine: Engine, size: int, *, times: int) -> Measured:
    """Every question, ``times`` times, in turns with the plainest SQL for it."""
    found: Measured = {}
    plain = statements(is_postgres(engine), size)
    for name, work in _questions(engine):
        work()
        mine, others = [], []
        for _ in range(times):
            mine.append(_spent(work))
            others.append(_spent(partial(ask, engine, plain[name])))
        found[name] = _figures(engine, mine, others)
    return found | _saving(engine, times=times) | _choosing(engine, size, times=times)


def _spent(work: Callable[[], Any]) -> Time:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - clock) * 1000, (time.process_time() - processor) * 1000


def _figures(
    engine: Engine, mine: Sequence[Time], plain: Sequence[Time], deciding: Sequence[Time] = ((0.0, 0.0),)
) -> Figures:
    clocks = sorted(clock for clock, _ in mine)
    of = 0 if is_postgres(engine) else 1
    least, other, decided = (min(each[of] for each in spent) for spent in (mine, plain, deciding))
    return Figures(
        median=statistics.median(clocks),
        most=clocks[min(int(len(clocks) * 0.95), len(clocks) - 1)],
        least=least,
        plain=other,
        deciding=decided,
        ratio=least / (other + decided),
    )


def _questions(engine: Engine) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The questions as the program asks them."""

    def listed(**fields: Any) -> Callable[[], Any]:
        return lambda: find_articles(engine, Filter(limit=PAGE, **fields))

    yield "articles --new, after a day", listed(reader="bench", peek=True)
    yield "articles --new, the first time", listed(reader="other", peek=True)
    yield "search, a rare word", listed(query=RARE)
    yield "search, a common word", listed(query=COMMON)
    yield "search, a rare word, best first", listed(query=RARE, sort=Sort.RANK)
    pair = Filter(nationality=("NL",), country=("PE",), limit=PAGE)
    yield "records of a pair", lambda: find_records(engine, pair)
    question = Question(step=Step.MONTH, first=FIRST, last=LAST)
    yield "monthly trend of five years", lambda: event_series(engine, question)
    yield "export of all records", lambda: _export(engine)


def _export(engine: Engine) -> int:
    with reading(engine) as connection:
        return sum(1 for _ in export_rows.records(connection, Filter(), None))


def _saving(engine: Engine, *, times: int) -> Measured:
    """One transaction each: a relevant article with its record and its case, one that is not relevant,
    and fifty of those, as a crawl saves them."""
    repository = Repository(engine)
    dice = random.Random(time.time_ns())
    given: dict[str, Sequence[Any]] = {
        RELEVANT: [(news(dice),) for _ in range(times * 3)],
        "save another": [(nothing(dice),) for _ in range(times * 6)],
        "save fifty others": [[nothing(dice) for _ in range(50)] for _ in range(times * 2)],
    }

    for outcome in (each for outcomes in given.values() for some in outcomes for each in some):
        page_key(outcome.article.url)  # known since it stood in a feed

    def save(outcomes: Sequence[Outcome], _: Spent) -> None:
        repository.save_all(outcomes, now=NOW + timedelta(days=1))

    found = {RELEVANT: _clocked(engine, given.pop(RELEVANT), save)}
    plainly = plain_saving(engine)
    for name, outcomes in given.items():
        mine, plain = [], []
        for one, other in zip(outcomes[::2], outcomes[1::2], strict=True):
            mine.append(_spent(partial(repository.save_all, one, now=NOW + timedelta(days=1))))
            plain.append(_spent(partial(plainly, other, NOW + timedelta(days=1))))
        found[name] = _figures(engine, mine[3:], plain[3:])
    return found


def _choosing(engine: Engine, size: int, *, times: int) -> Measured:
    dice = random.Random(2)
    reports = [make_report(dice.randrange(size // 10), later=dice.random() < 0.5) for _ in range(times * 3)]

    def choose(report: Report, deciding: Spent) -> None:
        assert report.seen is not None
        with reading(engine) as connection:
            known = find_candidates(connection, report, report.seen)
        deciding.around(choose_cases)(report, known)

    return {"choose a case": _clocked(engine, reports, choose)}


def _clocked(engine: Engine, given: Sequence[Any], work: Callable[[Any, Spent], Any]) -> Figures:
    """The whole, and what of it driver and database take; each of ``given`` once, the first three to
    make ready."""
    mine, plain, deciding = [], [], []
    with watched(engine) as (driver, decided):
        for each in given:
            driver.start()
            decided.start()
            mine.append(_spent(partial(work, each, decided)))
            plain.append((driver.clock * 1000, driver.processor * 1000))
            deciding.append((decided.clock * 1000, decided.processor * 1000))
    return _figures(engine, mine[3:], plain[3:], deciding[3:])
