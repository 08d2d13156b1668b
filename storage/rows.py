"""Value ↔ row, both directions side by side. Pure.

Text that a database cannot hold is changed by one rule, STORABLE, and nowhere else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from pipeline.types import Article, Assessment, FeedEntry, Page, Record, Span
from pipeline.urls import MAX_URL, canonical_url
from pipeline.vocabulary import Bound, DateOrigin, Drug, FeedState, Kind, Per, Stage
from storage.values import ArticleRow, FeedFetch, RecordRow, StoredArticle

STORABLE = re.compile("[\x00\ud800-\udfff]")
"""What no database takes as text: NUL and halves of surrogate pairs. Each becomes U+FFFD, one for
one, so that the offsets of evidence still hold."""
TEXT_SCHEME = "text:"
"""Begins the key of a text that has no web address; a hash of the text follows."""
MAX_REASONS = 50
"""Reasons that are kept of a verdict, the weightiest."""
FUTURE_SLACK = timedelta(days=1)
"""A publication further in the future than this is a mistake of the outlet's."""


def storable(text: str) -> str:
    """``text`` by the rule STORABLE; of the same length."""
    return STORABLE.sub("\ufffd", text)


@lru_cache(maxsize=16_384)  # an address comes by in its feed, on saving and with its article
def page_key(url: str) -> str:
    """The spelling under which an address is stored; what is no web address is kept as it is,
    cut to a length that stays unlike others."""
    try:
        return canonical_url(url)
    except ValueError:
        url = storable(url.strip())
        if len(url) <= MAX_URL:
            return url
        return f"{url[: MAX_URL - 70]}#{hashlib.sha256(url.encode()).hexdigest()}"


def text_key(text: str) -> str:
    """The key of a text that has no address: the same words have the same key."""
    return TEXT_SCHEME + text_hash(text)


def shown_url(key: str) -> str:
    """The address that a user sees for a key."""
    return "" if key.startswith(TEXT_SCHEME) else key


def text_hash(text: str) -> str:
    """A hash of the words; white space does not count."""
    return hashlib.sha256(" ".join(storable(text).split()).encode()).hexdigest()[:32]


def article_key(article: Article) -> str:
    """The key of an article."""
    return page_key(article.url) if article.url else text_key(article.text)


def rejected_key(page: Page) -> str:
    """The key of a page that did not become an article."""
    url = page.entry.url or page.url
    return page_key(url) if url else text_key(page.body.decode("utf-8", "replace"))


def coverage_day(published: datetime | None, now: datetime) -> date:
    """The day (UTC) under which coverage counts a page: of publication, else the present one."""
    if published is None or published > now + FUTURE_SLACK:
        return now.astimezone(UTC).date()
    return published.astimezone(UTC).date()


# -- feed entries ---------------------------------------------------------------------------------


def pending_values(key: str, entry: FeedEntry, *, run: int | None, now: datetime) -> dict[str, Any]:
    """A row of pages for an entry that is to be fetched."""
    return {
        "url": key,
        "given_url": storable(entry.url) if entry.url != key else None,
        "final_url": None,
        "source": entry.source,
        "title": storable(entry.title),
        "summary": storable(entry.summary) or None,
        "published": entry.published,
        "day": coverage_day(entry.published, now),
        "first_seen": now,
        "checked": None,
        "outcome": "pending",
        "detail": "",
        "tries": 0,
        "open": True,
        "run_id": run,
        "article_id": None,
    }


def entry_from(row: Any) -> FeedEntry:
    """The entry that a row of pages came from."""
    return FeedEntry(
        source=row.source,
        url=row.given_url or shown_url(row.url),
        title=row.title,
        summary=row.summary or "",
        published=row.published,
    )


# -- fetches --------------------------------------------------------------------------------------


def fetch_values(fetch: FeedFetch, *, run: int | None, new: int) -> dict[str, Any]:
    """A row of fetches."""
    return {
        "run_id": run,
        "source": fetch.source,
        "url": storable(fetch.url),
        "fetched": fetch.fetched,
        "state": fetch.state.value,
        "status": fetch.status,
        "entries": fetch.entries,
        "new": new,
        "bytes": fetch.bytes,
        "seconds": fetch.seconds,
        "detail": storable(fetch.detail)[:500],
    }


def fetch_from(row: Any) -> FeedFetch:
    """The fetch of a row; validators are only remembered for the latest, in feeds."""
    return FeedFetch(
        source=row.source,
        url=row.url,
        fetched=row.fetched,
        state=FeedState(row.state),
        status=row.status,
        entries=row.entries,
        new=row.new,
        bytes=row.bytes,
        seconds=row.seconds,
        detail=row.detail,
    )


# -- articles -------------------------------------------------------------------------------------


def article_values(article: Article, *, now: datetime) -> dict[str, Any]:
    """What a row of articles takes from the article itself; ``dated`` is for a first saving."""
    return {
        "source": article.source,
        "title": storable(article.title),
        "text": storable(article.text),
        "text_hash": text_hash(article.text),
        "language": article.language,
        "published": article.published,
        "date_origin": article.date_origin.value if article.date_origin else None,
        "dated": article.published or now,
        "outlet_country": article.outlet_country,
    }


def verdict_values(assessment: Assessment) -> dict[str, Any]:
    """What a row of articles takes from the verdict."""
    return {
        "score": assessment.score,
        "reasons": [
            {
                "rule": reason.rule,
                "weight": reason.weight,
                "start": reason.span.start if reason.span else None,
                "end": reason.span.end if reason.span else None,
                "text": storable(reason.span.text)[:200] if reason.span else None,
            }
            for reason in assessment.reasons[:MAX_REASONS]
        ],
    }


def stored_from(row: Any) -> StoredArticle:
    """The article of a row, with its text."""
    return StoredArticle(
        id=row.id,
        url=shown_url(row.url),
        source=row.source,
        title=row.title,
        text=row.text,
        language=row.language,
        published=row.published,
        date_origin=DateOrigin(row.date_origin) if row.date_origin else None,
        outlet_country=row.outlet_country,
        relevant=row.relevant,
    )


def article_from(row: Any, records: Iterable[RecordRow]) -> ArticleRow:
    """The article of a row as a list shows it."""
    return ArticleRow(
        id=row.id,
        url=shown_url(row.url),
        source=row.source,
        title=row.title,
        language=row.language,
        published=row.published,
        date_origin=DateOrigin(row.date_origin) if row.date_origin else None,
        outlet_country=row.outlet_country,
        first_seen=row.first_seen,
        revised=row.revised,
        revision=row.revision,
        score=row.score,
        records=tuple(records),
    )


# -- records --------------------------------------------------------------------------------------


def record_values(record: Record, *, position: int) -> dict[str, Any]:
    """What a row of records takes from a record; its drugs are rows of record_drugs."""
    word = record.sentence if isinstance(record.sentence, str) else None
    return {
        "position": position,
        "nationality": record.nationality,
        "country": record.country,
        "count": record.count,
        "bound": record.bound.value,
        "per": record.per.value if record.per else None,
        "kind": record.kind.value,
        "stage": record.stage.value,
        "quantity_kg": record.quantity_kg,
        "sentence_years": None if word or record.sentence is None else float(record.sentence),
        "sentence_word": word,
        "drug_share": record.drug_share,
        "when": record.when,
        "place": storable(record.place) if record.place is not None else None,
        "evidence": storable(record.evidence.text),
        "evidence_start": record.evidence.start,
        "evidence_end": record.evidence.end,
        "confidence": record.confidence,
    }


def record_from(row: Any, drugs: Sequence[str]) -> Record:
    """The record of a row and its drugs."""
    return Record(
        nationality=row.nationality,
        country=row.country,
        count=row.count,
        kind=Kind(row.kind),
        stage=Stage(row.stage),
        drugs=tuple(Drug(drug) for drug in sorted(drugs)),
        quantity_kg=row.quantity_kg,
        sentence=row.sentence_word or row.sentence_years,
        drug_share=row.drug_share,
        when=row.when,
        place=row.place,
        evidence=Span(start=row.evidence_start, end=row.evidence_end, text=row.evidence),
        bound=Bound(row.bound),
        per=Per(row.per) if row.per else None,
        confidence=row.confidence,
    )


def drug_words(drugs: str | None) -> list[str]:
    """The drugs of a row that has them in one column, with commas between them."""
    return drugs.split(",") if drugs else []


def record_row_from(row: Any, drugs: Sequence[str]) -> RecordRow:
    """The record of a row that is joined with its article's columns, labelled ``article_…``."""
    return RecordRow(
        id=row.id,
        article_id=row.article_id,
        record=record_from(row, drugs),
        url=shown_url(row.article_url),
        source=row.article_source,
        title=row.article_title,
        language=row.article_language,
        published=row.article_published,
        outlet_country=row.article_outlet_country,
        first_seen=row.article_first_seen,
    )
