"""A look at a page's bytes before it is parsed: does that already tell what becomes of it?

    body ─ language of its paragraphs ─ one that is not read, and the page says so too ──→ Rejected
                    │ read
                words of drugs and custody anywhere between its tags ─ not both ─────────→ QuickPage
                    │ both                                                                (screened out)
                  Glimpse: to be parsed (pipeline/process.py)

Half the cost of the cheap step, for the many: archives hold every article of an outlet. What it says is
what ``process`` would say; where that is not sure (little text, a page that may be a stub, a guess of
the language that is weak) it says nothing.
"""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

from pipeline.clean import clean_line
from pipeline.kinds import is_plain_text, no_page_of_text
from pipeline.screen import could_be_relevant
from pipeline.text import Glimpse, QuickPage, decode, head_of, publication, sure_language, without_scripts
from pipeline.titles import choose_title
from pipeline.types import Page, Rejected, Source
from pipeline.vocabulary import LANGUAGES, Rejection

ENOUGH = 1_500
"""Characters in paragraphs from which on a page is no stub, no teaser and no bot wall."""
SAMPLE = 3_000
"""Characters of paragraphs that are looked at for the language."""

_PARAGRAPH = re.compile(r"<p(?:\s[^>]*)?>(.*?)</p", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_MANGLED = re.compile("[\u00c3\u00c2][\u0080-\u00bf\u2018-\u2122]")
"""UTF-8 that was read as something else, which only the proper reading mends."""
_SHORTEST = 60


def glance(page: Page, *, source: Source | None, now: datetime) -> QuickPage | Rejected | Glimpse:
    """What is known of a page that needs no parsing, because it cannot be relevant: of its text only the
    first paragraphs, and no html; or why it is no article. Of one that must be parsed, what was seen."""
    if page.status >= 400 or no_page_of_text(page) is not None:
        return Glimpse(html="", head=None)
    html = decode(without_scripts(page.body), page.content_type)
    if is_plain_text(page.content_type, html):
        return Glimpse(html=html, head=None)
    sample = _paragraphs(html)
    language = sure_language(sample) if len(sample) >= ENOUGH else None
    if language is None:
        return Glimpse(html=html, head=None)
    head = head_of(page, html)
    seen = Glimpse(html=html, head=head)
    if language not in LANGUAGES:
        if source is not None or head.language in LANGUAGES:
            return seen
        return Rejected(page=page, reason=Rejection.OTHER_LANGUAGE, detail=head.language or language)
    if (head.language or language) != language or (source is not None and source.language != language):
        return seen  # the paragraphs may be those of teasers in another language
    title = choose_title(
        head, feed_title=clean_line(page.entry.title), outlet=source.name if source else "", url=page.url
    )
    words = _words(html)
    if _MANGLED.search(sample) or could_be_relevant(f"{title}\n{words}", language):
        return seen
    published, origin = publication(page, source, head, now=now)
    return QuickPage(
        html="",
        head=head,
        title=title,
        text=sample,
        language=language,
        published=published,
        date_origin=origin,
    )


def _paragraphs(html: str) -> str:
    """The first paragraphs of some length, tags removed; up to about SAMPLE characters."""
    found: list[str] = []
    size = 0
    for match in _PARAGRAPH.finditer(html):
        text = _TAG.sub("", match[1]).strip()
        if len(text) >= _SHORTEST:
            found.append(unescape(text) if "&" in text else text)
            size += len(text)
            if size >= SAMPLE:
                break
    return "\n".join(found)


def _words(html: str) -> str:
    """All that stands between the tags of a page, as it is seen."""
    text = _TAG.sub(" ", html)
    if "&" in text:
        text = unescape(text)
    for mark in _INVISIBLE:
        if mark in text:
            text = text.replace(mark, "")
    return text
