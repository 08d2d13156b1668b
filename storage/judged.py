"""What a person said, laid over what the program says, whenever either changes.

    the program reads an article ─ judge ─→ what stands ─ the usual saving ─ keep_program
    a person says something      ─ stand ─→ what stands

What stands goes into articles, records and everything that follows from them; what the program says is
kept beside it (program_verdicts, program_records) for as long as a person has said something of the
article, and comes back when that is taken back. All inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, or_, select, update

from pipeline.corrections import corrected, made
from pipeline.types import Article, Extracted, Irrelevant, Outcome, Record, Rejected
from storage import rows
from storage import tables as t
from storage.casebook import resettle
from storage.known import Counts, add_coverage
from storage.matching import pair, same_story
from storage.reading import load_drugs, next_seq, store_records
from storage.values import IRRELEVANT, RELEVANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What the program says of an article."""

    relevant: bool
    records: tuple[Record, ...]
    numbers: tuple[int | None, ...]  # of each record, None for one that was never listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An outcome as it is to be stored."""

    outcome: Outcome
    numbers: tuple[int | None, ...] | None = None  # of its records; None: nobody said anything
    program: Program | None = None  # what the program said, where somebody said something
    places: tuple[int | None, ...] = ()  # of each record of the outcome, its place among the program's


HAS_MARKS = or_(exists(t.ArticleMark.url), exists(t.RecordMark.id), exists(t.ProgramVerdict.article_id))
"""Whether anybody ever said anything: of nearly all databases this alone is asked."""


def said_of(connection: Connection, url: str) -> bool | None:
    """What people say of the article: of several the latest; None where nobody spoke."""
    query = (
        select(t.ArticleMark.relevant)
        .where(t.ArticleMark.url == url)
        .order_by(t.ArticleMark.at.desc(), t.ArticleMark.by)
        .limit(1)
    )
    return connection.execute(query).scalar()


def judge(connection: Connection, known: int | None, url: str, outcome: Outcome) -> Judged:
    """What is to be stored of a new reading of the article at ``url`` (as it is stored), whose number is
    ``known``."""
    if isinstance(outcome, Rejected):
        return Judged(outcome=outcome)
    row = None
    if known is not None:
        row = connection.execute(select(t.Article.url, t.Article.text).where(t.Article.id == known)).one()
        url = row.url
    said = said_of(connection, url)
    marks = _marks(connection, known) if known is not None else []
    before = read_program(connection, known) if known is not None else None
    if said is None and not marks and before is None:
        return Judged(outcome=outcome)
    article = outcome.article
    if isinstance(outcome, Irrelevant) and row is not None and not same_story(row.text, article.text):
        # Another text lies there now: what is stored stays as it is.
        return Judged(outcome=outcome)
    if before is None and known is not None:
        before = _standing(connection, known)
    program = _read(outcome, marks, before, accepted=bool(said))
    relevant = program.relevant if said is None else said
    records, numbers, places = overlaid(program, marks, article.text)
    if not relevant:
        verdict = replace(outcome.assessment, relevant=False)
        return Judged(outcome=Irrelevant(article=article, assessment=verdict), numbers=(), program=program)
    return Judged(
        outcome=Extracted(
            article=article, assessment=replace(outcome.assessment, relevant=True), records=records
        ),
        numbers=numbers,
        program=program,
        places=places,
    )


def keep_program(
    connection: Connection, article_id: int, program: Program | None, places: Sequence[int | None]
) -> None:
    """Keeps what the program said, with the numbers that its records have now that they are stored;
    nothing for None."""
    if program is None:
        return
    listed = connection.execute(
        select(t.Record.id).where(t.Record.article_id == article_id).order_by(t.Record.position)
    ).scalars()
    numbers = list(program.numbers)
    for number, place in zip(listed, places, strict=True):
        if place is not None:
            numbers[place] = number
    _drop_program(connection, article_id)
    connection.execute(insert(t.ProgramVerdict).values(article_id=article_id, relevant=program.relevant))
    kept = [
        rows.record_values(record, position=position)
        | {"article_id": article_id, "record_id": number}
        | {"drugs": ",".join(drug.value for drug in record.drugs)}
        for position, (record, number) in enumerate(zip(program.records, numbers, strict=True))
    ]
    if kept:
        connection.execute(insert(t.ProgramRecord), kept)


def stand(connection: Connection, article_id: int, *, now: datetime, found: Sequence[Record] = ()) -> bool:
    """Writes anew what stands of a stored article, after somebody said something; says whether it is
    relevant now. ``found``: the records of an article that the program calls irrelevant, which it has
    read for this."""
    row = connection.execute(select(t.Article.__table__).where(t.Article.id == article_id)).one()
    said, marks = said_of(connection, row.url), _marks(connection, article_id)
    program = read_program(connection, article_id) or _standing(connection, article_id)
    if said and not program.records and found:
        program = replace(program, records=tuple(found), numbers=(None,) * len(found))
    relevant = program.relevant if said is None else said
    records, numbers, places = overlaid(program, marks, row.text) if relevant else ((), (), ())
    seq = next_seq(connection) if relevant and not row.relevant else None
    if relevant != row.relevant:
        values = {"relevant": relevant} | ({"seq": seq} if seq is not None else {})
        connection.execute(update(t.Article).where(t.Article.id == article_id).values(values))
        turn(connection, article_id, relevant=relevant, now=now)
    store_records(connection, article_id, records, now=now, seq=seq, numbers=numbers)
    resettle(connection, article_id, now=now)
    if said is None and not marks:
        _drop_program(connection, article_id)
    else:
        keep_program(connection, article_id, program, places)
    return relevant


def overlaid(
    program: Program, marks: Sequence[Any], text: str
) -> tuple[tuple[Record, ...], tuple[int | None, ...], tuple[int | None, ...]]:
    """The records that stand, the number of each, and its place among the program's."""
    by_record = {mark.record_id: mark for mark in marks}
    records: list[Record] = []
    numbers: list[int | None] = []
    places: list[int | None] = []
    for place, (record, number) in enumerate(zip(program.records, program.numbers, strict=True)):
        mark = by_record.pop(number, None) if number is not None else None
        if mark is not None and mark.removed:
            continue
        records.append(record if mark is None else corrected(record, mark.fields, text))
        numbers.append(number)
        places.append(place)
    for mark in by_record.values():
        # A person added it, or corrected it before the program stopped seeing it.
        if not mark.removed:
            records.append(made((mark.base or {}) | mark.fields, text))
            numbers.append(mark.record_id)
            places.append(None)
    return tuple(records), tuple(numbers), tuple(places)


def turn(connection: Connection, article_id: int, *, relevant: bool, now: datetime) -> None:
    """Carries a new verdict over to the article's pages and to coverage."""
    counts: Counts = {}
    pages = select(t.Page.id, t.Page.source, t.Page.day).where(t.Page.article_id == article_id)
    for _, source, day in connection.execute(pages):
        counts.setdefault((source, day), [0, 0, 0])[2] += 1 if relevant else -1
    connection.execute(
        update(t.Page)
        .where(t.Page.article_id == article_id)
        .values(outcome=RELEVANT if relevant else IRRELEVANT)
    )
    add_coverage(connection, counts, now=now)


def read_program(connection: Connection, article_id: int) -> Program | None:
    """What the program says of an article of which somebody said something; None of any other."""
    query = select(t.ProgramVerdict.relevant).where(t.ProgramVerdict.article_id == article_id)
    relevant = connection.execute(query).scalar()
    if relevant is None:
        return None
    kept = select(t.ProgramRecord.__table__).where(t.ProgramRecord.article_id == article_id)
    found = connection.execute(kept.order_by(t.ProgramRecord.position)).all()
    return Program(
        relevant=relevant,
        records=tuple(rows.record_from(row, [one for one in row.drugs.split(",") if one]) for row in found),
        numbers=tuple(row.record_id for row in found),
    )


def hold_program(connection: Connection, article_id: int) -> None:
    """Sets aside what the program says of a stored article, before a person's word changes what stands."""
    if read_program(connection, article_id) is None:
        program = _standing(connection, article_id)
        keep_program(connection, article_id, program, range(len(program.records)))


def find_records(article: Article) -> tuple[Record, ...]:
    """The records that the program finds in an article that it calls irrelevant."""
    # The reader and its words take a second to load, and hardly ever are needed here.
    from pipeline.records import extract
    from pipeline.segments import split_sentences

    if not article.segments:
        segments = split_sentences(article.text, article.language, has_title=bool(article.title))
        article = replace(article, segments=segments)
    return extract(article)


def _read(
    outcome: Extracted | Irrelevant, marks: Sequence[Any], before: Program | None, *, accepted: bool
) -> Program:
    """What the program says now; a record that it said before keeps its number."""
    records: tuple[Record, ...] = ()
    if isinstance(outcome, Extracted):
        records = outcome.records
    elif accepted:
        records = find_records(outcome.article)
    numbers: list[int | None] = [None] * len(records)
    if before is not None:
        for old, new in pair(before.records, records).kept:
            numbers[new] = before.numbers[old]
    for mark in marks:
        # The program may see again what it had stopped to see.
        free = [place for place, number in enumerate(numbers) if number is None]
        if mark.base is None or mark.record_id in numbers or not free:
            continue
        base = made(mark.base, outcome.article.text)
        for _, new in pair([base], [records[place] for place in free]).kept:
            numbers[free[new]] = mark.record_id
    return Program(relevant=isinstance(outcome, Extracted), records=records, numbers=tuple(numbers))


def _standing(connection: Connection, article_id: int) -> Program:
    """What stands of an article of which nobody said anything: all of it is the program's."""
    relevant = connection.execute(select(t.Article.relevant).where(t.Article.id == article_id)).scalar_one()
    listed = select(t.Record.__table__).where(t.Record.article_id == article_id).order_by(t.Record.position)
    found = connection.execute(listed).all()
    drugs = load_drugs(connection, [row.id for row in found])
    return Program(
        relevant=relevant,
        records=tuple(rows.record_from(row, drugs.get(row.id, [])) for row in found),
        numbers=tuple(row.id for row in found),
    )


def _marks(connection: Connection, article_id: int) -> Sequence[Any]:
    query = select(t.RecordMark.__table__).where(t.RecordMark.article_id == article_id)
    return connection.execute(query.order_by(t.RecordMark.id)).all()


def _drop_program(connection: Connection, article_id: int) -> None:
    for table in (t.ProgramRecord, t.ProgramVerdict):
        connection.execute(delete(table).where(table.article_id == article_id))
