"""What people say of articles and records: written, counted, taken back. One transaction for each step.

    mark_article       it is, or is not, about a foreign drug detainee
    correct_record     a field of a record is another
    add_record         there is a record that the program does not see
    remove_record      there is no such record
    undo               my last step, taken back

Whoever corrects or adds a record accepts its article by that, unless they said otherwise. What stands
then is written at once; see judged.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, update

from pipeline.corrections import NEEDED, Value, as_fields, made
from pipeline.errors import QueryError
from pipeline.types import Record
from storage import rows
from storage import tables as t
from storage.alerts import mark_article as note_mark
from storage.engine import reading, writing
from storage.judged import hold_program, said_of, stand
from storage.mark_steps import (
    Target,
    check_name,
    check_text,
    checked_fields,
    find_target,
    found_records,
    kept_mark,
    last_step,
    log_step,
    mark_of_person,
    mark_of_record,
    place_record,
    program_record,
    says_nothing_new,
    target_of_record,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What came of a step."""

    step: int  # its number in the log; 0 where nothing new was said
    action: str
    article_id: int | None  # None: the text of this address is not stored
    record_id: int | None
    title: str
    key: str  # the address as marks have it
    url: str  # "" for text with no address
    relevant: bool  # what stands now
    again: bool = False  # the page is fetched again by the next crawl, for its text is not stored


def mark_article(
    engine: Engine, which: int | str, *, relevant: bool | None, by: str, now: datetime
) -> Reviewed:
    """A person accepts or rejects the article with this number or address; None takes their word back.
    Of an address that was read and not kept an acceptance has it fetched again. What they said already is
    no step. Raises QueryError."""
    check_name(by)
    with reading(engine) as connection:
        seen = find_target(connection, which)
        found = found_records(connection, seen, relevant)
    with writing(engine) as connection:
        target = find_target(connection, which)
        action = "clear" if relevant is None else "accept" if relevant else "reject"
        if says_nothing_new(connection, target, relevant, by):
            return _as_it_is(target, action, said_of(connection, target.key))
        before = {"mark": mark_of_person(connection, target.key, by), "record": None}
        note_mark(connection, target.key, relevant=relevant, by=by, now=now)
        step = log_step(connection, action, target.key, None, before, {}, by=by, now=now)
        return _settled(connection, target, step, action, None, found, now=now)


def correct_record(
    engine: Engine, record: int, fields: Mapping[str, Value], *, by: str, now: datetime
) -> Reviewed:
    """A person gives other values for fields of a record. Raises QueryError."""
    check_name(by)
    if not fields:
        raise QueryError("Say which field is what: field=value.", key="field")
    with writing(engine) as connection:
        target, mark = target_of_record(connection, record)
        given = checked_fields(fields, target.article.text)
        before = {"mark": mark_of_person(connection, target.key, by), "record": kept_mark(mark)}
        base = mark.base if mark is not None else as_base(program_record(connection, target, record))
        values = {
            "fields": (dict(mark.fields) if mark is not None else {}) | given,
            "removed": False,
            "by": by,
            "at": now,
            "text_hash": target.article.text_hash,
        }
        if mark is None:
            connection.execute(
                insert(t.RecordMark).values(
                    article_id=target.article.id, record_id=record, base=base, **values
                )
            )
        else:
            connection.execute(update(t.RecordMark).where(t.RecordMark.id == mark.id).values(values))
        return _spoken(connection, target, "correct", record, before, given, by=by, now=now)


def add_record(
    engine: Engine, which: int | str, fields: Mapping[str, Value], *, by: str, now: datetime
) -> Reviewed:
    """A person adds a record that the program does not see. Raises QueryError."""
    check_name(by)
    missing = [name for name in NEEDED if not fields.get(name)]
    if missing:
        raise QueryError(f"A record needs {', '.join(missing)} too.", key=missing[0])
    with writing(engine) as connection:
        target = find_target(connection, which)
        if target.article is None:
            raise QueryError("The text of this page is not stored; accept it, and let it be fetched first.")
        check_text(target)
        given = checked_fields(fields, target.article.text)
        record = made(given, target.article.text)
        hold_program(connection, target.article.id)
        number = place_record(connection, target.article.id, record, now=now)
        before = {"mark": mark_of_person(connection, target.key, by), "record": None}
        connection.execute(
            insert(t.RecordMark).values(
                article_id=target.article.id,
                record_id=number,
                base=None,
                fields=given,
                removed=False,
                by=by,
                at=now,
                text_hash=target.article.text_hash,
            )
        )
        return _spoken(connection, target, "add", number, before, given, by=by, now=now)


def remove_record(engine: Engine, record: int, *, by: str, now: datetime) -> Reviewed:
    """A person says that there is no such record. Raises QueryError."""
    check_name(by)
    with writing(engine) as connection:
        target, mark = target_of_record(connection, record)
        before = {"mark": mark_of_person(connection, target.key, by), "record": kept_mark(mark)}
        values = {"removed": True, "by": by, "at": now, "text_hash": target.article.text_hash}
        if mark is None:
            base = as_base(program_record(connection, target, record))
            connection.execute(
                insert(t.RecordMark).values(
                    article_id=target.article.id, record_id=record, base=base, fields={}, **values
                )
            )
        elif mark.base is None:
            connection.execute(delete(t.RecordMark).where(t.RecordMark.id == mark.id))
        else:
            connection.execute(update(t.RecordMark).where(t.RecordMark.id == mark.id).values(values))
        step = log_step(connection, "remove", target.key, record, before, {}, by=by, now=now)
        return _settled(connection, target, step, "remove", record, (), now=now)


def restore_record(engine: Engine, record: int, *, by: str, now: datetime) -> Reviewed:
    """What people said of a record is taken back: it is as the program reads it. Raises QueryError."""
    check_name(by)
    with writing(engine) as connection:
        mark = mark_of_record(connection, record)
        if mark is None:
            raise QueryError(f"Nobody said anything of record {record}.", key=str(record))
        target = find_target(connection, mark.article_id)
        check_text(target)
        before = {"mark": mark_of_person(connection, target.key, by), "record": kept_mark(mark)}
        connection.execute(delete(t.RecordMark).where(t.RecordMark.id == mark.id))
        step = log_step(connection, "restore", target.key, record, before, {}, by=by, now=now)
        return _settled(connection, target, step, "restore", record, (), now=now)


def undo(engine: Engine, *, by: str, now: datetime) -> Reviewed | None:
    """Takes back the last step of this person that was not taken back yet; None when there is none."""
    with reading(engine) as connection:
        last = last_step(connection, by)
        if last is None:
            return None
        found = found_records(connection, find_target(connection, last.url), last.before["mark"])
    with writing(engine) as connection:
        last = last_step(connection, by)
        if last is None:
            return None
        target = find_target(connection, last.url)
        note_mark(connection, target.key, relevant=last.before["mark"], by=by, now=now)
        if last.record_id is not None:
            connection.execute(delete(t.RecordMark).where(t.RecordMark.record_id == last.record_id))
            if (kept := last.before["record"]) is not None:
                values = kept | {"at": datetime.fromisoformat(kept["at"])}
                connection.execute(insert(t.RecordMark).values(record_id=last.record_id, **values))
        connection.execute(update(t.ReviewStep).where(t.ReviewStep.id == last.id).values(undone=now))
        return _settled(connection, target, last.id, "undo", last.record_id, found, now=now)


def as_base(record: Record) -> dict[str, Any]:
    """What the program said of a record, as marks keep it."""
    return dict(as_fields(record))


def _as_it_is(target: Target, action: str, accepted: bool | None) -> Reviewed:
    stored = target.article
    return Reviewed(
        step=0,
        action=action,
        article_id=stored.id if stored is not None else None,
        record_id=None,
        title=stored.title if stored is not None else target.page.title,
        key=target.key,
        url=rows.shown_url(target.key),
        relevant=stored.relevant if stored is not None else bool(accepted),
    )


def _settled(
    connection: Connection,
    target: Target,
    step: int,
    action: str,
    record: int | None,
    found: Sequence[Record],
    *,
    now: datetime,
) -> Reviewed:
    """Writes what stands now."""
    again = False
    if target.article is not None:
        check_text(target)
        relevant = stand(connection, target.article.id, now=now, found=found)
        title, article_id = target.article.title, target.article.id
    else:
        accepted = said_of(connection, target.key)
        again = bool(accepted) and target.page.source != ""
        relevant, title, article_id = bool(accepted), target.page.title, None
        # The page is asked for again where a person wants its text, which is not kept of such ones.
        values = {"open": again, "tries": 0}
        connection.execute(update(t.Page).where(t.Page.id == target.page.id).values(values))
    return Reviewed(
        step=step,
        action=action,
        article_id=article_id,
        record_id=record,
        title=title,
        key=target.key,
        url=rows.shown_url(target.key),
        relevant=relevant,
        again=again,
    )


def _spoken(
    connection: Connection,
    target: Target,
    action: str,
    record: int,
    before: dict[str, Any],
    given: dict[str, Value],
    *,
    by: str,
    now: datetime,
) -> Reviewed:
    """Who tells how a record is says that its article is about a detainee."""
    if before["mark"] is None:
        note_mark(connection, target.key, relevant=True, by=by, now=now)
    step = log_step(connection, action, target.key, record, before, given, by=by, now=now)
    return _settled(connection, target, step, action, record, (), now=now)
