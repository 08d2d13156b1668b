"""What a step of a review is about, and what stood before it; inside the step's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from pipeline.corrections import Value, check_evidence
from pipeline.errors import ConflictError, QueryError
from pipeline.types import Article, Record
from storage import rows
from storage import tables as t
from storage.judged import find_records, read_program
from storage.page_book import READ
from storage.reading import next_seq, stored_form

MOST_NAME = 100
REDUCED = "Its text was taken away when its time was over; there is nothing to judge it by any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    key: str  # the address as marks have it
    article: Any  # its row, or None
    page: Any  # its row, or None


def find_target(connection: Connection, which: int | str) -> Target:
    """The article, and the page by which it is known."""
    articles, pages = select(t.Article.__table__), select(t.Page.__table__)
    if isinstance(which, int):
        row = connection.execute(articles.where(t.Article.id == which)).first()
        if row is None:
            raise QueryError(f"There is no article {which}.", key=str(which))
        return Target(key=row.url, article=row, page=None)
    key = which if which.startswith(rows.TEXT_SCHEME) else rows.page_key(which)
    row = connection.execute(articles.where(t.Article.url == key)).first()
    if row is not None:
        return Target(key=row.url, article=row, page=None)
    page = connection.execute(pages.where(t.Page.url == key)).first()
    page = page or connection.execute(pages.where(t.Page.final_url == key)).first()
    if page is None:
        raise QueryError(f"The address {which} was never seen.", key=which)
    if page.article_id is not None:
        row = connection.execute(articles.where(t.Article.id == page.article_id)).one()
        return Target(key=row.url, article=row, page=page)
    if page.outcome not in READ:
        raise QueryError("This page was not read yet; there is nothing to judge.", key=which)
    # Marks lie under the address under which the article would be stored.
    return Target(key=page.final_url or page.url, article=None, page=page)


def found_records(connection: Connection, target: Target, relevant: bool | None) -> Sequence[Record]:
    """What the program finds in an article that it calls irrelevant and a person accepts."""
    row = target.article
    if not relevant or row is None or row.relevant or not row.text:
        return ()
    program = read_program(connection, row.id)
    if program is not None and program.records:
        return ()
    found = find_records(
        Article(
            url=rows.shown_url(row.url),
            source=row.source,
            title=row.title,
            text=row.text,
            language=row.language,
            published=row.published,
            date_origin=None,
            outlet_country=row.outlet_country,
            segments=(),
        )
    )
    return tuple(map(stored_form, found))


def target_of_record(connection: Connection, number: int) -> tuple[Target, Any]:
    mark = mark_of_record(connection, number)
    article = connection.execute(select(t.Record.article_id).where(t.Record.id == number)).scalar()
    if article is None:
        query = select(t.ProgramRecord.article_id).where(t.ProgramRecord.record_id == number)
        article = mark.article_id if mark is not None else connection.execute(query).scalar()
    if article is None:
        raise QueryError(f"There is no record {number}.", key=str(number))
    target = find_target(connection, article)
    check_text(target)
    return target, mark


def mark_of_record(connection: Connection, number: int) -> Any:
    query = select(t.RecordMark.__table__).where(t.RecordMark.record_id == number)
    return connection.execute(query).first()


def program_record(connection: Connection, target: Target, number: int) -> Record:
    """The program's record with this number, of which nobody said anything yet."""
    program = read_program(connection, target.article.id)
    if program is not None and number in program.numbers:
        return program.records[program.numbers.index(number)]
    row = connection.execute(select(t.Record.__table__).where(t.Record.id == number)).one()
    drugs = select(t.RecordDrug.drug).where(t.RecordDrug.record_id == number)
    return rows.record_from(row, list(connection.execute(drugs).scalars()))


def place_record(connection: Connection, article_id: int, record: Record, *, now: datetime) -> int:
    """A number for a record that is added."""
    last = select(func.coalesce(func.max(t.Record.position), -1)).where(t.Record.article_id == article_id)
    position = connection.execute(last).scalar_one() + 1
    values = rows.record_values(record, position=position)
    stamps = {"article_id": article_id, "first_seen": now, "changed": now, "seq": next_seq(connection)}
    number: int = connection.execute(
        insert(t.Record).values(**values, **stamps).returning(t.Record.id)
    ).scalar_one()
    if record.drugs:
        drugs = [{"record_id": number, "drug": drug.value} for drug in record.drugs]
        connection.execute(insert(t.RecordDrug), drugs)
    return number


def mark_of_person(connection: Connection, key: str, by: str) -> bool | None:
    query = select(t.ArticleMark.relevant).where(t.ArticleMark.url == key, t.ArticleMark.by == by)
    return connection.execute(query).scalar()


def says_nothing_new(connection: Connection, target: Target, relevant: bool | None, by: str) -> bool:
    """Whether the person said this of the article already, nobody said anything after them, and the outlet
    has not changed the text since."""
    query = select(t.ArticleMark.by, t.ArticleMark.relevant, t.ArticleMark.at)
    query = query.where(t.ArticleMark.url == target.key).order_by(t.ArticleMark.at.desc())
    said = connection.execute(query).all()
    if relevant is None:
        return by not in [mark.by for mark in said]
    if not said or target.article is None or (said[0].by, said[0].relevant) != (by, relevant):
        return False
    revised = target.article.revised
    return revised is None or revised <= said[0].at


def kept_mark(mark: Any) -> dict[str, Any] | None:
    if mark is None:
        return None
    names = ("article_id", "removed", "base", "fields", "by", "text_hash")
    return {name: getattr(mark, name) for name in names} | {"at": mark.at.isoformat()}


def log_step(
    connection: Connection,
    action: str,
    key: str,
    record: int | None,
    before: dict[str, Any],
    fields: dict[str, Value],
    *,
    by: str,
    now: datetime,
) -> int:
    return connection.execute(
        insert(t.ReviewStep)
        .values(
            at=now, by=by, action=action, url=key, record_id=record, before=before, fields=fields, undone=None
        )
        .returning(t.ReviewStep.id)
    ).scalar_one()


def last_step(connection: Connection, by: str) -> Any:
    query = select(t.ReviewStep.__table__).where(t.ReviewStep.by == by, t.ReviewStep.undone.is_(None))
    return connection.execute(query.order_by(t.ReviewStep.id.desc()).limit(1)).first()


def checked_fields(fields: Mapping[str, Value], text: str) -> dict[str, Value]:
    given = dict(fields)
    if "evidence" in given:
        given["evidence"] = check_evidence(str(given["evidence"]), text)
    return given


def check_text(target: Target) -> None:
    if target.article is not None and not target.article.text:
        raise ConflictError(REDUCED, key=str(target.article.id))


def check_name(by: str) -> None:
    if not by or by != rows.storable(by.strip()) or len(by) > MOST_NAME or not by.isprintable():
        raise QueryError("The name of who says it is empty, too long or has characters of no name.", key="by")
