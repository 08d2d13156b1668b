"""The API's lists of articles, records, cases and figures, and single ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.amounts import per_year
from pipeline.attribution import whose
from pipeline.clues import days_of
from pipeline.errors import QueryError
from pipeline.vocabulary import Kind
from storage import keyset, queries
from storage.case_shapes import case_shape
from storage.cases import read_case
from storage.figures import LEAST_PERIOD
from storage.shapes import article_row_shape, reasons_shape, record_row_shape, record_shape
from storage.trend_shapes import iso
from storage.values import Filter, RecordRow
from storage.verdicts import read_verdict
from web.cursors import read_cursor, write_cursor
from web.operations import Asked, Operation
from web.parameters import LIST, filter_of


def listed(
    asked: Asked, of: str, kind: str, wanted: Filter, find: Callable[..., Any], shape: Callable[[Any], Any]
) -> dict[str, Any]:
    """One page of a list; ``kind``: by what its rows are ordered."""
    # A list is the same list whatever the size of its pages, and however its days were said.
    given = {name: value for name, value in asked.values.items() if name not in ("cursor", "limit")}
    after = read_cursor(asked.values["cursor"], (of, given), keyset.place_types(kind, wanted.sort))
    found = find(asked.site.engine, wanted, after)
    return page_of(of, [shape(row) for row in found.rows], found, given)


def page_of(of: str, rows: list[Any], found: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a page."""
    following = None if found.next is None else write_cursor(found.next, (of, given))
    return {of: rows, "total": found.total, "more": found.more, "next": following}


def _articles(asked: Asked) -> dict[str, Any]:
    wanted = filter_of(asked.values)
    return listed(asked, "articles", "articles", wanted, keyset.article_window, article_row_shape)


def _records(asked: Asked) -> dict[str, Any]:
    wanted = filter_of(asked.values)
    return listed(asked, "records", "records", wanted, keyset.record_window, record_row_shape)


def _cases(asked: Asked) -> dict[str, Any]:
    return listed(asked, "cases", "cases", filter_of(asked.values), keyset.case_window, case_shape)


def _figures(asked: Asked) -> dict[str, Any]:
    wanted = filter_of(asked.values)
    if Kind.EVENT in wanted.kind:
        raise QueryError("Events are cases, not figures: 'kind' is stock or flow here.", key="kind")
    wanted = replace(wanted, kind=wanted.kind or (Kind.STOCK, Kind.FLOW))
    return listed(asked, "figures", "records", wanted, keyset.record_window, figure_shape)


def figure_shape(row: RecordRow) -> dict[str, Any]:
    """A stock or flow with its moment or period; where the record names none, the day of its article."""
    record = row.record
    days = days_of(record.when) if record.when else None
    if days is None:
        days = ((row.published or row.first_seen).date().toordinal(),) * 2
    rate = None
    long = record.per or days[1] - days[0] >= LEAST_PERIOD
    if record.kind is Kind.FLOW and record.count is not None and long:
        rate = round(per_year(record.count, record.bound, record.per, days).number, 3)
    of_moment = {"from": iso(days[0]), "to": iso(days[1]), "by": whose(record.evidence.text)}
    return record_row_shape(row) | of_moment | {"per_year": rate}


def _article(asked: Asked) -> dict[str, Any] | None:
    engine = asked.site.engine
    stored, verdict = queries.read_article(engine, asked.key), read_verdict(engine, asked.key)
    if stored is None or verdict is None:
        return None
    return {
        "id": stored.id,
        "title": stored.title,
        "url": stored.url,
        "source": stored.source,
        "language": stored.language,
        "published": stored.published,
        "date_origin": stored.date_origin,
        "outlet_country": stored.outlet_country,
        "first_seen": verdict.first_seen,
        "revised": verdict.revised,
        "revision": verdict.revision,
        "score": verdict.assessment.score,
        "records": [
            {"id": row.id} | record_shape(row.record) for row in queries.records_of(engine, asked.key)
        ],
        "relevant": stored.relevant,
        "text": stored.text,
        "reasons": reasons_shape(verdict.assessment),
        "cases": list(verdict.cases),
        "revisions": [
            {
                "number": each.number,
                "title": each.title,
                "text": each.text,
                "first_seen": each.first_seen,
                "replaced": each.replaced,
            }
            for each in queries.revisions(engine, asked.key)
        ],
    }


def _record(asked: Asked) -> dict[str, Any] | None:
    article = queries.article_of_record(asked.site.engine, asked.key)
    rows = () if article is None else queries.records_of(asked.site.engine, article)
    return next((record_row_shape(row) for row in rows if row.id == asked.key), None)


def _case(asked: Asked) -> dict[str, Any] | None:
    try:
        return case_shape(read_case(asked.site.engine, asked.key))
    except QueryError:
        return None


OPERATIONS = (
    Operation(
        path="/articles",
        id="listArticles",
        says="Relevant articles with their records. Filters on people hold together for one record.",
        parameters=LIST,
        answers="Articles",
        make=_articles,
    ),
    Operation(
        path="/articles/{number}",
        id="readArticle",
        says="One article with its text, the reasons of its verdict, its earlier texts and its cases.",
        answers="WholeArticle",
        of="article",
        make=_article,
    ),
    Operation(
        path="/records",
        id="listRecords",
        says="Records: one group of detainees or one figure each, with the sentence that states it.",
        parameters=LIST,
        answers="Records",
        make=_records,
    ),
    Operation(
        path="/records/{number}",
        id="readRecord",
        says="One record.",
        answers="Record",
        of="record",
        make=_record,
    ),
    Operation(
        path="/cases",
        id="listCases",
        says="Cases of which a report fits: each once, however many articles report it.",
        parameters=LIST,
        answers="Cases",
        make=_cases,
    ),
    Operation(
        path="/cases/{number}",
        id="readCase",
        says="One case; the number of one that was merged leads to the one that remains.",
        answers="Case",
        of="case",
        make=_case,
    ),
    Operation(
        path="/figures",
        id="listFigures",
        says="Stocks and flows as articles give them, each with its moment or period. Never added.",
        parameters=LIST,
        answers="Figures",
        make=_figures,
    ),
)
