"""The list of articles, and the page of one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage import queries
from storage.cases import read_cases
from storage.facets import COUNTED, count_articles
from storage.mark_lists import record_marks_of, said_of_article
from storage.ranking import NEWEST
from storage.shapes import ARTICLE_COLUMNS, article_row_csv, article_row_shape, reasons_shape, record_shape
from storage.verdicts import read_verdict
from web import feeds
from web.answers import as_json, missing, number_in, page, site_of
from web.lists import Turned, asked_of, counted, csv_of, listed, of_all, whole
from web.marked import changes, marked

REASONS = 12
"""Reasons of a verdict that are shown, the weightiest."""


def articles(request: Request) -> Response:
    site = site_of(request)
    given, wanted = asked_of(request)
    wanted = counted(wanted)
    facets, rows = site.memory.get(
        ("articles", of_all(wanted)), lambda: count_articles(site.engine, of_all(wanted))
    )
    # Where each row is looked at, it was for the facets.
    known = rows if wanted.counted == COUNTED else None
    found = queries.find_articles(site.engine, wanted, rows_known=known)
    return page(
        request,
        "articles.html",
        given=given,
        found=found,
        facets=facets,
        faceted=COUNTED,
        ranked=NEWEST,
        turned=Turned.of(found),
    )


def articles_csv(request: Request) -> Response:
    _, wanted = asked_of(request)
    found = queries.find_articles(site_of(request).engine, whole(wanted))
    return csv_of(request, found, "articles.csv", ARTICLE_COLUMNS, article_row_csv)


def articles_json(request: Request) -> Response:
    _, wanted = asked_of(request)
    found = queries.find_articles(site_of(request).engine, counted(wanted))
    return as_json(request, listed(found, "articles", article_row_shape))


def articles_atom(request: Request) -> Response:
    given, wanted = asked_of(request)
    return feeds.article_feed(request, given, wanted)


def article(request: Request) -> Response:
    """The text with its evidence, why it is relevant, what the outlet changed, its cases."""
    site = site_of(request)
    number = number_in(request)
    stored = queries.read_article(site.engine, number)
    verdict = read_verdict(site.engine, number)
    if stored is None or verdict is None:
        return missing(request, "article")
    records = queries.records_of(site.engine, number)
    texts = queries.revisions(site.engine, number)
    later = [*(each.text for each in texts[1:]), stored.text][: len(texts)]
    reasons = verdict.assessment.reasons
    return page(
        request,
        "article.html",
        article=stored,
        verdict=verdict,
        records=records,
        text=marked(stored.text, [each.record.evidence for each in records], reasons),
        reasons=reasons[:REASONS],
        more_reasons=max(0, len(reasons) - REASONS),
        most=max((abs(each.weight) for each in reasons), default=1.0),
        revisions=[(old, changes(old.text, text)) for old, text in zip(texts, later, strict=True)],
        cases=read_cases(site.engine, verdict.cases).values(),
        judged=said_of_article(site.engine, number),
        touched=record_marks_of(site.engine, number),
    )


def article_json(request: Request) -> Response:
    """The article with its text, its records and the reasons of its verdict."""
    engine, number = site_of(request).engine, number_in(request)
    stored = queries.read_article(engine, number)
    verdict = read_verdict(engine, number)
    if stored is None or verdict is None:
        return missing(request, "article")
    shape = {
        "id": stored.id,
        "url": stored.url,
        "source": stored.source,
        "title": stored.title,
        "text": stored.text,
        "language": stored.language,
        "published": stored.published,
        "date_origin": stored.date_origin,
        "outlet_country": stored.outlet_country,
        "first_seen": verdict.first_seen,
        "revised": verdict.revised,
        "revision": verdict.revision,
        "relevant": verdict.assessment.relevant,
        "score": verdict.assessment.score,
        "reasons": reasons_shape(verdict.assessment),
        "records": [{"id": row.id} | record_shape(row.record) for row in queries.records_of(engine, number)],
        "cases": list(verdict.cases),
    }
    return as_json(request, shape)


ROUTES = [
    Route("/articles", articles),
    Route("/articles.csv", articles_csv),
    Route("/articles.json", articles_json),
    Route("/articles.atom", articles_atom),
    Route("/articles.feed.json", articles_atom),
    Route("/articles/{number:int}", article),
    Route("/articles/{number:int}.json", article_json),
]
