"""How long trends take over a full database.

    python -m bench trends [--cases 100000] [--articles 1000000] [--outlets 400]

Five years: cases with their counts, and each day's articles of each outlet. Tables are filled
directly; what is timed is what the command and pages call. Each figure is the
processor's time, the best of five.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, insert

from pipeline.periods import Step
from pipeline.vocabulary import Bound, Drug, Stage
from storage import crosses, panels
from storage import tables as t
from storage.engine import open_database, writing
from storage.trend_report import event_report
from storage.trend_values import DatedBy, Question, Split
from storage.trends import event_series

BEGIN, DAYS = date(2020, 1, 1), 1826
NOW = datetime(2025, 1, 2, tzinfo=UTC)
PEOPLE = "NL GB MX NG DE BR CO PE ES FR IT US PH TH ID KE ZA AU PL RO".split()  # noqa: SIM905
HELD = "PE TH ID ES US AE IE IN CN MA BR AR SG MY KR JP VN TR ET GH".split()  # noqa: SIM905


def main(arguments: Sequence[str]) -> None:
    """Fill a database, time the questions."""
    parser = argparse.ArgumentParser(prog="python -m bench trends")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--outlets", type=int, default=400)
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        rows = _fill(engine, given.cases, given.articles, given.outlets)
        print(
            f"{given.cases:,} cases, {given.articles:,} articles on {rows:,} days of {given.outlets} outlets"
        )
        for name, milliseconds in _measure(engine):
            print(f"{name:<52} {milliseconds:7.0f} ms")
        engine.dispose()


def _measure(engine: Engine) -> Iterator[tuple[str, float]]:
    months = Question(step=Step.MONTH)
    yield "monthly series", _best(lambda: event_series(engine, months))
    for split in (Split.COUNTRY, Split.PAIR, Split.DRUG, Split.SOURCE):
        yield f"the same by {split.value}", _best(lambda: event_series(engine, replace(months, split=split)))  # noqa: B023
    one = replace(months, nationality=("NL",), country=("PE",))
    yield "the same of one pair", _best(lambda: event_series(engine, one))
    some = replace(months, source=tuple(f"outlet-{n}" for n in range(50)), by=DatedBy.ARTICLE)
    yield "the same in 50 outlets, by their first report", _best(lambda: event_series(engine, some))
    yield "matrix", _best(lambda: crosses.matrix(engine, Question()))
    yield "funnel", _best(lambda: crosses.funnel(engine, Question()))
    yield "outlets as they were followed (keep it)", _best(lambda: panels.load_panel(engine, now=NOW))
    panel = panels.load_panel(engine, now=NOW)
    yield (
        "series with coverage, rates and change points",
        _best(lambda: event_report(engine, months, panel, now=NOW, rates=True, changes=True)),
    )


def _best(work: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best * 1000


def _fill(engine: Engine, cases: int, articles: int, outlets: int) -> int:
    chance = random.Random(1)
    first = BEGIN.toordinal()
    with writing(engine) as connection:
        for start in range(0, cases, 5_000):
            numbers = range(start + 1, min(start + 5_000, cases) + 1)
            connection.execute(insert(t.Case), [_case(number) for number in numbers])
            connection.execute(
                insert(t.CaseCount), [_count(number, first, outlets, chance) for number in numbers]
            )
        rows = 0
        for place in range(outlets):
            days = [first + day for day in range(DAYS) if chance.random() < 0.75]
            each = max(1, round(articles / outlets / len(days)))
            values = [
                {
                    "source": f"outlet-{place}",
                    "day": date.fromordinal(day),
                    "seen": each,
                    "read": each,
                    "relevant": 0,
                }
                for day in days
            ]
            connection.execute(insert(t.Coverage), values)
            rows += len(values)
    return rows


def _case(number: int) -> dict[str, Any]:
    values = {"id": number, "country": "PE", "count": 1, "stage": "arrested", "reports": 1, "first_seen": NOW}
    return values | {
        "last_seen": NOW,
        "added": NOW,
        "changed": NOW,
        "merged_into": None,
        "forget": None,
        "seq": number,
    }


def _count(number: int, first: int, outlets: int, chance: random.Random) -> dict[str, Any]:
    day = first + chance.randrange(DAYS)
    seen = {f"outlet-{chance.randrange(outlets)}": day + each for each in range(chance.choice((1, 1, 2, 4)))}
    return {
        "case_id": number,
        "nationality": chance.choice(PEOPLE),
        "country": chance.choice(HELD),
        "stage": chance.choice(list(Stage)).value,
        "people": chance.choice((None, 1, 1, 2, 3)),
        "bound": Bound.EXACT.value,
        "day": day,
        "exactness": "day",
        "act_day": day,
        "seen_day": day,
        "quantity_kg": chance.random() * 20,
        "sentence_years": None,
        "sentence_word": None,
        "drugs": ",".join(sorted(chance.sample(list(Drug), chance.choice((1, 1, 1, 2))))),
        "stages": "arrested",
        "sources": seen,
        "languages": {"en": day},
    }
