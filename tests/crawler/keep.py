"""A reader that does the real reading and writes each outcome down, for tests that look at articles."""

from __future__ import annotations

import json
import os
import uuid
from datetime import datetime
from pathlib import Path

from crawler.reading import read_page
from pipeline.types import Outcome, Page, Rejected, Source

FOLDER = "TEST_KEEP_FOLDER"


def keep(page: Page, source: Source | None, now: datetime, since: datetime | None) -> Outcome:
    """``read_page``, with its outcome as a file in the folder that the environment names."""
    outcome = read_page(page, source, now, since)
    told: dict[str, str | None] = {"url": page.url}
    if isinstance(outcome, Rejected):
        told["outcome"] = outcome.reason.value
    else:
        article = outcome.article
        told |= {"outcome": "read", "title": article.title, "text": article.text, "lang": article.language}
        told["published"] = article.published.isoformat() if article.published else None
    (Path(os.environ[FOLDER]) / f"{uuid.uuid4().hex}.json").write_text(json.dumps(told), encoding="utf-8")
    return outcome
