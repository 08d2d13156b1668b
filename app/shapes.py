"""Values → the shapes that --json, --csv and --jsonl show; README.md describes them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.signal_words import describe
from pipeline.types import Article, Assessment, Extracted, Outcome, Record, Rejected
from pipeline.vocabulary import FeedState

if TYPE_CHECKING:
    from crawler.report import CrawlReport
    from storage.values import ArticleRow, ReadingChange, RecordRow

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
    return {
        "nationality": record.nationality,
        "country": record.country,
        "count": record.count,
        "bound": record.bound.value,
        "per": record.per.value if record.per else None,
        "kind": record.kind.value,
        "stage": record.stage.value,
        "drugs": [drug.value for drug in record.drugs],
        "quantity_kg": record.quantity_kg,
        "sentence": record.sentence,
        "drug_share": record.drug_share,
        "when": record.when,
        "place": record.place,
        "evidence": record.evidence.text,
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


def outcome_shape(outcome: Outcome) -> dict[str, Any]:
    """A verdict with its records; for a page that was not read the rejection's name and a word more."""
    if isinstance(outcome, Rejected):
        return {
            "relevant": False,
            "score": 0.0,
            "rejected": outcome.reason.value,
            "detail": outcome.detail,
            "reasons": [],
            "records": [],
        }
    return {
        "relevant": outcome.assessment.relevant,
        "score": outcome.assessment.score,
        "reasons": reasons_shape(outcome.assessment),
        "records": [record_shape(each) for each in outcome.records] if isinstance(outcome, Extracted) else [],
    }


def read_article_shape(article: Article) -> dict[str, Any]:
    """What was read out of a page; offsets of evidence count characters of ``text``."""
    return {
        "url": article.url,
        "title": article.title,
        "language": article.language,
        "published": article.published,
        "date_origin": article.date_origin.value if article.date_origin else None,
        "text": article.text,
    }


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


def crawl_shape(report: CrawlReport) -> dict[str, Any]:
    """What came of a crawl."""
    states = [source.state for source in report.sources]
    return {
        "run": report.run,
        "started": report.started,
        "ended": report.ended,
        "interrupted": report.interrupted,
        "reason": report.reason,
        "left": report.left,
        "summary": {
            "sources": len(states),
            "ok": sum(state in (FeedState.OK, FeedState.EMPTY) for state in states),
            "unchanged": states.count(FeedState.UNCHANGED),
            "failed": sum(state.failed for state in states),
            "new": sum(source.new for source in report.sources),
            "read": sum(source.read for source in report.sources),
            "relevant": sum(source.relevant for source in report.sources),
            "rejected": rejections(report),
        },
        "sources": [
            {
                "slug": source.slug,
                "name": source.name,
                "state": source.state.value,
                "failed": source.state.failed,
                "detail": source.detail,
                "entries": source.entries,
                "new": source.new,
                "read": source.read,
                "relevant": source.relevant,
                "rejected": source.rejected,
            }
            for source in report.sources
        ],
    }


def rejections(report: CrawlReport) -> dict[str, int]:
    """Pages that were not read, by reason, the most frequent first."""
    sums: dict[str, int] = {}
    for source in report.sources:
        for reason, number in source.rejected.items():
            sums[reason] = sums.get(reason, 0) + number
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def change_shape(change: ReadingChange) -> dict[str, Any]:
    """What reading a stored article again changed."""
    return {
        "article_id": change.article_id,
        "url": change.url,
        "title": change.title,
        "was_relevant": change.was_relevant,
        "relevant": change.relevant,
        "failed": change.failed or None,
        "added": [record_shape(record) for record in change.added],
        "removed": [record_shape(record) for record in change.removed],
        "changed": [
            {"before": record_shape(before), "after": record_shape(after)} for before, after in change.changed
        ],
    }
