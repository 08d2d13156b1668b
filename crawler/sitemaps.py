"""Sitemaps, news sitemaps and their indexes: bytes → raw entries and further sitemaps. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from crawler.feed_values import EARLIEST, RAW_LIMIT, RawEntry, date_of, web_link
from pipeline.errors import FeedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A further sitemap that an index names."""

    url: str
    modified: datetime | None  # aware UTC


def sitemap_entries(body: bytes, base: str) -> tuple[str, list[RawEntry], tuple[Child, ...]]:
    """The kind ("sitemap" or "index"), the entries, and the sitemaps that an index names, newest first.

    Raises FeedError for what cannot be parsed.
    """
    # No entity is ever resolved, nothing is loaded, libxml2's own limits stay on.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FeedError("The sitemap cannot be parsed", key=base) from error
    if root is None:
        raise FeedError("The sitemap cannot be parsed", key=base)
    raws: list[RawEntry] = []
    children: list[Child] = []
    for node in root:
        found = dict(_leaves(node))
        modified = date_of(found.get("lastmod"))
        if _name(node) == "sitemap":
            url = web_link(found.get("loc", ""), base)
            if url is not None:
                children.append(Child(url=url, modified=modified))
        elif _name(node) == "url":
            published = date_of(found.get("publication_date"))
            title = found.get("title", "")
            link = found.get("loc", "")
            raws.append(
                RawEntry(link=link, id="", title=title, summary="", published=published, modified=modified)
            )
    children.sort(key=lambda child: child.modified or EARLIEST, reverse=True)
    return "index" if children and not raws else "sitemap", raws, tuple(children)


def _leaves(node: Any) -> Iterable[tuple[str, str]]:
    """Name and text of the elements under a sitemap's entry; the first of a name wins."""
    seen: set[str] = set()
    for element in node.iterdescendants():
        name = _name(element)
        # Image and video extensions have a loc and a title of their own.
        if (
            name
            and name not in seen
            and "/sitemap-image/" not in element.tag
            and "/sitemap-video/" not in element.tag
        ):
            seen.add(name)
            yield name, (element.text or "")[:RAW_LIMIT]


def _name(element: Any) -> str:
    """The local name of an element; "" for a comment, an entity or a processing instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
