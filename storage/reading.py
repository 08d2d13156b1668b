"""One article and its records → rows: first saving, an outlet's edit, a new reading.

All functions run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, delete, func, insert, literal_column, select, update

from pipeline.types import Article, Assessment, Extracted, Record
from storage import rows
from storage import tables as t
from storage.dialects import ByDatabase
from storage.figure_store import DRUGS_OF, follow_records, has_figures
from storage.matching import Pairing, meaning, pair
from storage.prepared import adding, same

_of_record = select(t.RecordDrug.drug).where(t.RecordDrug.record_id == t.Record.id).correlate(t.Record)
_drug = t.RecordDrug.drug
DRUGS = ByDatabase(
    sqlite=_of_record.with_only_columns(func.group_concat(_drug, type_=Text())).scalar_subquery(),
    postgresql=_of_record.with_only_columns(func.string_agg(_drug, literal_column("','"))).scalar_subquery(),
).label("drugs")
"""The drugs of a record as a column beside its own; see rows.drug_words."""

_NEXT_SEQ = same(
    update(t.Counter)
    .where(t.Counter.name == "changes")
    .values(value=t.Counter.value + 1)
    .returning(t.Counter.value)
)
_ADD_ARTICLE = adding(t.Article, returning="id")
_ADD_RECORD = adding(t.Record, returning="id")
_ADD_KNOWN_RECORD = insert(t.Record)
_ADD_DRUGS = adding(t.RecordDrug)
_ARTICLE = same(select(t.Article.__table__).where(t.Article.id == bindparam("article")))
_RECORDS = same(
    select(t.Record.__table__, DRUGS, t.CaseReport.case_id)
    .join(t.CaseRecord, t.CaseRecord.record_id == t.Record.id, isouter=True)
    .join(t.CaseReport, t.CaseReport.id == t.CaseRecord.report_id, isouter=True)
    .where(t.Record.article_id == bindparam("article"))
    .order_by(t.Record.position)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChanges:
    """What became of an article's records."""

    added: tuple[Record, ...] = ()
    removed: tuple[Record, ...] = ()
    changed: tuple[tuple[Record, Record], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of an article."""

    article_id: int
    new: bool  # it was not there, or not relevant
    revised: bool  # the outlet's text is another one than before
    records: RecordChanges


def next_seq(connection: Connection) -> int:
    """The next place in the order of changes."""
    found = _NEXT_SEQ.scalar(connection)
    if found is None:
        connection.execute(insert(t.Counter).values(name="changes", value=1))
        return 1
    return int(found)


def records_of(connection: Connection, article_id: int) -> Sequence[Any]:
    """The rows of the article's records in its order, each with its ``drugs`` and its ``case_id``."""
    return _RECORDS.all(connection, {"article": article_id})


def store_reading(
    connection: Connection,
    known: int | None,
    key: str,
    outcome: Extracted,
    *,
    now: datetime,
    edit: bool = True,
    numbers: Sequence[int | None] | None = None,
) -> Stored:
    """Stores a relevant article under ``key``, or anew under its number ``known``.

    ``edit`` says that another text is the outlet's doing, of which a revision is kept; without it
    the text changed because the program reads the same page otherwise. ``numbers``: the numbers that
    the records are known to have, None for one that has none yet.
    """
    values = rows.article_values(outcome.article, now=now) | rows.verdict_values(outcome.assessment)
    if known is None:
        seq = next_seq(connection)
        values |= {
            "url": key,
            "first_seen": now,
            "revised": None,
            "revision": 0,
            "relevant": True,
            "seq": seq,
        }
        known = int(_ADD_ARTICLE.scalar(connection, values))
        told = [(position, record, None) for position, record in enumerate(outcome.records)]
        _add(connection, known, told, now=now, seq=seq)
        if has_figures(outcome.records):
            follow_records(connection, known)
        records = RecordChanges(added=outcome.records)
        return Stored(article_id=known, new=True, revised=False, records=records)
    row = _row(connection, known)
    revised = _update(connection, row, values | {"relevant": True}, now=now, edit=edit)
    news = next_seq(connection) if revised or not row.relevant else None
    if news is not None:
        connection.execute(update(t.Article).where(t.Article.id == known).values(seq=news))
    records = store_records(connection, known, outcome.records, now=now, seq=news, numbers=numbers)
    return Stored(article_id=known, new=not row.relevant, revised=revised, records=records)


def drop_reading(
    connection: Connection,
    known: int,
    article: Article,
    assessment: Assessment,
    *,
    now: datetime,
    edit: bool = True,
) -> Stored:
    """Marks a stored article as irrelevant: it keeps its row and its text and loses its records."""
    row = _row(connection, known)
    values = rows.article_values(article, now=now) | rows.verdict_values(assessment)
    revised = _update(connection, row, values | {"relevant": False}, now=now, edit=edit)
    records = store_records(connection, known, (), now=now, seq=None)
    return Stored(article_id=known, new=False, revised=revised, records=records)


def load_drugs(connection: Connection, records: Sequence[int]) -> dict[int, list[str]]:
    """The drugs of each record, by its number."""
    found: dict[int, list[str]] = {}
    for record_id, drug in DRUGS_OF.all(connection, {"records": records}) if records else ():
        found.setdefault(record_id, []).append(drug)
    return found


def _row(connection: Connection, known: int) -> Any:
    return _ARTICLE.first(connection, {"article": known})


def _update(connection: Connection, row: Any, values: dict[str, Any], *, now: datetime, edit: bool) -> bool:
    """Writes the columns that differ; nothing at all when none does. True when the outlet edited it."""
    values["source"] = row.source  # the outlet that had it first
    values["published"] = row.published if values["published"] is None else values["published"]
    values["date_origin"] = values["date_origin"] or row.date_origin
    values["outlet_country"] = values["outlet_country"] or row.outlet_country
    values["dated"] = values["published"] or row.first_seen
    revised = edit and values["text_hash"] != row.text_hash
    if revised:
        connection.execute(
            insert(t.Revision).values(
                article_id=row.id,
                number=row.revision + 1,
                title=row.title,
                text=row.text,
                first_seen=row.revised or row.first_seen,
                replaced=now,
            )
        )
        values |= {"revision": row.revision + 1, "revised": now}
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    if changed:
        connection.execute(update(t.Article).where(t.Article.id == row.id).values(changed))
    return revised


def store_records(
    connection: Connection,
    article_id: int,
    new: Sequence[Record],
    *,
    now: datetime,
    seq: int | None,
    numbers: Sequence[int | None] | None = None,
) -> RecordChanges:
    """Makes the stored records those of ``new``; each that is still there keeps its number, and one that
    comes back gets the number that it had, where ``numbers`` gives it."""
    found = records_of(connection, article_id)
    old = [rows.record_from(row, rows.drug_words(row.drugs)) for row in found]
    pairing = (
        pair(old, new) if numbers is None else _pair_numbered([row.id for row in found], old, new, numbers)
    )
    changes: list[tuple[Record, Record]] = []
    for index in pairing.removed:
        connection.execute(delete(t.Record).where(t.Record.id == found[index].id))
    for before, after in pairing.kept:
        row, record = found[before], new[after]
        values = rows.record_values(record, position=after)
        changed = {name: value for name, value in values.items() if value != getattr(row, name)}
        if meaning(stored_form(record)) != meaning(old[before]):
            changes.append((old[before], record))
            seq = seq or next_seq(connection)
            changed |= {"changed": now, "seq": seq}
            if record.drugs != old[before].drugs:
                connection.execute(delete(t.RecordDrug).where(t.RecordDrug.record_id == row.id))
                _add_drugs(connection, [(row.id, record)])
        if changed:
            connection.execute(update(t.Record).where(t.Record.id == row.id).values(changed))
    if pairing.added:
        seq = seq or next_seq(connection)
        _add(
            connection,
            article_id,
            [(index, new[index], numbers[index] if numbers else None) for index in pairing.added],
            now=now,
            seq=seq,
        )
    if has_figures(old) or has_figures(new):
        follow_records(connection, article_id)
    return RecordChanges(
        added=tuple(new[index] for index in pairing.added),
        removed=tuple(old[index] for index in pairing.removed),
        changed=tuple(changes),
    )


def _add(
    connection: Connection,
    article_id: int,
    new: Sequence[tuple[int, Record, int | None]],
    *,
    now: datetime,
    seq: int,
) -> None:
    """Stores records: place, record, the number that it had."""
    stored = []
    for position, record, number in new:
        values = rows.record_values(record, position=position)
        values |= {"article_id": article_id, "first_seen": now, "changed": now, "seq": seq}
        if number is None:
            number = _ADD_RECORD.scalar(connection, values)
        else:
            connection.execute(_ADD_KNOWN_RECORD, values | {"id": number})
        stored.append((number, record))
    _add_drugs(connection, stored)


def _pair_numbered(
    stored: Sequence[int], old: Sequence[Record], new: Sequence[Record], numbers: Sequence[int | None]
) -> Pairing:
    """Pairs records by their numbers, and those that have none by what they say."""
    at = {number: index for index, number in enumerate(stored)}
    kept = [
        (at[number], index) for index, number in enumerate(numbers) if number is not None and number in at
    ]
    taken = {index for index, _ in kept}
    left_old = [index for index in range(len(old)) if index not in taken]
    left_new = [index for index, number in enumerate(numbers) if number is None]
    rest = pair([old[index] for index in left_old], [new[index] for index in left_new])
    kept += [(left_old[before], left_new[after]) for before, after in rest.kept]
    there = {index for _, index in kept}
    return Pairing(
        kept=tuple(sorted(kept)),
        removed=tuple(left_old[index] for index in rest.removed),
        added=tuple(index for index in range(len(new)) if index not in there),
    )


def stored_form(record: Record) -> Record:
    """The record as it comes back from the database."""
    values = rows.record_values(record, position=0)
    return rows.record_from(_Row(values), [drug.value for drug in record.drugs])


class _Row:
    """Values with the look of a row."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


def _add_drugs(connection: Connection, records: Sequence[tuple[int, Record]]) -> None:
    values = [
        {"record_id": number, "drug": drug.value}
        for number, record in records
        for drug in dict.fromkeys(record.drugs)
    ]
    _ADD_DRUGS.run_all(connection, values)
