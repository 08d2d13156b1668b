"""Lists of feeds in OPML, the format in which feed readers exchange them: bytes ↔ values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree

import pycountry
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from crawler.source_fields import VIAS, address_problem
from crawler.sources import home_page
from pipeline.errors import DataError
from pipeline.types import Source
from pipeline.vocabulary import UNKNOWN_COUNTRY

MAX_BYTES = 10 * 1024 * 1024
"""A list of ten thousand feeds has two or three megabytes."""

MAX_FEEDS = 10_000

MAX_TEXT = 200
"""Characters of a title or category that are kept."""

_FEED_TYPE = "rss"
"""What readers call every kind of feed (OPML 2.0, "Subscription lists")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """One feed of a list. Texts are plain, with no control characters, at most MAX_TEXT long."""

    url: str  # http(s)
    title: str  # may be empty
    html_url: str | None  # http(s) home page
    category: str  # folders from the outside in, joined by "/"; may be empty
    language: str | None  # ISO 639-1, where the list says it
    via: str = "rss"  # one of VIAS; lists of other programs say rss for all
    links: str | None = None  # selector of a listing's links, in lists that this program wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlList:
    """What was read out of a list, and what had to be left out."""

    feeds: tuple[OpmlFeed, ...]  # in order, each address once
    repeated: int  # outlines with an address that had come before
    refused: tuple[str, ...]  # "title: what is wrong with its address"


def read_opml(body: bytes, *, name: str = "OPML") -> tuple[OpmlFeed, ...]:
    """The feeds of a list. Raises DataError, whose message begins with ``name``, for all else."""
    return read_opml_list(body, name=name).feeds


def read_opml_list(body: bytes, *, name: str = "OPML") -> OpmlList:
    """The feeds of a list and the outlines that are none; errors as ``read_opml``."""
    if len(body) > MAX_BYTES:
        raise DataError(f"{name}: is larger than {MAX_BYTES // 1024 // 1024} MB", key=name)
    root = _parse(body, name)
    if _local(root.tag) != "opml":
        raise DataError(f"{name}: is no OPML: its outermost element is <{_text(_local(root.tag))}>", key=name)
    feeds: dict[str, OpmlFeed] = {}
    refused: list[str] = []
    repeated = 0
    # An explicit stack: a list that is nested a hundred thousand deep must not end in a RecursionError.
    stack = [(child, "") for child in reversed(root)]
    while stack:
        element, folder = stack.pop()
        here = folder
        if _local(element.tag) == "outline":
            attributes = {_local(key).lower(): value for key, value in element.attrib.items()}
            title = _text(attributes.get("title") or attributes.get("text") or "")
            url = (attributes.get("xmlurl") or "").strip()
            if not url:
                here = _text(f"{folder}/{title}" if folder and title else folder or title)
            elif (problem := address_problem(url)) is not None:
                refused.append(f"{title or 'a feed without a title'}: {problem}")
            elif url in feeds:
                repeated += 1
            else:
                feeds[url] = _feed(url, title, folder, attributes)
            if len(feeds) + len(refused) > MAX_FEEDS:
                raise DataError(f"{name}: has more than {MAX_FEEDS} feeds", key=name)
        stack.extend((child, here) for child in reversed(element))
    return OpmlList(feeds=tuple(feeds.values()), repeated=repeated, refused=tuple(refused))


def write_opml(sources: Iterable[Source], *, title: str = "detainee-watch sources") -> bytes:
    """The sources as OPML 2.0, in one folder for each country, in the order of the codes."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = title
    body = ElementTree.SubElement(root, "body")
    by_country = sorted(sources, key=lambda source: source.country)
    for country, group in groupby(by_country, key=lambda source: source.country):
        folder = ElementTree.SubElement(body, "outline", text=_country_name(country))
        for source in group:
            outline = ElementTree.SubElement(
                folder,
                "outline",
                type=source.via if source.via in ("sitemap", "listing") else _FEED_TYPE,
                text=source.name,
                title=source.name,
                xmlUrl=source.url,
                htmlUrl=home_page(source),
                language=source.language,
            )
            if source.links is not None:
                outline.set("links", source.links)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def country_of_category(category: str) -> str | None:
    """The country that a folder is named after, by its name or code, as ``write_opml`` names them."""
    last = category.rsplit("/", 1)[-1].strip()
    if last == _country_name(UNKNOWN_COUNTRY):
        return UNKNOWN_COUNTRY
    if not last:
        return None
    try:
        return str(pycountry.countries.lookup(last).alpha_2)
    except LookupError:
        return None


def _parse(body: bytes, name: str) -> ElementTree.Element:
    if not body.strip():
        raise DataError(f"{name}: is empty", key=name)
    try:
        root: ElementTree.Element = fromstring(body)
    except ElementTree.ParseError as error:
        raise DataError(f"{name}: is no OPML: not well-formed XML ({error})", key=name) from error
    except DefusedXmlException as error:
        raise DataError(
            f"{name}: is refused: it declares entities, which no list of feeds needs", key=name
        ) from error
    except (LookupError, ValueError) as error:  # an encoding that is unknown or that it does not keep to
        raise DataError(f"{name}: is no OPML: {error}", key=name) from error
    return root


def _feed(url: str, title: str, folder: str, attributes: dict[str, str]) -> OpmlFeed:
    home = (attributes.get("htmlurl") or "").strip()
    language = (attributes.get("language") or attributes.get("lang") or "").strip().lower()
    via = (attributes.get("type") or "").strip().lower()
    return OpmlFeed(
        url=url,
        title=title,
        html_url=home if home and address_problem(home) is None else None,
        category=folder or _text((attributes.get("category") or "").split(",")[0].strip("/")),
        language=language[:2]
        if language[:2].isalpha() and (len(language) == 2 or language[2:3] in "-_")
        else None,
        via=via if via in VIAS and (via != "listing" or "links" in attributes) else "rss",
        links=attributes.get("links") if via == "listing" else None,
    )


def _local(tag: object) -> str:
    """A tag or attribute without its namespace; comments and instructions have no name."""
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _text(value: str) -> str:
    """One line of plain text: control characters and marks of direction gone, cut to MAX_TEXT."""
    kept = "".join(character if character.isprintable() else " " for character in value[: 4 * MAX_TEXT])
    return " ".join(kept.split())[:MAX_TEXT]


def _country_name(code: str) -> str:
    if code == UNKNOWN_COUNTRY:
        return "International"
    country = pycountry.countries.get(alpha_2=code)
    return str(country.name) if country else code
