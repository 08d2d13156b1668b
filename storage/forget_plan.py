"""What would be forgotten: by an address, by words, by a case. Reads only."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, or_, select

from storage import rows
from storage import tables as t
from storage.case_edit import standing_id
from storage.engine import reading
from storage.phrases import Needle

CHUNK = 500
_TAG = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doomed:
    """One article or page that would go, as a person needs it to say yes."""

    url: str  # "" for text with no address
    source: str
    title: str  # may be empty
    day: datetime  # of publication, else when it was first seen
    stored: bool  # its text or records are stored
    cases: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be forgotten."""

    how: str  # address | match | case
    items: tuple[Doomed, ...]
    articles: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()
    hits: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()  # that get a tombstone although nothing is stored under them
    case: int | None = None  # the case that is to go

    @property
    def empty(self) -> bool:
        return not (self.articles or self.pages or self.hits)

    @property
    def cases(self) -> tuple[int, ...]:
        """The cases of which something would go."""
        return tuple(sorted({case for item in self.items for case in item.cases}))


def find_url(engine: Engine, url: str) -> Plan:
    """Everything under one address: the page, the article, and other addresses that lead to it."""
    key = rows.page_key(url)
    with reading(engine) as connection:
        pages = set(
            numbers(connection, select(t.Page.id).where(or_(t.Page.url == key, t.Page.final_url == key)))
        )
        articles = set(numbers(connection, select(t.Article.id).where(t.Article.url == key)))
        hits = set(numbers(connection, select(t.AlertHit.id).where(t.AlertHit.url.in_((url, key)))))
        return _plan(connection, "address", articles, pages, hits, addresses=(key,))


def find_match(engine: Engine, words: str) -> Plan:
    """Every article and page in which the words stand one after another: in a text, a title, a sentence,
    an address, now or in an earlier version. Capitals, accents and punctuation do not count. Raises
    QueryError for words that are too short to mean anything."""
    needle = Needle(words)
    articles: set[int] = set()
    pages: set[int] = set()
    hits: set[int] = set()
    with reading(engine) as connection:
        article_texts = (
            (t.Article.id, (t.Article.text, t.Article.title, t.Article.url)),
            (t.Revision.article_id, (t.Revision.text, t.Revision.title)),
            (t.Record.article_id, (t.Record.evidence, t.Record.place)),
            (t.RecordHistory.article_id, (t.RecordHistory.evidence, t.RecordHistory.place)),
        )
        for number, columns in article_texts:
            articles |= _matching(connection, needle, number, columns)
        of_page = (
            t.Page.title,
            t.Page.summary,
            t.Page.url,
            t.Page.given_url,
            t.Page.final_url,
            t.Page.detail,
        )
        pages |= _matching(connection, needle, t.Page.id, of_page)
        pages |= _in_quarantine(connection, needle)
        hits |= _matching(
            connection, needle, t.AlertHit.id, (t.AlertHit.title, t.AlertHit.excerpt, t.AlertHit.url)
        )
        return _plan(connection, "match", articles, pages, hits)


def find_case(engine: Engine, number: int) -> Plan:
    """Every article that reports the case. Raises QueryError where there is no such case."""
    with reading(engine) as connection:
        case = standing_id(connection, number)
        reports = select(t.CaseReport.article_id).where(t.CaseReport.case_id == case)
        articles = set(numbers(connection, reports))
        return _plan(connection, "case", articles, set(), set(), case=case)


def _plan(
    connection: Connection,
    how: str,
    articles: set[int],
    pages: set[int],
    hits: set[int],
    *,
    addresses: tuple[str, ...] = (),
    case: int | None = None,
) -> Plan:
    for chunk in chunks(pages):
        linked = select(t.Page.article_id).where(t.Page.id.in_(chunk), t.Page.article_id.is_not(None))
        articles |= set(numbers(connection, linked))
    if hits:
        for chunk in chunks(hits):
            told = select(t.AlertHit.article_id).where(
                t.AlertHit.id.in_(chunk), t.AlertHit.article_id.is_not(None)
            )
            articles |= set(numbers(connection, told))
    items: list[Doomed] = []
    for chunk in chunks(articles):
        pages |= set(numbers(connection, select(t.Page.id).where(t.Page.article_id.in_(chunk))))
        hits |= set(numbers(connection, select(t.AlertHit.id).where(t.AlertHit.article_id.in_(chunk))))
        cases: dict[int, set[int]] = {}
        reports = select(t.CaseReport.article_id, t.CaseReport.case_id).where(
            t.CaseReport.article_id.in_(chunk)
        )
        for article, number in connection.execute(reports):
            cases.setdefault(article, set()).add(number)
        columns = (t.Article.id, t.Article.url, t.Article.source, t.Article.title, t.Article.dated)
        for row in connection.execute(select(*columns).where(t.Article.id.in_(chunk))):
            items.append(
                Doomed(
                    url=rows.shown_url(row.url),
                    source=row.source,
                    title=row.title,
                    day=row.dated,
                    stored=True,
                    cases=tuple(sorted(cases.get(row.id, ()))),
                )
            )
    for chunk in chunks(pages):
        query = select(t.Page.__table__).where(t.Page.id.in_(chunk))
        for row in connection.execute(query):
            if row.article_id not in articles:
                day = row.published or row.first_seen
                items.append(
                    Doomed(
                        url=rows.shown_url(row.url), source=row.source, title=row.title, day=day, stored=False
                    )
                )
    return Plan(
        how=how,
        items=tuple(sorted(items, key=lambda item: (not item.stored, item.day, item.url))),
        articles=tuple(sorted(articles)),
        pages=tuple(sorted(pages)),
        hits=tuple(sorted(hits)),
        addresses=addresses,
        case=case,
    )


def _matching(connection: Connection, needle: Needle, number: Any, columns: Sequence[Any]) -> set[int]:
    """The numbers of the rows in one of whose columns the needle stands."""
    found: set[int] = set()
    query = select(number, *columns).execution_options(yield_per=200)
    for row in connection.execute(query):
        if row[0] not in found and any(value and needle.stands_in(value) for value in row[1:]):
            found.add(row[0])
    return found


def _in_quarantine(connection: Connection, needle: Needle) -> set[int]:
    """The pages that could not be read and in whose bytes the needle stands."""
    query = select(t.QuarantinedPage.page_id, t.QuarantinedPage.body).execution_options(yield_per=10)
    found = set()
    for page, packed in connection.execute(query):
        body = zlib.decompress(packed).decode("utf-8", "replace")
        if needle.stands_in(_TAG.sub(" ", html.unescape(body))):
            found.add(page)
    return found


def numbers(connection: Connection, query: Any) -> Iterator[int]:
    return iter(connection.execute(query).scalars().all())


def chunks(wanted: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(wanted)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
