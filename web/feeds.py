"""Lists as Atom feeds (RFC 4287) and JSON Feeds (1.1), for feed readers."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response

from pipeline.record_words import record_words
from storage.cases import find_cases
from storage.health_values import HealthEvent
from storage.queries import find_articles, find_records
from storage.values import ArticleRow, CaseRow, Filter, RecordRow, Sort
from web import words
from web.answers import answer, base_of, site_of
from web.asking import Given

ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 50
"""Entries of a feed, the latest found."""
HOME = uuid5(NAMESPACE_URL, "detainee-watch")
"""What the numbers of all feeds and entries are made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed."""

    id: str  # urn:uuid:…, the same for the same thing in the same database
    title: str
    url: str  # the page about it here
    author: str
    published: datetime | None
    updated: datetime
    lines: tuple[str, ...]
    quote: str
    related: str = ""  # the outlet's own page


def article_feed(request: Request, given: Given, wanted: Filter) -> Response:
    """The latest found articles of a search."""
    site, base = site_of(request), base_of(request)
    latest = replace(wanted, page=1, limit=ENTRIES, sort=Sort.FOUND, counted=1)
    found = find_articles(site.engine, latest)
    entries = [_article(row, base, site.outlet(row.source)) for row in found.rows]
    return feed_of(request, given, "articles", entries)


def case_feed(request: Request, given: Given, wanted: Filter) -> Response:
    """The latest changed cases of a search."""
    latest = replace(wanted, page=1, limit=ENTRIES, sort=Sort.FOUND, counted=1)
    return feed_of_cases(request, given, "cases", find_cases(site_of(request).engine, latest).rows)


def feed_of_cases(request: Request, given: Given, what: str, rows: Sequence[CaseRow]) -> Response:
    """These cases, as a feed of the list at the address ``what``."""
    site, base = site_of(request), base_of(request)
    entries = [case_entry(row, base, site.outlet(row.reports[-1].source)) for row in rows]
    return feed_of(request, given, what, entries)


def figure_feed(request: Request, given: Given, wanted: Filter) -> Response:
    """The latest found stocks or flows of a search."""
    site, base = site_of(request), base_of(request)
    found = find_records(site.engine, replace(wanted, page=1, limit=ENTRIES, sort=Sort.FOUND, counted=1))
    entries = [_figure(row, base, site.outlet(row.source)) for row in found.rows]
    return feed_of(request, given, "figures", entries)


def health_feed(
    request: Request, given: Given, what: str, events: Sequence[HealthEvent], slugs: set[str] | None
) -> Response:
    """The latest changes in how sources fare; of ``slugs`` only, where they are given."""
    site, base = site_of(request), base_of(request)
    shown = [each for each in events if slugs is None or each.source in slugs][:ENTRIES]
    return feed_of(request, given, what, [_event(each, base, site.outlet(each.source)) for each in shown])


def _event(event: HealthEvent, base: str, outlet: str) -> Entry:
    state = event.state.value if event.state else event.kind.replace("-", " ")
    return Entry(
        id=f"urn:uuid:{uuid5(HOME, f'{base} event {event.key}')}",
        title=f"{words.plain(outlet) or 'The crawl'}: {state}",
        url=f"{base}sources/{event.source}" if event.source else f"{base}sources",
        author="detainee-watch",
        published=event.at,
        updated=event.at,
        lines=(words.plain(event.detail),) if event.detail else (),
        quote="",
    )


def _figure(row: RecordRow, base: str, outlet: str) -> Entry:
    said = words.plain(record_words(row.record))
    return Entry(
        id=f"urn:uuid:{uuid5(HOME, f'{base} record {row.id}')}",
        title=said,
        url=f"{base}articles/{row.article_id}",
        author=words.plain(outlet) or "handed in",
        published=row.published,
        updated=row.first_seen,
        lines=(words.plain(row.title),) if row.title else (),
        quote=words.plain(row.record.evidence.text),
        related=words.link(row.url),
    )


def _article(row: ArticleRow, base: str, outlet: str) -> Entry:
    lines = tuple(dict.fromkeys(record_words(each.record) for each in row.records))
    return Entry(
        id=f"urn:uuid:{uuid5(HOME, f'{base} article {row.id} {row.first_seen.isoformat()}')}",
        title=words.plain(row.title) or (lines[0] if lines else "(without a title)"),
        url=f"{base}articles/{row.id}",
        author=words.plain(outlet) or "handed in",
        published=row.published,
        updated=row.revised or row.first_seen,
        lines=tuple(map(words.plain, lines)),
        quote=words.plain(row.records[0].record.evidence.text) if row.records else "",
        related=words.link(row.url),
    )


def case_entry(case: CaseRow, base: str, outlet: str) -> Entry:
    """A case; it is another entry of the same thing when it changes."""
    last = case.reports[-1]
    facts = words.case_facts(case)
    stage = case.sums.stage.value.replace("_", " ")
    return Entry(
        id=f"urn:uuid:{uuid5(HOME, f'{base} case {case.id} {case.added.isoformat()}')}",
        title=f"{words.case_words(case)}: {stage}",
        url=f"{base}cases/{case.id}",
        author=words.plain(outlet) or "handed in",
        published=case.added,
        updated=case.changed,
        lines=(facts,) if facts else (),
        quote=words.plain(last.records[0].record.evidence.text),
    )


def feed_of(request: Request, given: Given, what: str, entries: Sequence[Entry]) -> Response:
    """These entries, as a feed of the list at the address ``what``, in the form that is asked for."""
    base, query = base_of(request), given.query()
    title = f"detainee-watch: {what}" + (f" ({_said(given)})" if query else "")
    home = f"{base}{what}{query}"
    if request.scope["path"].endswith(".json"):
        return answer(request, _json_feed(title, home, entries), "application/feed+json")
    address = f"{base}{what}.atom{query}"
    now = site_of(request).now()
    body = _atom(title, home, address, entries, now)
    return answer(request, body, "application/atom+xml; charset=utf-8")


def _said(given: Given) -> str:
    return words.plain(
        ", ".join(f"{name} {' or '.join(values)}" for name, values in sorted(given.values.items()))
    )


def _atom(title: str, home: str, address: str, entries: Sequence[Entry], now: datetime) -> bytes:
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(root, "id", f"urn:uuid:{uuid5(HOME, address)}")
    _add(root, "title", title)
    _add(
        root,
        "updated",
        _moment(max((entry.updated for entry in entries), default=datetime(2000, 1, 1, tzinfo=UTC))),
    )
    _add(root, "generator", "detainee-watch")
    _add(root, "link", "", rel="self", href=quote(address, safe=":/?&=%+"))
    _add(root, "link", "", rel="alternate", href=quote(home, safe=":/?&=%+"))
    for entry in entries:
        item = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
        _add(item, "id", entry.id)
        _add(item, "title", entry.title)
        _add(item, "updated", _moment(entry.updated))
        if entry.published:
            _add(item, "published", _moment(entry.published))
        _add(ElementTree.SubElement(item, f"{{{ATOM}}}author"), "name", entry.author)
        _add(item, "link", "", rel="alternate", href=entry.url)
        if entry.related:
            _add(item, "link", "", rel="related", href=entry.related)
        _add(item, "content", _html(entry), type="html")
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text + b"\n"


def _json_feed(title: str, home: str, entries: Sequence[Entry]) -> bytes:
    items = [
        {
            "id": entry.id,
            "url": entry.url,
            **({"external_url": entry.related} if entry.related else {}),
            "title": entry.title,
            "content_html": _html(entry),
            "date_published": _moment(entry.published or entry.updated),
            "date_modified": _moment(entry.updated),
            "authors": [{"name": entry.author}],
        }
        for entry in entries
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": home,
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"


def _html(entry: Entry) -> str:
    parts = [f"<p><b>{html.escape(line)}</b></p>" for line in entry.lines]
    if entry.quote:
        parts.append(f"<blockquote>{html.escape(entry.quote)}</blockquote>")
    return "".join(parts) or "<p></p>"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> None:
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    child.text = text or None
