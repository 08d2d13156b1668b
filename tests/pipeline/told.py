"""A text as the article that the reading takes it for, and the people whom it names."""

from __future__ import annotations

from datetime import datetime

from pipeline.groups import Group
from pipeline.segments import split_sentences
from pipeline.types import Article
from pipeline.understand import read


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


def people(language: str, text: str) -> list[Group]:
    """The phrases of people in a text without a title."""
    groups = read(told(language, text)).groups
    return [g for g in groups if g.form != "attribute" and not g.form.startswith("number")]
