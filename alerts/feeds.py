"""A rule's hits as an Atom feed and as a JSON Feed. Pure: a file or a web server can give them out."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.etree import ElementTree

from alerts.neutral import MOST_EXCERPT, MOST_TITLE, Piece, neutral, pieces, web_address
from pipeline.record_words import record_words
from pipeline.types import Record
from storage.alert_values import Hit, Rule

ATOM = "http://www.w3.org/2005/Atom"
MOST = 100
"""Entries of a feed, the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One hit, as a feed shows it."""

    id: str  # urn:uuid:…, always the same for the same hit
    title: str
    url: str  # "" where there is none
    outlet: str
    published: datetime | None
    updated: datetime
    records: tuple[str, ...]
    note: str
    sentence: tuple[Piece, ...]
    language: str


def feed_entries(
    rule: Rule, hits: Sequence[Hit], *, records: Mapping[int, Record], names: Mapping[str, str]
) -> tuple[Entry, ...]:
    """The entries of a rule's hits, which come latest first."""
    home = feed_id(rule)
    found = []
    for hit in hits[:MOST]:
        assert hit.found is not None
        told = [records[number] for number in hit.matched.records if number in records]
        found.append(
            Entry(
                id=f"urn:uuid:{uuid5(home, hit.key)}",
                title=neutral(hit.title, MOST_TITLE) or "(without a title)",
                url=web_address(hit.url),
                outlet=neutral(names.get(hit.source) or hit.source, 80),
                published=hit.published,
                updated=hit.found,
                records=tuple(dict.fromkeys(neutral(record_words(record), 300) for record in told)),
                note=neutral(hit.note, 80),
                sentence=pieces(hit.excerpt, hit.matched.excerpt, MOST_EXCERPT),
                language=hit.language,
            )
        )
    return tuple(found)


def feed_id(rule: Rule) -> UUID:
    """What a rule's feed is called in all databases that it is moved to."""
    return uuid5(
        NAMESPACE_URL, f"detainee-watch:{rule.id}:{rule.created.isoformat() if rule.created else ''}"
    )


def atom(rule: Rule, entries: Sequence[Entry], *, now: datetime, address: str = "", home: str = "") -> bytes:
    """An Atom feed (RFC 4287). ``address`` is where it will lie, ``home`` the rule's page; "" for none."""
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(root, "id", f"urn:uuid:{feed_id(rule)}")
    _add(root, "title", _name(rule))
    _add(root, "subtitle", neutral(rule.query, 300))
    _add(root, "updated", _moment(max((entry.updated for entry in entries), default=rule.changed or now)))
    _add(root, "generator", "detainee-watch")
    if address:
        _add(root, "link", "", rel="self", href=address)
    if home:
        _add(root, "link", "", rel="alternate", href=home)
    for entry in entries:
        item = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
        _add(item, "id", entry.id)
        _add(item, "title", entry.title)
        _add(item, "updated", _moment(entry.updated))
        if entry.published:
            _add(item, "published", _moment(entry.published))
        author = ElementTree.SubElement(item, f"{{{ATOM}}}author")
        _add(author, "name", entry.outlet or "handed in")
        if entry.url:
            _add(item, "link", "", rel="alternate", href=entry.url)
        _add(item, "content", _html(entry), type="html")
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text + b"\n"


def json_feed(rule: Rule, entries: Sequence[Entry], *, address: str = "", home: str = "") -> bytes:
    """A JSON Feed 1.1; parameters as of ``atom``."""
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _name(rule),
        "description": neutral(rule.query, 300),
        **({"feed_url": address} if address else {}),
        **({"home_page_url": home} if home else {}),
        "items": [_item(entry) for entry in entries],
    }
    return json.dumps(feed, ensure_ascii=False, indent=2).encode() + b"\n"


def _item(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        **({"url": entry.url} if entry.url else {}),
        "title": entry.title,
        "content_html": _html(entry),
        "date_published": _moment(entry.published or entry.updated),
        "date_modified": _moment(entry.updated),
        "authors": [{"name": entry.outlet or "handed in"}],
        "language": entry.language,
    }


def _name(rule: Rule) -> str:
    return f"{neutral(rule.name, 120)} – detainee-watch"


def _html(entry: Entry) -> str:
    parts = [f"<p><b>{html.escape(line)}</b></p>" for line in entry.records]
    if entry.note:
        parts.append(f"<p>{html.escape(entry.note)}</p>")
    sentence = "".join(
        f"<mark>{html.escape(piece.text)}</mark>" if piece.marked else html.escape(piece.text)
        for piece in entry.sentence
    )
    if sentence:
        parts.append(f"<blockquote>{sentence}</blockquote>")
    return "".join(parts) or "<p></p>"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(parent: ElementTree.Element, tag: str, words: str, **attributes: str) -> None:
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    child.text = words or None
