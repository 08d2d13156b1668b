"""How long a preview over many stored articles takes; a part of bench/alerts.py."""

from __future__ import annotations

import random
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from alerts.query import parse
from alerts.trial import Trials, show_hits
from bench.alerts import COUNTRIES
from bench.gold import golden_articles
from pipeline.vocabulary import Drug, Kind, Stage
from storage import tables as t
from storage.alert_search import Stored
from storage.engine import open_database, reading, sqlite_url, writing

NOW = datetime(2026, 3, 1, tzinfo=UTC)
YEARS = 5
BATCH = 2_000
QUERIES = (
    '"drug mule" AND (Lima OR Callao) -film',
    "nationality:MX country:PE",
    "kind:stock nationality:MX",
    "stage:convicted drug:fentanyl",
    "cocaine",
    "cocaine -nationality:MX count>=5",
    "new_pair:12m",
    "stage_changed",
    "mule NEAR/5 airport",
    "traffick* lang:en quantity>100",
    "re:/fent[ao]n[iy]l/ country:US",
)


def preview(folder: Path, many: int) -> None:
    """Print how long each query takes over everything that is stored, to the ten latest hits."""
    path = folder / f"alerts-{many}.sqlite3"
    there = path.exists()
    engine = open_database(sqlite_url(path))
    try:
        if not there:
            _fill(engine, many)
        print(f"{many:,} stored articles, {path.stat().st_size / 1e6:,.0f} MB; seconds of a preview of all:")
        for query in QUERIES:
            best = min((_try(engine, query) for _ in range(2)), key=lambda each: each[0])
            print(f"  {best[0]:5.2f}  {best[1]:8,} hits  {query}")
    finally:
        engine.dispose()


def _try(engine: Engine, query: str) -> tuple[float, int]:
    began = time.perf_counter()
    with reading(engine) as connection:
        stored = Stored(connection, since=None, everything=False)
        trials = Trials(stored, parse(query))
        trial = trials.run()
        latest = sorted(trial.hits, key=lambda hit: hit.dated)[-10:]
        shown = show_hits(stored, trials, trial.query, latest)
    assert len(shown) == len(latest), (query, len(shown), len(latest))
    return time.perf_counter() - began, len(trial.hits)


def _fill(engine: Engine, many: int) -> None:
    """Articles whose sentences are those of tests/golden, with two records each, in cases of two reports."""
    chance = random.Random(11)
    sentences = [
        sentence
        for gold in golden_articles()
        for sentence in re.split(r"(?<=[.!?])\s+", gold["text"])
        if sentence
    ]
    for first in range(0, many, BATCH):
        articles, records, drugs, cases, reports, members = ([] for _ in range(6))  # type: ignore[var-annotated]
        for number in range(first + 1, min(first + BATCH, many) + 1):
            articles.append(_article(number, chance, sentences))
            case = (number + 1) // 2
            if number % 2:
                cases.append(_case(case))
            reports.append(
                {"id": number, "case_id": case, "article_id": number, "day": 1, "pinned": False, "clues": {}}
            )
            for place in (0, 1):
                record = number * 2 + place
                kind = Kind.EVENT if place == 0 else chance.choice(list(Kind))
                records.append(_record(record, number, place, kind, chance))
                drugs.append({"record_id": record, "drug": chance.choice(list(Drug)).value})
                if kind is Kind.EVENT:
                    members.append({"record_id": record, "report_id": number})
        with writing(engine) as connection:
            for table, values in (
                (t.Article, articles),
                (t.Record, records),
                (t.RecordDrug, drugs),
                (t.Case, cases),
                (t.CaseReport, reports),
                (t.CaseRecord, members),
            ):
                connection.execute(insert(table), values)
    with writing(engine) as connection:
        connection.exec_driver_sql("ANALYZE")


def _article(number: int, chance: random.Random, sentences: list[str]) -> dict[str, Any]:
    text = " ".join(chance.choice(sentences) for _ in range(20))
    dated = NOW - timedelta(minutes=chance.randrange(YEARS * 365 * 24 * 60))
    title = text[:60]
    return {
        "id": number,
        "url": f"https://outlet.example/{number}",
        "source": f"outlet-{number % 70}",
        "title": title,
        "text_hash": str(number),
        "language": chance.choice(("en", "es", "es", "pt", "fr")),
        "published": dated,
        "date_origin": "feed",
        "dated": dated,
        "outlet_country": "PE",
        "first_seen": dated,
        "revised": None,
        "revision": 0,
        "relevant": True,
        "score": 0.9,
        "seq": number,
        "reasons": [],
        "text": f"{title}\n{text}",
    }


def _record(number: int, article: int, place: int, kind: Kind, chance: random.Random) -> dict[str, Any]:
    return {
        "id": number,
        "article_id": article,
        "position": place,
        "nationality": chance.choice(COUNTRIES),
        "country": chance.choice(COUNTRIES),
        "count": chance.randrange(1, 40),
        "bound": "exact",
        "per": None,
        "kind": kind.value,
        "stage": chance.choice(list(Stage)).value,
        "quantity_kg": chance.uniform(0.1, 400),
        "sentence_years": None,
        "sentence_word": None,
        "drug_share": None,
        "when": None,
        "place": None,
        "evidence": "They were held.",
        "evidence_start": 0,
        "evidence_end": 15,
        "confidence": 1.0,
        "first_seen": NOW,
        "changed": NOW,
        "seq": number,
    }


def _case(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "country": "PE",
        "count": 1,
        "stage": "arrested",
        "reports": 2,
        "first_seen": NOW,
        "last_seen": NOW,
        "added": NOW,
        "changed": NOW,
        "merged_into": None,
        "forget": None,
        "seq": number,
    }
