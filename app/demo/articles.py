"""The articles of the sample world: data files → Story values, dated relative to now. Pure.

A line of ``data/<lang>.jsonl`` is one article: ``outlet``, ``title``, ``text`` (paragraphs with an
empty line between), ``hours`` (published so long before now), ``tags`` and ``records`` (what a
careful reader finds in it: "BR PT 2 arrested" is two Brazilians arrested in Portugal), and for one
that its outlet corrects ``correction``, the words that are replaced.

Dates in the words move with the date of publication: ``{wd-1}`` is the weekday of the day before,
``{d-3}`` day and month three days before, ``{m-1}`` the month before by its name, ``{my-1}`` the
same with its year, ``{y-1}`` the year before.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files

from babel.dates import format_date

from pipeline.record_words import Group
from pipeline.vocabulary import LANGUAGES, Stage

CORRECTED = "corrected"
"""Tag of the article that its outlet corrects between the rounds."""
SAME_STORY = "same-story"
"""Tag of the one story that three outlets have."""
WINDOWS = "windows-1252"
"""Tag of the page that is served in that charset."""

_DATE = re.compile(r"\{(wd|d|my|m|y)([+-]\d+)?\}")
_PATTERNS = {
    "en": ("d MMMM", "MMMM y"),
    "es": ("d 'de' MMMM", "MMMM 'de' y"),
    "pt": ("d 'de' MMMM", "MMMM 'de' y"),
    "fr": ("d MMMM", "MMMM y"),
    "de": ("d. MMMM", "MMMM y"),
    "it": ("d MMMM", "MMMM y"),
    "nl": ("d MMMM", "MMMM y"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article as its outlet publishes it."""

    outlet: str  # slug
    language: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime  # aware UTC
    path: str
    tags: frozenset[str]
    groups: tuple[Group, ...]  # what a careful reader finds
    correction: tuple[tuple[str, str], ...] = ()  # words → what replaces them

    @property
    def relevant(self) -> bool:
        """Whether it reports a foreign drug detainee."""
        return bool(self.groups)

    def corrected(self, text: str) -> str:
        """The text as it stands after the outlet's correction."""
        for before, after in self.correction:
            text = text.replace(before, after)
        return text


def load_stories(now: datetime) -> tuple[Story, ...]:
    """All articles of the world, in the order of their files."""
    stories: list[Story] = []
    for language in LANGUAGES:
        text = (files("app.demo") / "data" / f"{language}.jsonl").read_text(encoding="utf-8")
        stories += (_story(json.loads(line), language, now) for line in text.splitlines())
    return tuple(stories)


def fill_dates(text: str, language: str, published: date) -> str:
    """The text with its dates written out, in the words of its language."""
    day_pattern, month_pattern = _PATTERNS[language]

    def written(found: re.Match[str]) -> str:
        shift = int(found[2] or 0)
        match found[1]:
            case "wd":
                return format_date(published + timedelta(days=shift), "EEEE", locale=language)
            case "d":
                return format_date(published + timedelta(days=shift), day_pattern, locale=language)
            case "y":
                return str(published.year + shift)
            case unit:
                pattern = month_pattern if unit == "my" else "MMMM"
                return format_date(_months(published, shift), pattern, locale=language)

    return _DATE.sub(written, text)


def slugify(title: str) -> str:
    """The end of an address, made of a headline."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:9])


def _story(line: Mapping[str, object], language: str, now: datetime) -> Story:
    hours, correction = line["hours"], line.get("correction", {})
    tags, records = line.get("tags", []), line.get("records", [])
    assert isinstance(hours, int | float)
    assert isinstance(correction, dict)
    assert isinstance(tags, list)
    assert isinstance(records, list)
    published = (now - timedelta(hours=hours)).replace(microsecond=0)
    title = fill_dates(str(line["title"]), language, published.date())
    text = fill_dates(str(line["text"]), language, published.date())
    return Story(
        outlet=str(line["outlet"]),
        language=language,
        title=title,
        paragraphs=tuple(text.split("\n\n")),
        published=published,
        path=f"/{published:%Y/%m/%d}/{slugify(title)}.html",
        tags=frozenset(tags),
        groups=tuple(map(_group, records)),
        correction=tuple(correction.items()),
    )


def _group(words: str) -> Group:
    """ "BR PT 2 arrested" → two Brazilians arrested in Portugal; "-" for no number."""
    nationality, country, count, stage = words.split()
    number = None if count == "-" else int(count)
    return Group(nationality=nationality, country=country, count=number, stage=Stage(stage))


def _months(day: date, shift: int) -> date:
    """The first of the month so many months away."""
    months = day.year * 12 + day.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)
