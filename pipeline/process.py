"""The whole way of one page, on one screen.

    body ─ quick_text ─ could it be relevant at all? ─ no ──────────────────────→ Irrelevant
                                │ yes
                            full_text ─ sentences ─ assess ─ no ────────────────→ Irrelevant
                                                      │ yes
                                                    extract ─ records? ─ no ────→ Irrelevant
                                                                │ yes ──────────→ Extracted

Every step may end in Rejected with its reason; an exception in a reader is Rejected too. In a hurry,
for archives, two cheaper looks come first: at the bytes (pipeline/glance.py), and after the screen a
verdict on the quick text, so that only what may be relevant is read in full.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipeline.clean import clean_line, clean_text, trim_boilerplate
from pipeline.dates import publication_date
from pipeline.glance import glance
from pipeline.kinds import find_stub
from pipeline.language import detect_language
from pipeline.records import extract
from pipeline.relevance import UNPROMISING, assess
from pipeline.screen import could_be_relevant
from pipeline.segments import split_sentences
from pipeline.text import MAX_TEXT, FullPage, QuickPage, full_text, quick_text
from pipeline.types import (
    Article,
    Assessment,
    Extracted,
    FeedEntry,
    Irrelevant,
    Outcome,
    Page,
    Reason,
    Rejected,
    Source,
)
from pipeline.urls import canonical_url, is_web_url
from pipeline.vocabulary import LANGUAGES, UNKNOWN_COUNTRY, Rejection

SCREENED_OUT = "screened-out"
"""The reason of articles in which the cheap step found no word that a relevant one must have."""

NO_RECORD = "no-record"
"""The reason of articles that looked relevant and gave no record."""

TEXT_CUT = "text-cut"
"""The reason, of no weight, that marks an article of which only the first MAX_TEXT characters were read."""


HOPEFUL = 0.1
"""In a hurry, an article with a lower score in its quick text is not read in full. An article is
relevant from 0.4 on; the quick text has nearly all of it and much besides, which shifts the score."""
HOPEFUL_CHANCE = 0.05
"""The same of its chance by words alone, which must be PROMISING in the full text."""


def process(page: Page, *, source: Source | None, now: datetime, hurry: bool = False) -> Outcome:
    """Read a page to its outcome. ``source`` is None for pages that a user hands in. ``hurry``: at half
    the cost, for the many pages of archives. Never raises."""
    try:
        return _process(page, source=source, now=now, hurry=hurry)
    except Exception as error:
        return unreadable(page, error)


def process_text(
    url: str,
    title: str,
    text: str,
    *,
    language: str | None,
    published: datetime | None,
    outlet_country: str | None,
    source_slug: str,
    now: datetime,
) -> Outcome:
    """The same for an article that is handed in as text, with what is known of it. Never raises."""
    entry = FeedEntry(source=source_slug, url=url, title=title, summary="", published=published)
    page = Page(entry=entry, url=url, fetched=now, status=200, content_type="text/plain", body=b"")
    try:
        head = clean_line(title)
        body = trim_boilerplate(clean_text(text), head)
        if not head and not body:
            return Rejected(page=page, reason=Rejection.EMPTY, detail="no text")
        found = language if language in LANGUAGES else None
        if language is None or not language.strip():
            found = detect_language(f"{head}\n{body}", None)
        if found is None:
            return Rejected(page=page, reason=Rejection.OTHER_LANGUAGE, detail=language or "")
        moment, origin = publication_date(now=now, given=published)
        read = FullPage(title=head, text=body, language=found, published=moment, date_origin=origin)
        article, cut = _article(page, read, slug=source_slug, country=outlet_country)
        return _judge(article, cut=cut)
    except Exception as error:
        return unreadable(page, error)


def read_page(page: Page, *, source: Source | None, now: datetime) -> Article | Rejected:
    """The reading alone, without a verdict: the full text of any page. May raise what a parser raises."""
    quick = _refused(page) or quick_text(page, source=source, now=now)
    if isinstance(quick, Rejected):
        return quick
    full = full_text(page, quick, source=source, now=now)
    if isinstance(full, Rejected):
        return full
    return _article(page, full, slug=page.entry.source, country=source.country if source else None)[0]


def unreadable(page: Page, error: BaseException) -> Rejected:
    """The outcome of a page on which a reader failed, or the process that ran it died."""
    detail = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Rejected(page=page, reason=Rejection.UNREADABLE, detail=clean_line(detail)[:200])


def _process(page: Page, *, source: Source | None, now: datetime, hurry: bool) -> Outcome:
    country = source.country if source else None
    seen = glance(page, source=source, now=now) if hurry else None
    if isinstance(seen, QuickPage):
        return _screened_out(page, seen, country)
    if isinstance(seen, Rejected):
        return seen
    quick = _refused(page) or quick_text(page, source=source, now=now, seen=seen)
    if isinstance(quick, Rejected):
        return quick
    if not could_be_relevant(f"{quick.title}\n{quick.text}", quick.language):
        return find_stub(page, quick.head, quick.text, quick.html) or _screened_out(page, quick, country)
    if hurry and (hopeless := _hopeless(page, quick, country)) is not None:
        return find_stub(page, quick.head, quick.text, quick.html) or hopeless
    full = full_text(page, quick, source=source, now=now)
    if isinstance(full, Rejected):
        return full
    article, cut = _article(page, full, slug=page.entry.source, country=country)
    return _judge(article, cut=cut)


def _judge(article: Article, *, cut: bool) -> Irrelevant | Extracted:
    assessment = assess(article)
    if cut:
        assessment = replace(assessment, reasons=(*assessment.reasons, Reason(rule=TEXT_CUT, weight=0.0)))
    if not assessment.relevant:
        return Irrelevant(article=article, assessment=assessment)
    records = extract(article)
    if not records:
        reasons = (*assessment.reasons, Reason(rule=NO_RECORD, weight=0.0))
        return Irrelevant(article=article, assessment=replace(assessment, relevant=False, reasons=reasons))
    return Extracted(article=article, assessment=assessment, records=records)


def _hopeless(page: Page, quick: QuickPage, country: str | None) -> Irrelevant | None:
    """The outcome of an article whose quick text is far from relevant; None for one that may be."""
    article, _ = _article(page, _as_full(quick), slug=page.entry.source, country=country)
    verdict = assess(article)
    if verdict.score >= (HOPEFUL_CHANCE if _is_unpromising(verdict) else HOPEFUL):
        return None
    reason = Reason(rule=UNPROMISING, weight=0.0)
    return Irrelevant(
        article=replace(article, segments=()),
        assessment=Assessment(relevant=False, score=verdict.score, reasons=(reason,)),
    )


def _is_unpromising(assessment: Assessment) -> bool:
    """Whether an article was not read in full."""
    return any(reason.rule == UNPROMISING for reason in assessment.reasons)


def _as_full(quick: QuickPage) -> FullPage:
    return FullPage(
        title=quick.title,
        text=quick.text,
        language=quick.language,
        published=quick.published,
        date_origin=quick.date_origin,
    )


def _screened_out(page: Page, quick: QuickPage, country: str | None) -> Irrelevant:
    """An article that was not read to the end: it has no sentences."""
    article, _ = _article(page, _as_full(quick), slug=page.entry.source, country=country, sentences=False)
    return Irrelevant(
        article=article,
        assessment=Assessment(relevant=False, score=0.0, reasons=(Reason(rule=SCREENED_OUT, weight=0.0),)),
    )


def _article(
    page: Page, read: FullPage, *, slug: str, country: str | None, sentences: bool = True
) -> tuple[Article, bool]:
    """The article, and whether its text was cut at MAX_TEXT."""
    text = f"{read.title}\n{read.text}" if read.title else read.text
    cut = len(text) > MAX_TEXT
    if cut:
        text = text[
            : max(text.rfind("\n", 0, MAX_TEXT), text.rfind(" ", 0, MAX_TEXT), MAX_TEXT // 2)
        ].rstrip()
    address = page.url or page.entry.url
    article = Article(
        url=canonical_url(address) if is_web_url(address) else "",
        source=slug,
        title=read.title,
        text=text,
        language=read.language,
        published=read.published,
        date_origin=read.date_origin,
        outlet_country=country if country and country != UNKNOWN_COUNTRY else None,
        segments=split_sentences(text, read.language, has_title=bool(read.title)) if sentences else (),
    )
    return article, cut


def _refused(page: Page) -> Rejected | None:
    """Answers that are no page at all, by their status."""
    if page.status < 400:
        return None
    detail = f"HTTP {page.status}"
    if page.status in (401, 403, 429):
        return Rejected(page=page, reason=Rejection.BLOCKED, detail=detail)
    if page.status in (404, 410):
        return Rejected(page=page, reason=Rejection.GONE, detail=detail)
    return Rejected(page=page, reason=Rejection.HTTP_ERROR, detail=detail)
