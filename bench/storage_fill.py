"""What the databases of the benchmark of storage hold: invented articles, records and cases."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert

from bench.cases import make_report
from pipeline.types import Article, Assessment, Extracted, Irrelevant, Outcome, Reason, Record, Span
from pipeline.vocabulary import Bound, DateOrigin, Drug, Kind, Stage
from storage import case_rows
from storage import tables as t
from storage.engine import is_postgres, writing

NOW = datetime(2026, 3, 1, tzinfo=UTC)
EPOCH = date(1970, 1, 1).toordinal()
FIRST, LAST = date(2021, 1, 1).toordinal(), date(2025, 12, 31).toordinal()
DAYS = 10 * 365
RARE = "zanzibarite"
"""A word of one article in a thousand."""
COMMON = "cocaine"
"""A word of three articles in ten."""
BATCH = 5_000
DAY = 100
"""Articles that a reader who comes every day has not seen."""
COUNTRIES = ("PE", "BR", "CO", "ES", "TH", "NL", "MX", "GB", "FR", "DE", "IT", "NG", "ZA", "ID", "AU", "VE")


def _words() -> list[str]:
    dice = random.Random(3)
    parts = ("ra", "ko", "lim", "est", "an", "to", "ve", "mar", "su", "pol", "ni", "der", "gal", "ish", "qui")
    return ["".join(dice.choices(parts, k=dice.randint(2, 4))) for _ in range(20_000)]


WORDS = _words()


def text_of(dice: random.Random) -> str:
    """About 1,500 characters; a few words are frequent and most are rare, as in the news."""
    words = [WORDS[min(int(dice.paretovariate(0.6)) - 1, len(WORDS) - 1)] for _ in range(220)]
    if dice.random() < 0.3:
        words[dice.randrange(200)] = COMMON
    if dice.random() < 0.001:
        words[dice.randrange(200)] = RARE
    return " ".join(words)


def fill(engine: Engine, size: int) -> None:
    """``size`` articles with their pages, three records for ten of them and one case for ten."""
    dice = random.Random(size)
    for first in range(1, size + 1, BATCH):
        numbers = range(first, min(first + BATCH, size + 1))
        with writing(engine) as connection:
            connection.execute(insert(t.Article), [_article(number, dice) for number in numbers])
            connection.execute(insert(t.Page), [_page(number) for number in numbers])
            # Records of the articles 1, 2, 3, 11, 12, 13, …; those of 1, 11, … are of a case.
            told = [number for number in numbers if number % 10 in (1, 2, 3)]
            records = [_record(number, dice) for number in told]
            connection.execute(insert(t.Record), records)
            drugs = [{"record_id": row["id"], "drug": dice.choice(list(Drug)).value} for row in records]
            connection.execute(insert(t.RecordDrug), drugs)
            connection.execute(insert(t.RecordHistory), [_history(row) for row in records])
            _cases(connection, [number for number in numbers if number % 10 == 1], records)
    with writing(engine) as connection:
        connection.execute(insert(t.Counter), [{"name": "changes", "value": size}])
        connection.execute(insert(t.Reader), [{"name": "bench", "list": "articles", "seq": size - DAY}])
        connection.execute(insert(t.Coverage), list(_coverage(size)))
        _numbers(connection, size)
    _ready(engine)


def _ready(engine: Engine) -> None:
    """What a server does by itself after a while, and SQLite does without."""
    if is_postgres(engine):
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _numbers(connection: Any, size: int) -> None:
    if is_postgres(connection):
        for table in ("articles", "records", "pages", "cases", "case_reports", "record_history"):
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {size + 1})")


def _moment(number: int) -> datetime:
    return NOW - timedelta(minutes=(number * 7919) % (DAYS * 24 * 60))


def _article(number: int, dice: random.Random) -> dict[str, Any]:
    title = " ".join(dice.choices(WORDS, k=8))
    moment = _moment(number)
    return {
        "id": number, "url": f"https://outlet.example/{number}", "source": f"outlet-{number % 70}",
        "title": title, "text_hash": str(number), "language": ("en", "es", "pt", "fr")[number % 4],
        "published": moment, "date_origin": "feed", "dated": moment, "outlet_country": "PE",
        "first_seen": moment, "revised": None, "revision": 0, "relevant": True, "score": 0.9, "seq": number,
        "reasons": [], "text": f"{title}\n{text_of(dice)}",
    }  # fmt: skip


def _page(number: int) -> dict[str, Any]:
    moment = _moment(number)
    return {
        "id": number, "url": f"https://outlet.example/{number}", "given_url": None, "final_url": None,
        "source": f"outlet-{number % 70}", "title": "", "summary": None, "published": moment,
        "day": moment.date(), "first_seen": moment, "checked": moment, "outcome": "relevant", "detail": "",
        "tries": 0, "open": False, "run_id": None, "article_id": number,
    }  # fmt: skip


def _record(number: int, dice: random.Random) -> dict[str, Any]:
    return {
        "id": number, "article_id": number, "position": 0, "nationality": dice.choice(COUNTRIES),
        "country": dice.choice(COUNTRIES), "count": dice.randrange(1, 9), "bound": "exact", "per": None,
        "kind": "event" if number % 10 == 1 else dice.choice(list(Kind)).value, "stage": "arrested",
        "quantity_kg": dice.uniform(0.1, 400), "sentence_years": None, "sentence_word": None,
        "drug_share": None, "when": None, "place": None, "evidence": "They were held at the airport.",
        "evidence_start": 0, "evidence_end": 30, "confidence": 1.0, "first_seen": _moment(number),
        "changed": _moment(number), "seq": number,
    }  # fmt: skip


def _history(row: dict[str, Any]) -> dict[str, Any]:
    left = ("id", "position", "evidence_start", "evidence_end", "first_seen", "changed", "seq")
    kept = {name: value for name, value in row.items() if name not in left}
    case = (row["article_id"] + 9) // 10 if row["article_id"] % 10 == 1 else None
    more = {
        "record_id": row["id"],
        "case_id": case,
        "drugs": "",
        "valid_from": row["changed"],
        "valid_to": None,
    }
    return kept | more


def _cases(connection: Any, numbers: Iterable[int], records: list[dict[str, Any]]) -> None:
    of = {row["id"]: row for row in records}
    made = [((number + 9) // 10, number, make_report((number - 1) // 10)) for number in numbers]
    rows: dict[type[t.Base], list[dict[str, Any]]] = {}

    def add(table: type[t.Base], *given: dict[str, Any]) -> None:
        rows.setdefault(table, []).extend(given)

    for case, article, report in made:
        moment = _moment(article)
        add(t.Case, {
            "id": case, "country": report.country, "count": 1, "stage": "arrested", "reports": 1,
            "first_seen": moment, "last_seen": moment, "added": moment, "changed": moment,
            "merged_into": None, "forget": None, "seq": case,
        })  # fmt: skip
        clues = case_rows.clues_values(report)
        add(t.CaseReport, {
            "id": case, "case_id": case, "article_id": article, "day": report.seen, "pinned": False,
            "clues": clues,
        })  # fmt: skip
        add(t.CaseRecord, {"record_id": article, "report_id": case})
        add(t.CasePeople, *(
            {"report_id": case, "nationality": nationality, "country": report.country, "day": report.seen,
             "count": count}
            for nationality, count in report.people
        ))  # fmt: skip
        add(t.CaseKey, *({"key": key, "report_id": case} for key in case_rows.stored_keys(report)))
        names = case_rows.name_rows(report)
        add(t.CaseName, *({"name": name, "report_id": case, "sort": sort} for name, sort in names))
        row = of[article]
        add(t.CaseCount, {
            "case_id": case, "nationality": row["nationality"], "country": row["country"],
            "stage": "arrested", "people": row["count"], "bound": "exact", "day": moment.date().toordinal(),
            "exactness": "day", "act_day": None, "seen_day": moment.date().toordinal(),
            "quantity_kg": row["quantity_kg"], "sentence_years": None, "sentence_word": None,
            "drugs": "cocaine", "stages": "arrested", "sources": {"outlet-1": 1}, "languages": {"en": 1},
        })  # fmt: skip
    for table, values in rows.items():
        connection.execute(insert(table), values)


def _coverage(size: int) -> Iterable[dict[str, Any]]:
    for source in range(70):
        for back in range(0, DAYS, 7):
            day = NOW.date() - timedelta(days=back)
            count = max(1, size // 40_000)
            yield {"source": f"outlet-{source}", "day": day, "seen": count, "read": count, "relevant": count}


def _told(dice: random.Random) -> Article:
    number = dice.getrandbits(60)
    sentence = f"{dice.choice(('Two', 'Three'))} Dutch nationals were arrested in Lima with cocaine."
    title = f"Story {number}"
    return Article(
        url=f"https://news.example/{number}", source="outlet-1", title=title,
        text=f"{title}\n{sentence} {text_of(dice)}", language="en",
        published=NOW - timedelta(minutes=dice.randrange(DAYS * 1440)), date_origin=DateOrigin.FEED,
        outlet_country="PE", segments=(),
    )  # fmt: skip


def news(dice: random.Random) -> Outcome:
    """A relevant article with one record."""
    article = _told(dice)
    start = article.text.index("\n") + 1
    end = article.text.index(".", start) + 1
    record = Record(
        nationality=dice.choice(COUNTRIES), country=dice.choice(COUNTRIES), count=dice.randrange(1, 5),
        kind=Kind.EVENT, stage=Stage.ARRESTED, drugs=(Drug.COCAINE,), quantity_kg=dice.uniform(0.1, 90),
        sentence=None, drug_share=None, when=None, place="Lima", bound=Bound.EXACT,
        evidence=Span(start=start, end=end, text=article.text[start:end]),
    )  # fmt: skip
    reason = Reason(rule="custody", weight=1.0, span=Span(start=start, end=end, text=article.text[start:end]))
    verdict = Assessment(relevant=True, score=0.9, reasons=(reason,))
    return Extracted(article=article, assessment=verdict, records=(record,))


def nothing(dice: random.Random) -> Outcome:
    """An article that is not relevant, as most are."""
    return Irrelevant(article=_told(dice), assessment=Assessment(relevant=False, score=0.1, reasons=()))
