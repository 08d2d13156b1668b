"""The latest of what a view of trends counts, for feed readers: its cases, its figures, its first pairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid5

from starlette.requests import Request
from starlette.responses import Response

from pipeline.vocabulary import Kind
from storage.figures import figure_lines, with_sentences
from storage.trend_cases import Point, cases_behind
from storage.trend_found import Answer, First
from storage.trend_values import Figure, FigureLine, FirstSeen
from storage.trend_words import head_of, when_of
from web import words
from web.answers import base_of, site_of
from web.asking import Given
from web.feeds import ENTRIES, HOME, Entry, case_entry, feed_of
from web.site import Site
from web.trend_tables import figure_words


def trend_feed(request: Request, given: Given, answers: Iterable[Answer]) -> Response:
    """The entries of all answers of a view, the latest first."""
    site, base = site_of(request), base_of(request)
    entries = [entry for each in answers for entry in _entries(site, base, each)]
    entries.sort(key=lambda entry: entry.updated, reverse=True)
    return feed_of(request, given, "trends", entries[:ENTRIES])


def _entries(site: Site, base: str, answer: Answer) -> list[Entry]:
    if isinstance(answer.found, First):
        pairs = enumerate(answer.found.pairs[:ENTRIES])
        return [_first(each, answer.found.text[place], base) for place, each in pairs]
    if answer.asked.kind is Kind.EVENT:
        found = cases_behind(site.engine, Point(asked=answer.asked), limit=ENTRIES, after=None)
        return [case_entry(each, base, site.outlet(each.reports[-1].source)) for each in found.rows]
    lines = figure_lines(site.engine, replace(answer.asked, split=None), latest=ENTRIES)
    return [
        _figure(line, each, base, site)
        for line in with_sentences(site.engine, lines)
        for each in line.figures
    ]


def _first(pair: FirstSeen, text: str, base: str) -> Entry:
    at = _midnight(pair.day)
    key = f"{base} first {pair.nationality}-{pair.country} {pair.case_id} {pair.day}"
    return Entry(
        id=f"urn:uuid:{uuid5(HOME, key)}",
        title=words.plain(text),
        url=f"{base}cases/{pair.case_id}",
        author="detainee-watch",
        published=at,
        updated=at,
        lines=(),
        quote="",
    )


def _figure(line: FigureLine, figure: Figure, base: str, site: Site) -> Entry:
    at = figure.published or _midnight(figure.days[1])
    return Entry(
        # As in the feed of figures: it is the same thing.
        id=f"urn:uuid:{uuid5(HOME, f'{base} record {figure.record_id}')}",
        title=words.plain(f"{head_of(line)}: {figure_words(figure)}, {when_of(figure)}"),
        url=f"{base}articles/{figure.article_id}",
        author=words.plain(site.outlet(figure.outlet)) or "handed in",
        published=figure.published,
        updated=at,
        lines=(),
        quote=words.plain(figure.evidence),
        related=words.link(figure.url),
    )


def _midnight(day: int) -> datetime:
    return datetime.combine(date.fromordinal(day), datetime.min.time(), UTC)
