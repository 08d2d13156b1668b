"""The rows of an export's tables, one after the other, out of what stood at a moment. Reading only.

``moment`` is the first instant that no longer counts; None is the present. Everything comes from the
tables of history, in which the present values stand too, so that an export of today and one "as of"
today are made in one way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select

from pipeline.clues import days_of
from pipeline.types import Source
from pipeline.vocabulary import FeedState, Kind
from storage import filters, rows, search
from storage import tables as t
from storage.values import Filter

Row = dict[str, Any]
BATCH = 2_000
"""Rows that are held in memory at once."""
_H = t.RecordHistory
ARTICLE = [
    getattr(t.Article, name).label(f"article_{name}")
    for name in ("url", "source", "language", "published", "outlet_country", "first_seen", "dated")
]
_first = t.RecordHistory.__table__.alias("first")
_RECORD: dict[str, ColumnElement[Any]] = {
    "id": _H.record_id.expression,
    "url": t.Article.url.expression,
    "article_id": _H.article_id.expression,
    **{
        name: getattr(_H, name).expression
        for name in (
            *("case_id", "kind", "nationality", "country", "count", "bound", "per", "stage", "drugs"),
            *("quantity_kg", "sentence_years", "sentence_word", "drug_share", "when", "place", "evidence"),
            "confidence",
        )
    },
    **{
        name: getattr(t.Article, name).expression
        for name in ("source", "language", "published", "outlet_country")
    },
    "first_seen": select(func.min(_first.c.valid_from))
    .where(_first.c.record_id == _H.record_id)
    .scalar_subquery(),
    "valid_from": _H.valid_from.expression,
    "valid_to": _H.valid_to.expression,
}
"""The columns of a record's row, by the names that they have in an export."""


def records(connection: Connection, wanted: Filter, moment: datetime | None) -> Iterator[Row]:
    """Records as they stood, by number."""
    query = _of_articles(wanted).where(stood(_H, moment)).order_by(_H.record_id)
    for row in stream(connection, query):
        yield _record_row(row, moment)


def figures(connection: Connection, wanted: Filter, moment: datetime | None, kind: Kind) -> Iterator[Row]:
    """Those of one kind."""
    query = _of_articles(wanted).where(stood(_H, moment), _H.kind == kind.value)
    for row in stream(connection, query.order_by(_H.record_id)):
        yield _record_row(row, moment)


def revised_records(connection: Connection, wanted: Filter, moment: datetime | None) -> Iterator[Row]:
    """Values of records that had been replaced or withdrawn by then, by number and time."""
    later = t.RecordHistory.__table__.alias("later")
    follows = select(later.c.id).where(later.c.record_id == _H.record_id, later.c.valid_from == _H.valid_to)
    query = _of_articles(wanted, follows.exists().label("follows")).where(ended(_H, moment))
    for row in stream(connection, query.order_by(_H.record_id, _H.valid_from)):
        yield _record_row(row, moment) | {"ending": "revised" if row.follows else "withdrawn"}


def reports(connection: Connection, wanted: Filter, moment: datetime | None) -> Iterator[Row]:
    """Articles that had a record then, by number; those of which at least one record fits."""
    names = ("date_origin", "score", "id")
    old = select(func.count(), func.max(t.Revision.replaced)).where(t.Revision.article_id == _H.article_id)
    if moment is not None:
        old = old.where(t.Revision.replaced < moment)
    query = (
        select(
            _H.record_id,
            _H.case_id,
            *ARTICLE,
            *(getattr(t.Article, name).label(f"article_{name}") for name in names),
            old.with_only_columns(func.count()).scalar_subquery().label("revisions"),
            old.with_only_columns(func.max(t.Revision.replaced)).scalar_subquery().label("replaced"),
        )
        .join(t.Article, t.Article.id == _H.article_id)
        .where(stood(_H, moment))
        .order_by(_H.article_id, _H.record_id)
    )
    if asked := conditions(wanted):
        fitting = select(_H.article_id).join(t.Article).where(stood(_H, moment), *asked)
        query = query.where(_H.article_id.in_(fitting))
    for number, found in groupby(stream(connection, query), key=attrgetter("article_id")):
        mine = list(found)
        row = mine[0]
        yield {
            "id": number,
            "url": rows.shown_url(row.article_url) or None,
            "source": row.article_source,
            "language": row.article_language,
            "published": row.article_published,
            "date_origin": row.article_date_origin,
            "outlet_country": row.article_outlet_country,
            "first_seen": row.article_first_seen,
            "revisions": row.revisions,
            "score": row.article_score,
            "records": len(mine),
            "record_ids": [str(each.record_id) for each in mine],
            "case_ids": [
                str(case) for case in dict.fromkeys(each.case_id for each in mine) if case is not None
            ],
            "valid_from": row.replaced or row.article_first_seen,
            "valid_to": None,
        }


def sources(
    connection: Connection, wanted: Filter, moment: datetime | None, known: Sequence[Source]
) -> Iterator[Row]:
    """Sources that are listed or have left articles, by slug; what was handed in has none."""
    noted = _coverage(wanted, moment).subquery()
    sums = select(
        noted.c.source,
        func.min(noted.c.day).label("first_day"),
        func.max(noted.c.day).label("last_day"),
        *(func.sum(noted.c[name]).label(name) for name in ("seen", "read", "relevant")),
    ).group_by(noted.c.source)
    counted = {row.source: row for row in connection.execute(sums)}
    well = [state.value for state in FeedState if not state.failed]
    fetched = select(t.Fetch.source, func.max(t.Fetch.fetched)).where(t.Fetch.state.in_(well))
    if moment is not None:
        fetched = fetched.where(t.Fetch.fetched < moment)
    last_ok = {row[0]: row[1] for row in connection.execute(fetched.group_by(t.Fetch.source))}
    listed = {source.slug: source for source in known if not wanted.source or source.slug in wanted.source}
    for slug in sorted({*listed, *counted} - {""}):
        source, row = listed.get(slug), counted.get(slug)
        yield {
            "id": slug,
            "url": source.url if source else None,
            "name": source.name if source else None,
            "via": source.via if source else None,
            "language": source.language if source else None,
            "country": source.country if source else None,
            "expect": source.expect if source else None,
            "origin": source.origin if source else None,
            "first_day": row.first_day if row else None,
            "last_day": row.last_day if row else None,
            "seen": int(row.seen) if row else 0,
            "read": int(row.read) if row else 0,
            "relevant": int(row.relevant) if row else 0,
            "last_ok": last_ok.get(slug),
        }


def coverage(
    connection: Connection, wanted: Filter, moment: datetime | None, known: Sequence[Source]
) -> Iterator[Row]:
    """Coverage as it stood at the end of the day before ``moment``, by day and source."""
    urls = {source.slug: source.url for source in known}
    noted = t.CoverageHistory
    for row in stream(connection, _coverage(wanted, moment).order_by(noted.day, noted.source)):
        yield {
            "id": f"{row.source}/{row.day.isoformat()}",
            "url": urls.get(row.source),
            "source": row.source,
            "day": row.day,
            "seen": row.seen,
            "read": row.read,
            "relevant": row.relevant,
            "valid_from": row.noted,
        }


# -- conditions -----------------------------------------------------------------------------------


def stood(table: type[t.RecordHistory] | type[t.CaseHistory], moment: datetime | None) -> ColumnElement[bool]:
    """What stood just before ``moment``."""
    if moment is None:
        return table.valid_to.is_(None)
    return and_(table.valid_from < moment, or_(table.valid_to.is_(None), table.valid_to >= moment))


def ended(table: type[t.RecordHistory] | type[t.CaseHistory], moment: datetime | None) -> ColumnElement[bool]:
    """What had been replaced by then."""
    return table.valid_to.is_not(None) if moment is None else table.valid_to < moment


def conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """The filter, on the values that stood and on their article."""
    found = filters.article_conditions(wanted, search.parse(wanted.query), relevant=False)
    for name in ("nationality", "country", "stage", "kind"):
        if values := getattr(wanted, name):
            found.append(getattr(_H, name).in_([str(value) for value in values]))
    if wanted.drug:
        drugs = literal(",") + _H.drugs + literal(",")
        found.append(or_(*(drugs.contains(f",{drug.value},", autoescape=True) for drug in wanted.drug)))
    return found


def _of_articles(wanted: Filter, *more: ColumnElement[Any]) -> Select[Any]:
    query = select(*_RECORD.values(), *more).join(t.Article, t.Article.id == _H.article_id)
    return query.where(*conditions(wanted))


def _coverage(wanted: Filter, moment: datetime | None) -> Select[Any]:
    noted = t.CoverageHistory
    later = noted.__table__.alias("later")
    last = select(func.max(later.c.noted)).where(later.c.source == noted.source, later.c.day == noted.day)
    if moment is not None:
        last = last.where(later.c.noted < moment.date())
    query = select(noted.__table__).where(noted.noted == last.scalar_subquery(), noted.seen > 0)
    if wanted.since is not None:
        query = query.where(noted.day >= wanted.since.date())
    if wanted.until is not None:
        query = query.where(noted.day < wanted.until.date())
    if wanted.source:
        query = query.where(noted.source.in_(wanted.source))
    return query


def stream(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """The rows, a batch at a time."""
    for some in connection.execute(query.execution_options(yield_per=BATCH)).partitions():
        yield from some


# -- rows -----------------------------------------------------------------------------------------


def _record_row(row: Any, moment: datetime | None) -> Row:
    found = dict(zip(_RECORD, row, strict=False))
    found["url"] = rows.shown_url(found["url"]) or None
    found["drugs"] = split_drugs(found["drugs"])
    found["when_start"], found["when_end"] = days(found["when"])
    if moment is not None and found["valid_to"] is not None and found["valid_to"] >= moment:
        found["valid_to"] = None
    return found


def split_drugs(drugs: str) -> list[str]:
    return drugs.split(",") if drugs else []


def days(when: str | None) -> tuple[date | None, date | None]:
    found = days_of(when) if when else None
    return (date.fromordinal(found[0]), date.fromordinal(found[1])) if found else (None, None)
