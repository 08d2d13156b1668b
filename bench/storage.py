"""The database: what saving and asking cost on SQLite and on PostgreSQL, and how that grows.

    python -m bench storage [--articles 10000,100000] [--only sqlite|postgresql] [--url ADDRESS]
                            [--dir FOLDER] [--times 20]

For each size a database of so many articles, three records for ten of them and one case for ten. Each
question stands beside the plainest SQL that gives the same answer, through the bare driver: for lists
and series that is written out here; for saving and choosing it is the time that the statements take,
beside what the program decides between them. ``--url``: an empty database of a PostgreSQL; without it,
one is started here as the tests do it, with more memory. ``--dir``: the SQLite files are kept there and
used again.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bench import storage_fill
from bench.cases import make_report
from bench.storage_fill import COMMON, DAY, FIRST, LAST, NOW, RARE, fill, news, nothing
from pipeline.cases import choose_cases
from pipeline.periods import Step
from storage import export_rows
from storage.candidates import find_candidates
from storage.engine import is_postgres, open_database, reading, sqlite_url
from storage.queries import find_articles, find_records
from storage.repository import Repository
from storage.trend_values import Question
from storage.trends import event_series
from storage.values import Filter, Sort

PAGE = 20
Measured = dict[str, tuple[float, float, float, float]]
"""Question → milliseconds: median, 95 %, least, least of the plainest SQL. The least are what it takes
when nobody else wants the machine, and are what is compared."""


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
            for question, (_, _, least, _) in found[other].items():
                print(f"  {question:<34}{least / found[one][question][2]:8.1f} times")


def _tell(kind: str, size: int, found: Measured) -> None:
    head = f"{kind}, {size:,} articles"
    print(f"\n{head:<36}{'p50 ms':>8}{'p95 ms':>10}{'least':>10}{'plain':>10}{'ratio':>8}")
    for question, (median, most, least, plain) in found.items():
        print(
            f"  {question:<34}{median:>8.2f}{most:>10.2f}{least:>10.2f}{plain:>10.2f}{least / plain:>8.2f}",
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
            address = url
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


def measure(engine: Engine, size: int, *, times: int) -> Measured:
    """Every question, ``times`` times."""
    found: Measured = {}
    for name, ask, plain in _questions(engine, size):
        ask()
        mine = _spent(ask, times)
        found[name] = _sums(mine, _spent(plain, times))
    found |= _saving(engine, times=times)
    found["choose a case"] = _choosing(engine, size, times=times)
    return found


def _spent(work: Callable[[], Any], times: int) -> list[float]:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000)
    return spent


def _sums(mine: Sequence[float], plain: Sequence[float]) -> tuple[float, float, float, float]:
    most = sorted(mine)[min(int(len(mine) * 0.95), len(mine) - 1)]
    return statistics.median(mine), most, min(mine), min(plain)


def _questions(engine: Engine, size: int) -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    """Name, the question as the program asks it, the plainest SQL."""
    columns = "a.id, a.url, a.source, a.title, a.language, a.published, a.dated, a.first_seen, a.seq, a.score"
    postgres = is_postgres(engine)
    newest = f"ORDER BY a.dated DESC, a.id DESC LIMIT {PAGE}"

    def ask(*statements: str) -> Callable[[], Any]:
        return lambda: _plain(engine, statements)

    def articles(where: str) -> Callable[[], Any]:
        listed = f"SELECT {columns} FROM articles a WHERE a.relevant = true AND {where} {newest}"
        return ask(
            f"SELECT count(*) FROM articles a WHERE a.relevant = true AND {where}",
            listed,
            "SELECT r.*, a.url, a.title FROM records r JOIN articles a ON a.id = r.article_id "
            f"WHERE r.article_id IN (SELECT id FROM ({listed}) AS page)",
        )

    def matching(word: str) -> str:
        if postgres:
            return f"a.id IN (SELECT id FROM articles_fts WHERE words @@ '{word}'::tsquery)"
        return f"a.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH '{{title text}}: {word}')"

    def listed(**fields: Any) -> Callable[[], Any]:
        return lambda: find_articles(engine, Filter(limit=PAGE, **fields))

    yield "articles --new, after a day", listed(reader="bench", peek=True), articles(f"a.seq > {size - DAY}")
    yield "articles --new, the first time", listed(reader="other", peek=True), articles("a.seq > 0")
    yield "search, a rare word", listed(query=RARE), articles(matching(RARE))
    yield "search, a common word", listed(query=COMMON), articles(matching(COMMON))
    ranked = (
        f"SELECT {columns} FROM articles a JOIN (SELECT id, "
        f"ts_rank('{{0.33,0,0,1}}', words, '{RARE}'::tsquery, 1) AS rank FROM articles_fts "
        f"WHERE words @@ '{RARE}'::tsquery) f ON f.id = a.id ORDER BY rank DESC LIMIT 20"
        if postgres
        else f"SELECT {columns} FROM articles a JOIN articles_fts ON articles_fts.rowid = a.id "
        f"WHERE articles_fts MATCH '{{title text}}: {RARE}' ORDER BY bm25(articles_fts, 3, 1, 0) LIMIT 20"
    )
    yield (
        "search, a rare word, best first",
        listed(query=RARE, sort=Sort.RANK),
        ask(
            f"SELECT count(*) FROM articles a WHERE {matching(RARE)}",
            ranked,
        ),
    )
    pair = "r.nationality = 'NL' AND r.country = 'PE'"
    joined = f"FROM records r JOIN articles a ON a.id = r.article_id WHERE a.relevant = true AND {pair}"
    yield (
        "records of a pair",
        lambda: find_records(engine, Filter(nationality=("NL",), country=("PE",), limit=PAGE)),
        ask(
            f"SELECT count(*) {joined}",
            f"SELECT r.*, {columns} {joined} {newest}",
            f"SELECT * FROM record_drugs WHERE record_id IN (SELECT r.id {joined} LIMIT {PAGE})",
        ),
    )
    month = (
        f"to_char('1970-01-01'::date + (day - {storage_fill.EPOCH})::int, 'YYYY-MM')"
        if postgres
        else f"strftime('%Y-%m', (day - {storage_fill.EPOCH}) * 86400, 'unixepoch')"
    )
    question = Question(step=Step.MONTH, first=FIRST, last=LAST)
    yield (
        "monthly trend of five years",
        lambda: event_series(engine, question),
        ask(
            f"SELECT {month}, count(DISTINCT case_id), sum(coalesce(people, 1)), "
            "max(CASE WHEN people IS NULL OR bound = 'at_least' THEN 1 ELSE 0 END), "
            "max(CASE WHEN bound IN ('about', 'at_most') THEN 1 ELSE 0 END), "
            "count(DISTINCT CASE WHEN exactness = 'year' THEN case_id END), "
            "count(DISTINCT CASE WHEN stages NOT LIKE 'arrested%' AND stages NOT LIKE 'charged%' "
            "THEN case_id END) "
            f"FROM case_counts WHERE day BETWEEN {FIRST} AND {LAST} GROUP BY 1 ORDER BY 1"
        ),
    )
    yield (
        "export of all records",
        lambda: _export(engine),
        ask(
            "SELECT h.*, a.url, a.source, a.language, a.published, a.outlet_country, a.first_seen, a.dated, "
            "(SELECT min(valid_from) FROM record_history f WHERE f.record_id = h.record_id) "
            "FROM record_history h JOIN articles a ON a.id = h.article_id WHERE h.valid_to IS NULL "
            "ORDER BY h.record_id"
        ),
    )


def _export(engine: Engine) -> int:
    with reading(engine) as connection:
        return sum(1 for _ in export_rows.records(connection, Filter(), None))


def _plain(engine: Engine, statements: Sequence[str]) -> None:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("BEGIN")
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()
        cursor.execute("COMMIT")
    finally:
        raw.close()


# -- saving and choosing: the part of it that the statements take -----------------------------------


@contextmanager
def _timed(engine: Engine) -> Iterator[list[float]]:
    """Milliseconds of each statement that is made meanwhile, in the driver and in the database."""
    spent: list[float] = []
    began = [0.0]

    def before(*_: Any) -> None:
        began[0] = time.perf_counter()

    def after(*_: Any) -> None:
        spent.append((time.perf_counter() - began[0]) * 1000)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield spent
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


def _saving(engine: Engine, *, times: int) -> Measured:
    """One outcome a transaction: a relevant article with its record and its case, and an irrelevant one."""
    repository = Repository(engine)
    dice = random.Random(time.time_ns())
    found: Measured = {}
    for name, make in (("save a relevant article", news), ("save another", nothing)):
        mine, plain = [], []
        for _ in range(times * 3):
            outcome = make(dice)
            with _timed(engine) as spent:
                began = time.perf_counter()
                repository.save(outcome, now=NOW + timedelta(days=1))
                mine.append((time.perf_counter() - began) * 1000)
            plain.append(sum(spent))
        found[name] = _sums(mine, plain)
    return found


def _choosing(engine: Engine, size: int, *, times: int) -> tuple[float, float, float, float]:
    dice = random.Random(2)
    mine, plain = [], []
    for _ in range(times * 3):
        report = make_report(dice.randrange(size // 10), later=dice.random() < 0.5)
        assert report.seen is not None
        with _timed(engine) as spent, reading(engine) as connection:
            began = time.perf_counter()
            choose_cases(report, find_candidates(connection, report, report.seen))
            mine.append((time.perf_counter() - began) * 1000)
        plain.append(sum(spent))
    return _sums(mine, plain)
