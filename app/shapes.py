"""Values → the shapes that --json, --csv and --jsonl show; README.md describes them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.types import Article, Extracted, Outcome, Rejected
from pipeline.vocabulary import FeedState
from storage.shapes import (
    ARTICLE_COLUMNS,
    RECORD_COLUMNS,
    article_row_csv,
    article_row_shape,
    reasons_shape,
    record_row_shape,
    record_shape,
)

if TYPE_CHECKING:
    from crawler.report import CrawlReport
    from storage.values import ReadingChange

__all__ = [
    "ARTICLE_COLUMNS",
    "RECORD_COLUMNS",
    "article_row_csv",
    "article_row_shape",
    "change_shape",
    "crawl_shape",
    "outcome_shape",
    "read_article_shape",
    "reasons_shape",
    "record_row_shape",
    "record_shape",
    "rejections",
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
            "resting": states.count(FeedState.RESTING),
            "elsewhere": states.count(FeedState.ELSEWHERE),
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
