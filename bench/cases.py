"""Cases: how well they are joined, and how long choosing takes.

    python -m bench cases [--cases 1000000] [--dir FOLDER] [--asked 500] [--only accuracy|speed]

Accuracy: ../shared/corpus/cases-dev.jsonl through the whole program into an empty database, in order
of publication and in three random orders, judged by score_cases.py beside it. Speed: a database with
that many cases (the goal: at most 5 ms a record at 1,000,000), then reports that are chosen for as
when they are saved: the look-ups, the comparisons, nothing written.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, insert, text

from bench.gold import CASES_DEV, SHARED
from pipeline.alike import ALIKE
from pipeline.cases import choose_cases
from pipeline.clues import Report
from pipeline.copies import PLACES, number_of
from pipeline.vocabulary import Drug, Stage
from storage import case_rows
from storage import tables as t
from storage.candidates import find_candidates
from storage.engine import open_database, reading, sqlite_url, writing

SCORER = SHARED / "corpus" / "score_cases.py"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST_DAY = date(2006, 1, 1).toordinal()
DAYS = 20 * 365
BATCH = 5_000


def main(arguments: Sequence[str]) -> None:
    """Run both parts, or one."""
    parser = argparse.ArgumentParser(prog="python -m bench cases")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--dir", type=Path, help="keep the large database there and use it again")
    parser.add_argument("--asked", type=int, default=500)
    parser.add_argument("--only", choices=("accuracy", "speed"))
    wanted = parser.parse_args(arguments)
    if wanted.only != "speed":
        accuracy()
    if wanted.only != "accuracy":
        with tempfile.TemporaryDirectory() as folder:
            speed(wanted.dir or Path(folder), wanted.cases, wanted.asked)


# -- accuracy -------------------------------------------------------------------------------------


def accuracy() -> None:
    """B-cubed figures, in order of publication and in random ones."""
    if not CASES_DEV.exists():
        print(f"No {CASES_DEV}: accuracy is not measured.")
        return
    lines = CASES_DEV.read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines if line.strip()]
    articles.sort(key=lambda article: (article["published"], article["id"]))
    print(f"{'in order of publication':<26}{linked(articles)}")
    for seed in (1, 2, 3):
        shuffled = random.Random(seed).sample(articles, len(articles))
        print(f"{f'in random order {seed}':<26}{linked(shuffled)}")


def linked(articles: Sequence[dict[str, object]]) -> str:
    """The scorer's line on what the command makes of the articles in this order; the labels in them
    are not handed on."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = folder / "articles.jsonl"
        with given.open("w", encoding="utf-8") as file:
            for article in articles:
                kept = {key: value for key, value in article.items() if key != "cases"}
                file.write(json.dumps(kept, ensure_ascii=False) + "\n")
        environment = {
            "DETAINEE_WATCH_DATABASE_URL": sqlite_url(folder / "watch.sqlite3"),
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "PATH": "/usr/bin:/bin",
        }
        command = [sys.executable, "-m", "app"]
        subprocess.run([*command, "ingest", "-q", str(given)], env=environment, check=True)
        done = subprocess.run([*command, "cases", "--json"], env=environment, check=True, capture_output=True)
        cases = folder / "cases.json"
        cases.write_bytes(done.stdout)
        scored = subprocess.run(
            [sys.executable, str(SCORER), str(CASES_DEV), str(cases)],
            check=True,
            capture_output=True,
            text=True,
        )
        return scored.stdout.strip().splitlines()[-1]


# -- speed ----------------------------------------------------------------------------------------


def speed(folder: Path, cases: int, asked: int) -> None:
    """Milliseconds that finding and choosing take for a report."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"cases-{cases}.sqlite3"
    engine = open_database(sqlite_url(path))
    began = time.perf_counter()
    if not path.with_suffix(".done").exists():
        fill(engine, cases)
        path.with_suffix(".done").touch()
        spent_on = time.perf_counter() - began
        print(f"{cases:,} cases stored in {spent_on:.0f} s, {path.stat().st_size / 1e6:,.0f} MB")
    dice = random.Random(2)
    spent = []
    for _ in range(asked):
        number = dice.randrange(cases)
        report = make_report(number, later=dice.random() < 0.5)
        assert report.seen is not None
        with reading(engine) as connection:
            began = time.perf_counter()
            known = find_candidates(connection, report, report.seen)
            choose_cases(report, known)
            spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    print(
        f"choosing among {cases:,} cases: median {statistics.median(spent):.1f} ms, "
        f"95 % under {spent[int(len(spent) * 0.95)]:.1f} ms, most {spent[-1]:.1f} ms, "
        f"mean {statistics.mean(spent):.1f} ms ({len(ALIKE)} signals)"
    )
    engine.dispose()


def make_report(number: int, *, later: bool = False) -> Report:
    """The report of an invented case: people and countries are as uneven as in the news, the most
    frequent pair is one case in fifty."""
    dice = random.Random(number)
    nationality = (
        f"{chr(65 + min(int(dice.expovariate(0.4)), 25))}{chr(65 + min(int(dice.expovariate(0.3)), 25))}"
    )
    country = (
        f"{chr(65 + min(int(dice.expovariate(0.5)), 25))}{chr(65 + min(int(dice.expovariate(0.4)), 25))}"
    )
    day = FIRST_DAY + dice.randrange(DAYS)
    names = [number_of(f"{country}|{dice.randrange(200_000)}") for _ in range(6)]
    drug = dice.choice(list(Drug))
    return Report(
        country=country,
        people=((nationality, dice.choice((1, 1, 1, 2, 3, 5))),),
        stage=Stage.CONVICTED if later else Stage.ARRESTED,
        drugs=frozenset({drug}),
        kilos=round(dice.lognormvariate(1.5, 1.5), 1) or 0.1,
        weights=frozenset(),
        sentence=8.0 if later else None,
        act=None,
        seen=day + (dice.randrange(30, 900) if later else dice.randrange(4)),
        dates=frozenset({(day, day)}),
        births=frozenset({1960 + dice.randrange(45)}),
        homes=frozenset({f"town {dice.randrange(2000)}"}),
        spots=frozenset({f"prison {dice.randrange(50)}"}),
        names=frozenset(names[:4]),
        hints=frozenset(),
        sounds=frozenset(names[4:]),
        numbers=frozenset(),
        copy=tuple(dice.getrandbits(32) for _ in range(PLACES)),
        alone=True,
        language="en",
    )


def fill(engine: Engine, cases: int) -> None:
    """As many cases of one report each, written as the program writes them."""
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO articles (id, url, source, title, text_hash, language, dated, first_seen,"
                " revision, relevant, score, seq, reasons, text) VALUES (1, 'text:1', '', '', '', 'en',"
                " '2026-03-01', '2026-03-01', 0, 1, 1.0, 1, '[]', '')"
            )
        )
    for batch in _batches(cases):
        reports = [(number, make_report(number - 1)) for number in batch]
        with writing(engine) as connection:
            connection.execute(insert(t.Case), [_case(number, report) for number, report in reports])
            connection.execute(
                insert(t.CaseReport),
                [
                    {
                        "id": number,
                        "case_id": number,
                        "article_id": 1,
                        "day": report.seen,
                        "pinned": False,
                        "clues": case_rows.clues_values(report),
                    }
                    for number, report in reports
                ],
            )
            connection.execute(
                insert(t.CasePeople),
                [
                    {
                        "report_id": number,
                        "nationality": nationality,
                        "country": report.country,
                        "day": report.seen,
                        "count": count,
                    }
                    for number, report in reports
                    for nationality, count in report.people
                ],
            )
            connection.execute(
                insert(t.CaseKey),
                [
                    {"key": key, "report_id": number}
                    for number, report in reports
                    for key in case_rows.stored_keys(report)
                ],
            )
            connection.execute(
                insert(t.CaseName),
                [
                    {"name": name, "report_id": number, "sort": sort}
                    for number, report in reports
                    for name, sort in case_rows.name_rows(report)
                ],
            )


def _batches(cases: int) -> Iterator[range]:
    for start in range(1, cases + 1, BATCH):
        yield range(start, min(start + BATCH, cases + 1))


def _case(number: int, report: Report) -> dict[str, object]:
    assert report.seen is not None
    seen = datetime.combine(date.fromordinal(report.seen), datetime.min.time(), UTC)
    return {
        "id": number,
        "country": report.country,
        "count": report.people[0][1],
        "stage": report.stage.value,
        "reports": 1,
        "first_seen": seen,
        "last_seen": seen,
        "added": NOW,
        "changed": NOW,
        "merged_into": None,
        "forget": None,
        "seq": number,
    }
