"""An explanation as JSON. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.shapes import read_article_shape, record_shape
from pipeline.explain import Explanation


def explanation_shape(explained: Explanation) -> dict[str, Any]:
    """What was read, the verdict with what spoke for it, the marks, and why each field has its value."""
    return {
        **read_article_shape(explained.article),
        "sentences": [{"start": each.start, "end": each.end} for each in explained.article.segments],
        "relevant": explained.relevant,
        "stopped": explained.stopped or None,
        "score": explained.score,
        "threshold": explained.threshold,
        "start": explained.start,
        "reasons": [asdict(each) for each in explained.reasons],
        "nations": dict(explained.nations),
        "phrases": [asdict(each) for each in explained.phrases],
        "marks": [asdict(each) for each in explained.marks],
        "records": [
            {
                **record_shape(each.record),
                "phrases": list(each.phrases),
                "fields": [asdict(field) for field in each.fields],
            }
            for each in explained.records
        ],
    }
