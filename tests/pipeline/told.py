"""A text as the article that the reading takes it for."""

from __future__ import annotations

from datetime import datetime

from pipeline.segments import split_sentences
from pipeline.types import Article


def told(
    language: str, text: str, country: str | None = None, *, published: datetime | None = None
) -> Article:
    """An article without a title, of an outlet of ``country``."""
    return Article(
        url="",
        source="",
        title="",
        text=text,
        language=language,
        published=published,
        date_origin=None,
        outlet_country=country,
        segments=split_sentences(text, language, has_title=False),
    )
