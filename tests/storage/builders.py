"""Values for tests, each with a sensible default for what a test does not speak of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.types import (
    Article,
    Assessment,
    Extracted,
    FeedEntry,
    Irrelevant,
    Page,
    Reason,
    Record,
    Rejected,
    Span,
)
from pipeline.vocabulary import DateOrigin, Drug, FeedState, Kind, Rejection, Stage
from storage.values import FeedFetch

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
PAIRS = (("NL", "PE"), ("BR", "PE"), ("NL", "TH"), ("GB", "ES"))
"""Nationalities and countries of records that are unlike."""
SENTENCE = "Two Dutch nationals were arrested in Lima with 12 kilos of cocaine."


def url(number: int) -> str:
    return f"https://outlet.example/news/{number}"


def entry(number: int, **fields: Any) -> FeedEntry:
    values = {"source": "outlet", "url": url(number), "title": f"Story {number}", "summary": "In short."}
    return FeedEntry(**{**values, "published": NOW, **fields})


def fetch(state: FeedState = FeedState.OK, **fields: Any) -> FeedFetch:
    values = {"source": "outlet", "url": "https://outlet.example/feed", "fetched": NOW}
    return FeedFetch(**{**values, "state": state, **fields})


def article(number: int, body: str = SENTENCE, **fields: Any) -> Article:
    title = fields.get("title", f"Story {number}")
    values = {"url": url(number), "source": "outlet", "title": title, "text": f"{title}\n{body}"}
    values |= {"language": "en", "published": NOW, "date_origin": DateOrigin.FEED, "outlet_country": "PE"}
    return Article(**{**values, "segments": (), **fields})


def record(text: str = "", told: str = SENTENCE, **fields: Any) -> Record:
    start = max(text.find(told), 0)
    values: dict[str, Any] = {"nationality": "NL", "country": "PE", "count": 2, "kind": Kind.EVENT}
    values |= {"stage": Stage.ARRESTED, "drugs": (Drug.COCAINE,), "quantity_kg": 12.0, "sentence": None}
    values |= {"drug_share": None, "when": "2026-03", "place": "Lima"}
    values["evidence"] = Span(start=start, end=start + len(told), text=told)
    return Record(**{**values, **fields})


def unlike(number: int, *, apart: int, **fields: Any) -> tuple[Record, datetime]:
    """A record unlike those of the numbers beside it, and its day: each second one is ``apart`` days
    earlier."""
    people, country = PAIRS[number % len(PAIRS)]
    day = NOW - timedelta(days=apart * (number // 2))
    values: dict[str, Any] = {"nationality": people, "country": country, "count": number % 3 or None}
    values |= {"stage": (Stage.ARRESTED, Stage.CONVICTED)[number % 2], "place": f"Town {number}"}
    values |= {"drugs": (Drug.COCAINE, Drug.HEROIN)[: 1 + number % 2], "when": day.date().isoformat()}
    return record(**values | fields), day


def relevant(number: int, *records: Record, body: str = SENTENCE, **fields: Any) -> Extracted:
    told = article(number, body, **fields)
    reason = Reason(rule="custody", weight=2.5, span=Span(start=0, end=5, text=told.text[:5]))
    verdict = Assessment(relevant=True, score=0.9, reasons=(reason,))
    return Extracted(article=told, assessment=verdict, records=records or (record(told.text),))


def irrelevant(number: int, body: str = "The market opened late.", **fields: Any) -> Irrelevant:
    verdict = Assessment(relevant=False, score=0.1, reasons=())
    return Irrelevant(article=article(number, body, **fields), assessment=verdict)


def rejected(number: int, reason: Rejection = Rejection.TIMEOUT, *, status: int = 200) -> Rejected:
    page = Page(
        entry=entry(number), url=url(number), fetched=NOW, status=status, content_type="text/html", body=b""
    )
    return Rejected(page=page, reason=reason, detail="a word more")
