"""A look at a page's bytes before it is parsed: does that already tell what becomes of it?

    body ─ language of its paragraphs ─ one that is not read, and the page says so too ──→ Rejected
                    │ read
                words of drugs and custody anywhere between its tags ─ not both ─────────→ Irrelevant
                    │ both
                  None: read it properly (pipeline/process.py)

Half the cost of the cheap step, for the many: archives hold every article of an outlet. What it says is
what ``process`` would say; where that is not sure (little text, a page that may be a stub, a guess of
the language that is weak) it says nothing.
"""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

from pipeline.clean import clean_line
from pipeline.dates import publication_date
from pipeline.head import Head, read_head
from pipeline.kinds import is_plain_text, no_page_of_text
from pipeline.process import SCREENED_OUT
from pipeline.screen import could_be_relevant
from pipeline.text import MAX_TEXT, decode, hidden_date, sure_language, without_scripts
from pipeline.titles import choose_title
from pipeline.types import Article, Assessment, Irrelevant, Page, Reason, Rejected, Source
from pipeline.urls import canonical_url, is_web_url
from pipeline.vocabulary import LANGUAGES, UNKNOWN_COUNTRY, Rejection

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


def glance(page: Page, *, source: Source | None, now: datetime) -> Irrelevant | Rejected | None:
    """The outcome of a page that needs no parsing; None for one that does. May raise what ``process``
    turns into an outcome."""
    if page.status >= 400 or no_page_of_text(page) is not None:
        return None
    html = decode(without_scripts(page.body), page.content_type)
    if is_plain_text(page.content_type, html):
        return None
    sample = _paragraphs(html)
    if len(sample) < ENOUGH:
        return None
    language = sure_language(sample)
    if language is None:
        return None
    head = read_head(html)
    if language not in LANGUAGES:
        if source is not None or head.language in LANGUAGES:
            return None
        return Rejected(page=page, reason=Rejection.OTHER_LANGUAGE, detail=head.language or language)
    if source is not None and source.language != language:
        return None
    title = choose_title(
        head, feed_title=clean_line(page.entry.title), outlet=source.name if source else "", url=page.url
    )
    words = _words(html)
    if _MANGLED.search(sample) or could_be_relevant(f"{title}\n{words}", language):
        return None
    return _screened_out(page, source, head, title, sample, language, now=now)


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


def _screened_out(
    page: Page,
    source: Source | None,
    head: Head,
    title: str,
    sample: str,
    language: str,
    *,
    now: datetime,
) -> Irrelevant:
    given = page.entry.published
    dates = head.json_ld_dates
    if not dates and not head.meta_dates and (hidden := hidden_date(page.body)):
        dates = (hidden,)
    published, origin = publication_date(
        now=now,
        given=given if source is None else None,
        feed=given if source is not None else None,
        json_ld=dates,
        meta=head.meta_dates,
    )
    address = page.url or page.entry.url
    country = source.country if source else UNKNOWN_COUNTRY
    article = Article(
        url=canonical_url(address) if is_web_url(address) else "",
        source=page.entry.source,
        title=title,
        text=f"{title}\n{sample}"[:MAX_TEXT],
        language=language,
        published=published,
        date_origin=origin,
        outlet_country=country if country != UNKNOWN_COUNTRY else None,
        segments=(),
    )
    verdict = Assessment(relevant=False, score=0.0, reasons=(Reason(rule=SCREENED_OUT, weight=0.0),))
    return Irrelevant(article=article, assessment=verdict)
