"""Records and articles → the shapes of JSON and CSV; README.md describes them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.corrections import as_fields
from pipeline.signal_words import describe
from pipeline.types import Assessment, Record
from storage.values import ArticleRow, RecordRow

if TYPE_CHECKING:
    from storage.review import Waiting

RECORD_COLUMNS = (
    "id",
    "article_id",
    "nationality",
    "country",
    "count",
    "bound",
    "per",
    "kind",
    "stage",
    "drugs",
    "quantity_kg",
    "sentence",
    "drug_share",
    "when",
    "place",
    "evidence",
    "confidence",
    "title",
    "url",
    "source",
    "language",
    "published",
    "outlet_country",
    "first_seen",
)
"""The columns of ``records --csv``, which are the keys of ``records --json`` without start and end."""

ARTICLE_COLUMNS = (
    "id",
    "title",
    "url",
    "source",
    "language",
    "published",
    "date_origin",
    "outlet_country",
    "first_seen",
    "revised",
    "revision",
    "score",
    "records",
    "nationalities",
    "countries",
    "evidence",
)
"""The columns of ``articles --csv``; there ``records`` is their number."""


def record_shape(record: Record) -> dict[str, Any]:
    """The codebook's fields, then the program's own. ``evidence`` is the sentence, its offsets beside it."""
    return as_fields(record) | {
        "start": record.evidence.start,
        "end": record.evidence.end,
        "confidence": record.confidence,
    }


def reasons_shape(assessment: Assessment) -> list[dict[str, Any]]:
    """Each reason with its weight, what it says and, where it has one, the piece of text that fired it."""
    return [
        {
            "rule": reason.rule,
            "weight": reason.weight,
            "says": describe("verdict", reason.rule),
            "text": reason.span.text if reason.span else None,
        }
        for reason in assessment.reasons
    ]


def record_row_shape(row: RecordRow) -> dict[str, Any]:
    """A record of the database with what one needs to know of its article."""
    return {
        "id": row.id,
        "article_id": row.article_id,
        **record_shape(row.record),
        "title": row.title,
        "url": row.url,
        "source": row.source,
        "language": row.language,
        "published": row.published,
        "outlet_country": row.outlet_country,
        "first_seen": row.first_seen,
    }


def article_row_shape(row: ArticleRow) -> dict[str, Any]:
    """A stored article with its records."""
    return {
        "id": row.id,
        "title": row.title,
        "url": row.url,
        "source": row.source,
        "language": row.language,
        "published": row.published,
        "date_origin": row.date_origin.value if row.date_origin else None,
        "outlet_country": row.outlet_country,
        "first_seen": row.first_seen,
        "revised": row.revised,
        "revision": row.revision,
        "score": row.score,
        "records": [{"id": each.id, **record_shape(each.record)} for each in row.records],
    }


def article_row_csv(row: ArticleRow) -> dict[str, Any]:
    """The same on one line of a table."""
    records = [each.record for each in row.records]
    return article_row_shape(row) | {
        "records": len(records),
        "nationalities": list(dict.fromkeys(record.nationality for record in records)),
        "countries": list(dict.fromkeys(record.country for record in records)),
        "evidence": records[0].evidence.text if records else None,
    }


def waiting_shape(each: Waiting) -> dict[str, Any]:
    """What waits for a person's word."""
    return {
        "article": each.article_id,
        "key": each.key,
        "url": each.url,
        "title": each.title,
        "source": each.source,
        "language": each.language or None,
        "published": each.published,
        "relevant": each.relevant,
        "score": each.score,
        "doubt": each.doubt,
        "why": list(each.why),
        "sample": each.sample or None,
    }
