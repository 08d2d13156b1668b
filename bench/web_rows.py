"""A large database for bench/web.py: five years of articles, cases and coverage, filled directly."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from pipeline.vocabulary import Drug, Stage
from storage.engine import writing
from storage.figure_store import count_all_figures


def _words(text: str) -> list[str]:
    return text.split()


DAYS = 1826
CHUNK = 5_000
PEOPLE = "NL GB MX NG DE BR CO PE ES FR IT US PH TH ID KE ZA AU PL RO".split()  # noqa: SIM905
HELD = "PE TH ID ES US AE IE IN CN MA BR AR SG MY KR JP VN TR ET GH".split()  # noqa: SIM905
LANGUAGES = "en en en es es pt fr de it nl".split()  # noqa: SIM905
_BEGINNINGS = "ba ce di fo gu ha li mo nu pa re si to va wo ze"
_ENDS = "ran len mit sor bak del fin gor hul jas kem lon"
WORDS = [f"{one}{other}" for one in _words(_BEGINNINGS) for other in _words(_ENDS)]
TOLD = "police customs airport court prison lawyer cocaine heroin suitcase kilos arrested sentenced lima"
STAGES = [stage.value for stage in Stage]
DRUGS = [drug.value for drug in Drug]
_STAMP = "%Y-%m-%d %H:%M:%S.%f"


def fill(engine: Engine, *, articles: int, cases: int, slugs: Sequence[str], now: datetime) -> None:
    """Five years up to ``now``. Each case has the reports of neighbouring articles; a twentieth of the
    records is figures."""
    begin = now.astimezone(UTC) - timedelta(days=DAYS)
    step = timedelta(days=DAYS) / articles
    per = max(1, articles // cases)
    with writing(engine) as connection:
        numbers = range(1, articles + 1)
        _put(connection, "articles", _ARTICLE, (_article(n, begin + step * n, slugs) for n in numbers))
        _put(connection, "pages", _PAGE, (_page(n, begin + step * n, slugs) for n in numbers))
        _put(connection, "records", _RECORD, (_record(n, begin + step * n, per) for n in numbers))
        _put(connection, "record_drugs", ("record_id", "drug"), ((n, _drug(n // per)) for n in numbers))
        _put(connection, "record_history", _HISTORY, (_noted(n, begin + step * n, per) for n in numbers))
        told = [n for n in numbers if not _is_figure(n)]
        last, known = cases * per, range(1, cases + 1)
        told = [n for n in told if n < last]
        _put(connection, "cases", _CASE, (_case(c, begin, step, per) for c in known))
        _put(
            connection,
            "case_history",
            _CASE_NOTED,
            (_steps(c, begin, step, per) for c in known),
        )
        _put(connection, "case_reports", _REPORT, (_report(n, begin + step * n, per) for n in told))
        _put(connection, "case_records", ("record_id", "report_id"), ((n, n) for n in told))
        _put(
            connection,
            "case_counts",
            _COUNT,
            (_count(c, begin, step, per, slugs) for c in known),
        )
        _put(connection, "coverage", ("source", "day", "seen", "read", "relevant"), _coverage(slugs, begin))
        _put(connection, "fetches", _FETCH, _fetches(slugs, now))
        for name in ("articles", "records", "cases"):
            connection.exec_driver_sql(
                "INSERT OR REPLACE INTO counters (name, value) VALUES (?, ?)", (name, articles)
            )
        count_all_figures(connection)
        connection.exec_driver_sql("INSERT INTO articles_fts (articles_fts) VALUES ('optimize')")


def _put(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    for chunk in _chunks(rows):
        connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", chunk)


def _chunks(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    chunk: list[tuple[Any, ...]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _pick(values: Sequence[Any], seed: int) -> Any:
    """One of the values, the first ones more often; always the same for a seed."""
    share = random.Random(seed).random() ** 2
    return values[int(share * len(values))]


def _is_figure(number: int) -> bool:
    return number % 20 == 7


def _people(case: int) -> tuple[str, str]:
    return _pick(PEOPLE, case * 3 + 1), _pick(HELD, case * 7 + 2)


def _drug(case: int) -> str:
    return str(_pick(DRUGS, case))


def _source(number: int, slugs: Sequence[str]) -> str:
    return str(slugs[(number * 7919) % len(slugs)])


def _text(number: int) -> str:
    chance = random.Random(number)
    return " ".join([*chance.choices(WORDS, k=55), *chance.sample(TOLD.split(), 3)])


_ARTICLE = _words(
    "id url source title text_hash language published date_origin dated outlet_country first_seen"
    " revision relevant score seq reasons text"
)


def _article(number: int, at: datetime, slugs: Sequence[str]) -> tuple[Any, ...]:
    stamp, text = at.strftime(_STAMP), _text(number)
    title = f"Report {number} {text[:24]}"
    return (
        *(number, f"https://outlet.example/{number}", _source(number, slugs), title, f"{number:x}"),
        *(LANGUAGES[number % len(LANGUAGES)], stamp, "feed", stamp, "PE", stamp, 0, 1, 0.9, number),
        *(
            json.dumps([{"rule": "custody", "weight": 2.5, "start": 0, "end": 6, "text": "Report"}]),
            f"{title}\n{text}",
        ),
    )


_PAGE = _words("id url source title published day first_seen checked outcome detail tries open article_id")


def _page(number: int, at: datetime, slugs: Sequence[str]) -> tuple[Any, ...]:
    stamp = at.strftime(_STAMP)
    return (
        *(number, f"https://outlet.example/{number}", _source(number, slugs), f"Report {number}", stamp),
        *(stamp[:10], stamp, stamp, "relevant", "", 0, 0, number),
    )


_FACTS = _words(
    "nationality country count bound kind stage quantity_kg when place evidence evidence_start"
    " evidence_end confidence"
)
_RECORD = ["id", "article_id", "position", *_FACTS, "first_seen", "changed", "seq"]


def _facts(number: int, at: datetime, per: int) -> tuple[Any, ...]:
    case = number // per
    figure = _is_figure(number)
    kind = ("stock" if number % 40 == 7 else "flow") if figure else "event"
    people, country = _people(number if figure else case)
    stage = "imprisoned" if figure else STAGES[min(number % per // 3, 3)]
    count = 100 + number % 900 if figure else (None, 1, 1, 2, 3)[case % 5]
    when = str(at.year) if figure else at.strftime("%Y-%m")
    said = f"{count or 'Some'} people were held, says report {number}."
    return (people, country, count, "exact", kind, stage, None, when, "Lima", said, 0, len(said), 0.8)


def _record(number: int, at: datetime, per: int) -> tuple[Any, ...]:
    stamp = at.strftime(_STAMP)
    return (number, number, 0, *_facts(number, at, per), stamp, stamp, number)


_HISTORY = ["record_id", "article_id", "case_id", *_FACTS[:10], "confidence", "drugs", "valid_from"]


def _noted(number: int, at: datetime, per: int) -> tuple[Any, ...]:
    facts = _facts(number, at, per)
    case = None if _is_figure(number) else number // per + 1
    return (number, number, case, *facts[:10], facts[12], _drug(number // per), at.strftime(_STAMP))


_CASE = ["id", "country", "count", "stage", "reports", "first_seen", "last_seen", "added", "changed", "seq"]


def _case(case: int, begin: datetime, step: timedelta, per: int) -> tuple[Any, ...]:
    first, last = (begin + step * ((case - 1) * per + n) for n in (1, per))
    _, country = _people(case - 1)
    stamps = [first.strftime(_STAMP), last.strftime(_STAMP)]
    return (case, country, 2, STAGES[min(per // 3, 3)], per, *stamps, *stamps, case * per)


_CASE_NOTED = ["case_id", "country", "count", "stage", "valid_from"]


def _steps(case: int, begin: datetime, step: timedelta, per: int) -> tuple[Any, ...]:
    _, country = _people(case - 1)
    at = begin + step * (case * per)
    return (case, country, 2, STAGES[min(per // 3, 3)], at.strftime(_STAMP))


_REPORT = ["id", "case_id", "article_id", "day", "pinned", "clues"]


def _report(number: int, at: datetime, per: int) -> tuple[Any, ...]:
    return (number, number // per + 1, number, at.toordinal(), 0, "{}")


_COUNT = _words(
    "case_id nationality country stage people bound day exactness act_day seen_day quantity_kg drugs"
    " stages sources languages"
)


def _count(case: int, begin: datetime, step: timedelta, per: int, slugs: Sequence[str]) -> tuple[Any, ...]:
    people, country = _people(case - 1)
    first = (case - 1) * per
    day = (begin + step * first).toordinal()
    sources = {_source(first + n, slugs): day for n in range(min(per, 4))}
    stages = ",".join(STAGES[: min(per // 3, 3) + 1])
    return (
        *(case, people, country, STAGES[min(per // 3, 3)], (None, 1, 1, 2, 3)[case % 5], "exact", day, "day"),
        *(day, day, case % 40 * 0.5, _drug(case - 1), stages, json.dumps(sources), json.dumps({"en": day})),
    )


def _coverage(slugs: Sequence[str], begin: datetime) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(1)
    for slug in slugs:
        for day in range(DAYS):
            if chance.random() < 0.75:
                yield (slug, (begin + timedelta(days=day)).date().isoformat(), 4, 4, 1)


_FETCH = ["source", "url", "fetched", "state", "entries", "new", "bytes", "seconds", "detail"]


def _fetches(slugs: Sequence[str], now: datetime) -> Iterator[tuple[Any, ...]]:
    for slug in slugs:
        for day in range(400):
            stamp = (now.astimezone(UTC) - timedelta(days=day)).strftime(_STAMP)
            yield (slug, f"https://{slug}.example/feed", stamp, "ok", 20, 3, 20_000, 0.4, "")
